"""docs/fields.md says what each field is: made from the docstrings, and held by this test."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

from newscrawl.layouts.field_readers import FIELDS

ROOT = Path(__file__).resolve().parent.parent
CLASSES = (
    "Article",
    "Dateline",
    "SourceCredit",
    "Agency",
    "LinkList",
    "Link",
    "Image",
    "Block",
    "Mark",
    "LiveBlogUpdate",
)
HEAD = """# Fields

Look up a field of an article, as `newscrawl extract --json` prints it and the archive stores
it. Made from the docstrings of `newscrawl/article.py`; *rule* marks the fields that a layout
may have a rule for.
"""


def documented() -> str:
    """Return docs/fields.md as it must be."""
    module = ast.parse((ROOT / "newscrawl/article.py").read_text("utf-8"))
    classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
    parts = [HEAD]
    for name in CLASSES:
        parts.append(
            f"\n## {name}\n\n{ast.get_docstring(classes[name])}\n\n| field | meaning |"
        )
        parts.append("|---|---|")
        body = classes[name].body
        for field, text in pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                parts.append(f"| {_cell(field, text, name)} |")
    return "\n".join(parts) + "\n"


def _cell(field: ast.AnnAssign, text: ast.Expr, name: str) -> str:
    assert isinstance(field.target, ast.Name)
    assert isinstance(text.value, ast.Constant)
    rule = " *rule*" if name == "Article" and field.target.id in FIELDS else ""
    words = " ".join(str(text.value.value).split()).replace("|", "\\|")
    return f"`{field.target.id}`{rule} | {words}"


def test_the_page_of_fields_is_what_the_docstrings_say() -> None:
    page = ROOT / "docs/fields.md"
    assert page.read_text("utf-8") == documented(), (
        "run: python -c 'from tests.test_fields_docs import write; write()'"
    )


def write() -> None:
    """Write docs/fields.md again."""
    (ROOT / "docs/fields.md").write_text(documented(), encoding="utf-8")

"""The tables that ship with the package are read as TOML says, and quickly by extraction."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import newscrawl.resources
from newscrawl.extraction.extractor_identity import extraction_files
from newscrawl.resources import plain_toml, read_toml

FOLDER = Path(newscrawl.resources.__file__).parent
FILES = sorted(FOLDER.rglob("*.toml"))
NAMES = [path.relative_to(FOLDER).with_suffix("").as_posix() for path in FILES]


@pytest.mark.parametrize("name", NAMES)
def test_table_is_read_as_toml_in_its_order(name: str) -> None:
    table = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    assert str(read_toml(name)) == str(table)


def test_tables_of_extraction_are_plain() -> None:
    files = extraction_files(FOLDER.parent)
    tables = [content.decode() for name, content in files.items() if name.endswith(".toml")]
    assert len(tables) > 10
    for text in tables:
        plain_toml(text)


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("# none\n", {}),
        ('a = 1\n"b.c" = "# d"\n', {"a": 1, "b.c": "# d"}),
        ('[a.b]\nc = [\n  "x", # y\n]\n', None),
        ('[a.b]\nc = [\n  "x",\n  # y\n  "z",\n]\n', {"a": {"b": {"c": ["x", "z"]}}}),
        ("[[a]]\nb.c = 1\n\n[[a]]\n", {"a": [{"b": {"c": 1}}, {}]}),
        ("a = {b = 1}\n", None),
        ("a = 'b'\n", None),
        ("a = 1  # one\n", None),
        ("[a]  # one\n", None),
        ('a = """\nb = 1\n"""\n', None),
    ],
)
def test_plain_table_is_read_and_another_refused(text: str, table: object) -> None:
    if table is None:
        with pytest.raises(ValueError, match=r".+"):
            plain_toml(text)
    else:
        assert plain_toml(text) == table == tomllib.loads(text)

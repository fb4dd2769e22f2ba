"""Run the notebooks of the documentation, and store what their cells show in them.

    newscrawl demo && python tools/run_notebooks.py

Each code cell is run as Jupyter runs it: what it prints and the value of its last expression
are its output. A value is shown as PNG, HTML and text, as far as it has these forms.
"""

from __future__ import annotations

import ast
import base64
import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "docs" / "notebooks"


def main() -> None:
    """Run every notebook on the archive that it names."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        notebook = json.loads(path.read_text("utf-8"))
        run(notebook)
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")
        print(path.name)


def run(notebook: dict[str, Any]) -> None:
    """Run the code cells of *notebook* in one namespace, and put their outputs in it."""
    names: dict[str, Any] = {}
    codes = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(codes, 1):
        printed, shown = run_cell("".join(cell["source"]), names)
        cell["execution_count"] = number
        stream = {"name": "stdout", "output_type": "stream", "text": lines(printed)}
        cell["outputs"] = [stream] if printed else []
        if shown is not None:
            result = {"data": forms_of(shown), "execution_count": number, "metadata": {}}
            cell["outputs"].append(result | {"output_type": "execute_result"})


def run_cell(source: str, names: dict[str, Any]) -> tuple[str, Any]:
    """Run *source* in *names*; return what it printed and the value of its last expression."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "cell", "exec"), names)  # noqa: S102 -- our own
        value = None
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
    return printed.getvalue(), value


def forms_of(value: Any) -> dict[str, Any]:
    """Return the forms of *value* by media type."""
    forms: dict[str, Any] = {"text/plain": lines(repr(value))}
    if hasattr(value, "_repr_html_"):
        forms["text/html"] = lines(value._repr_html_())
    if hasattr(value, "_repr_png_"):
        picture = base64.b64encode(value._repr_png_()).decode("ascii")
        forms = {"image/png": picture, "text/plain": ["<Chart>"]}
    return forms


def lines(text: str) -> list[str]:
    """Return *text* as notebooks store it: a list of lines."""
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    main()

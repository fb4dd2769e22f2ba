"""The notebooks of the documentation run from their first cell to their last."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawl.sample_site import Newsroom
from tests.crawling import crawl
from tests.front_server import fill

FOLDER = Path(__file__).parent.parent / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
FOUND = {
    "agenda-and-agencies": "print(len(share), len(months), len(subjects), len(copies))",
    "silent-edits": "print(len(edits), len(changed), len(silent), len(difference.changes))",
    "placement-and-popularity": "print(len(stay), len(unpromoted), len(joined))",
}
"""What each must have found in an archive that has it: one edit, and a silent one."""


def code_of(notebook: Path) -> str:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def run_code(code: str, archive: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"NEWSCRAWL_ARCHIVE": str(archive)}
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[one.stem for one in NOTEBOOKS])
def test_a_notebook_finds_what_is_there(notebook: Path, tmp_path: Path) -> None:
    fill(tmp_path / "archive.db")
    code = f"{code_of(notebook)}\n{FOUND[notebook.stem]}"
    done = run_code(code, tmp_path / "archive.db")
    assert done.returncode == 0, done.stderr
    assert all(int(count) > 0 for count in done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[one.stem for one in NOTEBOOKS])
def test_a_notebook_runs_on_a_first_crawl(
    notebook: Path, newsroom: Newsroom, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    crawl(archive, "site", "-a", f"url={newsroom.base_url}/", "-a", "limit=8")
    done = run_code(code_of(notebook), archive)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[one.stem for one in NOTEBOOKS])
def test_a_notebook_is_stored_with_its_output_and_a_picture(notebook: Path) -> None:
    """Run `newscrawl demo && python tools/run_notebooks.py` after a change of a cell."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    assert cells[0]["source"][0].startswith("# ")
    shown = [
        output.get("data", {})
        for cell in cells
        if cell["cell_type"] == "code"
        for output in cell["outputs"]
    ]
    assert len(shown) >= 5
    pictures = [base64.b64decode(forms["image/png"]) for forms in shown if "image/png" in forms]
    assert pictures
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    tables = ["".join(forms["text/html"]) for forms in shown if "text/html" in forms]
    assert tables
    assert all(table.partition("<tbody>")[2].count("<tr>") for table in tables)


def test_there_are_three() -> None:
    assert {one.stem for one in NOTEBOOKS} == set(FOUND)

"""Each promise of docs/security.md names a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "security.md"


def promises() -> list[list[str]]:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = ([cell.strip() for cell in row.strip("|").split("|")] for row in rows)
    return [row for row in cells if row[0] != "Promise"]


def test_each_promise_names_tests_that_exist() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in TESTS.glob("test_*.py"))
    known = set(re.findall(r"^def (test_\w+)\(", sources, re.MULTILINE))
    known |= {path.stem for path in TESTS.glob("test_*.py")}
    found = promises()
    assert len(found) > 14
    for promise, _how, held_by in found:
        named = re.findall(r"`(\w+)`", held_by)
        assert named, promise
        assert set(named) <= known, promise

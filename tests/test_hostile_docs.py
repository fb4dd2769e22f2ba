"""docs/hostile.md: every row has its line, and every line a test that there is."""

from __future__ import annotations

import re
from pathlib import Path

from tests.test_crawl_hostile import CASES as ANSWERS
from tests.test_hostile_crawl import CASES

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "hostile.md").read_text("utf-8")
ROW = re.compile(r"^\| (\d+) \|.*\|(.*)\|$", re.MULTILINE)


def test_every_row_is_reported() -> None:
    assert {int(number) for number, _ in ROW.findall(PAGE)} >= set(range(1, 118))


def test_what_shows_a_row_is_there() -> None:
    functions = {
        name
        for path in TESTS.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    known = functions | {case.name for case in CASES} | set(ANSWERS)
    for number, shown in ROW.findall(PAGE):
        named = re.findall(r"`([^`]+)`", shown)
        assert named, number
        assert set(named) <= known, number


def test_every_case_is_reported() -> None:
    told = {name for _, shown in ROW.findall(PAGE) for name in re.findall(r"`([^`]+)`", shown)}
    rows = {int(number) for number, _ in ROW.findall(PAGE)}
    assert told
    assert all(int(case.name.partition("-")[0]) in rows for case in CASES)

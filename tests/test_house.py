"""Figures of the code itself: size of folders, complexity of functions, plain docstrings."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from radon.complexity import cc_visit

import newscrawl

ROOT = Path(newscrawl.__file__).parents[1]
ROOMS = ("newscrawl", "spiders", "pipelines")
MOST_ENTRIES = 14
"""Most files and folders in a folder. `newscrawl` itself is the list of the rooms."""
MOST_COMPLEX = 20
"""Most functions, methods and classes of a cyclomatic complexity over 10, by radon."""
MOST_RIDDLES = 1
"""Most of "what", "whatever" and "by which" in 1,000 words of docstrings."""

NAMED_BY_TASK = (
    *("spiders", "pipelines", "newscrawl/cli", "newscrawl/web", "newscrawl/sample_site"),
    "newscrawl/crawl/commands",
)
"""Rooms whose modules have the names of commands, pages, and what a part of the crawl does."""
SHARED_NAMES = {
    "names": "search for names, and the names in the gazetteer: one question",
    "parse": "a date and a dateline, each by its own parser",
    "ranking": "by words, and by meaning: the same for two orders",
    "tokens": "of a query, and of a printed date",
    "words": "the tables of words of dates, and of link lists",
}
"""Names of modules in several rooms, which do the same there for different things."""


@pytest.fixture(scope="module")
def modules() -> dict[Path, str]:
    """The text of each module."""
    paths = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return {path: path.read_text("utf-8") for path in paths}


@pytest.fixture(scope="module")
def docstrings(modules: dict[Path, str]) -> list[str]:
    """The docstrings of modules, classes, functions and attributes."""
    return [text for code in modules.values() for text in docstrings_of(ast.parse(code))]


def docstrings_of(tree: ast.Module) -> Iterator[str]:
    """Yield the strings that stand alone as a statement."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield text


def test_folders_are_small_enough_to_overlook(modules: dict[Path, str]) -> None:
    entries: Counter[str] = Counter()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*"):
            if path.name != "__pycache__" and "__pycache__" not in path.parts:
                entries[path.parent.relative_to(ROOT).as_posix()] += 1
    too_large = {name for name, count in entries.items() if count > MOST_ENTRIES}
    assert too_large == {"newscrawl"}


def test_functions_are_simple(modules: dict[Path, str]) -> None:
    complex_ones = [
        f"{path.relative_to(ROOT)}: {block.name} ({block.complexity})"
        for path, code in modules.items()
        for block in cc_visit(code)
        if block.complexity > 10
    ]
    assert len(complex_ones) <= MOST_COMPLEX, "\n".join(complex_ones)


def test_docstrings_are_no_questions(docstrings: list[str]) -> None:
    asking = re.compile(r"(What|Which|How|Whether|Whatever)\b")
    assert [text for text in docstrings if asking.match(text)] == []


def test_docstrings_are_no_riddles(docstrings: list[str]) -> None:
    text = "\n".join(docstrings)
    riddles = re.findall(r"\b(?:what|whatever|by which)\b", text, re.IGNORECASE)
    assert 1_000 * len(riddles) / len(text.split()) <= MOST_RIDDLES


def test_docstrings_begin_with_no_place_or_error(docstrings: list[str]) -> None:
    """A noun or a verb comes first; a function that only checks says `Raise X if ...`."""
    wrong = re.compile(r"Where\b|Raises\b|Return True if\b")
    assert [text for text in docstrings if wrong.match(text)] == []


def test_errors_are_raised_if(docstrings: list[str]) -> None:
    form = re.compile(r"\bRaises? \w+(?:, \w+)*(?: or \w+)?\s+(?:for|where|as|when|unless)\b")
    assert [found[0] for text in docstrings for found in form.finditer(text)] == []


def test_modules_have_names_of_their_own(modules: dict[Path, str]) -> None:
    """A command, a page, a spider and a pipeline have the name of what they show or do."""
    rooms: dict[str, list[str]] = {}
    for path in modules:
        room = path.relative_to(ROOT).parent.as_posix()
        if path.name != "__init__.py" and not room.startswith(NAMED_BY_TASK):
            rooms.setdefault(path.stem, []).append(room)
    repeated = {name for name, its_rooms in rooms.items() if len(its_rooms) > 1}
    assert repeated == set(SHARED_NAMES)


def test_files_named_in_the_architecture_are_there() -> None:
    table = (ROOT / "docs/architecture.md").read_text("utf-8").partition("## Where is it?")[2]
    files = re.findall(r"`(newscrawl/\S+)`", table)
    assert len(files) > 10
    assert [file for file in files if not (ROOT / file).is_file()] == []

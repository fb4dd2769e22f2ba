"""docs/arabic.md says by example what is done to text; every line of its tables runs here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newscrawl.text.folding import search_key
from newscrawl.text.normalize import normalize_arabic
from newscrawl.text.stems import stem

PAGE = Path(__file__).parents[1].joinpath("docs/arabic.md").read_text("utf-8")


def rows_under(heading: str) -> list[list[str]]:
    """Return the cells of the table under *heading*, without its head."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def text_of(cell: str) -> str:
    """Return what a cell shows as code, with its escapes read."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), cell.strip("`"))


@pytest.mark.parametrize(("rule", "language", "read", "stored"), rows_under("Stored text"))
def test_stored(rule: str, language: str, read: str, stored: str) -> None:
    assert normalize_arabic(text_of(read), language or None) == text_of(stored), rule


@pytest.mark.parametrize(("rule", "text", "key"), rows_under("Search: letters"))
def test_letters(rule: str, text: str, key: str) -> None:
    assert search_key(text_of(text)) == text_of(key), rule


@pytest.mark.parametrize(("rule", "word", "key"), rows_under("Search: words"))
def test_words(rule: str, word: str, key: str) -> None:
    assert stem(text_of(word)) == text_of(key), rule

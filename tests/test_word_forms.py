"""Words of Hebrew, Persian, Urdu and French are found in their other forms."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from newscrawl.archive.search.names import search_query
from newscrawl.text.stems import stem_text
from newscrawl.text.word_forms import other_forms

PAIRS = [
    line.split("\t")
    for line in Path(__file__).with_name("form_pairs.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
TOKENIZE = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn'"


def is_found(query: str, text: str) -> bool:
    connection = sqlite3.connect(":memory:")
    connection.execute(f'CREATE VIRTUAL TABLE texts USING fts5(text, tokenize="{TOKENIZE}")')
    connection.execute("INSERT INTO texts VALUES (?)", [stem_text(text)])
    sql = "SELECT 1 FROM texts WHERE texts MATCH ?"
    found = connection.execute(sql, [search_query(query)]).fetchone()
    connection.close()
    return found is not None


@pytest.mark.parametrize("language", ["fa", "fr", "he", "ur"])
def test_pairs_of_forms(language: str) -> None:
    pairs = [pair[1:] for pair in PAIRS if pair[0] == language]
    assert len(pairs) >= 60
    found = [(is_found(query, text), match == "1") for query, text, match in pairs]
    right = sum(hit and match for hit, match in found)
    assert right / sum(hit for hit, _match in found) > 0.97
    assert right / sum(match for _hit, match in found) > 0.95


@pytest.mark.parametrize(
    "word", ["", "a", "وزارة", "كتابها", "ship", "日本", "Путин", "א", "הה"]
)
def test_words_of_other_languages_have_no_forms(word: str) -> None:
    assert other_forms(word) == ()

from __future__ import annotations

import json
import os
import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.text.stems import joined_words, stem, stem_text, words_of

HERE = Path(__file__).parent
TOKENIZE = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn'"
OWN_PAIRS = [
    line.split("\t")
    for line in HERE.joinpath("search_pairs.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def finds(query: str, text: str) -> bool:
    found = set(words_of(stem_text(text)))
    return all(entry[-1] in found for entry in joined_words(words_of(query)))


@pytest.fixture(scope="module")
def tokens() -> sqlite3.Connection:
    """A database that says how FTS5 splits a text into tokens."""
    connection = sqlite3.connect(":memory:")
    connection.execute(f'CREATE VIRTUAL TABLE texts USING fts5(text, tokenize="{TOKENIZE}")')
    connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(texts, instance)")
    return connection


def count_tokens(tokens: sqlite3.Connection, *texts: str) -> list[int]:
    tokens.execute("DELETE FROM texts")
    tokens.executemany("INSERT INTO texts VALUES (?)", [(text,) for text in texts])
    first = tokens.execute("SELECT min(rowid) FROM texts").fetchone()[0]
    counts = dict(tokens.execute("SELECT doc, count(*) FROM terms GROUP BY doc"))
    return [counts.get(first + number, 0) for number in range(len(texts))]


@pytest.mark.parametrize(("query", "text", "wanted"), OWN_PAIRS)
def test_word_finds_its_forms_and_no_other_word(query: str, text: str, wanted: str) -> None:
    assert finds(query, text) == (wanted == "1")


def test_development_pairs_of_the_corpus() -> None:
    folder = os.environ.get("NEWSCRAWL_CORPUS")
    if not folder or not Path(folder).is_dir():
        pytest.skip("the folder of saved pages is not there: set NEWSCRAWL_CORPUS")
    lines = Path(folder, "search_pairs.jsonl").read_text("utf-8").splitlines()
    pairs = [json.loads(line) for line in lines]
    found = [pair for pair in pairs if finds(pair["query"], pair["text"])]
    right = sum(pair["match"] for pair in found)
    precision, recall = right / len(found), right / sum(pair["match"] for pair in pairs)
    assert precision >= 0.98
    assert 2 * precision * recall / (precision + recall) >= 0.98


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("كتاب الكتاب كتابه كتابها كتابهم بكتابه للكتاب وكتابنا كتب والكتب", "كتاب"),
        ("وزير الوزير وزراء والوزراء وزيرها", "وزير"),
        ("شركة الشركات شركتي لشركات شركتها", "شركة"),
        ("سوريا سورية وسوريا بسوريا لسوريا", "سوريا"),
        ("عبدالله وعبدالله لعبدالله", "عبدالله"),
        ("accord accords", "accord"),
        ("journal journaux", "journal"),
        ("city cities", "city"),
    ],
)
def test_forms_of_a_word_have_one_stem(words: str, key: str) -> None:
    assert {stem(word) for word in words.split()} == {key}


def test_names_written_as_two_words_or_one() -> None:
    assert words_of(stem_text("الملك عبد الله"))[-1] == "عبدالله"
    assert words_of(stem_text("الملك عبدالله"))[-1] == "عبدالله"
    assert joined_words(["عبد", "الله"]) == [["عبد", "عبدالله"]]
    assert words_of(stem_text("في أبو ظبي"))[-1] == stem("أبوظبي")


@given(
    text=st.text(st.sampled_from("وفبكلاسةهيـًّ \u200cﷺ.٣aé،-") | st.characters(), max_size=80)
)
def test_stemming_keeps_the_number_of_tokens(tokens: sqlite3.Connection, text: str) -> None:
    text = text.encode("utf-8", "replace").decode().replace("\x00", "")
    before, after = count_tokens(tokens, text, stem_text(text))
    assert before == after


def test_persian_compound_is_found_by_its_first_part_and_as_one_word() -> None:
    assert words_of(stem_text("کتاب\u200cهای می\u200cخواهم"))[0] == stem("کتاب")
    assert words_of(stem_text("می\u200cخواهم"))[1] == stem("میخواهم")


def test_every_character_of_a_word_is_one_to_fts5(tokens: sqlite3.Connection) -> None:
    chars = [char for char in map(chr, range(0xD800)) if words_of(char)]
    chars += [char for char in map(chr, range(0xE000, 0x110000)) if words_of(char)]
    assert len(chars) > 2000
    assert set(count_tokens(tokens, *chars)) == {1}
    assert set(count_tokens(tokens, *(f"a{char}b {stem(char)}" for char in chars))) == {2}


@given(st.text(st.sampled_from("وفبكلالتنيمسةهىءأإآؤئـًُّ"), min_size=1, max_size=12))
def test_stem_is_a_short_plain_word(word: str) -> None:
    assert re.fullmatch(r"\S+", stem(word))
    assert len(stem(word)) <= len(word) + 3

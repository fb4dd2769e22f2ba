"""Versions of an article, and word by word what differs between them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl import Archive
from newscrawl.archive.changes.difference import MAX_WORDS, FieldChange, Piece, pieces_between
from newscrawl.article import Dateline
from newscrawl.errors import ArchiveError
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of one article in three versions."""
    texts = (
        article_at(),
        article_at(headline="الميناء يستقبل ثالث سفينة"),
        article_at(headline="الميناء يستقبل ثالث سفينة", dateline=Dateline(raw="صلالة ـ شمس")),
    )
    with Archive(tmp_path / "archive.db") as archive:
        for at, article in enumerate(texts):
            seen = observation_at(MORNING + hours(at))
            archive.save(article, seen, site=SITE, key="1", run=None)
        yield archive


def test_versions_are_listed_with_what_changed(archive: Archive) -> None:
    found = [(v.number, v.first_seen, v.cause, v.changed) for v in archive.versions(URL)]
    assert found == [
        (1, MORNING, "first", ()),
        (2, MORNING + hours(1), "publisher", ("headline",)),
        (3, MORNING + hours(2), "publisher", ("dateline",)),
    ]


def test_difference_is_described_in_words(archive: Archive) -> None:
    (change,) = archive.diff(URL, 1, 2).changes
    assert change == FieldChange(
        field="headline",
        pieces=(
            Piece("same", "الميناء يستقبل "),
            Piece("removed", "أول"),
            Piece("added", "ثالث"),
            Piece("same", " سفينة"),
        ),
    )


def test_difference_is_of_the_last_two_versions_by_default(archive: Archive) -> None:
    difference = archive.diff(1)
    assert (difference.old.number, difference.new.number) == (2, 3)
    assert [change.field for change in difference.changes] == ["dateline"]


@pytest.mark.parametrize(("old", "new"), [(0, 1), (1, 4), (None, 1)])
def test_missing_version_is_refused(archive: Archive, old: int | None, new: int) -> None:
    with pytest.raises(ArchiveError, match="has no version"):
        archive.diff(URL, old, new)


def test_unknown_article_has_no_versions(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match="has no article"):
        archive.versions("https://shams.example/none")


def test_vowel_signs_belong_to_their_word() -> None:
    assert pieces_between("كَتَبَ الوَلَدُ", "كُتُبُ الوَلَدُ") == (
        Piece("removed", "كَتَبَ"),
        Piece("added", "كُتُبُ"),
        Piece("same", " الوَلَدُ"),
    )


def test_neighbouring_words_are_one_change() -> None:
    assert pieces_between("a b c d", "a x y d") == (
        Piece("same", "a "),
        Piece("removed", "b c"),
        Piece("added", "x y"),
        Piece("same", " d"),
    )


def test_untouched_paragraphs_stay_whole() -> None:
    pieces = pieces_between("first\nsecond\nthird", "first\nthe second\nthird")
    assert pieces == (
        Piece("same", "first\n"),
        Piece("added", "the "),
        Piece("same", "second\nthird"),
    )


def test_very_long_passage_is_replaced_whole() -> None:
    old, new = "a " * MAX_WORDS, "b " * MAX_WORDS
    assert pieces_between(old, new) == (Piece("removed", old), Piece("added", new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (lambda i: f"line {i}\n", lambda i: f"line {i}\nother {i}\n"),
        (lambda _i: "a\n", lambda _i: "a\nb\n"),
        (lambda i: f"{i * i % 50}\n", lambda i: f"{i * i % 47}\n"),
    ],
    ids=["a line added after each", "the same line", "few different lines"],
)
def test_many_lines_are_compared(old: Callable[[int], str], new: Callable[[int], str]) -> None:
    before, after = ("".join(map(line, range(4_000))) for line in (old, new))
    pieces = pieces_between(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
    assert sum(piece.kind == "same" for piece in pieces) > 40


def test_lines_beyond_the_bound_are_replaced_whole_and_said_to_be() -> None:
    """Comparing them would take minutes, and the server of the archive with it."""
    old = "".join(f"line {i}\n" for i in range(20_001))
    new = "".join(f"line {i}\nother {i}\n" for i in range(20_000)) + "line 20000\n"
    pieces = pieces_between(old, new)
    assert [piece.kind for piece in pieces] == ["same", "removed", "added", "same"]
    assert pieces[-1].text == "other 19999\nline 20000\n"[-len(pieces[-1].text) :]
    assert FieldChange(field="x", pieces=pieces).is_too_long
    assert not FieldChange(field="x", pieces=pieces_between("a b", "a c")).is_too_long


@given(st.text("ab \n", max_size=40), st.text("ab \n", max_size=40))
def test_pieces_make_both_texts(old: str, new: str) -> None:
    pieces = pieces_between(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.sampled_from("ابت"), min_size=1, max_size=6), data=st.data())
def test_history_does_not_depend_on_the_order_of_import(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(texts))))
    with Archive(tmp_path_factory.mktemp("order") / "archive.db") as archive:
        archive.db.execute("PRAGMA synchronous = OFF")
        for at in order:
            seen = observation_at(MORNING + hours(at))
            article = article_at(headline=texts[at], keywords=(texts[at],))
            archive.save(article, seen, site=SITE, key="1", run=None)
        found = [
            (version.headline, version.first_seen.hour, version.last_seen.hour)
            for version in archive.versions(URL)
        ]
        assert archive.get(URL) == article_at(headline=texts[-1], keywords=(texts[-1],))
        assert archive.check() == ()
    assert found == expected_history(texts)


def expected_history(texts: list[str]) -> list[tuple[str, int, int]]:
    """Each stretch of visits with one text, and the hours of its first and last visit."""
    stretches = itertools.groupby(enumerate(texts, 6), key=lambda visit: visit[1])
    hours_of = [(text, [hour for hour, _ in visits]) for text, visits in stretches]
    return [(text, visits[0], visits[-1]) for text, visits in hours_of]


def test_share_says_how_much_changed() -> None:
    assert FieldChange(field="x", pieces=pieces_between("same", "same")).share == 0
    assert FieldChange(field="x", pieces=pieces_between("", "new")).share == 1
    assert FieldChange(field="x", pieces=pieces_between("abc abd", "abc xyz")).share == 3 / 7

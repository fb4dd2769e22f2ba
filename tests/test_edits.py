"""Edits: each reported once with its classes, silent or not; a change of layout is none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from newscrawl import Archive
from newscrawl.archive.changes.difference import FieldChange, pieces_between
from newscrawl.archive.changes.edit_classes import classes_of
from newscrawl.archive.read.edits import Edit
from newscrawl.article import Article, SourceCredit
from newscrawl.drift import read_drift
from tests.archive_samples import MORNING, SITE, observation_at
from tests.command_line import run

DAY = dt.timedelta(days=1)


def story(number: int, **changes: Any) -> Article:
    """Return an article of the site with texts of its own, with *changes*."""
    subject = ("Ferry", "Mayor", "Library", "Choir")[number % 4]
    values: dict[str, Any] = {
        "url": f"https://{SITE}/news/{number}",
        "headline": f"{subject} number {number} opens again",
        "alternative_headline": f"Harbour notes {number}",
        "description": f"What became of the {subject} in week {number}",
        "article_body": "\n".join(
            (
                f"The {subject} number {number} opened on Monday after {number + 30} days.",
                f"“Nobody waited longer than {number} hours,” said Lena Brook.",
                f"The council of district {number} will meet again in May.",
            )
        ),
        "date_modified": MORNING,
        "page_kind": "article",
        "in_language": "en",
        "extractor": "1",
    }
    return Article(**values | changes)


@attrs.frozen
class Newsroom:
    """A site in an archive, read on numbered days."""

    archive: Archive

    def sees(self, day: float, *stories: Article) -> None:
        run_id = self.archive.start_run("site", SITE, {})
        for article in stories:
            at = MORNING + day * DAY
            digest = f"{abs(hash((article.headline, article.article_body))):016x}" * 4
            observation = observation_at(at, url=article.url, digest=digest)
            key = article.url.rpartition("/")[2]
            self.archive.save(article, observation, site=SITE, key=key, run=run_id)
        self.archive.finish_run(run_id, "finished", 0, {})

    def edits(self, **options: Any) -> list[Edit]:
        return list(self.archive.edits(**options))

    def causes(self) -> list[str]:
        rows = self.archive.db.execute("SELECT cause FROM versions WHERE cause <> 'first'")
        return [cause for (cause,) in rows.fetchall()]


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with Archive(tmp_path / "archive.db") as archive:
        yield Newsroom(archive)


BODY = story(1).article_body


@pytest.mark.parametrize(
    ("field", "old", "new", "expected"),
    [
        ("headline", "Ferry opens", "Ferry closes", {"headline"}),
        ("article_body", "It took 31 days.", "It took 37 days.", {"number"}),
        ("article_body", "It took ٣١ يوما.", "It took ٣٧ يوما.", {"number"}),
        ("article_body", "He met Lena Brook there.", "He met Anna Field there.", {"name"}),
        ("article_body", "وصل إلى دمشق أمس.", "وصل إلى بيروت أمس.", {"name"}),
        (
            "article_body",
            "It rained, police said.",
            "It rained, police claimed.",
            {"attribution"},
        ),
        ("article_body", "Llovió, dijo ayer.", "Llovió, aseguró ayer.", {"attribution"}),
        ("article_body", "Regen, sagte sie.", "Regen, behauptete sie.", {"attribution"}),
        ("source_credit", "AFP", "AFP, Reuters", {"attribution"}),
        ("article_body", "“We won,” he said.", "“We lost,” he said.", {"quotation"}),
        ("article_body", "It opened.", "It opened.\nCorrection: it did not.", {"correction"}),
        ("article_body", "افتتح.", "افتتح.\nتصحيح: لم يفتتح.", {"correction"}),
        ("article_body", "افتتح.", "افتتح.\nتصحيح: ذكرت نسخة سابقة أنه افتتح.", {"correction"}),
        ("article_body", "It opened.\nAll were glad.", "It opened.", {"paragraph_removed"}),
        ("article_body", "The goverment met.", "The government met.", {"typo"}),
        ("article_body", "He came , and left.", "He came, and left.", {"typo"}),
        ("article_body", "A cat sat down.", "A tired animal sat down.", {"wording"}),
    ],
)
def test_edit_has_its_class(field: str, old: str, new: str, expected: set[str]) -> None:
    change = FieldChange(field=field, pieces=pieces_between(old, new))
    assert set(classes_of(change)) == expected


def test_edit_is_reported_once_with_its_interval(newsroom: Newsroom) -> None:
    newsroom.sees(0, story(1), story(2))
    newsroom.sees(1, story(1), story(2))
    edited = story(1, article_body=BODY.replace("31 days", "37 days"))
    newsroom.sees(2, edited, story(2))
    newsroom.sees(3, edited, story(2))
    (edit,) = newsroom.edits()
    assert (edit.article_id, edit.fields, edit.classes) == (1, ("article_body",), ("number",))
    assert (edit.not_before, edit.first_seen) == (MORNING + DAY, MORNING + 2 * DAY)
    assert edit.is_silent
    assert newsroom.edits(since=MORNING + 2.5 * DAY) == []


def test_edit_is_silent_unless_the_page_says_so(newsroom: Newsroom) -> None:
    edited = BODY.replace("31 days", "37 days")
    newsroom.sees(0, *map(story, range(1, 4)))
    newsroom.sees(
        1,
        story(1, article_body=edited),
        story(2, headline="Another one", date_modified=MORNING + DAY),
        story(3, article_body=f"{story(3).article_body}\nCorrection: it was no ferry."),
    )
    assert {edit.article_id: edit.is_silent for edit in newsroom.edits()} == {
        1: True,
        2: False,
        3: False,
    }
    # A date that moves later, with no text, does not make the edit known.
    newsroom.sees(2, story(1, article_body=edited, date_modified=MORNING + 2 * DAY))
    assert {edit.article_id for edit in newsroom.edits() if edit.is_silent} == {1}


def test_one_definition_counts_everywhere(newsroom: Newsroom) -> None:
    newsroom.sees(0, *map(story, range(1, 4)))
    newsroom.sees(1, story(1, headline="Other"), story(2, headline="New", date_modified=None))
    path = newsroom.archive.path
    printed = json.loads(run("edits", "-d", path, "--silent", "--json").stdout)
    counted = newsroom.archive.db.execute(
        "SELECT count(*) FROM edit WHERE is_silent"
    ).fetchone()
    frame = newsroom.archive.frame("edit")
    assert len(printed) == counted[0] == frame.is_silent.sum() == 1


def boxed(number: int, at: str, **changes: Any) -> Article:
    """Return a story with a line of its own that a new theme puts there."""
    own = f"Reporter {chr(64 + number)} of desk {number} has been here since {number}."
    lines = story(number, **changes).article_body.split("\n")
    places = {"start": 0, "inside": 1, "end": len(lines)}
    lines.insert(places[at], own)
    return story(number, **changes | {"article_body": "\n".join(lines)})


@pytest.mark.parametrize("at", ["start", "inside", "end"])
def test_line_of_its_own_in_each_article_is_layout(newsroom: Newsroom, at: str) -> None:
    numbers = range(1, 17)
    newsroom.sees(0, *map(story, numbers))
    edited = story(3).article_body.replace("33 days", "43 days")
    newsroom.sees(5, boxed(3, at, article_body=edited), *(boxed(n, at) for n in numbers[3:]))
    newsroom.sees(9, boxed(1, at))  # it was not seen meanwhile
    (edit,) = newsroom.edits()
    assert edit.article_id == 3
    assert sorted(newsroom.causes()) == ["layout"] * 14 + ["publisher"]
    drift = read_drift(newsroom.archive.db, SITE, MORNING + 10 * DAY)
    assert [one.articles for one in drift.layouts] == [14]
    later = boxed(5, at).article_body.split("\n")
    later.insert({"start": 0, "inside": 1, "end": len(later)}[at], "The mayor has resigned.")
    newsroom.sees(11, story(5, article_body="\n".join(later)))
    assert [edit.article_id for edit in newsroom.edits()] == [5, 3]


def test_redesign_that_several_runs_see_is_layout(newsroom: Newsroom) -> None:
    numbers = range(1, 13)
    newsroom.sees(0, *map(story, numbers))
    for visit in (1, 2, 3):  # each run sees the earlier ones again
        newsroom.sees(5 + visit / 24, *(boxed(n, "end") for n in numbers[: 4 * visit]))
    assert newsroom.edits() == []


def test_lines_that_publishers_add_to_some_articles_are_edits(newsroom: Newsroom) -> None:
    numbers = range(1, 21)
    newsroom.sees(0, *map(story, numbers))
    newsroom.sees(1, *(boxed(n, "end") for n in numbers[:12]), *map(story, numbers[12:]))
    assert len(newsroom.edits()) == 12


def redesigned(number: int, **changes: Any) -> Article:
    """Return a story as a new theme shows it: no kicker, the site before each headline."""
    values = {
        "headline": f"Shams Daily: {story(number).headline}",
        "alternative_headline": None,
        "source_credit": SourceCredit(raw="Shams Daily"),
    }
    return story(number, **values | changes)


def test_redesign_is_no_edit(newsroom: Newsroom) -> None:
    numbers = range(1, 13)
    newsroom.sees(0, *map(story, numbers))
    edited = redesigned(3, article_body=story(3).article_body.replace("33 days", "34 days"))
    newsroom.sees(5, *map(redesigned, (1, 2)))
    newsroom.sees(6, edited, *map(redesigned, numbers[3:]))
    (edit,) = newsroom.edits()
    assert (edit.article_id, edit.fields, edit.classes) == (3, ("article_body",), ("number",))
    assert sorted(newsroom.causes()) == ["layout"] * 11 + ["publisher"]
    drift = read_drift(newsroom.archive.db, SITE, MORNING + 7 * DAY)
    assert {(one.field, one.articles) for one in drift.layouts} == {
        ("headline", 12),
        ("alternative_headline", 12),
        ("source_credit", 12),
    }
    assert any("Shams Daily: {headline}" in line for line in drift.lines)
    later = redesigned(9, headline="Shams Daily: Choir number 9 is closed")
    newsroom.sees(8, later)
    assert [edit.article_id for edit in newsroom.edits()] == [9, 3]


def test_late_page_of_the_redesign_is_no_edit(newsroom: Newsroom) -> None:
    newsroom.sees(0, *map(story, range(1, 13)))
    newsroom.sees(5, *map(redesigned, range(1, 10)))
    newsroom.sees(9, redesigned(11))
    assert newsroom.edits() == []


def test_same_small_edit_of_a_few_articles_is_one(newsroom: Newsroom) -> None:
    """A label that editors take from some headlines is no layout: the others stay."""
    numbers = range(1, 31)
    newsroom.sees(0, *(story(n, headline=f"Breaking: story {n} goes on") for n in numbers))
    newsroom.sees(
        1,
        *(story(n, headline=f"story {n} goes on") for n in numbers[:6]),
        *(story(n, headline=f"Breaking: story {n} goes on") for n in numbers[6:]),
    )
    assert len(newsroom.edits()) == 6


@pytest.mark.parametrize(
    "changes",
    [
        {"alternative_headline": None},
        {"description": None},
        {"source_credit": SourceCredit(raw="Shams")},
        {
            "headline": f"{story(1).alternative_headline}: {story(1).headline}",
            "alternative_headline": None,
        },
        {"article_body": f"{story(1).description}\n{BODY}", "description": None},
    ],
    ids=[
        "no kicker",
        "no description",
        "a credit",
        "kicker in the headline",
        "description in body",
    ],
)
def test_field_that_moves_while_the_text_stays_is_layout(
    newsroom: Newsroom, changes: dict[str, Any]
) -> None:
    newsroom.sees(0, story(1))
    newsroom.sees(1, story(1, **changes))
    assert newsroom.edits() == []
    assert newsroom.causes() == ["layout"]
    assert len(newsroom.edits(cause="layout")) == 1


def test_week_of_cut_pages_is_no_edit(newsroom: Newsroom) -> None:
    def cut(number: int) -> Article:
        return story(number, article_body=story(number).article_body.splitlines()[0])

    numbers = range(1, 13)
    newsroom.sees(0, *map(story, numbers))
    newsroom.sees(3, *map(cut, numbers))
    newsroom.sees(9, *map(story, numbers))
    assert newsroom.edits() == []
    assert set(newsroom.causes()) == {"layout"}


def test_old_versions_are_judged_again(newsroom: Newsroom) -> None:
    newsroom.sees(0, *map(story, range(1, 13)))
    newsroom.sees(5, *map(redesigned, range(1, 13)))
    with newsroom.archive.transaction() as db:
        db.execute("UPDATE versions SET cause = 'publisher' WHERE cause = 'layout'")
        db.execute("DELETE FROM version_changes")
    done = run("reclassify", "-d", newsroom.archive.path)
    assert (done.returncode, done.stdout.strip()) == (
        0,
        "12 versions with another cause than before.",
    )
    assert newsroom.edits() == []
    assert newsroom.archive.check() == ()


def test_merged_and_withdrawn_edits(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.sees(0, story(1))
    newsroom.sees(1, story(1, headline="Other"))
    with Archive(tmp_path / "other.db") as other:
        other.merge(newsroom.archive.path)
        assert [edit.headline for edit in other.edits()] == ["Other"]
        other.withdraw(1, reason="asked for")
        assert list(other.edits()) == []
        assert other.check() == ()


def test_command_prints_the_words_that_changed(newsroom: Newsroom) -> None:
    newsroom.sees(0, story(1), story(2))
    newsroom.sees(1, story(1, headline="Mayor number 1 is closed"), story(2, headline="Choir"))
    path = newsroom.archive.path
    text = run("edits", SITE, "-d", path, "--since", "2026-03-01").stdout
    assert "Mayor number 1 [-opens again-]{+is closed+}" in text
    assert "between 2026-03-01 06:30 and 2026-03-02 06:30 UTC" in text
    few = json.loads(run("edits", "-d", path, "--min-change", "60%", "--json").stdout)
    assert [one["article_id"] for one in few] == [2]
    assert (
        json.loads(run("edits", "-d", path, "--fields", "description", "--json").stdout) == []
    )
    assert run("edits", "-d", path, "--fields", "colour").returncode == 2
    assert run("edits", "-d", path, "--min-change", "much").returncode == 2

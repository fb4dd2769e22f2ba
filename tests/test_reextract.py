"""`newscrawl reextract`: changes by a newer extractor, reported and then stored."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs
import pytest

from newscrawl import Archive, Article
from newscrawl.archive.maintenance.withdraw import withdraw_article
from newscrawl.extraction import extractor_identity
from newscrawl.importing.importer import Import, Options
from newscrawl.importing.page_engines import Steps, read_here
from newscrawl.importing.readings import Reading
from newscrawl.importing.reextract import Choice, reread
from tests.archive_samples import holds
from tests.command_line import refusal, run
from tests.importing import (
    LAST,
    TOO_LONG,
    Saying,
    giving_up,
    imported,
    story,
    write_warc,
)

OLD = "newscrawl 0.0 0123456789ab"
BOX = "اقرأ أيضا: أخبار أخرى من المدينة"
EDITED = "نص جديد طويل بما يكفي ليكون فقرة."


def as_once(article: Article, box: str = BOX) -> Article:
    """What an extractor read that took a box of links for the last paragraph."""
    lines = (*article.article_body.split("\n"), box)
    blocks = tuple(attrs.evolve(article.blocks[0], text=line) for line in lines)
    return attrs.evolve(
        article,
        article_body="\n".join(lines),
        blocks=blocks,
        keywords=("جسر",),
        extractor=OLD,
    )


def read_once(steps: Iterable[Any], jobs: int) -> Steps:
    """The engine with that extractor; it also refused what is at /news/9."""
    for step in read_here(steps, jobs):
        if not isinstance(step, tuple):
            yield step
            continue
        task, reading = step
        if reading.article is not None and reading.article.url.endswith("/9"):
            seen = attrs.evolve(reading.observation, outcome="not_article", reason="no_text")
            yield task, Reading(observation=seen, article=reading.article)
        elif reading.article is not None:
            # What the box says changes by the hour.
            box = f"{BOX} {reading.observation.fetched_at:%H}"
            yield task, attrs.evolve(reading, article=as_once(reading.article, box))
        else:
            yield step


@pytest.fixture
def once(archive: Archive, tmp_path: Path) -> Archive:
    """Stories as that extractor read them: one edited, one refused, one without its page."""
    looks = [story(1), story(1, hours=2), story(1, EDITED, 4), story(1, EDITED, 5)]
    looks += [story(2), story(3), story(9)]
    file = write_warc(tmp_path / "a.warc.gz", looks)
    Import(archive, Options(jobs=1, engine=read_once), lambda *_: None).read([file])
    archive.db.execute(
        "UPDATE observations SET evidence_file_id = NULL WHERE url_id ="
        " (SELECT id FROM urls WHERE url = ?)",
        [story(3).url],
    )
    return archive


def again(archive: Archive, **choice: Any) -> Any:
    return reread(archive, Choice(jobs=1, engine=read_here, **choice), lambda _: None)


def dump(archive: Archive) -> str:
    return "\n".join(archive.db.conn.iterdump())


def test_the_report_changes_nothing(once: Archive) -> None:
    before = dump(once)
    site = again(once).sites["jisr.example"]
    assert dump(once) == before
    assert (site.versions, site.changed, site.without_evidence) == (5, 5, 1)
    assert site.accepted_now == [story(9).url]
    body, keywords = site.fields["article_body"], site.fields["keywords"]
    assert (body.changed, body.filled_before, body.filled_after) == (5, 5, 5)
    assert (keywords.changed, keywords.filled_before, keywords.filled_after) == (5, 5, 0)
    assert site.fields["headline"].changed == 0
    assert BOX in body.examples[0].was
    assert BOX not in body.examples[0].now
    assert len(body.examples) == 3


def test_what_is_read_otherwise_is_the_extractors_doing(once: Archive) -> None:
    edits = "SELECT count(*) FROM version WHERE cause = 'publisher'"
    assert once.db.execute(edits).fetchone() == (3,)  # the box changed with every look
    again(once, is_applied=True)
    assert once.check() == ()
    assert once.db.execute(edits).fetchone() == (1,)
    versions = once.versions(story(1).url)
    live = [one for one in versions if one.extractor == extractor_identity()]
    assert [(f"{one.first_seen:%H}", f"{one.last_seen:%H}") for one in live] == [
        ("12", "14"),
        ("16", "17"),
    ]
    assert [one.cause for one in live] == ["extractor", "extractor"]
    article = once.get(story(1).url)
    assert article is not None
    assert EDITED in article.article_body
    assert BOX not in article.article_body
    assert article.keywords == ()
    # Like is compared with like: the edit does not hold what only the reading has changed.
    (edit,) = (one for one in versions if one.cause == "publisher")
    assert edit.follows is not None
    assert versions[edit.follows - 1].extractor == edit.extractor == OLD
    hits = once.search(f'"{BOX}"')
    assert [hit.article_id for hit in hits] == [
        once.db.execute("SELECT id FROM article WHERE url = ?", [story(3).url]).fetchone()[0]
    ]


def test_it_is_as_if_the_new_extractor_had_crawled(once: Archive, tmp_path: Path) -> None:
    again(once, is_applied=True)
    with Archive(tmp_path / "fresh.db") as fresh:
        imported(fresh, tmp_path / "a.warc.gz")
        for number in (1, 2, 9):
            assert once.get(story(number).url) == fresh.get(story(number).url)
        looks = (
            "SELECT url, fetched_at, extractor FROM observation WHERE url <> ? ORDER BY 1, 2"
        )
        assert (
            once.db.execute(looks, [story(3).url]).fetchall()
            == fresh.db.execute(looks, [story(3).url]).fetchall()
        )


def test_doing_it_twice_changes_nothing(once: Archive) -> None:
    again(once, is_applied=True)
    before = dump(once)
    report = again(once, is_applied=True)
    assert dump(once) == before
    site = report.sites["jisr.example"]
    assert (site.versions, site.up_to_date, site.without_evidence) == (0, 3, 1)


def test_the_next_crawl_compares_with_what_is_in_force(once: Archive, tmp_path: Path) -> None:
    again(once, is_applied=True)
    count = len(once.versions(story(1).url))
    same = write_warc(tmp_path / "b.warc.gz", [story(1, EDITED, 8)])
    assert imported(once, same).outcomes == {"unchanged": 1}
    assert len(once.versions(story(1).url)) == count
    other = write_warc(tmp_path / "c.warc.gz", [story(1, LAST, 9)])
    assert imported(once, other).outcomes == {"updated": 1}
    last = once.versions(story(1).url)[-1]
    assert last.cause == "publisher"
    assert once.check() == ()


def test_only_what_was_chosen_is_read(once: Archive) -> None:
    assert again(once, site="other.example").sites == {}
    report = again(once, since=dt.datetime(2026, 3, 1, 15, tzinfo=dt.UTC))
    assert report.sites["jisr.example"].versions == 4


def test_withdrawn_stories_are_left_alone(once: Archive) -> None:
    with once.transaction() as db:
        withdraw_article(db, story(1).url, "court order")
    again(once, is_applied=True)
    assert not holds(once, story(1).url)
    assert once.check() == ()


def test_merging_keeps_how_it_was_read_before(once: Archive, tmp_path: Path) -> None:
    again(once, is_applied=True)
    with Archive(tmp_path / "other.db") as other:
        other.merge(once.path)
        assert other.check() == ()
        for _ in range(2):
            assert causes(other) == causes(once)
            other.merge(once.path)


def causes(archive: Archive) -> list[tuple[str, str, str]]:
    versions = archive.versions(story(1).url)
    return [(str(one.first_seen), one.cause, one.extractor) for one in versions]


def test_a_page_that_would_be_refused_now_stays(archive: Archive, tmp_path: Path) -> None:
    empty = Saying(path="/news/1", body=b"<html><body><h1>x</h1></body></html>")

    def kind(steps: Iterable[Any], jobs: int) -> Steps:
        for step in read_here(steps, jobs):
            if isinstance(step, tuple) and step[1].article is not None:
                article = attrs.evolve(step[1].article, article_body="x", extractor=OLD)
                seen = attrs.evolve(step[1].observation, outcome="stored", reason=None)
                yield step[0], Reading(observation=seen, article=article)
            else:
                yield step

    file = write_warc(tmp_path / "a.warc.gz", [empty])
    Import(archive, Options(jobs=1, engine=kind), lambda *_: None).read([file])
    report = again(archive, is_applied=True)
    assert sum(report.sites["jisr.example"].refused_now.values()) == 1
    assert holds(archive, empty.url)
    assert archive.check() == ()


def test_lost_evidence_is_reported(once: Archive, tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").unlink()
    report = again(once, is_applied=True)
    assert len(report.damages) == 4
    assert "cannot read" in report.damages[0]


def test_page_given_up_stays_and_is_read_by_the_next_run(once: Archive) -> None:
    lost = [story(2), story(9)]  # an article, and a page that was refused
    choice = Choice(jobs=1, engine=giving_up(*lost), is_applied=True)
    report = reread(once, choice, lambda _: None)
    assert report.damages == [f"{page.url}: the page was given up: {TOO_LONG}" for page in lost]
    assert not report.sites["jisr.example"].refused_now
    report = again(once, is_applied=True)
    site = report.sites["jisr.example"]
    assert (report.damages, site.versions, site.accepted) == ([], 1, 1)
    assert once.check() == ()


def test_the_command_reports_and_applies(once: Archive) -> None:
    path = once.path
    told = run("reextract", "-d", path, "--jobs", "1")
    assert told.returncode == 0, told.stderr
    assert "without evidence" in told.stdout
    assert "article_body" in told.stdout
    assert told.stdout.rstrip().endswith("--apply stores what is read otherwise.")
    done = run("reextract", "--apply", "--json", "-d", path, "--site", "jisr.example")
    assert json.loads(done.stdout)["is_applied"] is True
    assert "publisher" in run("versions", story(1).url, "-d", path).stdout
    row = once.db.execute("SELECT spider, exit_status FROM run ORDER BY id DESC").fetchone()
    assert row == ("reextract", 0)
    assert run("check", "-d", path).returncode == 0


def test_without_an_archive_it_is_one_line(tmp_path: Path) -> None:
    assert "there is no archive" in refusal(run("reextract", "-d", tmp_path / "a.db"))
    assert list(tmp_path.iterdir()) == []

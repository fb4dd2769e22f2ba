"""Forty days of a scripted site: every event is reported once, at its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from newscrawl import Archive
from newscrawl.article import Article
from newscrawl.drift import read_drift
from newscrawl.outcomes import Observation

SITE = "harbour.example"
HOME = f"https://{SITE}/"
START = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ARTICLES = 60
REDESIGN, BROKEN, MENDED = 20, range(27, 34), 34

EDITS: dict[int, tuple[int, str, str, str, str]] = {
    # story: day, field, what is replaced, by what, class
    1: (3, "headline", "opens again", "stays closed", "headline"),
    2: (5, "article_body", "42 days", "47 days", "number"),
    3: (7, "article_body", "Lena Brook", "Anna Field", "name"),
    4: (9, "article_body", "police said", "police claimed", "attribution"),
    5: (11, "article_body", "“We waited too long,”", "“We never waited,”", "quotation"),
    6: (
        13,
        "article_body",
        "\nThe end.",
        "\nThe end.\nCorrection: it was no ferry.",
        "correction",
    ),
    7: (15, "article_body", "\nThe council meets in May.", "", "paragraph_removed"),
    8: (17, "article_body", "goverment", "government", "typo"),
    9: (24, "article_body", "42 days", "49 days", "number"),
    10: (REDESIGN, "article_body", "42 days", "50 days", "number"),
    11: (36, "headline", "opens again", "stays closed", "headline"),
}
GONE = {
    20: (4, None),
    21: (6, 10),
    22: (16, None),
    23: (30, None),
    24: (30, 37),
    25: (38, None),
}
"""The first day on which a story is missing, and the day of its return."""
MOVED = {30: 8, 31: 23}
REASONS = {20: "not_found", 21: "removed", 22: "soft_404", 23: "redirect", 24: "not_found"}


@attrs.frozen
class Site:
    """The site as it is on one day, read into an archive."""

    archive: Archive

    def story(self, number: int, day: int) -> Article:
        """Return a story as its page is read on *day*."""
        fields: dict[str, Any] = {
            "headline": f"Ferry number {number} opens again",
            "alternative_headline": f"Notes from pier {number}",
            "article_body": "\n".join(
                (
                    f"Ferry {number} opened after 42 days, police said; Lena Brook was there.",
                    f"“We waited too long,” wrote reader {number} to the goverment.",
                    f"Pier {number} has a new roof.",
                    "The council meets in May.",
                    "The end.",
                )
            ),
        }
        if number in EDITS and day >= EDITS[number][0]:
            _, field, was, becomes, _ = EDITS[number]
            fields[field] = fields[field].replace(was, becomes)
        if day >= REDESIGN:
            fields["headline"] = f"Harbour Post – {fields['headline']}"
            fields["alternative_headline"] = None
        return Article(
            url=self.url(number, day),
            page_kind="article",
            in_language="en",
            extractor="1",
            provenance={"headline": "generic:h1", "article_body": "generic:node"},
            **fields,
        )

    def url(self, number: int, day: int) -> str:
        """Return the address of a story on *day*."""
        is_moved = number in MOVED and day >= MOVED[number]
        return f"{HOME}{'archive' if is_moved else 'news'}/{number}"

    def visit(self, day: int) -> None:
        """Visit every story on *day*, in one run."""
        run = self.archive.start_run("site", SITE, {})
        with self.archive.transaction():
            self._observe(HOME, day, run, "http_error" if day in BROKEN else "source")
            for number in range(1, ARTICLES + 1):
                self._visit_story(number, day, run)
        self.archive.finish_run(run, "finished", 0, {})

    def _visit_story(self, number: int, day: int, run: int) -> None:
        if day in BROKEN:
            self._observe(self.url(number, day), day, run, "http_error", status=404)
            return
        gone, back = GONE.get(number, (99, None))
        if gone <= day and not (back is not None and day >= back):
            self._miss(number, day, run)
            return
        if number in MOVED and day >= MOVED[number]:
            old = self.url(number, 0)
            target = {"final_url": self.url(number, day), "status": 301}
            self._observe(old, day, run, "redirect", **target)
        article = self.story(number, day)
        body = f"{article.headline}{article.article_body}{article.alternative_headline}"
        seen = self._seen(
            article.url, day, "stored", digest=body.encode().hex()[:64].ljust(64, "0")
        )
        self.archive.save(article, seen, site=SITE, key=str(number), run=run)

    def _miss(self, number: int, day: int, run: int) -> None:
        url, reason = self.url(number, day), REASONS.get(number, "not_found")
        if reason == "soft_404":
            self._observe(url, day, run, "not_article", status=200, kind="soft_404")
        elif reason == "redirect":
            self._observe(url, day, run, "redirect", status=302, final_url=HOME)
        else:
            status = 410 if reason == "removed" else 404
            self._observe(url, day, run, "http_error", status=status)

    def _observe(self, url: str, day: int, run: int, outcome: str, **values: Any) -> None:
        self.archive.record_visit(self._seen(url, day, outcome, **values), site=SITE, run=run)

    def _seen(self, url: str, day: int, outcome: str, **values: Any) -> Observation:
        status = {"source": 200, "stored": 200}.get(outcome, 404)
        known: dict[str, Any] = {"url": url, "outcome": outcome, "status": status}
        return Observation(fetched_at=at(day), **(known | values))


def at(day: int) -> dt.datetime:
    return START + day * DAY


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, dict[int, Any]]]:
    """The archive after 40 days, and what drift said on each of them."""
    with Archive(tmp_path_factory.mktemp("days") / "archive.db") as archive:
        site, drifts = Site(archive), {}
        for day in range(40):
            site.visit(day)
            drifts[day] = read_drift(archive.db, SITE, at(day) + DAY / 2)
        yield archive, drifts


def test_every_edit_is_reported_once(told: tuple[Archive, dict[int, Any]]) -> None:
    archive, _ = told
    found = {
        int(edit.url.rpartition("/")[2]): (edit.classes[0], edit.not_before, edit.first_seen)
        for edit in archive.edits()
    }
    expected = {
        number: (kind, at(day - 1), at(day)) for number, (day, _, _, _, kind) in EDITS.items()
    }
    assert found == expected
    assert len(list(archive.edits())) == len(EDITS)
    announced = [edit for edit in archive.edits() if not edit.is_silent]
    assert [edit.classes for edit in announced] == [("correction",)]


def test_every_deletion_and_return_is_reported_once(
    told: tuple[Archive, dict[int, Any]],
) -> None:
    archive, _ = told
    found = {
        int(one.url.rpartition("/")[2]): (one.last_seen, one.first_missed, one.back_at)
        for one in archive.absences()
    }

    def expected(gone: int, back: int | None) -> tuple[Any, ...]:
        # Of what was deleted while the site was broken it is only known that it was afterwards.
        last = BROKEN[0] - 1 if gone in BROKEN else gone - 1
        first = MENDED if gone in BROKEN else gone
        return at(last), at(first), None if back is None else at(back)

    assert found == {number: expected(*days) for number, days in GONE.items()}
    assert {int(one.url.rpartition("/")[2]): one.reason for one in archive.absences()} == {
        **dict.fromkeys(GONE, "not_found"),
        **REASONS,
    }


def test_every_move_is_reported_once(told: tuple[Archive, dict[int, Any]]) -> None:
    archive, _ = told
    assert {
        int(one.to_url.rpartition("/")[2]): (one.last_seen, one.first_moved)
        for one in archive.moves()
    } == {number: (at(day - 1), at(day)) for number, day in MOVED.items()}


def test_drift_names_the_redesign_and_the_broken_week_alone(
    told: tuple[Archive, dict[int, Any]],
) -> None:
    _, drifts = told
    assert [day for day in range(REDESIGN) if drifts[day]] == []
    assert not any(
        "newscrawl itself" in line for drift in drifts.values() for line in drift.lines
    )
    for day in range(REDESIGN, 40):
        assert {one.field for one in drifts[day].layouts} == {
            "headline",
            "alternative_headline",
        }
    falls = {day: {one.field for one in drifts[day].falls} for day in range(40)}
    assert falls[BROKEN[-1]] == {"article"}
    assert all(fields <= {"article"} for fields in falls.values())
    assert [day for day in falls if falls[day] and day not in BROKEN] == []

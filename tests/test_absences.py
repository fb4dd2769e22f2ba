"""Deletions, returns and moves: reported once, between the right visits, or not at all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from newscrawl import Archive
from newscrawl.archive.read.addresses import left_addresses
from tests.archive_samples import MORNING, SITE, article_at, observation_at
from tests.command_line import run

HOME = f"https://{SITE}/"
DAY = dt.timedelta(days=1)


@attrs.frozen
class Newsroom:
    """A site in an archive, visited on numbered days."""

    archive: Archive

    def url(self, number: int) -> str:
        return f"{HOME}news/{number}"

    def sees(self, number: int, day: int, run: int | None = None, url: str = "") -> None:
        url = url or self.url(number)
        article = article_at(url, canonical_url=None, headline=f"Story {number}")
        observation = observation_at(MORNING + day * DAY, url=url)
        self.archive.save(article, observation, site=SITE, key=str(number), run=run)

    def misses(self, number: int, day: int, run: int | None = None, **changes: Any) -> None:
        values: dict[str, Any] = {
            "url": self.url(number),
            "outcome": "http_error",
            "status": 404,
            "digest": None,
        }
        observation = observation_at(MORNING + day * DAY, **(values | changes))
        self.archive.record_visit(observation, site=SITE, run=run)

    def is_redirected(self, number: int, day: int, to: str, **changes: Any) -> None:
        values: dict[str, Any] = {"outcome": "redirect", "status": 302, "final_url": to}
        self.misses(number, day, **(values | changes))

    def start(self) -> int:
        return self.archive.start_run("site", SITE, {})

    def finish(self, run: int) -> None:
        self.archive.finish_run(run, "finished", 0, {})

    def days(self) -> list[tuple[int, str, int, int, int | None]]:
        """Story, reason, and the days of last sight, first miss and return, in that order."""
        return sorted(
            (
                int(one.url.rpartition("/")[2]),
                one.reason,
                (one.last_seen - MORNING).days,
                (one.first_missed - MORNING).days,
                (one.back_at - MORNING).days if one.back_at else None,
            )
            for one in self.archive.absences()
        )


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with Archive(tmp_path / "archive.db") as archive:
        yield Newsroom(archive)


@pytest.mark.parametrize(
    ("miss", "reason"),
    [
        ({"status": 404}, "not_found"),
        ({"status": 410}, "removed"),
        (
            {"outcome": "not_article", "status": 200, "kind": "soft_404"},
            "soft_404",
        ),
    ],
)
def test_article_is_gone_between_two_visits(
    newsroom: Newsroom, miss: dict[str, Any], reason: str
) -> None:
    newsroom.sees(1, day=0)
    newsroom.sees(1, day=2)
    newsroom.misses(1, day=5, **miss)
    newsroom.misses(1, day=6, **miss)
    assert newsroom.days() == [(1, reason, 2, 5, None)]
    visits = newsroom.archive.db.execute("SELECT article_id FROM observation").fetchall()
    assert visits == [(1,)] * 4
    (row,) = newsroom.archive.db.query("SELECT gone_since FROM article")
    assert row["gone_since"] == "2026-03-06T06:30:00Z"


@pytest.mark.parametrize(
    "miss",
    [
        {"status": 500},
        {"status": 403},
        {"outcome": "timeout", "status": None},
        {"outcome": "blocked", "status": 200},
        {"outcome": "not_article", "status": 200, "kind": "consent"},
        {"outcome": "not_article", "status": 200, "kind": "maintenance"},
    ],
    ids=str,
)
def test_failure_of_the_server_is_no_deletion(newsroom: Newsroom, miss: dict[str, Any]) -> None:
    newsroom.sees(1, day=0)
    newsroom.misses(1, day=5, **miss)
    assert newsroom.days() == []


def test_article_that_returns_was_gone_once(newsroom: Newsroom) -> None:
    newsroom.sees(1, day=0)
    newsroom.misses(1, day=2)
    newsroom.misses(1, day=4, status=503, reason="down")
    newsroom.misses(1, day=6)
    newsroom.sees(1, day=8)
    newsroom.sees(1, day=9)
    newsroom.misses(1, day=10)
    assert newsroom.days() == [(1, "not_found", 0, 2, 8), (1, "not_found", 9, 10, None)]
    newsroom.sees(1, day=11)
    assert newsroom.archive.absences(is_open=True) == ()


def test_visits_of_any_order_tell_the_same(newsroom: Newsroom) -> None:
    """As files are imported: the deletion first, then the article as it had been."""
    newsroom.misses(1, day=5)
    newsroom.sees(1, day=8)
    newsroom.sees(1, day=0)
    newsroom.sees(1, day=3)
    assert newsroom.days() == [(1, "not_found", 3, 5, 8)]


def test_redirect_to_the_home_page_is_a_deletion(newsroom: Newsroom) -> None:
    newsroom.sees(1, day=0)
    newsroom.is_redirected(1, day=1, to=HOME)
    (absence,) = newsroom.archive.absences()
    assert (absence.reason, absence.redirected_to) == ("redirect", HOME)


def test_redirect_to_the_home_page_is_one_after_its_visit_too(newsroom: Newsroom) -> None:
    """As a crawl records it: the home page as a source, and again after the redirect."""
    newsroom.sees(1, day=0)
    newsroom.misses(0, day=1, url=HOME, outcome="source", status=200)
    newsroom.is_redirected(1, day=1, to=HOME)
    home: dict[str, Any] = {"url": HOME, "outcome": "not_article", "status": 200}
    newsroom.misses(0, day=1, **home, kind="home", reason="no soft_404")
    assert newsroom.days() == [(1, "redirect", 0, 1, None)]


def test_story_seen_at_another_address_by_the_same_run_is_not_gone(newsroom: Newsroom) -> None:
    newsroom.sees(1, day=0)
    visited = newsroom.start()
    newsroom.misses(1, day=2, run=visited)
    newsroom.sees(1, day=2, run=visited, url=f"{HOME}2026/news/1-again")
    newsroom.finish(visited)
    assert newsroom.days() == []


def test_redirect_to_a_section_is_a_deletion(newsroom: Newsroom) -> None:
    section = f"{HOME}section/sport"
    newsroom.sees(1, day=0)
    newsroom.misses(0, day=1, url=section, outcome="source", status=200)
    newsroom.is_redirected(1, day=1, to=section)
    assert newsroom.days() == [(1, "redirect", 0, 1, None)]


@pytest.mark.parametrize("kind", ["login", "consent", "paywall", "challenge"])
def test_redirect_to_a_wall_is_no_deletion(newsroom: Newsroom, kind: str) -> None:
    wall = f"{HOME}wall?from=1"
    newsroom.sees(1, day=0)
    newsroom.misses(0, day=1, url=wall, outcome="not_article", status=200, kind=kind)
    newsroom.is_redirected(1, day=1, to=wall)
    newsroom.is_redirected(1, day=2, to=f"{HOME}elsewhere-that-was-never-visited")
    assert newsroom.days() == []


def test_permanent_redirect_to_the_same_story_is_a_move(newsroom: Newsroom) -> None:
    new = f"{HOME}2026/news/1-again"
    newsroom.sees(1, day=0)
    newsroom.is_redirected(1, day=3, to=new, status=301)
    newsroom.sees(1, day=3, url=new)
    newsroom.is_redirected(1, day=4, to=new, status=301)
    newsroom.sees(1, day=4, url=new)
    (move,) = newsroom.archive.moves()
    assert (move.from_url, move.to_url) == (newsroom.url(1), new)
    assert [(one - MORNING).days for one in (move.last_seen, move.first_moved)] == [0, 3]
    newsroom.misses(1, day=5)  # the old address ends; the story is where it was seen last
    assert newsroom.days() == []
    newsroom.misses(1, day=6, url=new)
    assert [(one.first_missed - MORNING).days for one in newsroom.archive.absences()] == [6]


@pytest.mark.parametrize("is_missed_first", [False, True])
def test_story_at_a_new_address_has_moved_once_the_old_one_is_gone(
    newsroom: Newsroom, is_missed_first: bool
) -> None:
    new = f"{HOME}archive/1"
    newsroom.sees(1, day=0)
    newsroom.sees(1, day=1)
    if is_missed_first:
        newsroom.misses(1, day=2)
        newsroom.sees(1, day=3, url=new)
    else:
        newsroom.sees(1, day=2, url=new)
        assert newsroom.archive.moves() == (), "the old address may still show it"
        newsroom.misses(1, day=3)
    newsroom.misses(1, day=5, status=410)
    [move] = newsroom.archive.moves()
    assert (move.from_url, move.to_url) == (newsroom.url(1), new)
    days = [(moment - MORNING).days for moment in (move.last_seen, move.first_moved)]
    assert days == [1, 3]


def test_story_at_two_addresses_has_not_moved_when_one_is_gone(newsroom: Newsroom) -> None:
    new = f"{HOME}archive/1"
    newsroom.sees(1, day=0)
    newsroom.sees(1, day=0, url=new)
    newsroom.sees(1, day=1)
    newsroom.misses(1, day=2)
    newsroom.sees(1, day=2, url=new)
    assert newsroom.archive.moves() == ()


def test_redirect_that_is_removed_later_is_one_move(newsroom: Newsroom) -> None:
    new = f"{HOME}archive/1"
    newsroom.sees(1, day=0)
    newsroom.sees(1, day=1, url=new)
    newsroom.is_redirected(1, day=1, to=new, status=301)
    newsroom.misses(1, day=2)
    [move] = newsroom.archive.moves()
    assert (move.last_seen, move.first_moved) == (MORNING, MORNING + DAY)


def test_moves_of_an_article_are_read_from_its_visits_alone(newsroom: Newsroom) -> None:
    query = "EXPLAIN QUERY PLAN SELECT * FROM move WHERE article_id = 1"
    plan = [row[3] for row in newsroom.archive.db.execute(query)]
    assert "SEARCH o USING INDEX observations_by_article (article_id=?)" in plan
    assert not any("SCAN o" in step or "article_id>" in step for step in plan), plan


def test_address_that_a_story_may_have_left_is_visited_once(newsroom: Newsroom) -> None:
    new, run = f"{HOME}archive/1", MORNING + 2 * DAY

    def left(since: dt.datetime) -> list[str]:
        return left_addresses(newsroom.archive.db, SITE, since, 9)

    newsroom.sees(1, day=0)
    newsroom.sees(2, day=0)
    newsroom.sees(2, day=1)
    assert left(run - 3 * DAY) == []
    newsroom.sees(1, day=2, url=new)
    assert left(run) == [newsroom.url(1)]
    newsroom.misses(1, day=3, status=503)
    assert left(run) == [newsroom.url(1)], "the server failed: nothing is known"
    newsroom.sees(1, day=4)
    assert left(run + 2 * DAY) == [], "it is there"
    newsroom.sees(1, day=5, url=new)
    assert left(run + 3 * DAY) == []


def test_address_in_another_spelling_is_no_move(newsroom: Newsroom) -> None:
    plain = newsroom.url(1).replace("https:", "http:")
    newsroom.sees(1, day=0, url=plain)
    newsroom.misses(1, 1, url=plain, outcome="redirect", status=301, final_url=newsroom.url(1))
    newsroom.sees(1, day=1)
    assert (newsroom.archive.moves(), newsroom.days()) == ((), [])
    newsroom.misses(1, 2, url=plain, outcome="redirect", status=301, final_url=newsroom.url(1))
    newsroom.misses(1, day=2)
    assert newsroom.days() == [(1, "not_found", 1, 2, None)]


def test_redirect_to_another_story_is_a_deletion(newsroom: Newsroom) -> None:
    newsroom.sees(1, day=0)
    newsroom.sees(2, day=1)
    newsroom.is_redirected(1, day=1, to=newsroom.url(2), status=301)
    assert newsroom.days() == [(1, "redirect", 0, 1, None)]
    assert newsroom.archive.moves() == ()


def test_run_on_a_broken_site_deletes_nothing(newsroom: Newsroom) -> None:
    for number in range(1, 21):
        newsroom.sees(number, day=0)
    for day in (5, 6):
        broken = newsroom.start()
        for number in range(1, 21):
            newsroom.misses(number, day=day, run=broken)
        newsroom.finish(broken)
    assert newsroom.days() == []
    well = newsroom.start()
    for number in range(1, 19):
        newsroom.sees(number, day=8, run=well)
    for number in (19, 20):
        newsroom.misses(number, day=8, run=well)
    newsroom.finish(well)
    assert newsroom.days() == [(n, "not_found", 0, 8, None) for n in (19, 20)]


def test_small_run_that_misses_all_it_visits_is_believed(newsroom: Newsroom) -> None:
    for number in range(1, 4):
        newsroom.sees(number, day=0)
    visited = newsroom.start()
    for number in range(1, 4):
        newsroom.misses(number, day=2, run=visited)
    newsroom.finish(visited)
    assert [number for number, *_ in newsroom.days()] == [1, 2, 3]


def test_what_a_killed_run_missed_is_judged_by_the_next(newsroom: Newsroom) -> None:
    newsroom.sees(1, day=0)
    killed = newsroom.start()
    newsroom.misses(1, day=2, run=killed)
    newsroom.archive.db.execute("UPDATE runs SET finished_at = 'killed' WHERE id = ?", [killed])
    assert newsroom.days() == []
    newsroom.finish(newsroom.start())
    assert newsroom.days() == [(1, "not_found", 0, 2, None)]


def test_all_that_is_missing_for_a_month_is_gone(newsroom: Newsroom) -> None:
    for number in range(1, 21):
        newsroom.sees(number, day=0)
    for day in (5, 20, 36):
        run_id = newsroom.start()
        for number in range(1, 21):
            newsroom.misses(number, day=day, run=run_id)
        newsroom.finish(run_id)
    assert newsroom.days() == [(n, "not_found", 0, 5, None) for n in range(1, 21)]


def test_merged_archives_know_the_deletions_of_both(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.sees(1, day=0)
    with Archive(tmp_path / "other.db") as archive:
        other = Newsroom(archive)
        other.sees(1, day=1)
        visited = other.start()
        other.misses(1, day=4, run=visited)
        other.finish(visited)
    newsroom.archive.merge(tmp_path / "other.db")
    newsroom.archive.merge(tmp_path / "other.db")
    assert newsroom.days() == [(1, "not_found", 1, 4, None)]


def test_withdrawn_article_has_no_absence(newsroom: Newsroom) -> None:
    newsroom.sees(1, day=0)
    newsroom.misses(1, day=2)
    newsroom.archive.withdraw(1, reason="a person asked")
    assert newsroom.archive.absences() == ()
    assert newsroom.archive.check() == ()


def test_commands_say_what_is_gone(newsroom: Newsroom) -> None:
    newsroom.sees(1, day=0)
    newsroom.misses(1, day=2)
    newsroom.sees(2, day=0)
    newsroom.misses(2, day=2)
    newsroom.sees(2, day=3)
    path = newsroom.archive.path
    told = json.loads(run("gone", "-d", path, "--json").stdout)
    assert [(one["article_id"], one["back_at"] is None) for one in told["gone"]] == [
        (1, True),
        (2, False),
    ]
    assert "gone between 2026-03-01 06:30 and 2026-03-03 06:30 UTC" in run(
        "gone", SITE, "-d", path
    ).stdout.replace("\n    ", " ")
    now = json.loads(run("gone", "-d", path, "--now", "--json").stdout)
    assert [one["article_id"] for one in now["gone"]] == [1]
    none = json.loads(run("gone", "-d", path, "--since", "2026-03-04", "--json").stdout)
    assert none == {"gone": [], "moved": []}
    assert run("gone", "-d", path, "--since", "soon").returncode == 2
    assert json.loads(run("show", "1", "-d", path, "--json").stdout)["gone_since"]
    assert "gone between" in run("show", "1", "-d", path).stdout
    assert "; back between" in run("versions", "2", "-d", path).stdout.replace("\n", " ")
    lines = run("export", "-d", path, "--format", "jsonl").stdout.splitlines()
    assert [bool(json.loads(line)["gone_since"]) for line in lines] == [True, False]

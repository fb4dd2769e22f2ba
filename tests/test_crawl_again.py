"""The second crawl of a site reports what has changed, moved, gone or come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import attrs
import pytest

from newscrawl.archive.crawl_state.change_history import History
from newscrawl.archive.read.articles import Seen
from newscrawl.crawl.frontier.revisit_policy import condition_of, is_due
from tests.crawling import crawl, outcomes, rows
from tests.odd_server import Answer, Asked, OddServer, article, ferry_times, odd_server, text

NOW = dt.datetime(2026, 5, 17, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site whose sitemap lists what is under /2026/."""
    with odd_server() as server:
        server.answers["/robots.txt"] = text(f"Sitemap: {server.url}/sitemap.xml\n")
        server.answers["/"] = Answer(b"<html><body><p>The Ferry Times</p></body></html>")
        yield server


def list_articles(server: OddServer) -> None:
    paths = [path for path in server.answers if path.startswith("/2026/")]
    listed = "".join(f"<url><loc>{server.url}{path}</loc></url>" for path in paths)
    server.answers["/sitemap.xml"] = text(f"<urlset>{listed}</urlset>")


def with_etag(answer: Answer) -> object:
    """Return an answer that is 304 to whoever has it already."""

    def write(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        is_known = asked.headers.get("If-None-Match") == '"1"'
        handler.send_response(304 if is_known else 200)
        handler.send_header("ETag", '"1"')
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", "0" if is_known else str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(b"" if is_known else answer.body)

    return write


def test_second_crawl_reports_what_became_of_each(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    names = ("stays", "edited", "moves", "goes-away", "unchanged")
    paths = {name: f"/2026/05/the-ferry-story-that-{name}" for name in names}
    for name, path in paths.items():
        server.answers[path] = article(f"The ferry story that {name}")
    server.answers[paths["unchanged"]] = with_etag(article("A quiet week in the harbour"))  # type: ignore[assignment]
    list_articles(server)
    assert crawl(archive, "site", "-a", f"url={server.url}/").returncode == 0

    edited = article("The ferry story that edited").body.replace(
        b"eleven weeks", b"twelve weeks"
    )
    server.answers[paths["edited"]] = Answer(edited)
    new_place = "/2026/06/the-ferry-story-at-its-new-place"
    server.answers[new_place] = server.answers[paths["moves"]]
    server.answers[paths["moves"]] = Answer(b"", 301, (("Location", new_place),))
    server.answers[paths["goes-away"]] = text("gone", 410)
    done = crawl(archive, "site", "-a", f"url={server.url}/")

    assert done.returncode == 0, done.stderr
    became = {url.removeprefix(server.url): out for url, out in outcomes(archive).items()}
    assert {name: became[path] for name, path in paths.items()} == {
        "stays": "unchanged",
        "edited": "updated",
        "moves": "redirect",
        "goes-away": "http_error",
        "unchanged": "unchanged",
    }
    assert became[new_place] == "unchanged"
    assert len(rows(archive, "SELECT url FROM article")) == len(names)
    server.answers[paths["goes-away"]] = article("The ferry story that goes-away, told again")
    crawl(archive, "site", "-a", f"url={server.url}/")
    told = rows(
        archive,
        "SELECT outcome FROM observation WHERE url = ? ORDER BY id",
        f"{server.url}{paths['goes-away']}",
    )
    assert [row["outcome"] for row in told] == ["stored", "http_error", "updated"]
    assert len(rows(archive, "SELECT url FROM article")) == len(names)
    asked = [each for each in server.asked if each.path == paths["unchanged"]][:2]
    assert [each.headers.get("If-None-Match") for each in asked] == [None, '"1"']


def test_address_is_visited_once_more_where_its_story_is_listed_elsewhere(
    server: OddServer, tmp_path: Path
) -> None:
    """The site lists the new address alone: nothing but this visit shows that it moved."""
    archive = tmp_path / "archive.db"
    old, new = "/2026/05/the-ferry-story-that-moves", "/2026/06/the-ferry-story-that-moved"
    server.answers[old] = article("The ferry story that moves")
    server.answers["/2026/05/the-ferry-story-that-stays"] = article("The ferry stays")
    list_articles(server)
    assert crawl(archive, "site", "-a", f"url={server.url}/").returncode == 0
    server.answers[new] = server.answers.pop(old)
    list_articles(server)
    for _ in range(2):
        assert crawl(archive, "site", "-a", f"url={server.url}/").returncode == 0
    assert server.count(old) == 2, "once as listed, and once to see whether it is there"
    (move,) = rows(archive, "SELECT from_url, to_url FROM move")
    assert move == {"from_url": f"{server.url}{old}", "to_url": f"{server.url}{new}"}
    assert len(rows(archive, "SELECT url FROM article")) == 2
    assert rows(archive, "SELECT * FROM absence") == []


def test_site_that_has_moved_is_followed(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    server.answers["/2026/05/the-ferry-sails-again"] = article("The ferry sails again")
    list_articles(server)
    with odd_server() as old:
        old.answers["/"] = Answer(b"", 301, (("Location", f"{server.url}/"),))
        done = crawl(archive, "site", "-a", f"url={old.url}/")
    assert done.returncode == 0, done.stderr
    assert len(rows(archive, "SELECT url FROM article")) == 1


def test_known_articles_of_a_large_site_are_left_until_due(
    server: OddServer, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    for number in range(130):
        path = f"/2026/05/the-ferry-sails-on-day-{number}"
        server.answers[path] = article(f"The ferry sails on day {number}")
    list_articles(server)
    crawl(archive, "site", "-a", f"url={server.url}/")
    server.asked.clear()
    extra = "/2026/05/the-ferry-has-a-new-captain"
    server.answers[extra] = article("The ferry has a new captain")
    list_articles(server)
    done = crawl(archive, "site", "-a", f"url={server.url}/")
    assert sorted(each.path for each in server.asked) == [
        "/",
        extra,
        "/robots.txt",
        "/sitemap.xml",
    ]
    assert "130 known articles were not due" in done.stderr
    assert done.returncode == 0


def seen(hours_ago: float, article_id: int | None = 1, outcome: str = "stored") -> Seen:
    return Seen(
        outcome=outcome,
        reason=None,
        status=200,
        fetched_at=NOW - dt.timedelta(hours=hours_ago),
        etag=None,
        last_modified=None,
        whole_at=None,
        article_id=article_id,
    )


@pytest.mark.parametrize(("days", "conditions"), [(29, {"If-None-Match": "a"}), (31, {})])
def test_a_server_that_knows_no_change_is_believed_for_a_month(
    days: int, conditions: dict[str, str]
) -> None:
    known = attrs.evolve(seen(1), etag="a", whole_at=NOW - dt.timedelta(days=days))
    assert condition_of(known, NOW) == conditions


def told(published: dt.datetime | None, changes: int = 0) -> History:
    return History(published=published, changes=changes)


@pytest.mark.parametrize(
    ("hours_ago", "age", "expected"),
    [
        (0.1, dt.timedelta(minutes=10), False),
        (0.3, dt.timedelta(minutes=10), True),
        (2, DAY, False),
        (7, DAY, True),
        (24, 30 * DAY, False),
        (24 * 50, 400 * DAY, False),
        (24 * 61, 400 * DAY, True),
    ],
)
def test_young_articles_are_due_sooner(
    hours_ago: float, age: dt.timedelta, expected: bool
) -> None:
    visit = seen(hours_ago)
    assert is_due(visit, NOW, history=told(visit.fetched_at - age)) is expected


def test_articles_that_change_are_due_sooner() -> None:
    published = NOW - 41 * DAY
    assert not is_due(seen(24 * 5), NOW, history=told(published))
    assert is_due(seen(24 * 5), NOW, history=told(published, 3))


def test_article_that_a_source_calls_changed_is_due() -> None:
    published = NOW - 400 * DAY
    assert is_due(seen(2), NOW, history=told(published), changed=NOW)
    assert not is_due(seen(2), NOW, history=told(published), changed=NOW - DAY)


def test_what_was_no_article_is_seldom_requested_again() -> None:
    assert not is_due(seen(24, None, "not_article"), NOW, history=told(None))
    assert is_due(seen(24 * 8, None, "not_article"), NOW, history=told(None))
    assert is_due(seen(0.1, None, "timeout"), NOW, history=told(None))


def listing(paths: list[str], following: str = "") -> Answer:
    """Return a page of a list, with a link to the next one."""
    cards = "".join(
        f"<li><h2><a href='{path}'>The ferry story {path[-3:]} of the bay</a></h2></li>"
        for path in paths
    )
    onward = f"<a rel=next href='{following}'>Next page</a>" if following else ""
    menu = "<nav><a href='/news/'>News</a></nav>"
    return Answer(f"<html><body>{menu}<main><ul>{cards}</ul>{onward}</main></body>".encode())


@pytest.mark.parametrize(("status", "end"), [(404, 0), (500, 3)])
def test_list_is_read_to_its_end_after_a_page_of_it_failed(
    server: OddServer, tmp_path: Path, status: int, end: int
) -> None:
    archive, pages, each = tmp_path / "archive.db", 4, 4
    paths = [f"/2026/05/the-ferry-story-{number:03}" for number in range(pages * each)]
    server.answers |= {path: article(f"The ferry story {path[-3:]}") for path in paths}
    server.answers["/"] = listing(paths[:3])
    for page in range(pages):
        here = f"/news/page/{page + 1}/" if page else "/news/"
        following = f"/news/page/{page + 2}/" if page + 1 < pages else ""
        server.answers[here] = listing(paths[page * each :][:each], following)
    whole = server.answers["/news/page/2/"]
    server.answers["/news/page/2/"] = text("trouble", status)
    for stored, returncode in ((each, end), (len(paths), 0)):
        done = crawl(archive, "site", "-a", f"url={server.url}/")
        assert done.returncode == returncode, done.stderr
        assert len(rows(archive, "SELECT id FROM article")) == stored
        server.answers["/news/page/2/"] = whole
    before = server.count("/news/page/4/")
    crawl(archive, "site", "-a", f"url={server.url}/")
    assert server.count("/news/page/4/") == before


def test_run_after_failed_ones_visits_the_articles(tmp_path: Path) -> None:
    """The last one left nothing, and is not gone on with: the articles are due again."""
    archive = tmp_path / "archive.db"
    with ferry_times(2) as server:
        command = (archive, "site", "-a", f"url={server.url}/")
        assert crawl(*command).returncode == 0
        answers, server.answers = server.answers, {"/robots.txt": Answer(status=503)}
        assert crawl(*command).returncode == 1  # its articles wait
        server.answers = {}
        assert crawl(*command).returncode == 1
        server.answers = answers
        asked = len(server.asked)
        done = crawl(*command)
        assert done.returncode == 0
        assert "going on" not in done.stderr
        assert sum("/2026/" in one.path for one in server.asked[asked:]) == 2

"""Requests of the second crawl for feeds, sitemaps and lists, counted at the server."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.source_states import SourceStates
from newscrawl.crawl.frontier.source_book import Look, SourceBook
from newscrawl.crawl.sources.feeds import MAX_ENTRIES
from newscrawl.outcomes import Observation
from tests.crawling import Done, crawl, outcomes, rows
from tests.odd_server import Answer, Asked, OddServer, article, odd_server, text

MANY = 250


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site with a home page, two sections, a feed and an index of two sitemaps."""
    with odd_server() as server:
        server.answers["/robots.txt"] = text(f"Sitemap: {server.url}/index.xml\n")
        yield server


def story(number: int) -> str:
    return f"/2026/05/the-ferry-sails-on-day-{number}"


def listed(server: OddServer, *numbers: int) -> str:
    places = (f"<url><loc>{server.url}{story(number)}</loc></url>" for number in numbers)
    return f"<urlset>{''.join(places)}</urlset>"


def links(*numbers: int) -> str:
    return "".join(
        f"<h2><a href='{story(n)}'>The ferry sails again on day {n} of it</a></h2>"
        for n in numbers
    )


def page(body: str, head: str = "") -> Answer:
    menu = "<nav><a href='/harbour/'>Harbour</a><a href='/council/'>Council</a></nav>"
    return Answer(f"<html><head>{head}</head><body>{menu}<main>{body}</main>".encode())


def feed(server: OddServer, *numbers: int) -> Answer:
    items = "".join(
        f"<item><link>{server.url}{story(n)}</link><title>Day {n}</title></item>"
        for n in numbers
    )
    return text(f"<rss><channel>{items}</channel></rss>")


def index(server: OddServer, first: str, second: str) -> Answer:
    parts = "".join(
        f"<sitemap><loc>{server.url}/part{n}.xml</loc><lastmod>{day}</lastmod></sitemap>"
        for n, day in ((1, first), (2, second))
    )
    return text(f"<sitemapindex>{parts}</sitemapindex>")


def fill(server: OddServer, stories: int = MANY) -> None:
    """Put that many stories on the site, the first half in the first sitemap."""
    for number in range(stories):
        server.answers[story(number)] = article(f"The ferry sails on day {number}")
    half = stories // 2
    alternate = f"<link rel=alternate type=application/rss+xml href='{server.url}/feed.xml'>"
    server.answers |= {
        "/": page(links(*range(8)), alternate),
        "/harbour/": page(links(*range(4))),
        "/council/": page(links(*range(4, 8))),
        "/feed.xml": feed(server, *range(6)),
        "/index.xml": index(server, "2026-05-01", "2026-05-02"),
        "/part1.xml": text(listed(server, *range(half))),
        "/part2.xml": text(listed(server, *range(half, stories))),
    }


def with_etag(server: OddServer, *paths: str) -> None:
    """Let *paths* answer 304 to whoever has what they say."""
    for path in paths:
        answer = server.answers[path]
        assert isinstance(answer, Answer)
        server.answers[path] = _conditional(answer)  # type: ignore[assignment]


def _conditional(answer: Answer) -> object:
    tag = f'"{sha256(answer.body).hexdigest()[:12]}"'

    def write(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        is_known = asked.headers.get("If-None-Match") == tag
        handler.send_response(304 if is_known else 200)
        handler.send_header("ETag", tag)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", "0" if is_known else str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(b"" if is_known else answer.body)

    return write


def again(server: OddServer, archive: Path, *options: str) -> tuple[Done, list[str]]:
    """Crawl the site; return how it went and which paths were asked for in this crawl."""
    server.asked.clear()
    done = crawl(archive, "site", "-a", f"url={server.url}/", *options)
    assert "Traceback" not in done.stderr, done.stderr
    return done, sorted(asked.path for asked in server.asked)


SOURCES = ["/", "/council/", "/feed.xml", "/harbour/", "/index.xml", "/robots.txt"]


def test_only_the_sources_of_an_unchanged_site_are_requested(
    server: OddServer, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    fill(server)
    with_etag(server, "/", "/feed.xml")
    first, paths = again(server, archive)
    assert first.returncode == 0, first.stderr
    sections = [path for path in SOURCES if path in paths]
    assert len(rows(archive, "SELECT url FROM article")) == MANY
    for _ in range(2):
        done, paths = again(server, archive)
        assert done.returncode == 0, done.stderr
        assert paths == sections
        assert "sources were as before" in done.stderr
    conditional = {a.path for a in server.asked if "If-None-Match" in a.headers}
    assert conditional == {"/", "/feed.xml"}
    looks = rows(archive, "SELECT DISTINCT outcome FROM observations WHERE run_id = 3")
    assert {row["outcome"] for row in looks} == {"source"}


def test_only_parts_whose_date_changed_are_asked(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    fill(server, 120)
    again(server, archive)
    server.answers[story(120)] = article("The ferry sails on day 120")
    server.answers["/part2.xml"] = text(listed(server, *range(60, 121)))
    server.answers["/index.xml"] = index(server, "2026-05-01", "2026-05-09")
    done, paths = again(server, archive)
    assert done.returncode == 0, done.stderr
    assert story(120) in paths
    assert "/part2.xml" in paths
    assert "/part1.xml" not in paths
    assert [path for path in paths if path.startswith("/2026/")] == [story(120)]


def test_what_a_section_shows_again_is_found_though_the_home_page_is_as_before(
    server: OddServer, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.db"
    fill(server, 20)
    del server.answers["/index.xml"]
    with_etag(server, "/")
    again(server, archive)
    server.answers[story(99)] = article("The ferry sails on day 99")
    server.answers["/council/"] = page(links(99, 4, 5, 6, 7))
    _, paths = again(server, archive, "-s", "NEWSCRAWL_REVISIT=none")
    assert [path for path in paths if path.startswith("/2026/")] == [story(99)]


@pytest.mark.parametrize("stories", [20, 120])
@pytest.mark.parametrize("revisit", ["due", "none"])
def test_what_gave_nothing_is_tried_again_though_nothing_names_it_again(
    server: OddServer, tmp_path: Path, stories: int, revisit: str
) -> None:
    archive = tmp_path / "archive.db"
    fill(server, stories)
    server.answers[story(15)] = text("busy", 500)
    options = ("-s", "RETRY_TIMES=0", "-s", f"NEWSCRAWL_REVISIT={revisit}")
    again(server, archive, *options)
    assert outcomes(archive)[f"{server.url}{story(15)}"] == "http_error"
    server.answers[story(15)] = article("The ferry sails on day 15")
    _, paths = again(server, archive, *options)
    assert paths.count(story(15)) == 1
    assert outcomes(archive)[f"{server.url}{story(15)}"] == "stored"
    assert rows(archive, "SELECT * FROM misses") == []


def test_later_date_of_a_second_source_counts(server: OddServer, tmp_path: Path) -> None:
    """A feed names the article first, and a sitemap says that it has changed since."""
    archive = tmp_path / "archive.db"
    fill(server, 120)
    first, _ = again(server, archive)
    assert first.returncode == 0, first.stderr
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    changed = f"{server.url}{story(3)}</loc><lastmod>{later.isoformat()}</lastmod>"
    part = listed(server, *range(60)).replace(f"{server.url}{story(3)}</loc>", changed)
    server.answers |= {
        "/feed.xml": feed(server, *range(7)),
        "/part1.xml": text(part),
        "/index.xml": index(server, "2026-05-08", "2026-05-02"),
    }
    _, paths = again(server, archive)
    assert [path for path in paths if path.startswith("/2026/")] == [story(3)]


def test_feed_that_is_read_in_part_leaves_the_run_partial(
    server: OddServer, tmp_path: Path
) -> None:
    fill(server, 40)
    dated = "<pubDate>Wed, 01 Jan 2020 00:00:00 GMT</pubDate></item>"
    long = feed(server, *range(MAX_ENTRIES + 1)).body.replace(b"</item>", dated.encode())
    server.answers["/feed.xml"] = Answer(long, 200, (("Content-Type", "application/rss+xml"),))
    done, _ = again(server, tmp_path / "archive.db", "-a", "since=2026-01-01")
    assert done.returncode == 3, done.stderr
    assert f"names more than {MAX_ENTRIES} articles" in done.stderr


@pytest.mark.parametrize("path", ["/feed.xml", "/part2.xml"])
def test_run_that_could_not_read_a_source_is_partial(
    server: OddServer, tmp_path: Path, path: str
) -> None:
    archive = tmp_path / "archive.db"
    fill(server, 40)
    whole = server.answers[path]
    server.answers[path] = text("busy", 503)
    done, _ = again(server, archive)
    assert done.returncode == 3, done.stderr
    assert f"{server.url}{path}: HTTP 503" in done.stderr
    server.answers[path] = whole
    done, _ = again(server, archive)
    assert done.returncode == 0, done.stderr
    assert len(rows(archive, "SELECT url FROM article")) == 40


def test_partial_crawl_passes_nothing_over(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    fill(server, 40)
    with_etag(server, "/", "/feed.xml", "/index.xml")
    done, _ = again(server, archive, "-a", "limit=5")
    assert done.returncode == 3, done.stderr
    done, _ = again(server, archive)
    assert done.returncode == 0, done.stderr
    assert len(rows(archive, "SELECT url FROM article")) == 40


def test_another_plan_reads_sources_again(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    fill(server, 20)
    since = ("-a", "since=2026-06-01")
    again(server, archive, *since)
    assert rows(archive, "SELECT url FROM article") == []
    again(server, archive)
    assert len(rows(archive, "SELECT url FROM article")) == 20


def test_sitemap_behind_a_redirect_is_read(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    server.answers[story(1)] = article("The ferry sails on day 1")
    server.answers["/"] = page("<p>The Ferry Times</p>")
    server.answers["/index.xml"] = Answer(b"", 301, (("Location", "/moved.xml"),))
    server.answers["/moved.xml"] = text(listed(server, 1))
    again(server, archive)
    assert outcomes(archive)[f"{server.url}{story(1)}"] == "stored"


LOSSES = {
    "feed-emptied": ("/feed.xml", text("<rss><channel></channel></rss>"), "no entries where"),
    "feed-is-html": ("/feed.xml", page("<p>Please enable scripts</p>"), "an HTML page"),
    "home-blocked": ("/", page("<p>Please enable scripts</p>"), "no articles where"),
}


@pytest.fixture(scope="module")
def known_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OddServer, Path]]:
    """A site that was crawled once."""
    archive = tmp_path_factory.mktemp("losses") / "archive.db"
    with odd_server() as server:
        server.answers["/robots.txt"] = text(f"Sitemap: {server.url}/index.xml\n")
        fill(server, 20)
        again(server, archive)
        yield server, archive


@pytest.mark.parametrize("name", LOSSES)
def test_source_that_gives_nothing_any_more_is_reported(
    known_site: tuple[OddServer, Path], tmp_path: Path, name: str
) -> None:
    server, archive = known_site
    copy = tmp_path / "archive.db"
    copy.write_bytes(archive.read_bytes())
    path, answer, why = LOSSES[name]
    before = server.answers[path]
    server.answers[path] = answer
    try:
        done, _ = again(server, copy, "-s", "NEWSCRAWL_REVISIT=none")
    finally:
        server.answers[path] = before
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 4, done.stderr
    assert path in last
    assert why in last


URL = "https://news.example/feed.xml"
NOW = dt.datetime(2026, 5, 17, 12, tzinfo=dt.UTC)


@pytest.fixture
def states(tmp_path: Path) -> Iterator[SourceStates]:
    """The sources of one site, kept in a real archive."""
    with Archive(tmp_path / "archive.db") as archive:
        yield SourceStates(archive, "news.example")


def look(
    outcome: str = "source",
    status: int = 200,
    found: int = 0,
    body: str = "a",
    hours: float = 0,
    etag: str = '"1"',
) -> Look:
    observation = Observation(
        url=URL,
        outcome=outcome,
        status=status,
        fetched_at=NOW + dt.timedelta(hours=hours),
        etag=etag,
        digest=None if status == 304 else sha256(body.encode()).hexdigest(),
    )
    return Look(
        url=URL, role="feed", parent=None, stated=None, observation=observation, found=found
    )


def crawled(states: SourceStates, seen: Look, *, is_complete: bool = True) -> SourceBook:
    """Let one crawl see the feed so."""
    book = SourceBook(states, "plan")
    if seen.observation.outcome != "source":
        book.note_failure(seen)
    elif book.is_as_before(URL, seen.observation.digest):
        book.note_unchanged(seen)
    else:
        book.note_read(seen)
    book.close(is_complete=is_complete)
    return book


def test_source_is_passed_over_only_after_a_complete_crawl(states: SourceStates) -> None:
    crawled(states, look(found=3), is_complete=False)
    assert SourceBook(states, "plan").conditions_for(URL, NOW) == {}
    crawled(states, look(found=3))
    assert SourceBook(states, "plan").conditions_for(URL, NOW) == {"If-None-Match": '"1"'}
    assert SourceBook(states, "another plan").conditions_for(URL, NOW) == {}
    assert SourceBook(states, "plan", takes_all=True).conditions_for(URL, NOW) == {}


def test_passing_failures_are_reported_from_the_third_in_a_row(states: SourceStates) -> None:
    crawled(states, look(found=3))
    told = [bool(crawled(states, look("timeout", 0)).lost) for _ in range(3)]
    assert told == [False, False, True]
    assert crawled(states, look(found=3)).lost == []
    assert crawled(states, look("timeout", 0)).lost == []


def test_source_that_is_gone_is_reported_at_once(states: SourceStates) -> None:
    crawled(states, look(found=3))
    assert crawled(states, look("http_error", 404)).lost == [f"feed {URL}: http_error"]


def test_source_that_never_gave_anything_is_not_missed(states: SourceStates) -> None:
    assert crawled(states, look("http_error", 404)).lost == []
    crawled(states, look(found=0))
    assert crawled(states, look("bad_xml")).lost == []


def test_source_without_change_is_asked_ever_less(states: SourceStates) -> None:
    crawled(states, look(found=3))
    crawled(states, look(status=304, hours=1))
    (state,) = states.read().values()
    assert state.next_at == NOW + dt.timedelta(hours=1)
    crawled(states, look(status=304, hours=8))
    (state,) = states.read().values()
    assert state.next_at == NOW + dt.timedelta(hours=9)
    crawled(states, look(status=304, hours=24 * 100))
    (state,) = states.read().values()
    assert state.next_at == NOW + dt.timedelta(hours=24 * 101)
    crawled(states, look(found=3, body="b", hours=24 * 102))
    (state,) = states.read().values()
    assert state.next_at == NOW + dt.timedelta(hours=24 * 102)


@pytest.mark.parametrize("status", [200, 304])
def test_new_validators_of_the_same_source_are_sent(states: SourceStates, status: int) -> None:
    crawled(states, look(found=3))
    crawled(states, look(status=status, found=3, hours=1, etag='"2"'))
    later = NOW + dt.timedelta(hours=2)
    assert SourceBook(states, "plan").conditions_for(URL, later) == {"If-None-Match": '"2"'}


def test_failing_source_is_asked_ever_less(states: SourceStates) -> None:
    crawled(states, look(found=3))
    waits = []
    for _ in range(12):
        crawled(states, look("timeout", 0))
        (state,) = states.read().values()
        waits.append((state.next_at - NOW) / dt.timedelta(hours=1) if state.next_at else None)
    assert waits == [0, 0, 0, 2, 4, 8, 16, *[24] * 5]


def test_a_source_that_never_changes_is_requested_whole_once_a_day(
    server: OddServer, tmp_path: Path
) -> None:
    def lying(asked: Asked, handler: BaseHTTPRequestHandler) -> None:
        is_known = "If-None-Match" in asked.headers
        body = b"" if is_known else page(links(*shown)).body
        handler.send_response(304 if is_known else 200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("ETag", '"always the same"')
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    shown = [1, 2, 3]
    server.answers |= {story(n): article(f"The ferry sails on day {n}") for n in range(9)}
    server.answers["/"] = lying
    archive = tmp_path / "a.db"
    crawl(archive, "site", "-a", f"url={server.url}/")
    shown.append(4)
    crawl(archive, "site", "-a", f"url={server.url}/")
    assert len(rows(archive, "SELECT 1 FROM article")) == 3
    with sqlite3.connect(archive) as db:
        db.execute("UPDATE sources SET changed_at = replace(changed_at, '20', '19')")
        db.execute("UPDATE sources SET read_at = replace(read_at, '20', '19'), next_at = NULL")
    db.close()
    crawl(archive, "site", "-a", f"url={server.url}/")
    assert len(rows(archive, "SELECT 1 FROM article")) == 4

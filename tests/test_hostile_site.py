"""A site whose links, feeds and sitemaps are broken or without end: its news is found whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest

from tests.crawling import Done, crawl, rows
from tests.hostile_answers import packed_zeros
from tests.odd_server import Answer, OddServer, Writer, article, odd_server, text

STORIES = 50
MOST_MEMORY = 512 * 1024
"""The kilobytes that the crawl may take."""
_MADE_UP = re.compile(r"/made-up/(?:(\d+)-story-of-the-day)?(?:\?page=(\d+))?")
_MONTH = re.compile(r"/calendar/(\d+)/(\d+)/")
_INDEX = re.compile(r"/index-(\d+)\.xml")


class Endless(dict[str, Answer | list[Answer] | Writer]):
    """Answers with traps behind them: a calendar, made-up stories, indexes of indexes."""

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here

    def get(self, path: str, default: Any = None) -> Any:
        """Return the answer to *path*."""
        if path in self:
            return self[path]
        if urlsplit(path).path.startswith("/news/2026/"):
            return super().get(urlsplit(path).path, default)
        if match := _MONTH.match(path):
            return calendar(int(match[1]), int(match[2]))
        if match := _INDEX.match(path):
            return index(*(f"{self.here}/index-{int(match[1]) * 2 + n}.xml" for n in (1, 2)))
        if match := _MADE_UP.match(path):
            return made_up(int(match[1] or 0), int(match[2] or 1))
        return default


def html(body: str) -> Answer:
    return Answer(
        f"<html><head><title>The Bay</title></head><body>{body}</body></html>".encode()
    )


def calendar(year: int, month: int) -> Answer:
    days = "".join(
        f"<a href='/calendar/{year}/{month:02}/{day:02}/'>{day}</a>" for day in range(1, 29)
    )
    later = f"/calendar/{year + month // 12}/{month % 12 + 1:02}/"
    return html(f"<h1>Calendar</h1>{days}<a rel=next href='{later}'>next month</a>")


def made_up(number: int, page: int) -> Answer:
    """Return a story that links to five more, or a list of twenty with a next page."""
    if number:
        return article(f"Made-up story of the day {number}")
    first = page * 20
    items = "".join(
        f"<li><a href='/made-up/{n}-story-of-the-day'>Made-up story of the day {n}</a></li>"
        for n in range(first, first + 20)
    )
    return html(
        f"<h1>All</h1><ul>{items}</ul><a rel=next href='/made-up/?page={page + 1}'>next</a>"
    )


def index(*urls: str) -> Answer:
    parts = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return text(f"<sitemapindex>{parts}</sitemapindex>")


def story(number: int) -> str:
    return f"/news/2026/05/{number:03}-story-of-the-ferry"


def links(numbers: range, ending: str = "") -> str:
    return "".join(
        f"<li><a href='{story(n)}{ending}'>Story {n} of the ferry and the island</a></li>"
        for n in numbers
    )


BAD_LINKS = (
    *("http://[::1", "http://127.0.0.1:99999/a", "file:///etc/passwd", "javascript:alert(1)"),
    *(
        "mailto:a@b.example",
        "tel:123",
        "data:text/html,x",
        "http://169.254.169.254/news/2026/1-x",
    ),
    *("http://0x7f000002/news/2026/05/1-story", "/" + "a" * 3000, "http://exa mple.com/"),
    *(
        "http://a:b@127.0.0.2/news/2026/05/1-story",
        "/news/2026/05/a%0d%0aWARC-Type:%20evil-story",
    ),
)


def fill(server: OddServer, inside: str) -> None:
    """Put fifty stories on the site, ten each in lists, feed and sitemap, and traps around."""
    here, answers = server.url, server.answers
    for number in range(STORIES):
        answers[story(number)] = article(f"The ferry sails on day {number}")
    bad = "".join(
        f"<a href='{href}'>A link to read on the front page</a>" for href in BAD_LINKS
    )
    menu = "<nav><a href=/news/>News</a><a href=/calendar/2026/05/>Calendar</a>"
    menu += "<a href=/made-up/>All stories</a></nav>"
    same = (links(range(3, 4), end) for end in ("?utm_source=a", "?fbclid=1", "#top", "/"))
    answers["/"] = html(f"{menu}{bad}<ul>{links(range(10))}{''.join(same)}</ul>")
    for page in (1, 2, 3):
        path = "/news/" if page == 1 else f"/news/?page={page}"
        following = f"<a rel=next href='/news/?page={page + 1}'>next</a>"
        answers[path] = html(
            f"<h1>News</h1><ul>{links(range(page * 10, page * 10 + 10))}</ul>{following}"
        )
    items = "".join(
        f"<item><title>Day \x01 &nbsp; {n}</title><link>{here}{story(n)}</link></item>"
        for n in range(40, 45)
    )
    items += f"<item><link>file:///etc/passwd</link></item><item><link>{inside}/x</link></item>"
    answers["/rss.xml"] = text(f"<rss version='2.0'><channel>{items}</channel></rss>")
    places = "".join(f"<url><loc>{here}{story(n)}</loc></url>" for n in range(45, 50))
    places += f"<url><loc>{inside}/y</loc></url><url><loc>javascript:alert(1)</loc></url>"
    answers["/sitemap.xml"] = text(f"<urlset>{places}</urlset>")
    answers["/bomb.xml.gz"] = Answer(packed_zeros(200_000_000), 200, ())
    answers["/laughs.xml"] = text(_laughs(f"{here}{story(1)}"))
    answers["/html.xml"] = html("Not found")
    answers["/self.xml"] = index(f"{here}/self.xml", f"{here}/index-1.xml")
    maps = ("sitemap.xml", "bomb.xml.gz", "laughs.xml", "html.xml", "self.xml", "rss.xml")
    lines = [f"Sitemap: {here}/{name}" for name in maps]
    lines += [f"Sitemap: {inside}/sitemap.xml", "Sitemap: file:///etc/passwd"]
    answers["/robots.txt"] = text("User-agent: *\nDisallow: /private/\n" + "\n".join(lines))


def _laughs(url: str) -> str:
    names = "abcdefghij"
    entities = "".join(
        f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in pairwise(names)
    )
    place = f"<urlset><url><loc>{url}&j;</loc></url></urlset>"
    return f'<!DOCTYPE u [<!ENTITY a "ha">{entities}]>{place}'


@attrs.frozen
class Crawled:
    """What one crawl of the site came to."""

    done: Done
    outcomes: dict[str, str]
    headlines: list[str]
    server: OddServer
    inside: OddServer


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """The site, crawled once."""
    archive = tmp_path_factory.mktemp("site") / "archive.db"
    with odd_server() as server, odd_server("127.0.0.2") as inside:
        server.answers = Endless(server.url)
        fill(server, inside.url)
        done = crawl(archive, "site", "-a", f"url={server.url}/", "-s", "DOWNLOAD_TIMEOUT=10")
        became = {
            row["url"].removeprefix(server.url): row["outcome"]
            for row in rows(archive, "SELECT url, outcome FROM observation")
        }
        headlines = [row["headline"] for row in rows(archive, "SELECT headline FROM article")]
        yield Crawled(done, became, headlines, server, inside)


def test_the_crawl_ends_complete(crawled: Crawled) -> None:
    assert crawled.done.returncode == 0, crawled.done.stderr
    assert "Traceback" not in crawled.done.stderr


def test_every_story_is_stored_once(crawled: Crawled) -> None:
    real = sorted(line for line in crawled.headlines if line.startswith("The ferry"))
    assert real == sorted(f"The ferry sails on day {number}" for number in range(STORIES))


def test_nothing_inside_was_asked(crawled: Crawled) -> None:
    assert crawled.inside.asked == []


def test_one_story_is_requested_once_however_it_is_written(crawled: Crawled) -> None:
    assert sum(asked.path.startswith(story(3)) for asked in crawled.server.asked) == 1


def test_a_calendar_is_read_once(crawled: Crawled) -> None:
    assert len([path for path in crawled.outcomes if path.startswith("/calendar/")]) <= 3


def test_a_generator_of_stories_gets_no_more_than_its_section(crawled: Crawled) -> None:
    lists = [path for path in crawled.outcomes if path.startswith("/made-up/?")]
    assert len(lists) < 10
    assert len(crawled.headlines) <= STORIES + 200


def test_indexes_of_indexes_end(crawled: Crawled) -> None:
    assert len([path for path in crawled.outcomes if path.startswith("/index-")]) <= 7


@pytest.mark.parametrize("name", ["/bomb.xml.gz", "/laughs.xml", "/html.xml"])
def test_what_is_no_sitemap_says_so(crawled: Crawled, name: str) -> None:
    assert crawled.outcomes[name] == "bad_xml"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read it from")
def test_the_memory_holds(crawled: Crawled) -> None:
    assert 0 < crawled.done.memory <= MOST_MEMORY

"""Fifty good articles among 193 hostile answers: one crawl brings them home whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.crawling import Done, crawl, rows
from tests.hostile_answers import Case, cases, headline
from tests.hostile_pages import page_cases
from tests.odd_server import PARAGRAPHS, OddServer, article, odd_server
from tests.test_crawl_hostile import CASES as BODIES
from tests.test_crawl_hostile import KEPT, serve

CASES: tuple[Case, ...] = (*cases(), *page_cases())
GOOD = tuple(f"good {number}" for number in range(50))
MOST_MEMORY = 512 * 1024
"""The kilobytes that the crawl may take."""


@attrs.frozen
class Crawled:
    """What one crawl of them all came to."""

    done: Done
    observed: dict[str, dict[str, Any]]
    """The last observation of each path or foreign address."""
    articles: dict[str, dict[str, Any]]
    """The articles, by path."""
    here: str
    """The address of the server."""
    inside: OddServer
    """A server that must not be asked."""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """All answers, fetched once."""
    archive = tmp_path_factory.mktemp("hostile") / "archive.db"
    with odd_server() as server, odd_server("127.0.0.2") as inside:
        here = server.url
        serve(server)
        for case in CASES:
            server.answers[f"/{case.name}"] = case.make(here, inside.url)
        for number, name in enumerate(GOOD):
            server.answers[f"/good/{number}"] = article(headline(name))
        urls = archive.with_name("urls.txt")
        urls.write_text("\n".join(_mixed(here)), "utf-8")
        options = ("-s", "DOWNLOAD_TIMEOUT=5", "-s", "RETRY_TIMES=1", "-s", "LOG_LEVEL=INFO")
        done = crawl(archive, "articles", "-a", f"urls={urls}", *options)
        server.slow.set()  # type: ignore[attr-defined]
        observed = {
            row["url"].removeprefix(here): row
            for row in rows(archive, "SELECT * FROM observation ORDER BY fetched_at")
        }
        found = {
            row["url"].removeprefix(here): row for row in rows(archive, "SELECT * FROM article")
        }
        yield Crawled(done, observed, found, here, inside)


def _mixed(here: str) -> list[str]:
    """Return the addresses, a good one after every few hostile ones."""
    good = [f"{here}/good/{number}" for number in range(len(GOOD))]
    bad = [f"{here}/{name}" for name in (*(case.name for case in CASES), *BODIES)]
    step = len(bad) // len(good) + 1
    mixed = [
        url for at, url in enumerate(good) for url in (*bad[at * step : (at + 1) * step], url)
    ]
    return [*mixed, *bad[len(good) * step :], "file:///etc/passwd", f"{here}/{'a' * 3_000}"]


def test_the_crawl_ends_well(crawled: Crawled) -> None:
    assert crawled.done.returncode == 0, crawled.done.stderr
    assert "Traceback" not in crawled.done.stderr


@pytest.mark.parametrize("number", range(len(GOOD)))
def test_every_good_article_is_whole(crawled: Crawled, number: int) -> None:
    found = crawled.articles[f"/good/{number}"]
    name = headline(GOOD[number])
    assert found["headline"] == name
    assert found["article_body"] == "\n".join(f"{name}: {text}" for text in PARAGRAPHS)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_answer_becomes_what_it_should(crawled: Crawled, case: Case) -> None:
    observed = crawled.observed[f"/{case.name}"]
    assert observed["outcome"] == case.outcome, observed["reason"]
    if case.then:
        target = observed["final_url"].removeprefix(crawled.here)
        assert crawled.observed[target]["outcome"] == case.then


@pytest.mark.parametrize("name", BODIES)
def test_each_body_becomes_what_it_should(crawled: Crawled, name: str) -> None:
    wanted = BODIES[name][1]
    assert crawled.observed[f"/{name}"]["outcome"] in (KEPT if wanted == "kept" else {wanted})


def test_nothing_inside_was_asked(crawled: Crawled) -> None:
    assert crawled.inside.asked == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to read it from")
def test_the_memory_holds(crawled: Crawled) -> None:
    assert 0 < crawled.done.memory <= MOST_MEMORY


def test_addresses_that_cannot_be_asked_have_their_rows(crawled: Crawled) -> None:
    assert crawled.observed["file:///etc/passwd"]["outcome"] == "bad_url"
    assert crawled.observed["/" + "a" * 3_000]["outcome"] == "bad_url"


@pytest.mark.parametrize(
    "name", [case.name for case in CASES if case.name[:2] in {"71", "72", "73", "74"}]
)
def test_labels_do_not_spoil_the_text(crawled: Crawled, name: str) -> None:
    found = crawled.articles[f"/{name}"]
    assert found["headline"].startswith("خبر الميناء")
    assert "\ufffd" not in found["article_body"]


@pytest.mark.parametrize("name", ["106-future", "106-year-0", "106-epoch", "103-marks"])
def test_impossible_dates_are_none(crawled: Crawled, name: str) -> None:
    assert crawled.articles[f"/{name}"]["date_published"] is None


def test_long_headlines_are_cut(crawled: Crawled) -> None:
    assert max(len(row["headline"]) for row in crawled.articles.values()) <= 1_000


def test_no_page_takes_the_place_of_another(crawled: Crawled) -> None:
    assert crawled.articles["/42-canonical"]["headline"] == headline("theft")

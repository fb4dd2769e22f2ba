"""Crawls of sites as the web has them: redirects, moves, other hosts, spellings, walls."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.internet.judgement import Crawl, shows, truth_of
from tests.internet.network import Internet
from tests.internet.news_site import NewsSite
from tests.internet.sites import (
    BehindCdn,
    Idn,
    Moved,
    OtherHosts,
    Plain,
    Shams,
    Slugs,
    WordPress,
)
from tests.internet.sites.other_hosts import STRANGER

SITES: dict[str, tuple[Callable[[], NewsSite], str]] = {
    "shams": (Shams, "http://shams.example/"),
    "shams-www": (Shams, "https://www.shams.example/"),
    "wordpress": (WordPress, "http://khabar.example/"),
    "cdn": (BehindCdn, "https://www.bahr.example/"),
    "other-hosts": (OtherHosts, "http://jarida.example/"),
    "slugs": (Slugs, "https://huruf.example/"),
    "idn": (Idn, "http://صحيفة.example/"),
    "plain": (Plain, "https://nahar.example/"),
}
"""Each site and the address that the crawl is given."""


def truth_headlines(site: NewsSite) -> set[str]:
    return {story.headline for story in site.stories.values()}


def crawled_into(internet: Internet, archive: Path, site: NewsSite, url: str) -> Crawl:
    internet.forget_requests()
    done = internet.crawl(url, archive=archive)
    return Crawl(site, archive, tuple(internet.requests()), done.status, done.stderr)


@pytest.fixture(scope="module")
def crawl_of(
    internet: Internet, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Crawl]:
    """The crawl of a site by its name in SITES; each is crawled once."""

    @cache
    def crawl_of(name: str) -> Crawl:
        make, url = SITES[name]
        site, archive = make(), tmp_path_factory.mktemp(name) / "archive.db"
        with internet.serving(site):
            return crawled_into(internet, archive, site, url)

    return crawl_of


@pytest.fixture(scope="module", params=list(SITES))
def crawl(crawl_of: Callable[[str], Crawl], request: pytest.FixtureRequest) -> Crawl:
    """Each of the sites, crawled into an archive of its own."""
    return crawl_of(request.param)


def test_every_article_is_stored_once_and_whole(crawl: Crawl) -> None:
    stored = [(headline, text) for _, headline, text in crawl.stored()]
    assert stored == truth_of(crawl.site.stories.values()), crawl.log


def test_articles_are_stored_under_final_addresses(crawl: Crawl) -> None:
    stored = crawl.stored()
    assert stored, crawl.log
    shown = [(url, shows(crawl.site, url)) for url, _, _ in stored]
    assert [(url, story.headline if story else None) for url, story in shown] == [
        (url, headline) for url, headline, _ in stored
    ]


def test_other_addresses_of_an_article_are_aliases(crawl: Crawl) -> None:
    requested = crawl.requested_addresses()
    assert len(requested) >= len(crawl.site.stories), crawl.log
    known = crawl.addresses()
    assert {one: requested[one] for one in truth_headlines(crawl.site)} == known, crawl.log


def test_every_requested_address_has_a_row(crawl: Crawl) -> None:
    assert crawl.without_row() == set()


def test_nothing_is_requested_twice_without_a_reason(crawl: Crawl) -> None:
    assert crawl.requested_again() == {}


def test_crawl_is_complete(crawl: Crawl) -> None:
    assert crawl.status == 0, crawl.log
    assert "Traceback" not in crawl.log


@pytest.fixture(scope="module")
def moved(internet: Internet, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """The second crawl, by the old address, of a site that moved after the first."""
    site, archive = Moved(), tmp_path_factory.mktemp("moved") / "archive.db"
    with internet.serving(site):
        first = crawled_into(internet, archive, site, "https://www.qadim.example/")
        assert first.status == 0, first.log
        site.move()
        return crawled_into(internet, archive, site, "https://www.qadim.example/")


def test_articles_of_a_moved_site_are_stored_once(moved: Crawl) -> None:
    stored = [(headline, text) for _, headline, text in moved.stored()]
    assert stored == truth_of(moved.site.stories.values()), moved.log


def test_moved_articles_are_stored_under_their_new_addresses(moved: Crawl) -> None:
    stored = {url: headline for url, headline, _ in moved.stored()}
    truth = {url: story.headline for url, story in moved.site.stories.items()}
    assert stored == truth, moved.log


def test_old_and_new_addresses_of_a_moved_article_are_its_aliases(moved: Crawl) -> None:
    known, requested = moved.addresses(), moved.requested_addresses()
    assert len(requested) == len(moved.site.stories)
    assert {headline: urls - known[headline] for headline, urls in requested.items()} == {
        headline: set() for headline in requested
    }


def test_every_request_to_a_moved_site_has_a_row_and_is_sent_once(moved: Crawl) -> None:
    assert moved.without_row() == set()
    assert moved.requested_again() == {}


def test_walled_articles_have_a_row_that_says_so(crawl_of: Callable[[str], Crawl]) -> None:
    crawl = crawl_of("cdn")
    walled = BehindCdn().walled
    assert {url: crawl.outcomes_of(url) for url in walled} == {
        url: ["redirect_loop"] for url in walled
    }


def test_addresses_of_another_paper_are_left_alone(crawl_of: Callable[[str], Crawl]) -> None:
    requested = {asked.url for asked in crawl_of("other-hosts").requests}
    assert "https://sitemaps.mawad.example/jarida/2.xml" in requested, sorted(requested)
    assert STRANGER not in requested


@pytest.mark.parametrize("number", [1, 7], ids=["slash-removed", "meta-refresh"])
def test_extract_follows_redirects(internet: Internet, number: int) -> None:
    site = Shams()
    final = list(site.stories)[number]
    target, story = site.named[number]
    with internet.serving(site):
        newscrawl = str(Path(sys.executable).with_name("newscrawl"))
        done = internet.run([newscrawl, "extract", "--json", f"http://shams.example{target}"])
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["url"], found["headline"]) == (final, story.headline)

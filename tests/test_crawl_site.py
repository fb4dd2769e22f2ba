"""`scrapy crawl site` of a site never seen: complete, each article once, all accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from tests.crawling import crawl, outcomes, rows
from tests.harbour_post import POSTS, HarbourPost, harbour_post


@attrs.frozen
class Crawled:
    """A site after a crawl."""

    site: HarbourPost
    archive: Path
    log: str
    status: int


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """The Harbour Post, crawled once."""
    archive = tmp_path_factory.mktemp("crawled") / "archive.db"
    with harbour_post() as site:
        done = crawl(archive, "site", "-a", f"url={site.url}")
        yield Crawled(site, archive, done.stderr, done.returncode)


def test_crawl_ends_complete_with_a_summary(crawled: Crawled) -> None:
    assert crawled.status == 0, crawled.log
    assert f"complete: {len(POSTS)} articles ({len(POSTS)} new" in crawled.log
    assert "Traceback" not in crawled.log


def test_every_article_is_stored_once(crawled: Crawled) -> None:
    stored = rows(crawled.archive, "SELECT url, headline, article_body FROM article")
    by_path = {row["url"].removeprefix(crawled.site.url.rstrip("/")): row for row in stored}
    assert set(by_path) == set(POSTS)
    assert len(stored) == len(POSTS)


def test_stored_articles_are_read_right(crawled: Crawled) -> None:
    stored = rows(crawled.archive, "SELECT headline, article_body FROM article")
    headlines = {row["headline"]: row["article_body"] for row in stored}
    expected = {post.headline: "\n".join(post.paragraphs) for post in POSTS.values()}
    assert headlines == expected


def test_every_requested_address_has_an_outcome(crawled: Crawled) -> None:
    base = crawled.site.url.rstrip("/")
    known = {url.removeprefix(base) for url in outcomes(crawled.archive)}
    assert set(crawled.site.requests) <= known


def test_other_addresses_are_accounted_for(crawled: Crawled) -> None:
    became = outcomes(crawled.archive)
    base = crawled.site.url.rstrip("/")
    assert became[f"{base}/drafts/2026/03/not-yet-ready-for-readers/"] == "robots"
    assert became[f"{base}/2026/01/a-post-that-was-taken-down-again/"] == "http_error"
    assert became[f"{base}/2026/02/an-address-that-was-changed-later/"] == "redirect"
    assert became[f"{base}/"] == "source"
    assert became[f"{base}/robots.txt"] == "source"


def test_kind_of_each_source_is_stored(crawled: Crawled) -> None:
    query = "SELECT url, kind FROM observation WHERE outcome = 'source'"
    kinds = {row["url"]: row["kind"] for row in rows(crawled.archive, query)}
    base = crawled.site.url.rstrip("/")
    assert kinds[f"{base}/"] == "home"
    assert kinds[f"{base}/robots.txt"] == "robots.txt"
    assert set(kinds.values()) == {"home", "section", "page", "robots.txt"}


def test_no_address_is_requested_twice(crawled: Crawled) -> None:
    assert {path: n for path, n in crawled.site.requests.items() if n > 1} == {}


def test_what_robots_forbids_is_not_requested(crawled: Crawled) -> None:
    assert not [path for path in crawled.site.requests if path.startswith("/drafts/")]


def test_tags_authors_searches_and_logins_cost_nothing(crawled: Crawled) -> None:
    waste = ("/tag/", "/author/", "/wp-login", "/about", "/privacy", "/?s=")
    assert not [path for path in crawled.site.requests if path.startswith(waste)]


def test_four_of_five_page_requests_are_articles(crawled: Crawled) -> None:
    guessed = {"/robots.txt", "/sitemap.xml", "/feed", "/rss.xml"}
    pages = [path for path in crawled.site.requests if path not in guessed]
    articles = [path for path in pages if path in POSTS]
    assert len(articles) >= 0.8 * len(pages), sorted(set(pages) - set(articles))


def test_run_row_reports_how_it_went(crawled: Crawled) -> None:
    (run,) = rows(crawled.archive, "SELECT * FROM runs")
    assert (run["spider"], run["exit_status"], run["finish_reason"]) == ("site", 0, "finished")

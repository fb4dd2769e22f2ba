"""The limits that the pages of docs/ state are those of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl import limits, settings
from newscrawl.crawl.download import response_headers
from newscrawl.crawl.download.politeness import robots
from newscrawl.crawl.frontier import revisit_policy
from newscrawl.crawl.sources import documents, feeds, listings, sitemap_pool, sitemaps
from newscrawl.generic.link_lists import lists
from newscrawl.html import parse_limits

DOCS = Path(__file__).parent.parent / "docs"
MB = 1024 * 1024
NUMBERS = {3: "three", 5: "five"}
"""Small numbers in words."""
STATED = (
    ("crawling", f"its first {robots.MAX_BYTES // 1024} KiB are read"),
    ("crawling", f"may take {settings.DOWNLOAD_TIMEOUT} seconds (`DOWNLOAD_TIMEOUT`)"),
    ("crawling", f"have {response_headers.MAX_BYTES // 1024} KiB of headers"),
    ("crawling", f"of headers and {limits.LARGEST_PAGE // MB} MB"),
    ("crawling", f"{feeds.MAX_ENTRIES:,} entries of a feed"),
    ("crawling", f"{sitemaps.MAX_URLS:,} addresses of a sitemap"),
    ("crawling", f"{sitemaps.MAX_SITEMAPS} sitemaps, {NUMBERS[sitemaps.MAX_DEPTH]} levels"),
    ("crawling", f"At most {NUMBERS[settings.REDIRECT_MAX_TIMES]} redirects in a row"),
    ("crawling", f"all of them if they are at most {sitemap_pool.MOST_TAKEN_WHOLE}"),
    ("crawling", f"on a site of up to {revisit_policy.SMALL_SITE} articles"),
    ("crawling", f"`NEWSCRAWL_REVISITS` ({settings.NEWSCRAWL_REVISITS})"),
    ("extraction", f"({parse_limits.MAX_BYTES // 1_000_000} million bytes of UTF-8)"),
    ("extraction", f"`too_many_elements` ({parse_limits.MAX_ELEMENTS:,};"),
    ("extraction", f"; {parse_limits.MANY_ELEMENTS:,} in a page of more than"),
    ("extraction", f"in a page of more than {parse_limits.SHORT // 1_000_000} MB)"),
    ("extraction", f"({parse_limits.MAX_ATTRIBUTES:,} in one tag)"),
    ("extraction", f"At most {lists.MOST_LISTS} lists of a page are kept"),
    ("extraction", f"with the first {lists.MOST_LINKS} links of each"),
    ("hostile", f"unpacked up to {limits.LARGEST_PAGE // MB} MB"),
    ("hostile", f"given up after {response_headers.MAX_BYTES // 1024} KiB"),
    ("hostile", f"any over {limits.LONGEST_ADDRESS:,} characters"),
    ("hostile", f"{documents.MAX_UNPACKED // MB} MB unpacked"),
    ("hostile", f"{documents.MAX_TAGS:,} tags at most"),
    ("hostile", f"more than {listings.MAX_LINKS:,} links"),
)


@pytest.mark.parametrize(("page", "words"), STATED)
def test_limit_in_docs_is_that_of_the_code(page: str, words: str) -> None:
    text = " ".join((DOCS / f"{page}.md").read_text("utf-8").split())
    assert words in text

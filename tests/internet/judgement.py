"""Judge a crawl by its archive, the requests that the sites received and the sites' truth."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import attrs

from tests.crawling import rows
from tests.internet.news_site import NewsSite
from tests.internet.site import Asked
from tests.internet.stories import Story

_REFRESH = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')
_OF_EACH_ORIGIN = ("/robots.txt", "/.well-known/tdmrep.json")
"""Files that are requested for each origin, and may redirect to the same file of another."""
_MOST_HOPS = 10


@attrs.frozen
class Crawl:
    """A crawl of one site, to be judged; `requests` are those of the crawl alone."""

    site: NewsSite
    archive: Path
    requests: tuple[Asked, ...]
    status: int
    log: str

    def stored(self) -> list[tuple[str, str, str]]:
        """Return address, headline and text of each article, sorted by headline."""
        query = "SELECT url, headline, article_body FROM article ORDER BY headline, url"
        found = rows(self.archive, query)
        return [(row["url"], row["headline"], row["article_body"]) for row in found]

    def outcomes_of(self, url: str) -> list[str]:
        """Return the outcomes of the requests of *url*, in order."""
        query = "SELECT outcome FROM observation WHERE url = ? ORDER BY id"
        return [row["outcome"] for row in rows(self.archive, query, url)]

    def addresses(self) -> dict[str, set[str]]:
        """Return the addresses of each article, by its headline, which must be its alone."""
        query = (
            "SELECT a.id, x.url, a.headline FROM address AS x"
            " JOIN article AS a ON a.id = x.article_id"
        )
        found: dict[tuple[int, str], set[str]] = defaultdict(set)
        for row in rows(self.archive, query):
            found[row["id"], row["headline"]].add(row["url"])
        twice = {title for title, n in Counter(title for _, title in found).items() if n > 1}
        assert not twice, f"stored as several articles: {sorted(twice)}"
        return {title: urls for (_, title), urls in found.items()}

    def requested_addresses(self) -> dict[str, set[str]]:
        """Return the requested addresses that show or lead to each story, by its headline."""
        found: dict[str, set[str]] = defaultdict(set)
        for asked in self.requests:
            story = story_behind(self.site, asked)
            if story is not None:
                found[story.headline].add(asked.url)
        return dict(found)

    def without_row(self) -> set[str]:
        """Return the requested addresses that no row of the archive mentions."""
        known = {row["url"] for row in rows(self.archive, "SELECT url FROM observation")}
        return {asked.url for asked in self.requests} - known

    def requested_again(self) -> dict[str, int]:
        """Return the addresses that were requested more often than there was a reason for.

        The files that each origin has may be requested once for each origin.
        """
        origins = {(asked.scheme, asked.host) for asked in self.requests}
        return {
            url: times
            for url, times in _count(self.requests).items()
            if times > (len(origins) if urlsplit(url).path in _OF_EACH_ORIGIN else 1)
        }


def truth_of(stories: Iterable[Story]) -> list[tuple[str, str]]:
    """Return headline and text of each story as an archive has them, sorted by headline."""
    return sorted((story.headline, "\n".join(story.paragraphs)) for story in stories)


def shows(site: NewsSite, url: str) -> Story | None:
    """Return the story whose page *url* is; None if it redirects or shows none."""
    asked = _request_of(url)
    answer = site.answer(asked)
    is_page = answer.status == 200 and not _REFRESH.search(answer.body.decode("utf-8"))
    return site.story_at(asked) if is_page else None


def story_behind(site: NewsSite, asked: Asked) -> Story | None:
    """Return the story to which *asked* leads by redirects; None if it leads to none."""
    for _ in range(_MOST_HOPS):
        if asked.host not in site.hosts:
            return None
        answer = site.answer(asked)
        location = dict(answer.headers).get("Location")
        refresh = _REFRESH.search(answer.body.decode("utf-8", "replace"))
        if location is None and refresh is None:
            return site.story_at(asked) if answer.status == 200 else None
        target = location or unescape(refresh[1] if refresh else "")
        asked = _request_of(urljoin(asked.url, target), asked.headers)
    return None


def _request_of(url: str, headers: dict[str, str] | None = None) -> Asked:
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return Asked(0, 0.0, parts.scheme, parts.netloc.lower(), target, headers or {}, 0)


def _count(requests: Iterable[Asked]) -> Counter[str]:
    return Counter(asked.url for asked in requests)

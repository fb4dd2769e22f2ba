"""The facts of a site after a first visit: name, sources, languages, clock."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

import attrs

from newscrawl.article import Article
from newscrawl.page import Page
from newscrawl.text.normalize import squeeze
from newscrawl.text.phrases import folded, phrase_table
from newscrawl.text.urls import host_of

_NOT_A_NAME = re.compile(r"[^a-z0-9]{1,200}")
_TITLE_MARKS = re.compile(r"\s[|–—-]\s")
_COMMON = frozenset({"www", "m", "amp", "ar", "fr", "en", "news"})
_SUFFIXES = frozenset({"co", "com", "net", "org", "gov", "ac", "press", "info"})
_LANGUAGE_SHARE = 0.2


@attrs.frozen(kw_only=True)
class SiteFacts:
    """The facts of a site after a few of its pages."""

    home: str
    """Its home page."""
    title: str
    """Its own name, as it prints it."""
    feeds: tuple[str, ...]
    """Feeds that could be read."""
    sitemaps: tuple[str, ...]
    """Sitemaps that could be read."""
    sections: tuple[str, ...]
    """Section pages that named articles."""
    languages: tuple[str, ...]
    """The languages of the sample articles, the most frequent first."""
    is_zone_stated: bool
    """True if the times of the samples state their zone; else the declaration should."""

    @property
    def host(self) -> str:
        """The host of the home page."""
        return host_of(self.home)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host with and without www."""
        host = self.host
        return (host, host.removeprefix("www.")) if host.startswith("www.") else (host,)

    @property
    def name(self) -> str:
        """A name for it: the main part of its host, as Site takes names."""
        parts = [part for part in self.host.split(".")[:-1] if part not in _COMMON] or ["site"]
        while len(parts) > 1 and (len(parts[-1]) == 2 or parts[-1] in _SUFFIXES):
            parts.pop()
        name = _NOT_A_NAME.sub("_", parts[-1].lower()).strip("_")[:39]
        return name if name[:1].isalpha() else f"site_{name}"[:39].rstrip("_")


def title_of(home: Page | None, articles: Sequence[Article], host: str) -> str:
    """Return the name of a site.

    It is og:site_name, the publisher that most *articles* name, the first part of the title
    that does not say "home", or *host*.
    """
    named = _texts(home, "meta[property='og:site_name']::attr(content)")
    titles = _texts(home, "title::text")
    parts = chain.from_iterable(map(_TITLE_MARKS.split, titles))
    names = (*named, _publisher_of_most(articles), *parts)
    found = (squeeze(text)[:100] for text in names)
    return next((text for text in found if text and folded(text) not in _home_words()), host)


def _texts(page: Page | None, query: str) -> list[str]:
    return [] if page is None else page.selector.css(query).getall()


def _publisher_of_most(articles: Sequence[Article]) -> str:
    publishers = Counter(one.publisher for one in articles if one.publisher)
    return next((name for name, n in publishers.most_common(1) if 2 * n > len(articles)), "")


def _home_words() -> frozenset[str]:
    return frozenset(map(folded, phrase_table("pages/page_kinds")["headlines"]["listing"]))


def languages_of(articles: Sequence[Article]) -> tuple[str, ...]:
    """Return the languages that a good part of the samples are in, as primary BCP 47 tags."""
    counts = Counter((one.in_language or "").partition("-")[0] for one in articles)
    del counts[""]
    least = _LANGUAGE_SHARE * len(articles)
    return tuple(tag for tag, count in counts.most_common() if count >= least)

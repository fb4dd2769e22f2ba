"""The entries of a site's sitemaps, and the choice of those to request. Pure."""

from __future__ import annotations

import datetime as dt
import logging

from newscrawl.crawl.address_set import AddressSet
from newscrawl.crawl.sources.address_shapes import Shapes
from newscrawl.crawl.sources.sitemaps import (
    MAX_DEPTH,
    MAX_SITEMAPS,
    OLDEST,
    Sitemap,
    SitemapEntry,
    lists_articles,
)

MOST_TAKEN_WHOLE = 500
"""Most articles that are all taken; of a site that lists more, only the recent ones."""
RECENT = dt.timedelta(days=30)
"""The age of a recent article, by the date in its sitemap."""
MAX_PARTS = 10
"""The most parts of an index that are read, unless the whole history is wanted."""

_LIKELY_IN_SITEMAP = 0.35

logger = logging.getLogger(__name__)


class SitemapPool:
    """The entries of all sitemaps read so far."""

    def __init__(self, *, since: dt.datetime | None, whole_history: bool) -> None:
        self.since = since
        self.whole_history = whole_history
        self.read = 0
        self._urls = AddressSet()
        self._entries: dict[str, SitemapEntry] = {}

    def may_read(self, depth: int) -> bool:
        """Return whether one more sitemap may be read, *depth* indexes deep."""
        return depth <= MAX_DEPTH and self.read < MAX_SITEMAPS

    def parts_wanted(self, index: Sitemap) -> list[SitemapEntry]:
        """Return the parts of *index* that may list wanted articles, the newest first."""
        parts = [one for one in index.entries if one.is_part and lists_articles(one.url)]
        if self.whole_history:
            return parts
        parts.sort(key=_modified, reverse=True)
        if self.since:
            return [part for part in parts if (part.latest or self.since) >= self.since]
        if len(parts) > MAX_PARTS:
            most = MAX_PARTS
            logger.info("%d of %d sitemaps are read; history=all reads all", most, len(parts))
        return parts[:MAX_PARTS]

    def add(self, entry: SitemapEntry) -> None:
        """Add an entry of a sitemap that is no news sitemap; of two dates the later counts."""
        if entry.url in self._entries or entry.url not in self._urls:
            self._urls.add(entry.url)
            self._entries[entry.url] = entry.joined_with(self._entries.get(entry.url))

    def take(self, shapes: Shapes) -> list[SitemapEntry]:
        """Return the entries to request, and log how many are dropped; the pool is then empty.

        The likely articles come first, and none is left because of how its address looks.
        """
        entries, self._entries = list(self._entries.values()), {}
        likely: list[SitemapEntry] = []
        others: list[SitemapEntry] = []
        for entry in entries:
            is_likely = shapes.probability(entry.url) >= _LIKELY_IN_SITEMAP
            (likely if is_likely else others).append(entry)
        wanted = [e for e in (*likely, *others) if self._is_wanted(e, len(likely))]
        if self.whole_history and wanted:
            logger.info(
                "the sitemaps list %d articles, all of which are requested", len(wanted)
            )
        elif len(wanted) < len(entries):
            logger.info(
                "the sitemaps list %d older articles, which are left; history=all takes them",
                len(entries) - len(wanted),
            )
        return wanted

    def _is_wanted(self, entry: SitemapEntry, total: int) -> bool:
        if self.whole_history:
            return True
        if self.since:
            return entry.latest >= self.since if entry.latest else total <= MOST_TAKEN_WHOLE
        if total <= MOST_TAKEN_WHOLE:
            return True
        return bool(entry.modified and entry.modified >= dt.datetime.now(dt.UTC) - RECENT)


def _modified(part: SitemapEntry) -> dt.datetime:
    return part.modified or OLDEST

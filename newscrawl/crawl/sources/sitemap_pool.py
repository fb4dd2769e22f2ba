"""The entries of a site's sitemaps, and the choice of those to request. Pure."""

from __future__ import annotations

import datetime as dt
import logging
import pickle
import zlib
from collections.abc import Iterator

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
from newscrawl.text.counted import counted

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
        self._entries = _Entries()
        self._again: dict[str, SitemapEntry] = {}
        """Entries of addresses that an earlier sitemap has named."""

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
        if entry.url in self._urls:
            self._again[entry.url] = entry.joined_with(self._again.get(entry.url))
        else:
            self._urls.add(entry.url)
            self._entries.add(entry)

    def take(self, shapes: Shapes) -> Iterator[SitemapEntry]:
        """Return the entries to request, and log how many are dropped; the pool is then empty.

        The likely articles come first, and none is left because of how its address looks.
        """
        entries, again = self._entries, self._again
        self._entries, self._again = _Entries(), {}
        likely = [shapes.probability(one.url) >= _LIKELY_IN_SITEMAP for one in entries]
        total = sum(likely)
        wanted = [
            self._is_wanted(one.joined_with(again.get(one.url)), total) for one in entries
        ]
        if self.whole_history and any(wanted):
            logger.info(
                "the sitemaps list %s: every one is requested", counted(len(wanted), "articles")
            )
        elif not all(wanted):
            logger.info(
                "the sitemaps list %d older articles, which are left; history=all takes them",
                wanted.count(False),
            )
        return (
            one.joined_with(again.get(one.url))
            for is_likely in (True, False)
            for one, *known in zip(entries, likely, wanted, strict=True)
            if known == [is_likely, True]
        )

    def _is_wanted(self, entry: SitemapEntry, total: int) -> bool:
        if self.whole_history:
            return True
        if self.since:
            return entry.latest >= self.since if entry.latest else total <= MOST_TAKEN_WHOLE
        if total <= MOST_TAKEN_WHOLE:
            return True
        return bool(entry.modified and entry.modified >= dt.datetime.now(dt.UTC) - RECENT)


class _Entries:
    """Entries in their order, compressed by the thousand: a site may name a million."""

    _AT_ONCE = 1000

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._last: list[SitemapEntry] = []

    def __iter__(self) -> Iterator[SitemapEntry]:
        for packed in self._packed:
            yield from pickle.loads(zlib.decompress(packed))  # noqa: S301 (this process made it)
        yield from self._last

    def add(self, entry: SitemapEntry) -> None:
        """Add an entry."""
        self._last.append(entry)
        if len(self._last) == self._AT_ONCE:
            data = pickle.dumps(self._last, pickle.HIGHEST_PROTOCOL)
            self._packed.append(zlib.compress(data, 1))
            self._last = []


def _modified(part: SitemapEntry) -> dt.datetime:
    return part.modified or OLDEST

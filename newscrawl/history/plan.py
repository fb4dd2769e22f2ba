"""Plan of a collection: the captures of an index that the archive lacks, in order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.change_history import visits_of
from newscrawl.archive.schema.storable import utc_text
from newscrawl.errors import NewscrawlError
from newscrawl.history.capture_indexes import Query
from newscrawl.history.cdx import IndexedCapture, IndexPage
from newscrawl.outcomes import REDIRECTS
from newscrawl.text.urls import clean_url, url_key

MOST_CAPTURES = 1_000_000
"""Most captures that one plan holds in memory."""
_STATUSES = frozenset({None, 200, 404, 410, *REDIRECTS})
"""Statuses that say something about a page: it is there, has moved, or was removed."""
_UNSTATED = frozenset({"", "unk", "warc/revisit"})


@attrs.frozen
class Wanted:
    """A capture that the archive lacks."""

    capture: IndexedCapture
    same_as: IndexedCapture | None = None
    """An earlier capture of the address with the same content, which need not be fetched."""


@attrs.frozen(kw_only=True)
class Plan:
    """The captures that an index lists, sorted by what is to be done with them."""

    wanted: tuple[Wanted, ...]
    """Those that the archive lacks, in order of time."""
    listed: int
    """Number of captures in the index."""
    known: int
    """Number of those that the archive has."""
    left_out: Counter[str]
    """Captures that are not wanted, by the reason."""

    @property
    def to_fetch(self) -> int:
        """Number of captures to be fetched: no earlier one of the page has their digest."""
        return sum(one.same_as is None for one in self.wanted)

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as JSON types."""
        by_year = Counter(one.capture.timestamp[:4] for one in self.wanted)
        return {
            "listed": self.listed,
            "left_out": dict(self.left_out),
            "in_archive": self.known,
            "wanted": len(self.wanted),
            "to_fetch": self.to_fetch,
            "addresses": len({url_key(one.capture.url) for one in self.wanted}),
            "by_year": dict(sorted(by_year.items())),
        }


def plan_of(
    archive: Archive | None,
    pages: Iterable[IndexPage],
    query: Query,
    is_of_site: Callable[[str], bool],
    *,
    retry_failed: bool = False,
) -> Plan:
    """Return the plan for the captures on *pages*; without an archive all are lacking.

    *is_of_site* says whether an address is wanted. *retry_failed* plans captures again that
    could not be read before. Raises NewscrawlError if they are more than MOST_CAPTURES.
    """
    left_out, listed = Counter[str](), 0
    found: dict[tuple[str, str], IndexedCapture] = {}
    for page in pages:
        listed += len(page.captures) + page.damaged
        left_out["unreadable line"] += page.damaged
        for capture in page.captures:
            reason = _reason_not_wanted(capture, query, is_of_site)
            key = (url_key(clean_url(capture.url, capture.url) or ""), capture.timestamp)
            if reason is None and key in found:
                reason = "listed twice"
            if reason is not None:
                left_out[reason] += 1
                continue
            found[key] = capture
        if len(found) > MOST_CAPTURES:
            raise NewscrawlError(
                f"the index lists more than {MOST_CAPTURES} captures: narrow them by --from and"
                " --to"
            )
    ordered = sorted(found.items(), key=lambda item: (item[1].captured_at, item[0]))
    lacking = _Lacking(archive, retry_failed=retry_failed)
    wanted = tuple(one for one in _with_originals(ordered) if lacking.includes(one.capture))
    return Plan(
        wanted=wanted,
        listed=listed,
        known=len(ordered) - len(wanted),
        left_out=+left_out,  # without zeros
    )


def _reason_not_wanted(
    capture: IndexedCapture, query: Query, is_of_site: Callable[[str], bool]
) -> str | None:
    """Return why a capture is not wanted; None if it is."""
    url = clean_url(capture.url, capture.url)
    if url is None or not is_of_site(url):
        return "another host" if url else "no web address"
    if not query.includes(capture.captured_at):
        return "other days"
    if capture.status not in _STATUSES:
        return f"HTTP {capture.status}"
    is_page = capture.media_type in _UNSTATED or "html" in capture.media_type
    has_type = capture.status in {None, 200}
    return None if is_page or not has_type else f"no page: {capture.media_type[:40]}"


def _with_originals(
    ordered: Iterable[tuple[tuple[str, str], IndexedCapture]],
) -> Iterable[Wanted]:
    """Yield each capture with the earlier one of its address that has the same content."""
    first: dict[tuple[str, str], IndexedCapture] = {}
    for (key, _), capture in ordered:
        digest = capture.digest.lower().removeprefix("sha1:")
        original = first.get((key, digest)) if digest else None
        may_be_same = capture.status in {None, 200}
        if original is not None and original.status == 200 and may_be_same:
            yield Wanted(capture, original)
            continue
        if digest and not capture.is_revisit:
            first.setdefault((key, digest), capture)
        yield Wanted(capture)


class _Lacking:
    """Tells which captures an archive lacks."""

    def __init__(self, archive: Archive | None, *, retry_failed: bool) -> None:
        self._archive, self._retry_failed = archive, retry_failed
        self._visits: dict[str, frozenset[str]] = {}

    def includes(self, capture: IndexedCapture) -> bool:
        url = clean_url(capture.url, capture.url)
        if self._archive is None or url is None:
            return True
        if url not in self._visits:
            self._visits[url] = visits_of(self._archive, url, without_failed=self._retry_failed)
        return utc_text(capture.captured_at) not in self._visits[url]

"""When an article that is known is worth another request. Pure."""

from __future__ import annotations

import datetime as dt

from newscrawl.archive.reading import Seen

SMALL_SITE = 100
"""A site with no more known articles is looked at whole in every run: it costs little."""

_SOONEST = dt.timedelta(minutes=15)
_RAREST = dt.timedelta(days=60)
_AGAIN = {
    "http_error": dt.timedelta(days=1),
    "not_article": dt.timedelta(days=7),
    "robots": dt.timedelta(days=1),
    "too_large": dt.timedelta(days=7),
    "not_html": dt.timedelta(days=7),
}
"""When an address that gave no article is tried again; any other at the next run."""


def is_due(
    seen: Seen,
    now: dt.datetime,
    *,
    published: dt.datetime | None,
    changed: dt.datetime | None = None,
    changes: int = 0,
) -> bool:
    """Whether an address is worth a request by what is known of it.

    What was published an hour ago is looked at every quarter of an hour, after a year every two
    months, and the more often the more *changes* it has seen. *published* is what the archive
    says, *changed* what a source of the site says; later than the last visit, it is due.
    """
    waited = now - seen.fetched_at
    if seen.article_id is None:
        return waited >= _AGAIN.get(seen.outcome, dt.timedelta(0))
    if changed is not None and changed > seen.fetched_at:
        return True
    age = seen.fetched_at - published if published is not None else dt.timedelta(days=30)
    interval = min(max(age / 4, _SOONEST), _RAREST)
    return waited >= interval / (1 + changes)


def condition_of(seen: Seen | None) -> dict[str, str]:
    """Return the headers that ask for a page only if it has changed."""
    if seen is None or seen.article_id is None:
        return {}
    headers = {"If-None-Match": seen.etag, "If-Modified-Since": seen.last_modified}
    return {name: value for name, value in headers.items() if value}

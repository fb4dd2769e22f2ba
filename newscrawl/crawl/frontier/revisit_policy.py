"""When an article that is known is worth another request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from heapq import nlargest

from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.change_history import AHEAD, History, known_articles
from newscrawl.archive.read.addresses import address_last_seen
from newscrawl.archive.read.articles import Seen
from newscrawl.outcomes import ARTICLE_OUTCOMES, Observation, Outcome

SMALL_SITE = 100
"""A site with no more known articles is visited whole in every run: it costs little."""

SOONEST = dt.timedelta(minutes=15)
RAREST = dt.timedelta(days=60)
DAY = dt.timedelta(days=1)
TRUSTED = dt.timedelta(days=30)
"""For so long a server is believed that says that a page is as before."""
_USUAL_AGE = dt.timedelta(days=30)
"""The age of an article that states none."""
_AGAIN: dict[str, dt.timedelta] = {
    Outcome.HTTP_ERROR: DAY,
    Outcome.NOT_ARTICLE: 7 * DAY,
    Outcome.ROBOTS: DAY,
    Outcome.OFFSITE: 30 * DAY,
    Outcome.OPTED_OUT: 7 * DAY,
    Outcome.TOO_LARGE: 7 * DAY,
    Outcome.NOT_HTML: 7 * DAY,
}
"""When an address that gave no article is tried again; any other at the next run."""
_TRIES = (dt.timedelta(0), dt.timedelta(hours=1), dt.timedelta(hours=6), DAY, 3 * DAY)
"""Waiting times before the next try of a failing address, by its failures in a row."""
_PASSING = frozenset(
    {
        Outcome.TIMEOUT,
        Outcome.DNS_ERROR,
        Outcome.CONNECTION,
        Outcome.PROTOCOL_ERROR,
        Outcome.TLS_ERROR,
        Outcome.TRUNCATED,
    }
    | {
        Outcome.EMPTY,
        Outcome.BAD_ENCODING,
        Outcome.BLOCKED,
        Outcome.HTTP_ERROR,
        Outcome.PARSE_ERROR,
        Outcome.ERROR,
    }
)
"""Outcomes that may be another at the next try."""


def interval_of(last_seen: dt.datetime, history: History, *, is_shown: bool) -> dt.timedelta:
    """Return the time from one visit of an article to the next.

    A quarter of its age, from a quarter of an hour to 60 days, divided by one more than its
    number of changes; for an article that the site shows now, at most a day.
    """
    age = last_seen - history.published if history.published is not None else _USUAL_AGE
    interval = min(max(age / 4, SOONEST), RAREST) / (1 + history.changes)
    return min(interval, DAY) if is_shown else interval


def is_due(
    seen: Seen,
    now: dt.datetime,
    *,
    history: History,
    changed: dt.datetime | None = None,
    is_shown: bool = False,
) -> bool:
    """Return whether an address is worth a request, from its earlier visits.

    *changed* is the date that a source of the site states for it: if that is later than the
    last visit, it is due.
    """
    waited = now - seen.fetched_at
    if waited < -AHEAD:
        return True  # the clock was ahead at the last visit
    if seen.article_id is None:
        is_in_trouble = seen.status is not None and seen.status >= 500
        wait = dt.timedelta(0) if is_in_trouble else _AGAIN.get(seen.outcome, dt.timedelta(0))
        return waited >= wait
    if changed is not None and changed > seen.fetched_at:
        return True
    return waited >= interval_of(seen.fetched_at, history, is_shown=is_shown)


def due_articles(
    archive: Archive, site: str, now: dt.datetime, most: int, since: dt.datetime | None = None
) -> list[str]:
    """Return the addresses of known articles that are due, the most overdue first.

    At most *most*; with *since*, only of those published since.
    """
    overdue = []
    for known in known_articles(archive, site, now - SOONEST / 10):
        interval = interval_of(known.last_seen, known.history, is_shown=False)
        published = known.history.published
        is_wanted = since is None or (published is not None and published >= since)
        is_ahead = known.last_seen > now + AHEAD
        if is_wanted and (is_ahead or now - known.last_seen >= interval):
            ratio = abs(now - known.last_seen) / interval
            overdue.append((ratio, known.article_id, known.last_seen))
    found: list[str] = []
    for _, article_id, last_seen in nlargest(len(overdue), overdue):
        url = address_last_seen(archive.db, article_id)
        if not _was_missed(archive.seen(url), last_seen, now):
            found.append(url)
        if len(found) >= most:
            break
    return found


def all_articles(archive: Archive, site: str, before: dt.datetime) -> Iterator[str]:
    """Yield the address of every known article that was not seen since *before*."""
    for known in list(known_articles(archive, site, before)):
        yield address_last_seen(archive.db, known.article_id)


def may_pass(outcome: str) -> bool:
    """Return whether an address with this outcome may give an article at the next try."""
    return outcome in _PASSING


def next_try(missed: Observation, tries: int) -> dt.datetime | None:
    """Return when an address that gave no article is tried again; None to give it up.

    *tries* counts this one. A page that is not there (4xx) seldom comes back within a day.
    """
    if tries > len(_TRIES):
        return None
    wait = _TRIES[tries - 1]
    is_refused = missed.status is not None and 400 <= missed.status < 500
    return missed.fetched_at + (max(wait, DAY) if is_refused else wait)


def condition_of(seen: Seen | None, now: dt.datetime) -> dict[str, str]:
    """Return headers that request a page only if it has changed.

    Empty if it was not fetched whole for long: some servers answer 304 in any case
    (https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1 leaves it to them).
    """
    if seen is None or seen.article_id is None or seen.whole_at is None:
        return {}
    if not -AHEAD <= now - seen.whole_at <= TRUSTED:
        return {}
    headers = {"If-None-Match": seen.etag, "If-Modified-Since": seen.last_modified}
    return {name: value for name, value in headers.items() if value}


def _was_missed(seen: Seen | None, last_seen: dt.datetime, now: dt.datetime) -> bool:
    """Return whether an article that was due has been missed since *last_seen*, not long ago.

    It is requested again after half the time that it had been missing then, from a day to 60.
    """
    if seen is None or seen.outcome in ARTICLE_OUTCOMES:
        return False
    missing = seen.fetched_at - last_seen
    return now - seen.fetched_at < min(max(missing / 2, DAY), RAREST)

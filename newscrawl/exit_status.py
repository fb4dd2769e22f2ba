"""How a crawl ended: the exit statuses of `scrapy crawl`. The one place of the numbers."""

from __future__ import annotations

from collections.abc import Mapping

COMPLETE = 0
"""All that was wanted was asked for."""
FAILED = 1
"""The site could not be read, or a file or the archive could not be read or written."""
USAGE = 2
"""The command, the value of an argument or a setting is wrong; nothing was asked for."""
PARTIAL = 3
"""The run ended early: a limit, a stop, too little memory or disk."""
NOTHING_FOUND = 4
"""Nothing was found where there used to be something: on the site, or in one of its sources."""
LOCKED = 75
"""Another run holds the site (EX_TEMPFAIL: try again later)."""

WORDS = {
    COMPLETE: "complete",
    FAILED: "failed",
    USAGE: "wrongly used",
    PARTIAL: "partial",
    NOTHING_FOUND: "nothing found",
    LOCKED: "locked",
}
"""The statuses in words, for the summary and the run row."""

_ARTICLES = ("stored", "updated", "unchanged")
_FOUND = ("stored", "updated", "unchanged", "not_article", "source", "continuation")
_CUT = ("shutdown", "killed", "closespider_", "memusage_exceeded", "disk_full", "quiet_hours")


def status_for(
    reason: str,
    counts: Mapping[str, int],
    left_over: int,
    had_articles: bool,
    unread: str | None = None,
) -> int:
    """Return the exit status of a crawl that Scrapy ended for *reason*.

    *counts* are outcomes, *left_over* what a limit left unasked, *had_articles* whether earlier
    runs found something, on the site or in a source, where this one found nothing, *unread*
    which page could not be read that the crawl was to begin with.
    """
    if reason.startswith(_CUT):
        return PARTIAL
    answered = any(counts.get(outcome) for outcome in _FOUND)
    asked = sum(counts.values()) - counts.get("over_limit", 0)
    if reason != "finished" or (asked and not answered):
        return FAILED
    if unread and not any(counts.get(outcome) for outcome in _ARTICLES):
        return FAILED
    if had_articles:
        return NOTHING_FOUND
    return PARTIAL if left_over else COMPLETE

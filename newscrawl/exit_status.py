"""Exit statuses of `scrapy crawl` and `newscrawl drift`, and the status that a crawl ends with.

A run may lower `COMPLETE` afterwards: `crawl/run/run_status.py` for sources that were not
read, `crawl/run/recorder.py` for an archive that could not be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from newscrawl.outcomes import ARTICLE_OUTCOMES, Outcome

COMPLETE = 0
"""Everything wanted was requested."""
FAILED = 1
"""The site could not be read, or a file or the archive could not be read or written."""
USAGE = 2
"""The command, the value of an argument or a setting is wrong; nothing was requested."""
PARTIAL = 3
"""The run ended early (a limit, a stop, too little room), or a source could not be read."""
NOTHING_FOUND = 4
"""No article on a site that answered, or nothing in a source where there used to be."""
CHANGED = 5
"""`newscrawl drift` found that a site has changed."""
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

_FOUND = (
    *ARTICLE_OUTCOMES,
    *(Outcome.NOT_ARTICLE, Outcome.SOURCE, Outcome.CONTINUATION),
)
_CUT = (
    *("shutdown", "killed", "closespider_", "memusage_exceeded", "disk_full"),
    *("quiet_hours", "host_rests"),
)


def status_for(
    reason: str,
    counts: Mapping[str, int],
    left_over: int,
    is_lost: bool,
    unread: str | None = None,
) -> int:
    """Return the exit status of a crawl that Scrapy ended for *reason*.

    *counts* are outcomes, *left_over* how many addresses wait for another run, *is_lost*
    whether nothing was found where there should be something, on the site or in a source,
    *unread* which page could not be read that the crawl was to begin with.
    """
    if reason.startswith(_CUT):
        return PARTIAL
    requested = sum(counts.values()) - counts.get(Outcome.OVER_LIMIT, 0)
    if reason != "finished" or (requested and not _has_any(counts, _FOUND)):
        return FAILED
    if unread and not _has_any(counts, ARTICLE_OUTCOMES):
        return FAILED
    if is_lost:
        return NOTHING_FOUND
    return PARTIAL if left_over else COMPLETE


def _has_any(counts: Mapping[str, int], outcomes: Iterable[Outcome]) -> bool:
    return any(counts.get(outcome) for outcome in outcomes)

"""Drift in words, a line each: for the command, the end of a crawl, a message."""

from __future__ import annotations

from newscrawl.drift.dead_sources import DeadSource
from newscrawl.drift.falls import LAYOUT_READS, PAGE_IS_ARTICLE, Fall
from newscrawl.drift.silence import Silence

_WHAT = {
    PAGE_IS_ARTICLE: "articles among the pages",
    LAYOUT_READS: "pages that the layout fits",
}


def fall_line(fall: Fall) -> str:
    """Return what has fallen in one line: `dateline fell from 98 % to 3 % of pages since …`."""
    name = _WHAT.get(fall.field, fall.field)
    line = (
        f"{name} fell from {fall.before:.0%} to {fall.after:.0%} since "
        f"{_minute(fall.first_bad.fetched_at)} UTC: missing from {fall.missing} "
        f"of {fall.pages} pages"
    )
    return f"{line} (newscrawl itself was changed then)" if fall.is_extractor else line


def silence_line(silence: Silence) -> str:
    """Return in one line how few articles the last runs found."""
    runs = "the last run" if silence.runs == 1 else f"the last {silence.runs} runs"
    return (
        f"{runs} found {silence.found} new articles since {_minute(silence.since)} UTC; "
        f"never fewer than {silence.usual} before"
    )


def source_line(source: DeadSource) -> str:
    """Return in one line which source cannot be read."""
    times = "at the last look" if source.looks == 1 else f"at the last {source.looks} looks"
    return f"{source.url} could not be read {times}: {source.reason}"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")

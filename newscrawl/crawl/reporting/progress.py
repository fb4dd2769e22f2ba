"""Progress of a crawl: a display or a line now and then, and a summary at the end."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from time import monotonic
from urllib.parse import unquote

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.log import get_scrapy_root_handler

from newscrawl import exit_status as exits
from newscrawl.crawl.frontier.scheduler import WAITING
from newscrawl.crawl.frontier.source_book import SourceBook
from newscrawl.crawl.run.recorder import Recorder, address_settled, recorder_of
from newscrawl.crawl.run.run_status import RunStatus
from newscrawl.outcomes import Observation, Outcome
from newscrawl.text.counted import counted

_SHOWN_REASONS = 6
_LEAST_PAGES = 10
"""Answers before which nothing is said of the time that is left."""

logger = logging.getLogger(__name__)


class Progress:
    """Tells how far the crawl is."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.interval = crawler.settings.getfloat("LOGSTATS_INTERVAL")
        wish = str(crawler.settings["NEWSCRAWL_PROGRESS"]).lower()
        self.is_drawn = wish in {"1", "true"} or (wish == "auto" and sys.stderr.isatty())
        self._started = monotonic()
        self._last = ""
        self._live: Live | None = None
        self._lines = create_looping_call(self._log_line)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        progress = cls(crawler)
        crawler.signals.connect(progress.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(progress.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(progress.settled, signal=address_settled)
        return progress

    def spider_opened(self, spider: Spider) -> None:
        self._started = monotonic()
        if not self.crawler.settings.getbool("NEWSCRAWL_RECORD"):
            return
        if self.is_drawn:
            self._draw()
        elif self.interval:
            self._lines.start(self.interval, now=False)

    def settled(self, observation: Observation) -> None:
        self._last = observation.url
        if self._live is not None:
            self._live.update(self._display())

    def spider_closed(self, spider: Spider, reason: str) -> None:
        self.end()

    def end(self) -> None:
        """Take the display away, and log the summary of the crawl."""
        if self._lines.running:
            self._lines.stop()
        if self._live is not None:
            self._live.update(self._display())
            self._live.stop()
        if self.crawler.settings.getbool("NEWSCRAWL_RECORD"):
            logger.info(
                "%s", summary_of(recorder_of(self.crawler), monotonic() - self._started)
            )

    @property
    def _waiting(self) -> int:
        stats = self.crawler.stats
        return int(stats.get_value(WAITING, 0)) if stats is not None else 0

    def _draw(self) -> None:
        console = Console(stderr=True, force_terminal=True)
        self._live = Live(self._display(), console=console, refresh_per_second=8)
        self._live.start()
        handler = get_scrapy_root_handler()
        if isinstance(handler, logging.StreamHandler) and handler.stream is sys.__stderr__:
            # Lines of the log go above the display, and not through it.
            handler.setStream(_LinesAbove(console))

    def _log_line(self) -> None:
        status = recorder_of(self.crawler).status
        seconds = monotonic() - self._started
        left = time_left(self._waiting, status.addresses, seconds)
        logger.info("%s; waiting: %s", _line(status, seconds), left)

    def _display(self) -> Group:
        recorder = recorder_of(self.crawler)
        status = recorder.status
        seconds = monotonic() - self._started
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for name, value in _figures(status, seconds):
            table.add_row(name, value)
        table.add_row("waiting", time_left(self._waiting, status.addresses, seconds))
        for (outcome, reason), count in status.reasons.most_common(_SHOWN_REASONS):
            table.add_row(
                "", f"[dim]{count} × {escape(outcome)} {escape(repr(reason)[1:-1])}[/dim]"
            )
        title = Text(f"newscrawl · {recorder.site}", style="bold")
        return Group(
            title,
            table,
            Text(repr(unquote(self._last))[1:-1], "dim", no_wrap=True, overflow="ellipsis"),
        )


class _LinesAbove(io.TextIOBase):
    """A stream whose lines are printed above the display, as long as they are."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, text: str) -> int:
        if text.strip():
            self._console.print(Text(text.rstrip("\n")), soft_wrap=True)
        return len(text)


def summary_of(recorder: Recorder, seconds: float) -> str:
    """Return the summary line of a crawl: its end, its counts and its outcomes."""
    status = recorder.status
    words = exits.WORDS[status.exit_status]
    parts = [f"{recorder.site}: {words}: {_line(status, seconds)}", *_problems_of(status)]
    counts = [f"{count} {outcome}" for outcome, count in sorted(status.counts.items()) if count]
    parts.append(f"outcomes: {', '.join(counts)}" if counts else "nothing was requested")
    if recorder.evidence is not None:
        parts.append(f"evidence: {recorder.evidence}")
    parts += _changes_of(recorder.book) if recorder.book is not None else ()
    if recorder.peers.articles:
        parts.append(f"{counted(recorder.peers.articles, 'more articles')} with other workers")
    if status.not_due:
        parts.append(f"{counted(status.not_due, 'known articles', 'were')} not due")
    if status.left_over:
        parts.append(f"{counted(status.left_over, 'addresses', 'were')} left for another run")
    return "; ".join(parts)


def _problems_of(status: RunStatus) -> Iterator[str]:
    """Yield why the site or some of its pages could not be read."""
    if status.unread and status.exit_status == exits.FAILED:
        yield status.unread
    if status.is_silent and status.exit_status == exits.NOTHING_FOUND:
        refused = f"{status.refused} of its articles were refused or led elsewhere"
        yield f"the site answers, but {refused if status.refused else 'no article was found'}"
    if status.postponed:
        yield status.postponed


def _changes_of(book: SourceBook) -> Iterator[str]:
    """Yield the number of unchanged sources, and the sources that gave nothing."""
    if book.unchanged:
        yield f"{counted(book.unchanged, 'sources', 'were')} as before"
    if book.unread:
        yield f"could not be read and is tried in the next run: {_shown(book.unread)}"
    if book.lost:
        yield f"nothing where there used to be something: {_shown(book.lost)}"


def time_left(waiting: int, pages: int, seconds: float) -> str:
    """Return the number of waiting addresses and, once the speed is known, the time they take.

    It is the least: their pages may lead to more.
    """
    if not waiting or pages < _LEAST_PAGES:
        return str(waiting)
    left = waiting * seconds / pages
    units = ((86400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds"))
    size, unit = next((size, unit) for size, unit in units if left >= 2 * size or size == 1)
    return f"{waiting}  (about {left / size:.0f} {unit} at this speed)"


def _shown(lost: list[str]) -> str:
    """Return the first of the lost sources, in one line that no page can break."""
    more = f" (and {len(lost) - 3} more)" if len(lost) > 3 else ""
    return repr(", ".join(lost[:3])[:600])[1:-1] + more


def _line(status: RunStatus, seconds: float) -> str:
    counts = status.counts
    articles = counted(status.articles, "articles")
    return (
        f"{articles} ({counts['stored']} new, {counts['updated']} changed, "
        f"{counts['unchanged']} unchanged) from {counted(status.addresses, 'addresses')} "
        f"in {seconds:.0f} s"
    )


def _figures(status: RunStatus, seconds: float) -> list[tuple[str, str]]:
    counts = status.counts
    pages = status.addresses
    skipped = pages - status.articles - counts[Outcome.SOURCE] - counts[Outcome.CONTINUATION]
    return [
        ("pages", f"{pages}  ({pages / max(seconds, 0.1):.1f} a second, {seconds:.0f} s)"),
        (
            "articles",
            (
                f"[green]{counts['stored']} new[/green], "
                f"[yellow]{counts['updated']} changed[/yellow], {counts['unchanged']} unchanged"
            ),
        ),
        ("sources", str(counts[Outcome.SOURCE])),
        ("skipped", str(skipped)),
    ]

"""Progress of a crawl: a display or a line now and then, and a summary at the end."""

from __future__ import annotations

import io
import logging
import sys
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
from newscrawl.crawl.ledger import Ledger, address_settled, ledger_of
from newscrawl.crawl.scheduler import WAITING
from newscrawl.outcomes import Observation

_SHOWN_REASONS = 6
_LEAST_PAGES = 10
"""Before so many answers nothing is said of the time that is left."""

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
        if not self.crawler.settings.getbool("NEWSCRAWL_RECORD", True):
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
        if self._lines.running:
            self._lines.stop()
        if self._live is not None:
            self._live.update(self._display())
            self._live.stop()
        if self.crawler.settings.getbool("NEWSCRAWL_RECORD", True):
            logger.info("%s", summary_of(ledger_of(self.crawler), monotonic() - self._started))

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
        ledger, seconds = ledger_of(self.crawler), monotonic() - self._started
        left = time_left(self._waiting, sum(ledger.counts.values()), seconds)
        logger.info("%s; waiting: %s", _line(ledger, seconds), left)

    def _display(self) -> Group:
        ledger = ledger_of(self.crawler)
        seconds = monotonic() - self._started
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for name, value in _figures(ledger, seconds):
            table.add_row(name, value)
        table.add_row("waiting", time_left(self._waiting, sum(ledger.counts.values()), seconds))
        for (outcome, reason), count in ledger.reasons.most_common(_SHOWN_REASONS):
            table.add_row(
                "", f"[dim]{count} × {escape(outcome)} {escape(repr(reason)[1:-1])}[/dim]"
            )
        title = Text(f"newscrawl · {ledger.site}", style="bold")
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


def summary_of(ledger: Ledger, seconds: float) -> str:
    """Return the summary line of a crawl: its end, its counts and its outcomes."""
    parts = [f"{ledger.site}: {exits.WORDS[ledger.exit_status]}: {_line(ledger, seconds)}"]
    if ledger.unread and ledger.exit_status == exits.FAILED:
        parts.append(ledger.unread)
    if ledger.is_silent and ledger.exit_status == exits.NOTHING_FOUND:
        parts.append(_silence_of(ledger))
    if ledger.put_off:
        parts.append(ledger.put_off)
    others = [f"{count} {outcome}" for outcome, count in sorted(ledger.counts.items()) if count]
    parts.append(f"outcomes: {', '.join(others)}" if others else "nothing was asked for")
    if ledger.evidence is not None:
        parts.append(f"evidence: {ledger.evidence.summary}")
    if ledger.book is not None and ledger.book.unchanged:
        parts.append(f"{ledger.book.unchanged} sources were as before")
    if ledger.book is not None and ledger.book.lost:
        parts.append(f"nothing where there used to be something: {_shown(ledger.book.lost)}")
    if ledger.others.articles:
        parts.append(f"{ledger.others.articles} more articles with other workers")
    if ledger.not_due:
        parts.append(f"{ledger.not_due} known articles were not due")
    if ledger.left_over:
        parts.append(f"{ledger.left_over} articles were left for another run")
    return "; ".join(parts)


def _silence_of(ledger: Ledger) -> str:
    """Return why a site that answered is taken to have gone silent."""
    if ledger.refused:
        return (
            f"the site answers, but {ledger.refused} of its articles were refused or led "
            "elsewhere"
        )
    return "the site answers, but no article was found"


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


def _line(ledger: Ledger, seconds: float) -> str:
    counts = ledger.counts
    return (
        f"{ledger.articles} articles ({counts['stored']} new, {counts['updated']} changed, "
        f"{counts['unchanged']} unchanged) from {sum(counts.values())} addresses "
        f"in {seconds:.0f} s"
    )


def _figures(ledger: Ledger, seconds: float) -> list[tuple[str, str]]:
    counts = ledger.counts
    pages = sum(counts.values())
    skipped = pages - ledger.articles - counts["source"] - counts["continuation"]
    return [
        ("pages", f"{pages}  ({pages / max(seconds, 0.1):.1f} a second, {seconds:.0f} s)"),
        (
            "articles",
            (
                f"[green]{counts['stored']} new[/green], "
                f"[yellow]{counts['updated']} changed[/yellow], {counts['unchanged']} unchanged"
            ),
        ),
        ("sources", str(counts["source"])),
        ("skipped", str(skipped)),
    ]

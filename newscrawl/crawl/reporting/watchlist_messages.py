"""At the end of a crawl, start the program that sends the messages of the watchlist."""

from __future__ import annotations

import logging
import subprocess

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from newscrawl.crawl.run.recorder import recorder_of
from newscrawl.system.interpreter import PYTHON
from newscrawl.system.project import watchlist_path

logger = logging.getLogger(__name__)


class WatchlistMessages:
    """Starts `newscrawl watchlist send` if there is a watchlist, and does not wait for it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> WatchlistMessages:
        messages = cls(crawler)
        crawler.signals.connect(messages.spider_closed, signal=signals.spider_closed)
        return messages

    def spider_closed(self, spider: Spider) -> None:
        archive = recorder_of(self.crawler).archive
        if archive is None:
            return
        path = archive.path.resolve()
        if not watchlist_path(path).exists():
            return
        program = "from newscrawl.cli import main; main()"
        try:
            subprocess.Popen(  # noqa: S603 (our own program)
                [*PYTHON, "-c", program, "watchlist", "send", "-d", str(path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            logger.error("the messages of the watchlist were not sent: %s", error)

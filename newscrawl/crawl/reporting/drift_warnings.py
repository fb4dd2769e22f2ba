"""Warnings about changes of the site, at the end of a crawl. They change no exit status."""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
from pathlib import Path

from scrapy import Spider, signals
from scrapy.crawler import Crawler

from newscrawl.archive import Archive
from newscrawl.crawl.run.recorder import recorder_of
from newscrawl.drift import Drift, read_drift
from newscrawl.errors import ArchiveError
from newscrawl.system.parsing_thread import in_thread

logger = logging.getLogger(__name__)


class DriftAlarm:
    """Logs a warning for each change: one for all fields that fell, one for a dead source."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DriftAlarm:
        alarm = cls(crawler)
        crawler.signals.connect(alarm.spider_closed, signal=signals.spider_closed)
        return alarm

    async def spider_closed(self, spider: Spider) -> None:
        recorder = recorder_of(self.crawler)
        if recorder.archive is None:
            return
        try:
            drift = await in_thread(_drift_of, recorder.site, recorder.archive.path)
        except (ArchiveError, sqlite3.Error) as error:
            logger.error("cannot tell whether %s has changed: %s", recorder.site, error)
            return
        for line in drift.events:
            logger.warning("%s has changed: %r", recorder.site, line)
        if drift:
            logger.warning("more about it: newscrawl drift %s", recorder.site)


def _drift_of(site: str, path: Path) -> Drift:
    """Return the changes of *site* by the archive at *path*."""
    with Archive.open_read_only(path) as archive:
        return read_drift(archive.db, site, dt.datetime.now(dt.UTC))

"""`scrapy crawl`: Scrapy's, with all checked first and an exit status that means something."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import traceback
from contextlib import suppress
from typing import Any

from filelock import BaseFileLock
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler

from newscrawl import exit_status as exits
from newscrawl.archive import Archive
from newscrawl.crawl import extraction_pool
from newscrawl.crawl.download.browser.middleware import use_browser
from newscrawl.crawl.reporting.log import is_json, quieten_scrapy
from newscrawl.crawl.reporting.progress import Progress
from newscrawl.crawl.run import storage_process
from newscrawl.crawl.run.recorder import KILLED, Recorder
from newscrawl.crawl.run.run_lock import SiteIsLockedError, lock_site
from newscrawl.crawl.shared.setup import use_shared_frontier
from newscrawl.crawl.usage.setting_values import check_settings
from newscrawl.errors import LayoutError, NewscrawlError, UsageError
from newscrawl.extraction import extractor_identity
from newscrawl.layouts.catalogue import site_named
from newscrawl.layouts.site import Site
from newscrawl.system.project import anchored
from newscrawl.system.worker_process import fork_ahead
from newscrawl.text.urls import without_passwords
from newscrawl.values.gazetteer.place_ids import identify_place


class Command(ScrapyCrawl):
    """Run a spider; end with a status of newscrawl.exit_status."""

    lock: BaseFileLock | None = None

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Take the options; a log of JSON begins with Scrapy's first line."""
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101 (set by Scrapy)
        if is_json(self.settings):
            # Scrapy says its version before anything of ours can write the line, and sets
            # levels again before that.
            logging.getLogger("scrapy.utils.log").disabled = True

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Check the spider, its arguments and the archive, and crawl."""
        try:
            self._check(args, opts)
        except SiteIsLockedError as error:
            self._refuse(error, exits.LOCKED)
        except (UsageError, LayoutError) as error:
            self._refuse(error, exits.USAGE)
        except NewscrawlError as error:
            self._refuse(error, exits.FAILED)
        else:
            assert self.settings is not None  # noqa: S101 (set by Scrapy)
            quieten_scrapy(str(self.settings["LOG_LEVEL"]))
            self._crawl(args[0], opts)

    def _refuse(self, error: NewscrawlError, status: int) -> None:
        print(f"scrapy crawl: {without_passwords(str(error))}", file=sys.stderr)  # noqa: T201 (no log handler says it)
        self.exitcode = status

    def _check(self, args: list[str], opts: argparse.Namespace) -> None:
        """Raise NewscrawlError if the crawl cannot start; hold its site where it can."""
        assert self.crawler_process is not None  # noqa: S101
        assert self.settings is not None  # noqa: S101
        check_settings(self.settings)
        if len(args) != 1:
            raise UsageError("name one spider; `scrapy list` shows them")
        try:
            spider_class = self.crawler_process.spider_loader.load(args[0])
        except KeyError:
            raise UsageError(f"no spider {args[0]!r}; `scrapy list` shows them") from None
        site_held = getattr(spider_class, "site_held", None)
        site = site_held(opts.spargs) if site_held is not None else None
        self._heed(site_named(site) if site else None)
        self._fork_ahead()
        if self.settings["NEWSCRAWL_FRONTIER"]:
            if not hasattr(spider_class, "plan_text"):
                raise UsageError(f"{args[0]} is no spider of ours: it shares no frontier")
            use_shared_frontier(self.settings)
        path = anchored(self.settings["NEWSCRAWL_ARCHIVE"])
        # Opened and closed again: a problem of the file is reported before the first request.
        with Archive(path):
            pass
        if site:
            self.lock = lock_site(path, site)

    def _fork_ahead(self) -> None:
        """Fork the processes that extract and store, before anything is open or requested."""
        assert self.settings is not None  # noqa: S101
        extractor_identity()  # once for all of them
        number = self.settings.getint("NEWSCRAWL_EXTRACTION_PROCESSES")
        if number > 0:
            fork_ahead(storage_process.serve, *[extraction_pool.serve] * number)
        else:
            identify_place("Beirut")  # to read its table takes the event loop 0.1 s

    def _heed(self, site: Site | None) -> None:
        """Apply the settings that a site's declaration demands: browser, certificates."""
        assert self.settings is not None  # noqa: S101
        when = str(self.settings["NEWSCRAWL_BROWSER"]).lower()
        if when == "always" or (when == "declared" and site is not None and site.needs_browser):
            use_browser(self.settings)
        if site is not None and not site.verifies_certificate:
            self.settings.set("DOWNLOAD_VERIFY_CERTIFICATES", False, "cmdline")

    def _crawl(self, name: str, opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None  # noqa: S101
        crawler = self._create_crawler(name)
        self.crawler_process.crawl(crawler, **opts.spargs)
        try:
            self.crawler_process.start()
        except (SystemExit, KeyboardInterrupt) as error:  # of a pipeline, a callback, …
            _fail(crawler, error)
        if self.crawler_process.bootstrap_failed:
            self.exitcode = exits.FAILED
            return
        recorder = crawler.get_extension(Recorder)
        if recorder is None:
            return
        if not recorder.is_closed:
            self._close(crawler, recorder)
        self.exitcode = recorder.status.exit_status

    def _close(self, crawler: Crawler, recorder: Recorder) -> None:
        """Close a crawl that a second Ctrl-C or SystemExit has ended: Scrapy closes nothing."""
        _give_up_tasks()
        recorder.close(KILLED)
        progress = crawler.get_extension(Progress)
        if progress is not None and recorder.archive is not None:
            progress.end()


def _fail(crawler: Crawler, error: BaseException) -> None:
    """End a crawl whose event loop was left by *error*: pages under way are left."""
    recorder = crawler.get_extension(Recorder) if crawler.extensions is not None else None
    if recorder is not None:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        recorder.fail(f"{error!r} was raised in {frame.filename}, line {frame.lineno}")
    _give_up_tasks()
    crawler.crawling = False  # it is not to wait for the page that raised the error
    _stop_reactor()
    if recorder is None:
        raise error


def _stop_reactor() -> None:
    """Stop the reactor that an exception has left: its threads would keep the process alive."""
    from twisted.internet import reactor as installed  # noqa: PLC0415 (Scrapy does it first)

    reactor: Any = installed  # its types are those of a class
    with suppress(RuntimeError):  # it is stopping already
        reactor.stop()
    while reactor.running:
        with suppress(SystemExit, KeyboardInterrupt):  # of the pages that are under way
            reactor.iterate(0)


def _give_up_tasks() -> None:
    """Have asyncio not report each download and page under way as lost."""
    asyncio.get_event_loop().set_exception_handler(lambda _loop, _context: None)

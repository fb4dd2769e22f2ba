"""`scrapy shell`: Scrapy's; it reads files too, and writes nothing to the archive."""

from __future__ import annotations

import argparse
from contextlib import suppress
from typing import Any

from scrapy.commands.shell import Command as ScrapyShell

from newscrawl import exit_status as exits
from newscrawl.crawl.commands.passwords import refuses_passwords
from newscrawl.crawl.download.response import page_from
from newscrawl.errors import ExtractionError
from newscrawl.extraction import extract
from newscrawl.text.normalize_article import normalize_article


class Command(ScrapyShell):
    """Try selectors on a page or a file."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the options; a person at the shell may read files."""
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101 (set by Scrapy)
        handler = self.settings.getdict("DOWNLOAD_HANDLERS_BASE")["file"]
        handlers = self.settings.getdict("DOWNLOAD_HANDLERS") | {"file": handler}
        self.settings.set("DOWNLOAD_HANDLERS", handlers, priority="cmdline")
        self.settings.set("NEWSCRAWL_RECORD", False, priority="cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Open the shell. An address with a password is refused: Scrapy would print it."""
        if refuses_passwords("shell", args):
            self.exitcode = exits.USAGE
        else:
            super().run(args, opts)

    def update_vars(self, vars: dict[str, Any]) -> None:  # noqa: A002  # Scrapy's name
        """Put `article` beside `response`, as the archive would store it; None for no page."""
        super().update_vars(vars)
        response = vars.get("response")
        vars["article"] = None
        if response is not None and response.body:
            with suppress(ExtractionError):
                vars["article"] = normalize_article(extract(page_from(response)))

"""`scrapy shell`: Scrapy's; it reads files too, and writes nothing to the archive."""

from __future__ import annotations

import argparse

from scrapy.commands.shell import Command as ScrapyShell


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

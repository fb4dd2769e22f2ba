"""`scrapy parse`: Scrapy's command, which shows the result of a spider and writes nothing."""

from __future__ import annotations

import argparse
from typing import Any

from scrapy.commands.parse import Command as ScrapyParse

from newscrawl import exit_status as exits
from newscrawl.article import Article
from newscrawl.crawl.commands.passwords import refuses_passwords
from newscrawl.text.normalize_article import normalize_article


class Command(ScrapyParse):
    """Show the items and requests that a spider yields for one page."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the options; the address to parse is the site's for a spider that needs one."""
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101 (set by Scrapy)
        self.settings.set("NEWSCRAWL_RECORD", False, priority="cmdline")
        if args and opts.spider == "site":
            opts.spargs.setdefault("url", args[0])
        if args and opts.spider == "articles":
            opts.spargs.setdefault("urls", args[0])

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Parse the page. An address with a password is refused: Scrapy would log it."""
        if refuses_passwords("parse", args):
            self.exitcode = exits.USAGE
        else:
            super().run(args, opts)

    def add_items(self, lvl: int, new_items: list[Any]) -> None:
        """Add the spider's items, articles as the archive would store them."""
        items = [normalize_article(i) if isinstance(i, Article) else i for i in new_items]
        super().add_items(lvl, items)

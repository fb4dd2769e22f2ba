"""Finds spiders: those in SPIDER_MODULES, and one for each declared site without one there."""

from __future__ import annotations

import sys

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from newscrawl import exit_status as exits
from newscrawl.errors import NewscrawlError
from newscrawl.layouts.catalogue import all_sites, declare_sites
from newscrawl.system.environment import use_environment


class SiteSpiderLoader(SpiderLoader):
    """Makes the spider of a declared site from the spider named `site`."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        base = self._spiders.get("site")
        if base is None:
            return
        modules = settings.getlist("NEWSCRAWL_SITES")
        use_environment()
        declare_sites(modules)  # the setting may have been given with -s
        try:
            sites = all_sites()
        except NewscrawlError as error:
            print(f"newscrawl: {error}", file=sys.stderr)  # noqa: T201 (no log handler says it)
            raise SystemExit(exits.USAGE) from error
        for site in sites:
            members = {"name": site.name, "declared_site": site, "__module__": base.__module__}
            if site.name not in self._spiders:
                self._spiders[site.name] = type(f"SiteSpider_{site.name}", (base,), members)

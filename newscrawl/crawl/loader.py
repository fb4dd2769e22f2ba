"""Finds spiders: those in SPIDER_MODULES, and one for every declared site that has none there."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from newscrawl.errors import NewscrawlError


class SiteSpiderLoader(SpiderLoader):
    """Makes the spider of a declared site from the spider named `site`."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        base = self._spiders.get("site")
        if base is None:
            return
        if find_spec("newscrawl.sites") is None:
            return
        all_sites = import_module("newscrawl.sites").all_sites
        try:
            sites = all_sites(tuple(settings.getlist("NEWSCRAWL_SITES")))
        except (NewscrawlError, ImportError) as error:
            raise SystemExit(f"newscrawl: {error}") from error
        for site in sites:
            if site.name not in self._spiders:
                members = {
                    "name": site.name,
                    "declared_site": site,
                    "__module__": base.__module__,
                }
                self._spiders[site.name] = type(
                    f"{base.__name__}_{site.name}", (base,), members
                )

"""Report of a site's permissions and sources, as JSON.

`python -m newscrawl.crawl.inspect_site URL` makes a few requests through the guards of every
crawl: home page, robots.txt, tdmrep.json, the sources that are declared, named or usual, and
one article. Nothing is stored.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import attrs
from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.utils.project import get_project_settings
from twisted.python.failure import Failure

from newscrawl.crawl.download.failures import outcome_from
from newscrawl.crawl.download.politeness.opt_out_middleware import headers_of
from newscrawl.crawl.download.politeness.quiet_handler import quiet_hours_of
from newscrawl.crawl.download.politeness.robots import RobotsMiddleware
from newscrawl.crawl.download.response import page_from
from newscrawl.crawl.sources.address_shapes import Shapes
from newscrawl.crawl.sources.documents import UnreadableSourceError
from newscrawl.crawl.sources.listings import Listing, parse_listing
from newscrawl.crawl.sources.reading import parse_source
from newscrawl.crawl.sources.survey import GUESSES
from newscrawl.crawl.sources.survey_plan import scope_of
from newscrawl.errors import ExtractionError
from newscrawl.ingest.opt_outs import (
    TDMREP_PATH,
    is_reserved,
    opt_outs_of,
    parse_tdmrep,
    path_and_query,
    tdm_statements,
)
from newscrawl.ingest.usage_statements import page_statements
from newscrawl.layouts.catalogue import site_for
from newscrawl.layouts.site import Site
from newscrawl.outcomes import Statement
from newscrawl.text.urls import clean_url

_READ = [status for status in range(200, 600) if status not in range(300, 400)]
"""The statuses of answers that are reported; redirects are followed."""
MOST_SOURCES = 12
"""Most sources that are inspected."""


class LookSpider(Spider):
    """Inspects one site; `seen` is the result."""

    name = "look"

    def __init__(self, url: str, **_: Any) -> None:
        super().__init__()
        self.url = url
        self.home = ""
        """The address of the home page, after redirects."""
        self.site: Site | None = site_for(url)
        self.delay = self.site.delay if self.site else None
        self.seen: dict[str, Any] = {
            "url": url,
            "site": self.site.name if self.site else None,
            "sources": [],
            "opt_outs": [],
            "statements": [],
        }

    async def start(self) -> AsyncIterator[Any]:
        yield self._request(self.url, self.parse_home, "home")

    def _request(self, url: str, callback: Any, role: str, origin: str = "given") -> Request:
        return Request(
            url,
            callback=callback,
            errback=self.failed,
            cb_kwargs={"role": role, "origin": origin},
            meta={"handle_httpstatus_list": _READ},
            # Where two of them redirect to one address, both are reported.
            dont_filter=True,
        )

    def parse_home(self, response: Response, role: str, origin: str) -> Iterator[Request]:
        """Note the home page and robots.txt; yield requests for the sources they name."""
        self.home = response.url
        self._note_robots(response.url)
        listing = self._listing(response) if response.status == 200 else None
        articles = self._articles(listing, response.url) if listing else []
        self._note(response.url, role, origin, _outcome(response), len(articles))
        self._note_opt_outs(response, "home page")
        yield self._request(
            clean_url(response.url, TDMREP_PATH) or "", self.parse_tdm, "tdmrep"
        )
        for url, its_role, its_origin in self._sources(response.url, listing):
            yield self._request(url, self.parse_source, its_role, its_origin)
        for url in articles[:1]:
            yield self._request(url, self.parse_article, "article")

    def parse_source(self, response: Response, role: str, origin: str) -> None:
        """Note a feed, sitemap or section, and how much it names."""
        found: int | None = None
        if response.status == 200:
            found = self._count(response, role)
        is_other = response.status == 200 and found is None
        outcome = f"{_outcome(response)}, but no {role}" if is_other else _outcome(response)
        self._note(response.url, role, origin, outcome, found)

    def parse_tdm(self, response: Response, role: str, origin: str) -> None:
        """Note the rules of tdmrep.json."""
        rules = parse_tdmrep(response.body) if response.status == 200 else None
        self.seen["tdmrep"] = None if rules is None else [rule.as_json() for rule in rules]
        self._note_statements(response.url, tdm_statements(rules or ()))
        if rules and is_reserved(urlsplit(self.url).path or "/", rules):
            self.seen["opt_outs"].append(
                {"page": "home page", "opt_outs": ["tdm (tdmrep.json)"]}
            )

    def parse_article(self, response: Response, role: str, origin: str) -> None:
        """Note the opt-outs of one article."""
        if response.status == 200:
            self._note_opt_outs(response, response.url)

    def failed(self, failure: Failure) -> None:
        """Note a request that brought no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        outcome, reason = outcome_from(failure.value or RuntimeError(), request.url)
        role, origin = request.cb_kwargs["role"], request.cb_kwargs["origin"]
        if role == "home":
            self._note_robots(request.url)
        if role not in {"article", "tdmrep"}:
            self._note(request.url, role, origin, f"{outcome}: {reason}"[:200], None)

    def _note(self, url: str, role: str, origin: str, outcome: str, found: int | None) -> None:
        row = {"url": url, "role": role, "origin": origin, "outcome": outcome, "found": found}
        self.seen["sources"].append(row)

    def _note_robots(self, url: str) -> None:
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        self.seen["robots"] = robots.summary_of(url) if robots is not None else None
        if robots is not None:
            self._note_statements(url, robots.statements_of(url).statements)

    def _note_opt_outs(self, response: Response, page: str) -> None:
        shown, headers = page_from(response), headers_of(response)
        self._note_statements(response.url, page_statements(shown, headers))
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        path = path_and_query(response.url)
        stated = robots.statements_of(response.url).opt_outs_for(path) if robots else {}
        found = opt_outs_of(shown, headers, robots=stated)
        if found:
            self.seen["opt_outs"].append({"page": page, "opt_outs": list(found)})

    def _note_statements(self, url: str, statements: Iterable[Statement]) -> None:
        noted = self.seen["statements"]
        for one in statements:
            row = attrs.asdict(one)
            if not any(row.items() <= known.items() for known in noted):
                noted.append(row | {"url": url})

    def _listing(self, response: Response) -> Listing | None:
        try:
            return parse_listing(page_from(response))
        except ExtractionError:
            return None

    def _articles(self, listing: Listing, url: str) -> list[str]:
        """Return the links on the page *url* that seem to be articles of the site."""
        shapes = Shapes(self.site.is_article_url if self.site else None)
        scope = scope_of((self.url, self.home or url), self.site.hosts if self.site else ())
        links = [link for link in listing.links if scope.includes(link.url)]
        for link in links:
            shapes.note_link(link)
        return [link.url for link in links if shapes.is_likely_article(link)]

    def _sources(self, home: str, listing: Listing | None) -> list[tuple[str, str, str]]:
        """Return the address, role and origin of each source to inspect."""
        found = _declared(self.site) if self.site else {}
        for url in self.seen["robots"]["sitemaps"] if self.seen["robots"] else ():
            found.setdefault(url, ("sitemap", "robots.txt"))
        for url in listing.feeds if listing else ():
            found.setdefault(url, ("feed", "home page"))
        found = found or _guessed(home)
        return [(url, *what) for url, what in list(found.items())[:MOST_SOURCES]]

    def _count(self, response: Response, role: str) -> int | None:
        if role in {"feed", "sitemap"}:
            kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
            try:
                return len(parse_source(response.body, response.url, kind).entries)
            except UnreadableSourceError:
                return None
        listing = self._listing(response)
        return None if listing is None else len(self._articles(listing, response.url))


def _declared(site: Site) -> dict[str, tuple[str, str]]:
    """Return the role and origin of each source that *site* declares."""
    sources = site.sources
    by_role = {"feed": sources.feeds, "sitemap": sources.sitemaps, "section": sources.sections}
    return {url: (role, "declared") for role, urls in by_role.items() for url in urls}


def _guessed(home: str) -> dict[str, tuple[str, str]]:
    """Return the role and origin of usual addresses of sources."""
    guesses = filter(None, (clean_url(home, guess) for guess in GUESSES))
    return {url: ("sitemap" if "sitemap" in url else "feed", "guessed") for url in guesses}


def _outcome(response: Response) -> str:
    return f"HTTP {response.status}"


def look_at(url: str) -> dict[str, Any]:
    """Look at the site at *url*; a reactor runs once in a process."""
    settings = get_project_settings()
    quiet = {"NEWSCRAWL_RECORD": False, "NEWSCRAWL_EVIDENCE": "none", "LOG_LEVEL": "ERROR"}
    settings.setdict(quiet, priority="cmdline")
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(LookSpider)
    process.crawl(crawler, url=url)
    process.start()
    if not isinstance(crawler.spider, LookSpider):
        raise SystemExit(1)
    seen = crawler.spider.seen
    hours = quiet_hours_of(crawler.spider.site, settings["NEWSCRAWL_QUIET_HOURS"] or "")
    seen["quiet_hours"] = [str(one) for one in hours]
    seen["user_agent"] = settings["USER_AGENT"]
    seen["obeyed"] = settings.getlist("NEWSCRAWL_OBEY_OPT_OUTS")
    return seen


if __name__ == "__main__":
    json.dump(look_at(sys.argv[1]), sys.stdout)

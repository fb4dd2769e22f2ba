"""Opt-outs from machine use of pages (tdmrep.json, headers, meta), obeyed by setting."""

from __future__ import annotations

import datetime as dt
from asyncio import Future, get_running_loop

import attrs
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.archive.crawl_state.reservations import read_reservations
from newscrawl.crawl.download.exchanges import header_pairs
from newscrawl.crawl.download.failures import Refused, outcome_from
from newscrawl.crawl.download.politeness.robots import RobotsMiddleware
from newscrawl.crawl.download.redirects import record_redirects
from newscrawl.crawl.download.response import (
    OPT_OUTS,
    STATEMENTS,
    observation_from,
    unanswered,
)
from newscrawl.crawl.frontier.request_meta import target_of
from newscrawl.crawl.run.answered import REQUISITE
from newscrawl.crawl.run.recorder import recorder_of
from newscrawl.ingest.opt_outs import (
    TDMREP_PATH,
    TdmRule,
    is_reserved,
    opt_outs_of,
    parse_tdmrep,
    refusal,
    tdm_statements,
)
from newscrawl.ingest.usage_statements import page_statements
from newscrawl.outcomes import Outcome, Problem
from newscrawl.page import Page

_RESERVED = "newscrawl_reserved"
_ROBOTS = "newscrawl_robots_opt_outs"
NAME = "tdmrep.json"
KEPT_FOR = dt.timedelta(days=1)
"""The age up to which a stored tdmrep.json is used without a request."""


class OptOutMiddleware:
    """Request the tdmrep.json of each host before its first article, once a day."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.obeyed = frozenset(crawler.settings.getlist("NEWSCRAWL_OBEY_OPT_OUTS"))
        self._rules: dict[str, Future[tuple[TdmRule, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OptOutMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Refused if the site reserves the page, and that is obeyed."""
        target = target_of(request)
        if target is None or target.role not in {"article", REQUISITE}:
            return
        parts = urlparse_cached(request)
        rules = await self._rules_of(f"{parts.scheme}://{parts.netloc}")
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        request.meta[_RESERVED] = is_reserved(path, rules)
        if request.meta[_RESERVED] and "tdm" in self.obeyed:
            raise Refused(Outcome.OPTED_OUT, f"tdm ({NAME})")
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        stated = robots.statements_of(request.url).opt_outs_for(path) if robots else {}
        request.meta[_ROBOTS] = stated
        refused = next((word for word in stated if word in self.obeyed), None)
        if refused is not None:
            raise Refused(Outcome.OPTED_OUT, f"{refused} ({stated[refused]})")

    async def _rules_of(self, origin: str) -> tuple[TdmRule, ...]:
        if origin not in self._rules:
            self._rules[origin] = get_running_loop().create_future()
            rules: tuple[TdmRule, ...] = ()
            try:
                known = self._known_rules(origin)
                rules = await self._fetch(origin) if known is None else known
            finally:
                self._rules[origin].set_result(rules)
        return await self._rules[origin]

    def _known_rules(self, origin: str) -> tuple[TdmRule, ...] | None:
        archive = recorder_of(self.crawler).archive
        since = dt.datetime.now(dt.UTC) - KEPT_FOR
        body = read_reservations(archive, origin, since) if archive is not None else None
        return parse_tdmrep(body) if body is not None else None

    async def _fetch(self, origin: str) -> tuple[TdmRule, ...]:
        """Request the tdmrep.json of *origin*; the answer is stored, also if there is none."""
        url, recorder = f"{origin}{TDMREP_PATH}", recorder_of(self.crawler)
        meta = {"allow_offsite": True, "dont_retry": True}
        request = Request(url, priority=1000, callback=NO_CALLBACK, meta=meta)
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            outcome, reason = outcome_from(error, url)
            recorder.record("", unanswered(url, outcome, f"{NAME}: {reason}"[:300]))
            return ()
        record_redirects(recorder, response)
        found = parse_tdmrep(response.body) if response.status == 200 else None
        rules = found or ()
        seen = observation_from(response, *_outcome_of(response, found), kind=NAME)
        recorder.record("", attrs.evolve(seen, statements=tdm_statements(rules)))
        if response.status < 500:
            await recorder.write_reservations(origin, [rule.as_json() for rule in rules])
        return rules


def _outcome_of(response: Response, rules: tuple[TdmRule, ...] | None) -> Problem:
    if response.status != 200:
        return Outcome.HTTP_ERROR, f"{NAME}: HTTP {response.status}"
    return (Outcome.SOURCE, NAME) if rules is not None else (Outcome.PARSE_ERROR, f"no {NAME}")


def refused_by(response: Response, page: Page, obeyed: frozenset[str]) -> str | None:
    """Note the opt-outs of *page* for its observation; return one that is *obeyed*, if any."""
    meta = response.request.meta if response.request is not None else {}
    headers = headers_of(response)
    statements = page_statements(page, headers)
    found = opt_outs_of(
        page,
        headers,
        statements=statements,
        is_reserved=meta.get(_RESERVED, False),
        robots=meta.get(_ROBOTS, {}),
    )
    meta[OPT_OUTS], meta[STATEMENTS] = found, statements
    return refusal(found, obeyed)


def headers_of(response: Response) -> list[tuple[str, str]]:
    """Return every header of *response*, one that is sent twice twice."""
    return list(header_pairs(response.headers))

"""`scrapy crawl site -a url=…`: any news site; also what declared sites are crawled by."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, ClassVar

from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from newscrawl.archive.history import count_articles, history_of
from newscrawl.article import Article
from newscrawl.crawl.arguments import Arguments
from newscrawl.crawl.ledger import ARTICLE_OUTCOMES, NOT_REQUESTED, address_settled
from newscrawl.crawl.response import observation_from, page_from
from newscrawl.crawl.revisits import SMALL_SITE, is_due
from newscrawl.crawl.robots import RobotsMiddleware
from newscrawl.crawl.targets import meta_for, target_of
from newscrawl.errors import ExtractionError, UsageError
from newscrawl.extraction import extract
from newscrawl.observation import Observation
from newscrawl.site import Site
from newscrawl.sites import site_for
from newscrawl.sources.asking import Ask, Plan, Role
from newscrawl.sources.feeds import parse_feed
from newscrawl.sources.listings import parse_listing
from newscrawl.sources.scope import scope_of
from newscrawl.sources.sitemaps import parse_sitemap
from newscrawl.sources.survey import Survey
from newscrawl.urls import site_name
from spiders.base import NewsSpider, page_problem

_PAGES = frozenset({"home", "section", "page"})
"""The roles of sources that are pages."""


class SiteSpider(NewsSpider):
    """Finds a site's articles by its feeds, sitemaps and section pages."""

    name = "site"
    takes: ClassVar[tuple[str, ...]] = ("url", "sections", "since", "limit", "history")
    declared_site: ClassVar[Site | None] = None

    survey: Survey

    @classmethod
    def checked_arguments(cls, given: dict[str, str]) -> Arguments:
        arguments = super().checked_arguments(given)
        if arguments.url is None and cls.declared_site is None:
            raise UsageError("say which site: -a url=https://news.example/")
        return arguments

    @classmethod
    def site_held(cls, given: dict[str, str]) -> str | None:
        return _site_and_home(cls.declared_site, cls.checked_arguments(given))[1]

    def prepare(self) -> None:
        arguments = self.arguments
        site, self.site_name, home = _site_and_home(self.declared_site, arguments)
        sources = _sources_of(site) if site and not arguments.sections else ()
        self.scope = scope_of((home, *(url for url, _ in sources)), site.hosts if site else ())
        self.delay = site.delay if site else None
        plan = Plan(
            home=home,
            sources=sources,
            article_rule=site.is_article_url if site else None,
            sections=arguments.sections,
            since=arguments.since,
            whole_history=arguments.history == "all",
            max_pages=self.settings.getint("NEWSCRAWL_SECTION_PAGES", 10),
        )
        self.survey = Survey(plan, self.scope)
        self.crawler.signals.connect(self._next_round, signal=signals.spider_idle)
        self.crawler.signals.connect(self._learn, signal=address_settled)

    async def start(self) -> AsyncIterator[Any]:
        for request in self._requests(self.survey.start()):
            yield request

    def is_still_wanted(self, request: Request) -> bool:
        """Whether *request*, made earlier, is worth sending by what is known now."""
        target = target_of(request)
        return target is None or self.survey.is_still_wanted(request.url, target.role)

    def parse_source(self, response: Response) -> Iterator[Request]:
        """Yield the requests that a feed, sitemap or listing page leads to."""
        ticket = self.answered(response)
        assert response.request is not None  # noqa: S101 (set by Scrapy)
        target = target_of(response.request)
        assert target is not None  # noqa: S101 (this callback is of our requests only)
        if target.role == "home" and self.scope and not self.scope.includes(response.url):
            self.scope = scope_of((response.url,), self.scope.hosts)
            self.survey.move_to(response.url, self.scope)
        problem = page_problem(response) if target.role in _PAGES else None
        asks = None if problem else self._asks_of(response, target.role, target.depth)
        if asks is None:
            self.survey.note_failure(response.url, is_unreachable=False)
            outcome = "parse_error" if target.role in _PAGES else "bad_xml"
            observation = observation_from(
                response, *(problem or (outcome, f"no {target.role}"))
            )
            self._note_unread(target.role, observation)
            self.ledger.record(ticket, observation)
            return
        self._record_source(response, ticket, target.role, has_found=bool(asks))
        yield from self._requests(asks)

    def _record_source(
        self, response: Response, ticket: str, role: str, *, has_found: bool
    ) -> None:
        """Record a source that was read, with the lists of links that a page shows."""
        article = None
        if role in _PAGES:
            with suppress(ExtractionError):
                article = extract(page_from(response))
        observation = observation_from(response, "source", role)
        if role == "section" and not has_found and not self.survey.lists_articles(response.url):
            kind = article.page_kind if article is not None else "page"
            reason = f"{kind}: taken for a section, but it lists no articles"
            observation = observation_from(response, "not_article", reason)
        self.ledger.record(ticket, observation, article)

    def source_failed(self, failure: Failure) -> None:
        """Record a source that could not be read."""
        request: Request = failure.request  # type: ignore[attr-defined]
        is_answer = isinstance(failure.value, HttpError)
        self.survey.note_failure(request.url, is_unreachable=not is_answer)
        observation = self.failed(failure)
        target = target_of(request)
        if target is not None:
            self._note_unread(target.role, observation)

    def _note_unread(self, role: str, observation: Observation) -> None:
        """Keep why a page could not be read that the crawl was to begin with."""
        if role == "home" or (role == "section" and self.arguments.sections):
            why = observation.reason or observation.outcome
            self.ledger.unread = f"{observation.url}: {why}"

    def _asks_of(self, response: Response, role: str, depth: int) -> list[Ask] | None:
        """Return what a source leads to; None where it is not what it should be."""
        if role == "feed":
            feed = parse_feed(response.body, response.url)
            return None if feed is None else list(self.survey.read_feed(feed))
        if role == "sitemap":
            sitemap = parse_sitemap(response.body, response.url)
            if sitemap is None:
                return None
            return list(self.survey.read_sitemap(response.url, depth, sitemap))
        try:
            listing = parse_listing(page_from(response))
        except ExtractionError:
            return None
        asks = list(self.survey.read_listing(response.url, role, listing))
        if role == "home":
            asks += self.survey.note_robots_sitemaps(self._robots_sitemaps(response.url))
        return asks

    def _robots_sitemaps(self, url: str) -> tuple[str, ...]:
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        return robots.sitemaps_of(url) if robots is not None else ()

    def _requests(self, asks: Iterable[Ask]) -> Iterator[Request]:
        for ask in asks:
            if ask.role == "article":
                if self._is_due(ask):
                    yield self.request_article(ask.url, ask.priority)
            else:
                # A home page may have moved to another host; feeds and sitemaps stand anywhere.
                elsewhere = {"allow_offsite": ask.role in {"home", "feed", "sitemap"}}
                yield Request(
                    ask.url,
                    callback=self.parse_source,
                    errback=self.source_failed,
                    priority=ask.priority,
                    meta=meta_for(ask.url, ask.role, ask.depth) | elsewhere,
                )

    def _is_due(self, ask: Ask) -> bool:
        """Whether the article is new, or worth another visit."""
        archive, wish = self.ledger.archive, self.settings["NEWSCRAWL_REVISIT"]
        seen = archive.seen(ask.url) if archive is not None and wish != "all" else None
        if archive is None or seen is None:
            return True
        if wish == "due" and (ask.is_shown or self._is_small):
            return True
        history = history_of(archive, seen.article_id) if seen.article_id else None
        is_worth = wish == "due" and is_due(
            seen,
            dt.datetime.now(dt.UTC),
            published=history.published if history else None,
            changed=ask.changed,
            changes=history.changes if history else 0,
        )
        if not is_worth:
            self.ledger.not_due += 1
            self.survey.note_page(ask.url, is_article=history is not None)
        return is_worth

    @cached_property
    def _is_small(self) -> bool:
        """Whether the whole site is looked at in every run."""
        archive = self.ledger.archive
        return archive is not None and count_articles(archive, self.site_name) <= SMALL_SITE

    def _next_round(self) -> None:
        """Ask for more when all that was asked for has been answered."""
        if self.limit is not None and self.ledger.articles >= self.limit:
            return
        requests = list(self._requests(self.survey.next_round()))
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _learn(self, ticket: str, observation: Observation, article: Article | None) -> None:
        """Let the survey know what an address asked for as an article proved to be."""
        outcome, is_page = observation.outcome, ticket.startswith("article:")
        if outcome not in NOT_REQUESTED and (is_page or outcome.startswith("redirect")):
            self.survey.note_request()
        if is_page and outcome in {*ARTICLE_OUTCOMES, "not_article"}:
            published = article.date_published if article is not None else None
            is_article = outcome in ARTICLE_OUTCOMES
            self.survey.note_page(observation.url, is_article=is_article, published=published)


def _site_and_home(declared: Site | None, arguments: Arguments) -> tuple[Site | None, str, str]:
    """Return the declared site, if any, the name it is kept under, and its home page."""
    if arguments.url is None:
        assert declared is not None  # noqa: S101 (checked_arguments saw to it)
        return declared, declared.name, declared.sources.home or f"https://{declared.hosts[0]}/"
    # A spider of one site may be sent to a sister site, which is kept under its own name.
    site = site_for(arguments.url)
    return site, site.name if site else site_name(arguments.url), arguments.url


def _sources_of(site: Site) -> tuple[tuple[str, Role], ...]:
    named: list[tuple[str, Role]] = [(url, "feed") for url in site.sources.feeds]
    named += [(url, "sitemap") for url in site.sources.sitemaps]
    named += [(url, "section") for url in site.sources.sections]
    return tuple(named)

"""`scrapy crawl site -a url=…`: any news site; also what declared sites are crawled by."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, ClassVar

import attrs
from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from newscrawl.archive.history import History, count_articles, first_visit, history_of
from newscrawl.archive.misses import Misses
from newscrawl.archive.sources import SourceStates
from newscrawl.article import Article
from newscrawl.crawl.arguments import Arguments
from newscrawl.crawl.ledger import ARTICLE_OUTCOMES, NOT_REQUESTED, address_settled
from newscrawl.crawl.response import observation_from, page_from
from newscrawl.crawl.revisits import SMALL_SITE, all_articles, due_articles, is_due
from newscrawl.crawl.robots import RobotsMiddleware
from newscrawl.crawl.source_book import SourceBook, look_at
from newscrawl.crawl.targets import Target, meta_of_source, target_of
from newscrawl.errors import ExtractionError, UsageError
from newscrawl.extraction import extract, extractor_identity
from newscrawl.observation import Observation
from newscrawl.site import Site
from newscrawl.sites import site_for
from newscrawl.sources.asking import Ask, Before, Plan, Role
from newscrawl.sources.feeds import parse_feed
from newscrawl.sources.listings import parse_listing
from newscrawl.sources.paging import list_of
from newscrawl.sources.scope import scope_of
from newscrawl.sources.sitemaps import parse_sitemap
from newscrawl.sources.survey import Survey
from newscrawl.urls import site_name
from spiders.base import NewsSpider, page_problem

_PAGES = frozenset({"home", "section", "page"})
"""The roles of sources that are pages."""
LOOK_BACK = 10
"""The priority of known articles that no source names in this run: after all others."""


class SiteSpider(NewsSpider):
    """Finds a site's articles by its feeds, sitemaps and section pages."""

    name = "site"
    takes: ClassVar[tuple[str, ...]] = ("url", "sections", "since", "limit", "history")
    declared_site: ClassVar[Site | None] = None

    survey: Survey
    book: SourceBook

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
        self.home, self._site = home, site
        self._started = dt.datetime.now(dt.UTC)
        self._has_looked_back = False
        self.survey = Survey(plan, self.scope)
        self.crawler.signals.connect(self._next_round, signal=signals.spider_idle)
        self.crawler.signals.connect(self._learn, signal=address_settled)

    async def start(self) -> AsyncIterator[Any]:
        self._open_book()
        for request in self._requests(self.survey.start()):
            yield request

    def _open_book(self) -> None:
        """Read what earlier crawls know of the sources: the archive is open by now."""
        archive = self.ledger.archive
        states = SourceStates(archive, self.site_name) if archive is not None else None
        takes_all = self.settings["NEWSCRAWL_REVISIT"] == "all"
        self.book = SourceBook(states, self._reader(), takes_all=takes_all)
        self.ledger.book = self.book
        lists = frozenset(list_of(url) for url in self.book.urls_read_before())
        self.survey.before = Before(lists=lists, knows=self._knew)

    def _reader(self) -> str:
        """Return a digest of all that decides what is taken from a source."""
        patterns = (
            [pattern.pattern for pattern in self._site.article_urls] if self._site else ()
        )
        parts = (self.plan_text, self.survey.plan.max_pages, *patterns, extractor_identity())
        return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]

    def _knew(self, url: str) -> bool:
        """Whether the article at *url* was asked for by the last crawl to its end, or before.

        What an interrupted crawl has found does not count: it did not see all.
        """
        archive, end = self.ledger.archive, self.book.last_end
        seen = first_visit(archive, url) if archive is not None and end is not None else None
        return seen is not None and end is not None and seen <= end

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
        seen = observation_from(response, "source", target.role)
        is_304 = response.status == 304
        if self.book.is_as_before(target.url, None if is_304 else seen.digest):
            yield from self._go_on_from(target, ticket, seen)
            return
        problem = _problem_of(response, target.role)
        asks = None if problem else self._asks_of(response, target)
        if asks is None:
            outcome = "parse_error" if target.role in _PAGES else "bad_xml"
            self._fail(
                target,
                ticket,
                observation_from(response, *(problem or (outcome, f"no {target.role}"))),
            )
            return
        self._record_source(response, ticket, target.role, has_found=bool(asks))
        yield from self._requests(asks, parent=target.url)
        if target.role == "home":
            yield from self._robots_sitemaps(response.url)

    def _go_on_from(self, target: Target, ticket: str, seen: Observation) -> Iterator[Request]:
        """Yield the requests for the sources that one names which is as it was."""
        found = self.book.found_before(target.url)
        self.book.note_unchanged(look_at(target, seen, found))
        self.survey.note_as_before(target.url, target.role, found=found)
        seen = attrs.evolve(seen, reason=f"{target.role}: as before")
        self.ledger.record(ticket, seen, is_as_before=True)
        yield from self._children_of(target.url, target.depth)
        if target.role == "home":
            yield from self._robots_sitemaps(seen.url)

    def _children_of(self, url: str, depth: int) -> Iterator[Request]:
        """Yield the requests for what *url*, which is as it was, named when it was read."""
        for child in self.book.children_of(url):
            asks = self.survey.ask_again(child.url, child.role, depth + 1, child.stated)
            yield from self._requests(asks, parent=url)

    def _fail(self, target: Target, ticket: str, observation: Observation) -> None:
        """Record a source that was answered and could not be read."""
        self.survey.note_failure(target.url, is_unreachable=False)
        self.book.note_failure(look_at(target, observation))
        self._note_unread(target.role, observation)
        self.ledger.record(ticket, observation)

    def _record_source(
        self, response: Response, ticket: str, role: str, *, has_found: bool
    ) -> None:
        """Record a source that was read, with the lists of links that a page shows."""
        article = None
        if role in _PAGES:
            with suppress(ExtractionError):
                article = extract(page_from(response))
        observation = observation_from(response, "source", role)
        if role == "section" and not has_found and not self.survey.articles_on(response.url):
            kind = article.page_kind if article is not None else "page"
            reason = f"{kind}: taken for a section, but it lists no articles"
            observation = observation_from(response, "not_article", reason)
        self.ledger.record(ticket, observation, article)

    def source_failed(self, failure: Failure) -> None:
        """Record a source that could not be read."""
        request: Request = failure.request  # type: ignore[attr-defined]
        is_answer = isinstance(failure.value, HttpError)
        observation = self.failed(failure)
        target = target_of(request)
        if target is not None:
            self.survey.note_failure(target.url, is_unreachable=not is_answer)
            self._note_unread(target.role, observation)
            if observation.outcome not in NOT_REQUESTED:
                self.book.note_failure(look_at(target, observation))

    def _note_unread(self, role: str, observation: Observation) -> None:
        """Keep why a page could not be read that the crawl was to begin with."""
        if role == "home" or (role == "section" and self.arguments.sections):
            why = observation.reason or observation.outcome
            self.ledger.unread = f"{observation.url}: {why}"

    def _asks_of(self, response: Response, target: Target) -> list[Ask] | None:
        """Return what a source leads to; None where it is not what it should be."""
        asks: list[Ask] = []
        found, is_news = 0, False
        if target.role == "feed":
            feed = parse_feed(response.body, response.url)
            if feed is None:
                return None
            found, asks = len(feed.entries), list(self.survey.read_feed(feed))
        elif target.role == "sitemap":
            sitemap = parse_sitemap(response.body, response.url)
            if sitemap is None:
                return None
            found = len(sitemap.entries)
            is_news = bool(sitemap.entries) and all(entry.is_news for entry in sitemap.entries)
            asks = list(self.survey.read_sitemap(target.url, target.depth, sitemap))
        else:
            try:
                listing = parse_listing(page_from(response))
            except ExtractionError:
                return None
            asks = list(self.survey.read_listing(response.url, target.role, listing))
            found = self.survey.articles_on(response.url)
        seen = observation_from(response, "source", target.role)
        self.book.note_read(look_at(target, seen, found, may_be_empty=is_news))
        return asks

    def _robots_sitemaps(self, url: str) -> Iterator[Request]:
        """Yield the requests for the sitemaps that robots.txt names."""
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if robots is not None:
            yield from self._requests(self.survey.note_robots_sitemaps(robots.sitemaps_of(url)))

    def _requests(self, asks: Iterable[Ask], parent: str | None = None) -> Iterator[Request]:
        now = dt.datetime.now(dt.UTC)
        for ask in asks:
            if ask.role == "article":
                if self._is_due(ask):
                    yield self.request_article(ask.url, ask.priority)
            elif self.book.need_not_ask(ask.url, ask.role, ask.stated, now):
                yield from self._pass_over(ask)
            else:
                yield self._request_source(ask, parent)

    def _request_source(self, ask: Ask, parent: str | None) -> Request:
        conditions = self.book.conditions_for(ask.url)
        meta = meta_of_source(ask, self.home if ask.role == "section" else parent)
        return Request(
            ask.url,
            callback=self.parse_source,
            errback=self.source_failed,
            priority=ask.priority,
            headers=conditions,
            meta=meta | ({"handle_httpstatus_list": [304]} if conditions else {}),
        )

    def _pass_over(self, ask: Ask) -> Iterator[Request]:
        """Yield what a source leads to that is not asked now."""
        self.book.note_passed_over(ask.url)
        if self.book.read_before(ask.url) is None:
            self.survey.note_failure(ask.url, is_unreachable=False)
            return
        found = self.book.found_before(ask.url)
        self.survey.note_as_before(ask.url, ask.role, found=found)
        yield from self._children_of(ask.url, ask.depth)

    def _is_due(self, ask: Ask) -> bool:
        """Whether the article is new, or worth another visit."""
        archive, wish = self.ledger.archive, self.settings["NEWSCRAWL_REVISIT"]
        seen = archive.seen(ask.url) if archive is not None and wish != "all" else None
        if archive is None or seen is None:
            return True
        if wish == "due" and self._is_small:
            return True
        history = history_of(archive, seen.article_id) if seen.article_id else None
        is_worth = wish == "due" and is_due(
            seen,
            dt.datetime.now(dt.UTC),
            history=history or History(published=None, changes=0),
            changed=ask.changed,
            is_shown=ask.is_shown,
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
        requests: list[Request] = []
        while not requests and (asks := self.survey.next_round()):
            requests = list(self._requests(asks))
        if not requests and not self._has_looked_back:
            self._has_looked_back = True
            requests = [self.request_article(url, LOOK_BACK) for url in self._looked_back()]
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _looked_back(self) -> list[str]:
        """Return the known articles to look at again that no source named in this run."""
        archive, wish = self.ledger.archive, self.settings["NEWSCRAWL_REVISIT"]
        is_known_site = archive is not None and not self.arguments.sections
        if archive is None or not is_known_site or wish == "none" or self.book.is_home_lost:
            return []
        most = self.settings.getint("NEWSCRAWL_REVISITS")
        if self.limit is not None:
            most = min(most, self.limit - self.ledger.articles)
        now = dt.datetime.now(dt.UTC)
        if wish == "all" or (self._is_small and self.arguments.since is None):
            return list(all_articles(archive, self.site_name, self._started))
        missed = Misses(archive, self.site_name).due(now, most)
        since = self.arguments.since
        return missed + due_articles(archive, self.site_name, now, most - len(missed), since)

    def _learn(self, ticket: str, observation: Observation, article: Article | None) -> None:
        """Let the survey know what an address asked for as an article proved to be."""
        outcome, is_page = observation.outcome, ticket.startswith("article:")
        if outcome not in NOT_REQUESTED and (is_page or outcome.startswith("redirect")):
            self.survey.note_request()
        if is_page and outcome in {*ARTICLE_OUTCOMES, "not_article"}:
            published = article.date_published if article is not None else None
            is_article = outcome in ARTICLE_OUTCOMES
            self.survey.note_page(observation.url, is_article=is_article, published=published)


def _problem_of(response: Response, role: str) -> tuple[str, str] | None:
    """Return outcome and reason where *response* is no source at all."""
    if response.status == 304:
        return "http_error", "HTTP 304 unasked"
    return page_problem(response) if role in _PAGES else None


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

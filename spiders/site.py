"""`scrapy crawl site -a url=…`: any news site; the base of the crawls of declared sites."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Iterator
from functools import cached_property
from itertools import chain, islice
from typing import Any, ClassVar

from scrapy import Request, signals
from scrapy.exceptions import DontCloseSpider
from scrapy.utils.defer import deferred_from_coro

from newscrawl.archive.crawl_state.change_history import (
    History,
    count_articles,
    first_visit,
    history_of,
    new_by_day,
)
from newscrawl.archive.crawl_state.misses import Misses
from newscrawl.archive.crawl_state.source_states import SourceStates
from newscrawl.archive.read.addresses import alternative_address, left_addresses
from newscrawl.archive.read.articles import Seen
from newscrawl.article import Article
from newscrawl.crawl.download.response import unanswered
from newscrawl.crawl.frontier.new_article_quota import room_for_new
from newscrawl.crawl.frontier.peers import settled_elsewhere
from newscrawl.crawl.frontier.request_meta import of_the_site, request_key_for, target_of
from newscrawl.crawl.frontier.revisit_policy import (
    SMALL_SITE,
    all_articles,
    due_articles,
    is_due,
)
from newscrawl.crawl.frontier.source_book import SourceBook
from newscrawl.crawl.run.recorder import address_settled
from newscrawl.crawl.sources.paging import list_of
from newscrawl.crawl.sources.survey import Survey
from newscrawl.crawl.sources.survey_plan import Before, Role, SurveyPlan, Wanted, scope_of
from newscrawl.crawl.usage.arguments import Arguments
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.extraction import extractor_identity
from newscrawl.layouts.catalogue import site_for
from newscrawl.layouts.site import Site
from newscrawl.outcomes import ARTICLE_OUTCOMES, NOT_REQUESTED, Observation, Outcome
from newscrawl.text.urls import host_of, site_name
from spiders.sources import SourceSpider

_FED_AT_ONCE = 10
LOOK_BACK = 10
"""The priority of known articles that no source names in this run: after all others."""


class SiteSpider(SourceSpider):
    """Finds a site's articles by its feeds, sitemaps and section pages."""

    name = "site"
    takes: ClassVar[tuple[str, ...]] = ("url", "sections", "since", "limit", "history")
    declared_site: ClassVar[Site | None] = None

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
        plan = SurveyPlan(
            home=home,
            sources=sources,
            article_rule=site.is_article_url if site else None,
            sections=arguments.sections,
            since=arguments.since,
            whole_history=arguments.history == "all",
            max_pages=self.settings.getint("NEWSCRAWL_SECTION_PAGES"),
        )
        self.home, self._site = home, site
        self._started = dt.datetime.now(dt.UTC)
        self._has_looked_back = False
        self._to_come: Iterator[Request] = iter(())
        self._is_feeding = False
        self.survey = Survey(plan, self.scope)
        self.crawler.signals.connect(self._next_round, signal=signals.spider_idle)
        self.crawler.signals.connect(self._learn, signal=address_settled)
        self.crawler.signals.connect(self._learn_elsewhere, signal=settled_elsewhere)

    @property
    def most_new(self) -> int | None:
        """Most new articles of this run; None in a crawl of the site's history."""
        archive, arguments = self.recorder.archive, self.arguments
        if archive is None or arguments.since or arguments.history == "all":
            return None
        return room_for_new(new_by_day(archive, self.site_name), dt.datetime.now(dt.UTC).date())

    async def start(self) -> AsyncIterator[Any]:
        if not await self.recorder.peers.wait_to_lead():
            return
        self._open_book()
        for request in self.requests_for(self.survey.start()):
            yield request

    def _open_book(self) -> None:
        """Read the states of the sources from earlier crawls: the archive is open by now."""
        archive = self.recorder.archive
        states = SourceStates(archive, self.site_name) if archive is not None else None
        takes_all = self.settings["NEWSCRAWL_REVISIT"] == "all"
        self.book = SourceBook(states, self._reader(), takes_all=takes_all)
        self.recorder.book = self.book
        lists = frozenset(list_of(url) for url in self.book.urls_read_before())
        self.survey.before = Before(lists=lists, knows=self._knew)

    def _reader(self) -> str:
        """Return a digest of all that decides which links are taken from a source."""
        patterns = (
            [pattern.pattern for pattern in self._site.article_urls] if self._site else ()
        )
        parts = (self.plan_text, self.survey.plan.max_pages, *patterns, extractor_identity())
        return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]

    def _knew(self, url: str) -> bool:
        """Return whether the last crawl that came to its end knew the article at *url*.

        Articles found by an interrupted crawl do not count: it did not see all.
        """
        archive, end = self.recorder.archive, self.book.last_end
        if end is not None and end > self._started:
            return False  # the clock was ahead then
        seen = first_visit(archive, url) if archive is not None and end is not None else None
        return seen is not None and end is not None and seen <= end

    def is_still_wanted(self, request: Request) -> bool:
        """Return whether *request*, made earlier, is still worth sending."""
        target = target_of(request)
        return target is None or self.survey.is_still_wanted(request.url, target.role)

    def note_passed_over(self, request: Request) -> None:
        """Note that the article of *request* was found, but is not requested."""
        self.survey.note_passed_over(request.url)

    def decide_visit(self, one: Wanted) -> bool:
        """Return whether an article is new or worth another visit, and note if it is not."""
        wish = self.settings["NEWSCRAWL_REVISIT"]
        address = self.address_of(one.url)
        seen, history = self._known_of(address) if wish != "all" else (None, None)
        if one.is_elsewhere and history is not None:
            self.survey.redirectors.note(one.url, leads_here=True)
        if seen is None:
            return True
        if wish == "due" and self._is_small:
            return True
        is_worth = wish == "due" and is_due(
            seen,
            dt.datetime.now(dt.UTC),
            history=history or History(published=None, changes=0),
            changed=one.changed,
            is_shown=one.is_shown,
        )
        if not is_worth:
            self.survey.note_not_due(one, is_article=history is not None)
        self.recorder.status.not_due = self.survey.not_due
        return is_worth

    def _known_of(self, url: str) -> tuple[Seen | None, History | None]:
        """Return the last visit to an address by any worker, and its article's history."""
        archive = self.recorder.archive
        seen = archive.seen(url) if archive is not None else None
        elsewhere = self.recorder.peers.seen(request_key_for(url, "article"))
        if elsewhere is not None and (
            seen is None or elsewhere[0].fetched_at > seen.fetched_at
        ):
            return elsewhere
        if archive is None or seen is None or seen.article_id is None:
            return seen, None
        return seen, history_of(archive, seen.article_id)

    @cached_property
    def _is_small(self) -> bool:
        """Return whether the site is so small that every run visits all of it."""
        archive, others = self.recorder.archive, self.recorder.peers
        if archive is None:
            return False
        return max(count_articles(archive, self.site_name), others.known) <= SMALL_SITE

    def _next_round(self) -> None:
        """Request more when all requests have been answered."""
        if self.limit is not None and self.recorder.found >= self.limit:
            return
        if not self._is_feeding:
            if not self.recorder.peers.leads:
                return
            self._to_come = self._requests_of_next_round()
            first = next(self._to_come, None)
            if first is None:
                return
            self._is_feeding = True
            self.crawler.engine.crawl(first)
            deferred_from_coro(self._feed())
        raise DontCloseSpider

    def _requests_of_next_round(self) -> Iterator[Request]:
        """Yield the requests of the next round that has any."""
        while (first := next(wanted := self.survey.next_round(), None)) is not None:
            requests = self.requests_for(chain((first,), wanted))
            if (request := next(requests, None)) is not None:
                yield from chain((request,), requests)
                return
        if not self._has_looked_back:
            yield from self._begin_look_back()

    async def _feed(self) -> None:
        """Hand the requests of a round to the engine, some at a time.

        A sitemap may name 50,000 articles: meanwhile the event loop serves the others.
        """
        try:
            while requests := list(islice(self._to_come, _FED_AT_ONCE)):
                for request in requests:
                    self.crawler.engine.crawl(request)
                await asyncio.sleep(0)
        except NewscrawlError as error:
            self.recorder.stop(error)
        finally:
            self._is_feeding = False

    def requests_to_come(self) -> Iterator[Request]:
        """Return the requests that the engine has not been given yet.

        They are those of this round, and for all that sitemaps name, which is chosen from when
        all sitemaps are read.
        """
        return chain(self._to_come, self.requests_for(self.survey.named_by_sitemaps()))

    def _begin_look_back(self) -> list[Request]:
        """Note that no source names anything more; return the requests for known articles."""
        self._has_looked_back = True
        self._record_links_elsewhere()
        requests = [one for url in self._looked_back() for one in self._requests_again(url)]
        requests += [self.request_article(url, LOOK_BACK) for url in self._left()]
        self.survey.note_owed(one.url for one in requests)
        return requests

    def _requests_again(self, url: str) -> Iterator[Request]:
        """Yield a request for a known article, and one at another address if that fails."""
        archive = self.recorder.archive
        other = alternative_address(archive.db, url) if archive is not None else None
        for address in filter(None, (url, other)):
            request = self.request_article(address, LOOK_BACK, page=url)
            yield of_the_site(request, self.scope)

    def _record_links_elsewhere(self) -> None:
        """Record the links of feeds to other sites, each once."""
        archive = self.recorder.archive
        for url in self.survey.redirectors.left():
            if archive is not None and archive.seen(url) is None:
                why = f"a feed links to it, and {host_of(url)} is another site"
                self.recorder.record("", unanswered(url, Outcome.OFFSITE, why))

    def _looked_back(self) -> list[str]:
        """Return addresses that gave nothing before, and known articles to visit again."""
        archive, wish = self.recorder.archive, self.settings["NEWSCRAWL_REVISIT"]
        if archive is None or self.arguments.sections or self.book.is_home_lost:
            return []
        most = self.settings.getint("NEWSCRAWL_REVISITS")
        if self.limit is not None:
            most = min(most, self.limit - self.recorder.found)
        now = dt.datetime.now(dt.UTC)
        missed = Misses(archive, self.site_name).due(now, most)
        if wish == "none":
            return missed
        if wish == "all" or (self._is_small and self.arguments.since is None):
            return [*missed, *all_articles(archive, self.site_name, self._started)]
        since = self.arguments.since
        return missed + due_articles(archive, self.site_name, now, most - len(missed), since)

    def _left(self) -> list[str]:
        """Return addresses of articles that were found at another one: have they moved?"""
        archive = self.recorder.archive
        if archive is None or self.settings["NEWSCRAWL_REVISIT"] == "none":
            return []
        most = self.settings.getint("NEWSCRAWL_REVISITS")
        return left_addresses(archive.db, self.site_name, self._started, most)

    def _learn(
        self, request_key: str, observation: Observation, article: Article | None
    ) -> None:
        """Pass the result of a request for an article on to the survey."""
        outcome, is_page = observation.outcome, request_key.startswith("article:")
        if is_page and self.scope is not None:
            asked = request_key.removeprefix("article:")
            leads_here = outcome not in NOT_REQUESTED and self.scope.includes(observation.url)
            self.survey.redirectors.note(asked, leads_here=leads_here)
        if outcome not in NOT_REQUESTED and (
            is_page or outcome in {Outcome.REDIRECT, Outcome.REDIRECT_LOOP}
        ):
            self.survey.note_request()
        if is_page and outcome in {*ARTICLE_OUTCOMES, Outcome.NOT_ARTICLE}:
            published = article.date_published if article is not None else None
            is_article = outcome in ARTICLE_OUTCOMES
            self.survey.note_page(observation.url, is_article=is_article, published=published)

    def _learn_elsewhere(self, url: str, outcome: str, published: dt.date | None) -> None:
        """Pass the result of another worker at an address on to the survey."""
        if outcome in {*ARTICLE_OUTCOMES, Outcome.NOT_ARTICLE}:
            self.survey.note_request()
            is_article = outcome in ARTICLE_OUTCOMES
            self.survey.note_page(url, is_article=is_article, published=published)


def _site_and_home(declared: Site | None, arguments: Arguments) -> tuple[Site | None, str, str]:
    """Return the declared site, if any, the site's name, and its home page."""
    if arguments.url is None:
        assert declared is not None  # noqa: S101 (checked_arguments saw to it)
        return declared, declared.name, declared.sources.home or f"https://{declared.hosts[0]}/"
    # A spider of one site may be sent to a sister site, which has its own name.
    site = site_for(arguments.url)
    return site, site.name if site else site_name(arguments.url), arguments.url


def _sources_of(site: Site) -> tuple[tuple[str, Role], ...]:
    named: list[tuple[str, Role]] = [(url, "feed") for url in site.sources.feeds]
    named += [(url, "sitemap") for url in site.sources.sitemaps]
    named += [(url, "section") for url in site.sources.sections]
    return tuple(named)

"""Sources in a crawl: fetched only if changed, and read for the addresses that they name."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Iterator

import attrs
from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from newscrawl.archive.read.addresses import source_to_request
from newscrawl.article import Article
from newscrawl.crawl.download.politeness.robots import RobotsMiddleware
from newscrawl.crawl.download.response import content_type_of, observation_from, page_from
from newscrawl.crawl.frontier.request_meta import Target, meta_of_source, of_the_site, target_of
from newscrawl.crawl.frontier.revisit_policy import TRUSTED
from newscrawl.crawl.frontier.source_book import SourceBook, look_at
from newscrawl.crawl.sources.documents import UnreadableSourceError
from newscrawl.crawl.sources.feeds import MAX_ENTRIES, Feed
from newscrawl.crawl.sources.listings import parse_listing
from newscrawl.crawl.sources.reading import parse_source
from newscrawl.crawl.sources.survey import Survey
from newscrawl.crawl.sources.survey_plan import Wanted, scope_of
from newscrawl.errors import ExtractionError
from newscrawl.ingest.acceptance import kind_of, transfer_problem
from newscrawl.outcomes import NOT_REQUESTED, Observation, Outcome, Problem
from newscrawl.system.parsing_thread import in_thread
from newscrawl.text.urls import is_home_page, origin_of, url_path_key
from spiders.base import NewsSpider, page_problem


class SourceSpider(NewsSpider):
    """Base of the spider that finds articles by a site's feeds, sitemaps and section pages."""

    home: str
    survey: Survey
    book: SourceBook

    def decide_visit(self, one: Wanted) -> bool:
        """Return whether an article is new or worth another visit, and note if it is not."""
        raise NotImplementedError

    async def parse_source(self, response: Response) -> AsyncIterator[Request]:
        """Yield the requests that a feed, sitemap or listing page leads to."""
        self.answered(response)
        assert response.request is not None  # noqa: S101 (set by Scrapy)
        target = target_of(response.request)
        assert target is not None  # noqa: S101 (this callback is of our requests only)
        for request in await self._requests_from(response, target):
            yield request

    async def _requests_from(self, response: Response, target: Target) -> Iterable[Request]:
        """Record a source; return the requests that it leads to."""
        if target.role == "home" and not self._note_home(response.url):
            elsewhere = f"the home page redirects to {response.url}, a page of another site"
            self._fail(target, observation_from(response, Outcome.OFFSITE, elsewhere))
            return ()
        seen = observation_from(response, Outcome.SOURCE, target.role, kind=target.role)
        is_304 = response.status == 304
        if self.book.is_as_before(target.url, None if is_304 else seen.digest):
            return self._go_on_from(target, seen)
        wanted = await self._wanted_by(response, target)
        if isinstance(wanted, tuple):
            self._fail(target, observation_from(response, *wanted))
            return ()
        requests = list(self.requests_for(wanted, parent=target.url))
        if target.role == "home":
            requests += self._robots_sitemaps(response.url)
        self._record_source(response, target, wanted, requests)
        return requests

    def _note_home(self, url: str) -> bool:
        """Note the home page's address, which defines the site; return whether it does.

        A paper whose home page leads to some page of another host (a profile on a platform) has
        not moved there.
        """
        if self.scope is not None and not self.scope.includes(url):
            if not (is_home_page(url) or url_path_key(url) == url_path_key(self.home)):
                return False
            self.scope = scope_of((url,), self.scope.hosts)
        if self.scope is not None and origin_of(url) != origin_of(self.survey.plan.home):
            self.survey.move_to(url, self.scope)
        return True

    def _go_on_from(self, target: Target, seen: Observation) -> Iterator[Request]:
        """Yield the requests for the sources that one names which is as it was."""
        found = self.book.found_before(target.url)
        self.book.note_unchanged(look_at(target, seen, found))
        self.survey.note_as_before(target.url, target.role, found=found)
        seen = attrs.evolve(seen, reason=f"{target.role}: as before")
        self.recorder.record(target.request_key, seen, is_as_before=True)
        yield from self._children_of(target.url, target.depth)
        if target.role == "home":
            yield from self._robots_sitemaps(seen.url)

    def _children_of(self, url: str, depth: int) -> Iterator[Request]:
        """Yield requests for the sources that *url*, which has not changed, named when read."""
        for child in self.book.children_of(url):
            wanted = self.survey.want_again(child.url, child.role, depth + 1, child.stated)
            yield from self.requests_for(wanted, parent=url)

    def _fail(self, target: Target, observation: Observation) -> None:
        """Record a source that was answered and could not be read."""
        self.survey.note_failure(target.url, is_unreachable=False)
        self.book.note_failure(look_at(target, observation))
        self._note_unread(target.role, observation)
        self.recorder.record(target.request_key, observation)

    def _record_source(
        self,
        response: Response,
        target: Target,
        wanted: list[Wanted],
        requests: list[Request],
    ) -> None:
        """Record a source that was read, with its lists of links and their requests."""
        found = self.extract(response) if target.is_listing else None
        article = found if isinstance(found, Article) else None
        observation = observation_from(response, Outcome.SOURCE, target.role, kind=target.role)
        is_section = target.role == "section"
        if is_section and not wanted and not self.survey.articles_on(response.url):
            page_kind = article.page_kind if article is not None else "page"
            reason = f"{page_kind}: taken for a section, but it lists no articles"
            observation = observation_from(
                response, Outcome.NOT_ARTICLE, reason, kind=kind_of(article)
            )
        self.recorder.record(target.request_key, observation, article, leads_to=requests)

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
            self.recorder.status.unread = f"{observation.url}: {why}"

    async def _wanted_by(self, response: Response, target: Target) -> list[Wanted] | Problem:
        """Return the addresses that a source leads to; outcome and reason if it is none."""
        problem = _problem_of(response, target)
        if problem:
            return problem
        try:
            return await self._read_source(response, target)
        except ExtractionError as error:
            return Outcome.PARSE_ERROR, error.reason
        except UnreadableSourceError as error:
            return Outcome.BAD_XML, str(error)

    async def _read_source(self, response: Response, target: Target) -> list[Wanted]:
        """Read a source and return the addresses that it leads to.

        It is parsed in a thread: a sitemap of 50,000 addresses takes seconds. Raises
        ExtractionError or UnreadableSourceError if it is another kind of page.
        """
        is_news = False
        if target.is_listing:
            listing = await in_thread(parse_listing, page_from(response))
            wanted = list(self.survey.read_listing(response.url, target.role, listing))
            found = self.survey.articles_on(response.url)
        else:
            kind = content_type_of(response)
            base = self._base_of(response, target)
            source = await in_thread(parse_source, response.body, base, kind)
            found = len(source.entries)
            self.survey.note_read(target.url)
            if isinstance(source, Feed):
                wanted = list(self.survey.read_feed(source))
                self._note_cut(response.url, source)
            else:
                is_news = bool(found) and all(entry.is_news for entry in source.entries)
                wanted = list(self.survey.read_sitemap(target.url, target.depth, source))
        seen = observation_from(response, Outcome.SOURCE, target.role, kind=target.role)
        self.book.note_read(look_at(target, seen, found, may_be_empty=is_news))
        return wanted

    def _note_cut(self, url: str, feed: Feed) -> None:
        """Count a feed with more entries than are read: the run is not complete."""
        if feed.is_cut:
            self.recorder.status.left_over += 1
            self.logger.warning(
                "%s names more than %d articles: the last ones are not read", url, MAX_ENTRIES
            )

    def _base_of(self, response: Response, target: Target) -> str:
        """Return the address from which relative ones in a feed or sitemap start.

        One that redirects to a service on another host still speaks of the site.
        """
        is_here = self.scope is None or self.scope.includes(response.url)
        return response.url if is_here else target.url

    def _robots_sitemaps(self, url: str) -> Iterator[Request]:
        """Yield the requests for the sitemaps that robots.txt names."""
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        if robots is not None:
            yield from self.requests_for(
                self.survey.note_robots_sitemaps(robots.sitemaps_of(url))
            )

    def requests_for(
        self, wanted: Iterable[Wanted], parent: str | None = None
    ) -> Iterator[Request]:
        """Yield requests for those of *wanted* that are due; the source *parent* named them."""
        now = dt.datetime.now(dt.UTC)
        for one in wanted:
            if one.role == "article":
                if self.decide_visit(one):
                    yield from self._article_requests(one)
            elif self.book.need_not_request(one.url, one.role, one.stated, now):
                yield from self._pass_over(one)
            else:
                yield self._request_source(one, parent)

    def _article_requests(self, one: Wanted) -> Iterator[Request]:
        """Yield the requests for an article, at its present address first.

        At the address as named it is requested where the present one gives nothing.
        """
        address = self.address_of(one.url)
        for url in dict.fromkeys((address, one.url)):
            is_elsewhere = one.is_elsewhere and url == one.url
            request = self.request_article(
                url, one.priority, page=address, is_elsewhere=is_elsewhere
            )
            yield request if url == one.url else of_the_site(request, self.scope)

    def _request_source(self, one: Wanted, parent: str | None) -> Request:
        conditions = self.book.conditions_for(one.url, dt.datetime.now(dt.UTC))
        meta = meta_of_source(one, self.home if one.role == "section" else parent)
        return Request(
            self._source_address(one.url),
            callback=self.parse_source,
            errback=self.source_failed,
            priority=one.priority,
            headers=conditions,
            meta=meta | ({"handle_httpstatus_list": [304]} if conditions else {}),
        )

    def _source_address(self, url: str) -> str:
        """Return the address to request for the source at *url*: where it redirected to."""
        archive = self.recorder.archive
        if archive is None:
            return url
        return source_to_request(archive.db, url, dt.datetime.now(dt.UTC) - TRUSTED)

    def _pass_over(self, one: Wanted) -> Iterator[Request]:
        """Yield the requests that follow from a source that is not requested now."""
        self.book.note_passed_over(one.url)
        if self.book.read_before(one.url) is None:
            self.survey.note_failure(one.url, is_unreachable=False)
            return
        found = self.book.found_before(one.url)
        self.survey.note_as_before(one.url, one.role, found=found)
        yield from self._children_of(one.url, one.depth)


def _problem_of(response: Response, target: Target) -> Problem | None:
    """Return outcome and reason where *response* is no source at all."""
    if response.status == 304:
        return Outcome.HTTP_ERROR, "HTTP 304 unasked"
    if target.is_listing:
        return page_problem(response)
    return transfer_problem(response.body, response.status)

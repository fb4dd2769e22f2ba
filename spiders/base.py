"""Base of our spiders: pages become articles, and each request ends as an observation."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar

import attrs
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.archive.read.addresses import address_to_request
from newscrawl.article import Article
from newscrawl.crawl.download.extraction import ExtractionMiddleware
from newscrawl.crawl.download.failures import outcome_from
from newscrawl.crawl.download.politeness.opt_out_middleware import refused_by
from newscrawl.crawl.download.response import (
    content_type_of,
    observation_from,
    page_from,
    unanswered,
)
from newscrawl.crawl.frontier.postponed import Postponed, unsent
from newscrawl.crawl.frontier.request_meta import MOVED, meta_for, target_of
from newscrawl.crawl.frontier.revisit_policy import TRUSTED, condition_of
from newscrawl.crawl.frontier.scheduler import settle_redirects
from newscrawl.crawl.next_pages import Join, NextPages
from newscrawl.crawl.run.recorder import Recorder, recorder_of
from newscrawl.crawl.sources.survey_plan import Scope
from newscrawl.crawl.usage.arguments import Arguments, parse_arguments
from newscrawl.ingest.acceptance import problem_of, read_article
from newscrawl.ingest.joined_pages import first_page
from newscrawl.outcomes import Observation, Outcome, Problem
from newscrawl.text.urls import host_of


class NewsSpider(Spider):
    """Base of the spiders that yield articles."""

    takes: ClassVar[tuple[str, ...]] = ()
    """The arguments that `-a` may give."""

    arguments: Arguments
    scope: Scope | None = None
    limit: int | None = None
    site_name = ""
    delay: float | None = None

    @classmethod
    def checked_arguments(cls, given: dict[str, str]) -> Arguments:
        """Return the arguments *given* with `-a`. Raises UsageError if one is wrong."""
        return parse_arguments(given, cls.takes)

    @classmethod
    def site_held(cls, given: dict[str, str]) -> str | None:
        """Return the site that a crawl with these arguments holds for itself; None for no site.

        Raises UsageError if an argument is wrong.
        """
        cls.checked_arguments(given)
        return None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> NewsSpider:
        spider: NewsSpider = super().from_crawler(crawler)
        spider.arguments = cls.checked_arguments(kwargs)
        spider.limit = spider.arguments.limit
        spider.prepare()
        return spider

    def prepare(self) -> None:
        """Prepare the spider from its arguments."""

    @property
    def plan_text(self) -> str:
        """The arguments without the limit, as JSON: runs of one plan go on with each other."""
        asked = attrs.asdict(self.arguments) | {"limit": None, "spider": self.name}
        return json.dumps(asked, default=str, sort_keys=True, ensure_ascii=False)

    @cached_property
    def _obeyed(self) -> frozenset[str]:
        """The opt-outs of pages that are obeyed."""
        return frozenset(self.settings.getlist("NEWSCRAWL_OBEY_OPT_OUTS"))

    @property
    def recorder(self) -> Recorder:
        """Recorder of the crawl: the outcome of every address."""
        return recorder_of(self.crawler)

    def request_article(
        self,
        url: str,
        priority: int = 0,
        *,
        page: str | None = None,
        is_elsewhere: bool = False,
    ) -> Request:
        """Return a request for the article at *url*, if changed where it is known.

        With *page*, one of its addresses, it waits for other requests for that. An address that
        *is_elsewhere* is requested to see where it redirects.
        """
        meta = meta_for(url, "article", page=page)
        if is_elsewhere:
            meta["allow_offsite"] = True
        return Request(
            url,
            callback=self.parse,
            errback=self.failed,
            priority=priority,
            headers=self.conditions_of(url),
            meta=meta | {"handle_httpstatus_list": [304]},
        )

    def conditions_of(self, url: str) -> dict[str, str]:
        """Return the headers that request the article at *url* only if it has changed."""
        archive = self.recorder.archive
        seen = archive.seen(url) if archive is not None else None
        return condition_of(seen, dt.datetime.now(dt.UTC))

    def address_of(self, url: str) -> str:
        """Return the address at which the article that *url* names is to be requested."""
        archive = self.recorder.archive
        if archive is None:
            return url
        return address_to_request(archive.db, url, dt.datetime.now(dt.UTC) - TRUSTED)

    def parse(self, response: Response, **_: Any) -> Iterator[Article | Request]:
        """Yield the article on *response*, or requests for its pages, or record why not."""
        request_key = self.answered(response)
        if not self._is_of_site(response):
            why = f"{host_of(response.url)} is another site"
            self.recorder.record(request_key, observation_from(response, Outcome.OFFSITE, why))
            return
        if response.status == 304:
            self._note_unchanged(response, request_key)
            return
        article = self.read(response)
        if not isinstance(article, Article):
            self.recorder.record(request_key, observation_from(response, *article))
            return
        if self._is_too_old(article):
            observation = observation_from(
                response, Outcome.OVER_LIMIT, "published before `since`"
            )
            self.recorder.record(request_key, observation, article)
            return
        came_from = tuple(response.meta.get("redirect_urls", ()))
        observation = observation_from(response, Outcome.STORED)
        if article.missing_pages:
            yield from self._join(Join(article, request_key, observation, came_from))
            return
        self.recorder.expect(article, request_key, observation, came_from)
        yield article

    def _is_of_site(self, response: Response) -> bool:
        """Return whether *response* is from the site, or from where the site has moved it."""
        if self.scope is None or self.scope.includes(response.url):
            return True
        return bool(response.meta.get(MOVED) == host_of(response.url))

    def read(self, response: Response) -> Article | Problem:
        """Return the article on *response*; outcome and reason if it cannot be read."""
        problem = page_problem(response)
        if problem:
            return problem
        opt_out = refused_by(response, page_from(response), self._obeyed)
        if opt_out:
            return Outcome.OPTED_OUT, opt_out
        found = self.extract(response)
        if not isinstance(found, Article) and found[0] == Outcome.ERROR:
            self.logger.warning("cannot read %r: %s", response.url, found[1])
        return found

    def extract(self, response: Response) -> Article | Problem:
        """Return the article on *response*; outcome and reason if it cannot be read."""
        extraction = self.crawler.get_downloader_middleware(ExtractionMiddleware)
        if extraction is None:
            return read_article(page_from(response))
        return extraction.found_in(response)

    def _join(self, join: Join) -> Iterator[Article | Request]:
        """Yield the requests for the other pages of an article, beginning with its first."""
        first = first_page(join.first)
        if first == join.first.url:
            yield from NextPages(self).begin(join)
            return
        observation = attrs.evolve(
            join.observation, outcome=Outcome.CONTINUATION, reason=f"a later page of {first}"
        )
        request = self.request_article(first)
        self.recorder.record(join.request_key, observation, leads_to=[request])
        yield request

    def _note_unchanged(self, response: Response, request_key: str) -> None:
        """Record a 304: the article is as it was, if there is one."""
        archive = self.recorder.archive
        seen = archive.seen(response.url) if archive is not None else None
        is_known = seen is not None and seen.article_id is not None
        outcome = (
            (Outcome.UNCHANGED, "HTTP 304")
            if is_known
            else (Outcome.HTTP_ERROR, "HTTP 304 unasked")
        )
        self.recorder.record(request_key, observation_from(response, *outcome))

    def _is_too_old(self, article: Article) -> bool:
        """Return whether *article* was published before the date given by `since`."""
        since, published = self.arguments.since, article.date_published
        if since is None or published is None or article.page_kind != "article":
            return False
        if isinstance(published, dt.datetime):
            return published < since
        return published < since.date()

    def answered(self, response: Response) -> str:
        """Record the redirects before *response*; return the key of the request."""
        assert response.request is not None  # noqa: S101 (set by Scrapy)
        settle_redirects(self.recorder, response.request)
        target = target_of(response.request)
        return target.request_key if target else response.url

    def failed(self, failure: Failure) -> Observation:
        """Record the outcome of a request that brought no page, and return the observation."""
        request: Request = failure.request  # type: ignore[attr-defined]
        settle_redirects(self.recorder, request)
        target = target_of(request)
        error = failure.value or RuntimeError("no reason given")
        outcome, reason = outcome_from(error, request.url)
        response = getattr(failure.value, "response", None)
        if isinstance(error, Postponed):
            observation: Observation = unsent(request.url, outcome, reason)
        elif isinstance(response, Response):
            observation = observation_from(response, outcome, reason)
        else:
            observation = unanswered(request.url, outcome, reason)
        self.recorder.record(target.request_key if target else request.url, observation)
        return observation


def page_problem(response: Response) -> Problem | None:
    """Return outcome and reason where *response* is no page at all."""
    return problem_of(response.body, content_type_of(response), response.status)

"""Choice of the next request: the best one waiting, each address once, up to the limit."""

from __future__ import annotations

import heapq
import itertools
import logging

from scrapy import Request, Spider, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler
from scrapy.dupefilters import RFPDupeFilter
from scrapy.utils.defer import deferred_from_coro
from twisted.internet.defer import Deferred

from newscrawl.archive.crawl_state.frontier import Waiting
from newscrawl.article import Article
from newscrawl.crawl.address_set import AddressSet
from newscrawl.crawl.download.response import redirects_before
from newscrawl.crawl.frontier.backlog import Reserve
from newscrawl.crawl.frontier.frontier_writer import ELSEWHERE, FrontierWriter
from newscrawl.crawl.frontier.postponed import is_postponed
from newscrawl.crawl.frontier.request_meta import Target, take_up, target_of
from newscrawl.crawl.frontier.requests_on_disk import RequestsOnDisk
from newscrawl.crawl.frontier.spellings import Spellings
from newscrawl.crawl.run.recorder import Recorder, address_settled, recorder_of
from newscrawl.errors import ArchiveError, NewscrawlError
from newscrawl.outcomes import ARTICLE_OUTCOMES, Observation, Outcome
from newscrawl.text.counted import counted
from newscrawl.text.urls import as_sent, url_key

logger = logging.getLogger(__name__)

WAITING = "frontier/waiting"
"""The statistic that says how many requests wait."""
TOO_MANY = "over three times as many new articles as the site usually has"
_LEAST_WAITING = 200
"""While fewer requests wait in memory, more are read from the archive."""
_MOST_IN_MEMORY = 1_000
"""While more requests wait in memory, those that go last are moved to disk."""
_HOPS = "newscrawl_hops"
_ANSWERS = frozenset({*ARTICLE_OUTCOMES, Outcome.SOURCE, Outcome.OPTED_OUT})
"""Outcomes after which no other spelling of the address is requested."""


class NewsScheduler(BaseScheduler):
    """Holds waiting requests in memory, by priority and then in the order of arrival.

    An address is requested once, as it is sent; the target of a redirect is another address. Of
    several spellings of one address the first is requested, and the next if that gave nothing.

    Articles are in the archive's frontier too, until their outcome is known: after any end of
    the process, the same command resumes. Sources are read again then. An address that an
    earlier run left, or another worker found, is requested in any case: this run may not know
    the site well enough to judge it.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.recorder: Recorder = recorder_of(crawler)
        self.limit: int | None = None
        self.most_new: int | None = None
        """Most articles that may be new in this run."""
        self._too_many: list[str] = []
        self._filter = RFPDupeFilter.from_crawler(crawler)
        self._seen = AddressSet()
        """The addresses that were let through, each by its key."""
        self._awaited: set[str] = set()
        """Waiting addresses that a redirect has led to."""
        self._spellings = Spellings()
        self._keeps_routes = bool(crawler.settings["PLAYWRIGHT_BROWSER_TYPE"])
        self._heap: list[tuple[int, int, Request]] = []
        self._reserve = Reserve()
        """Requests that an earlier run left and that are not in the heap yet."""
        self._on_disk: RequestsOnDisk | None = None
        """Requests for articles for which the heap has no room."""
        self._counter = itertools.count()
        self._under_way: set[str] = set()
        self._frontier = FrontierWriter()
        self._found_here = AddressSet()
        """Request keys of the articles that were found in this run, by this worker."""
        self._spider: Spider | None = None
        self._obstacle: NewscrawlError | None = None
        crawler.signals.connect(self._opened, signal=signals.spider_opened)
        crawler.signals.connect(self._settled, signal=address_settled)
        crawler.signals.connect(self._dropped, signal=signals.request_dropped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> NewsScheduler:
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Open the archive and load its frontier; a failure stops the crawl."""
        self._spider = spider
        self._on_disk = RequestsOnDisk(spider)
        self.limit = getattr(spider, "limit", None)
        try:
            self._open(spider)
        except NewscrawlError as error:
            # Scrapy would print a traceback, and stops a crawl only once it is open.
            self._obstacle = error

    def _open(self, spider: Spider) -> None:
        self.recorder.open(spider, self._frontier)
        self.most_new = getattr(spider, "most_new", None)
        self._resume(spider)

    def _opened(self) -> None:
        if self._obstacle is not None:
            self.recorder.stop(self._obstacle)

    def close(self, reason: str) -> Deferred[None]:
        """Note the requests that are left, once all that was recorded is on disk."""
        return deferred_from_coro(self._close_when_stored())

    async def _close_when_stored(self) -> None:
        await self.recorder.drain()
        self._close()

    def _close(self) -> None:
        """Note the requests that are left."""
        self._take_what_comes()
        self._write_frontier()
        left = [request.url for _, _, request in self._heap if _is_article(request)]
        self.recorder.status.left_over += len(left) + self._number_on_disk
        self.recorder.status.left_over += self._count_unsettled()
        if self.is_at_limit:
            left += self._left_in_reserve()
            self.recorder.record_left_over(
                left, f"the limit of {self.limit} articles was reached"
            )
        if self._too_many:
            self.recorder.status.left_over += len(self._too_many)
            self.recorder.record_left_over(self._too_many, TOO_MANY)
            some_were = counted(len(self._too_many), "new articles", "were")
            logger.warning("%s left: %s", some_were, TOO_MANY)
        if self._on_disk is not None:
            self._on_disk.close()

    def _take_what_comes(self) -> None:
        """Have the articles wait for the next run that the spider was about to request."""
        requests_to_come = getattr(self._spider, "requests_to_come", None)
        if requests_to_come is None:
            return
        try:
            for request in requests_to_come():
                self.enqueue_request(request)
        except NewscrawlError as error:  # of an archive that cannot be read any more
            self.recorder.stop(error)

    @property
    def _number_on_disk(self) -> int:
        """Number of articles that wait and are not in memory."""
        return len(self._reserve) + (len(self._on_disk) if self._on_disk is not None else 0)

    def _count_unsettled(self) -> int:
        """Return the number of articles whose request has left and has no recorded outcome."""
        in_heap = {target.request_key for _, _, one in self._heap if (target := target_of(one))}
        return sum(key.startswith("article:") for key in self._under_way - in_heap)

    def has_pending_requests(self) -> bool:
        """Return whether a request waits, or may follow from a record not on disk yet."""
        return not self.recorder.is_idle or self._has_requests()

    def _has_requests(self) -> bool:
        """Return whether a request waits."""
        return bool(self._heap or self._number_on_disk) and not self.is_at_limit

    def enqueue_request(self, request: Request) -> bool:
        target = target_of(request)
        if target is None:
            if not request.dont_filter and self._filter.request_seen(request):
                return False
            self._push(request)
            return True
        if _is_redirect(request):
            return self._follow(request, target)
        if "retry_times" in request.meta:
            self._under_way.add(target.request_key)
            self._push(request)
            return True
        if request.dont_filter:
            self._push(request)
            return True
        return self._note_new(request, target)

    def _follow(self, request: Request, target: Target) -> bool:
        """Queue the target of a redirect if nothing else requests it; return whether it is."""
        request.meta[_HOPS] = _hops_of(request)
        # Of a further page its article waits for an answer.
        if target.role != "continuation":
            if not self._take_address(request, target):
                self._awaited.add(self._key_of(request, target))
                return False
            self._under_way.add(target.request_key)
        if target.role == "article":
            self._renew_conditions(request)
        self._push(request)
        return True

    def _take_address(self, request: Request, target: Target) -> bool:
        """Count an address as let through; return False if it was before."""
        key = self._key_of(request, target)
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new

    def _renew_conditions(self, request: Request) -> None:
        """Put the validators of the new address in the place of those of the old one.

        By those, a server may answer 304 for a page that was never fetched.
        """
        conditions_of = getattr(self._spider, "conditions_of", None)
        if conditions_of is not None:
            for name in ("If-None-Match", "If-Modified-Since"):
                request.headers.pop(name, None)
            request.headers.update(conditions_of(request.url))

    def _key_of(self, request: Request, target: Target) -> str:
        # No server sees a route; what a browser draws is another page for each.
        return target.key_of(request.url if self._keeps_routes else as_sent(request.url))

    def _note_new(self, request: Request, target: Target) -> bool:
        """Let a new address wait; return whether it is new."""
        key = self._key_of(request, target)
        if key in self._seen or self._spellings.is_waiting(key):
            return False
        if self._spellings.is_answered(target.spelled):
            self._drop([request])
            return False
        if target.role == "article":
            self._remember(request, target)
        if self._spellings.must_wait(request, target, key):
            return True
        self._seen.add(key)
        self._hand_out(request, target)
        return True

    def _hand_out(self, request: Request, target: Target) -> None:
        """Have a new request wait for its turn."""
        self._push(request)

    def _try_next_spelling(self, request_key: str, page: str = "") -> None:
        """Request the next spelling of an address that gave nothing."""
        request = self._spellings.fail(request_key, page, self._seen)
        target = target_of(request) if request is not None else None
        if request is not None and target is not None:
            self._seen.add(self._key_of(request, target))
            self._hand_out(request, target)

    def _drop(self, requests: list[Request]) -> None:
        """Note that *requests* are not needed: another spelling has given the page."""
        request_keys = {
            target.request_key for one in requests if (target := target_of(one)) is not None
        }
        self.recorder.write_frontier(self._frontier.take_discarded(request_keys))

    def _remember(self, request: Request, target: Target) -> None:
        """Have an article in the archive's frontier with the next write."""
        self._found_here.add(target.request_key)
        self._frontier.add(request, target)

    def _push(self, request: Request) -> None:
        heapq.heappush(self._heap, (-request.priority, next(self._counter), request))
        if len(self._heap) > _MOST_IN_MEMORY:
            self._move_to_disk()
        self._count_waiting()

    def _move_to_disk(self) -> None:
        """Keep the requests in memory that go first, and those that only memory can hold."""
        entries = sorted(self._heap)
        last = entries[_MOST_IN_MEMORY // 2 :]
        may_move = [self._may_wait_on_disk(request) for _, _, request in last]
        if self._on_disk is None or not any(may_move):
            return
        try:
            self._on_disk.add(itertools.compress(last, may_move))
        except ArchiveError as error:
            self.recorder.stop(error)
            return
        kept = [entry for entry, moves in zip(last, may_move, strict=True) if not moves]
        self._heap = [*entries[: _MOST_IN_MEMORY // 2], *kept]  # sorted, so it is a heap

    def _may_wait_on_disk(self, request: Request) -> bool:
        """Return whether *request* is a new one for an article, by methods of the spider."""
        callbacks = (request.callback, request.errback)
        return self._new_article(request) is not None and all(
            getattr(callback, "__self__", None) is self._spider for callback in callbacks
        )

    def next_request(self) -> Request | None:
        if self.recorder.is_full:
            return None
        if self._frontier.is_full:
            self._write_frontier()
        self._refill()
        chosen = None
        while self._heap and chosen is None:
            target = self._new_article(self._heap[0][2])
            if target is not None and not self._has_room():
                break
            request = heapq.heappop(self._heap)[2]
            if target is not None:
                is_chosen = self._begin_or_drop(request, target)
            else:
                is_chosen = _is_article(request) or self._is_wanted(request)
            chosen = request if is_chosen else None
        self._count_waiting()
        return chosen

    def _new_article(self, request: Request) -> Target | None:
        """Return the target of a request for an article that is not under way, else None."""
        target = target_of(request)
        if target is None or target.role != "article":
            return None
        return target if target.request_key not in self._under_way else None

    def _begin_or_drop(self, request: Request, target: Target) -> bool:
        """Begin a wanted article, or drop it; return whether it is to be requested now."""
        if self._is_one_too_many(request.url):
            self._too_many.append(request.url)
            self._pass_over(target)
            self._spellings.leave(target.request_key)
            return False
        if target.request_key not in self._found_here or self._is_wanted(request):
            self._under_way.add(target.request_key)
            return True
        self._forget(request, target)
        self._try_next_spelling(target.request_key)
        return False

    def _pass_over(self, target: Target) -> None:
        """Note that an article that waited is not requested in this run."""

    def _forget(self, request: Request, target: Target) -> None:
        """Treat a found link as not found, until a source names it."""
        self._pass_over(target)
        self._seen.discard(self._key_of(request, target))
        self._frontier.forget(target.request_key)
        note_passed_over = getattr(self._spider, "note_passed_over", None)
        if note_passed_over is not None:
            note_passed_over(request)

    def _count_waiting(self) -> None:
        if self.crawler.stats is not None:
            self.crawler.stats.set_value(WAITING, len(self._heap) + self._number_on_disk)

    def _resume(self, spider: Spider) -> None:
        """Take up the addresses that an earlier run of the same command left."""
        if getattr(spider, "request_article", None) is None:
            return
        waiting, done = self._frontier.left_by_earlier_run()
        for key in done:
            self._note_seen(key)
        self._reserve = Reserve(filter(self._note_seen, waiting), self._frontier.waiting)
        self.recorder.status.resumed = len(done)
        if self._reserve or done:
            left = counted(len(self._reserve), "articles", "wait")
            logger.info("going on: %s, %d done", left, len(done))
        self._refill()

    def _note_seen(self, key: str) -> bool:
        """Count an address of an earlier run as let through; return whether it was not yet."""
        if "#" in key and not self._keeps_routes:
            key = as_sent(key)
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new

    def _refill(self) -> None:
        """Move waiting requests from disk into the heap, and addresses from the archive."""
        self._refill_from_disk()
        while self._reserve and len(self._heap) < _LEAST_WAITING and self._spider is not None:
            try:
                rows = self._reserve.take()
            except ArchiveError as error:
                self.recorder.stop(error)
                return
            for row in rows:
                request = _take_up(self._spider, row)
                target = target_of(request)
                if target is not None:
                    self._hand_out(request, target)

    def _refill_from_disk(self) -> None:
        """Have those requests in the heap that go before others in it, and enough of them."""
        waiting = self._on_disk
        try:
            while waiting is not None and waiting.first is not None:
                is_short = len(self._heap) < _LEAST_WAITING
                if not is_short and self._heap[0][:2] < waiting.first:
                    return
                self._heap += waiting.take(_LEAST_WAITING)
                heapq.heapify(self._heap)
        except ArchiveError as error:
            self.recorder.stop(error)

    def _left_in_reserve(self) -> list[str]:
        try:
            on_disk = self._on_disk.urls() if self._on_disk is not None else ()
            return [*on_disk, *self._reserve.urls()]
        except ArchiveError:
            return []

    def _write_frontier(self) -> None:
        self.recorder.write_frontier(self._frontier.take())

    def _is_wanted(self, request: Request) -> bool:
        still_wanted = getattr(self._spider, "is_still_wanted", None)
        target = target_of(request)
        if target is not None and self._key_of(request, target) in self._awaited:
            return True
        return still_wanted is None or bool(still_wanted(request))

    def _has_room(self) -> bool:
        return self.limit is None or self.recorder.found + len(self._under_way) < self.limit

    def _is_one_too_many(self, url: str) -> bool:
        """Return whether an article is new, and over the site's quota for a day."""
        new = self.recorder.status.counts[Outcome.STORED] + len(self._under_way)
        if self.most_new is None or new < self.most_new or self.recorder.archive is None:
            return False
        seen = self.recorder.archive.seen(url)
        return seen is None or seen.article_id is None

    @property
    def is_at_limit(self) -> bool:
        """True if the limit of articles has been reached."""
        return self.limit is not None and self.recorder.found >= self.limit

    def _settled(
        self, request_key: str, observation: Observation, article: Article | None = None
    ) -> None:
        self._under_way.discard(request_key)
        if not request_key or is_postponed(observation):
            return
        if observation.outcome in _ANSWERS or article is not None:
            page = f"{request_key.partition(':')[0]}:{url_key(observation.url)}"
            self._drop(self._spellings.answer(request_key, page))
        else:
            self._try_next_spelling(request_key)

    def _dropped(self, request: Request) -> None:
        """Settle a redirect to an address that was requested already."""
        target = target_of(request)
        if target is not None and _hops_of(request):
            settle_redirects(self.recorder, request, target.request_key)


def _take_up(spider: Spider, row: Waiting) -> Request:
    return take_up(spider, row.url, row.priority, is_elsewhere=row.role == ELSEWHERE)


def _hops_of(request: Request) -> int:
    return len(request.meta.get("redirect_urls", ()))


def _is_redirect(request: Request) -> bool:
    """Return whether *request* follows a redirect now; a retry of one does not."""
    return bool(_hops_of(request) != request.meta.get(_HOPS, 0))


def _is_article(request: Request) -> bool:
    target = target_of(request)
    return target is not None and target.role == "article"


def settle_redirects(recorder: Recorder, request: Request, request_key: str = "") -> None:
    """Write an observation for each redirect that led to *request*.

    *request_key* is the key of the first address, if no other outcome of it will follow.
    """
    for observation in redirects_before(request):
        recorder.record(request_key, observation)

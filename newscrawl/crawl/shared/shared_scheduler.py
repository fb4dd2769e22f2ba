"""The scheduler of a worker: takes requests from the shared queue and reports their outcomes.

One worker leads: it reads the sources, and the articles they name wait in Redis for all. The
worker that requests an article stores it in its own archive, and reports it only then. Leases
of a worker that falls silent are handed out again; if it was the leader, another one leads and
reads the sources again. While Redis does not answer, outcomes are stored in the archive and
sent afterwards.
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Iterator, Sequence, Set
from itertools import islice
from time import monotonic

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call
from scrapy.utils.defer import deferred_from_coro

from newscrawl.article import Article
from newscrawl.crawl.frontier.backlog import Reserve
from newscrawl.crawl.frontier.peers import settled_elsewhere
from newscrawl.crawl.frontier.postponed import is_postponed
from newscrawl.crawl.frontier.request_meta import Target, target_of
from newscrawl.crawl.frontier.scheduler import NewsScheduler
from newscrawl.crawl.shared.protocol import Beat, Settled
from newscrawl.crawl.shared.queue import LeasedQueue, connect
from newscrawl.crawl.shared.redis_connection import RedisConnection
from newscrawl.crawl.shared.worker_peers import WorkerPeers, moment_of
from newscrawl.errors import FrontierError
from newscrawl.outcomes import ARTICLE_OUTCOMES, Observation
from newscrawl.text.urls import url_key, without_passwords

TAKEN_AT_ONCE = 8
"""Articles that a worker takes at a time: fewer are more calls, more are shared less evenly."""
_SHARED_AT_ONCE = 500
_TAKEN = "newscrawl_taken"
_ASK_AGAIN = 0.2
"""Seconds until the next request to Redis if nothing waited."""

logger = logging.getLogger(__name__)


class SharedScheduler(NewsScheduler):
    """Keeps the sources of the worker that leads in memory, and the articles in Redis."""

    queue: LeasedQueue

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        patience = crawler.settings.getfloat("NEWSCRAWL_FRONTIER_PATIENCE")
        self.redis = RedisConnection(patience, give_up=self._give_up)
        self.peers = WorkerPeers(self.redis, is_stopped=self._is_stopped, end=self._end)
        self.recorder.peers = self.peers
        self.is_over = False
        """True if the crawl has ended, for all workers."""
        self._lease = crawler.settings.getfloat("NEWSCRAWL_FRONTIER_LEASE")
        self._to_share: list[Request] = []
        self._held: dict[str, Request] = {}
        """Requests leased to this worker and not settled, by key."""
        self._claims: dict[str, list[str]] = {}
        self._server_run = ""
        self._last_beat = self._next_take = 0.0
        self.is_closing = False
        self._beats = create_looping_call(self._on_time)

    def _open(self, spider: Spider) -> None:
        """Join the crawl. Raises FrontierError if that is impossible."""
        plan, site = spider.plan_text, spider.site_name or spider.name  # type: ignore[attr-defined]
        self.queue = LeasedQueue(connect(self.crawler.settings), spider, site, plan)
        self.redis.queue = self.queue
        self.queue.join()
        self._server_run = self.queue.server_run()
        self._heed(self.queue.beat(self._lease, may_lead=True))
        self.peers.known = self.queue.count_known()
        super()._open(spider)
        self._frontier.forget_others(self.peers.plan_prefix)
        role = "it reads the sources" if self.peers.leads else "another one reads the sources"
        place = without_passwords(str(self.crawler.settings["NEWSCRAWL_FRONTIER"]))
        logger.info("a worker of the crawl in %s: %s", place, role)
        self._beats.start(min(self._lease / 6, 5.0), now=False)

    def _close(self) -> None:
        """Give back the leases that were not settled."""
        self.is_closing = True
        held = set(self._held)
        self._drop_waiting(held)
        self._under_way -= held
        self._give_back(sorted(held))
        is_to_tell = (self.peers.leads or self.is_at_limit) and not self.is_over
        if self._send() and is_to_tell:
            beat = self._beat()
            self.recorder.status.left_over += beat.left if beat is not None else 0
        self.recorder.status.left_over += self.queue.dropped
        super()._close()

    def _has_requests(self) -> bool:
        """Return whether any request waits, here or for all, or is with another worker."""
        if self.is_at_limit or self.recorder.status.failure is not None:
            return False
        if super()._has_requests():
            return True
        if self.is_over:
            return False
        if self._is_busy or not self.peers.leads:
            return True
        beat = self._beat()
        return beat is None or beat.has_more or self._queue_other_spellings()

    @property
    def _is_busy(self) -> bool:
        """True if Redis is down, or messages to it wait."""
        return self.redis.has_more or self.redis.is_down or bool(self._to_share)

    def _drop_waiting(self, request_keys: Set[str]) -> None:
        """Remove the requests with *request_keys* from those that wait here."""
        self._heap = [
            entry for entry in self._heap if _request_key_of(entry[2]) not in request_keys
        ]
        heapq.heapify(self._heap)

    def _queue_other_spellings(self) -> bool:
        """Queue spellings of unanswered pages for all; return whether there are any."""
        for request in self._spellings.take_left(self._seen):
            target = target_of(request)
            if target is not None:
                self._seen.add(self._key_of(request, target))
                self._hand_out(request, target)
        return bool(self._to_share)

    def enqueue_request(self, request: Request) -> bool:
        if request.meta.pop(_TAKEN, False):
            self._hold(request)
            return True
        return super().enqueue_request(request)

    def next_request(self) -> Request | None:
        if monotonic() - self._last_beat > self._lease and not self.redis.is_down:
            # Stopped for so long, what it held may be with others by now.
            self._beat()
        for request in self._taken():
            self._hold(request)
        return super().next_request()

    def _is_stopped(self) -> bool:
        return self.is_over or self.is_at_limit or self.recorder.status.failure is not None

    def _give_up(self, error: FrontierError) -> None:
        if not self.is_closing:
            self.recorder.stop(error)

    def _end(self, is_complete: bool) -> bool:
        """End the crawl for all where it is complete; else leave it to the others.

        Return whether it is complete, as Redis says.
        """
        if self._beats.running:
            self._beats.stop()
        if not self.queue.crawl or not self._send():
            return False
        if is_complete and self.peers.leads and self.redis.query(LeasedQueue.finish):
            return True
        self.redis.query(LeasedQueue.leave)
        return is_complete and self.is_over

    def _hand_out(self, request: Request, target: Target) -> None:
        """Have a found article wait for all; a source is this worker's."""
        if target.role == "article":
            self._to_share.append(request)
        else:
            self._push(request)

    def _hold(self, request: Request) -> None:
        request_key = _request_key_of(request)
        self._held[request_key] = request
        self._seen.add(request_key)
        self._push(request)

    def _taken(self) -> list[Request]:
        """Return articles that are now this worker's, where it has none left and some wait."""
        now = monotonic()
        is_full = any(_request_key_of(entry[2]) in self._held for entry in self._heap)
        if is_full or self.is_over or self.is_closing or self.redis.is_down:
            return []
        if now < self._next_take or not self._send():
            return []
        found = self.redis.query(lambda queue: queue.take(TAKEN_AT_ONCE, self.limit))
        if not found:
            self._next_take = now + _ASK_AGAIN
        return found or []

    def _send(self) -> bool:
        """Send Redis the messages that wait; return whether that worked."""
        for some in _batched(self._to_share):
            self.redis.enqueue(self.queue.adding(some))
        self._to_share.clear()
        return self.redis.send()

    def _give_back(self, request_keys: list[str], *, for_this_crawl: bool = True) -> None:
        for request_key in request_keys:
            self._held.pop(request_key, None)
        if request_keys:
            call = self.queue.returning(request_keys, for_this_crawl=for_this_crawl)
            self.redis.enqueue(call)

    def _pass_over(self, target: Target) -> None:
        self._give_back([target.request_key], for_this_crawl=False)

    def _on_time(self) -> None:
        """Report that this worker is alive, and take requests if it has none."""
        if (
            self.recorder.status.failure is not None
            or self.is_closing
            or not self.redis.may_try
        ):
            return
        if self._beat() is None or not self._send():
            return
        for request in self._taken():
            request.meta[_TAKEN] = True
            self.crawler.engine.crawl(request)

    def _beat(self) -> Beat | None:
        """Say that this worker is alive; return how the crawl stands, where anyone says."""
        return self.redis.query(self._beat_once)

    def _beat_once(self, queue: LeasedQueue) -> Beat:
        run = queue.server_run()
        beat = queue.beat(self._lease, may_lead=not self.is_closing)
        self._heed(beat)
        if not self.is_over:
            self._mend(beat, is_other_server=run != self._server_run)
        self._server_run = run
        if beat.leads:
            for settled in queue.told_by_others():
                self._tell(settled)
        return beat

    def _heed(self, beat: Beat) -> None:
        self._last_beat = monotonic()
        if beat.is_over and not self.is_over:
            self.is_over = True
            self._drop_waiting(set(self._held))
        self.peers.leads = beat.leads
        if not beat.is_over:
            self.peers.articles = max(0, beat.articles - self.recorder.status.articles)

    def _share_again(self) -> None:
        """Share the archive's frontier: Redis may have come back without its last messages."""
        request = self._spider.request_article  # type: ignore[union-attr]
        keys, _ = self._frontier.left_by_earlier_run()
        waiting = Reserve(keys, self._frontier.waiting)
        while waiting:
            self._to_share += [request(row.url, row.priority) for row in waiting.take()]

    def _mend(self, beat: Beat, *, is_other_server: bool) -> None:
        """Agree with Redis again where either may have lost something."""
        held = beat.held_here
        may_be_lost = is_other_server or beat.is_lost or beat.was_unknown
        if may_be_lost:
            self._share_again()
        if may_be_lost or self.redis.is_unsure:
            self._share_lost(held)
        if not self.redis.has_more:
            self._give_back(sorted(held - set(self._held)))
            self.redis.is_unsure = False

    def _share_lost(self, held: Set[str]) -> None:
        """Share articles that wait here and are not among those *held*, as Redis says."""
        in_heap = {_request_key_of(entry[2]) for entry in self._heap} & set(self._held)
        lost = in_heap - held
        # Another worker has them, or nobody: Redis knows which.
        self._to_share += [self._held.pop(request_key) for request_key in sorted(lost)]
        self._drop_waiting(lost)

    def _tell(self, settled: Settled) -> None:
        page = f"article:{url_key(settled.url)}"
        if settled.outcome in ARTICLE_OUTCOMES:
            self._drop(self._spellings.answer("", page))
        else:
            self._try_next_spelling("", page)
        self.crawler.signals.send_catch_log(
            settled_elsewhere,
            url=settled.url,
            outcome=settled.outcome,
            published=moment_of(settled.published),
        )

    def _take_address(self, request: Request, target: Target) -> bool:
        """Claim the target of a redirect; return False if any worker requested it before."""
        if not super()._take_address(request, target):
            return False
        if target.role != "article":
            return True
        key = self._key_of(request, target)
        request_key = target.request_key
        is_ours = self.redis.query(lambda queue: queue.claim(key, request_key))
        if is_ours:
            self._claims.setdefault(request_key, []).append(key)
        # If nobody answers: two requests are better than none.
        return is_ours is not False

    def _settled(
        self, request_key: str, observation: Observation, article: Article | None = None
    ) -> None:
        super()._settled(request_key, observation, article)
        if request_key not in self._held:
            return
        if is_postponed(observation):
            self._give_back([request_key])
            if not self.is_closing:
                # It would be handed out again at once, to this worker or another.
                close = self.crawler.engine.close_spider_async(reason="host_rests")
                deferred_from_coro(close)
            return
        del self._held[request_key]
        settled = Settled(
            url=observation.url,
            outcome=observation.outcome,
            status=observation.status,
            fetched_at=observation.fetched_at,
            published=article.date_published.isoformat()
            if article is not None and article.date_published is not None
            else None,
        )
        claims = self._claims.pop(request_key, [])
        is_article = observation.outcome in ARTICLE_OUTCOMES
        call = self.queue.settling(request_key, settled, claims, is_article=is_article)
        self.redis.enqueue(call)


def _request_key_of(request: Request) -> str:
    target = target_of(request)
    return target.request_key if target is not None else ""


def _batched(requests: Sequence[Request]) -> Iterator[Sequence[Request]]:
    waiting = iter(requests)
    while some := list(islice(waiting, _SHARED_AT_ONCE)):
        yield some

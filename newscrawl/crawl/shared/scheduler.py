"""The scheduler of a worker: takes what waits for all workers, and tells them what it settled.

One worker leads: it reads the sources, and what it finds waits in Redis for all. Whichever
asks for an article keeps it in its own archive, and says so only then. What a worker held that
is not heard of any more is handed out again; where that was the one that leads, another leads,
and reads the sources again. While Redis does not answer, what is under way is kept in the
archive and told afterwards.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
import logging
from hashlib import sha256
from time import monotonic

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from newscrawl.archive.history import History
from newscrawl.archive.reading import Seen
from newscrawl.article import Article
from newscrawl.crawl.ledger import ARTICLE_OUTCOMES
from newscrawl.crawl.others import Others, settled_elsewhere
from newscrawl.crawl.put_off import is_put_off
from newscrawl.crawl.scheduler import NewsScheduler
from newscrawl.crawl.shared.queue import Beat, Call, LeasedQueue, Settled, connect
from newscrawl.crawl.shared.setup import without_password
from newscrawl.crawl.targets import Target, target_of
from newscrawl.errors import FrontierError
from newscrawl.observation import Observation

TAKEN_AT_ONCE = 8
"""So many articles a worker takes at a time; less is more calls, more is less evenly shared."""
_SENT_AT_ONCE = 100
_TAKEN = "newscrawl_taken"
_ASK_AGAIN = 0.2
"""Seconds until Redis is asked again where nothing waited."""
_LONGEST_AWAY = 30.0
"""Seconds between two tries at most while Redis does not answer."""

logger = logging.getLogger(__name__)


class SharedScheduler(NewsScheduler):
    """Keeps the sources of the worker that leads in memory, and the articles in Redis."""

    queue: LeasedQueue

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.others = Company(self)
        self.ledger.others = self.others
        self.is_over = False
        """Whether the crawl has ended, for all workers."""
        self._lease = crawler.settings.getfloat("NEWSCRAWL_FRONTIER_LEASE")
        self._patience = crawler.settings.getfloat("NEWSCRAWL_FRONTIER_PATIENCE")
        self._outbox: list[Call] = []
        self._to_share: list[Request] = []
        self._held: dict[str, Request] = {}
        """What this worker has taken and not settled, by ticket."""
        self._claims: dict[str, list[str]] = {}
        self._server_run = ""
        self._last_beat = self._next_try = self._next_take = 0.0
        self._away_since: float | None = None
        self._is_unsure = self.is_closing = False
        self._beats = create_looping_call(self._on_time)

    def open(self, spider: Spider) -> None:
        """Join the crawl. Raise FrontierError where that is impossible."""
        plan, site = spider.plan_text, spider.site_name or spider.name  # type: ignore[attr-defined]
        self.queue = LeasedQueue(connect(self.crawler.settings), spider, site, plan)
        self.queue.join()
        self._server_run = self.queue.server_run()
        self._heed(self.queue.beat(self._lease, may_lead=True))
        self.others.known = self.queue.count_known()
        super().open(spider)
        if self.ledger.frontier is not None:
            self.ledger.frontier.forget_others(self.others.plan_prefix(plan))
        role = "it reads the sources" if self.others.leads else "another one reads the sources"
        place = without_password(str(self.crawler.settings["NEWSCRAWL_FRONTIER"]))
        logger.info("a worker of the crawl in %s: %s", place, role)
        self._beats.start(min(self._lease / 6, 5.0), now=False)

    def close(self, reason: str) -> None:
        """Give back what was taken and not asked for."""
        self.is_closing = True
        waiting = [request for _, _, request in self._heap if _ticket_of(request) in self._held]
        self._heap = [entry for entry in self._heap if entry[2] not in waiting]
        self._give_back([_ticket_of(request) for request in waiting])
        if not self._send_all():
            self._is_unsure = True
        is_to_tell = self.others.leads or self.is_at_limit
        if is_to_tell and not self.is_over and not self._is_unsure:
            beat = self._try_beat()
            self.ledger.left_over += beat.waiting + beat.held if beat is not None else 0
        super().close(reason)

    def end(self, *, is_complete: bool) -> None:
        """End the crawl for all where it is complete; else leave it to the others."""
        if self._beats.running:
            self._beats.stop()
        try:
            if not (is_complete and self.others.leads and self.queue.finish()):
                self._send_all()
                self.queue.leave()
        except FrontierError as error:
            logger.warning("%s; what was found is in the archive", error)

    def has_pending_requests(self) -> bool:
        """Whether anything waits, here or for all, or is with another worker."""
        if self.is_at_limit or self.ledger.failure is not None:
            return False
        if super().has_pending_requests():
            return True
        if self.is_over:
            return False
        if not self.others.leads or self._outbox or self._to_share or self._is_away:
            return True
        beat = self._try_beat()
        return beat is None or not beat.leads or bool(beat.waiting or beat.held)

    def enqueue_request(self, request: Request) -> bool:
        if request.meta.pop(_TAKEN, False):
            self._hold(request)
            return True
        return super().enqueue_request(request)

    def next_request(self) -> Request | None:
        if monotonic() - self._last_beat > self._lease and not self._is_away:
            # Stopped for so long, what it held may be with others by now.
            self._try_beat()
        for request in self._taken():
            self._hold(request)
        return super().next_request()

    def note_away(self, error: FrontierError) -> None:
        """Take note that Redis does not answer; stop the crawl where that lasts too long."""
        now = monotonic()
        self._is_unsure = True
        if self._away_since is None:
            self._away_since = now
            logger.warning("%s; waiting for it", error)
        away = now - self._away_since
        self._next_try = now + min(max(away, _ASK_AGAIN), _LONGEST_AWAY)
        if away > self._patience and not self.is_closing:
            self.ledger.stop(FrontierError(f"{error} (for {away:.0f} s)"))

    @property
    def _is_away(self) -> bool:
        return self._away_since is not None

    def _note_new(self, request: Request, target: Target) -> None:
        """Have a found article wait for all, and in the archive of the worker that found it."""
        self._remember(request, target)
        self._to_share.append(request)

    def _hold(self, request: Request) -> None:
        ticket = _ticket_of(request)
        self._held[ticket] = request
        self._seen.add(ticket)
        self._push(request)

    def _taken(self) -> list[Request]:
        """Return articles that are now this worker's, where it has none left and some wait."""
        now = monotonic()
        is_full = any(_ticket_of(entry[2]) in self._held for entry in self._heap)
        if is_full or self.is_over or self.is_closing or self._is_away or now < self._next_take:
            return []
        if not self._send_all():
            return []
        try:
            found = self.queue.take(TAKEN_AT_ONCE, self.limit)
        except FrontierError as error:
            self.note_away(error)
            return []
        if not found:
            self._next_take = now + _ASK_AGAIN
        return found

    def _send_all(self) -> bool:
        """Tell Redis what it is not told yet, in order; whether that worked."""
        if self._to_share:
            self._outbox.append(self.queue.adding(self._to_share))
            self._to_share.clear()
        try:
            while self._outbox:
                calls = self._outbox[:_SENT_AT_ONCE]
                self.queue.send(calls)
                del self._outbox[: len(calls)]
        except FrontierError as error:
            self.note_away(error)
            return False
        return True

    def _give_back(self, tickets: list[str], *, for_this_crawl: bool = True) -> None:
        for ticket in tickets:
            self._held.pop(ticket, None)
        self._outbox.append(self.queue.returning(tickets, for_this_crawl=for_this_crawl))

    def _pass_over(self, target: Target) -> None:
        self._give_back([target.ticket], for_this_crawl=False)

    def _on_time(self) -> None:
        """Say that this worker is alive, and take what waits where it has nothing to do."""
        if self.ledger.failure is not None or self.is_closing or monotonic() < self._next_try:
            return
        if self._try_beat() is None or not self._send_all():
            return
        for request in self._taken():
            request.meta[_TAKEN] = True
            self.crawler.engine.crawl(request)

    def _try_beat(self) -> Beat | None:
        try:
            run = self.queue.server_run()
            beat = self.queue.beat(self._lease, may_lead=not self.is_closing)
            self._heed(beat)
            if not self.is_over:
                self._mend(beat, is_other_server=run != self._server_run)
            self._server_run = run
            if beat.leads:
                for settled in self.queue.told_by_others():
                    self._tell(settled)
        except FrontierError as error:
            self.note_away(error)
            return None
        if self._away_since is not None:
            logger.warning("the shared frontier answers again")
        self._away_since, self._next_try = None, 0.0
        return beat

    def _heed(self, beat: Beat) -> None:
        self._last_beat = monotonic()
        if beat.is_over and not self.is_over:
            self.is_over = True
            self._heap = [
                entry for entry in self._heap if _ticket_of(entry[2]) not in self._held
            ]
            heapq.heapify(self._heap)
        if not beat.is_over:
            self.others.leads = beat.leads
            self.others.articles = max(0, beat.articles - self.ledger.articles)
        else:
            self.others.leads = False

    def _mend(self, beat: Beat, *, is_other_server: bool) -> None:
        """Agree with Redis again where either may have lost something."""
        may_be_lost = is_other_server or beat.is_lost or beat.was_unknown
        if not (may_be_lost or self._is_unsure):
            return
        if may_be_lost and self.ledger.frontier is not None:
            # Redis may have come back without the last that it was told.
            request = self._spider.request_article  # type: ignore[union-attr]
            waiting, _ = self.ledger.frontier.left_by_earlier_run()
            self._to_share += [request(row.url, row.priority) for row in waiting]
        held = self.queue.held()
        in_heap = {_ticket_of(entry[2]) for entry in self._heap} & set(self._held)
        lost = in_heap - held
        # Another worker has them, or nobody: Redis knows which.
        self._to_share += [self._held.pop(ticket) for ticket in sorted(lost)]
        self._heap = [entry for entry in self._heap if _ticket_of(entry[2]) not in lost]
        heapq.heapify(self._heap)
        if not self._outbox:
            self._give_back(sorted(held - set(self._held)))
            self._is_unsure = False

    def _tell(self, settled: Settled) -> None:
        published = _moment(settled.published)
        self.crawler.signals.send_catch_log(
            settled_elsewhere, url=settled.url, outcome=settled.outcome, published=published
        )

    def _is_known(self, request: Request) -> bool:
        """Whether an address was asked for; that of a redirect by any worker."""
        target = target_of(request)
        if super()._is_known(request):
            return True
        if target is None or target.role != "article" or "redirect_times" not in request.meta:
            return False
        key = target.key_of(request.url)
        try:
            is_ours = self.queue.claim(key, target.ticket)
        except FrontierError as error:
            # Asked for twice is better than not at all.
            self.note_away(error)
            return False
        if is_ours:
            self._claims.setdefault(target.ticket, []).append(key)
        return not is_ours

    def _settled(
        self, ticket: str, observation: Observation, article: Article | None = None
    ) -> None:
        super()._settled(ticket, observation, article)
        if ticket not in self._held:
            return
        if is_put_off(observation):
            self._give_back([ticket])
            return
        del self._held[ticket]
        told = Settled(
            url=observation.url,
            outcome=observation.outcome,
            status=observation.status,
            fetched_at=observation.fetched_at,
            published=article.date_published.isoformat()
            if article is not None and article.date_published is not None
            else None,
        )
        claims = self._claims.pop(ticket, [])
        is_article = observation.outcome in ARTICLE_OUTCOMES
        self._outbox.append(self.queue.settling(ticket, told, claims, is_article=is_article))


class Company(Others):
    """The other workers, as Redis tells of them."""

    leads = has_led = False

    def __init__(self, scheduler: SharedScheduler) -> None:
        self._scheduler = scheduler

    async def may_begin(self) -> bool:
        scheduler = self._scheduler
        while not self.leads:
            is_stopped = scheduler.ledger.failure is not None or scheduler.is_at_limit
            if scheduler.is_over or is_stopped:
                return False
            await asyncio.sleep(_ASK_AGAIN)
        self.has_led = True
        return True

    def plan_of(self, plan: str) -> str:
        return f"{self.plan_prefix(plan)}{self._scheduler.queue.crawl}"

    def plan_prefix(self, plan: str) -> str:
        """Return how the plans of all shared crawls begin that ask for the same."""
        return f"shared {sha256(plan.encode()).hexdigest()[:32]} "

    def seen(self, ticket: str) -> tuple[Seen, History] | None:
        try:
            known = self._scheduler.queue.known(ticket)
        except FrontierError as error:
            self._scheduler.note_away(error)
            return None
        if known is None:
            return None
        seen = Seen(
            outcome=known.outcome,
            reason=None,
            status=known.status,
            fetched_at=known.fetched_at,
            etag=None,
            last_modified=None,
            whole_at=None,
            # It is in another archive, under a number that says nothing here.
            article_id=0 if known.outcome in ARTICLE_OUTCOMES else None,
        )
        return seen, History(published=_moment(known.published), changes=0)

    def end(self, *, is_complete: bool) -> None:
        self._scheduler.end(is_complete=is_complete)


def _ticket_of(request: Request) -> str:
    target = target_of(request)
    return target.ticket if target is not None else ""


def _moment(text: str | None) -> dt.datetime | None:
    """Return a date or moment as the beginning of it, in UTC."""
    if text is None:
        return None
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)

"""The other workers of a crawl, as Redis knows them."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

from newscrawl.archive.crawl_state.change_history import History
from newscrawl.archive.read.articles import Seen
from newscrawl.crawl.frontier.peers import Peers
from newscrawl.crawl.shared.redis_connection import RedisConnection
from newscrawl.outcomes import ARTICLE_OUTCOMES

_LOOK_AGAIN = 0.2
"""Seconds between two looks whether this worker leads."""


class WorkerPeers(Peers):
    """The other workers, as Redis knows them."""

    leads = has_led = False

    def __init__(
        self,
        redis: RedisConnection,
        *,
        is_stopped: Callable[[], bool],
        end: Callable[[bool], bool],
    ) -> None:
        self._redis, self._is_stopped, self._end = redis, is_stopped, end

    async def wait_to_lead(self) -> bool:
        while not self.leads:
            if self._is_stopped():
                return False
            await asyncio.sleep(_LOOK_AGAIN)
        self.has_led = True
        return True

    def plan_of(self, plan: str) -> str:
        return f"{self.plan_prefix}{self._redis.queue.crawl}"

    @property
    def plan_prefix(self) -> str:
        """Prefix of the plans of all shared crawls with the same arguments."""
        return f"shared {self._redis.queue.key} "

    def seen(self, request_key: str) -> tuple[Seen, History] | None:
        known = self._redis.query(lambda queue: queue.known(request_key))
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
        return seen, History(published=moment_of(known.published), changes=0)

    def end(self, *, is_complete: bool) -> bool:
        return self._end(is_complete)


def moment_of(text: str | None) -> dt.datetime | None:
    """Return a date or moment as the beginning of it, in UTC."""
    if text is None:
        return None
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)

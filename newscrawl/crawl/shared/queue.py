"""Queue in Redis: requests are handed out on a lease, and again if their worker falls silent.

scrapy-redis forgets a request once it is handed out; here it stays until it is settled.
Each step is one Lua script, so that Redis has done all of it or nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.resources import files
from typing import Any, TypeVar, cast
from uuid import uuid4

from redis import RedisError
from redis.backoff import NoBackoff
from redis.client import Redis
from redis.commands.core import Script
from redis.exceptions import ResponseError
from redis.retry import Retry
from scrapy import Request, Spider
from scrapy.settings import BaseSettings
from scrapy_redis.connection import get_redis_from_settings
from scrapy_redis.queue import Base

from newscrawl.crawl.frontier.request_meta import take_up, target_of
from newscrawl.crawl.shared.protocol import Beat, Call, Settled
from newscrawl.errors import FrontierError, FrontierSpoiledError
from newscrawl.text.urls import clean_url

_PATIENCE = 5.0
"""Seconds that one call may take; the crawl stands still meanwhile."""
_MOST_PRIORITY = 2**31
_REPLACED = 3
"""Another crawl is in the place of this one: it is over, and nobody says how it ended."""
_AT_ONCE = 0.001
_MOST_MENDED = 20
"""Times that a worker mends a crawl with keys of another kind; then it gives up."""
_STRANGE = ("SPOILED", "WRONGTYPE", "not an integer", "not a valid float", "bad argument")
"""Errors of Redis about a key of ours that holds a value of another kind."""
_ABOUT_A_CRAWL = ("join", "add", "take", "claim", "settle", "return", "beat", "leave", "finish")
_ABOUT_A_HOST = ("turn", "hold", "rest")

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")


def connect(settings: BaseSettings) -> Redis:
    """Return the client for NEWSCRAWL_FRONTIER; scrapy-redis's REDIS_PARAMS hold for it."""
    ours = {
        "socket_timeout": _PATIENCE,
        "socket_connect_timeout": _PATIENCE,
        # Whether to try again is the crawl's to say: what was sent may have been done.
        "retry": Retry(NoBackoff(), 0),
        "retry_on_timeout": False,
        "decode_responses": True,
        "encoding_errors": "surrogateescape",  # bytes that are no text go back unchanged
    }
    params = ours | settings.getdict("REDIS_PARAMS")
    given = BaseSettings({"REDIS_PARAMS": params, "REDIS_URL": settings["NEWSCRAWL_FRONTIER"]})
    try:
        return cast("Redis", get_redis_from_settings(given))
    except (ValueError, TypeError) as error:
        raise FrontierError(f"NEWSCRAWL_FRONTIER: {error}") from error


class LeasedQueue(Base):
    """The articles of one crawl of one site, by one plan, that wait or are with a worker.

    Every method raises FrontierError if Redis does not answer; the call may have been carried
    out then. Repeating it does no harm.
    """

    def __init__(self, server: Redis, spider: Spider, site: str, plan: str) -> None:
        digest = sha256(plan.encode()).hexdigest()[:16]
        super().__init__(server, spider, "%(spider)s", serializer=json)
        # One hash tag for all keys of a site: a cluster keeps them in one place.
        self.key = f"newscrawl:{{{site}}}:{digest}"
        self.known_key = f"newscrawl:{{{site}}}:known"
        self.worker = uuid4().hex
        self.crawl = ""
        """The id of the crawl that was joined."""
        self.dropped = 0
        """Number of entries of another program that were not used."""
        self._told_until = "0"
        self._is_replaced = False
        self._times_mended = 0
        self._scripts = {
            **{name: _script(server, "common", "guard", name) for name in _ABOUT_A_CRAWL},
            **{name: _script(server, f"turns/{name}") for name in _ABOUT_A_HOST},
            "heal": _script(server, "common", "heal"),
        }

    def __len__(self) -> int:
        return int(self._ask(lambda: self.server.zcard(f"{self.key}:waiting")))

    def join(self) -> str:
        """Join the crawl that is under way, or begin one; return its id."""
        self.crawl = str(self._run("join", uuid4().hex))
        return self.crawl

    def push(self, request: Request) -> None:
        """Queue an article, unless it was requested in this crawl."""
        self.send([self.adding([request])])

    def send(self, calls: Sequence[Call]) -> None:
        """Make *calls* in their order, all on one way to Redis and back."""
        self._ask(lambda: self._send(calls))

    def adding(self, requests: Iterable[Request]) -> Call:
        """Return the call that queues articles, except those requested in this crawl."""
        return Call(
            "add", tuple(part for one in requests for part in self._encode_request(one))
        )

    def pop(self, timeout: int = 0) -> Request | None:
        """Return the best that waits, now with this worker; None where nothing does."""
        return next(iter(self.take(1)), None)

    def take(self, most: int, limit: int | None = None) -> list[Request]:
        """Lease the best waiting requests to this worker and return them.

        With *limit*, no more than the crawl may still bring.
        """
        dropped, *found = self._run("take", self.worker, most, -1 if limit is None else limit)
        taken = {
            request_key: self._decode_request(request_key, item)
            for request_key, item in zip(found[::2], found[1::2], strict=True)
        }
        strange = [request_key for request_key, request in taken.items() if request is None]
        if dropped + len(strange):
            self._drop(dropped + len(strange), "waiting articles")
        if strange:
            self.send([self.returning(strange, for_this_crawl=False)])
        return [request for request in taken.values() if request is not None]

    def claim(self, key: str, request_key: str) -> bool:
        """Return whether this worker may request the redirect target of *request_key*."""
        return bool(self._run("claim", self.worker, key, request_key))

    def settling(
        self, request_key: str, settled: Settled, claims: Iterable[str], *, is_article: bool
    ) -> Call:
        """Return the call that reports an address's outcome, so that it is settled."""
        told: tuple[str | int, ...] = (
            self.worker,
            request_key,
            int(is_article),
            settled.as_json(),
        )
        told += tuple(claims)
        return Call("settle", told)

    def returning(self, request_keys: Iterable[str], *, for_this_crawl: bool = True) -> Call:
        """Return the call that reports that this worker gives articles back.

        Not *for_this_crawl*, they are as if nobody had found them yet.
        """
        told: tuple[str | int, ...] = (self.worker, int(for_this_crawl))
        return Call("return", told + tuple(request_keys))

    def beat(self, lease: float, *, may_lead: bool) -> Beat:
        """Say that this worker is alive, for *lease* seconds; return how the crawl stands."""
        found = self._run("beat", self.worker, int(lease * 1000), self.crawl, int(may_lead))
        state, leads, was_unknown, waiting, held, articles, dropped, held_here = found
        if dropped:
            self._drop(dropped, "entries")
        if state == _REPLACED and not self._is_replaced:
            self._is_replaced = True
            self._drop(1, "crawls")
        is_over = state in {0, _REPLACED}
        return Beat(
            is_over=is_over,
            is_lost=state == 2,
            leads=bool(leads),
            was_unknown=bool(was_unknown),
            waiting=waiting,
            held=held,
            articles=articles,
            held_here=frozenset(held_here),
        )

    def told_by_others(self) -> Iterator[Settled]:
        """Yield the outcomes from other workers since the last call, in their order."""
        name = f"{self.key}:settled"
        found = self._ask(lambda: self.server.xread({name: self._told_until}, count=1000))
        strange: list[str] = []
        for number, entry in found[0][1] if found else ():
            settled = self._settled_from(entry.get("what"))
            if settled is None:
                # Its number may be later than any of ours.
                strange.append(number)
                continue
            self._told_until = number
            if entry.get("by") != self.worker:
                yield settled
        if strange:
            self._ask(lambda: self.server.xdel(name, *strange))

    def known(self, key: str) -> Settled | None:
        """Return the outcome of an address in this crawl or an earlier one; None if unknown."""
        found = self._ask(lambda: self.server.hget(self.known_key, key))
        return None if found is None else self._settled_from(found)

    def count_known(self) -> int:
        """Return how many addresses of the site are known from this crawl and earlier ones."""
        return int(self._ask(lambda: self.server.hlen(self.known_key)))

    def server_run(self) -> str:
        """Return the identity of this start of the Redis server."""
        with _frontier_errors():
            return str(self.server.info("server")["run_id"])

    def finish(self) -> bool:
        """End the crawl for all workers; whether this one leads, and nothing waits."""
        return bool(self._run("finish", self.worker, self.crawl))

    def leave(self) -> None:
        """Report that this worker ends. Its leases are to be given back before."""
        self._run("leave", self.worker)

    def clear(self) -> None:
        """Forget this crawl, and all that is known of the site."""
        with _frontier_errors():
            names = list(self.server.scan_iter(f"{self.key}:*"))
            self.server.delete(*names, self.known_key)

    def wait_for_turn(self, host: str, spacing: float, holds: float = 0.0) -> float:
        """Take a turn at requesting from *host*; return 0, or in how many seconds to try again.

        The next is *spacing* seconds later, whichever worker's it is, and none is within
        *holds* seconds unless `rest` says before that this one is over.
        """
        spacing_ms, holds_ms = int(spacing * 1000), int(holds * 1000)
        found = self._scripts["turn"]
        with _frontier_errors():
            keys = [f"newscrawl:turn:{host}"]
            wait_ms = int(found(keys=keys, args=[spacing_ms, self.worker, holds_ms]))
        if wait_ms < 0:
            self._drop(1, f"turns at {host}")
            return _AT_ONCE
        return wait_ms / 1000

    def hold_turn(self, host: str, holds: float) -> bool:
        """Prolong a turn at *host* to *holds* seconds; return False if this worker has none."""
        with _frontier_errors():
            keys = [f"newscrawl:turn:{host}"]
            return bool(self._scripts["hold"](keys=keys, args=[self.worker, int(holds * 1000)]))

    def rest(self, host: str, seconds: float) -> None:
        """Have no worker send a request to *host* for *seconds*; this worker's turn is over."""
        with _frontier_errors():
            keys = [f"newscrawl:turn:{host}"]
            self._scripts["rest"](keys=keys, args=[int(seconds * 1000), self.worker])

    def _run(self, name: str, *arguments: Any) -> Any:
        keys = [self.key, self.known_key]
        return self._ask(lambda: self._scripts[name](keys=keys, args=list(arguments)))

    def _send(self, calls: Sequence[Call]) -> None:
        pipeline = self.server.pipeline(transaction=False)
        for call in calls:
            keys = [self.key, self.known_key]
            self._scripts[call.script](keys=keys, args=call.arguments, client=pipeline)
        pipeline.execute()

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        """Return the answer of Redis, after deleting the crawl if keys are of another kind."""
        with _frontier_errors():
            try:
                return question()
            except ResponseError as error:
                if not _is_spoiled(error) or self._times_mended == _MOST_MENDED:
                    raise
            self._times_mended += 1
            self._told_until = "0"
            count = self._scripts["heal"](keys=[self.key, self.known_key])
            self._drop(int(count), "keys")
            return question()

    def _encode_request(self, request: Request) -> tuple[str, str]:
        target = target_of(request)
        assert target is not None  # noqa: S101  # articles of ours alone wait here
        item: dict[str, Any] = {"url": request.url, "priority": request.priority}
        if request.meta.get("allow_offsite"):
            item["is_elsewhere"] = True
        return target.request_key, self.serializer.dumps(item)

    def _decode_request(self, request_key: str, encoded_request: str) -> Request | None:
        """Return the request of an item; None if another program wrote it."""
        try:
            item = self.serializer.loads(encoded_request)
            url, priority = item["url"], item["priority"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        is_ours = isinstance(url, str) and type(priority) is int and clean_url(url, url)
        if not is_ours or abs(priority) > _MOST_PRIORITY:
            return None
        is_elsewhere = bool(item.get("is_elsewhere"))
        request = take_up(self.spider, url, priority, is_elsewhere=is_elsewhere)
        target = target_of(request)
        # Under another key nobody could settle it.
        return request if target is not None and target.request_key == request_key else None

    def _settled_from(self, text: str | None) -> Settled | None:
        """Return an outcome; None if another program wrote it."""
        try:
            return Settled.from_json(text or "")
        except (ValueError, TypeError, KeyError, RecursionError):
            self._drop(1, "outcomes")
            return None

    def _drop(self, count: int, kind: str) -> None:
        self.dropped += count
        logger.warning(
            "the shared frontier has %d %s that are not ours: dropped. Which other program "
            "writes keys that begin with %s?",
            *(count, kind, self.key),
        )


def _script(server: Redis, *names: str) -> Script:
    """Return the script that the files of *names* make together."""
    folder = files("newscrawl.crawl.shared") / "scripts"
    texts = [(folder / f"{name}.lua").read_text("utf-8") for name in names]
    return server.register_script("\n".join(texts))


def _is_spoiled(error: ResponseError) -> bool:
    return any(sign in str(error) for sign in _STRANGE)


@contextmanager
def _frontier_errors() -> Iterator[None]:
    """Turn errors of Redis, and of the connection to it, into a FrontierError."""
    try:
        yield
    except RedisError as error:
        reason = str(error) or type(error).__name__
        if isinstance(error, ResponseError) and _is_spoiled(error):
            raise FrontierSpoiledError(
                f"the shared frontier has keys of another program: {reason}"
            ) from error
        raise FrontierError(f"the shared frontier does not answer: {reason}") from error

"""The queue in Redis for several workers: handed out on a lease, settled once."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from newscrawl.crawl.frontier.request_meta import meta_for, target_of
from newscrawl.crawl.shared.protocol import Settled
from newscrawl.crawl.shared.queue import LeasedQueue, connect
from newscrawl.crawl.shared.redis_connection import RedisConnection
from newscrawl.errors import FrontierError
from tests.redis_server import RedisServer, needs_redis, redis_server

HOST = "https://ferry.example"
NOW = dt.datetime(2026, 5, 17, 10, 0, tzinfo=dt.UTC)
pytestmark = needs_redis
Join = Callable[[], LeasedQueue]


class Asking(Spider):
    name = "asking"

    def request_article(self, url: str, priority: int = 0) -> Request:
        return Request(url, priority=priority, meta=meta_for(url, "article"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def join(server: RedisServer, tmp_path: Path) -> Join:
    """A worker that joins the test's crawl."""

    def join() -> LeasedQueue:
        client = connect(BaseSettings({"NEWSCRAWL_FRONTIER": server.url}))
        queue = LeasedQueue(client, Asking(), "ferry.example", tmp_path.name)
        queue.join()
        queue.beat(60, may_lead=True)
        return queue

    server.client.flushall()
    return join


def asked(queue: LeasedQueue, *paths: str, priority: int = 0) -> None:
    spider = Asking()
    requests = [spider.request_article(HOST + path, priority) for path in paths]
    queue.send([queue.adding(requests)])


def taken(queue: LeasedQueue, most: int = 10, limit: int | None = None) -> list[str]:
    return [request.url.removeprefix(HOST) for request in queue.take(most, limit)]


def settle(queue: LeasedQueue, path: str, *claims: str) -> None:
    told = Settled(
        url=HOST + path, outcome="stored", status=200, fetched_at=NOW, published=None
    )
    queue.send([queue.settling(request_key(path), told, claims, is_article=True)])


def request_key(path: str) -> str:
    target = target_of(Asking().request_article(HOST + path))
    assert target is not None
    return target.request_key


def test_the_best_goes_first_and_then_the_first(join: Join) -> None:
    queue = join()
    asked(queue, "/1", "/2", "/3")
    asked(queue, "/urgent", priority=5)
    asked(queue, "/late", priority=-5)
    assert len(queue) == 5
    assert taken(queue, 4) == ["/urgent", "/1", "/2", "/3"]
    request = queue.pop()
    assert request is not None
    assert (request.url, request.priority) == (f"{HOST}/late", -5)
    assert queue.pop() is None


def test_each_is_handed_out_once(join: Join) -> None:
    one, two = join(), join()
    asked(one, "/1", "/2", "/3")
    asked(two, "/3", "/2", "/1", "/4")
    first, second = taken(one, 2), taken(two, 9)
    assert sorted(first + second) == ["/1", "/2", "/3", "/4"]


def test_what_a_dead_worker_held_is_handed_out_again(join: Join) -> None:
    dead, alive = join(), join()
    asked(dead, "/1", "/2")
    assert taken(dead, 1) == ["/1"]
    assert dead.claim("article:elsewhere", request_key("/1"))
    time.sleep(0.06)
    beat = alive.beat(0.05, may_lead=True)
    assert (beat.waiting, beat.held) == (2, 0)
    assert sorted(taken(alive)) == ["/1", "/2"]
    # What it was redirected to on the way may be asked for again as well.
    assert alive.claim("article:elsewhere", request_key("/1"))
    assert dead.beat(60, may_lead=False).was_unknown


def test_what_a_forgotten_worker_holds_is_handed_out_again(
    join: Join, server: RedisServer
) -> None:
    """Redis came back without memory; a worker took something, and died before it beat."""
    dead, alive = join(), join()
    asked(dead, "/1")
    server.client.delete(f"{dead.key}:workers")
    assert taken(dead) == ["/1"]
    assert alive.beat(60, may_lead=False).waiting == 1


def test_one_leads_until_it_is_not_heard_of(join: Join) -> None:
    one, two = join(), join()
    assert one.beat(0.05, may_lead=True).leads
    assert not two.beat(60, may_lead=True).leads
    time.sleep(0.06)
    assert not two.beat(60, may_lead=False).leads
    assert two.beat(60, may_lead=True).leads
    assert not one.beat(60, may_lead=True).leads
    two.leave()
    assert one.beat(60, may_lead=True).leads


def test_an_article_counts_once_whoever_settles_it(join: Join) -> None:
    one, two = join(), join()
    asked(one, "/1")
    assert taken(one) == ["/1"]
    settle(one, "/1")
    settle(one, "/1")
    settle(two, "/1")
    beat = two.beat(60, may_lead=False)
    assert (beat.waiting, beat.held, beat.articles) == (0, 0, 1)
    assert [settled.url for settled in two.told_by_others()] == [f"{HOST}/1"]
    assert list(two.told_by_others()) == []
    assert list(one.told_by_others()) == []
    known = two.known(request_key("/1"))
    assert known is not None
    assert (known.outcome, known.fetched_at) == ("stored", NOW)


def test_the_limit_counts_what_is_found_and_what_is_held(join: Join) -> None:
    one, two = join(), join()
    asked(one, "/1", "/2", "/3", "/4", "/5")
    assert len(taken(one, 2, limit=3)) == 2
    assert len(taken(two, 2, limit=3)) == 1
    settle(one, "/1")
    assert taken(two, 2, limit=3) == []


def test_what_is_given_back_waits_again_or_is_as_if_never_found(join: Join) -> None:
    queue = join()
    asked(queue, "/1", "/2")
    taken(queue)
    queue.send([queue.returning([request_key("/1")])])
    queue.send([queue.returning([request_key("/2")], for_this_crawl=False)])
    assert queue.beat(60, may_lead=True).held_here == set()
    assert taken(queue) == ["/1"]
    asked(queue, "/1", "/2")
    assert taken(queue) == ["/2"]


def test_the_crawl_ends_when_nothing_waits_and_the_leader_says_so(join: Join) -> None:
    one, two = join(), join()
    asked(one, "/1")
    assert not one.finish()
    taken(two)
    assert not one.finish()
    settle(two, "/1")
    assert not two.finish()
    assert one.finish()
    assert two.beat(60, may_lead=True).is_over
    assert join().crawl != one.crawl


def test_a_crawl_that_redis_has_lost_goes_on(join: Join, server: RedisServer) -> None:
    queue = join()
    server.client.flushall()
    beat = queue.beat(60, may_lead=True)
    assert (beat.is_lost, beat.is_over) == (True, False)
    assert not queue.beat(60, may_lead=True).is_lost


def test_the_turns_of_a_host_are_apart(join: Join) -> None:
    one, two = join(), join()
    assert one.wait_for_turn("ferry.example", 0.2) == 0
    assert 0.1 < two.wait_for_turn("ferry.example", 0.2) <= 0.2
    assert two.wait_for_turn("other.example", 0.2) == 0
    time.sleep(0.21)
    assert two.wait_for_turn("ferry.example", 0.2) == 0


def test_a_turn_may_be_held_until_the_answer(join: Join) -> None:
    one, two = join(), join()
    assert one.wait_for_turn("slow.example", 0.0, 5.0) == 0
    assert two.wait_for_turn("slow.example", 0.0, 5.0) > 0
    one.rest("slow.example", 0.05)
    assert 0 < two.wait_for_turn("slow.example", 0.0, 5.0) <= 0.05
    time.sleep(0.06)
    assert two.wait_for_turn("slow.example", 0.0, 5.0) == 0


def test_a_turn_ends_that_nobody_prolongs(join: Join) -> None:
    one, two = join(), join()
    assert one.wait_for_turn("slow.example", 0.0, 0.1) == 0
    assert one.hold_turn("slow.example", 60.0)
    assert not two.hold_turn("slow.example", 60.0)
    time.sleep(0.2)
    assert two.wait_for_turn("slow.example", 0.0, 0.1) > 0
    assert one.hold_turn("slow.example", 0.1)
    # Its worker has been killed: nobody says that the turn is over.
    time.sleep(0.2)
    assert two.wait_for_turn("slow.example", 0.0, 0.1) == 0
    assert not one.hold_turn("slow.example", 60.0)


def test_a_server_that_is_away_is_reported(join: Join, tmp_path: Path) -> None:
    folder = tmp_path / "another"
    folder.mkdir()
    with redis_server(folder) as server:
        queue = LeasedQueue(server.client, Asking(), "ferry.example", "plan")
        server.kill()
        with pytest.raises(FrontierError, match="does not answer"):
            queue.join()
        with pytest.raises(FrontierError, match="does not answer"):
            len(queue)


ITEMS = (
    *("", "no json", "[]", "null", '"text"', "{}", '{"url": 1, "priority": 0}', "[" * 5_000),
    *('{"url": "file:///etc/passwd", "priority": 0}', '{"url": "https://a.example/"}'),
    '{"url": "https://a.example/", "priority": "1"}',
    '{"url": "https://a.example/", "priority": 1e999}',
)
STRANGE_KEYS = (b"strange-", b"\xff\xfe", b"article:\xff\x00", b"article:" + b"x" * 70_000, b"")
OUTCOMES_OF_OTHERS = (
    *("", "no json", "[]", "null", "{}", '{"fetched_at": "2026-05-17T10:00:00+00:00"}'),
    json.dumps({"url": HOST, "outcome": "x", "status": 200, "fetched_at": "2026", "more": 1}),
    json.dumps(
        {
            "url": f"{HOST}/1",
            "outcome": "stored",
            "status": 200,
            "published": "soon",
            "fetched_at": "2026-05-17T10:00:00+00:00",
        }
    ),
)


def test_waiting_articles_of_another_program_are_dropped(
    join: Join, server: RedisServer
) -> None:
    queue = join()
    asked(queue, "/1")
    for number, (key, item) in enumerate(itertools.product(STRANGE_KEYS, ITEMS)):
        server.client.hset(f"{queue.key}:items", key + b"%d" % number, item)
        server.client.zadd(f"{queue.key}:waiting", {key + b"%d" % number: -number})
    without_items = {b"article:https://ferry.example/9": -1.0, b"\xff\xfe": float("-inf")}
    server.client.zadd(f"{queue.key}:waiting", without_items)
    found = [path for _ in range(5) for path in taken(queue, 100)]
    assert found == ["/1"]
    assert queue.dropped == len(ITEMS) * len(STRANGE_KEYS) + 2
    settle(queue, "/1")
    assert queue.beat(60, may_lead=True).held == 0
    assert queue.finish()


def test_leases_of_another_program_are_no_obstacle(join: Join, server: RedisServer) -> None:
    queue, other = join(), join()
    for worker in (b"nobody", b"\xff", queue.worker.encode(), other.worker.encode()):
        for number, (key, item) in enumerate(itertools.product(STRANGE_KEYS, ITEMS)):
            name = key + worker + b"%d" % number
            server.client.hset(f"{queue.key}:items", name, item)
            server.client.hset(f"{queue.key}:held", name, worker)
    server.client.hset(f"{queue.key}:held", b"\xff\xfe", queue.worker)
    server.client.hset(f"{queue.key}:held", b"article:without an item", b"nobody")
    server.client.hset(f"{queue.key}:claims", b"x\xff", b"\xff \xff")
    for worker in (queue, other):
        stale = worker.beat(60, may_lead=True).held_here
        worker.send([worker.returning(sorted(stale))])
    while queue.beat(60, may_lead=True).left:
        assert taken(queue, 100) == []
    assert queue.dropped > 0
    assert queue.finish()


@pytest.mark.parametrize("value", [b"many", b"\xff", b"9" * 18, b"-3", b"inf", b"1.5", b""])
def test_counts_of_another_program_are_dropped(
    join: Join, server: RedisServer, value: bytes
) -> None:
    queue = join()
    server.client.set(f"{queue.key}:articles", value)
    server.client.set(f"{queue.key}:place", value)
    asked(queue, "/1", "/2")
    assert queue.beat(60, may_lead=True).articles == 0
    assert queue.dropped == 1
    assert sorted(taken(queue, limit=2)) == ["/1", "/2"]
    server.client.set(f"{queue.key}:articles", value)
    settle(queue, "/1")
    settle(queue, "/2")
    assert 1 <= queue.beat(60, may_lead=True).articles <= 2


def test_an_article_under_another_key_is_dropped(join: Join, server: RedisServer) -> None:
    queue = join()
    asked(queue, "/1")
    item = server.client.hget(f"{queue.key}:items", request_key("/1"))
    assert item is not None
    for key in ("article:", "article:https://ferry.example/2", "article:\ud800"):
        name = key.encode("utf-8", "surrogatepass")
        server.client.hset(f"{queue.key}:items", name, item)
        server.client.zadd(f"{queue.key}:waiting", {name: -1e9})
    assert taken(queue) == ["/1"]
    assert queue.dropped == 3
    assert queue.beat(60, may_lead=True).held == 1


def test_what_another_program_deletes_is_handed_out_again(
    join: Join, server: RedisServer
) -> None:
    queue = join()
    asked(queue, "/1", "/2")
    server.client.delete(f"{queue.key}:waiting")
    assert taken(queue) == []
    queue.beat(60, may_lead=True)
    assert sorted(taken(queue)) == ["/1", "/2"]


def test_settling_ends_a_lease_whose_article_another_program_deleted(
    join: Join, server: RedisServer
) -> None:
    queue = join()
    asked(queue, "/1")
    assert taken(queue) == ["/1"]
    server.client.delete(f"{queue.key}:items")
    settle(queue, "/1")
    assert queue.beat(60, may_lead=True).held == 0
    assert queue.finish()


@pytest.mark.parametrize("entry", ["18446744073709551615-18446744073709551615", "9" * 16])
def test_later_outcomes_of_another_program_hide_none_of_ours(
    join: Join, server: RedisServer, entry: str
) -> None:
    one, two = join(), join()
    server.client.xadd(f"{one.key}:settled", {b"by": b"\xff"}, id=entry)
    asked(one, "/1")
    assert taken(one) == ["/1"]
    assert list(two.told_by_others()) == []
    settle(one, "/1")
    assert [settled.url for settled in two.told_by_others()] == [f"{HOST}/1"]
    assert two.dropped == 1


@pytest.mark.parametrize("text", OUTCOMES_OF_OTHERS)
def test_outcomes_of_another_program_are_dropped(
    join: Join, server: RedisServer, text: str
) -> None:
    queue = join()
    server.client.xadd(f"{queue.key}:settled", {"by": "other", "what": text})
    server.client.xadd(f"{queue.key}:settled", {"nothing": "of ours"})
    server.client.hset(queue.known_key, request_key("/1"), text)
    assert list(queue.told_by_others()) == []
    assert queue.known(request_key("/1")) is None
    assert queue.dropped == 3


KEYS = (
    *("id", "ended", "leader", "articles", "place", "waiting", "workers", "items", "held"),
    *("claims", "seen", "settled"),
)


@pytest.mark.parametrize("name", KEYS)
def test_a_crawl_with_a_key_of_another_kind_is_lost_and_goes_on(
    join: Join, server: RedisServer, name: str
) -> None:
    queue = join()
    asked(queue, "/1")
    server.client.delete(f"{queue.key}:{name}")
    server.client.geoadd(f"{queue.key}:{name}", (13.4, 52.5, b"\xff"))
    if name in {"waiting", "workers"}:
        server.client.delete(f"{queue.key}:{name}")
        server.client.rpush(f"{queue.key}:{name}", b"\xff")
    beat = queue.beat(60, may_lead=True)
    assert beat.is_lost
    assert queue.dropped == 1
    asked(queue, "/1")
    assert taken(queue) == ["/1"]
    settle(queue, "/1")
    assert queue.finish()


def test_known_addresses_of_another_kind_are_dropped(join: Join, server: RedisServer) -> None:
    queue = join()
    server.client.set(queue.known_key, b"\xff")
    assert queue.known(request_key("/1")) is None
    assert queue.count_known() == 0
    assert queue.dropped == 1


def test_a_frontier_that_another_program_spoils_again_and_again_is_given_up(
    join: Join, server: RedisServer
) -> None:
    queue = join()
    ended: list[FrontierError] = []
    redis = RedisConnection(600, give_up=ended.append)
    redis.queue = queue
    for _ in range(21):
        server.client.delete(f"{queue.key}:waiting")
        server.client.set(f"{queue.key}:waiting", "text")
        redis.query(lambda queue: queue.take(1))
    assert "another program" in str(ended[0])
    assert len(ended) == 1


@pytest.mark.parametrize("id_", [b"", b"\xff\xfe", b"x" * 100_000])
def test_a_crawl_without_an_id_of_ours_begins_again(
    join: Join, server: RedisServer, id_: bytes
) -> None:
    queue = join()
    server.client.set(f"{queue.key}:id", id_)
    assert not queue.beat(60, may_lead=True).is_over
    assert queue.dropped == 1
    server.client.set(f"{queue.key}:id", id_)
    assert len(queue.join()) == 32
    assert not queue.beat(60, may_lead=True).is_over


@pytest.mark.parametrize("ask", ["wait_for_turn", "hold_turn", "rest"])
def test_a_turn_of_another_kind_is_dropped(join: Join, server: RedisServer, ask: str) -> None:
    queue = join()
    server.client.rpush("newscrawl:turn:slow.example", b"\xff")
    getattr(queue, ask)("slow.example", 1.0)
    assert queue.wait_for_turn("slow.example", 60.0, 5.0) < 1.01


@pytest.mark.parametrize("field", ["from", "until"])
@pytest.mark.parametrize("value", ["9" * 30, "inf", "soon", "99999999999999"])
@pytest.mark.parametrize("life", [None, 60])
def test_turns_of_another_program_are_dropped(
    join: Join, server: RedisServer, field: str, value: str, life: int | None
) -> None:
    one, two = join(), join()
    server.client.hset("newscrawl:turn:slow.example", mapping={"by": "other", field: value})
    if life is not None:
        server.client.expire("newscrawl:turn:slow.example", life)
    assert one.wait_for_turn("slow.example", 60.0, 5.0) < 0.01
    assert one.wait_for_turn("slow.example", 60.0, 5.0) == 0
    assert one.dropped == 1
    assert two.wait_for_turn("slow.example", 60.0, 5.0) > 50
    two.rest("slow.example", 1.0)


def test_a_leader_and_workers_of_another_program_are_no_obstacle(
    join: Join, server: RedisServer
) -> None:
    queue = join()
    asked(queue, "/1", "/2")
    assert taken(queue, 1) == ["/1"]
    server.client.set(f"{queue.key}:leader", "ghost")
    server.client.zadd(f"{queue.key}:workers", {"ghost": 9e15, "other": float("inf")})
    server.client.hset(f"{queue.key}:held", request_key("/2"), "ghost")
    server.client.zrem(f"{queue.key}:waiting", request_key("/2"))
    assert queue.beat(60, may_lead=True).leads
    assert taken(queue, 1) == ["/2"]


def test_a_crawl_that_another_program_replaced_is_not_complete(
    join: Join, server: RedisServer
) -> None:
    queue = join()
    server.client.set(f"{queue.key}:id", "f" * 32)
    for _ in range(2):
        assert queue.beat(60, may_lead=True).is_over
    assert queue.dropped == 1


def test_bytes_that_are_no_text_are_sent_back_unchanged(server: RedisServer) -> None:
    client = connect(BaseSettings({"NEWSCRAWL_FRONTIER": server.url}))
    client.set("strange", b"\xff\xfe")
    client.set("same", str(client.get("strange")))
    assert server.client.strlen("same") == 2

"""One crawl by several workers over a real Redis: nothing is lost, whatever ends or stops."""

from __future__ import annotations

import itertools
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from scrapy.settings import BaseSettings

from newscrawl import Archive
from newscrawl.crawl.shared.queue import connect
from newscrawl.evidence import evidence_problems
from tests.command_line import run
from tests.crawling import ROOT, rows
from tests.odd_server import Answer, OddServer, article, ferry_times, sitemap_of, text
from tests.redis_server import PASSWORD, RedisServer, needs_redis, redis_server

PAGES = 150
LEASE = 2
CRAWL_KEYS = (
    *("id", "ended", "leader", "articles", "place", "waiting", "workers", "items", "held"),
    *("claims", "seen", "settled"),
)

pytestmark = needs_redis


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    folder = tmp_path / "redis"
    folder.mkdir()
    with redis_server(folder) as server:
        yield server


@pytest.fixture
def site() -> Iterator[OddServer]:
    """A site whose sitemap lists PAGES articles."""
    with ferry_times(PAGES) as server:
        yield server


@attrs.define
class Crew:
    """Workers of one crawl, each with an archive of its own."""

    site: OddServer
    redis: RedisServer
    folder: Path
    running: dict[str, subprocess.Popen[str]] = attrs.Factory(dict)

    def archive(self, name: str) -> Path:
        return self.folder / name / "archive.db"

    def start(self, *names: str, limit: int | None = None, **settings: object) -> None:
        for name in names:
            self.archive(name).parent.mkdir(exist_ok=True)
            given = {
                "NEWSCRAWL_ARCHIVE": self.archive(name),
                "NEWSCRAWL_PRIVATE_HOSTS": "127.0.0.1",
                "NEWSCRAWL_FRONTIER": self.redis.url,
                "NEWSCRAWL_FRONTIER_LEASE": LEASE,
                "USER_AGENT": f"crawler-{name}",
                **settings,
            }
            options = [part for one in given.items() for part in ("-s", "{}={}".format(*one))]
            arguments = ["-a", f"url={self.site.url}/"]
            if limit is not None:
                arguments += ["-a", f"limit={limit}"]
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "scrapy", "crawl", "site", *arguments, *options],
                cwd=ROOT,
                stderr=subprocess.PIPE,
                text=True,
            )

    def end(self, name: str) -> tuple[int, str]:
        """Wait for a worker; return its exit status and what it said."""
        process = self.running.pop(name)
        _, said = process.communicate(timeout=90)
        return process.returncode, said

    def end_well(self, *names: str) -> None:
        """Wait for workers, which end complete and show no traceback."""
        for name in names:
            status, said = self.end(name)
            assert status == 0, said
            assert "Traceback" not in said

    def end_all(self) -> dict[str, int]:
        return {name: self.end(name)[0] for name in list(self.running)}

    def articles(self, *names: str) -> set[str]:
        """Return the addresses of the articles that these workers have."""
        found = (rows(self.archive(name), "SELECT url FROM article") for name in names)
        return {row["url"] for some in found for row in some}

    def send(self, name: str, signal_: signal.Signals) -> None:
        self.running[name].send_signal(signal_)

    @property
    def are_at_work(self) -> bool:
        return any(process.poll() is None for process in self.running.values())

    def until(self, requests: int) -> None:
        """Wait until the site was asked so often, or all workers have ended."""
        self.wait(lambda: len(self.site.asked) >= requests or not self.are_at_work)

    def wait(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < until
            time.sleep(0.01)


@pytest.fixture
def crew(site: OddServer, redis: RedisServer, tmp_path: Path) -> Iterator[Crew]:
    crew = Crew(site, redis, tmp_path)
    yield crew
    for process in crew.running.values():
        process.kill()
        process.communicate()


def set_crawl_delay(site: OddServer, seconds: float) -> None:
    """Have robots.txt set a pace, so that no worker is done before the others have started."""
    site.answers["/robots.txt"] = text(
        f"User-agent: *\nCrawl-delay: {seconds}\nSitemap: {site.url}/sitemap.xml\n"
    )


def check_whole(crew: Crew, *names: str) -> Path:
    """Merge the archives of *names* into the first, twice; it has every article once."""
    merged, *others = map(crew.archive, names)
    for other in (*others, *others):
        done = run("merge", other, "--archive", merged)
        assert done.returncode == 0, done.stderr
    stored = [row["url"] for row in rows(merged, "SELECT url FROM article")]
    wanted = {
        f"{crew.site.url}{path}" for path in crew.site.answers if path.startswith("/2026")
    }
    assert len(stored) == len(wanted)
    assert set(stored) == wanted
    versions = rows(merged, "SELECT article_id FROM versions")
    assert len(versions) == len(wanted)
    for name in names:
        assert rows(crew.archive(name), "SELECT * FROM frontier_urls") == [], name
        with Archive.open_read_only(crew.archive(name)) as archive:
            assert list(evidence_problems(archive)) == []
    return merged


def left_in(redis: RedisServer) -> set[str]:
    """Return the kinds of keys that a crawl has left."""
    return {key.rpartition(":")[2] for key in redis.client.scan_iter("newscrawl:{*")}


def test_two_workers_share_the_pages(crew: Crew) -> None:
    set_crawl_delay(crew.site, 0.1)
    crew.start("a", "b")
    assert crew.end_all() == {"a": 0, "b": 0}
    shares = [len(crew.articles(name)) for name in "ab"]
    merged = check_whole(crew, "a", "b")
    assert min(shares) > PAGES / 5
    asked = Counter(asked.path for asked in crew.site.asked)
    # Each worker reads for itself what the site forbids; everything else is asked for once.
    again = {path for path, count in asked.items() if count > 1}
    assert again == {"/robots.txt", "/.well-known/tdmrep.json"}
    told = rows(merged, "SELECT settings FROM runs WHERE settings LIKE '%redis%'")
    assert told
    assert not [row for row in told if PASSWORD in row["settings"]]
    assert left_in(crew.redis) == {"known", "ended"}
    runs = rows(merged, "SELECT DISTINCT exit_status FROM runs WHERE spider = 'site'")
    assert runs == [{"exit_status": 0}]


def test_one_killed_and_one_stopped_for_a_while(crew: Crew) -> None:
    crew.start("a", "b", "c")
    crew.until(40)
    crew.send("a", signal.SIGKILL)
    crew.send("b", signal.SIGSTOP)
    time.sleep(2 * LEASE)
    crew.send("b", signal.SIGCONT)
    statuses = crew.end_all()
    assert statuses == {"a": -9, "b": 0, "c": 0}
    # What the killed one had found before is in its archive, and counts.
    crew.start("a")
    assert crew.end("a")[0] == 0
    check_whole(crew, "a", "b", "c")


def test_the_one_that_leads_is_killed(crew: Crew) -> None:
    crew.start("a")
    crew.until(5)
    crew.start("b")
    crew.until(30)
    crew.send("a", signal.SIGKILL)
    assert crew.end("a")[0] == -9
    crew.end_well("b")
    assert len(crew.articles("a", "b")) == PAGES


def test_plain_addresses_are_requested_by_all(crew: Crew) -> None:
    """Only the one that reads the feed knows that these are articles."""
    paths = [f"/n/keel{number}" for number in range(PAGES)]
    crew.site.answers |= {path: article(f"The {path[3:]} of the ferry") for path in paths}
    items = "".join(f"<item><link>{crew.site.url}{path}</link></item>" for path in paths)
    crew.site.answers["/sitemap.xml"] = text(f"<rss><channel>{items}</channel></rss>")
    crew.start("a", "b", "c")
    crew.until(30)
    leader = next(asked for asked in crew.site.asked if asked.path == "/sitemap.xml")
    (first,) = [name for name in "abc" if leader.headers["User-Agent"] == f"crawler-{name}"]
    crew.send(first, signal.SIGKILL)
    assert {name: crew.end(name)[0] for name in "abc"} == {
        name: -9 if name == first else 0 for name in "abc"
    }
    wanted = {f"{crew.site.url}{path}" for path in paths}
    # What is in the archive of the killed one counts.
    assert crew.articles("a", "b", "c") == wanted
    for name in set("abc") - {first}:
        assert len(crew.articles(name)) > PAGES / 10


def test_all_are_killed_and_one_goes_on(crew: Crew) -> None:
    crew.start("a", "b")
    crew.until(60)
    for name in "ab":
        crew.send(name, signal.SIGKILL)
    assert crew.end_all() == {"a": -9, "b": -9}
    crew.start("a", "b")
    assert crew.end_all() == {"a": 0, "b": 0}
    check_whole(crew, "a", "b")


def test_stopped_by_hand_it_gives_back_what_it_held(crew: Crew) -> None:
    crew.start("a", "b", NEWSCRAWL_FRONTIER_LEASE=60)
    crew.until(40)
    crew.send("a", signal.SIGTERM)
    assert crew.end("a")[0] == 3
    crew.end_well("b")
    # Nobody had to wait for the lease of a minute.
    assert len(crew.articles("a", "b")) == PAGES


def test_redis_is_killed_and_comes_back(crew: Crew) -> None:
    crew.start("a", "b")
    crew.until(30)
    crew.redis.kill()
    time.sleep(1.5)
    crew.redis.start()
    crew.end_well("a", "b")
    check_whole(crew, "a", "b")


def test_redis_comes_back_without_memory(crew: Crew) -> None:
    crew.start("a", "b")
    crew.until(30)
    crew.redis.client.flushall()
    assert crew.end_all() == {"a": 0, "b": 0}
    check_whole(crew, "a", "b")


def test_redis_is_slow(crew: Crew) -> None:
    crew.start("a", "b")
    crew.until(30)
    with crew.redis.stopped():
        time.sleep(7)
    crew.end_well("a", "b")
    check_whole(crew, "a", "b")


def test_connections_are_cut(crew: Crew) -> None:
    crew.start("a", "b")
    for requests in range(20, 140, 20):
        crew.until(requests)
        crew.redis.client.client_kill_filter(_type="normal", skipme=True)
    crew.end_well("a", "b")
    check_whole(crew, "a", "b")


def test_redis_stays_away(crew: Crew) -> None:
    crew.start("a", NEWSCRAWL_FRONTIER_PATIENCE=1)
    crew.until(30)
    crew.redis.kill()
    status, said = crew.end("a")
    assert status == 1
    assert "the shared frontier does not answer" in said
    assert "Traceback" not in said
    run = rows(crew.archive("a"), "SELECT finish_reason FROM runs")
    assert "the shared frontier does not answer" in run[0]["finish_reason"]
    crew.redis.start()
    crew.start("a")
    assert crew.end("a")[0] == 0
    check_whole(crew, "a")


RUBBISH = (
    *(b"", b"\xff\xfe{}", b"[" * 9_000, b'{"url": "file:///etc/passwd", "priority": 0}'),
    *(b'{"url": "https://a.example/", "priority": 1e999}', b"x" * 3_000_000),
)


def test_rubbish_of_another_program_is_dropped_and_told(crew: Crew) -> None:
    set_crawl_delay(crew.site, 0.01)
    crew.start("a")
    crew.until(requests=10)
    client = crew.redis.client
    place = place_in(crew.redis)
    for number, item in enumerate(RUBBISH):
        key = b"\xff\xfe-%d" % number if number % 2 else b"strange-%d" % number
        client.hset(f"{place}:items", key, item)
        client.zadd(f"{place}:waiting", {key: -9e15 + number})
        client.hset(f"{place}:held", key + b"-held", client.get(f"{place}:leader"))
        client.xadd(f"{place}:settled", {"by": "other", "what": item})
    client.zadd(f"{place}:workers", {"ghost": 9e15})
    client.hset(f"{place}:held", "strange-0", "ghost")
    client.set(f"{place}:leader", "ghost")
    host = crew.site.url.removeprefix("http://").partition(":")[0]
    client.hset(f"newscrawl:turn:{host}", mapping={"from": "9" * 20})
    status, said = crew.end("a")
    assert status == 3, said
    assert "Traceback" not in said
    assert "not ours: dropped" in said
    assert len(crew.articles("a")) == PAGES


@pytest.mark.parametrize("name", ["waiting", "items", "id"])
def test_key_of_another_kind_in_a_crawl_loses_no_article(crew: Crew, name: str) -> None:
    set_crawl_delay(crew.site, 0.01)
    crew.start("a")
    crew.until(requests=10)
    at_once = crew.redis.client.pipeline()
    at_once.delete(f"{place_in(crew.redis)}:{name}")
    at_once.rpush(f"{place_in(crew.redis)}:{name}", "of", "another", "program")
    at_once.execute()
    status, said = crew.end("a")
    assert status == 3, said
    assert "Traceback" not in said
    assert "not ours: dropped" in said
    assert len(crew.articles("a")) == PAGES


SHORT_BYTES = (b"", b"\xff\xfe\x00", b"-1", b"9" * 30, b"nan", b"article:\xff", b"\xed\xa0\x80")
KINDS = ("string", "hash", "list", "set", "zset", "stream")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_crawl_with_rubbish_in_every_key_ends_by_itself(crew: Crew, seed: int) -> None:
    set_crawl_delay(crew.site, 0.01)
    crew.start("a", "b")
    place = place_in(crew.redis)
    chance = random.Random(seed)  # noqa: S311 (not a secret)
    for number in range(12):
        crew.until(requests=10 + 8 * number)
        spoil(crew.redis, place, chance)
    for name in "ab":
        status, said = crew.end(name)
        assert status in {0, 3}, said
        assert "Traceback" not in said
    stored = len(crew.articles("a", "b"))
    assert stored > PAGES // 2
    # Once the other program has ended, the same command stores all that is missing.
    crew.start("a")
    assert crew.end("a")[0] in {0, 3}
    assert len(crew.articles("a", "b")) == PAGES


def place_in(redis: RedisServer) -> str:
    """Return what the keys of the crawl begin with, once there are some."""
    until = time.monotonic() + 60
    while not (names := list(redis.client.scan_iter("newscrawl:{*}:*:id"))):
        assert time.monotonic() < until
        time.sleep(0.01)
    return str(names[0]).removesuffix(":id")


def spoil(redis: RedisServer, place: str, chance: random.Random) -> None:
    """Write rubbish into one random key of the crawl, at times as a key of another kind."""
    client = connect(BaseSettings({"NEWSCRAWL_FRONTIER": redis.url}))
    at_once = client.pipeline()
    known = f"{place.rpartition(':')[0]}:known"
    host = place.partition("{")[2].partition("}")[0]
    names = [f"{place}:{name}" for name in CRAWL_KEYS] + [known, f"newscrawl:turn:{host}"]
    name = chance.choice(names)
    kind = client.type(name)
    if chance.random() < 0.25 or kind == "none":
        at_once.delete(name)
        kind = chance.choice(KINDS)
    workers = client.zrange(f"{place}:workers", 0, -1)
    for _ in range(chance.choice([1, 5, 200])):
        values = (*SHORT_BYTES, *RUBBISH[:5], chance.randbytes(9), *workers)
        one, two = chance.choice(values), chance.choice(values)
        keys = client.hkeys(f"{place}:items") if chance.random() < 0.2 else []
        write_one(at_once, kind, name, chance.choice([one, *keys[:1]]), two)
    at_once.execute(raise_on_error=False)  # a worker may have healed it meanwhile


def write_one(client: Any, kind: Any, name: str, one: Any, two: Any) -> None:
    if kind == "string":
        client.set(name, one)
    elif kind == "hash":
        client.hset(name, one, two)
    elif kind == "list":
        client.rpush(name, one)
    elif kind == "set":
        client.sadd(name, one)
    elif kind == "zset":
        client.zadd(name, {one: random.choice([0, 1e300, float("-inf")])})  # noqa: S311
    elif kind == "stream":
        client.xadd(name, {one: two})


def test_a_late_starter_asks_for_nothing_again(crew: Crew) -> None:
    crew.start("a")
    assert crew.end("a")[0] == 0
    before = len(crew.site.asked)
    crew.start("b")
    status, said = crew.end("b")
    assert status == 0, said
    asked = [asked.path for asked in crew.site.asked[before:]]
    assert not [path for path in asked if path.startswith("/2026")]
    assert f"{PAGES} known articles were not due" in said


def test_a_redirect_is_followed_by_one(crew: Crew) -> None:
    goal = "/2026/05/the-ferry-sails-on-day-7-and-stays"
    crew.site.answers[goal] = article("The ferry stays")
    moved = Answer(status=301, headers=(("Location", goal),))
    for number in (3, 4, 5):
        crew.site.answers[f"/2026/05/the-ferry-sails-on-day-{number}"] = moved
    crew.start("a", "b")
    assert crew.end_all() == {"a": 0, "b": 0}
    assert crew.site.count(goal) == 1


def test_the_limit_is_of_all_workers(crew: Crew) -> None:
    set_crawl_delay(crew.site, 0.3)
    crew.start("a", "b", limit=20)
    assert crew.end_all() == {"a": 3, "b": 3}
    assert sum(len(crew.articles(name)) for name in "ab") == 20
    set_crawl_delay(crew.site, 0)
    crew.start("a", "b")
    assert crew.end_all() == {"a": 0, "b": 0}
    check_whole(crew, "a", "b")


def test_the_pace_holds_over_all_workers(crew: Crew) -> None:
    delay = 0.3
    paths = [path for path in crew.site.answers if path.startswith("/2026")][:12]
    crew.site.answers["/sitemap.xml"] = sitemap_of(crew.site, paths)
    set_crawl_delay(crew.site, delay)
    crew.start("a", "b")
    assert crew.end_all() == {"a": 0, "b": 0}
    times = sorted(asked.at for asked in crew.site.asked if asked.path != "/robots.txt")
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert len(times) > 12
    assert min(gaps) >= delay


def test_all_workers_are_patient_with_a_host(crew: Crew) -> None:
    path = "/2026/05/the-ferry-sails-on-day-9"
    whole = crew.site.answers[path]
    assert isinstance(whole, Answer)
    busy = Answer(b"later", 503, (("Retry-After", "10"), ("Content-Type", "text/plain")))
    crew.site.answers[path] = [busy, whole]
    crew.start("a", "b")
    assert crew.end_all() == {"a": 0, "b": 0}
    check_whole(crew, "a", "b")
    told = next(asked.at for asked in crew.site.asked if asked.path == path)
    # What was on its way when the host said so is let through; all else of both workers waits.
    assert [asked for asked in crew.site.asked if told + 5 < asked.at < told + 10] == []
    assert len([asked for asked in crew.site.asked if asked.at >= told + 10]) > PAGES / 2


def test_a_wrong_frontier_is_reported(site: OddServer, tmp_path: Path) -> None:
    def crawl(frontier: str) -> subprocess.CompletedProcess[str]:
        options = (
            "-s",
            f"NEWSCRAWL_ARCHIVE={tmp_path / 'a.db'}",
            "-s",
            f"NEWSCRAWL_FRONTIER={frontier}",
        )
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "scrapy",
                "crawl",
                "site",
                "-a",
                f"url={site.url}/",
                *options,
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    wrong = crawl("localhost:6379")
    assert wrong.returncode == 2
    assert "is not like redis://host:6379/0" in wrong.stderr
    nobody = crawl("redis://127.0.0.1:9/0")
    assert nobody.returncode == 1
    assert "NEWSCRAWL_FRONTIER: nobody answers" in nobody.stderr
    assert "Traceback" not in wrong.stderr + nobody.stderr
    assert site.asked == []


def test_a_frontier_that_may_only_be_greeted_is_reported(crew: Crew) -> None:
    rights = ["+ping", "+hello", "+client", "+select"]
    crew.redis.client.acl_setuser("guest", True, passwords=["+come-in"], commands=rights)
    _, _, place = crew.redis.url.rpartition("@")
    crew.start("a", NEWSCRAWL_FRONTIER=f"redis://guest:come-in@{place}")
    status, said = crew.end("a")
    assert status == 1
    assert "Traceback" not in said
    assert said.count("the shared frontier does not answer: ") == 1
    assert "127.0.0.1" in said.splitlines()[-1]
    assert crew.site.asked == []


def test_without_the_extra_it_is_named(tmp_path: Path) -> None:
    program = (
        "import importlib.util as util, sys; find, hidden = util.find_spec, 'scrapy_redis';"
        "util.find_spec = lambda name, *rest: None if name == hidden else find(name, *rest);"
        "from scrapy.cmdline import execute; execute(['scrapy', *sys.argv[1:]])"
    )
    options = (
        "-s",
        "NEWSCRAWL_FRONTIER=redis://127.0.0.1:9/0",
        "-s",
        f"NEWSCRAWL_ARCHIVE={tmp_path / 'a.db'}",
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            program,
            "crawl",
            "site",
            "-a",
            "url=http://127.0.0.1:9/",
            *options,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.strip().endswith("pip install 'newscrawl[redis]'")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_whatever_happens(crew: Crew, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (not a secret)
    for _ in range(8):
        for name in "abc":
            if name in crew.running and crew.running[name].poll() is not None:
                crew.end(name)
            if name not in crew.running and chance.random() < 0.7:
                crew.start(name)
        time.sleep(chance.uniform(0.5, 3))
        harm(crew, chance)
    for status, said in [crew.end(name) for name in list(crew.running)]:
        # Before Scrapy listens to signals, Python itself says how it was ended.
        assert status < 0 or "Traceback" not in said
    crew.start("a", "b", "c")
    assert crew.end_all() == {"a": 0, "b": 0, "c": 0}
    check_whole(crew, "a", "b", "c")


def harm(crew: Crew, chance: random.Random) -> None:
    """Do one thing to a worker, or to Redis."""
    what = chance.choice(["SIGKILL", "SIGTERM", "SIGINT", "stop", "power", "empty", "slow", ""])
    name = chance.choice("abc")
    if what.startswith("SIG") and name in crew.running:
        for _ in range(2 if what == "SIGINT" else 1):
            crew.send(name, signal.Signals[what])
            time.sleep(0.05)
    elif what == "stop" and name in crew.running:
        crew.send(name, signal.SIGSTOP)
        time.sleep(chance.uniform(0.5, 2.5 * LEASE))
        crew.send(name, signal.SIGCONT)
    elif what == "power":
        crew.redis.kill()
        time.sleep(chance.uniform(0.1, 3))
        crew.redis.start()
    elif what == "empty":
        crew.redis.client.flushall()
    elif what == "slow":
        with crew.redis.stopped():
            time.sleep(chance.uniform(0.5, 6))

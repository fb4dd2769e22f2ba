"""The watchlist: each find and edit is reported once; a target that is down loses nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_string
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.jobs.deliveries import FIRST_WAIT, LONGEST_LIFE, deliver
from newscrawl.jobs.watchlist import WatchlistFile
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at
from tests.command_line import refusal, run
from tests.crawling import crawl, serving
from tests.harbour_post import harbour_post

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


class Hook(ThreadingHTTPServer):
    """A webhook that can be down; it records what it accepted."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.is_down = False
        self.tries = 0
        self.accepted: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        self.server.tries += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", self.server.url)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if not self.server.is_down:
            self.server.accepted.append((dict(self.headers), body))
        self.send_response(503 if self.server.is_down else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    with serving(server):
        yield server


@pytest.fixture
def file(tmp_path: Path) -> WatchlistFile:
    path = tmp_path / "archive.db"
    save(path, 1, "الميناء مغلق", 0)
    return WatchlistFile(path)


def save(path: Path, number: int, headline: str, hour: float) -> None:
    """Save an article of the site as it was read at an hour."""
    url = f"https://{SITE}/news/{number}"
    with Archive(path) as archive:
        article = article_at(url, headline=headline, canonical_url=None)
        seen = observation_at(MORNING + hours(hour), url=url)
        archive.save(article, seen, site=SITE, key=str(number), run=None)


def test_finds_and_edits_are_reported_once(file: WatchlistFile, hook: Hook) -> None:
    file.add("port", "headline:الميناء")
    file.set_targets({"webhook": hook.url})
    assert (file.collect(NOW), deliver(file, NOW)) == (0, (0, 0))
    save(file.archive, 2, "الميناء يتسع", 1)
    save(file.archive, 3, "حديقة جديدة", 1)
    save(file.archive, 1, "الميناء مفتوح", 2)
    assert (file.collect(NOW), deliver(file, NOW)) == (2, (1, 0))
    assert (file.collect(NOW), deliver(file, NOW)) == (0, (0, 0))
    ((_, body),) = hook.accepted
    port = json.loads(body)["searches"]["port"]
    assert [one["headline"] for one in port["found"]] == ["الميناء يتسع"]
    assert [(one["headline"], one["is_silent"]) for one in port["edited"]] == [
        ("الميناء مفتوح", True)
    ]


def test_webhook_that_is_down_for_an_hour_loses_nothing(
    file: WatchlistFile, hook: Hook
) -> None:
    file.add("port", "headline:الميناء")
    file.set_targets({"webhook": hook.url})
    hook.is_down = True
    for minute in range(0, 60, 5):
        save(file.archive, 10 + minute, f"الميناء رقم {minute}", minute / 60)
        at = NOW + dt.timedelta(minutes=minute)
        assert file.collect(at) == 1
        deliver(file, at)
    assert hook.tries < 60  # it backs off
    assert hook.accepted == []
    hook.is_down = False
    sent, waiting = deliver(file, NOW + dt.timedelta(hours=8))
    assert (sent, waiting) == (12, 0)
    ids = [headers["X-Newscrawl-Delivery"] for headers, _ in hook.accepted]
    assert len(set(ids)) == 12


def test_edit_that_takes_the_word_away_is_reported(file: WatchlistFile, hook: Hook) -> None:
    file.add("port", "headline:الميناء")
    file.set_targets({"webhook": hook.url})
    save(file.archive, 1, "لا خبر", 2)
    assert file.collect(NOW) == 1
    save(file.archive, 1, "خبر آخر", 3)
    assert (file.collect(NOW), deliver(file, NOW)) == (1, (2, 0))
    found = [json.loads(body)["searches"]["port"]["edited"] for _, body in hook.accepted]
    assert [[one["headline"] for one in edits] for edits in found] == [["لا خبر"], ["خبر آخر"]]


def test_finds_over_the_most_are_counted(
    file: WatchlistFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newscrawl.jobs.watchlist.MOST", 1)
    file.add("port", "headline:الميناء")
    file.set_targets({"command": "cat"})
    for number in (2, 3, 4):
        save(file.archive, number, f"الميناء {number}", 1)
    assert file.collect(NOW) == 3
    (message,) = file.read().outbox
    assert message.subject == "newscrawl: 3 new on your watchlist"
    assert message.text.splitlines()[-1] == "  found: 2 more"
    assert message.payload["searches"]["port"]["more_found"] == 2


def test_list_says_why_a_message_waits(file: WatchlistFile, hook: Hook) -> None:
    file.add("port", "headline:الميناء")
    file.set_targets({"webhook": hook.url})
    save(file.archive, 2, "الميناء يتسع", 1)
    hook.is_down = True
    assert (file.collect(NOW), deliver(file, NOW)) == (1, (0, 1))
    listed = run("watchlist", "list", "-d", str(file.archive)).stdout
    assert "webhook of 2026-06-01T12:00: HTTPError: HTTP Error 503" in listed


def test_message_is_given_up_after_a_week(file: WatchlistFile, hook: Hook) -> None:
    file.add("port", "headline:الميناء")
    file.set_targets({"webhook": hook.url})
    hook.is_down = True
    save(file.archive, 2, "الميناء يتسع", 1)
    file.collect(NOW)
    assert deliver(file, NOW + LONGEST_LIFE)[1] == 1
    assert deliver(file, NOW + LONGEST_LIFE + dt.timedelta(hours=9))[1] == 0


def test_message_of_a_time_when_the_clock_was_ahead_is_delivered(
    file: WatchlistFile, hook: Hook
) -> None:
    file.add("port", "headline:الميناء")
    file.set_targets({"webhook": hook.url})
    save(file.archive, 2, "الميناء يتسع", 1)
    hook.is_down = True
    ahead = NOW + dt.timedelta(days=400)
    file.collect(ahead)
    assert deliver(file, ahead) == (0, 1)
    hook.is_down = False
    assert deliver(file, NOW) == (1, 0)


class _Rubbish(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.rfile.readline()
        self.wfile.write(b"\x00\x01 no HTTP\r\n\r\n")


def test_webhook_that_answers_rubbish_holds_up_no_other_target(
    file: WatchlistFile, tmp_path: Path
) -> None:
    file.add("port", "headline:الميناء")
    save(file.archive, 2, "الميناء يتسع", 1)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Rubbish) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = "http://{}:{}/".format(*server.server_address)
        file.set_targets({"command": f"cat > {tmp_path / 'box'}", "webhook": url})
        file.collect(NOW)
        assert deliver(file, NOW) == (1, 1)
        server.shutdown()
        thread.join()
    assert "الميناء يتسع" in (tmp_path / "box").read_text("utf-8")


def test_webhook_that_has_moved_is_not_taken_for_a_delivery(
    file: WatchlistFile, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    file.add("port", "headline:الميناء")
    file.set_targets({"webhook": hook.url.replace("/hook", "/moved")})
    save(file.archive, 2, "الميناء يتسع", 1)
    file.collect(NOW)
    assert deliver(file, NOW) == (0, 1)
    assert "it has moved to 127.0.0.1" in caplog.text
    file.set_targets({"webhook": hook.url})
    assert deliver(file, NOW + FIRST_WAIT) == (1, 0)
    assert len(hook.accepted) == 1


def test_watchlist_is_closed_to_others(file: WatchlistFile) -> None:
    file.set_targets({"webhook": "https://hooks.example/secret"})
    assert file.path.stat().st_mode & 0o007 == 0


@pytest.mark.parametrize(
    "text", ["[]", '{"searches": []}', '{"searches": {"a": 1}}', "[" * 99_999, "null", '"x"']
)
def test_damaged_watchlist_is_one_line(file: WatchlistFile, text: str) -> None:
    file.path.write_text(text)
    done = run("watchlist", "send", "--archive", file.archive)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert f"cannot read {file.path}" in done.stderr


def test_webhook_is_signed(
    file: WatchlistFile, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_WEBHOOK_SECRET", "swordfish")
    file.add("port", "headline:الميناء")
    file.set_targets({"webhook": hook.url})
    save(file.archive, 2, "الميناء يتسع", 1)
    file.collect(NOW)
    deliver(file, NOW)
    ((headers, body),) = hook.accepted
    seconds, _, stated = headers["X-Newscrawl-Signature"].removeprefix("t=").partition(",v1=")
    expected = hmac.new(b"swordfish", f"{seconds}.".encode() + body, hashlib.sha256)
    assert stated == expected.hexdigest()


class _Mail(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as one message needs."""

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            if line.upper() == "DATA":
                self._say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.received.append(b"".join(lines).decode())  # type: ignore[attr-defined]
            self._say("221 bye" if line.upper() == "QUIT" else "250 ok")
            if line.upper() == "QUIT":
                break

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def test_mail_and_command_get_one_message_a_run(
    file: WatchlistFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = socketserver.TCPServer(("127.0.0.1", 0), _Mail)
    server.received = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("NEWSCRAWL_SMTP", f"127.0.0.1:{server.server_address[1]}")
    note = tmp_path / "note.txt"
    file.add("port", "headline:الميناء")
    file.add("park", "headline:حديقة")
    file.set_targets({"mail": "desk@shams.example", "command": f"cat >> '{note}'"})
    save(file.archive, 2, "الميناء يتسع", 1)
    save(file.archive, 3, "حديقة جديدة", 1)
    assert file.collect(NOW) == 2
    assert deliver(file, NOW) == (2, 0)
    server.shutdown()
    server.server_close()
    (mail,) = server.received  # type: ignore[attr-defined]
    assert "Subject: newscrawl: 2 new on your watchlist" in mail
    stated = message_from_string(mail)["Date"]
    assert parsedate_to_datetime(stated) == NOW.replace(microsecond=0)  # when it was made
    assert note.read_text("utf-8").count("found:") == 2


def test_commands_keep_the_list(file: WatchlistFile) -> None:
    path = file.archive
    assert run("watchlist", "add", "port", "headline:الميناء", "-d", path).returncode == 0
    assert run("watchlist", "to", "--command", "cat", "-d", path).returncode == 0
    listed = json.loads(run("watchlist", "list", "--json", "-d", path).stdout)
    assert list(listed["searches"]) == ["port"]
    assert listed["targets"]["command"] == "cat"
    assert run("watchlist", "to", "--webhook", "ftp://x", "-d", path).returncode == 2
    assert run("watchlist", "remove", "none", "-d", path).returncode == 2
    assert run("watchlist", "remove", "port", "-d", path).returncode == 0
    assert "0 found" in run("watchlist", "send", "-d", path).stdout
    file.path.write_text("{", "utf-8")
    assert run("watchlist", "send", "-d", path).stderr.count("\n") == 1
    assert "no archive" in refusal(run("watchlist", "add", "a", "b", "-d", "/nowhere/a.db"))


def test_crawl_sends_the_message_and_does_not_wait(tmp_path: Path, hook: Hook) -> None:
    path = tmp_path / "archive.db"
    with Archive(path):
        pass
    file = WatchlistFile(path)
    file.add("all", "ferry")
    file.set_targets({"webhook": hook.url})
    arrived = threading.Event()
    accepted = hook.accepted

    class Accepted(list[tuple[dict[str, str], bytes]]):
        def append(self, one: tuple[dict[str, str], bytes]) -> None:
            accepted.append(one)
            arrived.set()

    hook.accepted = Accepted()
    with harbour_post() as site:
        crawl(path, "site", "-a", f"url={site.url}")
    assert arrived.wait(60)
    assert json.loads(accepted[0][1])["searches"]["all"]["found"]

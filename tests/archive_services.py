"""Servers of other archives: the Wayback Machine, Common Crawl and pywb, as documented.

One server speaks all of their protocols for the captures that it is given. It notes each
request, may be busy, and may end its client at a request.
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import hashlib
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.utils import format_datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import parse_qs, quote, unquote, urlsplit

import attrs
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawl.warc.surt import surt_from

Answer = tuple[int, dict[str, str], bytes]
_HTML = "text/html; charset=utf-8"


@attrs.frozen(kw_only=True)
class Held:
    """One capture that the services hold."""

    url: str
    at: dt.datetime
    body: bytes = b""
    status: int = 200
    media_type: str = "text/html"
    location: str | None = None
    """Where a captured redirect led."""
    is_revisit: bool = False
    """The index says only that the content is as at an earlier capture."""
    flaw: str | None = None
    """missing, other (another capture is shown), cut or outage: why it cannot be had."""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def timestamp(self) -> str:
        return f"{self.at:%Y%m%d%H%M%S}"

    @property
    def digest(self) -> str:
        found = hashlib.sha1(self.body, usedforsecurity=False).digest()
        return base64.b32encode(found).decode()

    def record(self) -> bytes:
        """Return the capture as a record of a WARC file, each time the same."""
        return _record_of(self)


@cache
def _record_of(one: Held) -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    headers = [("Content-Type", one.media_type), *one.headers]
    line = StatusAndHeaders(f"{one.status} OK", headers, protocol="HTTP/1.1")
    writer.write_record(
        writer.create_warc_record(
            one.url,
            "response",
            payload=BytesIO(one.body),
            length=len(one.body),
            http_headers=line,
            warc_headers_dict={"WARC-Date": f"{one.at:%Y-%m-%dT%H:%M:%SZ}"},
        )
    )
    return out.getvalue()


class Services(ThreadingHTTPServer):
    """The services, with all *captures*."""

    daemon_threads = True

    def __init__(self, captures: Sequence[Held]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.captures = sorted(captures, key=lambda one: (surt_from(one.url), one.at))
        self.requests: list[str] = []
        self.lock = threading.Lock()
        self.answers_at_once = 70
        """Most captures in one answer of the Wayback CDX server."""
        self.index_failure: Answer | None = None
        """Answer of the Wayback CDX server to each request; None if it works."""
        self.busy: dict[int, str] = {}
        """By the number of a request, the Retry-After of an answer 429."""
        self.victim: int | None = None
        self.kill_at = 0
        """The number of the request that kills *victim*; 0 for none."""
        self.collections = {"CC-MAIN-2024-10": ("2024-02-20", "2024-03-05")}
        self.saves: dict[str, list[dict[str, str]]] = {}
        """Answers of Save Page Now about the job of an address, in turn; the last stays."""
        self.saved: list[str] = []
        """Addresses that were to be saved, as they came."""
        self.news: dict[str, list[tuple[str, bytes]]] = {}
        """WARC files of CC-NEWS by month, each with its name and content."""
        self.lists: dict[str, bytes] = {}
        """Damaged lists of CC-NEWS by month."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which newscrawl uses these services, without any waits."""
        return {
            "NEWSCRAWL_WAYBACK": self.url,
            "NEWSCRAWL_COMMON_CRAWL_INDEX": f"{self.url}/index",
            "NEWSCRAWL_COMMON_CRAWL_DATA": f"{self.url}/data",
            "NEWSCRAWL_HISTORY_PACE": "0",
            "NEWSCRAWL_HISTORY_WAIT": "0",
        }

    def replayed(self) -> list[str]:
        """Return the paths of all requests for a page or a record."""
        return [path for path in self.requests if "id_/" in path or path.startswith("/data/")]

    def answer(self, path: str, headers: dict[str, str]) -> Answer | None:
        """Return the answer to a request; None if the connection is to be cut."""
        with self.lock:
            self.requests.append(path)
            number = len(self.requests)
        if number == self.kill_at and self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)
            return None
        if number in self.busy:
            return 429, {"Retry-After": self.busy[number]}, b"Too Many Requests"
        parts = urlsplit(path)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        place = "replay" if "id_/" in path else parts.path.split("/")[1]
        answers: dict[str, Callable[[], Answer]] = {
            "cdx": lambda: self.index_failure or self._wayback_index(asked),
            "town": lambda: (200, {}, self._lines(self._listed(asked))),
            "save": lambda: self._save_status(parts.path.rpartition("/")[2]),
            "replay": lambda: self._replay(path),
            "index": lambda: self._crawl_index(parts.path.removeprefix("/index/"), asked),
            "data": lambda: self._data(parts.path.removeprefix("/data/"), headers),
        }
        return answers.get(place, lambda: (404, {}, b"not found"))()

    def answer_save(self, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        """Return the answer of Save Page Now to a POST."""
        with self.lock:
            self.requests.append(path)
            number = len(self.requests)
        if number == self.kill_at and self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)
            return None
        if headers.get("authorization") != "LOW key:secret":
            return 401, {}, b'{"message": "You need to be logged in to use Save Page Now."}'
        url = parse_qs(body.decode())["url"][0]
        self.saved.append(url)
        first = self.saves.get(url, [{"status": "pending"}])[0]
        if "status_ext" in first and first.get("at") == "post":
            return 200, {}, json.dumps(first).encode()
        job = f"spn2-{hashlib.sha256(url.encode()).hexdigest()[:20]}"
        return 200, {}, json.dumps({"url": url, "job_id": job}).encode()

    def _save_status(self, job: str) -> Answer:
        for url, answers in self.saves.items():
            if job == f"spn2-{hashlib.sha256(url.encode()).hexdigest()[:20]}":
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                return 200, {}, json.dumps(answer).encode()
        success = {"status": "success", "timestamp": "20260301120000"}
        return 200, {}, json.dumps(success).encode()

    def _listed(self, asked: dict[str, str]) -> list[Held]:
        key, match = surt_from(asked["url"]), asked.get("matchType", "exact")
        if match == "host":
            key = surt_from(f"http://{asked['url']}/").partition(")")[0] + ")"
        return [
            one
            for one in self.captures
            if (
                surt_from(one.url) == key
                if match == "exact"
                else surt_from(one.url).startswith(key)
            )
            and asked.get("from", "0") <= one.timestamp
            and one.timestamp[: len(asked.get("to", ""))] <= asked.get("to", "9")
        ]

    def _wayback_index(self, asked: dict[str, str]) -> Answer:
        found = self._listed(asked)
        start = int(asked["resumeKey"].partition("!")[0]) if "resumeKey" in asked else 0
        most = min(int(asked.get("limit", 10**6)), self.answers_at_once)
        part, has_more = found[start : start + most], len(found) > start + most
        names = asked["fl"].split(",")
        rows = [[_row(one)[name] for name in names] for one in part]
        key = f"{start + most}! +"
        if asked.get("output") == "json":
            table = [names, *rows, *([[], [quote(key, safe="")]] if has_more else [])]
            return 200, {"Content-Type": "application/json"}, json.dumps(table).encode()
        lines = [" ".join(row) for row in rows] + (["", quote(key)] if has_more else [])
        return 200, {}, "\n".join(lines).encode()

    def _lines(self, found: Sequence[Held]) -> bytes:
        rows = [
            _row(one)
            | {"url": one.url, "mime": _row(one)["mimetype"], "status": _row(one)["statuscode"]}
            for one in found
        ]
        return "".join(f"{json.dumps(row)}\n" for row in rows).encode()

    def _crawl_index(self, path: str, asked: dict[str, str]) -> Answer:
        if path == "collinfo.json":
            rows = [
                {"id": name, "from": days[0] + "T00:00:00", "to": days[1] + "T23:59:59"}
                for name, days in self.collections.items()
            ]
            return 200, {}, json.dumps(rows).encode()
        found = self._listed(asked)
        if path.removesuffix("-index") not in self.collections or not found:
            message = {"message": f"No Captures found for: {asked['url']}"}
            return 404, {}, json.dumps(message).encode()
        pages = [found[at : at + 10] for at in range(0, len(found), 10)]
        if "showNumPages" in asked:
            return 200, {}, json.dumps({"pages": len(pages), "pageSize": 5}).encode()
        rows = [
            _row(one)
            | {
                "url": one.url,
                "mime": one.media_type,
                "status": str(one.status),
                "filename": f"crawl-data/{self.captures.index(one)}.warc.gz",
                "offset": "7",
                "length": str(len(one.record())),
            }
            for one in pages[int(asked["page"])]
        ]
        return 200, {}, "".join(f"{json.dumps(row)}\n" for row in rows).encode()

    def _data(self, path: str, headers: dict[str, str]) -> Answer:
        content = self._file(path)
        if content is None:
            return 404, {}, b"no such key"
        if "range" not in headers:
            return 200, {}, content
        first, _, last = headers["range"].removeprefix("bytes=").partition("-")
        return 206, {}, content[int(first) : int(last) + 1 if last else len(content)]

    def _file(self, path: str) -> bytes | None:
        for month, files in self.news.items():
            folder = f"crawl-data/CC-NEWS/{month}"
            if path == f"{folder}/warc.paths.gz":
                names = "".join(f"{folder}/{name}\n" for name, _ in files)
                return self.lists.get(month, gzip.compress(names.encode()))
            for name, content in files:
                if path == f"{folder}/{name}":
                    return content
        number = path.removeprefix("crawl-data/").removesuffix(".warc.gz")
        if not number.isdigit():
            return None
        one = self.captures[int(number)]
        return b"before " + (one.record()[:50] if one.flaw else one.record()) + b"behind"

    def _replay(self, path: str) -> Answer:
        before, _, url = unquote(path).partition("id_/")
        timestamp = before.rpartition("/")[2]
        one = next(
            (held for held in self.captures if (held.timestamp, held.url) == (timestamp, url)),
            None,
        )
        if one is None or one.flaw == "missing":
            return 404, {}, b"<h1>The Wayback Machine has not archived that URL.</h1>"
        if one.flaw == "other":
            there = f"{before.rpartition('/')[0]}/20010101000000id_/{url}"
            return 302, {"Location": there}, b""
        if one.flaw == "outage":
            return 200, {"Content-Type": _HTML}, b"<h1>Temporarily Offline</h1>"
        body = self._original_of(one).body
        headers = {
            "Memento-Datetime": format_datetime(one.at, usegmt=True),
            "x-archive-orig-content-type": _HTML,
            "x-archive-orig-content-length": str(len(body)),
            "x-archive-orig-server": "town hall",
            "Content-Type": _HTML,
        }
        if one.location is not None:
            headers["Location"] = f"{self.url}/web/{timestamp}id_/{one.location}"
        if one.flaw == "cut":
            headers["Content-Length"] = str(len(body) + 100)
        return one.status, headers | dict(one.headers), body

    def _original_of(self, one: Held) -> Held:
        same = (held for held in self.captures if held.digest == one.digest)
        return next((held for held in same if held.body), one)


def _row(one: Held) -> dict[str, str]:
    return {
        "urlkey": surt_from(one.url),
        "timestamp": one.timestamp,
        "original": one.url,
        "mimetype": "warc/revisit" if one.is_revisit else one.media_type,
        "statuscode": "-" if one.is_revisit else str(one.status),
        "digest": one.digest,
        "length": str(len(one.body)),
    }


class _Handler(BaseHTTPRequestHandler):
    server: Services

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.answer(self.path, headers))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.answer_save(self.path, headers, body))

    def _send(self, answer: Answer | None) -> None:
        if answer is None:
            self.close_connection = True
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def serving(captures: Sequence[Held]) -> Iterator[Services]:
    """Serve *captures* until the end of the block."""
    with Services(captures) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()

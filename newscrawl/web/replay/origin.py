"""The application on the second origin: stored pages and their requisites, and nothing else."""

from __future__ import annotations

import datetime as dt
import hmac
import re
from pathlib import Path
from typing import Any

import attrs
from datasette.app import Datasette

from newscrawl.archive import Archive, Capture
from newscrawl.archive.read.captures import read_capture
from newscrawl.errors import ArchiveError, ExtractionError, WarcError
from newscrawl.evidence import read_stored
from newscrawl.formats.content_type import media_type
from newscrawl.html.charset import decode
from newscrawl.html.first_bytes import is_html
from newscrawl.ingest.media_types import STYLE, requisite_type
from newscrawl.outcomes import Outcome
from newscrawl.page import Page
from newscrawl.web.display.formatting import STAMP
from newscrawl.web.queries.archive_reader import archive_path, in_thread
from newscrawl.web.queries.deadline import TooLong
from newscrawl.web.replay.address import ReplayOrigin
from newscrawl.web.replay.rewriting import Archived, replayed_page, replayed_style
from newscrawl.web.security import Application, has_local_host, is_local_only

SECONDS = 20.0
"""Time limit of one answer."""
_PATH = re.compile(r"/(?P<token>[\w-]{8,64})/(?P<time>\d{14})/(?P<id>\d{1,18})")
_PAGE_POLICY = (
    "default-src 'none'; img-src {0} data:; font-src {0} data:; "
    "style-src {0} data: 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox"
)
_FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"private, max-age=600"),
    # The frame is of no origin: to a browser its requests come from another site.
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
)
_FRAMES = frozenset({"iframe", ""})
_FILES = frozenset({"image", "style", "font", ""})


@attrs.frozen(kw_only=True)
class Shown:
    """One answer."""

    status: int = 200
    content: bytes
    content_type: str = "text/plain; charset=utf-8"
    policy: str = _FILE_POLICY


_NOT_THERE = Shown(status=404, content=b"The archive has nothing here.\n")


def replay_application(datasette: Datasette, origin: ReplayOrigin) -> Application:
    """Return the application for *origin*: it answers from the archive of *datasette* alone."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        shown = await _shown(datasette, origin, scope)
        headers = [
            *_HEADERS,
            (b"content-security-policy", shown.policy.encode()),
            (b"content-type", shown.content_type.encode()),
            (b"content-length", str(len(shown.content)).encode()),
        ]
        start = {"type": "http.response.start", "status": shown.status, "headers": headers}
        await send(start)
        body = b"" if scope["method"] == "HEAD" else shown.content
        await send({"type": "http.response.body", "body": body})

    return answer


async def _shown(datasette: Datasette, origin: ReplayOrigin, scope: Any) -> Shown:
    headers = dict(scope["headers"])
    if is_local_only(datasette) and not has_local_host(scope["headers"]):
        return Shown(status=421, content=b"This server answers on this machine only.\n")
    wanted = _PATH.fullmatch(scope["path"])
    if wanted is None or not hmac.compare_digest(wanted["token"], origin.token):
        return _NOT_THERE
    seen = origin.seen_from(headers.get(b"host", b"").decode("latin-1"))
    if seen is None or scope["method"] not in {"GET", "HEAD"}:
        return Shown(status=400, content=b"This is not a request for a stored page.\n")
    purpose = headers.get(b"sec-fetch-dest", b"").decode("latin-1")
    path = Path(archive_path(datasette))
    reading = _Reading(path, origin.path_of(wanted["time"]), f"{seen}/{origin.token}/")
    try:
        return await in_thread(lambda: reading.show(wanted, purpose), SECONDS)
    except TooLong:
        return Shown(status=503, content=b"The page takes too long to be shown.\n")


@attrs.frozen
class _Reading:
    """Reading of one stored answer."""

    path: Path
    prefix: str
    """The beginning of the path of each requisite of a page."""
    source: str
    """The same with the origin, for the policy."""

    def show(self, wanted: re.Match[str], purpose: str) -> Shown:
        """Return the answer to a request for a frame, an image, a stylesheet or a font."""
        try:
            at = dt.datetime.strptime(wanted["time"], STAMP).replace(tzinfo=dt.UTC)
            with Archive.open_read_only(self.path) as archive:
                found = read_capture(archive.db, int(wanted["id"]))
                if found is None:
                    return _NOT_THERE
                capture, outcome = found
                is_file = outcome == Outcome.REQUISITE
                if purpose not in (_FILES if is_file else _FRAMES):
                    return Shown(status=403, content=b"A stored page is shown in a frame.\n")
                show = self._file if is_file else self._page
                return show(archive, capture, at)
        except (ArchiveError, WarcError, ValueError):
            return _NOT_THERE
        except ExtractionError:
            return Shown(status=422, content=b"The page is too large to be shown.\n")

    def _page(self, archive: Archive, capture: Capture, at: dt.datetime) -> Shown:
        stored = read_stored(archive, capture)
        kind = stored.holder.content_type
        if not is_page(stored.body, kind):
            return _NOT_THERE
        page = Page(url=capture.url, body=stored.body, content_type=kind)
        markup = replayed_page(page, Archived(archive.db, at, self.prefix), self.prefix)
        return Shown(
            content=markup.encode("utf-8", "replace"),
            content_type="text/html; charset=utf-8",
            policy=_PAGE_POLICY.format(self.source),
        )

    def _file(self, archive: Archive, capture: Capture, at: dt.datetime) -> Shown:
        body, label = read_stored(archive, capture).body, capture.content_type
        is_style = (label or "").lower().startswith(STYLE)
        kind = requisite_type(body, label, is_style=is_style) or requisite_type(
            body, label, is_style=True
        )
        if kind != STYLE:
            return Shown(content=body, content_type=kind) if kind else _NOT_THERE
        text = replayed_style(
            decode(body, label).text, capture.url, Archived(archive.db, at, self.prefix)
        )
        return Shown(
            content=text.encode("utf-8", "replace"), content_type=f"{STYLE}; charset=utf-8"
        )


def is_page(body: bytes, content_type: str | None) -> bool:
    """Return whether a stored answer is a page of HTML."""
    return is_html(body) or media_type(content_type) in {"text/html", "application/xhtml+xml"}

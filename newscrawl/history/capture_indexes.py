"""Indexes of captures: the Wayback CDX server, Common Crawl, pywb, and files."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import attrs

from newscrawl.errors import FetchError, NewscrawlError
from newscrawl.formats.magic_bytes import GZIP
from newscrawl.history.cdx import WAYBACK_FIELDS, IndexPage, parse_lines, parse_page
from newscrawl.history.client import Client, Reply
from newscrawl.outcomes import Outcome

MOST_LINES = 5_000
"""Captures in one answer of the Wayback CDX server."""
_LARGEST_ANSWER = 64 * 2**20
_MOST_ANSWERS = 10_000
_PAGES = "mimetype:(text/html|application/xhtml.xml|warc/revisit|unk|-)"
"""A filter that leaves pictures and scripts on the server: a regular expression of Java."""
_COLLECTION = re.compile(r"CC-MAIN-(\d{4})-(\d{2})(?:-|$)")
_COLLECTION_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")


@attrs.frozen
class Target:
    """Addresses to list: one, those that begin alike, or those of a host."""

    url: str
    match: str = "exact"
    """exact, prefix or host: a `matchType` of CDX servers."""


@attrs.frozen(kw_only=True)
class Query:
    """The captures that are wanted."""

    targets: tuple[Target, ...]
    since: dt.date | None = None
    until: dt.date | None = None
    """The last day."""

    def includes(self, moment: dt.datetime) -> bool:
        """Return whether a capture at *moment* is within the days."""
        day = moment.date()
        return (self.since is None or day >= self.since) and (
            self.until is None or day <= self.until
        )

    def parameters(self, target: Target) -> dict[str, str]:
        """Return the parameters that CDX servers have in common."""
        found = {"url": target.url, "matchType": target.match, "output": "json"}
        if self.since is not None:
            found["from"] = f"{self.since:%Y%m%d}"
        if self.until is not None:
            found["to"] = f"{self.until:%Y%m%d}"
        return found


class Index(Protocol):
    """A list of captures."""

    def pages(self, query: Query) -> Iterator[IndexPage]:
        """Yield the captures of *query*, some at a time. Raises FetchError."""


@attrs.frozen
class WaybackIndex:
    """The CDX server of the Wayback Machine at *address*, read by its keys to resume."""

    address: str
    client: Client

    def pages(self, query: Query) -> Iterator[IndexPage]:
        """Yield the answers, each of up to MOST_LINES captures."""
        for target in query.targets:
            parameters = query.parameters(target) | {
                "fl": ",".join(WAYBACK_FIELDS),
                "filter": _PAGES,
                "limit": str(MOST_LINES),
                "showResumeKey": "true",
            }
            for _ in range(_MOST_ANSWERS):
                page = _page(
                    self.client, f"{self.address}/cdx/search/cdx?{urlencode(parameters)}"
                )
                yield page
                if page.resume_key in {None, parameters.get("resumeKey")}:
                    break
                parameters["resumeKey"] = page.resume_key or ""


@attrs.frozen
class PywbIndex:
    """The CDX server of a pywb collection at *address*."""

    address: str
    client: Client

    def pages(self, query: Query) -> Iterator[IndexPage]:
        """Yield one answer for each target."""
        for target in query.targets:
            url = f"{self.address}/cdx?{urlencode(query.parameters(target))}"
            yield _page(self.client, url)


@attrs.frozen
class CommonCrawlIndex:
    """The index server of Common Crawl at *address*: a collection for each crawl."""

    address: str
    client: Client

    def pages(self, query: Query) -> Iterator[IndexPage]:
        """Yield the pages of each collection that may hold captures within the days."""
        for collection in self._collections(query):
            for target in query.targets:
                yield from self._of_collection(collection, query, target)

    def _of_collection(
        self, collection: str, query: Query, target: Target
    ) -> Iterator[IndexPage]:
        parameters = query.parameters(target)
        address = f"{self.address}/{collection}-index"
        counting = urlencode(parameters | {"showNumPages": "true"})
        count = _number_of_pages(_answer(self.client, f"{address}?{counting}"))
        for number in range(min(count, _MOST_ANSWERS)):
            page = urlencode(parameters | {"page": str(number)})
            yield _page(self.client, f"{address}?{page}")

    def _collections(self, query: Query) -> list[str]:
        url = f"{self.address}/collinfo.json"
        answer = _answer(self.client, url)
        try:
            rows = json.loads(answer.body)
            found = [(str(row["id"]), *_days_of(row)) for row in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise FetchError(url, Outcome.PARSE_ERROR, "this is no list of crawls") from error
        if not found:  # an outage: it would look as if nothing had ever been captured
            raise FetchError(url, Outcome.EMPTY, "the list of crawls is empty; try again later")
        return sorted(
            name
            for name, first, last in found
            if _COLLECTION_ID.fullmatch(name)
            and not _is_before(last, query.since)
            and not _is_before(query.until, first)
        )


def _is_before(one: dt.date | None, other: dt.date | None) -> bool:
    """Return whether *one* is before *other*, both known."""
    return one is not None and other is not None and one < other


@attrs.frozen
class FileIndex:
    """A file of CDX, CDXJ or JSON lines, also gzipped."""

    path: Path

    def pages(self, query: Query) -> Iterator[IndexPage]:
        """Yield the captures of the file, of any address, some lines at a time.

        Raises NewscrawlError if it cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                is_packed = file.read(2) == GZIP[:2]
            opened = gzip.open if is_packed else open
            with opened(self.path, "rt", encoding="utf-8", errors="replace") as lines:
                yield from _pages_of(lines)
        except (OSError, EOFError, ValueError) as error:
            raise NewscrawlError(f"{self.path} cannot be read: {error}") from error


def _pages_of(lines: Any) -> Iterator[IndexPage]:
    first = lines.readline(4096)
    lines.seek(0)
    if first.lstrip().startswith("["):
        yield parse_page(lines.read(_LARGEST_ANSWER))
        return
    found = parse_lines(lines)
    while batch := list(islice(found, MOST_LINES)):
        captures = tuple(one for one in batch if one is not None)
        yield IndexPage(captures=captures, damaged=batch.count(None))


def _page(client: Client, url: str) -> IndexPage:
    answer = _answer(client, url)
    if answer.status == 404:
        return IndexPage(captures=())
    try:
        page = parse_page(answer.body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise FetchError(url, Outcome.PARSE_ERROR, f"no list of captures: {error}") from error
    if page.damaged and not page.captures:
        raise FetchError(url, Outcome.PARSE_ERROR, "no list of captures, but another text")
    return page


def _answer(client: Client, url: str) -> Reply:
    """Return the answer of an index; 404 where it says that it has no captures."""
    answer = client.get(url, _LARGEST_ANSWER)
    has_none = answer.status == 404 and b"o captures" in answer.body.replace(b"C", b"c")
    if answer.status != 200 and not has_none:
        text = " ".join(answer.body[:300].decode("utf-8", "replace").split())[:150]
        raise FetchError(url, Outcome.HTTP_ERROR, f"HTTP {answer.status}: {text}")
    return answer


def _number_of_pages(answer: Reply) -> int:
    """Return the number of pages: an object of pywb, or a bare number."""
    if answer.status == 404:
        return 0
    try:
        found = json.loads(answer.body)
        return int(found["pages"] if isinstance(found, dict) else found)
    except (ValueError, KeyError, TypeError) as error:
        raise FetchError(answer.url, Outcome.PARSE_ERROR, "no number of pages") from error


def _days_of(row: dict[str, Any]) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day of a crawl: as stated, else around its week."""
    days = [_day(str(row.get(name, ""))) for name in ("from", "to")]
    week = _COLLECTION.match(str(row["id"]))
    if None in days and week is not None:
        monday = dt.date.fromisocalendar(int(week[1]), min(max(int(week[2]), 1), 52), 1)
        days = [monday - dt.timedelta(days=45), monday + dt.timedelta(days=45)]
    return days[0], days[1]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None

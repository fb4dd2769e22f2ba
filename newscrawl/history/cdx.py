"""Lines of a capture index: CDX, CDXJ and JSON, as servers answer and as files hold them. Pure.

- CDX: values between spaces, named by a header ` CDX N b a m s k r M S V g`, or in the order
  of the Wayback CDX server (https://archive.org/web/researcher/cdx_file_format.php,
  https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server).
- CDXJ: key, time and a JSON object (pywb, Common Crawl's files).
- JSON: an object a line (pywb, Common Crawl's server), or one array of rows, names first (the
  Wayback CDX server), after which an empty row and the key to resume with may follow.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote_plus

import attrs

from newscrawl.formats.content_type import media_type
from newscrawl.warc.records import moment_from


@attrs.frozen(kw_only=True)
class IndexedCapture:
    """One capture as an index lists it."""

    url: str
    """The address that was captured, as written in the index."""
    captured_at: dt.datetime
    """Its time (UTC)."""
    timestamp: str
    """The same in 14 digits."""
    status: int | None = None
    """The HTTP status; None in records of revisits, which have none."""
    media_type: str = ""
    """Media type in small letters; `warc/revisit` for a page that was as before."""
    digest: str = ""
    """Digest of the content as listed: SHA-1 in base 32, as a rule without its name."""
    file: str = ""
    """The WARC file that holds the record; empty where the index does not say."""
    offset: int = 0
    """Offset of the record in that file."""
    length: int = 0
    """Length of the record in that file, in bytes."""

    @property
    def is_revisit(self) -> bool:
        """True if the record only says that the page was as at an earlier capture."""
        return self.media_type == "warc/revisit"


@attrs.frozen(kw_only=True)
class IndexPage:
    """One answer of an index."""

    captures: tuple[IndexedCapture, ...]
    resume_key: str | None = None
    """The key that continues the list; None at its end."""
    damaged: int = 0
    """Number of lines that list no capture."""


WAYBACK_FIELDS = (
    *("urlkey", "timestamp", "original", "mimetype"),
    *("statuscode", "digest", "length"),
)
"""Values of a line of the Wayback CDX server, in their order."""
_LETTERS = MappingProxyType(
    {"N": "urlkey", "b": "timestamp", "a": "url", "m": "mime", "s": "status"}
    | {"k": "digest", "S": "length", "V": "offset", "g": "filename"}
)
"""Letters of a CDX header."""
_BY_COUNT = MappingProxyType(
    {
        9: ("urlkey", "timestamp", "url", "mime", "status", "digest", "", "offset", "filename"),
        11: tuple(_LETTERS.get(letter, "") for letter in "NbamskrMSVg"),
    }
)
_TIMESTAMP = re.compile(r"[0-9]{4,14}")


def parse_page(text: str) -> IndexPage:
    """Return the captures of an answer in any of the formats.

    Raises ValueError if it is a JSON array that is cut or broken.
    """
    if text.lstrip().startswith("["):
        return _page_from_rows(json.loads(text))
    lines, key = _without_key(text.splitlines())
    return _page_of(list(parse_lines(lines)), key)


def _without_key(lines: list[str]) -> tuple[list[str], str | None]:
    """Return *lines* and the key to resume with, which stands alone behind an empty line."""
    at = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    rest = [line.strip() for line in lines[at:] if line.strip()]
    return (lines[:at], rest[0]) if len(rest) == 1 else (lines, None)


def _page_of(found: list[IndexedCapture | None], key: str | None) -> IndexPage:
    """Return the page of the captures *found*, in which None stands for a damaged one."""
    return IndexPage(
        captures=tuple(one for one in found if one is not None),
        resume_key=unquote_plus(key) if key else None,
        damaged=found.count(None),
    )


def parse_lines(lines: Iterable[str]) -> Iterator[IndexedCapture | None]:
    """Yield the capture of each line; None for a line that lists none."""
    fields: tuple[str, ...] | None = None
    for line in lines:
        text = line.strip()
        if text.startswith("CDX "):
            fields = tuple(_LETTERS.get(letter, "") for letter in text.split()[1:])
        elif text and not text.startswith(("!", "#")):
            yield _capture_from(_values(text, fields))


def _page_from_rows(rows: Any) -> IndexPage:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ValueError("this is no list of captures")
    names = [str(name) for name in rows[0]] if rows else []
    body = iter(rows[1:])
    listed = takewhile(bool, body)
    found = [_capture_from(dict(zip(names, row, strict=False))) for row in listed]
    # The key to resume with stands behind an empty row.
    return _page_of(found, next((str(row[0]) for row in body if row), None))


def _values(text: str, fields: tuple[str, ...] | None) -> Mapping[str, Any]:
    """Return the values of a line by their names; none where it has no format."""
    if text.startswith("{"):
        return _object(text)
    parts = text.split(" ", 2)
    if len(parts) == 3 and parts[2].lstrip().startswith("{"):
        return {"timestamp": parts[1]} | dict(_object(parts[2]))
    values = text.split()
    names = fields or _BY_COUNT.get(len(values), WAYBACK_FIELDS)
    return dict(zip(names, values, strict=False)) if len(values) >= 5 else {}


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _capture_from(values: Mapping[str, Any]) -> IndexedCapture | None:
    def text(*names: str) -> str:
        found = next((values[name] for name in names if values.get(name)), "")
        return "" if found == "-" else str(found).strip()

    url, timestamp = text("url", "original"), text("timestamp")
    captured_at = _moment(timestamp)
    if captured_at is None or not url:
        return None
    return IndexedCapture(
        url=url,
        captured_at=captured_at,
        timestamp=f"{captured_at:%Y%m%d%H%M%S}",
        # Some indexes give records of revisits the status 0.
        status=_number(text("status", "statuscode")) or None,
        media_type=media_type(text("mime", "mimetype")),
        digest=text("digest"),
        file=text("filename"),
        offset=_number(text("offset")) or 0,
        length=_number(text("length")) or 0,
    )


def _moment(timestamp: str) -> dt.datetime | None:
    """Return the time of 4 to 14 digits; parts that are missing are the earliest."""
    if not _TIMESTAMP.fullmatch(timestamp):
        return None
    return moment_from(timestamp + "00000101000000"[len(timestamp) :])


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

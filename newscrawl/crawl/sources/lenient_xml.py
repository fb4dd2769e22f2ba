"""XML as sites send it: read element by element, over errors, and never beyond a limit.

A document with a DOCTYPE is refused: no feed needs one, and entities are how XML attacks work.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from lxml import etree

MAX_UNPACKED = 32 * 1024 * 1024
"""The most bytes a packed sitemap may unpack to (the protocol allows 50 MB)."""

MAX_TEXT = 4096
"""The longest text of one element that is read, in characters."""

_CHUNK = 65536
# Also before names that XML does not know (&nbsp;), which would otherwise vanish from a link.
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});)")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DOCTYPE = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def unpacked(body: bytes) -> bytes | None:
    """Return *body* with its gzip packing undone; None if broken or over MAX_UNPACKED."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    inflater = zlib.decompressobj(wbits=31)
    try:
        text = inflater.decompress(body, MAX_UNPACKED)
    except zlib.error:
        return None
    return text if inflater.eof else None


def elements(body: bytes, names: frozenset[str]) -> Iterator[etree._Element]:
    """Yield each whole element of *body* with one of *names*; nothing where it is refused.

    Errors are passed over. The caller stops when it has enough; what was yielded is then freed.
    """
    if _DOCTYPE.search(body, 0, 1_000_000):
        return
    body = _BARE_AMPERSAND.sub(b"&amp;", _CONTROLS.sub(b" ", body)).lstrip()
    parser = etree.XMLPullParser(
        events=("end",), recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    for start in range(0, len(body), _CHUNK):
        try:
            parser.feed(body[start : start + _CHUNK])
        except etree.XMLSyntaxError:
            return
        for _, element in parser.read_events():
            if isinstance(element, etree._Element) and local_name(element) in names:
                yield element
                element.clear()


def local_name(element: etree._Element) -> str:
    """Return the name of *element* without its namespace; empty for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def child_texts(element: etree._Element) -> dict[str, str]:
    """Return the text of each child of *element* by local name; the first of a name counts."""
    texts: dict[str, str] = {}
    for child in element:
        text = (child.text or "")[:MAX_TEXT].strip()
        # Markup inside is the sign of a broken text, of which only the head would be read.
        if text and not len(child):
            texts.setdefault(local_name(child), text)
    return texts


def parse_moment(raw: str | None) -> dt.datetime | None:
    """Return the time that a feed or sitemap states, aware; a bare day begins in UTC.

    Reads ISO 8601 (sitemaps, Atom) and RFC 822 (RSS). None for anything else.
    """
    text = (raw or "").strip()[:64]
    moment = _iso8601(text) or _rfc822(text) or _iso_day(text)
    if moment is None or not 1990 <= moment.year <= 2100:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _iso8601(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc822(text: str) -> dt.datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _iso_day(text: str) -> dt.datetime | None:
    found = _ISO_DAY.match(text)
    return _iso8601(found[0]) if found else None

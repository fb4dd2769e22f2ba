"""Files that a page is drawn with: which answers are one, and of which media type. Pure."""

from __future__ import annotations

from newscrawl.formats.content_type import media_type
from newscrawl.formats.magic_bytes import GIF, JPEG, PNG
from newscrawl.html.first_bytes import is_html

STYLE = "text/css"
SVG = "image/svg+xml"
_FIRST_BYTES = (
    (PNG, "image/png"),
    (JPEG, "image/jpeg"),
    (GIF, "image/gif"),
    (b"BM", "image/bmp"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
    (b"OTTO", "font/otf"),
    (b"\x00\x01\x00\x00", "font/ttf"),
    (b"true", "font/ttf"),
    (b"ttcf", "font/collection"),
)
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"heic": "image/heic"}
_LABELS_OF_STYLE = frozenset({"", STYLE, "text/plain", "application/octet-stream"})
_LABELS_OF_SVG = frozenset({SVG, "text/xml", "application/xml", "text/plain"})


def requisite_type(body: bytes, content_type: str | None, *, is_style: bool) -> str | None:
    """Return the media type of a requisite, by its first bytes; None if it is none.

    A stylesheet must not be labelled as anything else, and HTML is never a requisite.
    """
    label = media_type(content_type)
    if not body or is_html(body):
        return None
    if is_style:
        return STYLE if label in _LABELS_OF_STYLE else None
    return _type_by_first_bytes(body) or _svg(body, label)


def _type_by_first_bytes(body: bytes) -> str | None:
    """Return the media type of an image or a font."""
    found = next((kind for start, kind in _FIRST_BYTES if body.startswith(start)), None)
    if found is None and body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    return _BRANDS.get(body[8:12]) if found is None and body[4:8] == b"ftyp" else found


def _svg(body: bytes, label: str) -> str | None:
    """Return the media type of SVG, which has no first bytes of its own."""
    return SVG if label in _LABELS_OF_SVG and b"<svg" in body[:4096] else None

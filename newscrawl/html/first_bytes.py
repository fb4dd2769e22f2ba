"""The kind of content by its first bytes: HTML, other text, or something else. Pure.

The tables follow https://mimesniff.spec.whatwg.org/.
"""

from __future__ import annotations

import re

from newscrawl.formats.magic_bytes import GIF, GZIP, JPEG, PDF, PNG, ZIP, ZSTANDARD

_EXAMINED = 4096
_SURE = 200
"""Bytes without a control character that are text in any encoding."""
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_NEVER_TEXT = bytes({*range(1, 9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})
"""The bytes that stand in no text (binary data bytes)."""
_FORMATS = (
    *(PDF, b"%!PS", PNG, JPEG, GIF, b"RIFF", b"OggS", b"ID3"),
    *(ZIP, GZIP, b"Rar!", b"7z\xbc\xaf", b"wOFF", b"wOF2"),
    *(b"MZ\x90\x00", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\x1aE\xdf\xa3", b"\0asm"),
    ZSTANDARD,
)
"""First bytes of formats that are no text."""
_HTML = re.compile(
    rb"(?:\xef\xbb\xbf|\s|<!--.{0,2000}?-->|<\?xml[^>]{0,200}>){0,20}<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)


def is_html(body: bytes) -> bool:
    """Return whether *body* begins as an HTML document."""
    return _HTML.match(body) is not None


def is_binary(body: bytes) -> bool:
    """Return whether *body* begins as another format, or holds bytes of no text."""
    start = body.lstrip()[:_EXAMINED]
    if start.startswith(_FORMATS) or start[4:8] == b"ftyp":
        return True
    if start.startswith(_WIDE) or start.count(b"\0") > len(start) / 10:
        return False  # UTF-16, where any byte may stand
    return len(start) - len(start.translate(None, _NEVER_TEXT)) > len(start) / 50


def is_plain_text(body: bytes) -> bool:
    """Return whether *body* is certainly text: a packed body never is."""
    start = body[:_EXAMINED]
    if start.startswith(_WIDE) or start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        return True
    if len(start.translate(None, _NEVER_TEXT + b"\0")) != len(start):
        return False
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > _EXAMINED - 4 or len(start) >= _SURE
    return True

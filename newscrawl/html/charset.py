"""The text of a page from its bytes, also if the page names a wrong encoding.

A label counts if the bytes confirm it. Valid UTF-8 is UTF-8; other bytes are given to
the language and code page that make them the likeliest letters. The decision is recorded.
"""

from __future__ import annotations

import codecs
import math
import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Any

from w3lib.encoding import http_content_type_encoding, resolve_encoding

from newscrawl.resources import read_toml
from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(
    rb"<(?:meta\b[^>]{0,400}?charset|\?xml\b[^>]{0,100}?encoding)\s{0,5}=\s{0,5}[\"']?\s{0,5}"
    rb"([a-z0-9_:.()-]{2,40})",
    re.IGNORECASE,
)
_EARLY = 4096
_LATE = 262_144
_KNOWN = re.compile(
    r"utf-?(8|16|32)|cp\d|iso8859|iso2022|koi8|mac|gb|big5|euc|shift_?jis|tis|hz|johab|ascii|latin",
)
_MULTIBYTE = compiled_on_use(r"iso2022|gb|big5|euc|shift_?jis|hz|johab|cp9(32|36|49|50)\b")
_LABELLED_BY_DEFAULT = frozenset({"ascii", "cp1252", "iso8859-15", "utf-8", "utf-7"})
_SAMPLE = 40_000
_WORDS = compiled_on_use(rb"[A-Za-z\x80-\xff]{0,60}[\x80-\xff][A-Za-z\x80-\xff]{0,60}")
_BESIDE_LATIN = compiled_on_use("(?<=[A-Za-z])[^\x00-\x7f]|[^\x00-\x7f](?=[A-Za-z])")
_LONG_RUN = re.compile("[^\x00-\x7f]{3,60}")


@frozen
class Decoded:
    """A page's text and how it was decoded."""

    text: str
    """The text; a byte that means nothing in `encoding` is U+FFFD."""
    encoding: str
    """The Python name of the encoding, e.g. `cp1256`."""
    reason: str
    """Why that encoding, for a person: `labelled`, `valid UTF-8, labelled cp1256` …"""


@frozen
class _Language:
    tag: str
    encodings: tuple[str, ...]
    likelihood: dict[str, float]
    is_latin: bool


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Return the text of *body*, the content of a page sent with the header *content_type*.

    Never raises: bytes that no encoding explains are read as windows-1252.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(encoding, "replace"), encoding, "bom")
    label = _label(body, content_type, _EARLY)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(body, label or _label(body, None, _LATE))
    return _decode_valid_utf8(body, text, label)


def _decode_valid_utf8(body: bytes, text: str, label: str | None) -> Decoded:
    """Return *text* unless the label is of an encoding whose bytes can look like UTF-8."""
    if b"\x00" in body and (wide := _decode_wide(body, label)):
        return wide
    if label is None or label == "utf-8":
        return Decoded(text, "utf-8", "labelled" if label else "valid UTF-8")
    few = len(body) - len(text) < 20
    if few and _MULTIBYTE.match(label) and (other := _decode_strictly(body, label)):
        return other
    return Decoded(text, "utf-8", f"valid UTF-8, labelled {label}")


def _decode_legacy(body: bytes, label: str | None) -> Decoded:
    if wide := _decode_wide(body, label):
        return wide
    if nearly := _decode_nearly_utf8(body):
        return nearly
    if label and label.startswith(("utf-16", "utf-32")) and b"\x00" not in body:
        label = None
    if label and label not in _LABELLED_BY_DEFAULT and not _is_scored(label):
        return Decoded(body.decode(label, "replace"), label, "labelled")
    return _decode_by_letters(body, label)


def _decode_by_letters(body: bytes, label: str | None) -> Decoded:
    """Return the text in the encoding whose letters are the likeliest."""
    encoding, tag = _likeliest(body, label)
    if encoding == label:
        return Decoded(body.decode(encoding, "replace"), encoding, "labelled")
    reason = f"letters of {tag}" if tag else "no better guess"
    reason += f", labelled {label}" if label else ", no label"
    return Decoded(body.decode(encoding, "replace"), encoding, reason)


def _label(body: bytes, content_type: str | None, size: int) -> str | None:
    """Return the Python name of the encoding that the header or the page's head names."""
    if content_type and (name := _encoding_named(http_content_type_encoding(content_type))):
        return name
    match = _META.search(body, 0, size)
    return _encoding_named(match[1].decode("ascii")) if match else None


def _encoding_named(label: str | None) -> str | None:
    name = resolve_encoding(label) if label else None
    return name if name and _KNOWN.match(name) else None


def _decode_strictly(body: bytes, encoding: str) -> Decoded | None:
    try:
        return Decoded(body.decode(encoding), encoding, "labelled")
    except UnicodeDecodeError:
        return None


def _decode_wide(body: bytes, label: str | None) -> Decoded | None:
    """Return the text where every other byte of the head is NUL: UTF-16 without a mark."""
    even, odd = body[:400:2], body[1:400:2]
    for encoding, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        is_ascii = high.count(0) * 10 >= len(high) * 4 and low.count(0) * 20 < len(low)
        if is_ascii and len(high) >= 8:
            reason = "labelled" if label and label.startswith("utf-16") else "NUL in every pair"
            return Decoded(body.decode(encoding, "replace"), encoding, reason)
    return None


def _decode_nearly_utf8(body: bytes) -> Decoded | None:
    """Return the text where nearly all bytes beyond ASCII form valid UTF-8."""
    text = body.decode("utf-8", "replace")
    strays = text.count("\ufffd")
    wide = sum(1 for char in text if char > "\x7f") - strays
    if strays * 10 > wide:
        return None
    return Decoded(text, "utf-8", f"UTF-8 with {strays} stray bytes")


def _likeliest(body: bytes, label: str | None) -> tuple[str, str | None]:
    """Return the code page, and the language, that make likely letters of the high bytes."""
    sample = b" ".join(_WORDS.findall(body[:_LATE]))[:_SAMPLE]
    best: tuple[str, str | None, float]
    best = ("cp1252" if label in {None, "utf-8", "ascii"} else str(label), None, -4.5)
    for language in _languages():
        for encoding in language.encodings:
            score = _score(sample.decode(encoding, "replace"), language)
            score += 0.4 if encoding == label else 0.0
            if score > best[2]:
                best = (encoding, language.tag, score)
    return best[0], best[1]


def _score(text: str, language: _Language) -> float:
    """Return the mean log-likelihood of the letters of *text* beyond ASCII in *language*."""
    counts = Counter(text)
    total = sum(count for char, count in counts.items() if char > "\x7f")
    if not total:
        return -math.inf
    score = sum(
        count * language.likelihood.get(char, _likelihood_of_stranger(char))
        for char, count in counts.items()
        if char > "\x7f"
    )
    return score / total - _misfit(text, total, is_latin=language.is_latin)


def _likelihood_of_stranger(char: str) -> float:
    """Return the log-likelihood of a character that is no letter of the language."""
    category = unicodedata.category(char)
    if category[0] in "PZ" or char in "،؛؟":
        return -4.0
    return -7.0 if category[0] in "LM" else -12.0


def _misfit(text: str, total: int, *, is_latin: bool) -> float:
    """Return the penalty for letters in positions that no word of the script has."""
    if is_latin:  # accented letters stand singly among plain ones
        return 4.0 * sum(len(text_line) - 2 for text_line in _LONG_RUN.findall(text)) / total
    return 4.0 * len(_BESIDE_LATIN.findall(text)) / total


@cache
def _languages() -> tuple[_Language, ...]:
    return tuple(_language_from(row) for row in read_toml("legacy_encodings")["language"])


def _language_from(row: dict[str, Any]) -> _Language:
    """Rank frequencies fall off as in Zipf's law, so the order of the letters is enough."""
    letters = row["letters"]
    weights = [1 / (rank + 4) for rank in range(len(letters))]
    likelihood = {
        letter: math.log(weight / sum(weights))
        for letter, weight in zip(letters, weights, strict=True)
    }
    is_latin = any("LATIN" in unicodedata.name(letter) for letter in letters)
    return _Language(row["tag"], tuple(row["encodings"]), likelihood, is_latin)


def _is_scored(label: str) -> bool:
    return any(label in language.encodings for language in _languages())

"""Limits on the cost of parsing a page, counted over its bytes before any parser runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newscrawl.system.deferred import compiled_on_use

MAX_ELEMENTS = 160_000
"""A page of more elements is refused; the largest of 236 saved article pages has 2,300."""
MANY_ELEMENTS = 60_000
"""A page of more elements is refused unless it is short: their content costs time."""
SHORT = 2_000_000
"""Bytes of a page that may hold MAX_ELEMENTS: 160,000 empty ones take a second to read."""
MAX_TAG = 65_536
"""Longest tag that is not checked: libxml2 takes 80 s over one of 100,000 attributes."""
MAX_ATTRIBUTES = 5_000
"""A page with a tag of more attributes is refused; 5,000 take libxml2 some 50 ms."""
MAX_BYTES = 12_000_000
"""A page that is longer as UTF-8 is refused."""
MANY_ATTRIBUTES = 30_000
"""A page with more equals signs is looked through for long tags."""
# A script, a comment or a tag; possessive, so that no text is read twice.
_TAG = compiled_on_use(
    rb"<(?:script|style)\b[^>]*+>(?:[^<]++|<(?!/(?:script|style)))*+"
    rb"|<!--(?:[^-]++|-(?!->))*+"
    rb"|<[a-z](?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+",
    re.IGNORECASE,
)
_QUOTED = re.compile(rb"\"[^\"]*+\"|'[^']*+'")


class OverLimit(Exception):
    """A page over a limit; *detail* is a sentence with its number and the limit."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """too_large, too_many_elements or too_many_attributes."""
        self.detail = detail


def check_limits(markup: bytes) -> None:
    """Raise OverLimit if a parser would need very long for *markup*, by counting characters."""
    if len(markup) > MAX_BYTES:
        detail = f"the page has {len(markup):,} bytes of UTF-8; the limit is {MAX_BYTES:,}"
        raise OverLimit("too_large", detail)
    _check_elements(markup)
    if _may_hold_long_tags(markup):
        for tag in _long_tags(markup):
            check_attributes(_attributes_in(tag))


def check_attributes(count: int) -> None:
    """Raise OverLimit if a tag has too many attributes."""
    if count > MAX_ATTRIBUTES:
        detail = f"a tag of the page has {count:,} attributes; the limit is {MAX_ATTRIBUTES:,}"
        raise OverLimit("too_many_attributes", detail)


def too_many_elements(count: int, most: int) -> OverLimit:
    """Return the error of a page that has *count* elements, or more, over the limit *most*."""
    where = "" if most == MAX_ELEMENTS else f" in a page of over {SHORT // 1_000_000} MB"
    detail = f"the page has {count:,} elements or more; the limit is {most:,}{where}"
    return OverLimit("too_many_elements", detail)


def _check_elements(markup: bytes) -> None:
    # Counting takes a fifth of the time of parsing: only where there is room for so many.
    most = MAX_ELEMENTS if len(markup) <= SHORT else MANY_ELEMENTS
    if len(markup) > 3 * most and markup.count(b"<") > most:
        count = _tags_in(markup)
        if count > most:
            raise too_many_elements(count, most)


def _may_hold_long_tags(markup: bytes) -> bool:
    # A tag longer than MAX_TAG leaves at least one of these windows without an end of a tag.
    window = MAX_TAG // 2
    starts = range(0, len(markup) - window, window)
    if any(markup.find(b">", at, at + window) < 0 for at in starts):
        return True
    return len(markup) > 6 * MANY_ATTRIBUTES and markup.count(b"=") > MANY_ATTRIBUTES


def _long_tags(markup: bytes) -> Iterator[bytes]:
    for match in _TAG.finditer(markup):
        if match.end() - match.start() > MAX_TAG:
            yield match[0]


def _tags_in(markup: bytes) -> int:
    """Return how many tags open in *markup*, outside scripts and comments."""
    return sum(1 for match in _TAG.finditer(markup) if match[0][1:2].isalpha())


def _attributes_in(tag: bytes) -> int:
    """Return about how many attributes a *tag* has; 0 for a script, style or comment."""
    if tag[1:7].lower() == b"script" or tag.startswith((b"<!--", b"<style")):
        return 0
    return len(_QUOTED.sub(b" ", tag).split())

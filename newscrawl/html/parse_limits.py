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
MAX_CHARACTERS = 12_000_000
"""A longer page is refused."""
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
    """A page over a limit; the message names the limit."""


def check_limits(markup: bytes) -> None:
    """Raise OverLimit if a parser would need very long for *markup*, by counting characters."""
    if len(markup) > MAX_CHARACTERS:
        raise OverLimit("too_large")
    if _has_many_elements(markup):
        raise OverLimit("too_many_elements")
    if _may_hold_long_tags(markup) and any(map(_has_many_attributes, _long_tags(markup))):
        raise OverLimit("too_many_attributes")


def _has_many_elements(markup: bytes) -> bool:
    # Counting takes a fifth of the time of parsing: only where there is room for so many.
    most = MAX_ELEMENTS if len(markup) <= SHORT else MANY_ELEMENTS
    return len(markup) > 3 * most and markup.count(b"<") > most and _tags_in(markup) > most


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


def _has_many_attributes(tag: bytes) -> bool:
    """Return whether a long *tag* has many attributes, rather than a long one."""
    if tag[1:7].lower() == b"script" or tag.startswith((b"<!--", b"<style")):
        return False
    return len(_QUOTED.sub(b" ", tag).split()) > MAX_ATTRIBUTES

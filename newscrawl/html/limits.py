"""What a page may cost to parse: counted over its bytes, before any parser sees them."""

from __future__ import annotations

import re

MAX_ELEMENTS = 160_000
"""A page of more elements is refused; the largest of 236 saved article pages has 2,300."""
MANY_ELEMENTS = 60_000
"""A page of more elements is refused unless it is short: what costs is what they hold."""
SHORT = 2_000_000
"""Bytes of a page that may hold MAX_ELEMENTS: 160,000 empty ones take a second to read."""
MAX_TAG = 65_536
"""A longer tag is looked at: libxml2 takes 80 s over one of 100,000 attributes."""
MAX_ATTRIBUTES = 5_000
"""A page with a tag of more attributes is refused; 5,000 take libxml2 some 50 ms."""
MAX_CHARACTERS = 12_000_000
"""A longer page is refused."""
MANY_ATTRIBUTES = 30_000
"""A page with more equals signs is looked through for long tags."""
# A script, a comment or a tag; possessive, so that no text is looked at twice.
_TAG = re.compile(
    rb"<(?:script|style)\b[^>]*+>(?:[^<]++|<(?!/(?:script|style)))*+"
    rb"|<!--(?:[^-]++|-(?!->))*+"
    rb"|<[a-z](?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+",
    re.IGNORECASE,
)
_QUOTED = re.compile(rb"\"[^\"]*+\"|'[^']*+'")


class OverLimit(Exception):
    """A page costs more to parse than one may; the message says what is too much."""


def check_limits(markup: bytes) -> None:
    """Raise OverLimit for what would take a parser very long, by counting characters alone."""
    if len(markup) > MAX_CHARACTERS:
        raise OverLimit("too_large")
    # Counting takes a fifth of the time of parsing: only where there is room for so many.
    most = MAX_ELEMENTS if len(markup) <= SHORT else MANY_ELEMENTS
    if len(markup) > 3 * most and markup.count(b"<") > most and _tags_in(markup) > most:
        raise OverLimit("too_many_elements")
    # A tag longer than MAX_TAG leaves at least one of these windows without an end of a tag.
    window = MAX_TAG // 2
    gaps = (
        markup.find(b">", at, at + window) < 0 for at in range(0, len(markup) - window, window)
    )
    has_room = len(markup) > 6 * MANY_ATTRIBUTES
    if any(gaps) or (has_room and markup.count(b"=") > MANY_ATTRIBUTES):
        for match in _TAG.finditer(markup):
            if match.end() - match.start() > MAX_TAG and _has_many_attributes(match[0]):
                raise OverLimit("too_many_attributes")


def _tags_in(markup: bytes) -> int:
    """Return how many tags open in *markup*, outside scripts and comments."""
    return sum(1 for match in _TAG.finditer(markup) if match[0][1:2].isalpha())


def _has_many_attributes(tag: bytes) -> bool:
    """Whether a long *tag* is long by the number of its attributes, not by what one holds."""
    if tag[1:7].lower() == b"script" or tag.startswith((b"<!--", b"<style")):
        return False
    return len(_QUOTED.sub(b" ", tag).split()) > MAX_ATTRIBUTES

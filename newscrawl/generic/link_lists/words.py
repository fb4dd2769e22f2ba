"""Known words of links and of headings of lists: buttons, counters, adverts."""

from __future__ import annotations

import re
from functools import cache

from newscrawl.html.tree import Node
from newscrawl.text.phrases import SIGNS, Openings, folded, phrase_table

MOST_WORDS = 6
_SIGNS = SIGNS + "ـ"
_SPONSORED = re.compile(
    r"(?<![a-z])(?:sponsored|sponsor|promoted|advertorial|outbrain|taboola|paid-?(?:content|post)"
    r"|native-?ad|partner-?content|plista|ligatus|revcontent|mgid)(?![a-z])"
)


def is_button(text: str) -> bool:
    """Return whether the text of a link is a button's: `Read more`, `Share on X`, `المزيد`."""
    # Most links are an article's, and no button begins with their first word.
    first = text.strip(_SIGNS).partition(" ")[0]
    if folded(first) not in _first_words() and first.isalnum():
        return False
    words = folded(text).split()
    if not words or len(words) > MOST_WORDS:
        return False
    count = _buttons().words_of(text)
    return (
        count == len(words)
        or (count > 1 and len(words) <= count + 3)
        or (" ".join(words) in _whole())
    )


def is_sponsored_mark(class_and_id: str) -> bool:
    """Return whether class names or an id mark a part as paid for."""
    return bool(_SPONSORED.search(class_and_id[:200].lower()))


def is_paid_link(anchor: Node) -> bool:
    """Return whether a link says that it is paid for."""
    return "sponsored" in anchor.attributes.get("rel", "").lower().split()


def heads_comments(heading: str) -> bool:
    """Return whether comments stand under *heading*, or the articles commented last."""
    return folded(heading) in _comments()


def heads_ticker(heading: str) -> bool:
    """Return whether *heading* is a word for the latest news that a badge holds, too."""
    return folded(heading) in _tickers()


@cache
def _tickers() -> frozenset[str]:
    return frozenset(map(folded, phrase_table("pages/list_headings")["tickers"]["phrases"]))


@cache
def _comments() -> frozenset[str]:
    return frozenset(map(folded, phrase_table("pages/list_headings")["not_lists"]["comments"]))


@cache
def _buttons() -> Openings:
    return Openings(phrase_table("pages/list_headings")["buttons"]["openings"])


@cache
def _first_words() -> frozenset[str]:
    """Return the first word of each text of a button."""
    phrases = (*phrase_table("pages/list_headings")["buttons"]["openings"], *_whole())
    return frozenset(word for phrase in phrases for word in folded(phrase).split()[:1])


@cache
def _whole() -> frozenset[str]:
    return frozenset(map(folded, phrase_table("pages/list_headings")["buttons"]["whole"]))

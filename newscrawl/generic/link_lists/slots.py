"""The slot of a story on a front page: the topic line above its title, and its picture."""

from __future__ import annotations

import datetime as dt
import re

from newscrawl.generic.link_lists.entries import Card
from newscrawl.generic.link_lists.words import is_button
from newscrawl.html.text_lines import HEADINGS, INLINE
from newscrawl.html.tree import Node
from newscrawl.values.caption import is_credit
from newscrawl.values.dates import parse_date

LONGEST_KICKER = 40
MOST_WORDS = 5
_PICTURES = ("img", "picture", "amp-img", "video")
_BACKGROUND = re.compile(r"background(?:-image)?\s?:[^;]{0,80}url\(", re.IGNORECASE)
_ANY_TIME = dt.datetime(2100, 1, 1, 12, tzinfo=dt.UTC)
"""A clock after every printed day, by which `2 hours ago` is a time."""
_NO_KICKER = frozenset({"time", "figcaption", "button", "noscript", "script", "style", "svg"})


def has_picture(root: Node) -> bool:
    """Return whether a card shows a picture, or a film."""
    if any(map(root.tagged, _PICTURES)):
        return True
    return any(_BACKGROUND.search(node.attributes.get("style", "")) for node in root.iter())


def kicker_of(card: Card) -> str | None:
    """Return the short line just above the title of *card*, which is no time and no credit."""
    title = _title_node(card)
    above = [node for node in card.root.iter() if node.end <= title.index and _is_line(node)]
    texts = (node.text() for node in reversed(above))
    return next((text for text in texts if _is_topic(text)), None)


def _title_node(card: Card) -> Node:
    """Return the heading of *card* around or in its link, else the link, or its part."""
    headings = (node for node in card.root.iter() if node.tag in HEADINGS)
    heading = next((node for node in headings if card.text in node.text()), None)
    if heading is not None:
        return heading
    parts = [node for node in card.anchor.iter()[1:] if card.text in node.text()]
    return parts[-1] if parts else card.anchor


def _is_line(node: Node) -> bool:
    """Return whether *node* holds one short line, and no part with a line of its own."""
    if not 1 < node.size <= LONGEST_KICKER + 4 or node.tag in _NO_KICKER:
        return False
    if node.is_inside(_NO_KICKER):
        return False
    return all(part.tag in INLINE or part.size <= 1 for part in node.iter()[1:])


def _is_topic(text: str) -> bool:
    """Return whether *text* may be a topic: a few words, no time, button, number or credit."""
    if len(text) > LONGEST_KICKER or text.count(" ") >= MOST_WORDS:
        return False
    if not any(map(str.isalpha, text)) or parse_date(text, page_time=_ANY_TIME) is not None:
        return False
    return not is_button(text) and not is_credit(text)

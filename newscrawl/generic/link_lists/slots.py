"""The slot of a story on a front page: the topic line above its title, and its picture."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from itertools import islice

import attrs

from newscrawl.generic.link_lists.entries import LONGEST_CARD, Card, address_of, page_key
from newscrawl.generic.link_lists.words import is_button
from newscrawl.html.text_lines import HEADINGS, INLINE
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.values.caption import is_credit
from newscrawl.values.dates import parse_date

CLIMB = 3
"""Elements around a title in which the links under it may stand."""
LONGEST_KICKER = 40
MOST_WORDS = 5
_PICTURES = ("img", "picture", "amp-img", "video")
_WHOLE = frozenset({"main", "body", "html", "#document"})
_AUTHOR = compiled_on_use(
    r"(?<![a-z])(?:author|byline|writer|columnist|autor|auteur|autore)(?![a-z])"
)
_BACKGROUND = compiled_on_use(r"background(?:-image)?\s?:[^;]{0,80}url\(", re.IGNORECASE)
_ANY_TIME = dt.datetime(2100, 1, 1, 12, tzinfo=dt.UTC)
"""A clock after every printed day, by which `2 hours ago` is a time."""
_NO_KICKER = frozenset({"time", "figcaption", "button", "noscript", "script", "style", "svg"})


def story_part(card: Card, host: str) -> Node | None:
    """Return the part of a story with links to others printed under its title; None without.

    Such a part is an article element or begins with a picture's link to the story, and has
    neither headings nor pictures below the title. *host* is the page's.
    """
    for part in islice(card.root.ancestors(), CLIMB):
        if part.tag in _WHOLE or part.size > LONGEST_CARD:
            return None
        links = part.tagged("a")
        above = [link for link in links if link.index < card.root.index]
        below = [link for link in links if link.index >= card.root.end]
        if any(page_key(address_of(link), host) != card.key for link in above):
            return None
        if below and (above or part.tag == "article"):
            return None if _has_cards(part.page[card.root.end : part.end]) else part
    return None


def _has_cards(nodes: Iterable[Node]) -> bool:
    return any(node.tag in HEADINGS or node.tag in _PICTURES for node in nodes)


def slot_of(card: Card, host: str) -> Card:
    """Return *card* with all that belongs to its story: the picture and kicker above it."""
    part = story_part(card, host)
    if part is None:
        return card
    below = next(link for link in part.tagged("a") if link.index >= card.root.end)
    return attrs.evolve(card, root=part.up_to(below.index))


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
    if node.is_inside(_NO_KICKER) or _is_of_author(node):
        return False
    return all(part.tag in INLINE or part.size <= 1 for part in node.iter()[1:])


def _is_of_author(node: Node) -> bool:
    """Return whether a line is marked as an author's, or leads to one."""
    around = (node, *islice(node.ancestors(), 1))
    marks = [one.class_and_id for one in around if one.size <= LONGEST_KICKER + 4]
    for link in (*node.tagged("a"), *(one for one in around if one.tag == "a")):
        marks += [link.attributes.get("rel", ""), address_of(link)]
    return any(_AUTHOR.search(mark[:200].lower()) for mark in marks if mark)


def _is_topic(text: str) -> bool:
    """Return whether *text* may be a topic: a few words, no time, button, number or credit."""
    if len(text) > LONGEST_KICKER or text.count(" ") >= MOST_WORDS:
        return False
    if not any(map(str.isalpha, text)) or parse_date(text, page_time=_ANY_TIME) is not None:
        return False
    return not is_button(text) and not is_credit(text)

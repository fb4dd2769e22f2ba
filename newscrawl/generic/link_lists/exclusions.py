"""Why cards that follow each other are no list of articles: a menu, tags, buttons, too few."""

from __future__ import annotations

from collections.abc import Iterator

from newscrawl.generic.body.article_node import Outline
from newscrawl.generic.link_lists.entries import is_article_address
from newscrawl.generic.link_lists.groups import Group
from newscrawl.html.tree import Node
from newscrawl.text.phrases import heading_kind

LEAST_LINKS = 2
LEAST_UNKNOWN = 3
"""Without a heading a list has this many entries."""
LEAST_TITLE = 22
"""Under a heading that is not known titles have this many characters on average."""
LEAST_KNOWN = 14
"""Least entries of a list under a known heading, with any addresses."""
LONG_TITLE = 30
"""Texts of this many characters are titles, under any heading."""
_OUT = frozenset(
    {"hidden", "navigation", "form", "byline", "share", "tags", "comments", "header"}
)
_TEXTS = frozenset({"main", "article"})
_MENUS = frozenset({"nav", "footer", "menu"})


def exclusion_of(group: Group, outline: Outline, *, is_inside: bool) -> str:
    """Return why *group* is no list of articles; the empty string for a list.

    Inside the body a single link to a related article is a list.
    """
    return next(_exclusions(group, outline, is_inside=is_inside), "")


def _exclusions(group: Group, outline: Outline, *, is_inside: bool) -> Iterator[str]:
    kind = heading_kind(group.text) if group.heading else None
    flags = flags_of(group.cards[0].root, outline)
    if kind == "not_a_list":
        yield "its heading is of no list of articles"
    if "hidden" in flags and kind is None:
        yield "it is hidden"
    if not _leads_to_articles(group, is_known=kind is not None):
        yield "its entries lead to no articles"
    if kind is None:
        yield from _exclusions_of_unknown(group, flags)
    elif len(group.cards) < LEAST_LINKS and not (kind == "related" and is_inside):
        yield "it has one entry"


def _exclusions_of_unknown(group: Group, flags: frozenset[str]) -> Iterator[str]:
    """Yield the reasons against a list whose heading says nothing about its kind."""
    if len(group.cards) < (LEAST_LINKS if group.heading else LEAST_UNKNOWN):
        yield "it has too few entries for a list whose heading is not known"
    if _average(group) < (LEAST_TITLE if group.heading else LONG_TITLE):
        yield "its entries are too short for titles"
    if flags & _OUT:
        yield f"it stands in {', '.join(sorted(flags & _OUT))}"


def flags_of(first: Node, outline: Outline) -> frozenset[str]:
    """Return the flags above a list; a class name alone makes neither menu nor page header."""
    flags = outline.flags_above(first)
    if "navigation" in flags and not first.is_inside(_MENUS):
        flags -= {"navigation"}
    if "header" in flags and first.is_inside(_TEXTS):
        flags -= {"header"}
    return flags


def _leads_to_articles(group: Group, *, is_known: bool) -> bool:
    """Return whether half of the addresses are articles', or else the texts are titles."""
    articles = sum(is_article_address(card.href) for card in group.cards)
    if articles * 2 >= len(group.cards):
        return True
    is_menu = group.cards[0].root.is_inside(_MENUS)
    least = LEAST_KNOWN if is_known and not is_menu else LONG_TITLE
    return _average(group) >= least


def _average(group: Group) -> int:
    """Return the average length of the titles, in letters."""
    return sum(_width(card.text) for card in group.cards) // len(group.cards)


def _width(text: str) -> int:
    """Return the length of a title in letters: an ideograph says as much as two."""
    return 2 * len(text) if max(text[:3], default="") >= "\u3000" else len(text)

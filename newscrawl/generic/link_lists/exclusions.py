"""Why cards that follow each other are no list of articles: a menu, tags, buttons, too few."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newscrawl.generic.body.article_node import Outline
from newscrawl.generic.link_lists.entries import PICTURE_FILES, Card, is_article_address
from newscrawl.generic.link_lists.groups import Group
from newscrawl.generic.link_lists.words import heads_comments
from newscrawl.html.text_lines import HEADINGS
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.list_headings import heading_kind
from newscrawl.text.urls import host_of

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
_UNSEEN = frozenset({"hidden", "form", "header"})
_PAID = frozenset({"advert", "newsletter", "rating"})
_NUMBERED = compiled_on_use(r"^(.{0,200}/)\d{1,12}(?:\.[a-z]{3,5})?/?$")
_SERVICE = re.compile(
    r"/(?:newsletters?|puzzles?|crosswords?|games?|jobs?|shop|store)/[^/?#]{0,40}/?$"
)
_LEGAL = re.compile(
    r"/(?:[a-z]{2}/)?[a-z-]{0,20}(?:privacy|cookies?|terms-(?:of|and)|datenschutz|impressum"
    r"|mentions-legales|aviso-legal)(?![a-z])[^/?#]{0,60}/?$"
)
LONGEST_ADDRESS = 300
_TEXTS = frozenset({"main", "article"})
_MENUS = frozenset({"nav", "footer", "menu"})


def exclusion_of(group: Group, outline: Outline, *, is_inside: bool, host: str = "") -> str:
    """Return why *group* is no list of articles; the empty string for a list.

    Inside the body a single link to a related article is a list, and two entries that lead to
    pages of *host* may be one.
    """
    is_pair = is_inside and (
        all(_leads_to(card, host) for card in group.cards) or are_numbered(group)
    )
    return next(_exclusions(group, outline, is_inside=is_inside, is_pair=is_pair), "")


def _exclusions(
    group: Group, outline: Outline, *, is_inside: bool, is_pair: bool
) -> Iterator[str]:
    kind = heading_kind(group.text) if group.heading else None
    flags = flags_of(group.cards[0].root, outline)
    if _are_stories(group):
        flags &= _UNSEEN
        kind = None if heads_comments(group.text) and lead_to_comments(group) else kind
    if kind == "not_a_list":
        yield "its heading is of no list of articles"
    if lead_to_services(group):
        yield "its entries lead to the site's services and rules"
    if "hidden" in flags and kind is None:
        yield "it is hidden"
    if not _leads_to_articles(group, is_known=kind is not None):
        yield "its entries lead to no articles"
    if kind is None:
        yield from _exclusions_of_unknown(group, flags, is_pair=is_pair)
    elif _count(group) < LEAST_LINKS and not (
        kind == "related" and (is_inside or _is_whole_card(group.cards[0]))
    ):
        yield "it has one entry"


def _exclusions_of_unknown(
    group: Group, flags: frozenset[str], *, is_pair: bool
) -> Iterator[str]:
    """Yield the reasons against a list whose heading says nothing about its kind.

    Two entries are enough under a heading, and between paragraphs if they are long titles.
    """
    are_enough = group.heading or (is_pair and _are_long(group))
    if _count(group) < (LEAST_LINKS if are_enough else LEAST_UNKNOWN):
        yield "it has too few entries for a list whose heading is not known"
    if _average(group) < (LEAST_TITLE if group.heading else LONG_TITLE):
        yield "its entries are too short for titles"
    if flags & _OUT:
        yield f"it stands in {', '.join(sorted(flags & _OUT))}"


def is_card_of_story(group: Group, outline: Outline, host: str) -> bool:
    """Return whether *group* is one card with a picture and a heading, for a page of *host*.

    Between paragraphs such a card is a list of its own.
    """
    card = group.cards[0]
    if len(group.cards) > 1 or group.heading or not _leads_to(card, host):
        return False
    if heading_kind(card.text) is not None:  # the heading of a list is no title
        return False
    root = card.root
    is_card = root.tagged("img") and any(root.tagged(tag) for tag in HEADINGS)
    return bool(is_card) and not flags_of(root, outline) & (_OUT | _PAID)


def _is_whole_card(card: Card) -> bool:
    """Return whether a card in an article has a picture and a heading: `Read next`."""
    root = card.root
    is_card = root.tagged("img") and any(root.tagged(tag) for tag in HEADINGS)
    return bool(is_card) and root.is_inside(("article",)) and is_article_address(card.href)


def _leads_to(card: Card, host: str) -> bool:
    """Return whether *card* leads to an article on *host*, by a relative address or a whole."""
    if not is_article_address(card.href) or card.href.lower().endswith(PICTURE_FILES):
        return False
    return "//" not in card.href[:8] or (host != "" and host_of(card.href) == host)


def _are_long(group: Group) -> bool:
    return all(_width(card.text) >= LEAST_TITLE for card in group.cards)


def _count(group: Group) -> int:
    """Return how many articles *group* leads to."""
    return len({card.key for card in group.cards})


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
    if articles * 2 >= len(group.cards) or are_numbered(group):
        return True
    is_menu = group.cards[0].root.is_inside(_MENUS)
    least = LEAST_KNOWN if is_known and not is_menu else LONG_TITLE
    return _average(group) >= least


def lead_to_services(group: Group) -> bool:
    """Return whether each entry leads to a newsletter, a game, a job or a legal notice."""
    return all(_leads_to_service(card.href) for card in group.cards)


def _leads_to_service(href: str) -> bool:
    lower = href[:LONGEST_ADDRESS].lower()
    if _LEGAL.search(lower):
        return True
    return _SERVICE.search(lower) is not None and not is_article_address(href)


def are_numbered(group: Group) -> bool:
    """Return whether titles lead to numbers of one folder: `/opinion/17`, `/a/3.html`."""
    found = [_NUMBERED.search(card.href.partition("?")[0]) for card in group.cards]
    folders = {one[1] for one in found if one}
    return len(folders) == 1 and all(found) and _average(group) >= LEAST_TITLE


def _are_stories(group: Group) -> bool:
    """Return whether titles that lead to articles stand under a heading: in a footer, too."""
    if len(group.cards) < LEAST_UNKNOWN or not group.heading or _average(group) < LONG_TITLE:
        return False
    return all(is_article_address(card.href) for card in group.cards)


def lead_to_comments(group: Group) -> bool:
    """Return whether each entry leads to a comment: the articles that were commented last."""
    return all(
        any("#comment" in a.attributes.get("href", "") for a in card.root.tagged("a"))
        for card in group.cards
    )


def _average(group: Group) -> int:
    """Return the average length of the titles, in letters."""
    return sum(_width(card.text) for card in group.cards) // len(group.cards)


def _width(text: str) -> int:
    """Return the length of a title in letters: an ideograph says as much as two."""
    return 2 * len(text) if max(text[:3], default="") >= "\u3000" else len(text)

"""The headed lists of links around an article: related, latest, most read, by section.

A list is a heading and the links that follow it in one part of the page. Menus and footers are
none, and a card that is printed twice, for two widths of screen, counts once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from itertools import chain, islice

import attrs

from newscrawl.article import Link, LinkList
from newscrawl.generic.article_node import Outline, is_title_mark
from newscrawl.html.text_lines import HEADINGS, INLINE
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import ELLIPSES, Context
from newscrawl.text.phrases import folded, heading_kind, list_kind

LONGEST_HEADING = 80
LONGEST_LINK = 400
LEAST_LINK = 12
"""A link of fewer characters is a section's name or a button, not an article's title."""
LEAST_TITLE = 22
"""Under a heading that is not known, titles have at least so many characters on average."""
LEAST_LINKS = 2
MOST_LINKS = 100
MOST_LISTS = 60
MOST_HEADINGS = 500
"""A page with more headings than these is a listing; the first ones are enough."""
CLIMB = 5
"""So far above a heading its list is looked for."""
LARGEST_BOX = 20_000
_OUT = frozenset(
    {"hidden", "navigation", "consent", "form", "byline", "share", "tags", "comments"}
)
_NEVER = frozenset(
    {"p", "li", "time", "button", "figcaption", "html", "body", "title", "br", "img"}
)
_LABELS = ("a", "li", "button")
_TARGETS = ("href", "data-target", "data-bs-target", "aria-controls")
_SHOWING = frozenset(_TARGETS[1:])


@attrs.frozen(eq=False)
class _Heading:
    """Possible heading of a list, and the range of links that may belong to it."""

    text: str
    node: Node
    box: Node | None = None
    """The part that holds the list, where the page names it; a tab's pane."""


def link_lists_of(
    root: Node, outline: Outline, context: Context, headline: str
) -> tuple[LinkList, ...]:
    """Return the lists on the page under *root*, in page order."""
    headings = [*_tabs(root), *islice(_headings(outline, headline), MOST_HEADINGS)]
    starts = sorted(heading.node.index for heading in headings)
    anchors = _Anchors(root.tagged("a"))
    found: list[tuple[int, LinkList]] = []
    for heading in headings:
        kind = list_kind(heading.text)
        own = _anchors_of(heading, anchors, starts) if kind else []
        links = _links_from(own, anchors, context)
        if kind and _is_list(heading, own, links, outline):
            anchors.taken.update(anchor.index for anchor in own)
            one = LinkList(heading=heading.text.strip(" :"), kind=kind, links=links)
            found.append((own[0].index, one))
    found.sort(key=lambda pair: pair[0])
    return _merged([one for _, one in found])[:MOST_LISTS]


class _Anchors:
    """The links of a page; the title of each is looked for once, however many lists ask."""

    def __init__(self, anchors: list[Node]) -> None:
        self.anchors = anchors
        self.taken: set[int] = set()
        """The indexes of those that are in a list."""
        self._places = [anchor.index for anchor in anchors]
        self._titles: dict[int, str] = {}

    def title(self, anchor: Node) -> str:
        """Return the text of a link to an article; the empty string for another link's."""
        found = self._titles.get(anchor.index)
        if found is None:
            found = _title_of(anchor)
            if found and _is_in_prose(anchor):
                found = ""
            self._titles[anchor.index] = found
        return found

    def within(self, start: int, end: int) -> list[Node]:
        """Return the links to articles from *start* up to *end*."""
        low, high = bisect_left(self._places, start), bisect_left(self._places, end)
        return [
            anchor
            for anchor in self.anchors[low : min(high, low + 6 * MOST_LINKS)]
            if anchor.index not in self.taken and self.title(anchor)
        ]


def _is_in_prose(anchor: Node) -> bool:
    """Return whether a link stands inside a paragraph of text."""
    node = anchor.parent
    for _ in range(3):
        if node is None or (node.tag not in INLINE and node.tag not in {"p", "blockquote"}):
            return False
        if node.size > 2 * node.links + 20:
            return True
        node = node.parent
    return False


def _is_list(
    heading: _Heading, own: list[Node], links: tuple[Link, ...], outline: Outline
) -> bool:
    """Return whether *links* are articles and no menu; a known heading is believed more."""
    if heading_kind(heading.text) is not None:
        return len(links) >= LEAST_LINKS
    if len(links) <= LEAST_LINKS or sum(len(link.text) for link in links) < LEAST_TITLE * len(
        links
    ):
        return False
    return not outline.flags_above(own[0].parent) & _OUT


def _tabs(root: Node) -> Iterator[_Heading]:
    """Yield the labels of tabs, each with its pane."""
    labels: list[tuple[str, Node]] = []
    for node in chain.from_iterable(map(root.tagged, _LABELS)):
        attributes = node.attributes
        if not attributes or not 3 <= node.size < 2 * LONGEST_HEADING:
            continue
        # Most are links to other pages and name no part of this one.
        if attributes.get("href", "")[:1] == "#" or not _SHOWING.isdisjoint(attributes):
            target = _pane_of(attributes)
            if target:
                labels.append((target, node))
    labels.sort(key=lambda label: label[1].index)
    panes: dict[str, Node] = {}
    for node in root.iter() if labels else ():
        identity = node.attributes.get("id")
        if identity:
            panes.setdefault(identity, node)
    for target, node in labels[:MOST_LISTS]:
        pane = panes.get(target)
        text = node.text()
        if pane is None or not 3 <= len(text) <= LONGEST_HEADING or node.is_below(pane):
            continue
        is_known = heading_kind(text) not in {None, "not_a_list"}
        if pane.size <= LARGEST_BOX and (is_known or pane.links * 2 >= pane.size):
            yield _Heading(text, node, pane)


def _pane_of(attributes: Mapping[str, str]) -> str:
    """Return the id of the part that a label shows, or the empty string."""
    for name in _TARGETS:
        target = attributes.get(name)
        if target and len(target) < 100:
            if target[0] == "#":
                return target[1:]
            if name == "aria-controls":
                return target
    return ""


def _headings(outline: Outline, headline: str) -> Iterator[_Heading]:
    """Yield possible headings of lists: headings, marked titles and known phrases.

    Those inside menus are left out.
    """
    last: _Heading | None = None
    for node in outline.titled:
        if node.size > 2 * LONGEST_HEADING or node.tag in _NEVER:
            continue
        text = _heading_text(node)
        if not text or not _may_head(node, text, outline) or folded(text) == headline:
            continue
        if last is not None and not node.is_below(last.node):
            yield last
        elif last is not None and node.tag not in HEADINGS and last.node.tag in HEADINGS:
            continue
        last = _Heading(text, node)
    if last is not None:
        yield last


def _may_head(node: Node, text: str, outline: Outline) -> bool:
    """Return whether a title can head a list: outside menus, or with known words."""
    if heading_kind(text) not in {None, "not_a_list"}:
        is_link = node.links * 2 > node.size
        return not (is_link and "navigation" in outline.flags_above(node))
    return node.tag != "a" and not outline.flags_above(node) & _OUT


def _heading_text(node: Node) -> str:
    """Return the text of *node* if it may head a list, or the empty string."""
    is_marked = node.tag in HEADINGS or (node.marks != "" and is_title_mark(node.marks))
    # Without a mark, only an element that holds nothing but a known phrase heads a list.
    if not is_marked and node.stop > node.start + 3 and len(node.children) > 2:
        return ""
    text = node.text()
    if not 3 <= len(text) <= LONGEST_HEADING:
        return ""
    if not is_marked and heading_kind(text) is None:
        return ""
    return "" if _is_card_title(node, text) else text


def _is_card_title(node: Node, text: str) -> bool:
    """Return whether a heading is an article's title in a card: a long link."""
    if heading_kind(text) is not None:
        return False
    if node.is_inside({"a", "li"}):
        return True
    return node.links * 2 > node.size and len(text) > 24


def _anchors_of(heading: _Heading, anchors: _Anchors, starts: list[int]) -> list[Node]:
    """Return the links after *heading* in the smallest part around it that holds several."""
    if heading.box is not None:
        return anchors.within(heading.box.index, heading.box.end)
    after = bisect_right(starts, heading.node.index)
    limit = starts[after] if after < len(starts) else len(heading.node.page)
    box, climbed = heading.node, 0
    while climbed < CLIMB and box.parent is not None and box.parent.size <= LARGEST_BOX:
        climbed += box.parent.size > box.size + 4
        box = box.parent
        if box.tag in {"body", "html"}:
            break
        own = anchors.within(heading.node.end, min(limit, box.end))
        if len({anchor.attributes.get("href") for anchor in own}) >= LEAST_LINKS:
            return own
    return []


def _title_of(anchor: Node) -> str:
    """Return the text of a link to an article: its heading's, its own, its picture's."""
    if not anchor.attributes.get("href", "").strip("# ") or anchor.size > 3 * LONGEST_LINK:
        return ""
    inside = anchor.iter() if anchor.end > anchor.index + 1 else ()
    heading = next((part for part in inside if part.tag in HEADINGS and part.size > 3), anchor)
    text = heading.text()
    if not text:
        picture = next((part for part in inside if part.tag in {"img", "amp-img"}), None)
        text = anchor.attributes.get("title") or (
            picture.attributes.get("alt", "") if picture else ""
        )
        text = " ".join(text.split())
    return text[:LONGEST_LINK] if len(text) >= LEAST_LINK or text.count(" ") > 1 else ""


def _links_from(own: list[Node], anchors: _Anchors, context: Context) -> tuple[Link, ...]:
    """Return *own* as ranked links, each address once, with the longer of its texts."""
    titles: dict[str, str] = {}
    for anchor in own:
        href = anchor.attributes.get("href", "").partition("#")[0].strip()
        text = anchors.title(anchor)
        if href and len(titles.get(href, "")) < min(len(text), 2 * LEAST_LINK):
            titles[href] = text
    pairs = dict.fromkeys((text, context.absolute(href)) for href, text in titles.items())
    # Of a page whose own address is not known, the texts are known all the same.
    found = [(text, url) for text, url in pairs if url is not None or not context.has_address]
    return tuple(
        Link(text=text, url=url, position=position, is_cut=text.endswith(ELLIPSES))
        for position, (text, url) in enumerate(found[:MOST_LINKS], 1)
    )


def _merged(found: list[LinkList]) -> tuple[LinkList, ...]:
    """Return *found* without lists that are printed a second time."""
    kept: dict[tuple[str, ...], LinkList] = {}
    for one in found:
        kept.setdefault((one.heading, *(link.url or link.text for link in one.links[:3])), one)
    return tuple(kept.values())

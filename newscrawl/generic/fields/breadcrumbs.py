"""The sections that a page stands in, as the trail above the article prints them.

The trail is without home, under any name, and without the article's own title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from newscrawl.generic.fields.description_and_language import is_home_word
from newscrawl.generic.fields.headlines.above_headline import (
    Crumb,
    LineAbove,
    is_typed_crumb,
    line_above,
    marked_trails,
    unlinked_last,
)
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.linked_data import text_of, types_of, values_at
from newscrawl.html.tree import Node
from newscrawl.system.value_classes import frozen
from newscrawl.text.phrases import folded
from newscrawl.text.urls import bare_host_of, host_of, leads_home, path_segments

PRINTED_TRAILS = frozenset({"breadcrumb", "trail"})
"""Rules of trails that stand apart from the line above the headline."""
LONGEST_CRUMB = 60
MOST_CRUMBS = 8
LONGEST_POSITION = 4
LONGEST_TRAIL = 200
LONGEST_MARKED = 400
LONGEST_TOPIC = 25
"""A longer kicker is a title, and no section."""
LEAST_TITLE = 12
"""A crumb of this many characters that begins the title is the title, cut short."""
LEAST_MENU = 3
"""So many links side by side are a menu, unless their signs or addresses show a trail."""
_ARROW = re.compile("[»›>→«‹]")
_STEP = re.compile("[»›>→«‹/]")
_SIGNS = " \t\n/|»›>→«‹·•–—:،"


@frozen
class Known:
    """Words that are no section: the article's title and the site's names."""

    headlines: frozenset[str]
    names: frozenset[str]

    def is_section(self, crumb: Crumb) -> bool:
        """Return whether *crumb* is a section, and neither home nor the article itself."""
        key = folded(crumb.text)
        if not 1 < len(crumb.text) <= LONGEST_CRUMB or not key or is_home_word(crumb.text):
            return False
        if key in self.names or (crumb.url and leads_home(crumb.url)):
            return False
        cut = key.rstrip(" .…")
        is_cut = len(cut) >= LEAST_TITLE
        return not (is_cut and any(title.startswith(cut) for title in self.headlines))


def breadcrumbs_of(
    structured_data: StructuredData, heading: Node | None, headline: str, kicker: str | None
) -> tuple[tuple[str, ...], str]:
    """Return the sections that the page stands in, outermost first, and the rule.

    *heading* holds the *headline*, which is folded.
    """
    known = _known(structured_data, headline, kicker)
    for rule, crumbs in breadcrumb_candidates(structured_data, heading):
        kept = tuple(dict.fromkeys(one.text for one in crumbs if known.is_section(one)))
        if kept:
            return kept[:MOST_CRUMBS], rule
    return (), ""


def _known(structured_data: StructuredData, headline: str, kicker: str | None) -> Known:
    """Return the words that are no section on this page."""
    stated = (
        structured_data.text("headline"),
        structured_data.meta("og:title"),
        structured_data.tree.title,
    )
    longer = kicker if kicker and len(kicker) > LONGEST_TOPIC else None
    titles = (headline, *(folded(title) for title in (*stated, longer) if title))
    host = host_of(structured_data.page.url)
    names = (structured_data.meta("og:site_name"), structured_data.text("publisher.name"))
    bare = bare_host_of(structured_data.page.url)
    hosts = (host, bare, bare.partition(".")[0])
    return Known(
        frozenset(title for title in titles if title),
        frozenset({*hosts, *(folded(name) for name in names if name)}),
    )


def breadcrumb_candidates(
    structured_data: StructuredData, heading: Node | None
) -> Iterator[tuple[str, Sequence[Crumb]]]:
    """Yield the rule of each source of sections and the crumbs found there."""
    root = structured_data.tree.root
    yield "breadcrumb", _marked_trail(root)
    if heading is not None:
        line = line_above(heading)
        yield "above_headline", line.trail if line and _is_trail(line) else ()
    yield "trail", _trail(root, heading.text() if heading else "")
    for item in structured_data.objects:
        if "BreadcrumbList" in types_of(item):
            yield "jsonld", _stated_crumbs(item)
    section = structured_data.text("articleSection")
    metas = structured_data.all_metas("article:section", "section")
    yield "section", [Crumb(name) for name in ([section] if section else metas)]


def _stated_crumbs(trail: Mapping[str, object]) -> list[Crumb]:
    """Return the crumbs of a BreadcrumbList, by their positions if each has one."""
    found = [one for one in values_at(trail, "itemListElement") if isinstance(one, Mapping)]
    positions = [_position(one) for one in found]
    if 0 not in positions:
        found.sort(key=_position)
    return [_stated_crumb(one) for one in found]


def _position(element: Mapping[str, object]) -> int:
    """Return the position of an element of a BreadcrumbList, from 1 on; 0 without one."""
    text = str(element.get("position"))
    is_number = text.isascii() and text.isdecimal() and len(text) < LONGEST_POSITION
    return int(text) if is_number else 0


def _stated_crumb(element: Mapping[str, object]) -> Crumb:
    """Return the name and the address of an element of a BreadcrumbList."""
    item = element.get("item")
    inner = item if isinstance(item, Mapping) else {}
    url = item if isinstance(item, str) else inner.get("@id") or inner.get("url") or ""
    name = text_of(element.get("name")) or text_of(inner.get("name"))
    return Crumb(name, url if isinstance(url, str) and "://" in url else "")


def _marked_trail(root: Node) -> list[Crumb]:
    """Return the crumbs of the first part that is marked as breadcrumbs and holds a link."""
    for node in marked_trails(root):
        if 3 < node.size < LONGEST_MARKED:
            crumbs = _typed_crumbs(node) if is_typed_crumb(node) else _crumbs_of(node)
            if crumbs:
                return crumbs
    return []


def _typed_crumbs(first: Node) -> list[Crumb]:
    """Return the sections stated one by one beside or inside the *first*, or its own links."""
    is_box = not any(is_typed_crumb(node) for node in first.iter() if node is not first)
    if is_box and len(_links_in(first)) > 1:
        return _crumbs_of(first)
    box = first.parent or first
    found = [_links_in(node)[:1] for node in box.iter() if is_typed_crumb(node)]
    return [crumb for links in found for crumb in links]


def _crumbs_of(box: Node) -> list[Crumb]:
    """Return the items of a list of crumbs, linked or not, else the links and a last text."""
    items = [item for item in box.iter() if item.tag == "li" and item.size > 1]
    links = _links_in(box)
    if not links or len(items) < len(links):
        last = unlinked_last(box.text(), links)
        return [*links, last] if last else links
    crumbs = []
    for item in items:
        href = next((a.attributes.get("href", "") for a in item.iter() if a.tag == "a"), "")
        crumbs.append(Crumb(item.text().strip(_SIGNS), href))
    return crumbs


def _links_in(box: Node) -> list[Crumb]:
    """Return the links with a text in *box*."""
    links = (part for part in box.iter() if part.tag == "a" and part.size > 1)
    return [Crumb(link.text(), link.attributes.get("href", "")) for link in links]


def _is_trail(line: LineAbove) -> bool:
    """Return whether the links of *line* lead from one section into the next.

    Three or more side by side, `Local | Region | World`, are a menu or labels.
    """
    crumbs = line.trail
    if len(crumbs) < LEAST_MENU or line.is_marked or _is_home(crumbs[0]):
        return True
    signs = line.text
    for crumb in crumbs:
        signs = signs.replace(crumb.text, "", 1)
    return _STEP.search(signs) is not None or _continue(crumbs)


def _is_home(crumb: Crumb) -> bool:
    return is_home_word(crumb.text) or (crumb.url != "" and leads_home(crumb.url))


def _trail(root: Node, title: str) -> list[Crumb]:
    """Return the crumbs of an unmarked trail, home first: `الرئيسية » محليات`.

    Its signs, its addresses or the article's *title* at its end show that it is no menu.
    """
    short = [node for node in root.tagged("a") if 0 < node.size < LONGEST_CRUMB]
    for node in short:
        box = node.parent
        if box is None or not 3 < box.size < LONGEST_TRAIL:
            continue
        if is_home_word(node.text()) and _has_signs(box, title):
            return _crumbs_of(box)
    return []


def _has_signs(box: Node, title: str) -> bool:
    """Return whether the signs between the links of *box* are those of a trail."""
    signs = "".join(child for child in box.children if isinstance(child, str))
    if _ARROW.search(signs):
        return True
    if title and signs.strip() and box.text().endswith(title):
        return True
    links = _links_in(box)
    return "/" in signs and len(links) > 2 and _continue(links)


def _continue(crumbs: Sequence[Crumb]) -> bool:
    """Return whether the address of each section continues the one before it.

    So do those of a trail, and not those of a menu: `/`, `/world/`, `/world/asia/`.
    """
    paths = [path_segments(crumb.url.removesuffix(".html")) for crumb in crumbs if crumb.url]
    return all(
        len(below) > len(path) and below[: len(path)] == path for path, below in pairwise(paths)
    )

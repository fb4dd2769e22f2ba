"""The publisher's own tags: meta tags and JSON-LD, then the tag boxes that a page prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.linked_data import text_of
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import folded

MOST = 60
LONGEST = 80
METAS = ("news_keywords", "sailthru.tags", "parsely-tags")
LONGEST_LINK = 40
LONGEST_BOX = 600
"""The links in a box of tags have fewer characters."""
LEAST_OF_ADDRESS = 4
_SLUG = re.compile(r"[^a-z]+")
_TOPIC = compiled_on_use(
    r"/(?:tags?|topics?|thema|themen?|themes?|temas?|etiquetas?|etiket|hashtags?|stichwort|schlagworte?"
    r"|keywords?|sujets?|argomenti|tagi?|emne|amne|onderwerp|wsj-tags)/[^/?#]",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s{0,3}[,;،؛、，|\n]\s{0,3}")
_MARKS = compiled_on_use(
    r"(?<![a-z])(?:tags?|taglist|tagcloud|keywords?|topics?|etiquetas|schlagworte|hashtags?"
    r"|themen)(?![a-z])"
)
_PREFIXED = re.compile(r"(?:[A-Za-z_ ]{2,20}:\s{0,2}[^ ]|[0-9a-f]{8}-[0-9a-f]{4}-)")


def keywords_of(
    structured_data: StructuredData, article_node: Node
) -> tuple[tuple[str, ...], str]:
    """Return the tags and the rule that found them."""
    for rule, raws in keyword_candidates(structured_data, article_node):
        words = _cleaned(raws)
        if words and not _are_of_address(words, structured_data.page.url):
            return words, rule
    return (), ""


def _are_of_address(words: tuple[str, ...], url: str) -> bool:
    """Return whether *words* are the words of the page's address rather than tags."""
    slug = set(_SLUG.split(url.lower()))
    return len(words) >= LEAST_OF_ADDRESS and all(
        word.isalpha() and word.islower() and word in slug for word in words
    )


def keyword_candidates(
    structured_data: StructuredData, article_node: Node
) -> Iterator[tuple[str, list[str]]]:
    """Yield the rule of each source of tags and the tags found there."""
    for name in METAS:
        yield f"meta:{name}", list(_split(structured_data.metas.get(name, ())))
    tags = structured_data.metas.get("article:tag", ())
    yield "meta:article:tag", list(_split(tags) if len(tags) == 1 else tags)
    yield "meta:keywords", list(_split(structured_data.metas.get("keywords", ())))
    yield "jsonld", list(_split(text_of(value) for value in structured_data.values("keywords")))
    yield from _printed(article_node)


def _split(raws: Iterable[str]) -> Iterator[str]:
    for raw in raws:
        yield from _SPLIT.split(raw[:4000])


def _cleaned(raws: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for raw in raws:
        word = " ".join(raw.split()).strip(" .#\"'[]")
        if 1 < len(word) <= LONGEST and not _PREFIXED.match(word):
            found.setdefault(folded(word), word)
    return tuple(found.values())[:MOST]


def _printed(article_node: Node) -> Iterator[tuple[str, list[str]]]:
    related: list[str] = []
    boxes: list[list[str]] = []
    for node in article_node.iter():
        if node.tag == "a" and "tag" in (node.attributes.get("rel") or "").split():
            related.append(node.text())
        # A tenth of the elements hold links enough, and little else.
        elif 3 < node.links < LONGEST_BOX and node.links * 3 > node.size:
            boxes.append(_tags_in(node))
    yield "rel", related
    for links in islice(filter(None, boxes), 3):
        yield "tag_box", links
    yield "tag_links", _topic_links(article_node)


def _tags_in(node: Node) -> list[str]:
    """Return the links in a box of tags; empty for any other element."""
    if not node.class_and_id or not _is_tag_box(node):
        return []
    links = [part.text() for part in node.iter() if part.tag == "a" and part.size > 1]
    return links if all(len(text) <= 40 for text in links) else []


def _topic_links(article_node: Node) -> list[str]:
    """Return the links to pages of tags that stand together, of several groups the largest."""
    groups: dict[int, list[str]] = {}
    for node in article_node.tagged("a"):
        is_short = 1 < node.size <= LONGEST_LINK
        if not is_short or not _TOPIC.search(node.attributes.get("href") or ""):
            continue
        box = _box_of(node)
        if box is not None and box.links * 2 > box.size:
            groups.setdefault(box.index, []).append(node.text())
    return max(groups.values(), key=len, default=[])


def _box_of(link: Node) -> Node | None:
    """Return the part that holds *link* and, as a rule, others; None at the top of a page."""
    box = link.parent
    if box is not None and box.size <= link.size + 2 and box.parent is not None:
        return box.parent
    return box


def _is_tag_box(node: Node) -> bool:
    return node.tag in {
        "div",
        "ul",
        "p",
        "section",
        "span",
        "nav",
        "footer",
        "dl",
        "aside",
    } and bool(_MARKS.search(node.class_and_id[:200].lower()))

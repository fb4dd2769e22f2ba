"""The publisher's own tags: meta tags and JSON-LD, then the tag boxes that a page prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from newscrawl.generic.fields.structured_data import Structured
from newscrawl.html.linked_data import text_of
from newscrawl.html.tree import Node
from newscrawl.text.phrases import folded

MOST = 60
LONGEST = 80
METAS = ("news_keywords", "sailthru.tags", "parsely-tags")
_SPLIT = re.compile(r"\s{0,3}[,;،؛、，|\n]\s{0,3}")
_MARKS = re.compile(
    r"(?<![a-z])(?:tags?|taglist|tagcloud|keywords?|topics?|etiquetas|schlagworte|hashtags?"
    r"|themen)(?![a-z])"
)
_PREFIXED = re.compile(r"(?:[A-Za-z_ ]{2,20}:\s{0,2}[^ ]|[0-9a-f]{8}-[0-9a-f]{4}-)")


def keywords_of(structured: Structured, near: Node) -> tuple[tuple[str, ...], str]:
    """Return the tags and the rule that found them."""
    for rule, raws in keyword_candidates(structured, near):
        words = _cleaned(raws)
        if words:
            return words, rule
    return (), ""


def keyword_candidates(structured: Structured, near: Node) -> Iterator[tuple[str, list[str]]]:
    """Yield each place where tags may stand, and what it holds."""
    for name in METAS:
        yield f"meta:{name}", list(_split(structured.metas.get(name, ())))
    tags = structured.metas.get("article:tag", ())
    yield "meta:article:tag", list(_split(tags) if len(tags) == 1 else tags)
    yield "meta:keywords", list(_split(structured.metas.get("keywords", ())))
    yield "jsonld", list(_split(text_of(value) for value in structured.values("keywords")))
    yield from _printed(near)


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


def _printed(near: Node) -> Iterator[tuple[str, list[str]]]:
    related: list[str] = []
    boxes: list[list[str]] = []
    for node in near.iter():
        if node.tag == "a" and "tag" in (node.attributes.get("rel") or "").split():
            related.append(node.text())
        elif (
            node.marks
            and 3 < node.links < 600
            and node.links * 3 > node.size
            and _is_tag_box(node)
        ):
            links = [part.text() for part in node.iter() if part.tag == "a" and part.size > 1]
            if links and all(len(text) <= 40 for text in links):
                boxes.append(links)
    yield "rel", related
    for links in boxes[:3]:
        yield "tag_box", links


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
    } and bool(_MARKS.search(node.marks[:200].lower()))

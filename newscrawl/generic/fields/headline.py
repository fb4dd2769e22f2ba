"""The headline: the one printed above the text, else what the structured data call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import attrs

from newscrawl.generic.article_node import Outline
from newscrawl.generic.fields.structured_data import Structured
from newscrawl.html.text_lines import HEADINGS, runs_of
from newscrawl.html.tree import Node
from newscrawl.text.phrases import folded

LONGEST = 1_000
"""A headline is cut at so many characters; the page itself stays in the archive."""
LONGEST_PRINTED = 300
LEAST = 15
"""An h1 that nothing else agrees with is the headline from so many characters."""
LONGEST_KICKER = 100
KICKER_AWAY = 12
"""So many elements above the headline its kicker is looked for."""
_KICKER = re.compile(
    r"(?<![a-z])(?:kicker|overline|eyebrow|surtitre|supertitle|dachzeile|roofline|antetitulo"
    r"|occhiello|pretitle)(?![a-z])"
)
_SPLIT = re.compile(r"\s[|–—:·•»-]{1,2}\s|\s?[|»｜ㅣ]\s?|\s?–\s(?=[^ ]{1,40}$)")
_TITLED = frozenset({"div", "span", "p", "h4"})
_NO_WORD = re.compile(r"[^\w]+|_")
_NOT_ABOVE = frozenset(
    {"navigation", "aside", "related", "comments", "teasers", "consent", "form", "newsletter"}
)


@attrs.frozen
class Candidate:
    """A text that may be the headline."""

    text: str
    source: str
    node: Node | None = None
    is_visible: bool = True
    is_part: bool = False


def headline_of(
    structured: Structured, outline: Outline
) -> tuple[Candidate | None, list[Candidate]]:
    """Return the headline and all that competed for it, in the order of their standing."""
    stated = list(_stated(structured))
    printed = list(_printed(outline))
    chosen = _chosen(printed, stated)
    return chosen, [*printed, *stated]


def _stated(structured: Structured) -> Iterator[Candidate]:
    """Yield what structured data call the headline."""
    for name, text in (
        ("jsonld", structured.text("headline")),
        ("meta:headline", structured.meta("headline")),
        ("og:title", structured.meta("og:title")),
        ("twitter:title", structured.meta("twitter:title")),
        ("meta", structured.meta("dc.title", "title", "dcterms.title")),
        ("title", " ".join(structured.tree.title.split())),
    ):
        if text:
            yield Candidate(text[:LONGEST], name)


def _printed(outline: Outline) -> Iterator[Candidate]:
    """Yield the headings of the page that may be the headline: each h1, then the h2s."""
    second: list[Candidate] = []
    for node in outline.titled:
        if node.tag == "h1" and node.size:
            yield from _of_heading(node, outline)
        elif (
            10 < node.size < LONGEST_PRINTED
            and len(second) < 40
            and (node.tag in {"h2", "h3"} or (node.marks and _is_titled(node)))
        ):
            second.extend(_of_heading(node, outline))
    yield from second


def _is_titled(node: Node) -> bool:
    if node.tag not in _TITLED or not _is_headline_mark(node.marks):
        return node.attributes.get("itemprop") == "headline"
    parent = node.parent
    return parent is None or (
        parent.tag != "h1" and (parent.parent is None or parent.parent.tag != "h1")
    )


@lru_cache(maxsize=8192)
def _is_headline_mark(marks: str) -> bool:
    """Whether class names or an id say that an element holds a title."""
    lower = marks[:200].lower()
    return "headline" in lower or "title" in lower


def _of_heading(node: Node, outline: Outline) -> Iterator[Candidate]:
    text = node.text()
    is_visible = _is_visible(node, outline)
    if text:
        yield Candidate(text[:LONGEST], node.tag, node, is_visible)
    parts = [run.text for run in runs_of([node])] if node.stop > node.start + 2 else []
    if len(parts) == 1:
        parts = [child.text() for child in node.elements()]
    for part in parts:
        if part and part != text:
            yield Candidate(part[:LONGEST], node.tag, node, is_visible, is_part=True)


def bare(text: str) -> str:
    """Return *text* as headlines are compared: folded, letters and digits only."""
    return " ".join(_NO_WORD.sub(" ", folded(text)).split())


def _chosen(printed: list[Candidate], stated: list[Candidate]) -> Candidate | None:
    names = _words_of(stated)
    # A part of a heading is the headline only where the headline is stated so.
    exact = _words_of([c for c in stated if c.source in {"jsonld", "meta:headline"}])
    best: tuple[float, Candidate] | None = None
    for order, candidate in enumerate(printed):
        score = _score(candidate, exact if candidate.is_part else names) - order * 0.0005
        if score > 0 and (best is None or score > best[0]):
            best = (score, candidate)
    if best and best[0] >= 0.5:
        # A heading in a breadcrumb or menu is printed there for search engines.
        named = not best[1].is_visible and next(
            (c for c in stated if c.source in {"jsonld", "meta:headline"}), None
        )
        return named or best[1]
    first = next((c for c in printed if c.source == "h1" and c.is_visible), None)
    if first is not None and len(first.text) >= LEAST and not _is_masthead(first):
        return first
    if stated:
        return _without_site(stated)
    return first or next(iter(printed), None)


def _words_of(stated: Iterable[Candidate]) -> Mapping[str, frozenset[str]]:
    """Return the headlines that are stated, as they are compared, each once with its words."""
    names = {bare(text) for text in {candidate.text for candidate in stated}}
    return {name: frozenset(name.split()) for name in names}


def _score(candidate: Candidate, names: Mapping[str, frozenset[str]]) -> float:
    """Return how well a printed heading agrees with what is stated, from 0 to about 1.5."""
    key = bare(candidate.text)
    if not key or not names:
        return 0.6 if candidate.source == "h1" and key and not candidate.is_part else 0
    words = frozenset(key.split())
    agreement = max(_agreement(key, words, name, other) for name, other in names.items())
    bonus = 0.05 if candidate.source in HEADINGS else 0.03
    if not candidate.is_visible:
        bonus = 0
    elif candidate.source == "h1":
        bonus = 0.35
    return agreement + bonus if agreement > 0.3 else 0


def _agreement(key: str, words: frozenset[str], name: str, others: frozenset[str]) -> float:
    """Return how much of two folded headlines, each with its words, is the same words."""
    if key == name:
        return 1.05
    shared = len(words & others)
    if len(key) > 15 and len(key) * 2 > len(name) and key in name:
        return 0.9
    if not shared:
        return 0
    return shared / len(words) * 0.6 + shared / len(others) * 0.4 if len(words) > 1 else 0


def _is_visible(node: Node, outline: Outline) -> bool:
    """Whether a heading stands above a text, not in a menu, a list or a box."""
    if outline.flag(node) == "hidden" or outline.flags_above(node.parent) & _NOT_ABOVE:
        return False
    return not node.is_inside({"li"})


def _is_masthead(candidate: Candidate) -> bool:
    """Whether a heading is the site's name: in its header, or a link to the home page."""
    node = candidate.node
    if node is None:
        return False
    parts = (*node.iter(), *node.ancestors())
    is_home = any(
        n.tag == "a" and (n.attributes.get("href") or "/").count("/") <= 3 for n in parts
    )
    return is_home or any(
        "logo" in n.marks.lower() or "masthead" in n.marks.lower() for n in parts
    )


def _without_site(stated: list[Candidate]) -> Candidate:
    """Return the first stated headline, without the site's name at its end."""
    first = stated[0]
    if first.source in {"jsonld", "meta:headline"}:
        return first
    parts = [part for part in _SPLIT.split(first.text) if part and part.strip()]
    if len(parts) > 1:
        longest = max(parts, key=len).strip()
        if len(longest) * 2 > len(first.text) and len(longest) >= 12:
            return attrs.evolve(first, text=longest)
    return first


def kicker_of(chosen: Candidate | None, candidates: Iterable[Candidate]) -> str | None:
    """Return what is printed in the same heading before the headline."""
    if chosen is None or chosen.node is None:
        return None
    for candidate in candidates:
        if candidate.node is chosen.node and candidate.text != chosen.text:
            rest = candidate.text.replace(chosen.text, "").strip(" :|-–")
            if 2 < len(rest) < LONGEST_KICKER:
                return rest
    return _kicker_above(chosen.node)


def _kicker_above(heading: Node) -> str | None:
    """Return the text of an element marked as a kicker just above the headline."""
    for node in reversed(heading.page[max(0, heading.index - KICKER_AWAY) : heading.index]):
        is_short = 2 < node.size < LONGEST_KICKER and not heading.is_below(node)
        if is_short and _KICKER.search(node.marks[:200].lower()):
            return node.text() or None
    return None

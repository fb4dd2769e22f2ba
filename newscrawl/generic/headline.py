"""The headline: the one printed above the text, else what the structured data call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import attrs

from newscrawl.blocks import HEADINGS, runs_of
from newscrawl.generic.furniture import flag
from newscrawl.generic.phrases import folded
from newscrawl.generic.structured import Structured
from newscrawl.tree import Node

LONGEST = 1_000
"""A headline is cut at so many characters; the page itself stays in the archive."""
LONGEST_PRINTED = 300
_SPLIT = re.compile(r"\s[|–—:·•»-]{1,2}\s|\s?[|»｜]\s?|\s?–\s(?=[^ ]{1,40}$)")
_NOT_ABOVE = frozenset({"navigation", "aside", "related", "comments", "teasers", "consent", "form", "newsletter"})


@attrs.frozen
class Candidate:
    """A text that may be the headline."""

    text: str
    source: str
    node: Node | None = None


def headline_of(structured: Structured) -> tuple[Candidate | None, list[Candidate]]:
    """Return the headline and all that competed for it, in the order of their standing."""
    stated = list(_stated(structured))
    printed = list(_printed(structured.tree.root))
    chosen = _chosen(printed, stated)
    return chosen, [*printed, *stated]


def _stated(structured: Structured) -> Iterator[Candidate]:
    """Yield what structured data call the headline."""
    for name, text in (
        ("jsonld", structured.text("headline")),
        ("og:title", structured.meta("og:title")),
        ("twitter:title", structured.meta("twitter:title")),
        ("meta", structured.meta("dc.title", "title", "headline", "dcterms.title")),
        ("title", " ".join(structured.tree.title.split())),
    ):
        if text:
            yield Candidate(text[:LONGEST], name)


def _printed(root: Node) -> Iterator[Candidate]:
    """Yield the headings of the page that may be the headline: each h1, then the h2s."""
    second: list[Candidate] = []
    for node in root.iter():
        if node.tag == "h1" and node.size:
            yield from _of_heading(node)
        elif (node.tag in {"h2", "h3"} or _is_titled(node)) and 10 < node.size < LONGEST_PRINTED and len(second) < 40:
            second.extend(_of_heading(node))
    yield from second


def _is_titled(node: Node) -> bool:
    marks = node.marks
    return bool(marks) and node.tag in {"div", "span", "p", "h4"} and (
        "headline" in marks.lower() or "title" in marks.lower() or node.attributes.get("itemprop") == "headline"
    )


def _of_heading(node: Node) -> Iterator[Candidate]:
    text = node.text()
    if text and text.isprintable():
        yield Candidate(text[:LONGEST], node.tag, node)
    parts = [run.text for run in runs_of([node])] if len(node.children) > 1 else []
    if len(parts) > 1:
        for part in parts:
            yield Candidate(part[:LONGEST], node.tag, node)


def _chosen(printed: list[Candidate], stated: list[Candidate]) -> Candidate | None:
    names = [folded(candidate.text) for candidate in stated]
    best: tuple[float, Candidate] | None = None
    for order, candidate in enumerate(printed):
        score = _score(candidate, names) - order * 0.002
        if score > 0 and (best is None or score > best[0]):
            best = (score, candidate)
    if best and best[0] >= 0.5:
        return best[1]
    first = next((c for c in printed if c.source == "h1" and _is_visible(c)), None)
    if first is not None and len(first.text) >= 12 and not stated:
        return first
    if stated:
        return _without_site(stated)
    return first or next(iter(printed), None)


def _score(candidate: Candidate, names: list[str]) -> float:
    """Return how well a printed heading agrees with what is stated, from 0 to about 1.5."""
    key = folded(candidate.text)
    if not key or not names:
        return 0.6 if candidate.source == "h1" and key else 0
    agreement = max(_agreement(key, name) for name in names)
    bonus = 0.35 if candidate.source == "h1" else 0.05 if candidate.source in HEADINGS else 0
    if not _is_visible(candidate):
        bonus -= 0.3
    return agreement + bonus if agreement > 0.3 else 0


def _agreement(key: str, name: str) -> float:
    """Return how much of two folded headlines is the same words."""
    if key == name:
        return 1.05
    one, other = set(key.split()), set(name.split())
    shared = len(one & other)
    if not shared:
        return 0.9 if len(key) > 8 and key in name else 0
    return shared / len(one) * 0.6 + shared / len(other) * 0.4 if len(one) > 1 else 0


def _is_visible(candidate: Candidate) -> bool:
    node = candidate.node
    if node is None:
        return True
    return flag(node) != "hidden" and not any(flag(above) in _NOT_ABOVE for above in node.ancestors())


def _without_site(stated: list[Candidate]) -> Candidate:
    """Return the first stated headline, without the site's name where others show that it is one."""
    first = stated[0]
    if first.source == "jsonld":
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
            if 2 < len(rest) < 100:
                return rest
    return None

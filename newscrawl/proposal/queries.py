"""CSS queries that find the same value of a field as the generic layout on sample pages.

The generic layout has read the samples. Where one query alone finds the same values on nearly
all of them, a rule may hold the field to its place: on the day that the place is gone, drift
holds it. If none does, the generic layout reads the field better: no rule is proposed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import attrs
from lxml.etree import _Element

from newscrawl.article import Article
from newscrawl.generic.rule_readers import READERS
from newscrawl.layouts.field_readers import Context
from newscrawl.layouts.rules import css
from newscrawl.page import Page
from newscrawl.text.normalize import squeeze

FIELDS = ("headline", "description", "dateline", "date_published", "authors", "article_body")
"""The fields that are proposed; the others are better left to the generic layout."""
NEARLY_ALL = 0.9
"""The share of the samples with a field on which a query must say the same."""
LEAST_SAMPLES = 3
_STABLE = re.compile(r"[A-Za-z][A-Za-z_-]{1,40}")
"""A class or id without digits: numbers are of one page (`post-123`) or of one build."""
_LONGEST_TEXT = 600
_ANCESTORS = 4
_MOST_QUERIES = 60

Sample = tuple[Page, Article]


@attrs.frozen(kw_only=True)
class Proposal:
    """A query for a field, and on how many samples it holds."""

    field: str
    """The field."""
    query: str
    """The CSS query."""
    agrees: int
    """Number of samples on which it agrees with the generic layout."""
    of: int
    """The number of samples that have the field."""


def propose(samples: Sequence[Sample]) -> tuple[tuple[Proposal, ...], str | None]:
    """Return a rule for each field that has a firm place, and a signature of the pages."""
    found = (_best(field, samples) for field in FIELDS)
    rules = tuple(one for one in found if one is not None)
    return rules, _signature(samples) if rules else None


def _best(field: str, samples: Sequence[Sample]) -> Proposal | None:
    having = [(page, article) for page, article in samples if _value(article, field)]
    if len(having) < LEAST_SAMPLES:
        return None
    seen: Counter[str] = Counter()
    for page, article in having:
        seen.update(list(dict.fromkeys(_queries(field, page, article))))
    rated = [
        Proposal(
            field=field,
            query=query,
            agrees=sum(_agrees(field, query, *sample) for sample in having),
            of=len(having),
        )
        for query, _ in seen.most_common(_MOST_QUERIES)
    ]
    best = max(rated, key=_rank, default=None)
    return best if best is not None and best.agrees >= NEARLY_ALL * best.of else None


def _rank(one: Proposal) -> tuple[int, bool, int, int]:
    """Prefer more agreement, then an element with class or id, then a short query."""
    is_named = any(mark in one.query.partition("::")[0] for mark in ".#[")
    return one.agrees, is_named, -one.query.count(" "), -len(one.query)


def _agrees(field: str, query: str, page: Page, article: Article) -> bool:
    matches = css(query)(page)
    values = READERS[field](matches, Context(page=page)) if matches else {}
    return field in values and _same(values[field], _value(article, field))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return squeeze(one) == squeeze(other)
    return bool(one == other)


def _value(article: Article, field: str) -> Any:
    return getattr(article, field)


def _queries(field: str, page: Page, article: Article) -> Iterator[str]:
    root = page.selector.root
    if field == "article_body":
        yield from _body_queries(root, article)
        return
    texts = set(_texts(field, article))
    for element in root.iter("*"):
        if field == "date_published" and element.get("datetime") in texts:
            yield from (f"{query}::attr(datetime)" for query in _names(element))
        elif _text(element) in texts:
            yield from _names(element)


def _texts(field: str, article: Article) -> Iterator[str]:
    """Yield how the page prints a field."""
    if field == "date_published":
        yield article.date_published_raw or ""
    elif field == "authors":
        yield from article.authors
    elif field == "dateline":
        yield article.dateline.raw if article.dateline else ""
    else:
        yield squeeze(_value(article, field))


def _body_queries(root: _Element, article: Article) -> Iterator[str]:
    """Yield queries for the paragraphs of the element that holds the body's first one."""
    first = squeeze(article.article_body.partition("\n")[0])
    for element in root.iter("p", "div", "span"):
        parent = element.getparent()
        if parent is not None and _text(element) == first:
            for name in _names(parent):
                yield f"{name} > {element.tag}"
                yield f"{name} {element.tag}"


def _text(element: _Element) -> str | None:
    """Return the squeezed text of an element; None for a long one, which is no single field."""
    if not isinstance(element.tag, str):
        return None
    parts, length = [], 0
    for part in element.itertext():
        parts.append(str(part))
        length += len(part)
        if length > _LONGEST_TEXT * 4:
            return None
    return squeeze("".join(parts))


def _names(element: _Element) -> Iterator[str]:
    """Yield queries that name an element: by itself, and below a named ancestor."""
    own = list(_own_names(element))
    yield from own
    ancestor, steps = element.getparent(), 0
    while ancestor is not None and steps < _ANCESTORS:
        for above in _own_names(ancestor):
            if above != ancestor.tag:
                yield from (f"{above} {name}" for name in own)
        ancestor, steps = ancestor.getparent(), steps + 1


def _own_names(element: _Element) -> Iterator[str]:
    tag = element.tag
    yield tag
    if _STABLE.fullmatch(element.get("id") or ""):
        yield f"{tag}#{element.get('id')}"
    if _STABLE.fullmatch(element.get("itemprop") or ""):
        yield f'{tag}[itemprop="{element.get("itemprop")}"]'
    for name in (element.get("class") or "").split():
        if _STABLE.fullmatch(name):
            yield f"{tag}.{name}"


def _signature(samples: Sequence[Sample]) -> str | None:
    """Return a query for a class or id that the bodies of all samples share, or None."""
    shared: set[str] | None = None
    for page, _ in samples:
        body = page.selector.root.find("body")
        names = set() if body is None else set(_own_names(body)) - {"body"}
        shared = names if shared is None else shared & names
    return max(shared, key=lambda name: (len(name), name)) if shared else None

"""An article's text fields as they are stored. Nothing here parses, fetches or stores.

Addresses, provenance and the raw text of dates are evidence and stay as they were read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from operator import is_
from typing import Any

import attrs

from newscrawl.article import Article, Block, Mark
from newscrawl.text.normalize import arabic_changes, normalize_arabic, squeeze

_LINES = frozenset({"article_body", "text"})
"""Fields whose line ends mean something; any other field is one line."""
_EVIDENCE = frozenset(
    {
        *(
            "url",
            "canonical_url",
            "page_kind",
            "page_kind_reason",
            "page_kind_certainty",
            "date_published_raw",
        ),
        *("date_published_zone", "date_published_zone_origin", "date_modified_raw"),
        *("in_language", "provenance", "extractor", "kind", "id"),
        *("found_in", "marks", "rows"),
    }
)
"""Fields that are not text of the page, or are evidence of the reading."""


def normalize_article(article: Article) -> Article:
    """Return *article* with its text as `normalize_arabic` leaves it in the article's language.

    Normalising twice changes nothing. A field that is empty then is None, or gone from a list.
    """
    language = article.in_language

    def normalized(name: str, text: str) -> str:
        plain = normalize_arabic(text, language)
        return plain if name in _LINES else squeeze(plain)

    result: Article = _mapped(article, normalized)
    return result


def normalization_changes(article: Article) -> Counter[str]:
    """Return how many characters `normalize_article` changes, by cause, over all fields."""
    changes: Counter[str] = Counter()
    for name, text in _texts(article):
        changes += arabic_changes(text, article.in_language)
        if name not in _LINES:
            line_ends = normalize_arabic(text, article.in_language).count("\n")
            changes += Counter({"white_space": line_ends})
    return changes


def _mapped(value: Any, change: Callable[[str, str], str]) -> Any:
    """Return the attrs object *value* with *change* applied to each of its texts."""
    if isinstance(value, Block):
        return _block(value, change)
    changed = {}
    for field in attrs.fields(type(value)):
        old = getattr(value, field.name)
        new = old if field.name in _EVIDENCE else _changed(field.name, old, change)
        if new is not old:
            changed[field.name] = new
    return attrs.evolve(value, **changed) if changed else value


def _block(block: Block, change: Callable[[str, str], str]) -> Block:
    """Return *block* with its marks in their places in the changed text; code stays."""
    text = block.text if block.kind == "code" else change("text", block.text)
    rows = tuple(tuple(change("cell", cell) for cell in row) for row in block.rows)
    marks = block.marks
    if text != block.text:
        moved = (_moved(mark, block.text, text, change) for mark in marks)
        marks = tuple(mark for mark in moved if mark is not None)
    new = attrs.evolve(block, text=text, rows=rows, marks=marks)
    return block if new == block else new


def _moved(mark: Mark, old: str, new: str, change: Callable[[str, str], str]) -> Mark | None:
    """Return *mark* of the text *old* in its place in *new*; None if it is gone."""
    words = change("text", old[mark.start : mark.end])
    least = max(0, len(change("text", old[: mark.start])) - 1)
    start = new.find(words, least) if words else -1
    return attrs.evolve(mark, start=start, end=start + len(words)) if start >= 0 else None


def _changed(name: str, old: Any, change: Callable[[str, str], str]) -> Any:
    if isinstance(old, str):
        new = change(name, old)
        return old if new == old else new or _nothing_for(name)
    if isinstance(old, tuple):
        members = tuple(filter(None, (_changed(name, one, change) for one in old)))
        return old if len(members) == len(old) and all(map(is_, members, old)) else members
    return _mapped(old, change) if attrs.has(type(old)) else old


def _nothing_for(name: str) -> str | None:
    """Return the empty value of a field: None for an optional one."""
    return "" if name in {"article_body", "text", "raw", "heading", "name"} else None


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Give every text that `_mapped` would change, with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one, name)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            if field.name not in _EVIDENCE:
                yield from _texts(getattr(value, field.name), field.name)

"""Headings of lists of links, and the kind of list that each announces.

The phrases are in `resources/pages/list_headings.toml`, by kind and language.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import Literal, cast

from newscrawl.article import LinkListKind
from newscrawl.text.phrases import folded, phrase_table

HeadingKind = Literal[
    "related", "latest", "most_read", "editors_picks", "sponsored", "section", "not_a_list"
]

LONGEST_HEADING = 80
"""A line of more characters is no heading of a list."""
EXTRA_WORDS = 3
"""A heading may go on after the phrase it is known by: `الأكثر قراءة في أخبار عالمية`."""


@cache
def _heading_kinds() -> Mapping[str, HeadingKind]:
    table = phrase_table("pages/list_headings")
    kinds: dict[str, HeadingKind] = {}
    for phrase in chain.from_iterable(table["not_lists"].values()):
        kinds[folded(phrase)] = "not_a_list"
    for kind, phrases in table["kinds"].items():
        kinds.update((folded(phrase), cast("HeadingKind", kind)) for phrase in phrases)
    return kinds


@cache
def _first_words() -> frozenset[str]:
    return frozenset(folded(phrase.partition(" ")[0]) for phrase in _heading_kinds())


@lru_cache(maxsize=8192)
def may_be_known(heading: str) -> bool:
    """Return whether *heading* begins with the first word of a known one, as most do not."""
    first = folded(heading.partition(" ")[0])
    return not first or first in _first_words()


@lru_cache(maxsize=8192)
def heading_kind(heading: str) -> HeadingKind | None:
    """Return the kind of the list under *heading*, `not_a_list` for comments, tags etc.

    None if the heading is unknown: the name of a section, or no heading at all.
    """
    if len(heading) > LONGEST_HEADING:
        return None
    if not may_be_known(heading):
        return None
    kinds, words = _heading_kinds(), folded(heading).split()
    for length in range(len(words), max(0, len(words) - EXTRA_WORDS - 1), -1):
        kind = kinds.get(" ".join(words[:length]))
        # A known word alone does not make a heading of a sentence: `related officials said so`.
        if kind and (length == len(words) or length > 1):
            return kind
    return None


def list_kind(heading: str) -> LinkListKind | None:
    """Return the kind of the link list that *heading* stands above; None where it heads none.

    A heading that is not known is taken for a section's name.
    """
    kind = heading_kind(heading)
    if kind == "not_a_list":
        return None
    return kind or "section"

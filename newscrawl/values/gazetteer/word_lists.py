"""The word lists of `resources/dateline_words.toml`, as keys to look words up in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from newscrawl.resources import read_toml
from newscrawl.values.gazetteer.names import name_key


@cache
def keys(group: str, table: str = "") -> frozenset[str]:
    """Return the keys of the words of *group*, e.g. `roles`, or of `[credit]` with *table*."""
    return frozenset(name_key(word) for word in phrases(group, table))


@cache
def phrases(group: str, table: str = "") -> tuple[str, ...]:
    """Return the words of *group* as they stand in the resource, the longest first."""
    groups = read_toml("dateline_words")
    words: Mapping[str, Any] = groups[table] if table else groups
    return tuple(sorted(words[group], key=len, reverse=True))

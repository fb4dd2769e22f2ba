"""The word lists of `resources/dateline_words.toml`, as keys to look words up in."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from newscrawl.values.gazetteer.names import name_key


@cache
def keys(group: str, table: str = "") -> frozenset[str]:
    """Return the keys of the words of *group*, e.g. `roles`, or of `[credit]` with *table*."""
    return frozenset(name_key(word) for word in phrases(group, table))


@cache
def phrases(group: str, table: str = "") -> tuple[str, ...]:
    """Return the words of *group* as they stand in the resource, the longest first."""
    words: dict[str, Any] = _words()[table] if table else _words()
    return tuple(sorted(words[group], key=len, reverse=True))


@cache
def _words() -> dict[str, Any]:
    resource = files("newscrawl") / "resources" / "dateline_words.toml"
    return tomllib.loads(resource.read_text("utf-8"))

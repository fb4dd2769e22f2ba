"""Sentences about a typed query: its mistakes, and hints where it finds nothing.

They are in `resources/interface/queries.toml`, in the languages of `newscrawl serve`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Self

from newscrawl.resources import read_toml

_LONGEST = 120


class Problem(str):
    """A sentence in English, with its key and values for the other languages."""

    __slots__ = ("key", "values")

    key: str
    values: Mapping[str, object]

    def __new__(cls, key: str, **values: object) -> Self:
        """Return the sentence *key*, filled with *values*."""
        sentences = read_toml("interface/queries")
        values = {name: _shortened(value) for name, value in values.items()}
        problem = super().__new__(cls, sentences[key]["en"].format(**values))
        problem.key = key
        problem.values = MappingProxyType(values)
        return problem


def _shortened(value: object) -> object:
    """Return *value*, a long text cut: a sentence repeats what was typed."""
    is_long = isinstance(value, str) and len(value) > _LONGEST
    return f"{value[:_LONGEST]}…" if is_long and isinstance(value, str) else value

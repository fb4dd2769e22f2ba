"""Sentences about a typed query: its mistakes, and hints where it finds nothing.

They are in `resources/interface/queries.toml`, in the languages of `newscrawl serve`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Self

from newscrawl.resources import read_toml


class Problem(str):
    """A sentence in English, with its key and values for the other languages."""

    __slots__ = ("key", "values")

    key: str
    values: Mapping[str, object]

    def __new__(cls, key: str, **values: object) -> Self:
        """Return the sentence *key*, filled with *values*."""
        sentences = read_toml("interface/queries")
        problem = super().__new__(cls, sentences[key]["en"].format(**values))
        problem.key = key
        problem.values = MappingProxyType(values)
        return problem

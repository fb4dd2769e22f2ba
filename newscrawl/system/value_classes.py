"""`attrs.frozen` for classes that share methods, which attrs would compile for each class.

attrs writes `__init__`, `__repr__`, `__eq__` and `__hash__` of each class as source, to compile
it as the class is made. Here all classes share the last three, which saves a twentieth of the
start of `newscrawl extract`. For classes that reading a page imports.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

import attrs

__all__ = ["frozen"]


def _frozen(cls: type | None = None, **options: Any) -> Any:
    """Make *cls* a frozen class of attrs; *options* are those of `attrs.frozen`."""
    if cls is None:
        return partial(_frozen, **options)
    own = vars(cls)
    made: Any = attrs.frozen(cls, **{**options, "eq": False, "repr": False})
    fields = attrs.fields(made)
    if "__repr__" not in own:
        made.__repr__ = _repr_of({field.name: field.repr for field in fields if field.repr})
    if options.get("eq", True) and "__eq__" not in own:
        compared = [field.name for field in fields if field.eq]
        made.__eq__, made.__hash__ = _comparison_of(attrgetter(*compared) if compared else type)
    return made


if TYPE_CHECKING:
    from attrs import frozen
else:
    frozen = _frozen


def _repr_of(printers: dict[str, Any]) -> Callable[[Any], str]:
    """Return `__repr__` of the fields named; each has a function that prints it, or True."""
    ways = {name: way if callable(way) else repr for name, way in printers.items()}

    @recursive_repr()
    def printed(value: Any) -> str:
        name = type(value).__qualname__.rpartition(">.")[2]
        fields = (f"{field}={way(getattr(value, field))}" for field, way in ways.items())
        return f"{name}({', '.join(fields)})"

    return printed


def _comparison_of(
    content: Callable[[Any], Any],
) -> tuple[Callable[[Any, Any], Any], Callable[[Any], int]]:
    """Return `__eq__` and `__hash__` of values with the same *content*."""

    def is_equal(value: Any, other: Any) -> Any:
        if other.__class__ is not value.__class__:
            return NotImplemented
        return content(value) == content(other)

    def hash_of(value: Any) -> int:
        return hash(content(value))

    return is_equal, hash_of

"""Tests of `newscrawl.system.value_classes`: its classes behave as those of attrs."""

from __future__ import annotations

import pickle
from typing import Any

import attrs
import pytest

from newscrawl.system.value_classes import frozen


@frozen(kw_only=True)
class Entry:
    """A value with a field of each sort."""

    name: str
    numbers: tuple[int, ...] = ()
    body: bytes = attrs.field(default=b"", repr=lambda body: f"<{len(body)} bytes>")
    note: str = attrs.field(default="", eq=False, repr=False)


@frozen
class Named:
    """A base."""

    name: str


@frozen
class Aged(Named):
    """A value with an inherited field."""

    age: int


@frozen
class Empty:
    """A value without fields."""


@frozen(eq=False)
class Unique:
    """A value that equals itself alone."""

    name: str


@frozen
class Folded:
    """A value with methods of its own."""

    name: str

    def __repr__(self) -> str:
        return "folded"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Folded) and other.name.lower() == self.name.lower()

    def __hash__(self) -> int:
        return hash(self.name.lower())


@frozen
class Box:
    """A value that may hold itself."""

    content: list[Any]


def test_values_print_their_fields() -> None:
    assert repr(Entry(name="a", body=b"xyz", note="n")) == (
        "Entry(name='a', numbers=(), body=<3 bytes>)"
    )
    assert repr(Aged("Ann", 3)) == "Aged(name='Ann', age=3)"
    assert repr(Empty()) == "Empty()"


def test_value_that_holds_itself_can_be_printed() -> None:
    box = Box([])
    box.content.append(box)
    assert repr(box) == "Box(content=[...])"


def test_values_with_equal_fields_are_equal_and_one_key() -> None:
    first, second = Entry(name="a", numbers=(1,), note="n"), Entry(name="a", numbers=(1,))
    assert first == second
    assert {first: 1}[second] == 1
    assert first != Entry(name="b", numbers=(1,))
    assert Empty() == Empty()


def test_values_of_other_classes_differ() -> None:
    assert Named("Ann") != Aged("Ann", 3)
    name: object = "Ann"
    assert Named("Ann") != name


def test_value_without_comparison_equals_itself_alone() -> None:
    one = Unique("a")
    assert one == one  # noqa: PLR0124
    assert one != Unique("a")
    assert len({one, Unique("a")}) == 2


def test_methods_of_a_class_stay() -> None:
    assert Folded("A") == Folded("a")
    assert len({Folded("A"), Folded("a")}) == 1
    assert repr(Folded("A")) == "folded"


def test_values_are_frozen_and_known_to_attrs() -> None:
    value = Entry(name="a")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        value.name = "b"  # type: ignore[misc]
    assert attrs.evolve(value, name="b") == Entry(name="b")
    assert attrs.asdict(Named("a")) == {"name": "a"}
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 -- our own bytes
    assert not hasattr(value, "__dict__")

"""Values as SQLite can keep them: one bad character never costs the rest of a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

import attrs

from newscrawl.errors import ArchiveError

T = TypeVar("T")

_INTEGER_LIMIT = 2**63


def storable_text(text: str) -> str:
    """Return *text* without NUL, and with halves of surrogate pairs joined or replaced.

    SQLite's own functions stop reading at a NUL, and UTF-8 has no lone surrogates.
    """
    if _is_storable(text):
        return text
    whole = text.replace("\x00", "").encode("utf-16", "surrogatepass")
    return whole.decode("utf-16", "replace")


def storable(value: T) -> T:
    """Return *value*, an attrs object, tuple or mapping of texts, with all of them storable."""
    if _is_storable(" ".join(_texts(value))):
        return value
    cleaned: T = _cleaned(value)
    return cleaned


def storable_integer(number: int | None) -> int | None:
    """Return *number*, or None if it is beyond 64 bits."""
    if number is None or not -_INTEGER_LIMIT <= number < _INTEGER_LIMIT:
        return None
    return number


def utc_text(moment: dt.datetime) -> str:
    """Return an aware *moment* as `YYYY-MM-DDTHH:MM:SSZ`; a naive one is taken as UTC."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC)
    return f"{moment.replace(tzinfo=None, microsecond=0).isoformat()}Z"


def moment_from(text: str) -> dt.datetime:
    """Parse a text of `utc_text` as an aware datetime.

    Raises ArchiveError if it is no time: the archive is damaged.
    """
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ArchiveError(
            f"{text!r} stands where a time is expected: the archive is damaged, "
            "newscrawl check finds where"
        ) from error


def date_text(value: dt.datetime | dt.date | None) -> str | None:
    """Return a time or a day as the archive writes it; they sort together as text."""
    if value is None:
        return None
    return utc_text(value) if isinstance(value, dt.datetime) else value.isoformat()


def now() -> str:
    """Return the present time, as the archive writes it."""
    return utc_text(dt.datetime.now(dt.UTC))


def sortable_date(value: dt.datetime | dt.date | None) -> str | None:
    """Return UTC text for a known time, the plain day where time or zone is unknown."""
    if value is None:
        return None
    if not isinstance(value, dt.datetime):
        return value.isoformat()
    if value.tzinfo is None:
        return value.date().isoformat()
    try:
        return utc_text(value)
    except OverflowError:  # the first or last day that a datetime can say, in another zone
        return value.date().isoformat()


def local_date(value: dt.datetime | dt.date | None) -> str | None:
    """Return the date or time as the page's readers know it, with its offset."""
    return None if value is None else value.isoformat()


def date_from(local: str | None) -> dt.datetime | dt.date | None:
    """Parse a text of `local_date`."""
    if local is None:
        return None
    if len(local) == len("YYYY-MM-DD"):
        return dt.date.fromisoformat(local)
    return dt.datetime.fromisoformat(local)


def _is_storable(text: str) -> bool:
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _texts(value: Any) -> list[str]:
    """Return every text within *value*. Every save comes through here: no recursion."""
    texts: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        kind: Any = type(one)
        if kind is str:
            texts.append(one)
        elif kind is tuple:
            waiting.extend(one)
        elif kind in _WITHOUT_TEXT:
            continue
        elif fields := _fields_of(kind):
            waiting.extend(fields(one))
        elif isinstance(one, str):
            texts.append(one)
        else:
            waiting.extend(_members(one))
    return texts


def _members(value: Any) -> Iterable[Any]:
    """Return the members of a mapping, or of a tuple of a class of its own."""
    if isinstance(value, Mapping):
        return chain(value.keys(), value.values())
    return value if isinstance(value, tuple) else ()


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of an attrs class; none for any other."""
    return tuple(field.name for field in attrs.fields(kind)) if attrs.has(kind) else ()


_WITHOUT_TEXT = frozenset({type(None), bool, int, float, dt.date, dt.datetime})


@cache
def _fields_of(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """Return a function that reads all fields of an attrs class; None for any other class."""
    names = _field_names(kind)
    # One name twice: with a single one attrgetter returns no tuple.
    return attrgetter(*names, *names[:1]) if names else None


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(member) for member in value)
    if isinstance(value, Mapping):
        return {_cleaned(name): _cleaned(member) for name, member in value.items()}
    kind: Any = type(value)
    if names := _field_names(kind):
        return attrs.evolve(value, **{name: _cleaned(getattr(value, name)) for name in names})
    return value

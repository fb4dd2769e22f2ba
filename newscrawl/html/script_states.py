"""Data in the scripts of a page, from which the framework of its site builds it.

Next.js writes `__NEXT_DATA__` or, in newer releases, rows of React's flight format; Nuxt writes
`__NUXT__` or a flat list in which a number is the position of another value; Arc writes
`Fusion.globalContent`; Apollo, React Query and Redux assign their state to a variable. Nothing
here runs a script: what is not JSON is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from newscrawl.system.deferred import compiled_on_use

LEAST_SCRIPT = 400
"""A shorter script holds no article."""
MOST_CHARACTERS = 6_000_000
"""Most characters of all scripts that are read."""
MOST_FAILED = 500_000
"""Most characters of one script that may turn out to be no JSON."""
COST_OF_TRIAL = 50
"""Characters that a trial counts as at least."""
COST_OF_FAILURE = 20_000
"""Characters that a failed trial counts as at least."""
_LONGEST_NUMBER = 400
_SCRIPT = compiled_on_use(
    r"<script\b([^>]{0,2000})>([^<]*+(?:<(?!/script)[^<]*+)*+)", re.IGNORECASE
)
_ASSIGNED = compiled_on_use(r"=\s{0,9}(?=[\[{])|\bJSON\.parse\(\s{0,9}(?=\")")
_FLIGHT = compiled_on_use(r"self\.__next_f\.push\(\s{0,9}(?=\[)")
_ROW = compiled_on_use(rb"([0-9a-f]{1,12}):(T([0-9a-f]{1,8}),|[A-Z]{0,2})")


def script_states(markup: str) -> Iterator[Any]:
    """Yield the JSON values in the scripts of a page but for JSON-LD. Never raises."""
    flight: list[str] = []
    left = MOST_CHARACTERS
    for match in _SCRIPT.finditer(markup):
        kind, text = match[1].lower(), match[2]
        left -= len(text)
        if left < 0:
            break
        if len(text) < LEAST_SCRIPT and "__next_f" not in text:
            continue
        if "ld+json" in kind:
            continue
        if "json" in kind:
            value = _parsed(text)
            yield _unflattened(value) if _is_flat(value) else value
        elif "__next_f" in text:
            flight += _flight_texts(text)
        else:
            yield from _assigned(text)
    if flight:
        yield from _rows("".join(flight))


def _parsed(text: str) -> Any:
    try:
        return _DECODER.decode(text.strip().rstrip(";"))
    except (ValueError, RecursionError):
        return None


def _assigned(script: str) -> Iterator[Any]:
    """Yield the objects and lists that *script* assigns to variables as JSON."""
    at, left = 0, MOST_FAILED
    while left > 0 and (match := _ASSIGNED.search(script, at)):
        at = match.end()
        try:
            value, end = _DECODER.raw_decode(script, at)
        except json.JSONDecodeError as error:
            left -= max(error.pos - at, COST_OF_TRIAL)
            continue
        except (ValueError, RecursionError):
            left -= COST_OF_FAILURE
            continue
        at = end
        if isinstance(value, str):
            value = _parsed(value) if value[:1] in {"{", "["} else None
        if value:
            yield value


def _flight_texts(script: str) -> Iterator[str]:
    """Yield the texts that a script of Next.js pushes."""
    for match in _FLIGHT.finditer(script):
        try:
            value, _ = _DECODER.raw_decode(script, match.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, list) and len(value) > 1 and isinstance(value[1], str):
            yield value[1]


def _rows(text: str) -> Iterator[Any]:
    """Yield the values of rows of React's flight format, `$1f` replaced by the text of row 1f.

    A row is JSON up to the end of its line, or `T`, the number of its bytes and a text.
    """
    data, at = text.encode("utf-8", "replace"), 0
    texts: dict[str, str] = {}
    values = []
    while match := _ROW.match(data, at):
        if match[3] is not None:
            end = match.end() + int(match[3], 16)
            texts[match[1].decode()] = data[match.end() : end].decode("utf-8", "replace")
        else:
            end = data.find(b"\n", match.end())
            end = len(data) if end < 0 else end
            values.append(_parsed(data[match.end() : end].decode("utf-8", "replace")))
            end += 1
        at = end
    for value in values:
        yield _with_texts(value, texts)


def _with_texts(value: Any, texts: dict[str, str]) -> Any:
    """Put *texts* into the places of *value* that name them; *value* is changed."""
    queue = [value]
    for item in queue:
        pairs: Sequence[tuple[Any, Any]] = ()
        if isinstance(item, dict):
            pairs = tuple(item.items())
        elif isinstance(item, list):
            pairs = tuple(enumerate(item))
        for key, inner in pairs:
            if isinstance(inner, str) and inner[:1] == "$" and inner[1:] in texts:
                item[key] = texts[inner[1:]]
            elif isinstance(inner, (dict, list)):
                queue.append(inner)
    return value


def _is_flat(value: Any) -> bool:
    """Return whether *value* is a list of Nuxt, in which numbers are places of other values."""
    if not isinstance(value, list) or len(value) < 3 or not isinstance(value[0], list):
        return False
    return all(isinstance(one, (str, int)) for one in value[0])


def _unflattened(values: list[Any]) -> list[Any]:
    """Return the values of a flat list, each number in them replaced by the value it names.

    The result may be cyclic.
    """
    made = [_empty(value) for value in values]
    for value, whole in zip(values, made, strict=True):
        if isinstance(value, dict):
            whole.update((key, _at(place, made)) for key, place in value.items())
        elif isinstance(value, list):
            whole.extend(_at(place, made) for place in value)
    return made


def _empty(value: Any) -> Any:
    return {} if isinstance(value, dict) else [] if isinstance(value, list) else value


def _at(place: Any, made: Sequence[Any]) -> Any:
    is_place = isinstance(place, int) and not isinstance(place, bool) and 0 <= place < len(made)
    return made[place] if is_place else place


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


_DECODER = json.JSONDecoder(strict=False, parse_int=_integer, parse_constant=lambda _: None)

"""JSON-LD, however malformed, and meta tags. Each source fails alone."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from newscrawl.html.broken_json import with_quotes_escaped
from newscrawl.system.deferred import compiled_on_use

MAX_JSON = 1_000_000
"""A script of more characters is not read: `[` a hundred thousand times is one."""
MAX_REPAIRED = 200_000
"""A broken script of more characters stays broken."""
MAX_OBJECTS = 2_000
_LONGEST_NUMBER = 400
_COMMENT = compiled_on_use(
    r"^\s{0,99}(?:<!--|/\*\s?<!\[CDATA\[\s?\*/|//\s?<!\[CDATA\[|<!\[CDATA\[)"
)
_TRAILING_COMMA = re.compile(r",(\s{0,99}[}\]])")
_STRING_BREAK = re.compile(r"[\x00-\x1f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def json_ld_objects(scripts: Iterable[str]) -> tuple[Mapping[str, Any], ...]:
    """Return every typed object in the JSON-LD *scripts*, outermost first, in page order."""
    found: list[Mapping[str, Any]] = []
    for script in scripts:
        value = parse_json_ld(script)
        for item in _objects(value):
            found.append(item)
            if len(found) >= MAX_OBJECTS:
                return tuple(found)
    return tuple(found)


def parse_json_ld(script: str) -> Any:
    """Return the value of one JSON-LD script; None where nothing can be made of it."""
    if len(script) > MAX_JSON:
        return None
    for candidate in _candidates(script):
        try:
            return _DECODER.decode(candidate)
        except (ValueError, RecursionError):
            continue
    return None


def _candidates(script: str) -> Iterator[str]:
    """Yield *script*, then repaired versions of it."""
    script = script.strip().lstrip("\ufeff")
    yield script
    bare = _COMMENT.sub("", script).strip()
    bare = (
        bare.removesuffix("-->")
        .removesuffix("/*]]>*/")
        .removesuffix("//]]>")
        .removesuffix("]]>")
    )
    bare = _TRAILING_COMMA.sub(r"\1", bare.strip().rstrip(";"))
    yield bare
    yield _TRAILING_COMMA.sub(r"\1", _STRING_BREAK.sub(" ", bare))
    if "&" in bare:
        yield html.unescape(bare)
    if len(bare) <= MAX_REPAIRED:
        yield with_quotes_escaped(bare)
    start = min((i for i in (bare.find("{"), bare.find("[")) if i >= 0), default=-1)
    if start >= 0:
        try:
            _, end = _DECODER.raw_decode(bare, start)
        except (ValueError, RecursionError):
            return
        yield bare[start:end]


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


_DECODER = json.JSONDecoder(strict=False, parse_int=_integer, parse_constant=lambda _: None)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects with a type in *value*, breadth first."""
    queue = [value]
    for item in queue:
        if len(queue) > 20 * MAX_OBJECTS:
            return
        if isinstance(item, list):
            queue.extend(item)
        elif isinstance(item, dict):
            if item.get("@type"):
                yield item
            queue.extend(v for v in item.values() if isinstance(v, (dict, list)))


def types_of(item: Mapping[str, Any]) -> frozenset[str]:
    """Return the schema.org types of an object, without their prefix."""
    types = item.get("@type")
    types = types if isinstance(types, list) else [types]
    return frozenset(t.rstrip("/").rpartition("/")[2] for t in types if isinstance(t, str))


def values_at(item: Any, path: str) -> tuple[Any, ...]:
    """Return the values at a dotted *path* in *item*; lists on the way are walked through."""
    found = [item]
    for step in path.split("."):
        found = [
            value[step]
            for value in _flat(found)
            if isinstance(value, Mapping) and step in value
        ]
    return tuple(value for value in _flat(found) if value not in (None, "", []))


def _flat(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def text_of(value: Any) -> str:
    """Return a JSON-LD *value* as text: itself, or its name, with entities read."""
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("name") or value.get("@id")
    if isinstance(value, list):
        value = next((v for v in value if v), "")
    if not isinstance(value, str):
        return ""
    text = html.unescape(value) if "&" in value else value
    return " ".join(_SURROGATE.sub("\ufffd", text).split())


def meta_values(metas: Iterable[tuple[str, str]], name: str) -> tuple[str, ...]:
    """Return the contents of the meta tags of that *name*, in page order."""
    name = name.lower()
    return tuple(content for own, content in metas if own == name)

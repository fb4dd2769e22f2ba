"""Tables and word lists that ship with the package, and the functions that read them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pkgutil import get_data
from typing import Any

_STATEMENT = re.compile(r"^[^#\s\]].*(?:\n[ \]].*)*", re.MULTILINE)
"""A key with its value, or the head of a table. Further lines of a list are indented."""
_HEAD = re.compile(r"\[(?P<is_list>\[)?(?P<name>[\w.-]+)\]\]?")
_NAME = re.compile(r"[\w.-]+")
_COMMENT_IN_LIST = re.compile(r"\n\s*#.*")


@cache
def read_toml(name: str) -> Mapping[str, Any]:
    """Return the table in `<name>.toml`, read once; callers must not change it."""
    text = _read_text(f"{name}.toml")
    try:
        return plain_toml(text)
    except ValueError:
        import tomllib  # noqa: PLC0415 -- no table that a command needs at its start

        return tomllib.loads(text)


def plain_toml(text: str) -> Mapping[str, Any]:
    """Return the table in *text*, whose values are JSON but for comments and a last comma.

    Six times as fast as tomllib, which took a tenth of a command's start. Raises ValueError if
    *text* has a value of another form.
    """
    top: dict[str, Any] = {}
    table = top
    for statement in _STATEMENT.findall(text):
        if statement.startswith("["):
            table = _table_under(top, statement)
        else:
            key, _is, value = statement.partition(" = ")
            parent, key = _place_of(table, key)
            parent[key] = json.loads(_as_json(value))
    return top


def _table_under(top: dict[str, Any], head: str) -> dict[str, Any]:
    """Return the table that begins with *head*: `[name]`, or `[[name]]` for one of several."""
    found = _HEAD.fullmatch(head)
    if found is None:
        raise ValueError(f"no plain head of a table: {head}")
    parent, name = _place_of(top, found["name"])
    table: dict[str, Any] = {}
    if found["is_list"]:
        parent.setdefault(name, []).append(table)
        return table
    return parent.setdefault(name, table)  # type: ignore[no-any-return]


def _place_of(table: dict[str, Any], key: str) -> tuple[dict[str, Any], str]:
    """Return the table in which *key* is, and its name there: `a.b` is `b` in the table `a`."""
    if key.startswith('"'):
        return table, json.loads(key)
    if not _NAME.fullmatch(key):
        raise ValueError(f"no plain key: {key}")
    *above, name = key.split(".")
    for one in above:
        table = table.setdefault(one, {})
    return table, name


def _as_json(value: str) -> str:
    if value.endswith("]") and "\n" in value:
        return _COMMENT_IN_LIST.sub("", value[:-1]).rstrip().removesuffix(",") + "]"
    return value


def read_lines(file: str) -> tuple[str, ...]:
    """Return the lines of *file* without comments (from `#` at the beginning) and blanks."""
    lines = _read_text(file).splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def read_bytes(file: str) -> bytes:
    """Return the content of *file*. Raises OSError if there is none."""
    content = get_data(__name__, file)  # importlib.resources brings shutil, zipfile and bz2
    if content is None:
        raise FileNotFoundError(file)
    return content


def _read_text(file: str) -> str:
    return read_bytes(file).decode("utf-8")

"""Tables and word lists that ship with the package, and the functions that read them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_toml(name: str) -> Mapping[str, Any]:
    """Return the table in `<name>.toml`, read once; callers must not change it."""
    return tomllib.loads(_read_text(f"{name}.toml"))


def read_lines(file: str) -> tuple[str, ...]:
    """Return the lines of *file* without comments (from `#` at the beginning) and blanks."""
    lines = _read_text(file).splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def read_bytes(file: str) -> bytes:
    """Return the content of *file*."""
    return files(__name__).joinpath(*file.split("/")).read_bytes()


def _read_text(file: str) -> str:
    return read_bytes(file).decode("utf-8")

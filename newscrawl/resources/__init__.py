"""Tables shipped with the package: months, places, agencies, phrases, words of the interface.

Each file names its source. A module names its file in the call, `read_toml("months.toml")`:
`extractor_identity` finds from these calls which tables extraction reads.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_toml(name: str) -> Mapping[str, Any]:
    """Return the table in the TOML file *name*, read once; callers never change it."""
    return tomllib.loads(_text(name))


@cache
def read_lines(name: str) -> tuple[str, ...]:
    """Return the lines of the text file *name* without empty ones and comments (`#`)."""
    lines = _text(name).splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def read_bytes(name: str) -> bytes:
    """Return the content of the file *name*."""
    return files(__name__).joinpath(name).read_bytes()


def _text(name: str) -> str:
    return read_bytes(name).decode("utf-8")

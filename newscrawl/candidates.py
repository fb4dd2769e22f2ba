"""Sites that might be declared: addresses that public sources name, read by nobody here yet."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import attrs


@attrs.frozen(kw_only=True)
class Candidate:
    """A site that no page of was ever read with newscrawl: it is no spider."""

    home: str
    """Its home page, as the source names it."""
    title: str
    """Its own name."""
    language: str
    """The language it mainly writes in, as a BCP 47 tag."""
    country: str
    """Where it is published, as ISO 3166-1 has it."""
    source: str
    """The page that names the address."""


@cache
def all_candidates() -> tuple[Candidate, ...]:
    """Return the candidates, those of one country together."""
    text = files("newscrawl").joinpath("resources", "candidates.toml").read_text("utf-8")
    return tuple(Candidate(**row) for row in tomllib.loads(text)["candidates"])

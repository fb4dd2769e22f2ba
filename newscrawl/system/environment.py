"""The environment variables of newscrawl, read here and passed on.

Extraction reads none of them: the programs (`newscrawl`, `scrapy`, an import and its workers)
call `use_environment` when they start, and `newscrawl.settings` takes the rest from `variable`.
A module that a variable needs is imported only if it is set: commands start quickly.
"""

from __future__ import annotations

import os
from collections.abc import Mapping


def variable(name: str, default: str = "") -> str:
    """Return the environment variable *name*, or *default* if it is not set."""
    return os.environ.get(name, default)


def environment_with(**changes: str) -> dict[str, str]:
    """Return the environment of this process with *changes*, for a program to start."""
    return {**os.environ, **changes}


def set_missing(variables: Mapping[str, str]) -> dict[str, str]:
    """Set those of *variables* that this process does not have; return them."""
    new = {name: text for name, text in variables.items() if name not in os.environ}
    os.environ.update(new)
    return new


def usable_cores() -> int:
    """Return the number of processor cores that this process may use; at least 1."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def use_environment() -> None:
    """Use the sites of NEWSCRAWL_SITES and agencies of NEWSCRAWL_AGENCIES, if they are set."""
    if modules := variable("NEWSCRAWL_SITES"):
        from newscrawl.layouts.catalogue import declare_sites  # noqa: PLC0415

        declare_sites(modules.split(","))
    if path := variable("NEWSCRAWL_AGENCIES"):
        from newscrawl.values.gazetteer.agencies import use_agencies  # noqa: PLC0415

        use_agencies(path)

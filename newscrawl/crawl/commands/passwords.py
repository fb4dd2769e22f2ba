"""Refusal of addresses with passwords, which Scrapy's own commands would print and log."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from newscrawl.text.urls import without_passwords


def refuses_passwords(name: str, args: Sequence[str]) -> bool:
    """Return whether an argument of `scrapy NAME` has a password; print that, if so."""
    given = next((one for one in args if without_passwords(one) != one), None)
    if given is not None:
        reason = "give the address without user name and password; none is ever sent"
        print(f"scrapy {name}: {without_passwords(given)}: {reason}", file=sys.stderr)  # noqa: T201
    return given is not None

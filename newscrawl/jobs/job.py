"""A job: a site that is crawled at an interval."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

import attrs

from newscrawl.errors import UsageError
from newscrawl.layouts.catalogue import site_named
from newscrawl.system.interpreter import PYTHON
from newscrawl.text.urls import clean_url, site_name

_UNITS = {"m": 60, "h": 3600, "d": 86_400}
_INTERVAL = re.compile(r"([1-9][0-9]{0,3})([mhd])")
SPREAD = 0.1
"""A job starts up to this part of its interval later, fixed for each job: eighty jobs of one
timer do not all start in the same second."""
LONGEST_STEM = 200
"""Bytes of the name of a file without its suffix."""


@attrs.frozen(kw_only=True)
class Job:
    """A site that is crawled at an interval."""

    name: str
    """Its name, of the user's choice; by default that of the site."""
    every: int
    """The interval in seconds, from start to start."""
    url: str | None = None
    """The address of a site that is not declared."""
    declared: str | None = None
    """The name of a declared site; None for the name of the job."""
    arguments: tuple[str, ...] = ()
    """Further arguments of `scrapy crawl`."""

    @property
    def site(self) -> str:
        """The name of the site in the archive."""
        return site_name(self.url) if self.url else self.declared or self.name

    @property
    def interval(self) -> str:
        """The interval as it is written: 30m."""
        return interval_text(self.every)

    @property
    def delay(self) -> int:
        """Seconds that it starts later than its interval, fixed for each name."""
        part = int.from_bytes(sha256(self.name.encode()).digest()[:4], "big") / 2**32
        return int(self.every * SPREAD * part)

    @property
    def command(self) -> tuple[str, ...]:
        """The program that crawls the site, and its arguments."""
        spider = ("site", "-a", f"url={self.url}") if self.url else (self.site,)
        return (*PYTHON, "-m", "scrapy", "crawl", *spider, *self.arguments)


def parse_interval(text: str) -> int:
    """Return the seconds of an interval such as 30m, 2h or 1d. Raises UsageError otherwise."""
    match = _INTERVAL.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is no interval; write 30m, 2h or 1d")
    return int(match[1]) * _UNITS[match[2]]


def interval_text(seconds: int) -> str:
    """Return an interval as it is written: 5400 is 90m."""
    unit = next(unit for unit in "dhm" if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def job_for(site: str, every: int, arguments: Iterable[str] = ()) -> Job:
    """Return the job that crawls *site*, a declared name or an address.

    Raises UsageError if it is neither.
    """
    if site_named(site) is not None:
        return Job(name=site, declared=site, every=every, arguments=tuple(arguments))
    url = clean_url("", site if "://" in site else f"https://{site}")
    if url is None or " " in site or "." not in site_name(url):
        raise UsageError(
            f"{site!r} is neither a declared site (newscrawl sites) nor the address of one"
        )
    return Job(name=site_name(url), every=every, url=url, arguments=tuple(arguments))


def file_stem(name: str) -> str:
    """Return the job's *name* as that of files and systemd units: no other job has it.

    A name with other characters than letters, digits, `.`, `_` and `-` has eight digits of its
    SHA-256 at the end: `a/b` and `a:b` would both be `a_b`.
    """
    safe = "".join(char if char.isalnum() or char in "._-" else "_" for char in name)
    if safe == name and len(name.encode()) <= LONGEST_STEM:
        return name
    return f"{safe[:40]}-{sha256(name.encode()).hexdigest()[:8]}"

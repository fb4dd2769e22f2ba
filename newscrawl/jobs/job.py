"""Jobs: sites that are crawled at an interval, declared in `jobs.toml` beside scrapy.cfg.

[jobs.almaghribtoday]
every = "30m"

[jobs."shams.example"]
every = "2h"
url = "https://shams.example/"
arguments = ["-a", "since=2026-01-01"]
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import attrs

from newscrawl.errors import UsageError
from newscrawl.interpreter import PYTHON
from newscrawl.layouts.catalogue import site_named
from newscrawl.text.urls import clean_url, site_name
from newscrawl.whole_file import whole_file

_UNITS = {"m": 60, "h": 3600, "d": 86_400}
_INTERVAL = re.compile(r"([1-9][0-9]{0,3})([mhd])")
FILE_MODE = 0o640
"""Of a jobs file, which may hold the passwords of webhooks: no other users read it."""
SHORTEST = 60
SPREAD = 0.1
"""A job starts up to this part of its interval later, fixed for each job: eighty jobs of one
timer do not all start in the same second."""
_KNOWN = frozenset({"every", "url", "arguments"})


@attrs.frozen(kw_only=True)
class Job:
    """A site that is crawled at an interval."""

    name: str
    """The name of the site in the archive."""
    every: int
    """The interval in seconds, from start to start."""
    url: str | None = None
    """The address of a site that is not declared."""
    arguments: tuple[str, ...] = ()
    """Further arguments of `scrapy crawl`."""

    @property
    def delay(self) -> int:
        """Seconds that it starts later than its interval, fixed for each name."""
        part = int.from_bytes(sha256(self.name.encode()).digest()[:4], "big") / 2**32
        return int(self.every * SPREAD * part)

    @property
    def command(self) -> tuple[str, ...]:
        """The program that crawls the site, and its arguments."""
        spider = ("site", "-a", f"url={self.url}") if self.url else (self.name,)
        return (*PYTHON, "-m", "scrapy", "crawl", *spider, *self.arguments)


def parse_interval(text: str) -> int:
    """Return the seconds of an interval such as 30m, 2h or 1d. Raise UsageError otherwise."""
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
        return Job(name=site, every=every, arguments=tuple(arguments))
    url = clean_url("", site if "://" in site else f"https://{site}")
    if url is None or " " in site or "." not in site_name(url):
        raise UsageError(
            f"{site!r} is neither a declared site (newscrawl sites) nor the address of one"
        )
    return Job(name=site_name(url), every=every, url=url, arguments=tuple(arguments))


def read_jobs(path: Path) -> tuple[Job, ...]:
    """Return the jobs of a file, in its order; none if there is no file.

    Raises UsageError, which names the file and the entry, if one is wrong.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    jobs = content.get("jobs", {})
    if not isinstance(jobs, dict):
        raise UsageError(f"{path}: jobs is to be a table with an entry for each site")
    return tuple(_job_from(path, name, entry) for name, entry in jobs.items())


def _job_from(path: Path, name: str, entry: Any) -> Job:
    if not isinstance(entry, dict) or not isinstance(entry.get("every"), str):
        raise UsageError(f'{path}: job {name} says no interval (every = "30m")')
    unknown = sorted(set(entry) - _KNOWN)
    if unknown:
        known = ", ".join(sorted(_KNOWN))
        raise UsageError(f"{path}: job {name}: {unknown[0]!r} is none of {known}")
    arguments = entry.get("arguments", [])
    if not isinstance(arguments, list) or not all(isinstance(one, str) for one in arguments):
        raise UsageError(f"{path}: job {name}: arguments is a list of texts")
    try:
        job = job_for(entry.get("url") or name, parse_interval(entry["every"]), arguments)
    except UsageError as error:
        raise UsageError(f"{path}: job {name}: {error}") from error
    return attrs.evolve(job, name=name)


def add_job(path: Path, job: Job) -> None:
    """Write *job* at the end of the file, or in the place of its entry of that name."""
    text = path.read_text("utf-8") if path.exists() else ""
    head = f"[jobs.{_key(job.name)}]"
    lines = [head, f'every = "{interval_text(job.every)}"']
    if job.url:
        lines.append(f"url = {json.dumps(job.url, ensure_ascii=False)}")
    if job.arguments:
        lines.append(f"arguments = {json.dumps(list(job.arguments), ensure_ascii=False)}")
    kept = _without(text, head).rstrip("\n")
    text = "\n".join([*([kept, ""] if kept else []), *lines, ""])
    with whole_file(path.resolve(), mode=FILE_MODE) as file:
        file.write(text.encode())


def _without(text: str, head: str) -> str:
    """Return *text* without the table that begins with the line *head*."""
    kept, is_kept = [], True
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            is_kept = line.strip() != head
        if is_kept:
            kept.append(line)
    return "".join(kept)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]{1,100}", name) else json.dumps(name)

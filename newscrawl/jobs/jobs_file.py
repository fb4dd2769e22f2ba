"""The file of the jobs: its jobs, environment and messages, and what is wrong in it.

[environment]
NEWSCRAWL_CONTACT = "desk@shams.example"

[jobs.almaghribtoday]
every = "30m"

[jobs."shams.example"]
every = "2h"
url = "https://shams.example/"
arguments = ["-a", "since=2026-01-01"]

[messages]
command = 'mail -s "$NEWSCRAWL_SUBJECT" desk@shams.example'
digest_at = "07:00"
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs

from newscrawl.errors import UsageError
from newscrawl.jobs.health import ARCHIVE, JOBS_FILE
from newscrawl.jobs.job import Job, job_for, parse_interval
from newscrawl.jobs.messages import DIGEST, Messages, messages_from
from newscrawl.system.environment import set_missing, use_environment
from newscrawl.system.whole_file import whole_file

FILE_MODE = 0o640
"""Of a jobs file, which may hold the passwords of webhooks: no other users read it."""
PASSED_ON = (
    *("NEWSCRAWL_SITES", "NEWSCRAWL_AGENCIES", "NEWSCRAWL_CONTACT", "NEWSCRAWL_QUIET_HOURS"),
    *("NEWSCRAWL_PRIVATE_HOSTS", "NEWSCRAWL_OBEY_OPT_OUTS", "NEWSCRAWL_BROWSER"),
    *("NEWSCRAWL_FRONTIER", "NEWSCRAWL_LOG", "NEWSCRAWL_DOUBTFUL_PAGES"),
    *("NEWSCRAWL_REQUISITES", "NEWSCRAWL_IDENTITY_KEY", "NEWSCRAWL_IDENTITY_URL"),
)
"""Variables that `newscrawl schedule` writes into the file, so that timers have them too: all
that `newscrawl.settings` reads but the archive, which the command names, and the progress."""
_TABLES = frozenset({"environment", "jobs", "messages"})
_KEYS = frozenset({"every", "url", "arguments"})
_LONGEST_NAME = 100
_RESERVED = (ARCHIVE, JOBS_FILE, DIGEST)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")


@attrs.frozen(kw_only=True)
class JobsFile:
    """The content of a jobs file."""

    jobs: tuple[Job, ...] = ()
    """The jobs, in their order."""
    faults: Mapping[str, str] = attrs.field(factory=dict)
    """By name, the reason why an entry is no job."""
    environment: Mapping[str, str] = attrs.field(factory=dict)
    """Variables of the crawls, where the environment does not set them."""
    messages: Messages = attrs.field(factory=Messages)


def read_jobs_file(path: Path) -> JobsFile:
    """Read the jobs file at *path*, and use its environment; an empty one if there is none.

    A wrong entry is among the faults. Raises UsageError if the file as a whole is wrong.
    """
    content = _content(path)
    environment = _environment_in(path, content)
    _use(environment)
    jobs: list[Job] = []
    faults: dict[str, str] = {}
    for name, entry in _table(path, content, "jobs").items():
        try:
            jobs.append(_job_from(path, name, entry))
        except UsageError as error:
            faults[name if _is_name(name) else ascii(name)[:_LONGEST_NAME]] = str(error)
    return JobsFile(
        jobs=tuple(jobs),
        faults=faults,
        environment=environment,
        messages=messages_from(path, _table(path, content, "messages")),
    )


def read_jobs(path: Path) -> tuple[Job, ...]:
    """Return the jobs of a file, in its order; none if there is no file.

    Raises UsageError, which names the file and the entry, if one is wrong.
    """
    found = read_jobs_file(path)
    for fault in found.faults.values():
        raise UsageError(fault)
    return found.jobs


def add_job(path: Path, job: Job) -> None:
    """Write *job* into the file, in the place of its entry if there is one.

    An entry keeps its arguments if *job* has none. Raises UsageError if the file is wrong.
    """
    url = job.url or (job.site if job.site != job.name else None)
    given = {"every": job.interval, "url": url, "arguments": list(job.arguments)}

    def change(document: Any) -> None:
        entry = _subtable(_subtable(document, "jobs", has_tables=True), job.name)
        if url is None:
            entry.pop("url", None)
        entry.update({name: value for name, value in given.items() if value})

    _edit(path, change)


def add_environment(path: Path, variables: Mapping[str, str]) -> None:
    """Write *variables* into the environment of the file, beside those that it has."""
    _edit(path, lambda document: _subtable(document, "environment").update(variables))


def _content(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    unknown = sorted(set(content) - _TABLES)
    if unknown:
        tables = ", ".join(sorted(_TABLES))
        raise UsageError(f"{path}: [{unknown[0]}] is none of the tables {tables}")
    return content


def _table(path: Path, content: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: {name} is to be a table")
    return table


def _environment_in(path: Path, content: Mapping[str, Any]) -> dict[str, str]:
    table = _table(path, content, "environment")
    for name, value in table.items():
        if not _VARIABLE.fullmatch(name) or not isinstance(value, str) or "\0" in value:
            raise UsageError(f"{path}: environment: {name} is to be the text of a variable")
    return table


def _use(environment: Mapping[str, str]) -> None:
    """Set the variables that are not set: sites that they declare may be jobs."""
    new = set_missing(environment)
    if not new:
        return
    folders = new.get("PYTHONPATH", "").split(os.pathsep)
    sys.path.extend(folder for folder in folders if folder and folder not in sys.path)
    use_environment()


def _is_name(name: str) -> bool:
    """Return whether a job may have this *name*: it stands in messages, logs and file names."""
    return 0 < len(name) <= _LONGEST_NAME and name.isprintable() and name not in _RESERVED


def _job_from(path: Path, name: str, entry: Any) -> Job:
    if not _is_name(name):
        raise UsageError(
            f"{path}: {ascii(name)[:_LONGEST_NAME]} is no name of a job: it has 1 to "
            f"{_LONGEST_NAME} printable characters, and is none of {', '.join(_RESERVED)}"
        )
    if not isinstance(entry, dict) or not isinstance(entry.get("every"), str):
        raise UsageError(f'{path}: job {name} says no interval (every = "30m")')
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        known = ", ".join(sorted(_KEYS))
        raise UsageError(f"{path}: job {name}: {unknown[0]!r} is none of {known}")
    arguments, url = entry.get("arguments", []), entry.get("url") or name
    if not isinstance(arguments, list) or not all(isinstance(one, str) for one in arguments):
        raise UsageError(f"{path}: job {name}: arguments is a list of texts")
    if not isinstance(url, str):
        raise UsageError(f"{path}: job {name}: url is a text")
    try:
        job = job_for(url, parse_interval(entry["every"]), arguments)
    except UsageError as error:
        raise UsageError(f"{path}: job {name}: {error}") from error
    return attrs.evolve(job, name=name)


def _edit(path: Path, change: Callable[[Any], None]) -> None:
    """Have *change* alter the file's document, whose comments and form stay.

    Raises UsageError if the file is wrong, and would be after the change.
    """
    import tomlkit  # noqa: PLC0415 (slow to import, and only `schedule` needs it)

    content = _content(path)
    for name in _TABLES:
        _table(path, content, name)
    try:
        document = tomlkit.parse(path.read_text("utf-8") if path.exists() else "")
        change(document)
        text = tomlkit.dumps(document)
        is_whole = tomllib.loads(text) == document.unwrap()
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise UsageError(f"{path} cannot be changed, and is to be by hand: {error}") from error
    if not is_whole:
        raise UsageError(
            f"{path} cannot be changed, and is to be by hand: its tables are split"
        )
    with whole_file(path.resolve(), mode=FILE_MODE) as file:
        file.write(text.encode())


def _subtable(table: Any, name: str, *, has_tables: bool = False) -> Any:
    """Return the table *name* of a table, made if it is not there."""
    import tomlkit  # noqa: PLC0415

    if name not in table:
        table[name] = tomlkit.table(is_super_table=has_tables)
    return table[name]

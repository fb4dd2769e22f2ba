"""`newscrawl evidence`: an answer as it was received, out of the archive's WARC files."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import attrs
import click

from newscrawl.archive import Archive, Capture
from newscrawl.archive.schema.storable import utc_text
from newscrawl.cli.console import (
    archive_option,
    fact_table,
    is_terminal,
    open_archive,
    out_option,
    print_json,
    print_view,
    refuse_archive_as,
    shown,
)
from newscrawl.errors import ArchiveError, UsageError, WarcError
from newscrawl.evidence import StoredAnswer, read_stored
from newscrawl.system.whole_file import whole_file

_TIME = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\dZ?)?)?)?)?)?")


@click.command()
@click.argument("url", metavar="URL|ID")
@archive_option
@click.option("--version", type=int, help="The last answer that shows this version.")
@click.option("--at", metavar="TIME", help="The last answer until then (UTC): 2026-01-31T12.")
@click.option(
    "--headers", "format_", flag_value="headers", help="Print the HTTP header instead."
)
@click.option("--raw", "format_", flag_value="raw", help="As it came: packed, if it was.")
@click.option("--json", "format_", flag_value="json", help="Print JSON.")
@out_option
def evidence(
    url: str,
    archive_path: Path | None,
    version: int | None,
    at: str | None,
    format_: str | None,
    out: Path | None,
) -> None:
    """Print a page as it was last received, byte for byte.

    The bytes are checked by their SHA-256. With --json, and on a terminal, their place and
    time are printed instead.
    """
    refuse_archive_as(out, archive_path)
    if at is not None and not _TIME.fullmatch(at):
        raise UsageError(f"--at {at!r}: write a time as 2026-01-31T12:30:00, or its beginning")
    with open_archive(archive_path) as archive:
        capture = _capture(archive, url, version, at)
        stored = _stored(archive, capture)
    forms = {"headers": stored.answer.head, "raw": stored.payload}
    content = forms.get(format_ or "", stored.body)
    if out is not None:
        _write(out, content)
    is_content = out is None and (format_ == "headers" or not is_terminal())
    if is_content and format_ != "json":
        sys.stdout.buffer.write(content)
    else:
        _print_facts(_facts(capture, stored), is_json=format_ == "json")


def _print_facts(facts: dict[str, Any], *, is_json: bool) -> None:
    if is_json:
        print_json(facts)
        return
    known = ((name, shown(str(value))) for name, value in facts.items() if value)
    print_view(fact_table(known))


def _capture(archive: Archive, url: str, version: int | None, at: str | None) -> Capture:
    captures = [
        capture
        for capture in archive.captures(url)
        if version is None or capture.version == version
        # A time that is cut short means the whole of its hour, day or month.
        if at is None or utc_text(capture.fetched_at)[: len(at)] <= at
    ]
    if not captures:
        of = "" if version is None else f"version {version} of "
        until = "" if at is None else f" until {at}"
        raise ArchiveError(f"{archive.path} keeps no evidence of {of}{url}{until}")
    return captures[0]


def _stored(archive: Archive, capture: Capture) -> StoredAnswer:
    try:
        return read_stored(archive, capture)
    except WarcError as error:
        raise ArchiveError(f"the evidence of {capture.url} cannot be given: {error}") from error


def _facts(capture: Capture, stored: StoredAnswer) -> dict[str, Any]:
    facts = attrs.asdict(capture, filter=lambda field, _: field.name != "evidence")
    same_as = stored.holder.evidence.record_id if stored.holder != capture else None
    place = attrs.asdict(capture.evidence)
    facts["fetched_at"] = utc_text(capture.fetched_at)
    return facts | {"size": len(stored.body)} | place | {"same_as": same_as}


def _write(out: Path, content: bytes) -> None:
    try:
        with whole_file(out) as file:
            file.write(content)
    except OSError as error:
        raise ArchiveError(f"cannot write {out}: {error.strerror or error}") from error

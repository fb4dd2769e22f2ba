"""`newscrawl evidence`: an answer as it was received, out of the archive's WARC files."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import attrs
import click

from newscrawl.archive import Archive, Capture
from newscrawl.cli.options import (
    archive_option,
    json_option,
    open_archive,
    out_option,
    refuse_archive_as,
)
from newscrawl.cli.tables import fact_table
from newscrawl.cli.terminal import is_terminal, print_json, print_view, shown
from newscrawl.errors import ArchiveError
from newscrawl.warc import read_page_at


@click.command()
@click.argument("url", metavar="URL|ID")
@archive_option
@click.option("--version", type=int, help="The last answer that shows this version.")
@out_option
@json_option
def evidence(
    url: str, archive_path: Path | None, version: int | None, out: Path | None, *, is_json: bool
) -> None:
    """Print a page as it was last received, byte for byte.

    The bytes are checked by their SHA-256. With --json, and on a terminal, it is printed
    instead where they lie and when they came.
    """
    refuse_archive_as(out, archive_path)
    with open_archive(archive_path) as archive:
        capture = _capture(archive, url, version)
        body = _body(archive.path.parent, capture)
    if out is not None:
        _write(out, body)
    if is_json:
        print_json(_facts(capture, len(body)))
    elif out is None and not is_terminal():
        sys.stdout.buffer.write(body)
    else:
        facts = _facts(capture, len(body)).items()
        print_view(fact_table((name, shown(str(value))) for name, value in facts))


def _capture(archive: Archive, url: str, version: int | None) -> Capture:
    captures = [
        capture
        for capture in archive.captures(url)
        if version is None or capture.version == version
    ]
    if not captures:
        of = "" if version is None else f"version {version} of "
        raise ArchiveError(f"{archive.path} keeps no evidence of {of}{url}")
    return captures[0]


def _body(folder: Path, capture: Capture) -> bytes:
    """Return the bytes. Raise ArchiveError where they are not what was received."""
    body = read_page_at(folder / capture.evidence.file, capture.evidence).body
    if capture.sha256 and hashlib.sha256(body).hexdigest() != capture.sha256:
        where = f"{capture.evidence.file} at byte {capture.evidence.offset}"
        raise ArchiveError(f"the evidence in {where} is not what was received: SHA-256 differs")
    return body


def _facts(capture: Capture, size: int) -> dict[str, Any]:
    place = attrs.asdict(capture.evidence)
    facts = attrs.asdict(capture, filter=lambda field, _: field.name != "evidence")
    return facts | {"size": size} | place


def _write(out: Path, body: bytes) -> None:
    try:
        out.write_bytes(body)
    except OSError as error:
        raise ArchiveError(f"cannot write {out}: {error.strerror}") from error

"""`newscrawl export --wacz`: the pages as received, in one file that others can replay."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from newscrawl.cli.options import open_archive, refuse_archive_as
from newscrawl.cli.tables import counted
from newscrawl.cli.terminal import one_line
from newscrawl.errors import ArchiveError, NewscrawlError
from newscrawl.importing.packaging import package_evidence

SHOWN = 20


def package(archive_path: Path | None, out: Path, query: str | None, site: str | None) -> None:
    """Write the package to *out*, which appears once it is whole.

    Raise NewscrawlError where nothing is kept, a record cannot be read, or the disk refuses.
    """
    refuse_archive_as(out, archive_path)
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        with open_archive(archive_path) as archive:
            packaged = package_evidence(archive, unfinished, query, site)
            if not packaged.records and not packaged.damages:
                raise ArchiveError(f"{archive.path} keeps no evidence of that")
        unfinished.replace(out)
    except OSError as error:
        raise NewscrawlError(f"cannot write {out}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
    for damage in packaged.damages[:SHOWN]:
        click.echo(f"newscrawl: {one_line(damage)}", err=True)
    click.echo(f"{counted(packaged.records, 'records')} in {out}", err=True)
    if packaged.damages:
        count = counted(len(packaged.damages), "records")
        raise NewscrawlError(f"{count} could not be put into {out}")

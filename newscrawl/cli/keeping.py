"""`newscrawl check`, `reindex`, `backup`, `vacuum`, `merge`: an archive kept for years."""

from __future__ import annotations

from pathlib import Path

import click

from newscrawl.archive import Archive
from newscrawl.cli.options import (
    archive_file,
    archive_option,
    json_option,
    open_archive,
    open_archive_to_write,
)
from newscrawl.cli.tables import counted, in_bytes
from newscrawl.cli.terminal import one_line, print_json
from newscrawl.errors import ArchiveError, UsageError
from newscrawl.evidence import evidence_problems

_COUNTS = """SELECT (SELECT count(*) FROM articles WHERE version_id IS NOT NULL) AS articles,
    (SELECT count(*) FROM versions) AS versions,
    (SELECT count(*) FROM observations) AS observations,
    (SELECT count(*) FROM observations WHERE evidence_file_id IS NOT NULL) AS captures"""


@click.command()
@archive_option
@json_option
def check(archive_path: Path | None, *, is_json: bool) -> None:
    """Look for damage: structures, texts, search index, evidence. Status 1 if there is any.

    Each thing that is wrong is a line on stdout.
    """
    with open_archive(archive_path) as archive:
        problems = (*archive.check(looks_at_evidence=False), *evidence_problems(archive))
        counts = {} if problems else _counts(archive)
    if is_json:
        print_json({"problems": problems, **counts})
    else:
        for problem in problems:
            click.echo(one_line(problem))
    if problems:
        raise ArchiveError(_found_in(archive.path, len(problems)))
    if not is_json:
        click.echo(f"{archive.path} is sound: {_told(counts)}")


@click.command()
@archive_option
def reindex(archive_path: Path | None) -> None:
    """Make the search index anew, as after `rebuild` or a newer list of words."""
    with open_archive_to_write(archive_path) as archive:
        count = archive.reindex()
    click.echo(f"{archive.path}: {counted(count, 'articles')} indexed")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@archive_option
def backup(file: Path, archive_path: Path | None) -> None:
    """Copy the archive to FILE while crawls go on writing it.

    FILE must not exist yet.
    """
    with open_archive(archive_path) as archive:
        archive.backup(file)
    with Archive.open_read_only(file) as copy:
        counts = _counts(copy)
    click.echo(f"{file}: {in_bytes(file.stat().st_size)}, {_told(counts)}")
    if counts["captures"]:
        click.echo("The WARC files that it points to are not in it: copy them as well.")


@click.command()
@archive_option
def vacuum(archive_path: Path | None) -> None:
    """Give unused space in the archive back to the disk."""
    with open_archive_to_write(archive_path) as archive:
        given = archive.vacuum()
    size = in_bytes(archive.path.stat().st_size)
    click.echo(f"{archive.path}: {in_bytes(max(given, 0))} given back, now {size}")


@click.command()
@click.argument("other", type=click.Path(path_type=Path), metavar="OTHER.db")
@archive_option
def merge(other: Path, archive_path: Path | None) -> None:
    """Bring everything of OTHER.db into this archive.

    OTHER.db stays as it is, and doing it twice changes nothing. What either has
    withdrawn stays withdrawn.
    """
    if other.exists() and archive_file(archive_path).resolve() == other.resolve():
        raise UsageError(f"{other} is the archive itself; name another one")
    with open_archive_to_write(archive_path) as archive:
        before = _counts(archive)
        archive.merge(other)
        after = _counts(archive)
    came = {name: after[name] - before[name] for name in after}
    click.echo(f"{archive.path}: {_told(after)}")
    click.echo(f"from {other} came {_told(came)}")


def _counts(archive: Archive) -> dict[str, int]:
    return dict(next(archive.db.query(_COUNTS)))


def _told(counts: dict[str, int]) -> str:
    return ", ".join(counted(count, name) for name, count in counts.items())


def _found_in(path: Path, count: int) -> str:
    things = "1 thing is" if count == 1 else f"{count} things are"
    return f"{things} wrong with {path}"

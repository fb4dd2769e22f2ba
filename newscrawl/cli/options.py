"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from newscrawl.archive import Archive
from newscrawl.errors import ArchiveError, UsageError
from newscrawl.project import anchored

DEFAULT_ARCHIVE = "data/archive.db"

archive_option = click.option(
    "-d",
    "--archive",
    "archive_path",
    type=click.Path(path_type=Path),
    envvar="NEWSCRAWL_ARCHIVE",
    show_envvar=True,
    help=f"The archive's file. Default: {DEFAULT_ARCHIVE} beside scrapy.cfg.",
)
json_option = click.option("--json", "is_json", is_flag=True, help="Print JSON.")
jobs_option = click.option(
    "--jobs-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default="jobs.toml",
    envvar="NEWSCRAWL_JOBS",
    show_default=True,
    show_envvar=True,
    help="The file of the jobs, from the folder of scrapy.cfg.",
)

out_option = click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to FILE rather than standard output.",
)


def refuse_archive_as(out: Path | None, path: Path | None) -> None:
    """Raise UsageError where *out* is the archive itself, which would be overwritten."""
    if out is not None and out.resolve() == archive_file(path).resolve():
        raise UsageError(f"{out} is the archive; write to another file")


def open_archive(path: Path | None) -> Archive:
    """Open the archive for reading. Raise ArchiveError where there is none.

    A path given on the command line starts from the working folder; the default and one from
    the environment start from the folder of scrapy.cfg, as in a crawl.
    """
    return Archive.open_read_only(archive_file(path))


def open_archive_to_write(path: Path | None) -> Archive:
    """Open the archive for writing. Raise ArchiveError where there is none: none is made."""
    file = archive_file(path)
    if not file.exists():
        raise ArchiveError(f"there is no archive at {file}")
    return Archive(file)


def archive_file(path: Path | None) -> Path:
    """Return the archive's file for the value of `--archive`."""
    if path is None:
        return anchored(DEFAULT_ARCHIVE)
    return path if path.exists() else anchored(path)

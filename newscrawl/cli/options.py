"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from newscrawl.archive import Archive
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


def open_archive(path: Path | None) -> Archive:
    """Open the archive for reading. Raise ArchiveError where there is none.

    A path given on the command line starts from the working folder; the default and one from
    the environment start from the folder of scrapy.cfg, as in a crawl.
    """
    return Archive.open_read_only(archive_file(path))


def archive_file(path: Path | None) -> Path:
    """Return the archive's file for the value of `--archive`."""
    if path is None:
        return anchored(DEFAULT_ARCHIVE)
    return path if path.exists() else anchored(path)

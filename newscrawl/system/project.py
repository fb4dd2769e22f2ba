"""Paths of the project: the folder of scrapy.cfg, and files that stand beside an archive."""

from __future__ import annotations

from pathlib import Path

DEFAULT_ARCHIVE = "data/archive.db"
"""The archive of commands and crawls that name none, in the folder of scrapy.cfg."""


def project_folder(start: Path | None = None) -> Path:
    """Return the nearest folder with a scrapy.cfg, from *start* upwards; else *start*."""
    start = (start or Path.cwd()).resolve()
    folders = (start, *start.parents)
    return next((folder for folder in folders if (folder / "scrapy.cfg").is_file()), start)


def anchored(path: str | Path) -> Path:
    """Return *path* as an absolute one; a relative one starts from the project folder.

    So a crawl started in a sub-folder writes to the same archive as one started at the top.
    """
    return project_folder() / Path(path).expanduser()


def watchlist_path(archive: Path) -> Path:
    """Return the file of the saved searches of *archive*, which stands beside it."""
    return archive.with_name(f"{archive.stem}.watchlist.json")


def study_path(archive: Path) -> Path:
    """Return the study file of *archive*, which stands beside it."""
    return archive.with_name(f"{archive.stem}.study.db")

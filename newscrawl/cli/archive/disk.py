"""`newscrawl disk`: how much room the archive takes, and when the disk will be full."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import attrs
import click
from rich import filesize
from rich.console import Group
from rich.table import Table

from newscrawl.archive import Archive
from newscrawl.archive.maintenance.archive_file import Growth
from newscrawl.cli.console import (
    archive_option,
    fact_table,
    json_option,
    one_line,
    open_archive,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.limits import LEAST_FREE_MB
from newscrawl.text.counted import counted

_LONGEST = 100 * 365


@attrs.frozen(kw_only=True)
class Folder:
    """The files of evidence in one folder: those of one site."""

    folder: str
    files: int
    answers: int
    bytes: int
    bytes_a_day: float


@attrs.frozen(kw_only=True)
class DiskUse:
    """Size of the archive and its evidence, their growth, and the free space."""

    archive_bytes: int
    archive_bytes_a_day: float
    evidence: tuple[Folder, ...]
    days: float
    """The days that the growth is of."""
    free_bytes: int
    disk_bytes: int

    @property
    def bytes_a_day(self) -> float:
        """Growth of all of it, in bytes a day."""
        return self.archive_bytes_a_day + sum(one.bytes_a_day for one in self.evidence)

    @property
    def days_left(self) -> float | None:
        """After how many days a crawl will stop for want of room; None if nothing grows."""
        room = max(0, self.free_bytes - LEAST_FREE_MB * 2**20)
        return room / self.bytes_a_day if self.bytes_a_day else None


@click.command()
@archive_option
@json_option
def disk(archive_path: Path | None, *, is_json: bool) -> None:
    """Print the size of archive and evidence, their growth, and when the disk is full.

    Growth is that of the last 30 days. A crawl stops by itself before the disk is full.
    """
    now = dt.datetime.now(dt.UTC)
    with open_archive(archive_path) as archive:
        use = _disk_use(archive, archive.growth(now))
    full_on = _full_on(use, now)
    if is_json:
        numbers = {"bytes_a_day": use.bytes_a_day, "days_left": use.days_left}
        print_json(attrs.asdict(use) | numbers | {"full_on": full_on})
    else:
        facts = fact_table((name, shown(value)) for name, value in _facts(use, full_on))
        print_view(Group(_folder_table(use), "", facts) if use.evidence else facts)


def _disk_use(archive: Archive, growth: Growth) -> DiskUse:
    files = [Path(f"{archive.path}{suffix}") for suffix in ("", "-wal", "-shm")]
    size = sum(_size(file) for file in files)
    usage = shutil.disk_usage(archive.path.parent)
    return DiskUse(
        archive_bytes=size,
        archive_bytes_a_day=size * growth.late_share / growth.days,
        evidence=tuple(_folders(archive.path.parent, growth)),
        days=growth.days,
        free_bytes=usage.free,
        disk_bytes=usage.total,
    )


def _folders(base: Path, growth: Growth) -> Iterator[Folder]:
    grouped = defaultdict(list)
    for file in growth.files:
        grouped[str(PurePosixPath(file.path).parent)].append(file)
    for folder, files in grouped.items():
        sizes = [_size(base / file.path) for file in files]
        late = sum(size * one.late_share for size, one in zip(sizes, files, strict=True))
        yield Folder(
            folder=folder,
            files=len(files),
            answers=sum(file.records for file in files),
            bytes=sum(sizes),
            bytes_a_day=late / growth.days,
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _full_on(use: DiskUse, now: dt.datetime) -> str | None:
    """Return the day on which the disk will be full; None if that is generations away."""
    if use.days_left is None or use.days_left > _LONGEST:
        return None
    return (now + dt.timedelta(days=use.days_left)).date().isoformat()


def _folder_table(use: DiskUse) -> Table:
    table = titled_table("evidence", "files", "answers", "size", "a day")
    for one in sorted(use.evidence, key=lambda one: -one.bytes):
        numbers = (str(one.files), str(one.answers), filesize.decimal(one.bytes))
        table.add_row(one_line(one.folder), *numbers, filesize.decimal(round(one.bytes_a_day)))
    return table


def _facts(use: DiskUse, full_on: str | None) -> Iterator[tuple[str, str]]:
    yield "archive", filesize.decimal(use.archive_bytes)
    yield "evidence", filesize.decimal(sum(one.bytes for one in use.evidence))
    yield "growth", f"{filesize.decimal(round(use.bytes_a_day))} a day, {_span(use.days)}"
    yield "free", f"{filesize.decimal(use.free_bytes)} of {filesize.decimal(use.disk_bytes)}"
    if full_on is None:
        yield "full", "not in a hundred years, at this rate"
    else:
        days = counted(int(use.days_left or 0), "days")
        yield "full", f"in {days} ({full_on}), when {LEAST_FREE_MB} MB are left"


def _span(days: float) -> str:
    return "by the first day" if days <= 1 else f"by the last {counted(round(days), 'days')}"

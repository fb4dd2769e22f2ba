"""`newscrawl annotations`: annotations of texts, moved to the words of a package and back."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import click

from newscrawl.cli.console import archive_option, open_archive, out_option
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.study.package import Package
from newscrawl.study.realignment.annotations import in_characters, in_words
from newscrawl.system.whole_file import whole_file


@click.group("annotations")
def annotations_group() -> None:
    """Move annotations between texts and the words of a package without text.

    FILE is CSV with the columns site, key, field (headline, article_body …) and a span.
    """


_FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))


@annotations_group.command("to-words")
@_FILE
@archive_option
@out_option
def to_words(file: Path, archive_path: Path | None, out: Path | None) -> None:
    """Replace start and end, in characters, by words, to publish them beside a package."""
    with open_archive(archive_path) as archive:
        rows = list(in_words(archive, rows_in(file)))
    _write(rows, out)


@annotations_group.command("to-text")
@click.argument(
    "package_path",
    metavar="PACKAGE",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
)
@_FILE
@archive_option
@out_option
def to_text(
    package_path: Path, file: Path, archive_path: Path | None, out: Path | None
) -> None:
    """Place annotations of a package in the texts of your own archive.

    status says how: exact, moved (the text has changed elsewhere), changed or missing.
    """
    with Package(package_path) as opened, open_archive(archive_path) as archive:
        rows = list(in_characters(archive, opened.sequences(), rows_in(file)))
    _write(rows, out)


def rows_in(file: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file in UTF-8. Raises UsageError if it cannot be read."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            return list(csv.DictReader(opened))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{file} cannot be read as CSV in UTF-8: {error}") from error


def _write(rows: Sequence[Mapping[str, Any]], out: Path | None) -> None:
    text = StringIO(newline="")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    if out is None:
        click.echo(text.getvalue(), nl=False)
        return
    try:
        with whole_file(out) as file:
            file.write(text.getvalue().encode())
    except OSError as error:
        raise NewscrawlError(f"cannot write {out}: {error.strerror or error}") from error

"""`newscrawl export`: articles for other programs, into a file or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

import click

from newscrawl.archive import Selection
from newscrawl.cli.options import archive_option, open_archive, out_option, refuse_archive_as
from newscrawl.cli.tables import counted
from newscrawl.cli.terminal import is_terminal
from newscrawl.errors import NewscrawlError, UsageError


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1, type=click.UNPROCESSED)
@archive_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "jsonld"]),
    required=True,
    help="A table, JSON Lines of every field, or schema.org NewsArticles.",
)
@click.option("--excel", "for_excel", is_flag=True, help="CSV that Excel reads safely.")
@click.option("--no-text", is_flag=True, help="Leave out body and description.")
@out_option
def export(
    query: tuple[str, ...],
    archive_path: Path | None,
    form: Any,
    out: Path | None,
    *,
    for_excel: bool,
    no_text: bool,
) -> None:
    """Write the articles that QUERY finds, or all of them.

    QUERY is as in `newscrawl search`; nothing is cut, and each row has its provenance.
    CSV is exact; --excel marks it as UTF-8 and guards against formulas. FILE appears once it
    is whole.
    """
    _refuse_nonsense(query, form, out, for_excel=for_excel)
    refuse_archive_as(out, archive_path)
    words = " ".join(query) if query else None
    with open_archive(archive_path) as archive, _opened(out) as file:
        selection = Selection(query=words, with_text=not no_text)
        count = archive.export(file, form, selection, for_excel=for_excel)
    click.echo(f"{counted(count, 'articles')}{f' in {out}' if out else ''}", err=True)


def _refuse_nonsense(
    query: tuple[str, ...], form: str, out: Path | None, *, for_excel: bool
) -> None:
    mistyped = next((word for word in query if word.startswith("--")), None)
    if mistyped:
        raise click.NoSuchOption(mistyped)
    if for_excel and form != "csv":
        raise UsageError("--excel is for --format csv")
    if out is None and is_terminal():
        # What pages say goes out as it is, and could move the cursor.
        raise UsageError("an export is for a file or a pipe: add -o FILE")


@contextmanager
def _opened(out: Path | None) -> Iterator[TextIO]:
    """Open *out*, or standard output, as UTF-8 whatever the terminal speaks."""
    if out is None:
        with open(
            sys.stdout.fileno(), "w", encoding="utf-8", newline="", closefd=False
        ) as file:
            yield file
        return
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            yield file
        unfinished.replace(out)
    except OSError as error:
        raise NewscrawlError(f"cannot write {out}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()

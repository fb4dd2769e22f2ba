"""`newscrawl export` and `columns`: tables for other programs, and their descriptions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

import attrs
import click

from newscrawl.archive import Exported, Selection
from newscrawl.archive.export.columns import ARTICLE_TABLES, TABLES
from newscrawl.archive.export.tables import EXCEL_CELL
from newscrawl.cli.console import (
    archive_option,
    is_terminal,
    json_option,
    one_line,
    open_archive,
    out_option,
    print_json,
    print_view,
    refuse_archive_as,
    refuse_mistyped,
    titled_table,
)
from newscrawl.cli.query_words import QueryCommand, query_word
from newscrawl.errors import ArchiveError, NewscrawlError, UsageError
from newscrawl.importing.wacz_export import package_evidence
from newscrawl.system.whole_file import whole_file
from newscrawl.text.counted import counted


@click.command(cls=QueryCommand, context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1, type=query_word)
@archive_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "jsonl", "jsonld", "parquet"]),
    help="A table, JSON Lines of every field, schema.org NewsArticles, or a typed table.",
)
@click.option(
    "--table",
    type=click.Choice(TABLES),
    metavar="TABLE",
    default="article",
    help="Another table than the articles; `newscrawl columns` lists them.",
)
@click.option("--excel", "for_excel", is_flag=True, help="CSV that Excel reads safely.")
@click.option("--no-text", is_flag=True, help="Leave out body and description.")
@click.option(
    "--wacz",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Instead, the pages as received: a package that ReplayWeb.page and pywb replay.",
)
@click.option("--site", metavar="SITE", help="With --wacz: only pages of this site.")
@out_option
def export(
    query: tuple[str, ...],
    archive_path: Path | None,
    format_: Any,
    out: Path | None,
    *,
    for_excel: bool,
    **wanted: Any,
) -> None:
    """Write the articles that QUERY finds, or all of them.

    QUERY is as in `newscrawl search`; nothing is cut, and each row has its provenance.
    CSV is exact; --excel marks it as UTF-8 and guards against formulas. Parquet needs the
    extra `parquet`. FILE appears once it is whole.
    """
    if wanted["wacz"] is not None:
        _refuse_beside_wacz(format_, out)
        package(archive_path, wanted["wacz"], " ".join(query) or None, wanted["site"])
        return
    _refuse_nonsense(query, format_, out, wanted["table"], for_excel=for_excel)
    if wanted["site"] is not None:
        raise UsageError("--site is for --wacz; a query takes site:NAME")
    refuse_archive_as(out, archive_path)
    selection = Selection(
        table=wanted["table"],
        query=" ".join(query) if query else None,
        with_text=not wanted["no_text"],
    )
    with open_archive(archive_path) as archive, _opened(out, format_) as file:
        exported = archive.export(file, format_, selection, for_excel=for_excel)
    _report(exported, wanted["table"], out)


@click.command()
@click.argument("table", type=click.Choice(TABLES), metavar="[TABLE]", required=False)
@archive_option
@json_option
def columns(table: str | None, archive_path: Path | None, *, is_json: bool) -> None:
    """List the tables that can be exported, or the columns of one with descriptions."""
    names = TABLES if table is None else (table,)
    with open_archive(archive_path) as archive:
        found = {name: archive.columns(name) for name in names}
    if is_json:
        print_json({name: list(map(attrs.asdict, some)) for name, some in found.items()})
    elif table is None:
        view = titled_table("table", "columns")
        for name, some in found.items():
            view.add_row(name, ", ".join(one.name for one in some))
        print_view(view)
    else:
        view = titled_table("column", "kind", "")
        for one in found[table]:
            view.add_row(one.name, one.kind, one.description)
        print_view(view)


def _refuse_beside_wacz(format_: str | None, out: Path | None) -> None:
    if format_ is not None or out is not None:
        raise UsageError("--wacz FILE says all; --format and -o are for tables")


def _refuse_nonsense(
    query: tuple[str, ...],
    format_: str | None,
    out: Path | None,
    table: str,
    *,
    for_excel: bool,
) -> None:
    if format_ is None:
        raise click.MissingParameter(param_hint="'--format'", param_type="option")
    refuse_mistyped(query)
    if for_excel and format_ != "csv":
        raise UsageError("--excel is for --format csv")
    if format_ == "jsonld" and table != "article":
        raise UsageError("--format jsonld is for articles, not for another --table")
    if out is None and is_terminal():
        # What pages say goes out as it is, and could move the cursor.
        raise UsageError("an export is for a file or a pipe: add -o FILE")


def _report(exported: Exported, table: str, out: Path | None) -> None:
    things = "articles" if table in ARTICLE_TABLES else "rows"
    click.echo(f"{counted(exported.count, things)}{f' in {out}' if out else ''}", err=True)
    if exported.too_long:
        values = counted(exported.too_long, "values")
        click.echo(f"{values} over {EXCEL_CELL} characters: Excel will cut them off", err=True)


@contextmanager
def _opened(out: Path | None, format_: str) -> Iterator[IO[Any]]:
    """Open *out*, or standard output: in binary, or as UTF-8 on any terminal."""
    if out is None:
        with open(sys.stdout.fileno(), "wb", closefd=False) as file:
            yield from _encoded(file, format_)
        return
    try:
        with whole_file(out) as file:
            yield from _encoded(file, format_)
    except OSError as error:
        raise NewscrawlError(f"cannot write {out}: {error.strerror or error}") from error


def _encoded(file: IO[bytes], format_: str) -> Iterator[IO[Any]]:
    if format_ == "parquet":
        yield file
        return
    text = TextIOWrapper(file, "utf-8", newline="")
    yield text
    text.detach()


SHOWN = 20


def package(archive_path: Path | None, out: Path, query: str | None, site: str | None) -> None:
    """Write the package to *out*, which appears once it is whole.

    Raises NewscrawlError if nothing is stored, a record cannot be read, or the disk refuses.
    """
    refuse_archive_as(out, archive_path)
    try:
        with open_archive(archive_path) as archive, whole_file(out) as file:
            packaged = package_evidence(archive, file, query, site)
            if not packaged.records and not packaged.damages:
                raise ArchiveError(f"{archive.path} keeps no evidence of that")
    except OSError as error:
        raise NewscrawlError(f"cannot write {out}: {error.strerror or error}") from error
    for damage in packaged.damages[:SHOWN]:
        click.echo(f"newscrawl: {one_line(damage)}", err=True)
    click.echo(f"{counted(packaged.records, 'records')} in {out}", err=True)
    if packaged.damages:
        count = counted(len(packaged.damages), "records")
        raise NewscrawlError(f"{count} could not be put into {out}")

"""`newscrawl package` and `reproduce`: studies that can be published and repeated."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import click

from newscrawl.cli.archive.annotations import rows_in
from newscrawl.cli.console import (
    archive_file,
    archive_option,
    json_option,
    one_line,
    open_archive,
    print_json,
    print_view,
    refuse_archive_as,
    refuse_mistyped,
    titled_table,
)
from newscrawl.cli.query_words import QueryCommand, query_word
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.study.contents import Contents, contents_of
from newscrawl.study.metadata import Description
from newscrawl.study.package import Package, write_package
from newscrawl.study.reproduce import reproduce as reproduced
from newscrawl.study.study_file import StudyFile
from newscrawl.study.study_tables import study_tables
from newscrawl.system.whole_file import whole_file
from newscrawl.text.counted import counted

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
"""The usual licence of a compilation; the texts stay their publishers'."""


@click.command(cls=QueryCommand, context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1, required=True, type=query_word)
@archive_option
@click.option(
    "-o",
    "out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The package, a ZIP file.",
)
@click.option(
    "--study",
    "has_study",
    is_flag=True,
    help="Include the study: searches, codebook, and all on these articles.",
)
@click.option("--no-text", is_flag=True, help="Hashed word sequences in place of the texts.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="The format of the tables.",
)
@click.option("--title", help="The title of the data set. Default: the query.")
@click.option("--creator", multiple=True, metavar='"FAMILY, GIVEN"', help="Who made it.")
@click.option("--publisher", default="(not published)", help="Who publishes it.")
@click.option("--license", default=LICENSE, show_default=True, help="Of the compilation.")
@click.option("--doi", help="The DOI, where one is reserved.")
@click.option(
    "--licences",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="CSV with the columns site and license: licences of the texts, by site.",
)
def package(
    query: tuple[str, ...],
    archive_path: Path | None,
    out: Path,
    format_: Any,
    *,
    no_text: bool,
    has_study: bool,
    **said: Any,
) -> None:
    """Write the articles that QUERY finds as a data set to publish.

    An RO-Crate 1.2 with tables, a codebook, the query, identities of archive and extractor,
    digests of texts and captures, opt-outs and licences, CITATION.cff and DataCite metadata.
    """
    refuse_mistyped(query)
    refuse_archive_as(out, archive_path)
    typed = " ".join(query)
    _check_named(said["license"], said["doi"])
    licences = _licences(said["licences"])
    description = Description(
        title=_named("title", said["title"] or f"News articles: {one_line(typed)}"),
        creators=tuple(_named("creator", one) for one in said["creator"]) or ("(not named)",),
        license=said["license"],
        publisher=_named("publisher", said["publisher"]),
        made_on=dt.datetime.now(dt.UTC).date(),
        doi=said["doi"],
    )
    with open_archive(archive_path) as archive:
        contents = contents_of(archive, typed, with_text=not no_text, licences=licences)
        sites = {str(row["name"]) for row in archive.db.query("SELECT name FROM sites")}
    _report_unknown(licences, sites)
    if has_study:
        contents = _with_study(contents, archive_file(archive_path))
    if not contents.article_count:
        problems = " ".join(contents.query["problems"])
        raise UsageError(f"the query {typed} finds no article. {problems}".strip())
    for problem in contents.query["problems"]:
        click.echo(f"newscrawl: {one_line(problem)}", err=True)
    try:
        with whole_file(out) as file:
            write_package(file, contents, description, format_)
    except OSError as error:
        raise NewscrawlError(f"cannot write {out}: {error.strerror or error}") from error
    click.echo(f"{counted(contents.article_count, 'articles')} in {out}", err=True)


@click.command()
@click.argument(
    "package_path",
    metavar="PACKAGE",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
)
@archive_option
@json_option
def reproduce(package_path: Path, archive_path: Path | None, *, is_json: bool) -> None:
    """Repeat the query of a package on an archive, and list differences with reasons.

    Status 1 if anything differs.
    """
    with Package(package_path) as opened, open_archive(archive_path) as archive:
        result = reproduced(opened, archive)
    if is_json:
        print_json(attrs.asdict(result))
    else:
        click.echo(f"query: {one_line(result.query)}")
        click.echo(f"articles: {result.articles} in the package, {result.found} found now")
        if result.deviations:
            table = titled_table("", "site", "article", "why")
            for one in result.deviations:
                table.add_row(one.kind, *map(one_line, (one.site, one.key, one.why)))
            print_view(table)
        else:
            click.echo("no difference")
    if result.deviations:
        raise SystemExit(1)


def _check_named(license_: str, doi: str | None) -> None:
    """Raise UsageError if a licence is no address, or the DOI is none."""
    if not re.fullmatch(r"https?://[^\s<>\"]+", license_):
        raise UsageError(f"--license is the address of a licence, such as {LICENSE}")
    if doi and not re.fullmatch(r"10\.\d{4,9}/\S+", doi):
        raise UsageError(f"--doi is a DOI such as 10.5281/zenodo.1234567, not {doi}")


def _named(option: str, name: str) -> str:
    """Return *name* trimmed. Raises UsageError if it is blank or has control characters."""
    if not name.strip() or any(map(_is_control, name)):
        raise UsageError(f"--{option} is a line of text, not {name!r}")
    return name.strip()


def _is_control(char: str) -> bool:
    return unicodedata.category(char) == "Cc"


def _report_unknown(licences: Mapping[str, str], sites: set[str]) -> None:
    """Print the sites of *licences* that the archive does not have."""
    if unknown := sorted(licences.keys() - sites):
        names = one_line(", ".join(map(str, unknown)))
        click.echo(f"newscrawl: --licences: the archive has no site {names}", err=True)


def _with_study(contents: Contents, archive: Path) -> Contents:
    """Return *contents* with the tables of the study file on the same articles."""
    names = {(row["site"], row["key"]) for row in contents.tables[0].rows}
    with StudyFile.open_read_only(archive) as study:
        tables = study_tables(study, names)
    return attrs.evolve(contents, tables=(*contents.tables, *tables))


def _licences(file: Path | None) -> Mapping[str, str]:
    rows = rows_in(file) if file else []
    if any("site" not in row or "license" not in row for row in rows):
        raise UsageError(f"{file} needs the columns site and license")
    return {row["site"]: row["license"] for row in rows}

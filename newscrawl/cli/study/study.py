"""`newscrawl study`: searches, collections, notes and tags beside an archive."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newscrawl.cli.console import archive_file, archive_option, json_option, out_option
from newscrawl.cli.study.codebook import agreement, code, variable
from newscrawl.cli.study.printing import article_argument, coder_option, print_rows
from newscrawl.errors import StudyError, UsageError
from newscrawl.study.selections import (
    add_note,
    add_tags,
    articles,
    collect,
    collected,
    collections,
    delete_collection,
    delete_note,
    delete_search,
    leave_out,
    notes,
    remove_tag,
    save_search,
    searches,
    tags,
)
from newscrawl.study.study_articles import article_states, ids_found, study_articles
from newscrawl.study.study_file import StudyFile
from newscrawl.study.study_tables import write_study
from newscrawl.system.project import study_path
from newscrawl.system.whole_file import whole_file

_MOST_INPUT = 1_000_000
"""Most bytes read of a note: more than a note may have."""
_STATE_COLUMNS = ("state", "article_id", "site", "headline", "url")


@click.group()
def study() -> None:
    """Save searches and collections, write notes and tags, and code articles.

    All of it is in the study file beside the archive, NAME.study.db beside NAME.db, which no
    crawl writes.
    """


study.add_command(variable)
study.add_command(code)
study.add_command(agreement)


@study.group()
def search() -> None:
    """Save searches by name."""


@search.command("save")
@click.argument("name")
@click.argument("query")
@coder_option
@archive_option
def save(name: str, query: str, coder: str, archive_path: Path | None) -> None:
    """Save the search QUERY as NAME, in place of an earlier one of that name."""
    with StudyFile(archive_file(archive_path)) as opened:
        save_search(opened, name, query, coder)


@search.command("list")
@archive_option
@json_option
def list_searches(archive_path: Path | None, *, is_json: bool) -> None:
    """List the saved searches."""
    with StudyFile.open_read_only(archive_file(archive_path)) as opened:
        rows = searches(opened)
    print_rows(rows, ("name", "query", "coder", "saved_at"), is_json=is_json)


@search.command("delete")
@click.argument("name")
@archive_option
def delete_saved(name: str, archive_path: Path | None) -> None:
    """Delete the search NAME."""
    with StudyFile(archive_file(archive_path)) as opened:
        delete_search(opened, name)


@study.group()
def collection() -> None:
    """Collect articles under a name."""


@collection.command("add")
@click.argument("name")
@click.argument("articles", metavar="[URL|ID]...", nargs=-1)
@click.option("--query", help="Add all articles that this query finds now.")
@coder_option
@archive_option
def add_articles(
    name: str,
    articles: tuple[str, ...],
    query: str | None,
    coder: str,
    archive_path: Path | None,
) -> None:
    """Add articles to the collection NAME, which is made if there is none."""
    path = archive_file(archive_path)
    ids = ids_found(path, query) if query else []
    if query and not ids:
        raise UsageError(f"the query {query} finds no article")
    found = study_articles(path, [*articles, *ids])
    with StudyFile(path) as opened:
        added = collect(opened, name, found, coder)
    click.echo(f"{added} added, {len(found) - added} were in it.", err=True)


@collection.command("list")
@click.argument("name", required=False)
@archive_option
@json_option
def list_collections(name: str | None, archive_path: Path | None, *, is_json: bool) -> None:
    """List the collections, or the articles of NAME with their state in the archive."""
    path = archive_file(archive_path)
    with StudyFile.open_read_only(path) as opened:
        rows = collections(opened) if name is None else collected(opened, name)
    if name is None:
        print_rows(rows, ("name", "articles", "coder", "created_at"), is_json=is_json)
    else:
        print_rows(article_states(path, rows), _STATE_COLUMNS, is_json=is_json)


@collection.command("remove")
@click.argument("name")
@article_argument
@archive_option
def remove_article(name: str, article: str, archive_path: Path | None) -> None:
    """Take an article out of the collection NAME."""
    path = archive_file(archive_path)
    [found] = study_articles(path, [article])
    with StudyFile(path) as opened:
        leave_out(opened, name, found)


@collection.command("delete")
@click.argument("name")
@archive_option
def delete_whole(name: str, archive_path: Path | None) -> None:
    """Delete the collection NAME; its articles stay."""
    with StudyFile(archive_file(archive_path)) as opened:
        delete_collection(opened, name)


@study.group()
def note() -> None:
    """Write notes on articles."""


@note.command("add")
@article_argument
@click.argument("text")
@coder_option
@archive_option
def add_one_note(article: str, text: str, coder: str, archive_path: Path | None) -> None:
    """Add the note TEXT to an article; - reads it from standard input."""
    path = archive_file(archive_path)
    [found] = study_articles(path, [article])
    written = _from_stdin() if text == "-" else text
    with StudyFile(path) as opened:
        click.echo(add_note(opened, found, written, coder))


def _from_stdin() -> str:
    return sys.stdin.buffer.read(_MOST_INPUT).decode("utf-8", "replace")


@note.command("list")
@click.argument("article", metavar="[URL|ID]", required=False)
@archive_option
@json_option
def list_notes(article: str | None, archive_path: Path | None, *, is_json: bool) -> None:
    """List the notes on an article, or all."""
    path = archive_file(archive_path)
    found = study_articles(path, [article])[0] if article else None
    with StudyFile.open_read_only(path) as opened:
        rows = notes(opened, found)
    print_rows(rows, ("id", "coder", "written_at", "url", "text"), is_json=is_json)


@note.command("delete")
@click.argument("number", type=int)
@archive_option
def delete_one_note(number: int, archive_path: Path | None) -> None:
    """Delete the note NUMBER."""
    with StudyFile(archive_file(archive_path)) as opened:
        delete_note(opened, number)


@study.group()
def tag() -> None:
    """Give tags to articles."""


@tag.command("add")
@article_argument
@click.argument("names", metavar="TAG...", nargs=-1, required=True)
@coder_option
@archive_option
def add_some_tags(
    article: str, names: tuple[str, ...], coder: str, archive_path: Path | None
) -> None:
    """Give tags to an article."""
    path = archive_file(archive_path)
    [found] = study_articles(path, [article])
    with StudyFile(path) as opened:
        add_tags(opened, found, names, coder)


@tag.command("list")
@click.argument("article", metavar="[URL|ID]", required=False)
@archive_option
@json_option
def list_tags(article: str | None, archive_path: Path | None, *, is_json: bool) -> None:
    """List the tags of an article, or of all."""
    path = archive_file(archive_path)
    found = study_articles(path, [article])[0] if article else None
    with StudyFile.open_read_only(path) as opened:
        rows = tags(opened, found)
    print_rows(rows, ("tag", "coder", "tagged_at", "url"), is_json=is_json)


@tag.command("remove")
@article_argument
@click.argument("name", metavar="TAG")
@archive_option
def remove_one_tag(article: str, name: str, archive_path: Path | None) -> None:
    """Remove a tag from an article."""
    path = archive_file(archive_path)
    [found] = study_articles(path, [article])
    with StudyFile(path) as opened:
        remove_tag(opened, found, name)


@study.command("articles")
@archive_option
@json_option
def list_articles(archive_path: Path | None, *, is_json: bool) -> None:
    """List every article that the study names, with its state: present, withdrawn, missing."""
    path = archive_file(archive_path)
    with StudyFile.open_read_only(path) as opened:
        rows = articles(opened)
    print_rows(article_states(path, rows), _STATE_COLUMNS, is_json=is_json)


@study.command()
@archive_option
@out_option
def export(archive_path: Path | None, out: Path | None) -> None:
    """Write all tables of the study file as CSV, with a codebook of their columns, in a ZIP."""
    path = archive_file(archive_path)
    target = out or Path(f"{path.stem}.study.zip")
    kept = [one for one in (path, study_path(path)) if one.exists()]
    if target.exists() and any(target.samefile(one) for one in kept):
        raise UsageError(f"{target} is the archive or its study file; write to another file")
    try:
        with StudyFile.open_read_only(path) as opened, whole_file(target) as file:
            write_study(file, opened)
    except OSError as error:
        raise StudyError(f"cannot write {target}: {error.strerror or error}") from error
    click.echo(f"{target} has the study file of {path}", err=True)

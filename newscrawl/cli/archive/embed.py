"""`newscrawl embed`: vectors of articles for search by meaning."""

from __future__ import annotations

from pathlib import Path

import click

from newscrawl.cli.console import (
    archive_option,
    is_terminal,
    model_named,
    model_option,
    one_line,
    open_archive_to_write,
)
from newscrawl.text.counted import counted


@click.command()
@archive_option
@model_option
@click.option("--again", "is_again", is_flag=True, help="Replace all vectors.")
def embed(archive_path: Path | None, model: str | None, *, is_again: bool) -> None:
    """Store a vector of each new text, by a model of yours, for search by meaning.

    The model is a command, which reads a JSON object a line ({"text": …, "kind": …}) and writes
    a JSON array of numbers a line, or a Python function, which takes a list of texts. Only
    articles without a vector are read; stopped, the same command resumes. Needs the extra
    `semantic`.
    """
    chosen = model_named(model)
    with open_archive_to_write(archive_path) as archive:
        count = archive.embed(chosen, is_again=is_again, on_progress=_show_progress)
        vectors = archive.vectors()
    if is_terminal() and count:
        click.echo("", err=True)
    if vectors is not None:
        numbers = f"{counted(vectors.count, 'articles')} have one, {vectors.dimension} numbers"
        click.echo(f"{counted(count, 'vectors')} stored; {numbers}, by {one_line(chosen)}")


def _show_progress(done: int, total: int) -> None:
    if is_terminal():
        click.echo(f"\r{done} of {counted(total, 'articles')} read", nl=False, err=True)

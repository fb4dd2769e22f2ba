"""`newscrawl study variable`, `code` and `agreement`: the codebook and its codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from newscrawl.cli.console import (
    archive_file,
    archive_option,
    json_option,
    one_line,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.cli.study.printing import article_argument, coder_option, print_rows
from newscrawl.errors import UsageError
from newscrawl.study.coding.agreement import Agreement
from newscrawl.study.coding.agreement import agreement as agreement_of
from newscrawl.study.coding.codebook import (
    LEVELS,
    Variable,
    add_variable,
    change_variable,
    codes,
    delete_code,
    delete_variable,
    set_code,
    value_text,
    variables,
)
from newscrawl.study.coding.codebook import variable as variable_named
from newscrawl.study.study_articles import study_articles
from newscrawl.study.study_file import StudyFile
from newscrawl.system.programs import install_command
from newscrawl.text.counted import counted

_NO_ALPHA = {
    "no_pairs": "no article has codes of two coders",
    "one_value": "only one value was used, so that no disagreement is expected by chance",
    "too_many_values": "the codes have too many different values for the library",
    "no_library": "it needs nltk: {install}",
}
_ROWS = 50


@click.group()
def variable() -> None:
    """Keep the codebook: variables with their permitted values."""


_VALUES = click.option(
    "--value",
    "values",
    multiple=True,
    metavar="VALUE[=LABEL]",
    help="A permitted value; of an ordinal variable in their order.",
)
_DESCRIPTION = click.option("--description", help="The instruction for coders.")
_MINIMUM = click.option("--minimum", type=float, help="The least number (interval).")
_MAXIMUM = click.option("--maximum", type=float, help="The greatest number (interval).")


@variable.command("add")
@click.argument("name")
@click.option("--level", type=click.Choice(LEVELS), required=True, help="Level of measurement.")
@_VALUES
@_DESCRIPTION
@_MINIMUM
@_MAXIMUM
@archive_option
def add(
    name: str, level: Any, values: tuple[str, ...], archive_path: Path | None, **given: Any
) -> None:
    """Add the variable NAME to the codebook.

    Nominal values are names, ordinal ones names in an order, interval ones numbers.
    """
    made = Variable(
        name=name,
        level=level,
        description=given["description"] or "",
        values=_labelled(values),
        minimum=given["minimum"],
        maximum=given["maximum"],
    )
    with StudyFile(archive_file(archive_path)) as study:
        add_variable(study, made)


@variable.command("change")
@click.argument("name")
@_VALUES
@_DESCRIPTION
@_MINIMUM
@_MAXIMUM
@archive_option
def change(name: str, values: tuple[str, ...], archive_path: Path | None, **given: Any) -> None:
    """Replace what is given of the variable NAME: description, all values, a bound.

    A value that has codes cannot be left out; the codes are listed.
    """
    changes = {key: value for key, value in given.items() if value is not None}
    changes |= {"values": _labelled(values)} if values else {}
    with StudyFile(archive_file(archive_path)) as study:
        change_variable(study, attrs.evolve(variable_named(study, name), **changes))


@variable.command("list")
@archive_option
@json_option
def list_variables(archive_path: Path | None, *, is_json: bool) -> None:
    """List the codebook."""
    with StudyFile.open_read_only(archive_file(archive_path)) as study:
        found = variables(study)
    if is_json:
        print_json([attrs.asdict(one) for one in found])
        return
    table = titled_table("name", "level", "values", "description")
    for one in found:
        table.add_row(*map(shown, (one.name, one.level, _permitted(one), one.description)))
    print_view(table)


@variable.command("delete")
@click.argument("name")
@archive_option
def delete(name: str, archive_path: Path | None) -> None:
    """Delete the variable NAME, if it has no codes."""
    with StudyFile(archive_file(archive_path)) as study:
        delete_variable(study, name)


@click.group()
def code() -> None:
    """Code articles by the codebook."""


@code.command("set", context_settings={"ignore_unknown_options": True})
@article_argument
@click.argument("name", metavar="VARIABLE")
@click.argument("value", type=click.UNPROCESSED)
@coder_option
@archive_option
def set_one(article: str, name: str, value: str, coder: str, archive_path: Path | None) -> None:
    """Set a variable of an article to VALUE, in place of an earlier code of this coder."""
    path = archive_file(archive_path)
    [found] = study_articles(path, [article])
    with StudyFile(path) as study:
        set_code(study, found, name, value, coder)


@code.command("list")
@click.argument("name", metavar="[VARIABLE]", required=False)
@archive_option
@json_option
def list_codes(name: str | None, archive_path: Path | None, *, is_json: bool) -> None:
    """List the codes of a variable, or all."""
    with StudyFile.open_read_only(archive_file(archive_path)) as study:
        found = codes(study, variable=variable_named(study, name).name if name else None)
    rows = [row if is_json else {**row, "value": value_text(row["value"])} for row in found]
    columns = ("variable", "value", "coder", "coded_at", "site", "url")
    print_rows(rows, columns, is_json=is_json)


@code.command("delete")
@article_argument
@click.argument("name", metavar="VARIABLE")
@coder_option
@archive_option
def delete_one(article: str, name: str, coder: str, archive_path: Path | None) -> None:
    """Delete the code of a coder for an article."""
    path = archive_file(archive_path)
    [found] = study_articles(path, [article])
    with StudyFile(path) as study:
        delete_code(study, found, name, coder)


@click.command()
@click.argument("name", metavar="[VARIABLE]", required=False)
@click.option("--coder", "coders", multiple=True, metavar="NAME", help="Only these coders.")
@archive_option
@json_option
def agreement(
    name: str | None, coders: tuple[str, ...], archive_path: Path | None, *, is_json: bool
) -> None:
    """Print how far coders agree: Krippendorff's alpha, percent, and each disagreement."""
    if len(coders) == 1:
        raise UsageError("--coder: name two coders or more, or none for all")
    with StudyFile.open_read_only(archive_file(archive_path)) as study:
        names = [name] if name else [one.name for one in variables(study)]
        found = [agreement_of(study, one, coders) for one in names]
    if is_json:
        print_json([attrs.asdict(one) for one in found])
        return
    for one in found:
        _print_agreement(one)


def _print_agreement(found: Agreement) -> None:
    articles = counted(found.articles, "articles")
    click.echo(f"{one_line(found.variable)} ({found.level}): {articles} with two codes or more")
    if found.alpha is None:
        reason = _NO_ALPHA[found.no_alpha or ""].format(install=install_command("agreement"))
        click.echo(f"  alpha: none; {reason}")
    else:
        click.echo(f"  alpha: {found.alpha:.3f}")
    if found.percent is not None:
        click.echo(f"  equal: {found.percent:.1f} % of pairs of codes")
    if found.disagreements:
        table = titled_table("", *map(one_line, found.coders), "article")
        for one in found.disagreements[:_ROWS]:
            values = [value_text(one.values.get(coder, "")) for coder in found.coders]
            table.add_row("", *map(shown, values), shown(one.url))
        print_view(table)
    if len(found.disagreements) > _ROWS:
        click.echo(f"  {len(found.disagreements) - _ROWS} more: --json lists all")


def _labelled(values: Sequence[str]) -> dict[str, str]:
    """Return values with labels from VALUE=LABEL. Raises UsageError if one is given twice."""
    pairs = [one.partition("=") for one in values]
    labelled = {value.strip(): label.strip() for value, _sign, label in pairs}
    if len(labelled) < len(values):
        raise UsageError("--value: a value is given twice")
    return labelled


def _permitted(found: Variable) -> str:
    if found.level == "interval":
        bounds = (found.minimum, found.maximum)
        return "…".join("" if one is None else value_text(one) for one in bounds)
    pairs = found.values.items()
    return ", ".join(f"{value} ({label})" if label else value for value, label in pairs)

"""Printing to a terminal or a pipe: safe text, tables, JSON, and options of commands.

The text of a page may hold control characters that move the cursor, colour the screen or forge
lines; none of them reaches the terminal. Text of mixed direction is isolated there, so that a
headline in Arabic does not reorder the words beside it; piped text is left as it is.
"""

from __future__ import annotations

import calendar
import datetime as dt
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs
import click

from newscrawl.errors import ArchiveError, UsageError
from newscrawl.system.deferred import deferred
from newscrawl.system.project import DEFAULT_ARCHIVE, anchored

if TYPE_CHECKING:
    from rich import console as rich_console
    from rich import table as rich_table
    from rich import text as rich_text
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.table import Table
    from rich.text import Text

    from newscrawl.archive import Archive
else:  # JSON needs none of Rich
    rich_console, rich_table, rich_text = deferred("rich", "console", "table", "text")

# The archive is imported by the functions that open one: the list of commands needs none.

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
PIPED_WIDTH = 80
# What a page may not do to a terminal: controls, line separators, overrides of direction.
# Joiners are spelling (Persian) and stay.
_REMOVED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

# What JSON may hold as it is, and a terminal should not get: escaped, it means the same.
_ESCAPED = re.compile(f"[\x7f-\x9f\u2028\u2029{''.join(_BIDI_CONTROLS)}]")
# The isolates that are left are ours.
_MOVING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066\u2067\ud800-\udfff]"
)


def console() -> Console:
    """Return the console for standard output: no colours and 80 columns where it is piped."""
    width = None if is_terminal() else PIPED_WIDTH
    return rich_console.Console(
        file=sys.stdout, width=width, highlight=False, soft_wrap=False, emoji=False
    )


def is_terminal() -> bool:
    """Return whether standard output is a terminal, not a file or another program."""
    return sys.stdout.isatty()


def harmless(text: str) -> str:
    """Return *text* without anything that could move the cursor or forge a line."""
    return "".join(
        " " if unicodedata.category(char) in _REMOVED_CATEGORIES else char
        for char in text
        if char not in _BIDI_CONTROLS
    )


def one_line(text: str) -> str:
    """Return *text* harmless, its white space evened out."""
    return " ".join(harmless(text).split())


def shown(text: str, style: str = "") -> Text:
    """Return other people's *text* as one line for the console, isolated on a terminal."""
    clean = one_line(text)
    if clean and is_terminal() and not clean.isascii():
        clean = f"{FIRST_STRONG_ISOLATE}{clean}{POP_ISOLATE}"
    return rich_text.Text(clean, style)


@attrs.frozen
class _Harmless:
    """A view without characters that move the cursor, also in cells that nobody cleaned."""

    view: RenderableType

    def __rich_console__(self, printer: Console, options: ConsoleOptions) -> RenderResult:
        for segment in printer.render(self.view, options):
            clean = _MOVING.sub("", segment.text)
            yield segment if segment.control else segment._replace(text=clean)


def print_view(view: RenderableType) -> None:
    """Print *view*; where it is piped, without colours and without blanks at line ends."""
    if is_terminal():
        console().print(_Harmless(view))
        return
    printer = console()
    with printer.capture() as capture:
        printer.print(_Harmless(view))
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))


def print_json(value: Any) -> None:
    """Print *value* as JSON that keeps Arabic readable, its controls escaped."""
    click.echo(as_json(value))


def _plain_text(value: object) -> str:
    """Return a value that JSON has no type for as text; a time in UTC ends with Z."""
    from newscrawl.archive.schema.storable import utc_text  # noqa: PLC0415

    is_utc = isinstance(value, dt.datetime) and value.tzinfo is dt.UTC
    return utc_text(value) if is_utc and isinstance(value, dt.datetime) else str(value)


def as_json(value: Any, *, indent: int | None = 2) -> str:
    """Return *value* as JSON, a field a line; in one line without *indent*."""
    text = json.dumps(
        value, ensure_ascii=False, indent=indent, allow_nan=False, default=_plain_text
    )
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


_NUMBERS = frozenset({"articles", "skipped", "run", "version"})


def titled_table(*titles: str) -> Table:
    """Return a table with a heading over each column."""
    table = rich_table.Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        if title in _NUMBERS:
            table.add_column(title, justify="right", overflow="fold")
        else:
            table.add_column(title, overflow="fold")
    return table


def fact_table(facts: Iterable[tuple[str, Text | None]]) -> Table:
    """Return names and values in two columns, without empty values."""
    table = rich_table.Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts:
        if value:
            table.add_row(name, value)
    return table


def minute(moment: dt.datetime | str) -> str:
    """Return a time in UTC, or its text in the archive, to the minute, for a column."""
    text = moment.isoformat() if isinstance(moment, dt.datetime) else moment
    return text[:16].replace("T", " ")


_opened: set[Path] = set()
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


class Since(click.ParamType[dt.datetime]):
    """A time in the past: `7d`, `12h`, `2w`, or a day such as 2026-03-01, in UTC."""

    name = "since"
    _UNITS: Mapping[str, str] = MappingProxyType({"h": "hours", "d": "days", "w": "weeks"})

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        """Return the time."""
        if isinstance(value, dt.datetime):
            return value
        number, unit = value[:-1], value[-1:]
        try:
            if unit in self._UNITS and number.isascii() and number.isdigit():
                return dt.datetime.now(dt.UTC) - dt.timedelta(
                    **{self._UNITS[unit]: int(number)}
                )
            moment = dt.datetime.fromisoformat(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither 7d, 12h or 2w nor a day such as 2026-03-01")
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


since_option = click.option(
    "--since",
    type=Since(),
    metavar="7d|DAY",
    help="Only what was found since then (UTC): 7d, 12h, 2w, or 2026-03-01.",
)
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Day(click.ParamType[dt.date]):
    """A year, month or day: its first day, or with *is_last* its last."""

    name = "day"

    def __init__(self, *, is_last: bool = False) -> None:
        self._is_last = is_last

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        """Return the day."""
        if isinstance(value, dt.date):
            return value
        found = _DAY.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is no year, month or day: 2019, 2019-03 or 2019-03-31")
        year, month, day = (int(part) if part else None for part in found.groups())
        try:
            return (_last_day if self._is_last else _first_day)(int(year or 0), month, day)
        except (ValueError, calendar.IllegalMonthError):
            self.fail(f"there is no day {value!r}")


def _first_day(year: int, month: int | None, day: int | None) -> dt.date:
    return dt.date(year, month or 1, day or 1)


def _last_day(year: int, month: int | None, day: int | None) -> dt.date:
    month = month or 12
    return dt.date(year, month, day or calendar.monthrange(year, month)[1])


def day_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--from` and `--to`."""
    for name, keyword, is_last in (("--to", "until", True), ("--from", "since", False)):
        command = click.option(
            name,
            keyword,
            type=Day(is_last=is_last),
            metavar="DAY",
            help=f"The {'last' if is_last else 'first'} day: 2019, 2019-03 or 2019-03-31.",
        )(command)
    return command


jobs_option = click.option(
    "--jobs-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default="jobs.toml",
    envvar="NEWSCRAWL_JOBS",
    show_default=True,
    show_envvar=True,
    help="The file of the jobs, from the folder of scrapy.cfg.",
)
model_option = click.option(
    "--model",
    metavar="COMMAND|MODULE:FUNCTION",
    envvar="NEWSCRAWL_MODEL",
    show_envvar=True,
    help="The embedding model (docs/semantic-search.md).",
)
out_option = click.option(
    "-o",
    "out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to FILE rather than standard output.",
)


def refuse_archive_as(out: Path | None, path: Path | None) -> None:
    """Raise UsageError if *out* is the archive itself, which would be overwritten."""
    file = archive_file(path)
    if out is not None and out.exists() and file.exists() and out.samefile(file):
        raise UsageError(f"{out} is the archive; write to another file")


def model_named(model: str | None) -> str:
    """Return the value of --model. Raises UsageError if there is none."""
    if not model:
        raise UsageError(
            "give the model by --model or NEWSCRAWL_MODEL: a command, or module:function"
        )
    return model


def refuse_mistyped(words: Sequence[str]) -> None:
    """Raise NoSuchOption if one of the words of a query is an option that does not exist."""
    mistyped = next((word for word in words if word.startswith("--")), None)
    if mistyped:
        raise click.NoSuchOption(mistyped)


def open_archive(path: Path | None) -> Archive:
    """Open the archive for reading. Raises ArchiveError if there is none.

    A path given on the command line starts from the working folder; the default and one from
    the environment start from the folder of scrapy.cfg, as in a crawl.
    """
    from newscrawl.archive import Archive  # noqa: PLC0415

    file = archive_file(path)
    _opened.add(file)
    return Archive.open_read_only(file)


def _let_searches_read_studies() -> None:
    """Let `collection:` and the like read the study file; its room is imported on first use."""
    from newscrawl.archive.search.named.study_filters import read_study_with  # noqa: PLC0415

    read_study_with(
        lambda *asked: import_module("newscrawl.study.search_filters").articles_named(*asked)
    )


def open_archive_to_write(path: Path | None) -> Archive:
    """Open the archive for writing. Raises ArchiveError if there is none: none is made."""
    from newscrawl.archive import Archive  # noqa: PLC0415

    file = archive_file(path)
    if not file.exists():
        raise ArchiveError(f"there is no archive at {file}")
    _opened.add(file)
    return Archive(file)


def problem_of_opened() -> str | None:
    """Return the first problem of the archives that this command opened; None if all are sound.

    For an error that damage may explain.
    """
    from newscrawl.archive import Archive  # noqa: PLC0415

    for file in sorted(_opened):
        try:
            with Archive.open_read_only(file) as archive:
                problems = archive.check(looks_at_evidence=False)
        except Exception as error:  # any damage is reported by a line of its own
            problems = (str(error) or type(error).__name__,)
        if problems:
            return f"{file} is damaged: {problems[0]}. newscrawl check lists all damage"
    return None


def archive_file(path: Path | None) -> Path:
    """Return the archive's file for the value of `--archive`; searches may read its study."""
    _let_searches_read_studies()
    if path is None:
        return anchored(DEFAULT_ARCHIVE)
    return path if path.exists() else anchored(path)

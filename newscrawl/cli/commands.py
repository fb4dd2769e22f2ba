"""The group of all commands. A NewscrawlError becomes one line on stderr and a status."""

from __future__ import annotations

import sys
from typing import IO, Any

import click

import newscrawl
from newscrawl.cli.console import one_line
from newscrawl.cli.copies import copies
from newscrawl.cli.demo import demo, newsroom
from newscrawl.cli.disk import disk
from newscrawl.cli.drift import drift
from newscrawl.cli.evidence import evidence
from newscrawl.cli.export import columns, export
from newscrawl.cli.extract import extract
from newscrawl.cli.gone import gone
from newscrawl.cli.import_files import import_files
from newscrawl.cli.jobs import health, run, schedule, watch
from newscrawl.cli.maintenance import backup, check, merge, reindex, vacuum, withdraw
from newscrawl.cli.new_site import new_site, page
from newscrawl.cli.reextract import reextract
from newscrawl.cli.runs import runs
from newscrawl.cli.search import search, show
from newscrawl.cli.serve import serve
from newscrawl.cli.sites import sites
from newscrawl.cli.stats import stats
from newscrawl.cli.versions import diff, versions
from newscrawl.environment import use_environment
from newscrawl.errors import NewscrawlError, UsageError

LONGEST_SENTENCE = 120
"""The longest description in the list of commands, in characters."""


class Refused(click.ClickException):
    """An error of ours, as click ends a program with it."""

    exit_code = 1

    def __init__(self, error: NewscrawlError) -> None:
        super().__init__(one_line(str(error)))

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the one line that the user needs."""
        click.echo(f"newscrawl: {self.format_message()}", file=file or sys.stderr)


class WronglyUsed(Refused):
    """A UsageError of ours: the command itself is wrong, as with click's own (status 2)."""

    exit_code = 2


class Commands(click.Group):
    """A group that turns NewscrawlError into one line on stderr: a traceback is our bug."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except UsageError as error:
            raise WronglyUsed(error) from error
        except NewscrawlError as error:
            raise Refused(error) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first sentence of each command's help, whole."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [
            (name, command.get_short_help_str(LONGEST_SENTENCE))
            for name, command in commands
            if command
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(newscrawl.__version__, prog_name="newscrawl")
def commands() -> None:
    """Read news pages into articles, and search the archive that `scrapy crawl` fills."""
    use_environment()


_READING = (extract, sites, newsroom, demo)
_ASKING = (
    search,
    show,
    versions,
    diff,
    gone,
    copies,
    evidence,
    export,
    columns,
    stats,
    runs,
    drift,
    serve,
)
_KEEPING = (import_files, reextract, check, disk, reindex, backup, vacuum, merge, withdraw)

_WATCHING = (schedule, run, watch, health)
_ADDING = (new_site, page)

for _command in (*_READING, *_ASKING, *_KEEPING, *_WATCHING, *_ADDING):
    commands.add_command(_command)

"""`python -m tools.cli_reference > docs/cli.md`: the commands' own help as a page."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from newscrawl.cli.commands import commands

WIDTH = 80
HEAD = """# Commands

Look up a command with its arguments and options, as `--help` prints them.
`python -m tools.cli_reference` writes this page.

Every command ends with status 0 if it succeeded, 1 if it could not (one line on
stderr says why) and 2 if the command line itself is wrong. Crawling is Scrapy's:
[crawling.md](crawling.md).
"""


def reference() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(_section(names, command) for names, command in all_commands())])


def all_commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield `newscrawl` and its commands with their names, and the commands of each group."""
    waiting: list[tuple[tuple[str, ...], click.Command]] = [(("newscrawl",), commands)]
    while waiting:
        names, command = waiting.pop(0)
        yield names, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                subcommand = command.get_command(context, name)
                if subcommand is not None:
                    waiting.append(((*names, name), subcommand))


def _section(names: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(
        command,
        info_name=" ".join(names),
        terminal_width=WIDTH,
        help_option_names=["-h", "--help"],
    )
    return f"## {' '.join(names)}\n\n```text\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(reference())

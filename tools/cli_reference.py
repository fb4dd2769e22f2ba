"""`python -m tools.cli_reference > docs/cli.md`: the commands' own help as a page."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from newscrawl.cli.commands import commands

WIDTH = 80
HEAD = """# Commands

This page is what the commands say of themselves; `python -m tools.cli_reference` writes it.

Every command ends with status 0 where it did what was asked, 1 where it could not (one line on
stderr says why) and 2 where the command line itself is wrong. Crawling is Scrapy's:
[crawling.md](crawling.md).
"""


def reference() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(_section(names, command) for names, command in _walk())])


def _walk() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    waiting: list[tuple[tuple[str, ...], click.Command]] = [(("newscrawl",), commands)]
    while waiting:
        names, command = waiting.pop(0)
        yield names, command
        if isinstance(command, click.Group):
            waiting += [((*names, name), one) for name, one in sorted(command.commands.items())]


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

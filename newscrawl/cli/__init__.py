"""`newscrawl …`: the commands. Each parses its arguments, calls the library and prints."""

from __future__ import annotations

from newscrawl.cli.commands import commands

__all__ = ["commands", "main"]


def main() -> None:
    """Run the command that the arguments name, and end the process with its status."""
    commands.main(prog_name="newscrawl")

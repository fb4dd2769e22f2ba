"""`newscrawl …`: the commands. Each parses its arguments, calls the library and prints."""

from __future__ import annotations

import io
import sys

from newscrawl.cli.commands import commands

__all__ = ["commands", "main"]


def main() -> None:
    """Run the command that the arguments name, and end the process with its status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that has no Arabic shows escapes, and no traceback.
            stream.reconfigure(errors="backslashreplace")
    commands.main(prog_name="newscrawl")

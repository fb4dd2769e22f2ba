"""The words of a query on the command line, where `-word` is an unwanted word, not options."""

from __future__ import annotations

import re
from pathlib import Path

import click

_WORD_MARK = "\0"
"""Put before a word, so that click does not read it as options: no argument has it."""
_UNWANTED = re.compile("-[A-Za-z].+", re.DOTALL)


class QueryCommand(click.Command):
    """A command with a query: `-harbour` is a word of it, not `-h` and more letters."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, each unwanted word as a word."""
        marked = [_WORD_MARK + one if self._is_word(one) else one for one in args]
        return super().parse_args(ctx, marked)

    def _is_word(self, argument: str) -> bool:
        """Return whether *argument* is an unwanted word, not an option with its value."""
        if not _UNWANTED.fullmatch(argument):
            return False
        options = {name: one for one in self.params for name in one.opts}
        option, value = options.get(argument[:2]), argument[2:]
        if not isinstance(option, click.Option) or option.is_flag:
            return True
        if isinstance(option.type, click.Path):
            return not ("." in value or "/" in value or Path(value).exists())
        return value[:1].isalpha()


def query_word(word: str) -> str:
    """Return *word* without the mark of QueryCommand: the type of a command's words."""
    return word.removeprefix(_WORD_MARK)

"""A standfirst without a mark: the paragraph above the byline or the date."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newscrawl.generic.body.lines import Line, Lines, start_of, with_role
from newscrawl.generic.body.roles import is_prose
from newscrawl.generic.fields.persons.bylines import byline_names
from newscrawl.values.dates import parse_date

LONGEST_STANDFIRST = 400
LONGEST_DATE = 40
LINES = 3
"""Most lines between the standfirst and the text."""
LEAST_PARAGRAPHS = 2
_DIGIT = re.compile(r"\d")


def above_byline(lines: Lines) -> tuple[Lines, int | None]:
    """Return *lines* with byline and date below the first paragraph, and its position.

    No position without a byline or a date there, or with dates below other paragraphs as well.
    """
    first = start_of(lines)
    if first >= len(lines) or not _may_be_standfirst(lines[first]):
        return lines, None
    end = first + 1 + len(_signed_lines(lines, first + 1))
    if end == first + 1 or not _is_text([line for line in lines[end:] if line.is_body]):
        return lines, None
    for at in range(first + 1, end):
        lines = with_role(lines, at, "byline")
    return lines, first


def _may_be_standfirst(line: Line) -> bool:
    """Return whether *line* is a short paragraph, and no byline itself."""
    is_short = len(line.text) <= LONGEST_STANDFIRST
    return is_short and is_prose(line.text_line) and not byline_names(line.text)


def _is_text(lines: Sequence[Line]) -> bool:
    """Return whether *lines* are paragraphs without dates between them: a diary has some."""
    paragraphs = sum(is_prose(line.text_line) for line in lines)
    return paragraphs >= LEAST_PARAGRAPHS and not any(_is_date(line.text) for line in lines)


def _signed_lines(lines: Sequence[Line], start: int) -> Sequence[Line]:
    """Return the bylines and dates from *start* on, up to the next line of text."""
    end = start
    while end < min(start + LINES, len(lines)) and _is_signed(lines[end]):
        end += 1
    return lines[start:end]


def _is_signed(line: Line) -> bool:
    text = line.text
    if line.text_line.kind not in ("paragraph", "heading") or is_prose(line.text_line):
        return False
    return line.role in {"", "byline"} and bool(_is_date(text) or byline_names(text))


def _is_date(text: str) -> bool:
    is_short = len(text) <= LONGEST_DATE and _DIGIT.search(text) is not None
    return is_short and parse_date(text) is not None

"""Lines of an article's part, each with its role: values that no step changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from newscrawl.html.text_lines import TextLine
from newscrawl.system.value_classes import frozen


@frozen(eq=False)
class Line:
    """A text line and its role."""

    text_line: TextLine
    """The line as it stands on the page."""
    role: str = ""
    """Why it is no body text: caption, related, byline …; empty for body text."""
    score: int | None = None
    """The line model's score; None for a line that the rules alone judge."""
    rest: str = ""
    """The text without the credit that it ends in; empty for a line without one."""

    @property
    def is_body(self) -> bool:
        """True for body text."""
        return not self.role

    @property
    def text(self) -> str:
        """Its text as it stands in the body."""
        return self.rest or self.text_line.text

    @property
    def shown(self) -> TextLine:
        """The line as it stands in the body."""
        if not self.rest:
            return self.text_line
        return self.text_line.with_text(self.rest)


Lines = tuple[Line, ...]


def body_of(lines: Iterable[Line]) -> list[TextLine]:
    """Return the lines of body text."""
    # Hardly any line is cut.
    return [line.shown if line.rest else line.text_line for line in lines if not line.role]


def runs_in(lines: Iterable[Line]) -> list[TextLine]:
    """Return the lines as they stand in the body or around it."""
    return [line.shown for line in lines]


def start_of(lines: Sequence[Line]) -> int:
    """Return the position of the first line of body text; past the end if there is none."""
    return next((at for at, line in enumerate(lines) if not line.role), len(lines))


def roles_in(lines: Iterable[Line]) -> tuple[str, ...]:
    """Return the role of each line."""
    return tuple([line.role for line in lines])


def with_roles(lines: Sequence[Line], roles: Sequence[str]) -> Lines:
    """Return *lines* with these *roles*."""
    return tuple(
        [
            line if line.role == role else _in_role(line, role)
            for line, role in zip(lines, roles, strict=True)
        ]
    )


def with_role(lines: Sequence[Line], at: int, role: str) -> Lines:
    """Return *lines* with the line *at* a position in another *role*."""
    return (*lines[:at], _in_role(lines[at], role), *lines[at + 1 :])


def _in_role(line: Line, role: str) -> Line:
    return Line(line.text_line, role, line.score, line.rest)


def with_rest(lines: Sequence[Line], at: int, rest: str) -> Lines:
    """Return *lines* with the line *at* a position cut to *rest*."""
    return (*lines[:at], attrs.evolve(lines[at], rest=rest), *lines[at + 1 :])

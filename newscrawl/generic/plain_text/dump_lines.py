"""Lines of a text dump, and the possible roles of a line by itself, before order and place."""

from __future__ import annotations

import re

from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen
from newscrawl.text.list_headings import heading_kind
from newscrawl.text.normalize import squeeze
from newscrawl.text.phrases import openings

LONG_LINE = 150
"""A line of this many characters is a paragraph even where its full stop is missing."""
SHORT_SENTENCE = 25
"""Below this many characters, a full stop does not make a paragraph."""
CUT_TITLE = 220
"""Most characters of a line that ends in an ellipsis and is a title or teaser cut short."""

CLOSERS = "\"'”’»)]\u200f\u200e "
ELLIPSES = ("…", "...")
_BREAKS = re.compile(r"\r\n|[\n\r\f\v\x1c-\x1e\x85\u2028\u2029]")
_BULLET = compiled_on_use(r"(?:[-*•●▪■◦‣·–]|\d{1,2}[.)])\s{1,4}(?=\S)")


@frozen
class Line:
    """One line that holds something."""

    text: str
    """Its text, white space squeezed."""
    group: int
    """Number of its group; groups of lines are parted by empty lines."""

    @property
    def words(self) -> int:
        """Number of words."""
        return self.text.count(" ") + 1

    @property
    def is_cut(self) -> bool:
        """True if it ends in an ellipsis."""
        return self.text.endswith(ELLIPSES)

    @property
    def is_sentence(self) -> bool:
        """True if it has the ending of a sentence."""
        end = self.text[-8:].rstrip(CLOSERS)
        return end.endswith((".", "!", "?", "؟", "۔", "。", "।")) and not self.is_cut

    @property
    def is_furniture(self) -> bool:
        """True if it belongs to the page rather than to any text on it."""
        return len(self.text) < CUT_TITLE and bool(
            openings("pages/text_dumps", "furniture").words_of(self.text)
        )

    @property
    def is_item(self) -> bool:
        """True if it could be the text of a link to an article."""
        return self.words >= 3 or len(self.text) >= 15

    @property
    def is_bullet(self) -> bool:
        """True if it begins as an item of a list."""
        return _BULLET.match(self.text) is not None

    @property
    def without_bullet(self) -> str:
        """Its text without the mark of a list item."""
        return _BULLET.sub("", self.text, count=1)


def lines_from(text: str) -> list[Line]:
    """Return the lines of *text* that hold something; wrapped paragraphs are joined."""
    groups: list[list[str]] = [[]]
    for raw in _BREAKS.split(text.lstrip("\ufeff").replace("\x00", "")):
        line = squeeze(raw)
        if line:
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    return [
        Line(line, number)
        for number, group in enumerate(groups)
        for line in (_unwrapped(group) if len(group) > 2 else group)
    ]


def _unwrapped(group: list[str]) -> list[str]:
    """Join *group* where it is one paragraph that a mailer or editor wrapped to a width.

    The sign is exact: every line but the last had no room for the first word of the next.
    """
    width = max(map(len, group))
    if not 50 <= width <= 100 or any(line.endswith(ELLIPSES) for line in group[:-1]):
        return group
    first_words = (line.partition(" ")[0] for line in group[1:])
    room = (len(line) + 1 + len(word) for line, word in zip(group, first_words, strict=False))
    return [" ".join(group)] if all(length > width for length in room) else group


def weight_of(line: Line) -> int:
    """Return how much *line* speaks for body text: its length, or less than 0 against it."""
    length, kind = len(line.text), heading_kind(line.text)
    if kind is not None:
        return -150
    if line.is_furniture:
        return -60
    if line.is_cut and length < CUT_TITLE:
        return -40
    if (line.is_sentence and length >= SHORT_SENTENCE) or length >= LONG_LINE:
        return length
    if length >= LONG_LINE // 2:
        return length // 2 if line.text.endswith(":") else 0
    return -25

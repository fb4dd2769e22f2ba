"""The link lists of a text dump: a heading, and the lines under it."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.article import Link, LinkList
from newscrawl.generic.plain_text.dump_lines import LONG_LINE, Line
from newscrawl.text.list_headings import heading_kind, list_kind
from newscrawl.text.phrases import openings

LONGEST_SECTION = 40
"""A section's name has at most this many characters …"""
SECTION_WORDS = 5
"""… and this many words."""
LONGEST_LIST = 50
"""No list of articles beside an article is longer; a longer one is a page of its own."""


def link_lists_from(lines: Sequence[Line], *, known_only: bool = False) -> list[LinkList]:
    """Return the headed lists among *lines*, in printed order.

    With *known_only* a heading must be one of those in resources, as above the text, where
    menus would pass for sections.
    """
    found, index = [], 0
    while index < len(lines):
        end = index + 1
        heading = lines[index]
        if heading_kind(heading.text) or (not known_only and _is_section(lines, index)):
            end = _list_end(lines, index)
            links = links_from(lines[index + 1 : end])
            kind = list_kind(heading.text)
            if links and kind is not None:
                found.append(
                    LinkList(heading=heading.text.rstrip(" :"), kind=kind, links=links)
                )
        index = end
    return found


def links_from(lines: Sequence[Line]) -> tuple[Link, ...]:
    """Return *lines* as ranked links; text has no addresses."""
    return tuple(
        Link(text=line.without_bullet, position=position, is_cut=line.is_cut)
        for position, line in enumerate(lines[:LONGEST_LIST], 1)
    )


def _list_end(lines: Sequence[Line], index: int) -> int:
    """Return where the list headed by line *index* ends."""
    first = index + 1
    end = first
    while end < len(lines) and _belongs(lines, first, end):
        end += 1
    return end


def _belongs(lines: Sequence[Line], first: int, index: int) -> bool:
    """Return whether line *index* is an item of the list whose first item is line *first*."""
    line = lines[index]
    if heading_kind(line.text) or line.is_furniture or not line.is_item:
        return False
    if openings("pages/text_dumps", "tags").words_of(line.text):
        return False
    if len(line.text) > 2 * LONG_LINE or (index > first and _is_section(lines, index)):
        return False
    # Once two items stood together, an empty line ends the list.
    return (
        index - first < 2
        or line.group == lines[index - 1].group
        or _is_loose(lines, first, index)
    )


def _is_loose(lines: Sequence[Line], first: int, index: int) -> bool:
    """Return whether empty lines part the items from *first* to before *index*."""
    return (
        lines[first].group != lines[first + 1].group
        and lines[index - 1].group != lines[index - 2].group
    )


def _is_longer_title(item: Line, section: Line) -> bool:
    return item.words >= max(4, section.words + 1) and not item.is_sentence


def _is_section(lines: Sequence[Line], index: int) -> bool:
    """Return whether line *index* reads as a section's name above a list of its articles."""
    line = lines[index]
    if index + 2 >= len(lines) or not _is_name(line):
        return False
    items = lines[index + 1 : index + 3]
    if not all(_is_longer_title(item, line) for item in items):
        return False
    stands_apart = index == 0 or lines[index - 1].group != line.group
    is_parted = line.group != items[0].group
    if stands_apart and line.group != items[0].group == items[1].group:
        return True  # items that stand together are a list; others need a shorter heading
    return line.words <= 3 and (stands_apart or not is_parted)


def _is_name(line: Line) -> bool:
    return (
        len(line.text) <= LONGEST_SECTION
        and line.words <= SECTION_WORDS
        and not line.is_cut
        and not line.is_sentence
        and not line.is_furniture
        and not line.is_bullet
    )

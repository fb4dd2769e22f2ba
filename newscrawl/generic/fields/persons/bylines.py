"""Bylines without markup: a line that names the writer in its own words.

`By Ann Lee`, `Par Jean Dupont, à Lyon`, `بقلم: سعاد المرابط`. Pages and text dumps are read
alike. Between headline and text stand other lines that begin so (`De Paris à Lyon`): the words
after the label must be a person's full name, letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, filterfalse, islice, takewhile

from newscrawl.generic.body.article_node import length_of
from newscrawl.generic.body.lines import Line, start_of
from newscrawl.generic.fields.dates.printed_dates import (
    Surroundings,
    is_of_event,
    parted_at_month,
)
from newscrawl.generic.fields.persons.full_names import is_known_name
from newscrawl.generic.fields.persons.labelled_names import (
    JOINER,
    LONGEST_BYLINE,
    is_strong_label,
    is_writer,
    names_behind_label,
)
from newscrawl.generic.fields.persons.unlabelled import reporter_of, unlabelled_writers
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import phrase_table
from newscrawl.values.byline_parts import writers_parts
from newscrawl.values.cjk_bylines import cjk_writers
from newscrawl.values.dates import dates_in
from newscrawl.values.dates.words import is_weekday
from newscrawl.values.given_names import has_known_given_name
from newscrawl.values.person_names import names_in

LINES_ABOVE = 3
LONGEST_BELOW = 60
LONGEST_LABEL = 3
_OTHERS = frozenset({"comments", "related", "teasers", "aside", "navigation", "caption"})
LINES = 10
"""Most lines between the headline and a byline; none after the first paragraph."""
MOST_WORDS = 5
LONGEST_DATE = 40
_EDGES = " |/•·⋅∙–—-"
_DIGIT = re.compile(r"\d")
_BEHIND = compiled_on_use(r"\s?[|/•·⋅∙]{1,2}\s?|\s[-–—]\s|\s|(?<=\d),\s")
_SIGNS = compiled_on_use(r"\s{0,2}[|•·⋅∙]\s{0,2}|\s/{1,2}\s|\s[-–—]\s|,\s")
_OF_PICTURE = compiled_on_use(r"image|photo|caption|credit|figure", re.IGNORECASE)
_BRACKETED = compiled_on_use(r"\s\(([^()]{0,20}\d[^()]{4,30})\)")
"""A date in brackets behind a name."""
_NUMERIC = compiled_on_use(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})(?!\d)")
"""A day in numbers, of any order."""
_PLACES = frozenset({"outside", "head", "byline", "header"})
_BESIDE = frozenset({"sidebar", "share", "advert", "bio", "aside", "related", "tags"})
"""Parts of a page's head that hold a byline too, under the names of what stands beside it."""


def byline_in(
    around: Surroundings, outlets: frozenset[str] = frozenset()
) -> tuple[str, tuple[str, ...]] | None:
    """Return the line between headline and text that names its writers, and their names.

    Where none does, it is one just above the headline, or a labelled one below the text.
    """
    head, above = _lines_of_head(around.lines), _lines_above(around)
    short, below = _short_lines_of_text(around.lines), _lines_below(around)
    return (
        _first_byline([*_texts(head, _PLACES), *above], outlets)
        or _first_byline(_texts(head, _BESIDE), outlets, is_labelled=True)
        or _first_byline(short, outlets, is_labelled=True)
        or _first_byline(below, outlets, is_labelled=True)
        or unlabelled_writers(_texts(_without_pictures(head), _PLACES), outlets)
        or unlabelled_writers(above, outlets)
        or unlabelled_writers(short, outlets)
        or _reporter_at_edge(around.lines, below, outlets)
    )


def _without_pictures(lines: Iterable[Line]) -> list[Line]:
    """Return *lines* but for those that a class name gives to a picture."""
    return [line for line in lines if not _OF_PICTURE.search(line.text_line.node.class_and_id)]


def _reporter_at_edge(
    lines: Sequence[Line], below: Sequence[str], outlets: frozenset[str]
) -> tuple[str, tuple[str, ...]] | None:
    """Return the first or last line of the text that is a reporter's name beside a town."""
    body = [line.text for line in lines if not line.role]
    for line in (*body[:1], *body[-1:], *below[:1]):
        if names := reporter_of(line, outlets):
            return line, names
    return None


def lines_near_headline(around: Surroundings) -> list[str]:
    """Return the lines between headline and text, then the few just above the headline."""
    return [*_texts(_lines_of_head(around.lines), _PLACES), *_lines_above(around)]


def _first_byline(
    lines: Sequence[str], outlets: frozenset[str], *, is_labelled: bool = False
) -> tuple[str, tuple[str, ...]] | None:
    """Return the first of *lines* that is a byline; the label may stand on the line before.

    With *is_labelled* the line begins with its label: a name beside a date is none.
    """
    before = ""
    for at, line in enumerate(lines):
        names = _all_labelled(line, outlets) if is_labelled else byline_names(line, outlets)
        if not names and _is_label(before):
            names = names_behind_label(f"{before} {line}", outlets)
        if names:
            return line, (*names, *_names_below(line, names[-1], lines[at + 1 :]))
        before = line.strip(_EDGES)
    return None


def _names_below(line: str, last: str, below: Iterable[str]) -> Iterator[str]:
    """Yield the names that continue a byline which ends with *last*, a name on each line."""
    if line.rstrip(" ,").endswith(last):
        yield from takewhile(is_known_name, (one.strip(" ,") for one in below))


def _is_label(line: str) -> bool:
    """Return whether *line* is a label alone, with the name on the next line: `Written by`."""
    words = len(line.split())
    return 0 < words <= LONGEST_LABEL and is_strong_label(line)


def _lines_of_head(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines between the headline and the first paragraph."""
    long = (at for at, line in enumerate(lines) if not line.role and _is_long(line.text))
    first = next(long, start_of(lines))
    title = max((at for at in range(first) if lines[at].role == "headline"), default=-1)
    return lines[title + 1 : min(title + 1 + LINES, first)]


def _short_lines_of_text(lines: Sequence[Line]) -> list[str]:
    """Return the short lines that the text begins with: a byline may be taken for one."""
    body = (line for line in lines[start_of(lines) :] if not line.role)
    first = takewhile(lambda line: not _is_long(line.text), islice(body, LINES_ABOVE))
    return [line.text for line in first if line.text_line.kind == "paragraph"]


def _is_long(text: str) -> bool:
    """Return whether *text* is a paragraph rather than a byline."""
    return length_of(text) > LONGEST_BYLINE


def _texts(lines: Sequence[Line], roles: frozenset[str]) -> list[str]:
    return [line.text for line in lines if line.role in roles]


def _lines_above(around: Surroundings) -> list[str]:
    """Return the few lines just above the headline."""
    if around.heading is None:
        return []
    first = around.first
    above = (
        text_line
        for text_line in reversed(around.outline.text_lines)
        if text_line.node.index < first
        and text_line.links * 2 <= len(text_line.text)
        and not _OF_PICTURE.search(text_line.node.class_and_id)
    )
    near = [
        text_line.text
        for text_line in islice(above, LINES_ABOVE)
        if around.zone(text_line.node) == "above"
    ]
    return near[::-1]


def _lines_below(around: Surroundings) -> list[str]:
    """Return the short lines of the article's part below its text, but for those of cards."""
    last, lines = around.text[1], around.lines
    return [
        line.text
        for at, line in enumerate(lines)
        if line.text_line.node.index > last
        and len(line.text) <= LONGEST_BELOW
        and not (at and _is_link(lines[at - 1]))
        and not around.outline.flags_above(line.text_line.node) & _OTHERS
    ]


def _is_link(line: Line) -> bool:
    """Return whether most of *line* is a link."""
    return line.text_line.links * 2 > len(line.text)


def byline_names(line: str, outlets: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the persons whom *line* names as the writers; none where it is no byline.

    *outlets* are folded names of the page's publisher. A date may stand before the label
    (`March 3, 2026 | By Ann Lee`); beside a date a full name needs none (`Ann Lee / 3 May`).
    """
    if len(line) > LONGEST_BYLINE:
        return ()
    if found := cjk_writers(line):
        return found
    parts = writers_parts(parted_at_month(_BRACKETED.sub(r" | \1", line)))
    return tuple(dict.fromkeys(chain.from_iterable(_writers_of(one, outlets) for one in parts)))


def _writers_of(part: str, outlets: frozenset[str]) -> tuple[str, ...]:
    """Return the names in a part of a byline that names no others than writers."""
    # To read dates takes much longer than to see that no label begins a piece.
    pieces = ((before, names_behind_label(piece, outlets)) for before, piece in cut(part))
    return (
        names_behind_label(part, outlets)
        or next((names for before, names in pieces if names and ends_in_date(before)), ())
        or _beside_date(part, outlets)
    )


def cut(line: str) -> Iterator[tuple[str, str]]:
    """Yield *line* in two at each sign or space with a digit before it.

    Where a date is before it, a label may begin behind it.
    """
    digit = _DIGIT.search(line)
    if digit is not None:
        for match in _BEHIND.finditer(line, digit.end()):
            yield line[: match.start()], line[match.end() :]


def ends_in_date(before: str) -> bool:
    """Return whether a date is in the start of a line."""
    return _NUMERIC.search(before) is not None or bool(dates_in(before))


def _beside_date(line: str, outlets: frozenset[str]) -> tuple[str, ...]:
    """Return the full name that a sign parts from a date in a line that holds little else."""
    if not _DIGIT.search(line):
        return ()
    split = filter(None, map(_without_weekday, _SIGNS.split(line)))
    pieces = list(filterfalse(_is_office, split))
    named = [piece for piece in pieces if _are_writers(piece, outlets)]
    others = [piece for piece in pieces if piece not in named]
    if len(named) != 1 or not _are_dates(others) or is_of_event(line):
        return ()
    return tuple(names_in(named[0]))


def _without_weekday(piece: str) -> str:
    """Return *piece* without the weekday of the next one: `Ann Lee Thursday, 3 May 2026`."""
    words = piece.split()
    if len(words) > 1 and is_weekday(words[-1].strip(".,")):
        words.pop()
    return " ".join(words)


def _are_writers(piece: str, outlets: frozenset[str]) -> bool:
    """Return whether *piece* holds full names alone: of one person, or of two with an `and`."""
    if is_writer(piece, outlets):
        return piece[0].isupper() or has_known_given_name(piece)
    names = list(names_in(piece)) if JOINER.search(piece) else []
    return len(names) > 1 and all(is_writer(name, outlets) for name in names)


def _are_dates(pieces: Sequence[str]) -> bool:
    """Return whether *pieces* hold a date and little else."""
    are_short = all(_DIGIT.search(piece) and len(piece) < LONGEST_DATE for piece in pieces)
    return are_short and bool(pieces) and bool(dates_in(" ".join(pieces)))


def _is_office(piece: str) -> bool:
    """Return whether *piece* is an office: `Senior Writer`."""
    words = piece.lower().split()
    return len(words) <= MOST_WORDS and any(word in _endings() for word in words)


def _all_labelled(line: str, outlets: frozenset[str]) -> tuple[str, ...]:
    """Return the names behind each label of a writer at the start of a part of *line*."""
    found = (names_behind_label(part, outlets) for part in writers_parts(line))
    return tuple(dict.fromkeys(chain.from_iterable(found)))


@cache
def _endings() -> frozenset[str]:
    return frozenset(phrase_table("credits/bylines")["endings"])

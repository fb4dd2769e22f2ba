"""Bylines without markup: a line that names the writer in its own words.

`By Ann Lee`, `Par Jean Dupont, à Lyon`, `بقلم: سعاد المرابط`. Pages and text dumps are read
alike. Between headline and text stand other lines that begin so (`De Paris à Lyon`): the words
after the label must be a person's full name, letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import filterfalse, takewhile

from newscrawl.generic.body.lines import Line, start_of
from newscrawl.generic.fields.dates.printed_dates import Surroundings
from newscrawl.text.phrases import Openings, folded, phrase_table
from newscrawl.values.dates import dates_in
from newscrawl.values.gazetteer.agencies import is_agency
from newscrawl.values.gazetteer.places import is_place
from newscrawl.values.person_names import is_person, names_in

LONGEST_BYLINE = 110
LINES_ABOVE = 3
LONGEST_BELOW = 60
LONGEST_LABEL = 3
_OTHERS = frozenset({"comments", "related", "teasers", "aside", "navigation", "caption"})
LINES = 10
"""Most lines between the headline and a byline; none after the first paragraph."""
LEAST_WORDS, MOST_WORDS = 2, 5
LONGEST_REST = 4
"""After a weak label this many words at most follow the names: an office, a town."""
LONGEST_DATE = 40
_EDGES = " |/•·⋅∙–—-"
_DIGIT = re.compile(r"\d")
_BEHIND = re.compile(r"\s?[|/•·⋅∙]{1,2}\s?|\s[-–—]\s|\s|(?<=\d),\s")
_SIGNS = re.compile(r"\s{0,2}[|•·⋅∙]\s{0,2}|\s/{1,2}\s|\s[-–—]\s|,\s")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’.ʼ\u200c][^\W\d_]+)*\.?")
_JOINER = re.compile(r"\s(?:and|et|und|y|e|en|og|och|i|ve|и|dan|&|و)\s|\sو")
_PLACES = frozenset({"outside", "head", "byline", "header"})
_BESIDE = frozenset({"sidebar", "share", "advert", "bio", "aside", "related", "tags"})
"""Parts of a page's head that hold a byline too, under the names of what stands beside it."""


def byline_in(
    around: Surroundings, outlets: frozenset[str] = frozenset()
) -> tuple[str, tuple[str, ...]] | None:
    """Return the line between headline and text that names its writers, and their names.

    Where none does, it is one just above the headline, or a labelled one below the text.
    """
    head = _lines_of_head(around.lines)
    return (
        _first_byline(lines_near_headline(around), outlets)
        or _first_byline(_texts(head, _BESIDE), outlets, is_labelled=True)
        or _first_byline(_lines_below(around), outlets, is_labelled=True)
    )


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
    for line in lines:
        names = _labelled(line, outlets) if is_labelled else byline_names(line, outlets)
        if not names and _is_label(before):
            names = _labelled(f"{before} {line}", outlets)
        if names:
            return line, names
        before = line.strip(_EDGES)
    return None


def _is_label(line: str) -> bool:
    """Return whether *line* is a label alone, with the name on the next line: `Written by`."""
    words = len(line.split())
    return 0 < words <= LONGEST_LABEL and _labels()[0].words_of(line) == words


def _lines_of_head(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines between the headline and the first paragraph."""
    first = start_of(lines)
    title = max((at for at in range(first) if lines[at].role == "headline"), default=-1)
    return lines[title + 1 : min(title + 1 + LINES, first)]


def _texts(lines: Sequence[Line], roles: frozenset[str]) -> list[str]:
    return [line.text for line in lines if line.role in roles]


def _lines_above(around: Surroundings) -> list[str]:
    """Return the few lines just above the headline."""
    if around.heading is None:
        return []
    above = [
        text_line
        for text_line in around.outline.text_lines
        if text_line.node.index < around.first and not text_line.links * 2 > len(text_line.text)
    ]
    return [
        text_line.text
        for text_line in above[-LINES_ABOVE:]
        if around.zone(text_line.node) == "above"
    ]


def _lines_below(around: Surroundings) -> list[str]:
    """Return the short lines of the article's part below its text, but for those of cards."""
    last = around.text[1]
    lines, is_under_link = [], False
    for line in around.lines:
        node = line.text_line.node
        is_short = node.index > last and len(line.text) <= LONGEST_BELOW
        if is_short and not (is_under_link or around.outline.flags_above(node) & _OTHERS):
            lines.append(line.text)
        is_under_link = line.text_line.links * 2 > len(line.text)
    return lines


def byline_names(line: str, outlets: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the persons whom *line* names as the writers; none where it is no byline.

    *outlets* are folded names of the page's publisher. A date may stand before the label
    (`March 3, 2026 | By Ann Lee`); beside a date a full name needs none (`Ann Lee / 3 May`).
    """
    if len(line) > LONGEST_BYLINE:
        return ()
    pieces = (_labelled(piece, outlets) for piece in behind_date(line))
    return (
        _labelled(line, outlets)
        or next(filter(None, pieces), ())
        or _beside_date(line, outlets)
    )


def behind_date(line: str) -> Iterator[str]:
    """Yield the rest of *line* after a date or a bar, where a label may begin."""
    for match in _BEHIND.finditer(line):
        before = line[: match.start()]
        if _DIGIT.search(before) and dates_in(before):
            yield line[match.end() :]


def _beside_date(line: str, outlets: frozenset[str]) -> tuple[str, ...]:
    """Return the full name that a sign parts from a date in a line that holds little else."""
    if not _DIGIT.search(line):
        return ()
    split = filter(None, map(str.strip, _SIGNS.split(line)))
    pieces = list(filterfalse(_is_office, split))
    names = [piece for piece in pieces if _is_writer(piece, outlets)]
    others = [piece for piece in pieces if piece not in names]
    return tuple(names) if len(names) == 1 and _are_dates(others) else ()


def _are_dates(pieces: Sequence[str]) -> bool:
    """Return whether *pieces* hold a date and little else."""
    are_short = all(_DIGIT.search(piece) and len(piece) < LONGEST_DATE for piece in pieces)
    return are_short and bool(pieces) and bool(dates_in(" ".join(pieces)))


def _is_office(piece: str) -> bool:
    """Return whether *piece* is an office: `Senior Writer`."""
    words = piece.lower().split()
    return len(words) <= MOST_WORDS and any(word in _words("endings") for word in words)


def _labelled(line: str, outlets: frozenset[str]) -> tuple[str, ...]:
    """Return the names behind the label that *line* begins with.

    Names after a comma count only in a list that ends with `and`: an office or an outlet stands
    there as well.
    """
    rest, is_weak = _after_label(line)
    if not rest or line.rstrip().endswith(("!", "?", "؟", ":")):
        return ()
    names = list(takewhile(lambda name: _is_writer(name, outlets), names_in(rest)))
    if not _JOINER.search(rest):
        del names[1:]
    left = len(rest.split()) - sum(len(name.split()) for name in names)
    if is_weak and (left > LONGEST_REST or rest.endswith(".")):
        return ()
    return tuple(dict.fromkeys(names))


def _is_writer(name: str, outlets: frozenset[str]) -> bool:
    return is_full_name(name) and folded(name) not in outlets


def _may_be_names(words: Sequence[str]) -> bool:
    """Return whether each of *words* is written in letters, and none is never a name's."""
    return all(map(_WORD.fullmatch, words)) and _words("no_name_words").isdisjoint(words)


def is_full_name(name: str) -> bool:
    """Return whether *name* has the form of a person's full name, in any script."""
    words = name.split()
    if not LEAST_WORDS <= len(words) <= MOST_WORDS or not is_person(name):
        return False
    if is_place(name) or is_agency(name) or not _may_be_names(words):
        return False
    main = [word for word in words if word.lower() not in _words("particles")]
    if len(main) < LEAST_WORDS:
        return False
    return _are_capital(main) or not _has_case(words)


def _has_case(words: Iterable[str]) -> bool:
    return any(word[0].lower() != word[0].upper() for word in words)


def _are_capital(words: Iterable[str]) -> bool:
    return all(word[0].isupper() for word in words)


def _after_label(line: str) -> tuple[str, bool]:
    """Return the text after the label at the start of *line*, and whether the label is weak."""
    if len(line) > LONGEST_BYLINE:
        return "", False
    strong, weak = _labels()
    count = strong.words_of(line)
    is_weak = not count
    count = count or weak.words_of(line)
    words = line.split(maxsplit=count)
    if not count or len(words) <= count:
        return "", False
    has_colon = words[count - 1].endswith((":", "/")) or words[count][0] in ":/-–—"
    return words[count].lstrip(" :：-–—ـ|/"), is_weak and not has_colon


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(phrase_table("credits/bylines")[key])


@cache
def _labels() -> tuple[Openings, Openings]:
    table = phrase_table("credits/bylines")["labels"]
    return Openings(table["strong"]), Openings(table["weak"])

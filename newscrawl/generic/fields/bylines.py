"""Bylines that nothing marks: a line that says by its own words who wrote the text.

`By Ann Lee`, `Par Jean Dupont, à Lyon`, `بقلم: سعاد المرابط`. Pages and text dumps are read
alike. Between headline and text stand other lines that begin so (`De Paris à Lyon`): what
follows the label must be a person's full name, letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from newscrawl.html.text_lines import Run
from newscrawl.text.phrases import Openings, folded, phrase_table
from newscrawl.values.dates import dates_in
from newscrawl.values.gazetteer.agencies import is_agency
from newscrawl.values.gazetteer.places import is_place
from newscrawl.values.person_names import is_person, names_in

LONGEST_BYLINE = 110
LINES = 10
"""So many lines below the headline, or up to the first paragraph, a byline may stand."""
LEAST_WORDS, MOST_WORDS = 2, 5
LONGEST_REST = 4
"""After a weak label so many words at most follow the names: an office, a town."""
LONGEST_DATE = 40
_DIGIT = re.compile(r"\d")
_BEHIND = re.compile(r"\s?[|/•·⋅∙]{1,2}\s?|\s[-–—]\s|\s|(?<=\d),\s")
_SIGNS = re.compile(r"\s{0,2}[|•·⋅∙]\s{0,2}|\s/{1,2}\s|\s[-–—]\s|,\s")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’.ʼ\u200c][^\W\d_]+)*\.?")
_JOINER = re.compile(r"\s(?:and|et|und|y|e|en|og|och|i|ve|и|dan|&|و)\s|\sو")
_PLACES = frozenset({"outside", "head", "byline", "header"})


def byline_in(
    runs: Sequence[Run], verdicts: Sequence[str], outlets: frozenset[str] = frozenset()
) -> tuple[str, tuple[str, ...]] | None:
    """Return the line between headline and text that names its writers, and their names."""
    first = next((at for at, verdict in enumerate(verdicts) if not verdict), len(runs))
    title = max((at for at, v in enumerate(verdicts[:first]) if v == "headline"), default=-1)
    for at in range(title + 1, min(title + 1 + LINES, first)):
        names = byline_names(runs[at].text, outlets) if verdicts[at] in _PLACES else ()
        if names:
            return runs[at].text, names
    return None


def byline_names(line: str, outlets: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the persons whom *line* names as the writers; none where it is no byline.

    *outlets* are folded names of the page's publisher. A date may stand before the label (`March
    3, 2026 | By Ann Lee`), and beside a date a full name needs none (`Ann Lee / 3 May 2026`).
    """
    if len(line) > LONGEST_BYLINE:
        return ()
    return _labelled(line, outlets) or next(
        filter(None, (_labelled(piece, outlets) for piece in _behind_date(line))),
        (),
    ) or _beside_date(line, outlets)


def _behind_date(line: str) -> Iterator[str]:
    """Yield what follows a date or a bar in *line* and may begin with a label."""
    for match in _BEHIND.finditer(line):
        before = line[: match.start()]
        if _DIGIT.search(before) and dates_in(before):
            yield line[match.end() :]


def _beside_date(line: str, outlets: frozenset[str]) -> tuple[str, ...]:
    """Return the full name that a sign sets apart in a line that holds a date and little else."""
    if not _DIGIT.search(line):
        return ()
    pieces = [piece.strip() for piece in _SIGNS.split(line) if piece.strip()]
    names = [piece for piece in pieces if is_full_name(piece) and folded(piece) not in outlets]
    others = [piece for piece in pieces if piece not in names]
    is_bare = all(_DIGIT.search(piece) and len(piece) < LONGEST_DATE for piece in others)
    if len(names) != 1 or not others or not is_bare or not dates_in(" ".join(others)):
        return ()
    return (names[0],)


def _labelled(line: str, outlets: frozenset[str]) -> tuple[str, ...]:
    """Return the names behind the label that *line* begins with.

    Names after a comma count only in a list that ends with `and`: an office or an outlet stands
    there as well.
    """
    rest, is_weak = _after_label(line)
    if not rest or line.rstrip().endswith(("!", "?", "؟", ":")):
        return ()
    candidates = list(names_in(rest))
    names: list[str] = []
    for name in candidates:
        if not is_full_name(name) or folded(name) in outlets:
            break
        names.append(name)
    if len(names) > 1 and not _JOINER.search(rest):
        del names[1:]
    left = len(rest.split()) - sum(len(name.split()) for name in names)
    if not names or (is_weak and left > LONGEST_REST) or (is_weak and rest.endswith(".")):
        return ()
    return tuple(dict.fromkeys(names))


def is_full_name(name: str) -> bool:
    """Whether *name* is written as a person's full name is, in any script."""
    words = name.split()
    if not LEAST_WORDS <= len(words) <= MOST_WORDS or not is_person(name):
        return False
    if any(not _WORD.fullmatch(word) for word in words) or is_place(name) or is_agency(name):
        return False
    if any(word in _words("no_name_words") for word in words):
        return False
    main = [word for word in words if word.lower() not in _words("particles")]
    has_case = any(word[0].lower() != word[0].upper() for word in words)
    return len(main) >= LEAST_WORDS and (not has_case or all(w[0].isupper() for w in main))


def _after_label(line: str) -> tuple[str, bool]:
    """Return what follows the label that *line* begins with, and whether the label is weak."""
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
    return frozenset(phrase_table("bylines")[key])


@cache
def _labels() -> tuple[Openings, Openings]:
    table = phrase_table("bylines")["labels"]
    return Openings(table["strong"]), Openings(table["weak"])

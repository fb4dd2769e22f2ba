"""Bylines that nothing marks: a line that says by its own words who wrote the text.

`By Ann Lee`, `Par Jean Dupont, à Lyon`, `بقلم: سعاد المرابط`. Pages and text dumps are read
alike. Between headline and text stand other lines that begin so (`De Paris à Lyon`): what
follows the label must be a person's full name, letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from newscrawl.generic.fields.authors import is_person, names_in
from newscrawl.html.text_lines import Run
from newscrawl.text.phrases import Openings, folded, phrase_table
from newscrawl.values.gazetteer.agencies import is_agency
from newscrawl.values.gazetteer.places import is_place

LONGEST_BYLINE = 110
LINES = 10
"""So many lines below the headline, or up to the first paragraph, a byline may stand."""
LEAST_WORDS, MOST_WORDS = 2, 5
LONGEST_REST = 4
"""After a weak label so many words at most follow the names: an office, a town."""
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

    *outlets* are folded names of the page's publisher. Names after a comma count only in a list
    that ends with `and`: an office or an outlet stands there as well.
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

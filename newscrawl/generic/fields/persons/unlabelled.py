"""Writers whom no label names: told by a town, an agency or an office beside a full name.

`رأس النخلة - سامي نصر`, `Ann Lee (now); Bob Ray (earlier)`, a name above `Correspondent`. The
names must begin with a known given name, or stand beside a line that names other work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from newscrawl.generic.fields.persons.full_names import is_full_name, is_known_name
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import Openings, folded, phrase_table
from newscrawl.values.byline_parts import name_of_other_work, without_signs
from newscrawl.values.gazetteer.agencies import is_agency
from newscrawl.values.gazetteer.places import is_place
from newscrawl.values.given_names import has_known_given_name

LONGEST = 80
MOST_PIECES = 4
MOST_PLACE_WORDS = 3
_PARTS = compiled_on_use(r"\s[/|•·–—ـ-]\s|\s?[|•·]\s?|\s؛\s")
_SHIFTS = compiled_on_use(r"\s?[;,|]\s?|\s(?:and|und|et|y|و)\s")
_SHIFT = compiled_on_use(r"(?P<name>[^()]{4,40}?)\s?\((?P<words>[^()]{2,30})\)")
_PLACED = compiled_on_use(r"(?P<name>[^()\d]{4,40}?)\s?\((?P<place>[^()\d]{2,30})\)(?=\s|$)")
_ARABIC = re.compile("[\u0600-\u06ff]")
_SENTENCE = (".", "!", "?", "؟", "…")

Names = tuple[str, ...]


def unlabelled_writers(
    lines: Sequence[str], outlets: frozenset[str]
) -> tuple[str, Names] | None:
    """Return the first of *lines*, near the headline, that is a writer's, and the names."""
    for at, line in enumerate(lines):
        if len(line) > LONGEST:
            continue
        behind = lines[at + 1] if at + 1 < len(lines) else ""
        names = (
            _in_shifts(line)
            or reporter_of(line, outlets)
            or _in_small_letters(line)
            or _above_office(line, behind)
        )
        if names:
            return line, names
    return None


def reporter_of(line: str, outlets: frozenset[str]) -> Names:
    """Return the name that a sign parts from a town, an agency or the outlet."""
    text = without_signs(line).rstrip(" :")
    if len(text) > LONGEST or text.endswith(_SENTENCE):
        return ()
    if placed := _PLACED.match(text):
        return _before_place(placed, text[placed.end() :].strip())
    pieces = list(filter(None, map(_without_label, _PARTS.split(text))))
    return _only_name(pieces, outlets) if 2 <= len(pieces) <= MOST_PIECES else ()


def _only_name(pieces: Sequence[str], outlets: frozenset[str]) -> Names:
    """Return the only known name of *pieces* if the others may stand beside a reporter's."""
    names = [piece for piece in pieces if is_known_name(piece)]
    others = [piece for piece in pieces if piece not in names]
    is_byline = len(names) == 1 and all(_is_beside(one, outlets) for one in others)
    return tuple(names) if is_byline else ()


def _before_place(match: re.Match[str], rest: str) -> Names:
    """Return the name in `Ann Lee (Leeds)`, which a date may follow."""
    is_writer = is_known_name(match["name"]) and is_place(match["place"])
    return (match["name"],) if is_writer and (not rest or rest[0].isdigit()) else ()


def _without_label(piece: str) -> str:
    """Return *piece* without the label of a reporter: `من مراسلنا`."""
    piece = piece.strip()
    return " ".join(piece.split()[_labels().words_of(piece) :])


@cache
def _labels() -> Openings:
    return Openings(phrase_table("credits/bylines")["labels"]["strong"])


def _is_beside(piece: str, outlets: frozenset[str]) -> bool:
    """Return whether *piece* is a town, an agency or an outlet beside a name.

    In Arabic letters an unknown short piece is a town: where names are parted so, it is one.
    """
    words = piece.split()
    if is_place(piece) or is_agency(piece) or folded(piece) in outlets:
        return True
    if folded(words[0]) in _words("beside_reporters"):
        return True
    is_short = len(words) <= MOST_PLACE_WORDS and not any(map(str.isdigit, piece))
    return is_short and len(words) > 1 and bool(_ARABIC.match(piece)) and _is_no_prose(words)


def _is_no_prose(words: Sequence[str]) -> bool:
    return _words("no_name_words").isdisjoint(words)


def _in_shifts(line: str) -> Names:
    """Return the names of those who write a live blog in turn."""
    matches = [_SHIFT.fullmatch(one) for one in _SHIFTS.split(line.strip())]
    found = [match for match in matches if match is not None]
    if not found or len(found) < len(matches):
        return ()
    are_shifts = all(
        folded(match["words"]).partition(" ")[0] in _words("shifts") for match in found
    )
    names = tuple(match["name"] for match in found)
    return names if are_shifts and all(map(is_known_name, names)) else ()


def _in_small_letters(line: str) -> Names:
    """Return the name in `by ann lee`, alone on its line, with capitals."""
    label, _, name = line.strip().partition(" ")
    is_alone = label == "by" and name.islower() and len(name.split()) in (2, 3)
    return (name.title(),) if is_alone and is_known_name(name.title()) else ()


def _above_office(line: str, behind: str) -> Names:
    """Return the name alone on *line* above an office of the press, or above other work."""
    name = line.strip(" ,*•|")
    if not behind or not is_full_name(name):
        return ()
    is_office = folded(behind) in _words("press_offices") and has_known_given_name(name)
    return (name,) if is_office or is_full_name(name_of_other_work(behind)) else ()


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(folded(word) for word in phrase_table("credits/bylines")[key])

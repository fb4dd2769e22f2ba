"""The parts of a dateline: where it is split, and what each part is by the tables alone.

What the parts say together is decided in dateline.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import attrs

from newscrawl.agencies import (
    agencies_in,
    is_common,
    looks_like_supplier,
)
from newscrawl.names import name_key, words_of
from newscrawl.phrases import keys
from newscrawl.places import is_common as is_common_place
from newscrawl.places import place_kind

PartKind = Literal["agency", "place", "person", "day", "remark", "unknown"]
LONGEST_PART = 60
_QUOTES = " \t\"'«»“”„‟‘’‹›…*"
_ABBREVIATION = re.compile(r"\b[A-Z][A-Za-z]{0,3}\.$")
SEPARATOR = re.compile(
    r"(?P<open>\s?[(\[（])|(?P<close>[)\]）])"
    r"|(?P<dash>\s?(?:[-‐‑‒−_]{2,4}|[–—―]{1,3}|:-{1,2})\s?"
    r"|\s[-‐‑‒−_]\s?|[-‐‑‒−_](?=\s|$)\s?|\sـ{1,6}\s?|ـ{1,6}(?=\s|$)\s?)"
    r"|(?P<slash>\s?[/\\|•·؍+]\s?)(?!\d)|(?P<colon>\s?(?<!\d):\s?|\s?:(?!\d)\s?)"
    r"|(?P<comma>\s?[،؛;]\s?|(?<!\d)\s?,\s?|,\s)|(?P<dot>\s\.\s)"
)
"""What stands between the parts; a hyphen without a space is tried inside a part."""
_TIGHT = re.compile(r"[-‐‑‒−־_]")
_DIGIT = re.compile(r"\d")
_LATIN_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][\w'’.-]*")
_PARTICLES = frozenset(
    {"de", "la", "le", "van", "von", "der", "den", "di", "da", "del", "al", "el", "bin", "ben"}
)


@attrs.frozen(kw_only=True)
class Part:
    """One part between two separators."""

    kind: PartKind
    """What the tables say of it; `person` means only that it may be a person's name."""
    text: str
    """The part, without quotes and brackets."""
    start: int
    """Where it begins in the dateline, its bracket included."""
    end: int
    """Where it ends, its bracket included."""
    is_sure: bool = False
    """Whether it proves itself: no ordinary word; of a person, a known given name."""
    is_bracketed: bool = False
    """Whether it stands in brackets."""
    before: str = ""
    """The kind of separator before it: dash, slash, colon, comma, dot, open, close or none."""
    place_kind: str = ""
    """country, city or town, for a place."""
    has_agency_kind: bool = False
    """Whether its supplier is an agency or agencies at large, not an outlet."""


def parts_of(line: str) -> Iterator[Part]:
    """Yield the parts of *line* from its start, each judged by the tables alone."""
    start, before, opened, bracket = 0, "", False, 0
    for match in SEPARATOR.finditer(line):
        yield from _parts_between(line, start, match.start(), before, opened, bracket)
        before = str(match.lastgroup)
        start = match.end()
        opened, bracket = before == "open", match.start()
    yield from _parts_between(line, start, len(line), before, opened=False, bracket=0)


def _parts_between(
    line: str, start: int, end: int, before: str, opened: bool, bracket: int
) -> Iterator[Part]:
    text = _bare(line[start:end])
    if not text:
        return
    offset = start + line[start:end].index(text)
    closes = opened and line[end : end + 1] in ")]）"
    for found in judged(text):
        first, last = offset + found.start, offset + found.end
        if closes:
            first, last = bracket + (line[bracket] == " "), end + 1
        yield attrs.evolve(found, start=first, end=last, before=before, is_bracketed=closes)


def _bare(text: str) -> str:
    """Return *text* without quotes and points around it; `N.M.` and `Calif.` keep theirs."""
    bare = text.strip(_QUOTES).lstrip(".")
    return bare if _ABBREVIATION.search(bare) else bare.rstrip(". ")


@lru_cache(maxsize=2048)
def judged(text: str) -> tuple[Part, ...]:
    """Return what *text* between two separators is: one part, or several that share it."""
    if len(text) > LONGEST_PART:
        return (Part(kind="unknown", text=text, start=0, end=len(text)),)
    whole = _judged_whole(text)
    if whole.kind != "unknown":
        return (whole,)
    return _place_with_day(text) or _joined_by_hyphen(text) or (_as_person(text) or whole,)


def _judged_whole(text: str) -> Part:
    part = Part(kind="unknown", text=text, start=0, end=len(text))
    if is_day(text):
        return attrs.evolve(part, kind="day")
    known = _as_supplier(part) or _as_place(part)
    if known:
        return known
    if looks_like_supplier(text):
        return attrs.evolve(part, kind="agency")
    is_remark = name_key(text.split(maxsplit=1)[0]) in keys("remarks") or not _without_role(
        text
    )
    return attrs.evolve(part, kind="remark") if is_remark else part


def _as_supplier(part: Part) -> Part | None:
    suppliers = agencies_in(part.text)
    if not suppliers:
        return None
    sure = not all(is_common(name, supplier) for name, supplier in suppliers)
    wired = any(supplier.kind != "outlet" for _, supplier in suppliers)
    return attrs.evolve(part, kind="agency", is_sure=sure, has_agency_kind=wired)


def _as_place(part: Part) -> Part | None:
    kind = place_kind(part.text) or _places_kind(part.text)
    sure = kind == "city" and not is_common_place(part.text)
    return attrs.evolve(part, kind="place", place_kind=kind, is_sure=sure) if kind else None


def is_day(text: str) -> bool:
    """Whether *text* has the words of a day and no others: `10 يناير`, `3 mars`, `5/3/2020`."""
    words = words_of(text.replace("/", " "))
    if not words or len(words) > 7 or not _DIGIT.search(text):
        return False
    return all(word in keys("calendar") or word[0].isdigit() for word in words)


def _places_kind(text: str) -> str:
    """Return the kind of place that `باريس ولندن` is: two places joined by و."""
    left, _, right = text.partition(" و")
    if right and place_kind(left.strip()):
        return place_kind(right.strip()) or ""
    return ""


def _place_with_day(text: str) -> tuple[Part, ...]:
    """Read `القاهرة 10 يناير`, `بيروت في 3 مارس`, `LONDON March 3`."""
    if not _DIGIT.search(text):
        return ()
    words = text.split()
    for index in range(1, min(len(words), 5)):
        day = " ".join(words[index:])
        place = words[:index]
        if not is_day(day):
            continue
        if len(place) > 1 and name_key(place[-1]) in keys("before_day"):
            place = place[:-1]
        found = _judged_whole(" ".join(place))
        if found.kind != "place":
            return ()
        at = text.rindex(words[index], 0, len(text) - sum(map(len, words[index + 1 :])))
        return (found, Part(kind="day", text=text[at:], start=at, end=len(text)))
    return ()


def _joined_by_hyphen(text: str) -> tuple[Part, ...]:
    """Read `دبي-صوت الامارات` and `غسان أبو لوز-عمّان`: a hyphen that no space sets off."""
    found: list[Part] = []
    start = 0
    for match in [*_TIGHT.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = _bare(text[start:end])
        if not piece or (start == 0 and match is None):
            return ()
        part = _judged_whole(piece)
        part = (_as_person(piece) or part) if part.kind == "unknown" else part
        at = start + text[start:end].index(piece)
        found.append(attrs.evolve(part, start=at, end=at + len(piece), before="dash"))
        start = match.end() if match else start
    kinds = {part.kind for part in found}
    is_read = "unknown" not in kinds and kinds & {"place", "agency"}
    return tuple(found) if is_read else ()


def _as_person(text: str) -> Part | None:
    """Return *text* as a reporter's name, if it has the form of one."""
    names = [_without_role(name) for name in re.split(r"\sو(?=\S)|\s(?:and|et)\s", text)]
    if not all(names):
        return None
    sure = any(_is_given(name) for name in names)
    shaped = all(_is_name_shaped(name, is_given=_is_given(name)) for name in names)
    if not shaped and not (_is_name_shaped(_without_role(text), is_given=_is_given(text))):
        return None
    name = _without_role(text)
    at = text.index(name)
    return Part(kind="person", text=name, start=at, end=at + len(name), is_sure=sure)


def _without_role(text: str) -> str:
    words = text.split()
    while words and name_key(words[0]) in keys("roles"):
        words = words[1:]
    return (
        text[text.rindex(words[0], 0, len(text) - sum(map(len, words[1:]))) :] if words else ""
    )


def _bare_words(name: str) -> list[str]:
    words = name.split()
    while words and name_key(words[0]) in keys("titles"):
        words = words[1:]
    return words


def _is_given(name: str) -> bool:
    words = _bare_words(name)
    return len(words) > 1 and name_key(words[0]) in keys("given_names")


def _is_name_shaped(name: str, *, is_given: bool) -> bool:
    words = _bare_words(name)
    if not 2 <= len(words) <= 6 or _DIGIT.search(name):
        return False
    if any(name_key(word) in keys("not_in_names") for word in words):
        return False
    if words[0][0].isascii() or _LATIN_NAME.match(words[0]):
        return all(_LATIN_NAME.fullmatch(word) or word in _PARTICLES for word in words)
    return is_given or not words[0].startswith(("ال", "وال", "بال", "لل"))

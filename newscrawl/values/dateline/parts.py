"""The parts of a dateline: splitting, and the kind of each part.

`parts_of` judges each part by the tables alone, `resolved` by its neighbours too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Literal

import attrs

from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen
from newscrawl.values.gazetteer.agencies import (
    agencies_in,
    is_common,
    is_title_case,
    looks_like_supplier,
    near_supplier,
)
from newscrawl.values.gazetteer.names import (
    has_given_name,
    is_name_shaped,
    keys,
    name_key,
    without_role,
    words_of,
)
from newscrawl.values.gazetteer.places import is_common as is_common_place
from newscrawl.values.gazetteer.places import near_country, near_place, place_kind

PartKind = Literal["agency", "place", "person", "day", "remark", "unknown"]
LONGEST_PART = 60
_QUOTES = " \t\"'«»“”„‟‘’‹›…*"
_ABBREVIATION = re.compile(r"\b[A-Z][A-Za-z]{0,3}\.$")
_STATE = re.compile(r"[A-Z][a-z]{1,4}\.")
"""An abbreviation of a state or province, which an agency may share: `Pa.`."""
_AND = re.compile(r"\s(?:and|und|et|y|e|en|og|och|i|и|та|ve|dan)\s")
SEPARATOR = re.compile(
    r"(?P<open>\s?[(\[（])|(?P<close>[)\]）])"
    r"|(?P<dash>\s?(?:[-‐‑‒−_]{2,4}|[–—―]{1,3}|:-{1,2})\s?"
    r"|\s[-‐‑‒−_]\s?|[-‐‑‒−_](?=\s|$)\s?|\sـ{1,6}\s?|(?<!ه)ـ{1,6}(?=\s|$)\s?)"
    r"|(?P<slash>\s?[/\\|•·؍+]\s?)(?!\d)|(?P<colon>\s?(?<!\d):\s?|\s?:(?!\d)\s?)"
    r"|(?P<comma>\s?[،؛;]\s?|(?<!\d)\s?,\s?|,\s)|(?P<dot>\s\.\s)"
)
"""Separators of the parts; a hyphen without a space is tried inside a part."""
_TIGHT = re.compile(r"[-‐‑‒−־_]")
_WORD = re.compile(r"\S+")
_MOST_WORDS = 12
_LEAST_IN_TOWN = 4
_TOWN = compiled_on_use(r"[A-ZÀ-ÖØ-ÞŁŚŠČŽİ][\w'’.-]+(?: [A-ZÀ-ÖØ-ÞŁŚŠČŽİ][\w'’.-]+){0,2}")
MOST_CAPITALS = 5
"""Words in capitals that may stand before an agency: `ABOARD AIR FORCE ONE (Reuters)`."""
_DIGIT = re.compile(r"\d")


@frozen(kw_only=True)
class Part:
    """One part between two separators."""

    kind: PartKind
    """Its kind in the tables; `person` means only that it may be the name of a person."""
    text: str
    """The part, without quotes and brackets."""
    start: int
    """Its start in the dateline, its bracket included."""
    end: int
    """Its end, its bracket included."""
    is_sure: bool = False
    """True if it is not an ordinary word, or begins with a known given name."""
    is_bracketed: bool = False
    """True if it is in brackets."""
    before: str = ""
    """The kind of separator before it: dash, slash, colon, comma, dot, open, close or none."""
    place_kind: str = ""
    """country, city or town, for a place."""
    has_agency_kind: bool = False
    """True if its supplier is an agency or agencies at large, not an outlet."""


def parts_of(line: str, outlets: Collection[str] = ()) -> Iterator[Part]:
    """Yield the parts of *line* from its start, each judged by the tables and *outlets* alone.

    *outlets* are the names of the page's own outlet: nobody else's table may have them.
    """
    own = frozenset(name_key(name) for name in outlets if name)
    for part in _parts_of(line):
        is_own = part.kind != "agency" and name_key(part.text) in own
        yield attrs.evolve(part, kind="agency", is_sure=True) if is_own else part


def _parts_of(line: str) -> Iterator[Part]:
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
    """Return *text*, between two separators, as one part or several that share it."""
    if len(text) > LONGEST_PART:
        return (Part(kind="unknown", text=text, start=0, end=len(text)),)
    whole = _judged_whole(text)
    if whole.kind != "unknown":
        return (whole,)
    return (
        _place_with_day(text)
        or _agency_from_place(text)
        or _agency_behind_place(text)
        or _joined_by_hyphen(text)
        or (_as_person(text) or whole,)
    )


def _judged_whole(text: str) -> Part:
    part = Part(kind="unknown", text=text, start=0, end=len(text))
    if is_day(text):
        return attrs.evolve(part, kind="day")
    is_state = _STATE.fullmatch(text) is not None
    known = (is_state and _as_place(part)) or _as_supplier(part) or _as_place(part)
    if known:
        return known
    if looks_like_supplier(text):
        return attrs.evolve(part, kind="agency")
    is_remark = name_key(text.split(maxsplit=1)[0]) in keys("remarks") or not without_role(text)
    return attrs.evolve(part, kind="remark") if is_remark else part


def _as_supplier(part: Part) -> Part | None:
    suppliers = agencies_in(part.text)
    if not suppliers:
        return None
    sure = not all(is_common(*found) or is_title_case(*found) for found in suppliers)
    wired = any(supplier.kind != "outlet" for _, supplier in suppliers)
    return attrs.evolve(part, kind="agency", is_sure=sure, has_agency_kind=wired)


def _as_place(part: Part) -> Part | None:
    kind = place_kind(part.text) or _places_kind(part.text)
    is_pair = _AND.search(part.text) is not None
    is_word = is_common_place(part.text) or name_key(part.text) in keys("given_names")
    sure = kind == "city" and not (is_word or is_pair)
    return attrs.evolve(part, kind="place", place_kind=kind, is_sure=sure) if kind else None


def is_day(text: str) -> bool:
    """Return whether *text* has the words of a day and no others.

    For example `10 يناير`, `3 mars`, `5/3/2020`.
    """
    words = words_of(text.replace("/", " "))
    if len(words) > 1 and name_key(words[0]) in keys("before_day"):
        words = words[1:]
    if not words or len(words) > 10 or not _DIGIT.search(text):
        return False
    return all(word in keys("calendar") or word[0].isdigit() for word in words)


def _places_kind(text: str) -> str:
    """Return the kind of place that `باريس ولندن` is: two places joined by و or `and`."""
    left, _, right = text.partition(" و")
    joined = _AND.search(text)
    if joined and not right:
        left, right = text[: joined.start()], text[joined.end() :]
    if right and place_kind(left.strip()):
        return place_kind(right.strip()) or ""
    return ""


def _place_with_day(text: str) -> tuple[Part, ...]:
    """Read `القاهرة 10 يناير`, `بيروت في 3 مارس`, `الرياض 10 مارس 2026 م واس`."""
    spans = [match.span() for match in _WORD.finditer(text)]
    if not _DIGIT.search(text) or not 1 < len(spans) <= _MOST_WORDS:
        return ()
    for last in range(len(spans), max(1, len(spans) - 3), -1):
        for first in range(1, min(last, 5)):
            day = text[spans[first][0] : spans[last - 1][1]]
            if is_day(day):
                rest = text[spans[last][0] :] if last < len(spans) else ""
                return _around_day(text, spans[first][0], day, rest)
    return ()


def _around_day(text: str, at: int, day: str, rest: str) -> tuple[Part, ...]:
    """Return the place before *day* and the agency after it, if they are nothing else."""
    place = text[:at].rstrip()
    head, _, preposition = place.rpartition(" ")
    if head and name_key(preposition) in keys("before_day"):
        place = head
    found = [
        _judged_whole(_bare(place)),
        Part(kind="day", text=day, start=at, end=at + len(day)),
    ]
    if rest:
        start = len(text) - len(rest)
        agency = _judged_whole(_bare(rest))
        found.append(attrs.evolve(agency, start=start, end=len(text)))
    is_read = found[0].kind == "place" and (not rest or found[-1].kind == "agency")
    return tuple(found) if is_read else ()


def _agency_from_place(text: str) -> tuple[Part, ...]:
    """Read `هسبريس من الرباط`."""
    agency, _, place = text.partition(" من ")
    if not place or not agencies_in(agency) or not place_kind(place):
        return ()
    start = len(text) - len(place)
    second = attrs.evolve(_judged_whole(place), start=start, end=len(text))
    return (_judged_whole(agency), second)


def _agency_behind_place(text: str) -> tuple[Part, ...]:
    """Read `BERLIN taz`: a known place in capitals and the name of its agency."""
    place, _, agency = text.partition(" ")
    if not place.isupper() or place_kind(place) is None or agency.istitle():
        return ()
    first, second = _judged_whole(place), _judged_whole(_bare(agency))
    if first.kind != "place" or second.kind != "agency" or not second.is_sure:
        return ()
    return (first, attrs.evolve(second, start=len(place) + 1, end=len(text)))


def _joined_by_hyphen(text: str) -> tuple[Part, ...]:
    """Read `دبي-صوت الامارات` and `غسان أبو لوز-عمّان`: a hyphen that no space sets off."""
    hyphens = list(_TIGHT.finditer(text))
    starts = [0, *(match.end() for match in hyphens)]
    ends = [*(match.start() for match in hyphens), len(text)]
    spans = list(zip(starts, ends, strict=True))
    if len(spans) < 2 or not all(_bare(text[start:end]) for start, end in spans):
        return ()
    found = tuple(_between_hyphens(text, start, end) for start, end in spans)
    kinds = {part.kind for part in found}
    return found if "unknown" not in kinds and kinds & {"place", "agency"} else ()


def _between_hyphens(text: str, start: int, end: int) -> Part:
    piece = _bare(text[start:end])
    part = _judged_whole(piece)
    part = (_as_person(piece) or part) if part.kind == "unknown" else part
    at = start + text[start:end].index(piece)
    return attrs.evolve(part, start=at, end=at + len(piece), before="dash")


def _as_person(text: str) -> Part | None:
    """Return *text* as a reporter's name, if it has the form of one."""
    names = [without_role(name) for name in re.split(r"\sو(?=\S)|\s(?:and|et)\s", text)]
    if not all(names):
        return None
    sure = any(has_given_name(name) for name in names)
    shaped = all(is_name_shaped(name, is_given=has_given_name(name)) for name in names)
    if not shaped and not (is_name_shaped(without_role(text), is_given=has_given_name(text))):
        return None
    name = without_role(text)
    at = text.index(name)
    return Part(kind="person", text=name, start=at, end=at + len(name), is_sure=sure)


def resolved(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return *parts* with the kinds that follow from their neighbours."""
    found = list(parts)
    has_wire = any(part.kind == "agency" and part.has_agency_kind for part in parts)
    has_place = any(part.kind == "place" for part in parts)
    for index, part in enumerate(parts):
        if part.kind in {"unknown", "person"}:
            found[index] = _named(part, parts[index + 1 :], has_wire, has_place)
        elif part.kind == "agency" and not part.is_sure and has_wire:
            found[index] = _place_after_all(part)
    return tuple(found)


def _named(part: Part, after: Sequence[Part], has_wire: bool, has_place: bool) -> Part:
    """Return a name that no table has as its brackets or its neighbours explain it."""
    if part.is_bracketed:
        return _in_brackets(part)
    return part if part.is_sure else _explained(part, after, has_wire, has_place)


def _place_after_all(part: Part) -> Part:
    """Read `الخبر - واس`: a town whose name a paper bears too, beside an agency."""
    kind = place_kind(part.text)
    return attrs.evolve(part, kind="place", place_kind=kind) if kind else part


def _explained(part: Part, after: Sequence[Part], has_wire: bool, has_place: bool) -> Part:
    if len(part.text) <= 40 and (_is_within(after) or _is_before_agency_or_day(part, after)):
        return attrs.evolve(part, kind="place", place_kind="town")
    if (has_wire and near_place(part.text)) or (has_place and near_country(part.text)):
        return attrs.evolve(part, kind="place", place_kind="town")
    if has_place and near_supplier(part.text):
        return attrs.evolve(part, kind="agency", is_sure=True)
    return _before_wire(part, after)


def _before_wire(part: Part, after: Sequence[Part]) -> Part:
    """Read capitals before an agency as a remark: `ABOARD AIR FORCE ONE (Reuters)`."""
    is_head = not part.start and is_capitals(part.text)
    is_remark = is_head and any(map(_is_bracketed_wire, after[:1]))
    return attrs.evolve(part, kind="remark") if is_remark else part


def _is_before_agency_or_day(part: Part, after: Sequence[Part]) -> bool:
    """Return whether a Latin name stands where the place does: `ORNOVO (AFP)`, `ORNOVO, May 3`.

    Before a day it must be in capitals; so must a name that may be a person's.
    """
    if part.start or not after or not _TOWN.fullmatch(part.text):
        return False
    if part.kind == "person" and not part.text.isupper():
        return False
    following = after[0]
    if following.kind == "day":
        return part.text.isupper() and len(part.text) >= _LEAST_IN_TOWN
    return _is_bracketed_wire(following)


def _is_bracketed_wire(part: Part) -> bool:
    is_wire = part.kind == "agency" and part.is_sure and part.has_agency_kind
    return is_wire and part.is_bracketed


def is_capitals(text: str) -> bool:
    """Return whether *text* is a few words in Latin capitals, as a place in a dateline is."""
    return text.isupper() and text[0] < "\u0590" and len(text.split()) <= MOST_CAPITALS


def _is_within(after: Sequence[Part]) -> bool:
    """Return whether a country follows at once, as after a small town: `آخن (ألمانيا)`."""
    for part in after:
        if part.kind == "place":
            return part.place_kind == "country" and part.before in {"open", "comma"}
        if part.before != "comma":
            return False
    return False


def _in_brackets(part: Part) -> Part:
    """Read `(جنوب فرنسا)`; anything else in brackets is a remark."""
    words = part.text.split()
    if len(words) <= 4 and place_kind(words[-1]):
        return attrs.evolve(part, kind="place", place_kind="town")
    return attrs.evolve(part, kind="remark")

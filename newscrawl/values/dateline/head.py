"""The dateline at the beginning of a paragraph, and where it ends.

A place alone is weaker proof than an agency: a sentence must be able to begin after it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import attrs

from newscrawl.values.dateline.parts import (
    SEPARATOR,
    Part,
    is_capitals,
    is_day,
    parts_of,
    resolved,
)
from newscrawl.values.gazetteer.agencies import agencies_in
from newscrawl.values.gazetteer.names import keys, name_key

LONGEST_HEAD = 120
"""No dateline in a sentence is longer, in characters."""
LEAST_SENTENCE = 80
"""A line with less text after a place alone is an entry of a list as often."""
_MOST_PARTS = 9
_CLOSINGS = frozenset({"dash", "colon", "slash", "close"})
_BEFORE_POINT = re.compile(
    r"(?P<places>[^\W\d_][^\W\d_'’ -]{2,24}(?:/[^\W\d_][^\W\d_'’ -]{2,24})?)\.\s+"
)
_POINTED = re.compile(
    r"(?P<place>[^\W\d_][^\d.,:;!?/]{2,30})[.,]\s"
    r"(?P<day>\d{1,2}(?:\.|\s)?\s?[^\W\d_]{3,9})(?:\.?\s[-–—]\s|[.,]{1,2}\s)/?"
    r"(?P<agency>[^\W\d_][\w .-]{1,28}?)(?:/?\.\s|/\s|\s[-–—]\s)(?=[«\"“„]?[^\W\d_a-zа-яё])"
)
_CHINESE = re.compile(
    r"(?P<names>[\u4e00-\u9fff]{4,14}?)(?P<day>\d{1,2}月\d{1,2}日)(?:专?[电電]|[讯訊])"
)
_SPACED_DASH = re.compile(r"\s[-–—]\s")
_ASIDE = re.compile(r"[^.!?\d]{4,80}?\s[-–—]\s[a-zà-ÿ]")
_QUOTE_ENDS = '»”"’'


def head_of(line: str, outlets: Collection[str] = ()) -> tuple[str, tuple[Part, ...]] | None:
    """Return the dateline that *line* begins with, and its parts; None where prose begins."""
    whole = _with_points(line) or _in_chinese(line)
    if whole:
        return whole
    head: list[Part] = []
    best = _city_before_point(line)
    for part in parts_of(line[:LONGEST_HEAD], outlets):
        if head and part.start > head[-1].end:
            best = _closed(line, tuple(head)) or best
        if not _goes_on(part, head):
            break
        head.append(part)
        if len(head) > _MOST_PARTS:
            break
    return best


def _city_before_point(line: str) -> tuple[str, tuple[Part, ...]] | None:
    """Return the city that stands before the first sentence, with a point: `Berlin. Die`."""
    match = _BEFORE_POINT.match(line)
    if match is None or len(line) < LEAST_SENTENCE or not _begins_sentence(line[match.end() :]):
        return None
    parts = tuple(parts_of(match["places"]))
    is_sure = bool(parts) and all(part.kind == "place" and part.is_sure for part in parts)
    return (match[0].strip(), parts) if is_sure and _closes_by_point(match, line) else None


def _with_points(line: str) -> tuple[str, tuple[Part, ...]] | None:
    """Return a dateline whose parts or end have points: `МОСКВА, 5 марта. /ТАСС/.`."""
    match = _POINTED.match(line)
    if match is None or not is_day(match["day"]):
        return None
    place, agency = (tuple(parts_of(match[name])) for name in ("place", "agency"))
    if [part.kind for part in (*place, *agency)] != ["place", "agency"]:
        return None
    parts = (*_moved(match, "place", place), _day_part(match), *_moved(match, "agency", agency))
    return (match[0].strip(), parts) if agency[0].is_sure else None


def _in_chinese(line: str) -> tuple[str, tuple[Part, ...]] | None:
    """Return agency, place and day written without spaces: `新华社北京3月5日电`."""
    match = _CHINESE.match(line)
    if match is None:
        return None
    names = match["names"]
    size = next((n for n in range(len(names) - 1, 1, -1) if agencies_in(names[:n])), 0)
    if not size:
        return None
    agency = Part(kind="agency", text=names[:size], start=0, end=size, is_sure=True)
    town = Part(kind="place", text=names[size:], start=size, end=len(names), place_kind="town")
    return match[0], (agency, town, _day_part(match))


def _day_part(match: re.Match[str]) -> Part:
    return Part(kind="day", text=match["day"], start=match.start("day"), end=match.end("day"))


def _moved(match: re.Match[str], name: str, parts: Iterable[Part]) -> Iterator[Part]:
    """Yield *parts* of a group of *match* at their places in the whole line."""
    start = match.start(name)
    for part in parts:
        yield attrs.evolve(part, start=part.start + start, end=part.end + start)


def _closes_by_point(match: re.Match[str], line: str) -> bool:
    """Return whether the place is in capitals, or a story's first sentence follows."""
    return match["places"].isupper() or _is_story(line[match.end() :])


def _goes_on(part: Part, head: Sequence[Part]) -> bool:
    """Return whether *part* can be of the head still; a weak name is as often prose."""
    if part.kind in {"place", "agency", "day"}:
        return part.kind != "agency" or part.is_sure or bool(head) or part.is_bracketed
    if part.kind == "remark":
        return part.is_bracketed and bool(head)
    return part.is_sure or (not head and _may_be_town(part))


def _may_be_town(part: Part) -> bool:
    """Return whether a name that no table has can be a town's: in capitals, or short."""
    is_short = part.kind == "unknown" and len(part.text.split()) <= 3
    return is_capitals(part.text) or is_short


def _closed(line: str, parts: tuple[Part, ...]) -> tuple[str, tuple[Part, ...]] | None:
    """Return *parts* as the whole dateline, if the text after them closes it."""
    end = parts[-1].end
    while line[end : end + 1] and line[end] in _QUOTE_ENDS:
        end += 1
    closing = SEPARATOR.match(line, end)
    sign = str(closing.lastgroup) if closing else "close" if parts[-1].is_bracketed else ""
    after = line[closing.end() :] if closing else line[end:].lstrip()
    known = resolved(parts)
    if sign not in _CLOSINGS or not _proves(known, sign, after):
        return None
    text = line[: closing.end() if closing else end].strip()
    return text, known


def _proves(parts: Sequence[Part], sign: str, after: str) -> bool:
    """Return whether *parts* and *sign* can only be a dateline before a sentence."""
    kinds = {part.kind for part in parts}
    if "unknown" in kinds or not kinds & {"agency", "place"}:
        return False
    if "agency" in kinds:
        return _agency_proves(parts, sign)
    if parts[-1].kind == "remark" and sign == "close":
        return parts[0].is_sure  # اسلام آباد (نیوز ڈیسک)
    return _place_proves(parts, sign, after)


def _place_proves(parts: Sequence[Part], sign: str, after: str) -> bool:
    """Tell whether *parts*, a place without an agency, are a dateline before a sentence."""
    if not _begins_sentence(after) or not _sets_apart(parts, sign, after):
        return False
    has_place_and_day = {part.kind for part in parts} >= {"place", "day"}
    is_sure = parts[0].kind == "place" and (parts[0].is_sure or _is_in_country(parts))
    return has_place_and_day or is_sure


def _is_in_country(parts: Sequence[Part]) -> bool:
    """Return whether *parts* are a place in capitals and its country: `BATH, England`."""
    behind = parts[1:2]
    return parts[0].text.isupper() and any(
        part.place_kind == "country" and part.before == "comma" for part in behind
    )


def _sets_apart(parts: Sequence[Part], sign: str, after: str) -> bool:
    """Return whether *sign* ends a dateline: no entry of a list, no aside between dashes."""
    if sign == "colon":
        return not _is_lower_case(parts[0].text) or _is_story(after)
    return sign == "dash" and (len(parts) > 1 or not _is_aside(after))


def _agency_proves(parts: Sequence[Part], sign: str) -> bool:
    suppliers = [part for part in parts if part.kind == "agency"]
    has_sure = any(part.is_sure for part in suppliers)
    if any(part.kind in {"place", "day"} for part in parts):
        return has_sure or any(part.before != "comma" for part in suppliers)
    return has_sure and _is_set_off(parts, sign)


def _is_set_off(parts: Sequence[Part], sign: str) -> bool:
    """Return whether *sign* alone shows that *parts* are no words of a sentence."""
    return sign in {"dash", "colon"} or (sign == "close" and parts[-1].is_bracketed)


def _is_story(after: str) -> bool:
    """Return whether *after* is long, and begins with no word that speaks of a place before.

    `Leipzig: Hier …`; English datelines of a place in small letters end in a dash, so that
    `Washington. The name alone …` is prose, too.
    """
    first = name_key(after.split(maxsplit=1)[0])
    return len(after) >= LEAST_SENTENCE and first not in keys("not_after_point")


def _is_aside(after: str) -> bool:
    """Return whether a dash closes what one opened: `Austin – the singer – said nothing`."""
    aside = _ASIDE.match(after)
    return aside is not None and len(_SPACED_DASH.findall(after[: 2 * LONGEST_HEAD])) == 1


def _is_lower_case(place: str) -> bool:
    """Return whether *place* is Latin and not in capitals.

    `Leipzig: …` is the head of a list as often as a dateline.
    """
    return place[0].isascii() and not place.isupper()


def _begins_sentence(after: str) -> bool:
    """Return whether *after* can begin the first sentence, not continue this one."""
    words = after.split(maxsplit=1)
    if not words or len(after) < 2:
        return False
    if words[0].isascii() and words[0][0].isalpha():
        return words[0][0].isupper()
    return name_key(words[0]) not in keys("after_dash")

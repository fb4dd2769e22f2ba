"""Datelines: where a story was filed, its agency or reporter, and its day.

The tables of places and agencies decide the kind of each part, never its position. Call

- `parse_dateline` for the text of an element of its own, or of a byline;
- `split_dateline` for the first paragraph of a body, which may begin with a dateline.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence

from newscrawl.article import Dateline
from newscrawl.text.normalize import squeeze, without_invisible
from newscrawl.values.dateline.head import LONGEST_HEAD, head_of
from newscrawl.values.dateline.parts import Part, parts_of, resolved
from newscrawl.values.gazetteer.agencies import agencies_in
from newscrawl.values.gazetteer.places import place_kind

LONGEST_DATELINE = 200
"""Most characters of a dateline, and of a paragraph that are searched for one."""
_MOST_PARTS = 9
_MOST_STRANGE = 3
_CLOSED = "-–—ـ:/"
_REPORTER_LEAD = re.compile(r"به گزارش (?P<who>[^،؛:.]{4,90})[،؛:]")
_LEAD_WORDS = ("خبرنگار", "گزارشگر", "گروه")


def parse_dateline(
    raw: str, *, page_time: dt.datetime | None = None, outlets: Collection[str] = ()
) -> Dateline | None:
    """Read *raw*, the whole text of an element or byline, as a dateline, or return None.

    It must name a place or a supplier that the tables know; a person's name alone is a byline,
    not a dateline, and gives None, as prose does. Place, agency and author are as printed;
    several of one kind stay joined as printed (`باريس/لندن`). *page_time* is the clock of the
    page, for a day that needs one; without it such a day is None. *outlets* are the names of
    the page's own outlet, which stands in its datelines though no table may know it.
    """
    line = _line(raw)
    if not line or len(line) > LONGEST_DATELINE or "©" in line:
        return None
    parts = _few_parts(line, outlets)
    if not parts:
        return _reporter_lead(line, is_whole=True)
    known = resolved(parts)
    found = _dateline_from(line, known, raw=" ".join(raw.split()), page_time=page_time)
    if found is None or not _holds_alone(line, known):
        return _reporter_lead(line, is_whole=True)
    return found


def split_dateline(
    paragraph: str, *, page_time: dt.datetime | None = None, outlets: Collection[str] = ()
) -> tuple[Dateline | None, str]:
    """Read the dateline at the head of *paragraph*, the first of a body, and return the rest.

    The rest is *paragraph* unchanged where the dateline runs into the sentence (`بيروت (رويترز)
    - قال …`), and is without it where it stands apart: on a line of its own, or as the whole
    paragraph (then the rest is empty). Without a dateline the answer is None and *paragraph*.
    """
    first, newline, rest = paragraph.partition("\n")
    if newline or len(paragraph) <= LONGEST_HEAD:
        apart = parse_dateline(first, page_time=page_time, outlets=outlets)
        if apart and _is_apart(first, outlets):
            return apart, rest.lstrip("\n")
    line = _line(paragraph[:LONGEST_DATELINE])
    head = head_of(line, outlets)
    if not head:
        return _reporter_lead(line, is_whole=False), paragraph
    text, parts = head
    return _dateline_from(text, parts, raw=text, page_time=page_time), paragraph


def _line(raw: str) -> str:
    return squeeze(without_invisible(raw[: 2 * LONGEST_DATELINE]))


def _few_parts(line: str, outlets: Collection[str]) -> tuple[Part, ...]:
    """Return the parts of *line*; none where they are too many or too strange, as in prose."""
    parts: list[Part] = []
    strange = 0
    for part in parts_of(line, outlets):
        parts.append(part)
        strange += part.kind == "unknown"
        if strange > _MOST_STRANGE or len(parts) > _MOST_PARTS:
            return ()
    return tuple(parts)


def _is_apart(line: str, outlets: Collection[str]) -> bool:
    """Return whether a line that parses has no weak name in it, as prose has too."""
    parts = resolved(tuple(parts_of(_line(line), outlets)))
    if len(parts) == 1 and parts[0].kind == "place" and line.rstrip()[-1] not in _CLOSED:
        return False
    return all(part.is_sure for part in parts if part.kind in {"person", "unknown"})


def _holds_alone(line: str, parts: Sequence[Part]) -> bool:
    """Return whether a string that is all dateline proves to be one."""
    known = [part for part in parts if part.kind in {"agency", "place"}]
    has_other = len({part.kind for part in parts} - {"day", "remark"}) > 1
    if has_other or (len(known) == 1 and known[0].is_sure):
        return True
    if not has_other and len(known) > 1:
        return _is_one_place(known)
    return _is_set_apart(line)


def _is_set_apart(line: str) -> bool:
    """Tell whether *line* is a few words before a dash or colon, or in quotes or brackets."""
    return (line[-1] in _CLOSED and len(line.split()) <= 5) or line[0] in '(«"“['


def _is_one_place(known: Sequence[Part]) -> bool:
    """Return whether several parts of one kind are one dateline.

    Two sides, `مصر - السعودية`, are none.
    """
    if known[0].kind == "agency":
        return any(part.is_sure for part in known)
    kinds = {part.place_kind for part in known}
    if "dash" in {part.before for part in known[1:]}:
        return "country" in kinds and len(kinds) > 1
    return kinds != {"country"}


def _dateline_from(
    line: str, parts: Sequence[Part], *, raw: str, page_time: dt.datetime | None
) -> Dateline | None:
    place = _joined(line, parts, "place")
    agency = _joined(line, parts, "agency")
    unknown = [part for part in parts if part.kind == "unknown"]
    if not (place or agency) or not _is_bearable(parts, unknown):
        return None
    day = " ".join(part.text for part in parts if part.kind == "day")
    return Dateline(
        raw=raw,
        place=place,
        agency=agency,
        author=_joined(line, parts, "person"),
        day=_day(day, page_time) if day else None,
    )


def _is_bearable(parts: Sequence[Part], unknown: Sequence[Part]) -> bool:
    """Return whether the parts nobody knows leave a dateline.

    One short part is allowed, before an agency.
    """
    if not unknown:
        return True
    if len(unknown) > 1 or parts[0].kind != "unknown" or len(parts[0].text.split()) > 3:
        return False
    is_set_off = parts[1:2] and parts[1].before in {"dash", "open"}
    return bool(is_set_off) and any(part.kind == "agency" and part.is_sure for part in parts)


def _joined(line: str, parts: Sequence[Part], kind: str) -> str | None:
    """Return the parts of one *kind* as printed, with the text between neighbours."""
    runs: list[tuple[int, int]] = []
    last = -2
    for index, part in enumerate(parts):
        if part.kind != kind:
            continue
        if last == index - 1:
            runs[-1] = (runs[-1][0], part.end)
        else:
            runs.append(_bounds(line, part))
        last = index
    return "، ".join(line[start:end] for start, end in runs) or None


def _bounds(line: str, part: Part) -> tuple[int, int]:
    """Return where *part* stands without its brackets, which only a run of several keeps."""
    if part.is_bracketed:
        start = line.index(part.text, part.start)
        return start, start + len(part.text)
    return part.start, part.end


def _day(text: str, page_time: dt.datetime | None) -> dt.date | None:
    from newscrawl.values.dates import parse_date  # noqa: PLC0415 -- few datelines print a day

    parsed = parse_date(text, page_time=page_time)
    if parsed is None:
        return None
    return parsed.value.date() if isinstance(parsed.value, dt.datetime) else parsed.value


def _reporter_lead(line: str, *, is_whole: bool) -> Dateline | None:
    """Read the Persian `به گزارش خبرنگار … باشگاه خبرنگاران جوان از یزد،`.

    Only where it names the agency's own reporter or the place; `به گزارش رویترز،` quotes.
    """
    match = _REPORTER_LEAD.match(line)
    if not match or (is_whole and match.end() < len(line)):
        return None
    who, from_place, place = match["who"].strip().rpartition(" از ")
    if not from_place:
        who, place = match["who"].strip(), ""
    is_known_place = bool(place) and place_kind(place.strip()) is not None
    agency = _last_supplier(who)
    if not agency or not (is_known_place or who.split()[0] in _LEAD_WORDS):
        return None
    return Dateline(
        raw=match[0], place=place.strip() if is_known_place else None, agency=agency
    )


def _last_supplier(who: str) -> str | None:
    words = who.split()
    for start in range(max(0, len(words) - 5), len(words)):
        name = " ".join(words[start:])
        if agencies_in(name):
            return name
    return None

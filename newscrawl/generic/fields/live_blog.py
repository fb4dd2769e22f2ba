"""The dated entries of a live blog: as the JSON-LD states them, else as the page prints them.

Printed entries are known by their time stamps: three or more, each on a line of its own, in
parts that stand side by side, with most of the body's text between them.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any

from newscrawl.article import LiveBlogUpdate
from newscrawl.generic.body.lines import Line
from newscrawl.generic.fields.dates.date_votes import day_of
from newscrawl.generic.fields.dates.published import parse
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.linked_data import text_of, types_of, values_at
from newscrawl.html.parse_limits import OverLimit
from newscrawl.html.parser import parse_tree
from newscrawl.html.text_lines import TextLine, text_lines_of
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import Context
from newscrawl.system.value_classes import frozen

MOST_UPDATES = 1_000
LEAST_UPDATES = 3
LONGEST_STAMP = 40
LONGEST_ENTRY = 100_000
SHARE_OF_BODY = 0.4
"""The entries hold at least this share of the body, or the stamps are something else's."""
_CLOCK = re.compile(r"(\d(?<![\d:.]\d)\d?)\s?[:.h٫]\s?(\d\d)(?![\d:.])")
_HEADLINES = frozenset({"", "header", "head", "bare heading", "byline", "outside"})


@frozen
class Clock:
    """Zone and day for the times of a live blog's entries."""

    context: Context
    zone: dt.tzinfo | None = None
    """The zone of the live blog's own date; None where that is only guessed."""
    day: dt.date | None = None
    """The day that all of its entries are of, where there is only one."""

    def read(self, raw: str) -> dt.datetime | dt.date | None:
        """Return the date that *raw* states: only its day where the zone is not known."""
        date = parse(raw, self.context) if raw else None
        if date is None or date.zone_origin != "guessed":
            return date.value if date else None
        day: dt.date = day_of(date.value)
        is_moment = isinstance(date.value, dt.datetime) and self.zone is not None
        return date.value.replace(tzinfo=self.zone) if is_moment else day

    def at(self, hour: int, minute: int) -> dt.datetime | None:
        """Return a time of day as a moment, where the whole page is of one day."""
        if self.day is None or self.zone is None or hour > 23 or minute > 59:
            return None
        return dt.datetime.combine(self.day, dt.time(hour, minute, tzinfo=self.zone))


def clock_from(context: Context, found: Mapping[str, Any]) -> Clock:
    """Return the clock for a live blog's entries, from the article's dates in *found*."""
    dates = [found.get("date_published"), found.get("date_modified")]
    moments = [date for date in dates if isinstance(date, dt.datetime)]
    if not moments or found.get("date_published_zone_origin") not in {"stated", "site"}:
        return Clock(context)
    is_one_day = len(moments) == 2 and len({moment.date() for moment in moments}) == 1
    return Clock(context, moments[0].tzinfo, moments[0].date() if is_one_day else None)


def stated_updates(structured_data: StructuredData, clock: Clock) -> tuple[LiveBlogUpdate, ...]:
    """Return the entries that the JSON-LD of the page's own live blog holds."""
    found = [
        _stated(update, clock)
        for item in structured_data.articles
        if "LiveBlogPosting" in types_of(item)
        for update in values_at(item, "liveBlogUpdate")[:MOST_UPDATES]
        if isinstance(update, Mapping)
    ]
    return tuple(update for update in found if update.headline or update.article_body)


def _stated(update: Mapping[str, Any], clock: Clock) -> LiveBlogUpdate:
    raw = text_of(update.get("datePublished") or update.get("dateCreated"))
    return LiveBlogUpdate(
        headline=text_of(update.get("headline") or update.get("name")) or None,
        date_published=clock.read(raw),
        date_published_raw=raw or None,
        article_body=_lines(update.get("articleBody") or update.get("text")),
        url=_address(text_of(update.get("url")), clock.context),
    )


def _address(href: str, context: Context) -> str | None:
    """Return the address of an entry, with its fragment, often the only difference."""
    url, mark = context.absolute(href), href.partition("#")[2][:LONGEST_STAMP]
    return f"{url}#{mark}" if url and mark and mark.isprintable() and " " not in mark else url


def _lines(text: Any) -> str:
    """Return a text of the JSON-LD, plain or with markup, a line a paragraph."""
    if not isinstance(text, str):
        return ""
    text = text[:LONGEST_ENTRY]
    if "</" in text or "<br" in text:
        try:
            tree = parse_tree(text)
        except OverLimit:
            return ""
        with tree:
            return "\n".join(text_line.text for text_line in text_lines_of([tree.root]))
    return "\n".join(filter(None, map(text_of, text.splitlines())))


def printed_updates(lines: Sequence[Line], clock: Clock) -> tuple[LiveBlogUpdate, ...]:
    """Return the entries among *lines*; none where they are not most of the body."""
    stamps = list(filter(_is_stamp, lines))
    if len(stamps) < LEAST_UPDATES:
        return ()
    found = [_printed(stamp, part, clock) for stamp, part in _parts(_boxes(stamps), lines)]
    updates = tuple(update for update in found if update.article_body)[:MOST_UPDATES]
    is_most = len(updates) >= LEAST_UPDATES and _share(updates, lines) >= SHARE_OF_BODY
    return updates if is_most else ()


def _share(updates: Sequence[LiveBlogUpdate], lines: Sequence[Line]) -> float:
    """Return how many times the length of the body the text of *updates* has."""
    body = sum(len(line.text) for line in lines if line.is_body)
    length = sum(len(update.article_body) for update in updates)
    return length / body if body else inf


def _is_stamp(line: Line) -> bool:
    """Return whether a line holds a time of day and little else."""
    text_line, text = line.text_line, line.rest or line.text_line.text
    if len(text) > LONGEST_STAMP or text_line.links * 2 > len(text):
        return False
    return text_line.node.tag == "time" or (
        _CLOCK.search(text) is not None and sum(map(str.isalpha, text)) <= LONGEST_STAMP / 2
    )


def _boxes(stamps: Sequence[Line]) -> list[tuple[Line, Node]]:
    """Return each stamp with the largest part that holds no other, of the most alike."""
    indexes = [stamp.text_line.node.index for stamp in stamps]
    by_parent: dict[int, list[tuple[Line, Node]]] = defaultdict(list)
    for at, stamp in enumerate(stamps):
        before = indexes[at - 1] if at else -1
        after = indexes[at + 1] if at + 1 < len(indexes) else len(stamp.text_line.node.page)
        box = stamp.text_line.node
        while box.parent is not None and before < box.parent.index and box.parent.end <= after:
            box = box.parent
        if box.parent is not None:
            by_parent[box.parent.index].append((stamp, box))
    return max(by_parent.values(), key=len, default=[])


def _parts(
    boxes: Sequence[tuple[Line, Node]], lines: Sequence[Line]
) -> Iterator[tuple[Line, list[Line]]]:
    """Yield each stamp with the lines of its entry.

    An entry is the box of its stamp; where the box is just the stamp, all up to the next one.
    """
    for (stamp, box), entry in zip(boxes, _up_to_next(boxes, lines), strict=True):
        inside = [line for line in entry if line.text_line.node.is_below(box)]
        has_text = any(line.is_body and line is not stamp for line in inside)
        yield stamp, inside if has_text else entry


def _up_to_next(boxes: Sequence[tuple[Line, Node]], lines: Sequence[Line]) -> list[list[Line]]:
    """Return for each of *boxes* the lines from there up to the next one."""
    starts = [box.index for _, box in boxes]
    entries: list[list[Line]] = [[] for _ in boxes]
    for line in lines:
        index = line.text_line.node.index
        at = bisect_right(starts, index) - 1
        parent = boxes[at][1].parent
        if at >= 0 and (parent is None or index < parent.end):
            entries[at].append(line)
    return entries


def _printed(stamp: Line, part: Sequence[Line], clock: Clock) -> LiveBlogUpdate:
    others = [line for line in part if line is not stamp]
    headings = [line for line in others if line.text_line.kind == "heading"]
    value, raw = _date_of(stamp.shown, clock)
    return LiveBlogUpdate(
        headline=next((line.text for line in headings if line.role in _HEADLINES), None),
        date_published=value,
        date_published_raw=raw,
        article_body="\n".join(
            line.text for line in others if line.is_body and line.text_line.kind != "heading"
        ),
    )


def _date_of(stamp: TextLine, clock: Clock) -> tuple[dt.datetime | dt.date | None, str]:
    """Return when an entry was posted and the text that says so."""
    node = next((part for part in stamp.node.iter() if part.tag == "time"), None)
    stated = (node.attributes.get("datetime") or "") if node else ""
    for raw in (stated, stamp.text):
        date = clock.read(raw) if sum(map(str.isdigit, raw)) > len("hhmm") else None
        if date is not None:
            return date, raw
    match = _CLOCK.search(stamp.text)
    return clock.at(int(match[1]), int(match[2])) if match else None, stamp.text

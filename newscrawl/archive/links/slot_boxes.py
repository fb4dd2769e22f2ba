"""The slots of a front page on the screen, as a browser drew it on a visit.

They are no part of the lists: a page whose adverts move its stories by a few pixels still shows
the same lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.links.list_snapshots import PageVisit
from newscrawl.archive.read.articles import read_link_lists
from newscrawl.archive.write import lookup_tables
from newscrawl.article import Link
from newscrawl.outcomes import Box, DrawnLink
from newscrawl.text.urls import url_key

_LONGEST = 200
"""The most characters of a slot's text that its link on the screen must have."""


@attrs.frozen
class Boxes:
    """The places of the slots of a page on one visit."""

    seen_at: str | None
    """The time of the visit; None if no browser drew the page."""
    by_url: dict[str, list[Box | None]]
    """For each address the slots that lead there, in printed order."""

    def of(self, url: str | None, number: int) -> Sequence[Box | None]:
        """Return the places of the slots to *url*; None for each unless there are *number*."""
        found = self.by_url.get(url or "", [])
        return found if len(found) == number else [None] * number


def read_boxes(db: Database, page_id: int, since: str, until: str) -> Boxes:
    """Return the places on the last visit between two times on which they were measured."""
    (seen_at,) = db.execute(
        "SELECT max(seen_at) FROM slot_boxes WHERE page_id = ? AND seen_at BETWEEN ? AND ?",
        [page_id, since, until],
    ).fetchone()
    by_url: dict[str, list[Box | None]] = {}
    rows = db.execute(
        """SELECT u.url, b.x, b.y, b.width, b.height FROM slot_boxes AS b
        JOIN urls AS u ON u.id = b.url_id
        WHERE b.page_id = ? AND b.seen_at = ? ORDER BY b.url_id, b.number""",
        [page_id, seen_at],
    )
    for url, x, y, width, height in rows:
        box = None if x is None else Box(x=x, y=y, width=width, height=height)
        by_url.setdefault(url, []).append(box)
    return Boxes(seen_at, by_url)


def record_boxes(db: Database, visit: PageVisit, drawn: Sequence[DrawnLink]) -> None:
    """Record the places of the slots of a page with these *drawn* links, if there are any."""
    if not drawn or visit.list_set_id is None:
        return
    lists = read_link_lists(db, visit.list_set_id)
    slots = [link for one in lists for link in one.links if link.url is not None]
    numbers: Counter[int] = Counter()
    for slot, box in zip(slots, place_slots(slots, drawn), strict=True):
        url_id = lookup_tables.url_id(db, slot.url or "")
        numbers[url_id] += 1
        values = (None,) * 4 if box is None else attrs.astuple(box)
        insert_box(db, (visit.url_id, visit.seen_at, url_id, numbers[url_id], *values))


def insert_box(db: Database, values: tuple[Any, ...]) -> None:
    """Insert one row, unless the archive has the visit."""
    db.conn.execute(
        """INSERT OR IGNORE INTO slot_boxes
        (page_id, seen_at, url_id, number, x, y, width, height)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        values,
    )


def place_slots(slots: Sequence[Link], drawn: Iterable[DrawnLink]) -> list[Box | None]:
    """Return the place of each of the *slots* of a page with these *drawn* links.

    They are matched by address, and in page order if several slots have one. None if a slot is
    not visible, or if it is uncertain which link it is.
    """
    keys = [url_key(slot.url or "") for slot in slots]
    same: dict[str, list[Link]] = {}
    for key, slot in zip(keys, slots, strict=True):
        same.setdefault(key, []).append(slot)
    stands = _stands_of(same.keys(), drawn)
    places = {key: iter(_places(own, stands[key])) for key, own in same.items()}
    return [next(places[key]) for key in keys]


def _stands_of(
    keys: Collection[str], drawn: Iterable[DrawnLink]
) -> dict[str, list[list[DrawnLink]]]:
    """Return for each of *keys* the cards of that address, each as its links, in page order."""
    stands: dict[str, list[list[DrawnLink]]] = {key: [] for key in keys}
    pairs = [(key, link) for link in drawn if (key := url_key(link.url)) in keys]
    # Picture and title of one card are links in a row.
    for key, row in groupby(pairs, itemgetter(0)):
        stands[key].append([link for _, link in row])
    return stands


def _places(slots: Sequence[Link], stands: Sequence[list[DrawnLink]]) -> Sequence[Box | None]:
    """Return the places of *slots* of one address, whose links stand at these places."""
    if len(stands) == len(slots):
        return [_around(links) for links in stands]
    printed = [link for link in chain(*stands) if _shows(link, slots[0])]
    if len(printed) == len(slots):
        return [link.box for link in printed]
    visible = [box for links in stands if (box := _around(links)) is not None]
    is_one = len(slots) == len(visible) == 1
    return visible if is_one else [None] * len(slots)


def _around(links: Iterable[DrawnLink]) -> Box | None:
    """Return the box around all *links* that are visible."""
    boxes = [link.box for link in links if link.box is not None]
    if not boxes:
        return None
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(x=x, y=y, width=right - x, height=bottom - y)


def _shows(link: DrawnLink, slot: Link) -> bool:
    """Return whether the text of *link* has that of *slot*, spaces aside."""
    return "".join(slot.text.split())[:_LONGEST] in "".join(link.text.split())

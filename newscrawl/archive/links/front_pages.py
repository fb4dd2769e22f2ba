"""The front page of a site at a given time: its slots, in the order that a reader saw."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import attrs
from sqlite_utils import Database

from newscrawl.archive.links.slot_boxes import Boxes, read_boxes
from newscrawl.archive.schema.storable import moment_from, storable_text, utc_text
from newscrawl.archive.write.lookup_tables import url_digest
from newscrawl.article import LinkListKind
from newscrawl.errors import NotInArchive
from newscrawl.outcomes import Box

_SHOWING = """SELECT h.url_id, u.url, h.first_seen, h.last_seen, h.list_set_id,
        (SELECT min(n.first_seen) FROM showings AS n
         WHERE n.url_id = h.url_id AND n.first_seen > h.first_seen) AS gone
    FROM urls AS u JOIN showings AS h ON h.url_id = u.id
    WHERE u.key = :key AND h.first_seen <= :at AND h.list_set_id IS NOT NULL
    ORDER BY h.first_seen DESC, u.url = :url DESC LIMIT 1"""
_SLOTS = """SELECT l.kind, l.heading, k.position, c.text, c.is_cut, k.kicker,
        k.has_picture, u.url,
        (SELECT x.article_id FROM urls AS h JOIN addresses AS x ON x.url_id = h.id
         WHERE h.key = u.key ORDER BY x.article_id DESC LIMIT 1) AS article_id
    FROM list_set_lists AS t
    JOIN link_lists AS l ON l.id = t.link_list_id
    JOIN links AS k ON k.link_list_id = l.id
    JOIN anchors AS c ON c.id = k.anchor_id
    LEFT JOIN urls AS u ON u.id = c.url_id
    WHERE t.list_set_id = ? ORDER BY t.position, k.position"""


@attrs.frozen(kw_only=True)
class Slot:
    """One story on a front page, where it stood."""

    rank: int
    """The rank on the page, from 1."""
    zone: str
    """The name of its zone: the heading, else lead, grid, strip or list."""
    kind: LinkListKind
    """The kind of the zone: lead, grid, strip, list, most_read, section …"""
    zone_rank: int
    """The rank in the zone, from 1."""
    text: str
    """The text of the link, as printed."""
    is_cut: bool
    """True if the page cut the text short (`…`)."""
    kicker: str | None
    """The topic line above it, as printed."""
    has_picture: bool | None
    """True if a picture stands with it; None for visits stored before this was read."""
    url: str | None
    """The address that it leads to."""
    article_id: int | None
    """The article at that address, where it is in the archive."""
    box: Box | None
    """Its place on the screen; None if no browser drew the page, or it was not visible."""


@attrs.frozen(kw_only=True)
class FrontPage:
    """A home or section page as it stood at one time."""

    url: str
    """Its address."""
    first_seen: dt.datetime
    """The first visit that found it so (UTC)."""
    last_seen: dt.datetime
    """The last visit that found it so."""
    gone: dt.datetime | None
    """The first visit that found it otherwise; None while it stands so."""
    drawn_at: dt.datetime | None
    """The last visit of these on which a browser measured the places of the slots."""
    slots: tuple[Slot, ...]
    """Every story on it, in printed order."""


def time_stated(text: str) -> dt.datetime:
    """Return the time that *text* states, in UTC unless it names a zone; of a day its end.

    Raises ValueError if it is neither a time nor a day, and OverflowError outside the years
    1 to 9999.
    """
    moment = dt.datetime.fromisoformat(text)
    if len(text) <= len("2026-03-01"):
        moment += dt.timedelta(days=1, seconds=-1)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def read_front_page(db: Database, url: str, at: dt.datetime | None = None) -> FrontPage:
    """Return the page at *url* as the last visit up to the time *at* found it, by default now.

    Between that visit and the next, nobody knows when it changed. Raises NotInArchive if no
    visit up to then found stories on it.
    """
    url = storable_text(url.strip())
    moment = utc_text(at or dt.datetime.now(dt.UTC))
    values = {"key": url_digest(url), "at": moment, "url": url}
    row = next(db.query(_SHOWING, values), None)
    if row is None:
        raise NotInArchive(f"the archive has no front page {url} up to {moment}")
    until = min(moment, row["last_seen"])
    boxes = read_boxes(db, row["url_id"], row["first_seen"], until)
    return FrontPage(
        url=row["url"],
        first_seen=moment_from(row["first_seen"]),
        last_seen=moment_from(row["last_seen"]),
        gone=moment_from(row["gone"]) if row["gone"] else None,
        drawn_at=moment_from(boxes.seen_at) if boxes.seen_at else None,
        slots=_slots(db, row["list_set_id"], boxes),
    )


def _slots(db: Database, list_set_id: int, boxes: Boxes) -> tuple[Slot, ...]:
    rows = list(db.query(_SLOTS, [list_set_id]))
    totals = Counter(row["url"] for row in rows)
    placed = {url: iter(boxes.of(url, total)) for url, total in totals.items()}
    return tuple(
        Slot(
            rank=rank,
            zone=row["heading"] or row["kind"],
            kind=row["kind"],
            zone_rank=row["position"],
            text=row["text"],
            is_cut=bool(row["is_cut"]),
            kicker=row["kicker"],
            has_picture=None if row["has_picture"] is None else bool(row["has_picture"]),
            url=row["url"],
            article_id=row["article_id"],
            box=next(placed[row["url"]]),
        )
        for rank, row in enumerate(rows, 1)
    )

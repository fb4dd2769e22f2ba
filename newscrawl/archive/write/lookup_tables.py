"""Rows that are stored once and pointed at: addresses, names, link texts, whole link lists.

Every function finds or makes a row within the open transaction and returns its id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from newscrawl.archive.schema.row_digests import insertion
from newscrawl.archive.schema.storable import storable_text
from newscrawl.article import Agency, Link, LinkList
from newscrawl.system.deferred import deferred
from newscrawl.text.urls import url_key

if TYPE_CHECKING:
    from newscrawl.values.gazetteer import place_ids

    PlaceIdentity = tuple[place_ids.Place | None, place_ids.Certainty | None]
else:  # reading needs none
    (place_ids,) = deferred("newscrawl.values.gazetteer", "place_ids")

_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_NEW_URL = "INSERT INTO urls (url, key) VALUES (?, ?)"
_NEW_ANCHOR = "INSERT INTO anchors (url_id, text, is_cut) VALUES (?, ?, ?)"
_ANCHOR = """SELECT u.id, c.id FROM urls AS u
    LEFT JOIN anchors AS c ON c.url_id = u.id AND c.text = ? AND c.is_cut = ?
    WHERE u.url = ?"""
"""The address of a link, and the link, as far as either is there."""
_expected_digests: dict[str, int] = {}
_DIGEST_BYTES = 16  # 128 bits: two different lists never share one in practice


def digest_of(value: Any) -> bytes:
    """Return the first 128 bits of the SHA-256 of *value* written as JSON."""
    return sha256(_AS_JSON.encode(value).encode()).digest()[:_DIGEST_BYTES]


def name_id(db: Database, table: str, name: str) -> int:
    """Return the id of *name* in *table*, one of those with a unique `name`."""
    return _found(db, f"SELECT id FROM {table} WHERE name = ?", (name,)) or _made(
        db, insertion(table, "name", has_id=True), (name,)
    )


def url_id(db: Database, url: str) -> int:
    """Return the id of an address."""
    found = _found(db, "SELECT id FROM urls WHERE url = ?", (url,))
    if found:
        return found
    return _made(db, _NEW_URL, (url, url_digest(url)))


def url_digest(url: str) -> int:
    """Return the number that all addresses of one page share: 64 bits of a SHA-256."""
    expected = _expected_digests.get(url)
    return _url_digest(url) if expected is None else expected


def expect_url_digests(digests: Mapping[str, int]) -> None:
    """Have `url_digest` return these results of its own for the addresses of one article."""
    _expected_digests.clear()
    _expected_digests.update(digests)


@lru_cache(maxsize=20_000)
def _url_digest(url: str) -> int:
    key = sha256(storable_text(url_key(url)).encode()).digest()
    return int.from_bytes(key[:8], "big", signed=True)


def agency_id(db: Database, agency: Agency) -> int:
    """Return the id of an agency by its printed name and its code."""
    names = (agency.name, agency.id or "")
    return _found(db, "SELECT id FROM agencies WHERE name = ? AND code = ?", names) or _made(
        db, "INSERT INTO agencies (name, code) VALUES (?, ?)", names
    )


def record_place(db: Database, printed: str, identity: PlaceIdentity | None = None) -> None:
    """Record the identity of a place as a dateline prints it, if the gazetteer has the name.

    *identity* is the result of `identify_place`, where that is known.
    """
    if db.execute("SELECT 1 FROM place_names WHERE printed = ?", [printed]).fetchone():
        return
    place, certainty = identity or place_ids.identify_place(printed)
    if certainty is None:
        return
    if place is not None:
        db.conn.execute(
            """INSERT OR IGNORE INTO places
            (id, name, name_ar, name_fr, country, latitude, longitude)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (
                *(place.id, place.name, place.name_ar, place.name_fr),
                *(place.country, place.latitude, place.longitude),
            ),
        )
    names = (printed, place.id if place else None)
    db.conn.execute("INSERT INTO place_names (printed, place_id) VALUES (?, ?)", names)


def heading_id(db: Database, kind: str, heading: str) -> int:
    """Return the id of the heading of lists of one kind."""
    names = (kind, heading)
    return _found(db, "SELECT id FROM headings WHERE kind = ? AND heading = ?", names) or _made(
        db, "INSERT INTO headings (kind, heading) VALUES (?, ?)", names
    )


def evidence_file_id(db: Database, path: str) -> int:
    """Return the id of a file of evidence."""
    return _found(db, "SELECT id FROM evidence_files WHERE path = ?", (path,)) or _made(
        db, "INSERT INTO evidence_files (path) VALUES (?)", (path,)
    )


def provenance_id(db: Database, provenance: Mapping[str, str]) -> int:
    """Return the id of this combination of field and rule."""
    fields = sorted(provenance.items())
    found, made = _digest_row(db, "provenances", digest_of(fields))
    if made:
        db.conn.executemany(
            "INSERT INTO provenance_fields VALUES (?, ?, ?)",
            [(found, field, source) for field, source in fields],
        )
    return found


def list_digest(one: LinkList) -> bytes:
    """Return the digest of a link list."""
    links = [link_content(link) for link in one.links]
    return digest_of(
        list_content(one.heading, one.kind, links, is_inside_body=one.is_inside_body)
    )


def list_set_id(
    db: Database, lists: tuple[LinkList, ...], digests: Sequence[bytes] | None = None
) -> int | None:
    """Return the id of all the lists of a page; None if it has none.

    *digests* are those of the lists, where they are known.
    """
    if not lists:
        return None
    digests = [list_digest(one) for one in lists] if digests is None else digests
    found, made = _digest_row(db, "list_sets", digest_of([digest.hex() for digest in digests]))
    if made:
        db.conn.executemany(
            "INSERT INTO list_set_lists VALUES (?, ?, ?)",
            [
                (found, position, _link_list_id(db, digest, one))
                for position, (digest, one) in enumerate(zip(digests, lists, strict=True), 1)
            ],
        )
    return found


def _link_list_id(db: Database, digest: bytes, one: LinkList) -> int:
    found = _found(db, "SELECT id FROM link_lists WHERE digest = ?", (digest,))
    if found:
        return found
    made = _made(
        db,
        "INSERT INTO link_lists (digest, heading, kind, is_inside_body) VALUES (?, ?, ?, ?)",
        (digest, one.heading, one.kind, one.is_inside_body),
    )
    db.conn.executemany(
        """INSERT INTO links (link_list_id, position, anchor_id, kicker, has_picture)
        VALUES (?, ?, ?, ?, ?)""",
        [
            (made, rank, _anchor_id(db, link), link.kicker, link.has_picture)
            for rank, link in enumerate(one.links, 1)
        ],
    )
    return made


def _anchor_id(db: Database, link: Link) -> int:
    if link.url is None:
        values = (None, link.text, link.is_cut)
        return _found(
            db, "SELECT id FROM anchors WHERE url_id IS ? AND text = ? AND is_cut = ?", values
        ) or _made(db, _NEW_ANCHOR, values)
    known = db.conn.execute(_ANCHOR, (link.text, link.is_cut, link.url)).fetchone()
    if known is None:
        address, found = _made(db, _NEW_URL, (link.url, url_digest(link.url))), None
    else:
        address, found = known
    return found or _made(db, _NEW_ANCHOR, (address, link.text, link.is_cut))


def link_content(link: Link) -> list[Any]:
    """Return the part of a list's digest that one link is; a slot of a front page has more."""
    slot = [] if link.has_picture is None else [link.kicker, link.has_picture]
    return [link.text, link.url, link.is_cut, *slot]


def list_content(
    heading: str, kind: str, links: list[Any], *, is_inside_body: bool
) -> list[Any]:
    """Return what the digest of a list is of; its place only where it is in the text."""
    return [heading, kind, links, *([True] if is_inside_body else [])]


def _digest_row(db: Database, table: str, digest: bytes) -> tuple[int, bool]:
    """Return the id of *digest* in *table*, and whether the row is new."""
    found = _found(db, f"SELECT id FROM {table} WHERE digest = ?", (digest,))
    if found:
        return found, False
    return _made(db, f"INSERT INTO {table} (digest) VALUES (?)", (digest,)), True


def _found(db: Database, query: str, values: tuple[Any, ...]) -> int | None:
    row = db.conn.execute(query, values).fetchone()
    return None if row is None else int(row[0])


def _made(db: Database, statement: str, values: tuple[Any, ...]) -> int:
    made = db.conn.execute(statement, values).lastrowid
    assert made is not None  # noqa: S101  # an INSERT into a table with rowids
    return made

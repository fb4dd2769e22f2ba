"""What SQLite does not notice: values that have changed since they were written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from newscrawl.archive.write.lookup_tables import digest_of, url_digest

_LISTS = """SELECT l.id, l.digest, l.heading, l.kind, c.text, u.url, c.is_cut
    FROM link_lists AS l LEFT JOIN links AS k ON k.link_list_id = l.id
    LEFT JOIN anchors AS c ON c.id = k.anchor_id LEFT JOIN urls AS u ON u.id = c.url_id
    ORDER BY l.id, k.position"""
_LIST_SETS = """SELECT s.id, s.digest, lower(hex(l.digest))
    FROM list_sets AS s LEFT JOIN list_set_lists AS t ON t.list_set_id = s.id
    LEFT JOIN link_lists AS l ON l.id = t.link_list_id ORDER BY s.id, t.position"""
_PROVENANCES = """SELECT p.id, p.digest, f.field, f.source
    FROM provenances AS p LEFT JOIN provenance_fields AS f ON f.provenance_id = p.id
    ORDER BY p.id, f.field"""
_VERSIONS = """SELECT v.id, v.digest, v.headline, v.alternative_headline, v.description,
    v.dateline_raw, v.source_credit, b.article_body
    FROM versions AS v JOIN bodies AS b ON b.id = v.body_id ORDER BY v.id"""


def changed_values(db: Database) -> Iterator[str]:
    """Yield a line for each text, address or list that is not what its digest was made of."""
    unreadable = list(_unreadable_tables(db))
    yield from unreadable
    if unreadable:
        return  # what follows reads the same texts
    for version, digest, *texts in db.execute(_VERSIONS):
        if digest_of(texts) != digest:
            yield f"version {version} is not what was saved: its text does not match its digest"
    for url_id, url, key in db.execute("SELECT id, url, key FROM urls"):
        if url_digest(url) != key:
            yield f"address {url_id} is not what was saved: it does not match its key"
    for name, query, content in (
        ("link list", _LISTS, _list_content),
        ("list set", _LIST_SETS, lambda rows: [hex_ for *_, hex_ in rows]),
        ("provenance", _PROVENANCES, lambda rows: [row[2:4] for row in rows if row[2]]),
    ):
        for (number, digest), group in groupby(db.execute(query), lambda row: row[:2]):
            if digest_of(content(list(group))) != digest:
                yield f"{name} {number} is not what was saved: it does not match its digest"


def _unreadable_tables(db: Database) -> Iterator[str]:
    """Yield a line for each table with a text that is no text."""
    for table in ("sqlite_master", *db.table_names()):
        if table.startswith("article_search"):
            continue  # the index has a check of its own
        try:
            for _ in db.execute(f'SELECT * FROM "{table}"'):
                pass
        except (sqlite3.Error, UnicodeDecodeError):
            yield f"table {table} holds a text that cannot be read"


def _list_content(rows: list[tuple[Any, ...]]) -> list[Any]:
    _, _, heading, kind, *_ = rows[0]
    links = [[text, url, bool(cut)] for *_, text, url, cut in rows if text is not None]
    return [heading, kind, links]

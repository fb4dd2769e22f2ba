"""Check an archive: structures, rules between tables, digests, places of evidence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from newscrawl.archive.maintenance.schema_check import schema_problems
from newscrawl.archive.maintenance.value_check import wrong_values
from newscrawl.archive.read.articles import PRESENT_ID
from newscrawl.archive.schema.row_digests import changed_rows
from newscrawl.archive.search.index import check_index, index_problems
from newscrawl.archive.write.lookup_tables import (
    digest_of,
    link_content,
    list_content,
    url_digest,
)
from newscrawl.article import Link
from newscrawl.system.regular_file import open_regular

_RULES = {
    "article {} is neither stored nor withdrawn, and joined to no other": f"""
        SELECT k.id FROM articles AS k WHERE k.version_id IS NULL AND k.withdrawn_at IS NULL
        AND (k.id = {PRESENT_ID}
            OR EXISTS (SELECT 1 FROM versions WHERE article_id = k.id)
            OR EXISTS (SELECT 1 FROM observations WHERE article_id = k.id))""",
    "article {} is withdrawn, but its text is still here": """
        SELECT a.id FROM articles AS a JOIN versions AS v ON v.article_id = a.id
        WHERE a.withdrawn_at IS NOT NULL GROUP BY a.id""",
    "article {} shows a version of another article": """
        SELECT a.id FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        WHERE v.article_id <> a.id""",
    "article {} has no address": """
        SELECT id FROM articles
        WHERE (version_id IS NOT NULL OR withdrawn_at IS NOT NULL)
            AND id NOT IN (SELECT article_id FROM addresses)""",
    "article {} was last seen before it was first seen": """
        SELECT id FROM articles WHERE last_seen < first_seen""",
    "version {} was last seen before it was first seen": """
        SELECT id FROM versions WHERE last_seen < first_seen""",
    "version {} was never observed": """
        SELECT id FROM versions WHERE superseded_by IS NULL AND id NOT IN (
            SELECT version_id FROM observations WHERE version_id IS NOT NULL)""",
    "article {} shows a version that another has superseded": """
        SELECT a.id FROM articles AS a JOIN versions AS v ON v.id = a.version_id
        WHERE v.superseded_by IS NOT NULL""",
    "observation {} shows a version of another article": """
        SELECT o.id FROM observations AS o JOIN versions AS v ON v.id = o.version_id
        WHERE v.article_id <> o.article_id""",
    "the sketch of version {} is gone, but some of its numbers are still here": """
        SELECT version_id FROM sketch_numbers
        WHERE version_id NOT IN (SELECT version_id FROM sketches) GROUP BY version_id""",
}
"""Faults that an archive must never have, each with its query."""

_RECORDS = (b"\x1f\x8b", b"WARC/", b"http://", b"https:/")
"""First bytes of records: packed, plain, and those of ARC files."""


def problems(db: Database, folder: Path | None) -> Iterator[str]:
    """Yield one line for each thing that is wrong; nothing where all is well.

    Checks SQLite's own structures, missing tables, foreign keys, the rules between tables,
    texts and rows and their digests, the search index, and whether each pointer to evidence
    (relative to *folder*, unless that is None) leads to a record.
    """
    damage = _damage(db)
    if damage:
        yield from (f"SQLite: {line}" for line in damage)
        return  # queries over damaged pages would fail at random
    missing = list(schema_problems(db))
    yield from missing
    if any(line.startswith("table") for line in missing):
        return  # the queries below read them
    for table, row_id, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield f"row {row_id} of {table} points at a row of {parent} that is not there"
    for message, query in _RULES.items():
        yield from (message.format(found) for (found,) in db.execute(query))
    yield from changed_values(db)
    yield from wrong_values(db)
    yield from _index_faults(db)
    if folder is not None:
        yield from _evidence_problems(db, folder)


def _index_faults(db: Database) -> list[str]:
    try:
        return check_index(db) or list(index_problems(db))
    except (sqlite3.DatabaseError, ValueError, TypeError, AttributeError) as error:
        return [f"the search index cannot be read ({error}): newscrawl reindex mends it"]


def _damage(db: Database) -> list[str]:
    """Return the faults that SQLite finds in its own structures."""
    try:
        lines = [str(row[0]) for row in db.execute("PRAGMA quick_check(20)")]
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # it cannot even be checked
        return [str(error)]
    return [line for line in lines if line != "ok"]


def _evidence_problems(db: Database, folder: Path) -> Iterator[str]:
    files = db.execute("SELECT id, path FROM evidence_files ORDER BY path").fetchall()
    for file_id, path in files:
        pointers = db.execute(
            """SELECT id, evidence_offset, evidence_length FROM observations
            WHERE evidence_file_id = ? ORDER BY evidence_offset""",
            [file_id],
        )
        try:
            with open_regular(folder / path) as file:
                size = file.seek(0, 2)
                for observation, offset, length in pointers:
                    file.seek(offset)
                    if offset + length > size or not file.read(7).startswith(_RECORDS):
                        yield f"the evidence of observation {observation} is not in {path}"
        except (OSError, ValueError, TypeError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            yield f"the evidence in {path} cannot be read: {reason}"


_LISTS = """SELECT l.id, l.digest, l.heading, l.kind, l.is_inside_body, c.text, u.url,
    c.is_cut, k.kicker, k.has_picture
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
    """Yield a line for each text, address or list that does not match its digest."""
    unreadable = list(_unreadable_tables(db))
    yield from unreadable
    if unreadable:
        return  # what follows reads the same texts
    for version, digest, *texts in db.execute(_VERSIONS):
        if not _has_digest(digest, list, texts):
            yield f"version {version} is not what was saved: its text does not match its digest"
    for url_id, url, key in db.execute("SELECT id, url, key FROM urls"):
        if not isinstance(url, str) or url_digest(url) != key:
            yield f"address {url_id} is not what was saved: it does not match its key"
    yield from _changed_lists(db)
    yield from changed_rows(db)


def _has_digest(digest: object, content: Callable[[list[Any]], list[Any]], rows: Any) -> bool:
    """Return whether *digest* is that of *rows*; False for types that we never write."""
    try:
        return digest_of(content(rows)) == digest
    except (TypeError, ValueError, AttributeError):
        return False


def _changed_lists(db: Database) -> Iterator[str]:
    for name, query, content in (
        ("link list", _LISTS, _list_content),
        ("list set", _LIST_SETS, lambda rows: [hex_ for *_, hex_ in rows]),
        ("provenance", _PROVENANCES, lambda rows: [row[2:4] for row in rows if row[2]]),
    ):
        for (number, digest), group in groupby(db.execute(query), lambda row: row[:2]):
            if not _has_digest(digest, content, list(group)):
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


def _link_content(
    text: str, url: str | None, cut: int, kicker: str | None, has_picture: int | None
) -> list[Any]:
    """Return the part of the digest that the link of a row of `_LISTS` is."""
    picture = None if has_picture is None else bool(has_picture)
    return link_content(
        Link(
            text=text,
            url=url,
            position=1,
            is_cut=bool(cut),
            kicker=kicker,
            has_picture=picture,
        )
    )


def _list_content(rows: list[tuple[Any, ...]]) -> list[Any]:
    _, _, heading, kind, is_inside, *_ = rows[0]
    links = [_link_content(*row[5:]) for row in rows if row[5] is not None]
    return list_content(heading, kind, links, is_inside_body=bool(is_inside))

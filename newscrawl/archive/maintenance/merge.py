"""Copy everything of another archive into this one. Doing it twice changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.changes.deletions import rebuild_absences
from newscrawl.archive.changes.layout_judgement import judge_layout
from newscrawl.archive.links.slot_boxes import insert_box
from newscrawl.archive.maintenance.withdraw import withdraw_article
from newscrawl.archive.read.articles import PRESENT_ID, read_link_lists, read_version
from newscrawl.archive.schema.storable import moment_from
from newscrawl.archive.session import Session
from newscrawl.archive.write import lookup_tables
from newscrawl.archive.write.moves import join_articles
from newscrawl.archive.write.reextraction import insert_superseded
from newscrawl.archive.write.stored_requisites import name_requisites
from newscrawl.archive.write.visits import record_visit, save_article, visit_from
from newscrawl.article import Article
from newscrawl.outcomes import Evidence, Observation

BATCH = 500
"""The number of observations copied in one transaction."""

# In the order of time, so that versions follow each other as they did.
_OBSERVATIONS = """
SELECT o.*, a.key, r.token
FROM observation AS o
LEFT JOIN articles AS a ON a.id = o.article_id
LEFT JOIN runs AS r ON r.id = o.run_id
WHERE NOT EXISTS (
    SELECT 1 FROM articles AS w WHERE w.id = o.article_id AND w.withdrawn_at IS NOT NULL)
ORDER BY o.fetched_at, o.id"""

_RUN = (
    "token",
    "spider",
    "settings",
    "newscrawl",
    "started_at",
    "finished_at",
    "finish_reason",
    "exit_status",
    "counts",
    "is_broken",
)

_INSERT_AMENDMENT = f"""
INSERT INTO amendments (version_id, seen_at, field, was, extractor_id)
SELECT v.id, :seen_at, :field, :was, :extractor_id
FROM versions AS v
JOIN articles AS k ON {PRESENT_ID} = v.article_id
JOIN sites AS s ON s.id = k.site_id
WHERE s.name = :site AND k.key = :key AND v.digest = :digest
    AND :seen_at BETWEEN v.first_seen AND v.last_seen
    AND NOT EXISTS (
        SELECT 1 FROM amendments AS m
        WHERE m.version_id = v.id AND m.seen_at = :seen_at AND m.field = :field)"""

_SUPERSEDER = f"""
SELECT v.* FROM versions AS v
JOIN articles AS k ON {PRESENT_ID} = v.article_id
JOIN sites AS s ON s.id = k.site_id
WHERE s.name = :site AND k.key = :key AND v.digest = :digest_now
    AND v.superseded_by IS NULL AND :first_seen BETWEEN v.first_seen AND v.last_seen
    AND NOT EXISTS (
        SELECT 1 FROM versions AS o JOIN extractors AS e ON e.id = o.extractor_id
        WHERE o.article_id = v.article_id AND o.digest = :digest AND o.first_seen = :first_seen
            AND e.name = :extractor)"""


def merge(session: Session, other: Database, other_folder: Path) -> None:
    """Add everything of *other*, whose evidence lies below *other_folder*, to a session."""
    merging = Merge(session.db, session.path.parent, other, other_folder)
    with session.transaction():
        merging.runs()
    for batch in batches(other):
        with session.transaction():
            merging.observations(batch)
    with session.transaction():
        merging.moves()
        merging.superseded()
        merging.amendments()
        merging.withdrawals()
        merging.absences()
        merging.layouts()
        merging.statements()
        merging.requisites()
        merging.boxes()


def batches(other: Database) -> Iterator[list[dict[str, Any]]]:
    """Yield the observations of *other*, the oldest first, some at a time."""
    rows = other.query(_OBSERVATIONS)
    while batch := list(islice(rows, BATCH)):
        yield batch


class Merge:
    """Copies the rows of one archive into another, within transactions of the caller."""

    def __init__(self, db: Database, folder: Path, other: Database, other_folder: Path) -> None:
        self._db, self._other = db, other
        # Where the evidence of the other archive lies, as seen from this one.
        self._evidence = Path(os.path.relpath(other_folder.resolve(), folder.resolve()))
        self._version = lru_cache(maxsize=BATCH)(self._read_version)

    def runs(self) -> None:
        """Copy the runs that are not here yet."""
        query = """SELECT r.*, s.name AS site
            FROM runs AS r LEFT JOIN sites AS s ON s.id = r.site_id"""
        marks = ", ".join("?" * (len(_RUN) + 1))
        for row in self._other.query(query):
            site = (
                lookup_tables.name_id(self._db, "sites", row["site"]) if row["site"] else None
            )
            self._db.conn.execute(
                f"INSERT OR IGNORE INTO runs ({', '.join(_RUN)}, site_id) VALUES ({marks})",
                [*(row[name] for name in _RUN), site],
            )

    def observations(self, rows: list[dict[str, Any]]) -> None:
        """Copy these observations, each with its article."""
        for row in rows:
            visit = visit_from(self._db, self._observation(row), row["site"], self._run(row))
            lists = read_link_lists(self._other, row["list_set_id"])
            article = self._version(row["version_id"], row["extractor"])
            if article is None or row["key"] is None:
                record_visit(self._db, visit, lists)
            else:
                seen = attrs.evolve(article, link_lists=lists)
                save_article(self._db, seen, visit, row["key"])

    def amendments(self) -> None:
        """Copy the amendments of the versions that are here."""
        query = """SELECT s.name AS site, a.key, v.digest, m.seen_at, m.field, m.was,
            e.name AS extractor FROM amendments AS m
            JOIN versions AS v ON v.id = m.version_id JOIN articles AS a ON a.id = v.article_id
            JOIN sites AS s ON s.id = a.site_id JOIN extractors AS e ON e.id = m.extractor_id"""
        for row in self._other.query(query):
            row["extractor_id"] = lookup_tables.name_id(
                self._db, "extractors", row["extractor"]
            )
            self._db.conn.execute(_INSERT_AMENDMENT, row)

    def superseded(self) -> None:
        """Copy the versions that a newer extractor has superseded."""
        query = """SELECT v.id, v.digest, v.first_seen, v.last_seen, v.cause, a.key,
            s.name AS site, w.digest AS digest_now, w.cause AS cause_now, e.name AS extractor
            FROM versions AS v JOIN versions AS w ON w.id = v.superseded_by
            JOIN articles AS a ON a.id = v.article_id JOIN sites AS s ON s.id = a.site_id
            JOIN extractors AS e ON e.id = v.extractor_id ORDER BY v.id"""
        for row in self._other.query(query):
            now = next(self._db.query(_SUPERSEDER, row), None)
            article = self._version(row["id"], row["extractor"])
            if now is not None and article is not None:
                insert_superseded(self._db, article, row, now)

    def moves(self) -> None:
        """Join the articles that the other archive has joined."""
        query = f"""SELECT s.name AS site, k.key, b.key AS into_key
            FROM articles AS k JOIN articles AS b ON b.id = {PRESENT_ID}
            JOIN sites AS s ON s.id = k.site_id WHERE b.id <> k.id ORDER BY k.id"""
        for row in self._other.query(query):
            moved, into = (self._article(row["site"], row[one]) for one in ("key", "into_key"))
            if moved is not None and into is not None and moved != into:
                join_articles(self._db, moved, into)

    def _article(self, site: str, key: str) -> int | None:
        """Return the article of *site* with *key* or joined to one; None without a text."""
        found = self._db.execute(
            f"""SELECT a.id FROM articles AS k JOIN sites AS s ON s.id = k.site_id
            JOIN articles AS a ON a.id = {PRESENT_ID}
            WHERE s.name = ? AND k.key = ? AND a.version_id IS NOT NULL""",
            (site, key),
        ).fetchone()
        return None if found is None else int(found[0])

    def withdrawals(self) -> None:
        """Withdraw the articles that the other archive has withdrawn."""
        query = """SELECT s.name AS site, a.key, u.url, a.first_seen, a.last_seen,
            a.withdrawn_at, a.withdrawn_reason FROM articles AS a
            JOIN sites AS s ON s.id = a.site_id JOIN urls AS u ON u.id = a.url_id
            WHERE a.withdrawn_at IS NOT NULL"""
        for row in self._other.query(query):
            article_id = self._tombstone(row)
            withdraw_article(self._db, article_id, row["withdrawn_reason"] or "")

    def absences(self) -> None:
        """Derive the absences of the articles that the other archive missed."""
        query = """SELECT DISTINCT s.name, a.key FROM observations AS o
            JOIN articles AS a ON a.id = o.article_id JOIN sites AS s ON s.id = a.site_id
            WHERE o.version_id IS NULL"""
        for site, key in self._other.execute(query).fetchall():
            found = self._db.execute(
                """SELECT a.id FROM articles AS a JOIN sites AS s ON s.id = a.site_id
                WHERE s.name = ? AND a.key = ? AND a.withdrawn_at IS NULL""",
                [site, key],
            ).fetchone()
            if found is not None:
                rebuild_absences(self._db, found[0])

    def layouts(self) -> None:
        """Judge the layouts of the sites that the other archive has."""
        for (site,) in self._other.execute("SELECT name FROM sites").fetchall():
            judge_layout(self._db, lookup_tables.name_id(self._db, "sites", site))

    def _tombstone(self, row: dict[str, Any]) -> int:
        site = lookup_tables.name_id(self._db, "sites", row["site"])
        url = lookup_tables.url_id(self._db, row["url"])
        self._db.conn.execute(
            """INSERT OR IGNORE INTO articles
            (site_id, key, url_id, first_seen, last_seen, withdrawn_at)
            VALUES (?, ?, ?, ?, ?, ?)""",
            (site, row["key"], url, row["first_seen"], row["last_seen"], row["withdrawn_at"]),
        )
        found = self._db.execute(
            "SELECT id FROM articles WHERE site_id = ? AND key = ?", (site, row["key"])
        ).fetchone()
        self._db.conn.execute(
            "INSERT OR IGNORE INTO addresses (url_id, article_id) VALUES (?, ?)",
            (url, found[0]),
        )
        return int(found[0])

    def statements(self) -> None:
        """Copy the statements of sites, with their first and last times."""
        for row in self._other.query("SELECT * FROM statement"):
            site_id = lookup_tables.name_id(self._db, "sites", row["site"])
            url_id = lookup_tables.url_id(self._db, row["url"])
            self._db.execute(
                """INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?, ?, NULL)
                ON CONFLICT DO UPDATE SET first_seen = min(first_seen, excluded.first_seen),
                    url_id = iif(last_seen <= excluded.last_seen, excluded.url_id, url_id),
                    last_seen = max(last_seen, excluded.last_seen)""",
                [site_id, row["signal"], row["stated_in"], row["words"], url_id,
                 row["first_seen"], row["last_seen"]],
            )  # fmt: skip

    def requisites(self) -> None:
        """Copy the addresses that pages and stylesheets name, but of withdrawn articles."""
        query = """SELECT p.url AS page, u.url FROM page_requisites AS x
            JOIN urls AS p ON p.id = x.page_id JOIN urls AS u ON u.id = x.url_id"""
        for row in self._other.query(query):
            name_requisites(self._db, row["page"], [row["url"]])

    def boxes(self) -> None:
        """Copy the places on the screen of the slots of pages that a browser drew."""
        query = """SELECT p.url AS page, b.seen_at, u.url, b.number, b.x, b.y, b.width, b.height
            FROM slot_boxes AS b JOIN urls AS p ON p.id = b.page_id
            JOIN urls AS u ON u.id = b.url_id"""
        for page, seen_at, url, *values in self._other.execute(query):
            page_id, url_id = (lookup_tables.url_id(self._db, one) for one in (page, url))
            insert_box(self._db, (page_id, seen_at, url_id, *values))

    def _read_version(self, version_id: int | None, extractor: str | None) -> Article | None:
        article = None if version_id is None else read_version(self._other, version_id)
        if article is None or extractor is None:
            return article
        return attrs.evolve(article, extractor=extractor)

    def _run(self, row: dict[str, Any]) -> int | None:
        query = "SELECT id FROM runs WHERE token = ?"
        found = self._db.execute(query, (row["token"],)).fetchone()
        return None if found is None else int(found[0])

    def _observation(self, row: dict[str, Any]) -> Observation:
        same = ("url", "outcome", "reason", "kind", "status", "final_url", "etag")
        evidence = None
        if row["evidence_file"] is not None:
            evidence = Evidence(
                file=str(self._evidence / row["evidence_file"]),
                offset=row["evidence_offset"],
                length=row["evidence_length"],
                record_id=row["evidence_record"],
            )
        return Observation(
            **{name: row[name] for name in same},
            last_modified=row["last_modified"],
            content_type=row["content_type"],
            opt_outs=tuple(row["opt_outs"].split(", ")) if row["opt_outs"] else (),
            size=row["size"],
            digest=row["digest"] or None,
            source_url=row["source_url"],
            source_digest=row["source_digest"],
            fetched_at=moment_from(row["fetched_at"]),
            evidence=evidence,
        )

"""Write versions of articles. Every function needs an open transaction."""

from __future__ import annotations

import json
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.read.articles import read_version
from newscrawl.archive.schema.article_columns import (
    blocks_text,
    changed_fields,
    columns_from,
    text_digest,
)
from newscrawl.archive.schema.row_digests import insertion
from newscrawl.archive.write import lookup_tables
from newscrawl.archive.write.better_values import with_better_values
from newscrawl.archive.write.partial_readings import (
    cause_of_parts,
    is_read_alike,
    judge_next_whole,
)
from newscrawl.archive.write.prepared_articles import Prepared
from newscrawl.article import Article
from newscrawl.outcomes import Outcome


@attrs.frozen(kw_only=True)
class Saved:
    """Result of saving an article."""

    article_id: int
    """The article's id."""
    version_id: int | None
    """The version that was seen; None if the page was not stored."""
    outcome: Outcome
    """stored (a new article), updated (a new version), unchanged; not_article if the page may
    be no article and would replace one."""
    reason: str | None = None
    """Why the page was not stored."""


@attrs.frozen(kw_only=True)
class Reading:
    """An article as one extractor read it at one time, with the ids that its rows need."""

    article: Article
    article_id: int
    seen_at: str
    extractor_id: int
    list_set_id: int | None
    page_digest: bytes | None
    prepared: Prepared | None = None
    """Values of the article that were prepared for this; None without them."""
    is_new: bool = False
    """True if the article has no version yet."""

    @property
    def digest(self) -> bytes:
        """The digest of the printed texts."""
        return self.prepared.text_digest if self.prepared else text_digest(self.article)


def save_version(db: Database, reading: Reading) -> tuple[int, Outcome]:
    """Save a reading as a version of its article; return the version's id and the outcome."""
    digest = reading.digest
    before, after = _neighbours(db, reading)
    if before is not None and before["digest"] != digest and _is_seen_after(before, reading):
        split_version(db, before, reading.seen_at, _cause(db, reading, before))
        before, after = _neighbours(db, reading)
    for neighbour in (before, after):
        if neighbour is not None and neighbour["digest"] == digest:
            extend_version(db, neighbour, reading)
            return int(neighbour["id"]), Outcome.UNCHANGED
    version = insert_version(db, reading, digest, before)
    if after is not None:  # an older page imported later: what follows is judged by it
        db.conn.execute(
            "UPDATE versions SET cause = ? WHERE id = ?",
            (_cause(db, reading, after), after["id"]),
        )
        judge_next_whole(db, reading.article, after)
    return version, Outcome.UPDATED if before or after else Outcome.STORED


def _neighbours(
    db: Database, reading: Reading
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return the version in force when the page was read, and the one after it.

    Files from elsewhere are imported in any order, so a reading may be older.
    """
    if reading.is_new:
        return None, None
    query = """SELECT * FROM versions
        WHERE article_id = ? AND superseded_by IS NULL AND first_seen {} LIMIT 1"""
    values = [reading.article_id, reading.seen_at]
    before = db.query(query.format("<= ? ORDER BY first_seen DESC, id DESC"), values)
    after = db.query(query.format("> ? ORDER BY first_seen, id"), values)
    return next(before, None), next(after, None)


def _is_seen_after(version: dict[str, Any], reading: Reading) -> bool:
    return bool(version["last_seen"] > reading.seen_at)


def insert_version(
    db: Database, reading: Reading, digest: bytes, before: dict[str, Any] | None
) -> int:
    row = {
        "article_id": reading.article_id,
        "digest": digest,
        "first_seen": reading.seen_at,
        "last_seen": reading.seen_at,
        "cause": _cause(db, reading, before),
        "body_id": _body_id(db, reading, before),
    }
    row |= _reading_columns(db, reading) | columns_from(reading.article)
    statement = insertion("versions", *row, has_id=True)
    version = int(db.conn.execute(statement, list(row.values())).lastrowid or 0)
    if row["dateline_place"]:
        place = reading.prepared.place if reading.prepared else None
        lookup_tables.record_place(db, str(row["dateline_place"]), place)
    _insert_lists(db, version, reading.article)
    return version


def _reading_columns(db: Database, reading: Reading) -> dict[str, Any]:
    return {
        "extractor_id": reading.extractor_id,
        "provenance_id": lookup_tables.provenance_id(db, reading.article.provenance),
        "list_set_id": reading.list_set_id,
    }


def _cause(db: Database, reading: Reading, before: dict[str, Any] | None) -> str:
    """Return who changed the text: the publisher, or another extractor of the same page."""
    if before is None:
        return "first"
    if before["extractor_id"] == reading.extractor_id:
        if is_read_alike(reading.article, before):
            return "publisher"
        return cause_of_parts(db, reading.article, reading.seen_at, before)
    same_page = db.execute(
        "SELECT 1 FROM observations WHERE version_id = ? AND digest = ? LIMIT 1",
        [before["id"], reading.page_digest],
    ).fetchone()
    return "extractor" if same_page else "undecided"


def _body_id(db: Database, reading: Reading, before: dict[str, Any] | None) -> int:
    """Return the id of this body, that of the version before where it did not change."""
    article, prepared = reading.article, reading.prepared
    values = (article.article_body, prepared.blocks if prepared else blocks_text(article))
    if before is not None:
        same = db.execute(
            "SELECT id FROM bodies WHERE id = ? AND article_body = ? AND blocks IS ?",
            (before["body_id"], *values),
        ).fetchone()
        if same:
            return int(same[0])
    made = db.conn.execute(insertion("bodies", "article_body", "blocks", has_id=True), values)
    return int(made.lastrowid or 0)


def extend_version(db: Database, version: dict[str, Any], reading: Reading) -> None:
    """Extend the time of *version*, and save changes beside its text."""
    seen_at = reading.seen_at
    times = {
        "first_seen": min(version["first_seen"], seen_at),
        "last_seen": max(version["last_seen"], seen_at),
    }
    _update_version(db, version, times)
    if seen_at < version["last_seen"]:
        return  # an older page imported later
    old = read_version(db, version["id"])
    if old is not None and version["extractor_id"] == reading.extractor_id:
        # Another extractor may have found the old value to be wrong.
        article = with_better_values(old, reading.article)
        reading = attrs.evolve(reading, article=article, prepared=None)
    changes = changed_fields(old, reading.article) if old else {}
    row = _reading_columns(db, reading)
    if changes:
        _amend(db, version, reading, changes)
        row |= columns_from(reading.article)
        row["body_id"] = _body_id(db, reading, version)
        if row["dateline_place"]:
            lookup_tables.record_place(db, str(row["dateline_place"]))
    _update_version(db, version, row)


def _update_version(db: Database, version: dict[str, Any], columns: dict[str, Any]) -> None:
    """Write those of *columns* that differ from the row *version*."""
    changed = {name: value for name, value in columns.items() if value != version[name]}
    if changed:
        pairs = ", ".join(f"{name} = ?" for name in changed)
        values = [*changed.values(), version["id"]]
        db.conn.execute(f"UPDATE versions SET {pairs} WHERE id = ?", values)


def _amend(
    db: Database, version: dict[str, Any], reading: Reading, changes: dict[str, Any]
) -> None:
    """Record the old values of the changed fields, and replace the lists."""
    db.conn.executemany(
        """INSERT INTO amendments (version_id, seen_at, field, was, extractor_id)
        VALUES (?, ?, ?, ?, ?)""",
        [
            (
                version["id"],
                reading.seen_at,
                field,
                json.dumps(was, ensure_ascii=False),
                version["extractor_id"],
            )
            for field, was in changes.items()
        ],
    )
    for table in (
        "version_authors",
        "version_agencies",
        "version_keywords",
        "version_sections",
        "images",
    ):
        db.conn.execute(f"DELETE FROM {table} WHERE version_id = ?", (version["id"],))
    _insert_lists(db, version["id"], reading.article)


def _insert_lists(db: Database, version: int, article: Article) -> None:
    """Put the authors, keywords, sections, agencies and pictures of a version."""
    for table, column, names in (
        ("authors", "author_id", article.authors),
        ("keywords", "keyword_id", article.keywords),
        ("sections", "section_id", article.breadcrumbs),
    ):
        db.conn.executemany(
            insertion(f"version_{table}", "version_id", "position", column),
            [
                (version, position, lookup_tables.name_id(db, table, name))
                for position, name in enumerate(names, 1)
            ],
        )
    db.conn.executemany(
        insertion("version_agencies", "version_id", "position", "agency_id", "found_in"),
        [
            (version, position, lookup_tables.agency_id(db, agency), agency.found_in)
            for position, agency in enumerate(article.agencies, 1)
        ],
    )
    db.conn.executemany(
        insertion("images", *("version_id", "position", "is_main", "url", "caption", "credit")),
        _image_rows(version, article),
    )


def _image_rows(version: int, article: Article) -> list[tuple[Any, ...]]:
    main = article.main_image
    main_at = article.images.index(main) + 1 if main in article.images else 0
    rows = list(enumerate(article.images, 1))
    if main is not None and not main_at:
        rows.append((0, main))
    return [
        (version, position, main is not None and position == main_at, image.url, image.caption,
         image.credit)
        for position, image in rows
    ]  # fmt: skip


_PARTS = {
    "version_authors": "position, author_id",
    "version_agencies": "position, agency_id, found_in",
    "version_keywords": "position, keyword_id",
    "version_sections": "position, section_id",
    "images": "position, is_main, url, caption, credit",
}
"""The tables of a version's parts, with their columns."""


def split_version(db: Database, version: dict[str, Any], at: str, cause: str) -> None:
    """Let *version* end before the time *at*, and a copy of it begin after that."""
    later, earlier = (
        db.execute(
            f"SELECT {which} FROM observations WHERE version_id = ? AND fetched_at {side} ?",
            (version["id"], at),
        ).fetchone()[0]
        for which, side in (("min(fetched_at)", ">"), ("max(fetched_at)", "<="))
    )
    copy = dict(version) | {"first_seen": later or version["last_seen"], "cause": cause}
    del copy["id"], copy["row_digest"]
    statement = insertion("versions", *copy, has_id=True)
    made = db.conn.execute(statement, list(copy.values())).lastrowid
    for table, columns in _PARTS.items():
        db.conn.execute(
            f"""INSERT INTO {table} (version_id, {columns})
            SELECT ?, {columns} FROM {table} WHERE version_id = ?""",
            (made, version["id"]),
        )
    db.conn.execute(
        "UPDATE observations SET version_id = ? WHERE version_id = ? AND fetched_at > ?",
        (made, version["id"], at),
    )
    db.conn.execute(
        "UPDATE articles SET version_id = ? WHERE version_id = ?", (made, version["id"])
    )
    db.conn.execute(
        "UPDATE versions SET last_seen = ? WHERE id = ?",
        (earlier or version["first_seen"], version["id"]),
    )

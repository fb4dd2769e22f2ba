"""Take an article out of the archive for good, and leave a tombstone that saving respects."""

from __future__ import annotations

import attrs
from sqlite_utils import Database

from newscrawl.archive.interning import url_digest
from newscrawl.archive.reading import article_id_for
from newscrawl.archive.search_index import kept_in_step, purge_index
from newscrawl.archive.pairing import renew_clusters
from newscrawl.archive.storable import now, storable_text
from newscrawl.errors import ArchiveError
from newscrawl.archive.sketching import forget_sketches
from newscrawl.observation import Evidence

_NAMES = (
    ("authors", "version_authors", "author_id"),
    ("keywords", "version_keywords", "keyword_id"),
    ("sections", "version_sections", "section_id"),
    ("agencies", "version_agencies", "agency_id"),
)


@attrs.frozen(kw_only=True)
class Withdrawal:
    """What was withdrawn, and what is left to remove outside the database."""

    article_id: int
    """The id of the article; its address and this id stay."""
    evidence: tuple[Evidence, ...]
    """The records that hold its pages as received."""


def withdraw_article(db: Database, url_or_id: str | int, reason: str) -> Withdrawal:
    """Remove every version of an article, within the open transaction.

    Its addresses stay, with the time and *reason*, so that saving it again keeps nothing.
    Raises ArchiveError where the archive has no such article.
    """
    article_id = article_id_for(db, url_or_id)
    if article_id is None:
        raise ArchiveError(f"the archive has no article {url_or_id}")
    evidence = _evidence(db, article_id)
    bodies = [
        (body,)
        for (body,) in db.execute(
            "SELECT DISTINCT body_id FROM versions WHERE article_id = ?", [article_id]
        )
    ]
    with kept_in_step(db, article_id):
        db.conn.execute(
            """UPDATE articles SET version_id = NULL, withdrawn_at = coalesce(withdrawn_at, ?),
            withdrawn_reason = ? WHERE id = ?""",
            (now(), storable_text(reason), article_id),
        )
    # The index only notes what is deleted, until its parts are written anew as one.
    db.conn.execute("INSERT INTO article_search (article_search) VALUES ('optimize')")
    purge_index(db)
    db.conn.execute(
        """UPDATE observations SET version_id = NULL, list_set_id = NULL, extractor_id = NULL,
        evidence_file_id = NULL, evidence_offset = NULL, evidence_length = NULL,
        evidence_record = NULL WHERE article_id = ?""",
        (article_id,),
    )
    db.conn.execute(
        """DELETE FROM showings
        WHERE url_id IN (SELECT url_id FROM observations WHERE article_id = ?)""",
        (article_id,),
    )
    db.conn.execute("DELETE FROM versions WHERE article_id = ?", (article_id,))
    db.conn.executemany("DELETE FROM bodies WHERE id = ?", bodies)
    for table, uses, column in _NAMES:
        db.conn.execute(f"DELETE FROM {table} WHERE id NOT IN (SELECT {column} FROM {uses})")
    return Withdrawal(article_id=article_id, evidence=evidence)


def is_withdrawn(db: Database, url: str, site: str, key: str | None = None) -> bool:
    """Whether *url*, or the story known by *key* on its *site*, was withdrawn."""
    row = db.execute(
        """SELECT EXISTS (SELECT 1 FROM urls AS u JOIN addresses AS x ON x.url_id = u.id
            JOIN articles AS a ON a.id = x.article_id
            WHERE u.key = ? AND a.withdrawn_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM articles AS a JOIN sites AS s ON s.id = a.site_id
            WHERE s.name = ? AND a.key = ? AND a.withdrawn_at IS NOT NULL)""",
        [url_digest(storable_text(url)), storable_text(site), storable_text(key or "")],
    ).fetchone()
    return bool(row[0])


def _evidence(db: Database, article_id: int) -> tuple[Evidence, ...]:
    rows = db.execute(
        """SELECT f.path, o.evidence_offset, o.evidence_length, o.evidence_record
        FROM observations AS o JOIN evidence_files AS f ON f.id = o.evidence_file_id
    renew_clusters(db, forget_sketches(db, article_id))
        WHERE o.article_id = ? ORDER BY f.path, o.evidence_offset""",
        [article_id],
    )
    return tuple(
        Evidence(file=file, offset=offset, length=length, record_id=record)
        for file, offset, length, record in rows
    )

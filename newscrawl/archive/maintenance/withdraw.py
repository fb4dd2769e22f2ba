"""Delete an article, and leave a tombstone so that it is never saved again."""

from __future__ import annotations

import attrs
from sqlite_utils import Database

from newscrawl.archive.copies.pairs import delete_copies
from newscrawl.archive.read.articles import article_id_for
from newscrawl.archive.read.captures import (
    OBSERVATIONS_OF_ARTICLE,
    evidence_of,
    is_written_by_crawls,
)
from newscrawl.archive.schema.storable import now, storable_text
from newscrawl.archive.search.index import index_update, purge_index
from newscrawl.archive.write.stored_requisites import take_requisites
from newscrawl.errors import NotInArchive
from newscrawl.outcomes import Evidence

_NAMES = (
    ("authors", "version_authors", "author_id"),
    ("keywords", "version_keywords", "keyword_id"),
    ("sections", "version_sections", "section_id"),
    ("agencies", "version_agencies", "agency_id"),
)

# The further pages that its text was joined from become addresses of it.
_LATER_PAGES = """INSERT OR IGNORE INTO addresses (url_id, article_id)
    SELECT u.id, v.article_id FROM versions AS v, json_each(v.pages) AS page
    JOIN urls AS u ON u.url = page.value WHERE v.article_id = ?"""

# The first and last byte that each run has written; later ones may point there again.
_RUNS = """
    SELECT min(start), max(stop) FROM (
        SELECT min(run_id) AS run, evidence_offset AS start,
            max(evidence_offset + evidence_length) AS stop
        FROM observations WHERE evidence_file_id = ? GROUP BY evidence_offset)
    GROUP BY run ORDER BY 1"""

_TEASERS = """
    SELECT DISTINCT u.url, o.fetched_at, f.path, o.evidence_offset
    FROM addresses AS x JOIN anchors AS c ON c.url_id = x.url_id
    JOIN links AS k ON k.anchor_id = c.id
    JOIN list_set_lists AS t ON t.link_list_id = k.link_list_id
    JOIN observations AS o ON o.list_set_id = t.list_set_id
    JOIN evidence_files AS f ON f.id = o.evidence_file_id JOIN urls AS u ON u.id = o.url_id
    WHERE x.article_id = :article AND o.article_id IS NOT :article
    ORDER BY o.fetched_at, o.id"""

_OTHER_RECORDS = """
    SELECT DISTINCT evidence_offset, evidence_length, evidence_record FROM observations
    WHERE evidence_file_id = ? AND evidence_record IS NOT NULL AND article_id IS NOT ?
    ORDER BY evidence_offset DESC LIMIT 3"""


@attrs.frozen
class Gap:
    """A place in a file of evidence between the records of two runs.

    Records that a killed run wrote and never acknowledged are there.
    """

    file: str
    start: int
    end: int | None
    """None for the end of the file."""
    known: tuple[Evidence, ...] = ()
    """Records of other articles in the file, which identify it."""


@attrs.frozen
class Teaser:
    """A record of another page that links to a withdrawn article."""

    url: str
    """The address of that page."""
    fetched_at: str
    """When it was received (UTC)."""
    file: str
    """The file of evidence, relative to the folder of the archive."""
    offset: int
    """The first byte of the record."""


@attrs.frozen(kw_only=True)
class Withdrawal:
    """A withdrawn article, and the places outside the database that still hold it."""

    article_id: int
    """The id of the article; its address and this id stay."""
    evidence: tuple[Evidence, ...]
    """The records that hold its pages as received."""
    urls: frozenset[str]
    """Its addresses, in every way that they were written."""
    gaps: tuple[Gap, ...]
    """A place where records may be that nothing points at."""
    teasers: tuple[Teaser, ...] = ()
    """Records of other pages that link to it, with its headline."""


def withdraw_article(db: Database, url_or_id: str | int, reason: str) -> Withdrawal:
    """Remove every version of an article, within the open transaction.

    Its addresses stay, with the time and *reason*, so that saving it again keeps nothing.
    Raises ArchiveError if the archive has no such article.
    """
    article_id = article_id_for(db, url_or_id)
    if article_id is None:
        raise NotInArchive(f"the archive has no article {url_or_id}")
    db.conn.execute(_LATER_PAGES, (article_id,))
    own_files = take_requisites(db, article_id)
    withdrawal = Withdrawal(
        article_id=article_id,
        evidence=(*evidence_of(db, article_id), *own_files),
        urls=_urls(db, article_id),
        gaps=_gaps(db, article_id),
        teasers=tuple(Teaser(*row) for row in db.execute(_TEASERS, {"article": article_id})),
    )
    bodies = [
        (body,)
        for (body,) in db.execute(
            "SELECT DISTINCT body_id FROM versions WHERE article_id = ?", [article_id]
        )
    ]
    with index_update(db, article_id):
        db.conn.execute(
            """UPDATE articles SET version_id = NULL, withdrawn_at = coalesce(withdrawn_at, ?),
            withdrawn_reason = ? WHERE id = ?""",
            (now(), storable_text(reason), article_id),
        )
    delete_copies(db, article_id)
    db.conn.execute("DELETE FROM absences WHERE article_id = ?", (article_id,))
    # The index only marks deleted rows, until its parts are merged into one.
    db.conn.execute("INSERT INTO article_search (article_search) VALUES ('optimize')")
    purge_index(db)
    db.conn.execute(
        f"""UPDATE observations SET version_id = NULL, list_set_id = NULL, extractor_id = NULL,
        evidence_file_id = NULL, evidence_offset = NULL, evidence_length = NULL,
        evidence_record = NULL WHERE id IN ({OBSERVATIONS_OF_ARTICLE})""",
        {"article": article_id},
    )
    db.conn.execute(
        """DELETE FROM showings
        WHERE url_id IN (SELECT url_id FROM observations WHERE article_id = ?)""",
        (article_id,),
    )
    db.conn.execute(
        """DELETE FROM slot_boxes
        WHERE page_id IN (SELECT url_id FROM observations WHERE article_id = ?)""",
        (article_id,),
    )
    db.conn.execute("DELETE FROM versions WHERE article_id = ?", (article_id,))
    db.conn.executemany("DELETE FROM bodies WHERE id = ?", bodies)
    for table, uses, column in _NAMES:
        db.conn.execute(f"DELETE FROM {table} WHERE id NOT IN (SELECT {column} FROM {uses})")
    db.conn.execute(
        """DELETE FROM place_names WHERE printed NOT IN
        (SELECT dateline_place FROM versions WHERE dateline_place IS NOT NULL)"""
    )
    return withdrawal


def _urls(db: Database, article_id: int) -> frozenset[str]:
    rows = db.execute(
        """SELECT other.url FROM addresses AS x JOIN urls AS u ON u.id = x.url_id
        JOIN urls AS other ON other.key = u.key WHERE x.article_id = ?""",
        [article_id],
    )
    return frozenset(url for (url,) in rows)


def _gaps(db: Database, article_id: int) -> tuple[Gap, ...]:
    """Return the gaps between runs in the files that crawls of the article's site wrote."""
    files = db.execute(
        """SELECT f.id, f.path FROM evidence_files AS f WHERE EXISTS (
            SELECT 1 FROM observations AS o JOIN articles AS a ON a.site_id = o.site_id
            WHERE o.evidence_file_id = f.id AND a.id = ?)""",
        [article_id],
    ).fetchall()
    gaps = []
    for file_id, path in files:
        end = 0
        known = tuple(
            Evidence(file=path, offset=offset, length=length, record_id=record)
            for offset, length, record in db.execute(_OTHER_RECORDS, [file_id, article_id])
        )
        for start, stop in db.execute(_RUNS, [file_id]) if is_written_by_crawls(path) else ():
            if start > end:
                gaps.append(Gap(path, end, start, known))
            end = max(end, stop)
        gaps.append(Gap(path, end, None, known))
    return tuple(gaps)

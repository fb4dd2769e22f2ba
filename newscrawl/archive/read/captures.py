"""Captures: the stored responses, and the place of each in a WARC file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.read.articles import article_id_for, read_version
from newscrawl.archive.schema.article_columns import changed_fields, text_digest
from newscrawl.archive.schema.storable import moment_from, storable, storable_text, utc_text
from newscrawl.archive.session import Session
from newscrawl.archive.write.better_values import with_better_values
from newscrawl.archive.write.lookup_tables import url_digest
from newscrawl.article import Article
from newscrawl.outcomes import Evidence

_COLUMNS = """SELECT u.url, o.fetched_at, o.status, o.content_type, lower(hex(o.digest)),
    f.path, o.evidence_offset, o.evidence_length, o.evidence_record,
    (SELECT nullif(count(*), 0) FROM versions AS v
        JOIN versions AS w ON w.article_id = v.article_id
            AND (w.first_seen, w.superseded_by IS NULL, w.id)
                <= (v.first_seen, v.superseded_by IS NULL, v.id)
        WHERE v.id = o.version_id), o.source_url, o.source_digest
    FROM observations AS o JOIN urls AS u ON u.id = o.url_id
    JOIN evidence_files AS f ON f.id = o.evidence_file_id"""

# What was observed at an address of the article, unless it was another article.
OBSERVATIONS_OF_ARTICLE = """SELECT id FROM observations WHERE article_id = :article
    UNION SELECT o.id FROM addresses AS x JOIN observations AS o ON o.url_id = x.url_id
    WHERE x.article_id = :article AND o.article_id IS NULL"""

_SERIES = re.compile(r"(?:.*/)?([^/]+)/\1-\d{5}\.warc\.(?:gz|zst)")

_PLACE = ("file", "offset", "length", "record_id")


@attrs.frozen(kw_only=True)
class Capture:
    """One response that is stored as received."""

    url: str
    """The address that was requested."""
    fetched_at: dt.datetime
    """Time of the response (UTC)."""
    status: int | None
    """Its HTTP status."""
    content_type: str | None
    """Its Content-Type header."""
    sha256: str | None
    """The SHA-256 of the body, in hexadecimal."""
    version: int | None
    """The number of the article's version that it shows; None if it is no article."""
    evidence: Evidence
    """Its place; the file is relative to the folder of the archive."""
    source_url: str | None = None
    """Its address in another archive; None for a visit of our own."""
    source_digest: str | None = None
    """Its digest in the index of that archive."""


def read_captures(db: Database, url_or_id: str | int) -> tuple[Capture, ...]:
    """Return the captures of an article, newest first.

    A page that is no article is found by its very address.
    """
    article_id = article_id_for(db, url_or_id)
    if article_id is None:
        condition, value = "u.url = ?", storable_text(str(url_or_id).strip())
    else:
        condition, value = "o.article_id = ? AND o.version_id IS NOT NULL", str(article_id)
    rows = db.execute(
        f"{_COLUMNS} WHERE {condition} ORDER BY o.fetched_at DESC, o.id DESC", [value]
    )
    return tuple(_capture_from(row) for row in rows)


def read_captures_at(db: Database, url: str, at: dt.datetime) -> tuple[Capture, ...]:
    """Return the captures of *url*, written just so, that arrived at a time."""
    rows = db.execute(
        f"{_COLUMNS} WHERE u.url = ? AND o.fetched_at = ? ORDER BY o.id",
        [storable_text(url), utc_text(at)],
    )
    return tuple(_capture_from(row) for row in rows)


def last_capture(db: Database, url: str) -> Capture | None:
    """Return the newest capture of *url*, written just so; None without any."""
    row = db.execute(
        f"{_COLUMNS} WHERE u.url = ? ORDER BY o.fetched_at DESC, o.id DESC LIMIT 1",
        [storable_text(url)],
    ).fetchone()
    return _capture_from(row) if row else None


def capture_of_record(
    db: Database, url: str, record_id: str, sha256: str | None = None
) -> Capture | None:
    """Return the capture of *url* that points at the record of that WARC-Record-ID.

    Where there is none, the first that received the same bytes, by their *sha256*: of two
    archives that saw a page in the same second, a merge keeps one visit.
    """
    row = db.execute(
        f"{_COLUMNS} WHERE u.url = ?1 AND (o.evidence_record = ?2 OR o.digest = ?3)"
        " ORDER BY o.evidence_record = ?2 DESC, o.fetched_at LIMIT 1",
        [storable_text(url), record_id, bytes.fromhex(sha256) if sha256 else None],
    ).fetchone()
    return _capture_from(row) if row else None


def capture_of_requisite(db: Database, sha256: str) -> Capture | None:
    """Return the first stored requisite with the bytes of this digest; None without any."""
    row = db.execute(
        f"{_COLUMNS} WHERE o.digest = ? AND o.outcome = 'requisite' ORDER BY o.id LIMIT 1",
        [bytes.fromhex(sha256)],
    ).fetchone()
    return _capture_from(row) if row else None


_DRAWN_WITH = f"""WITH RECURSIVE named (id) AS (
        SELECT x.url_id FROM page_requisites AS x JOIN urls AS p ON p.id = x.page_id
        WHERE p.url = ?1
        UNION SELECT x.url_id FROM page_requisites AS x JOIN named AS n ON x.page_id = n.id)
    {_COLUMNS} WHERE o.url_id IN (SELECT id FROM named) AND o.outcome = 'requisite'
    ORDER BY f.path, o.evidence_offset, o.id"""


def captures_of_requisites(db: Database, page: str) -> Iterator[Capture]:
    """Yield the captures of the stylesheets, images and fonts of the page at an address."""
    return (_capture_from(row) for row in db.execute(_DRAWN_WITH, [storable_text(page)]))


MAX_REDIRECTS = 5
_NEAREST = """SELECT o.id, f.url FROM urls AS u JOIN observations AS o ON o.url_id = u.id
    LEFT JOIN urls AS f ON f.id = o.final_url_id
    WHERE u.key = ?1 AND o.outcome = 'requisite' AND o.evidence_file_id IS NOT NULL
    ORDER BY u.url <> ?2, abs(julianday(o.fetched_at) - julianday(?3)), o.id LIMIT 1"""


def nearest_requisite(db: Database, url: str, at: dt.datetime) -> int | None:
    """Return the observation of the requisite at *url*, stored nearest to a time, if any.

    Redirects are followed within the archive.
    """
    for _ in range(MAX_REDIRECTS):
        text = storable_text(url)
        row = db.execute(_NEAREST, [url_digest(text), text, utc_text(at)]).fetchone()
        if row is None or row[1] is None:
            return None if row is None else int(row[0])
        url = row[1]
    return None


def read_capture(db: Database, observation: int) -> tuple[Capture, str] | None:
    """Return the capture of an observation and its outcome; None if none is stored."""
    columns = _COLUMNS.replace("o.source_digest", "o.source_digest, o.outcome")
    row = db.execute(f"{columns} WHERE o.id = ?", [observation]).fetchone()
    return (_capture_from(row[:-1]), str(row[-1])) if row else None


def all_captures(db: Database, site: str | None = None) -> Iterator[Capture]:
    """Yield every capture, or those of one site, file by file in the order of its records."""
    condition = "?1 IS NULL OR o.site_id = (SELECT id FROM sites WHERE name = ?1)"
    query = f"{_COLUMNS} WHERE {condition} ORDER BY f.path, o.evidence_offset, o.id"
    return (_capture_from(row) for row in db.execute(query, [site]))


def headline_at(db: Database, url: str, fetched_at: dt.datetime) -> str | None:
    """Return the headline that the article at *url* had in a capture; None if it is none."""
    row = db.execute(
        """SELECT coalesce(v.headline, u.url) FROM urls AS u
        JOIN observations AS o ON o.url_id = u.id JOIN versions AS v ON v.id = o.version_id
        WHERE u.url = ? AND o.fetched_at = ?""",
        [storable_text(url), utc_text(fetched_at)],
    ).fetchone()
    return None if row is None else str(row[0])


def is_written_by_crawls(file: str) -> bool:
    """Return whether a file of evidence was written by a crawl, by its name."""
    return _SERIES.fullmatch(file) is not None


def end_of_captures(db: Database, file: str) -> int:
    """Return where the last record ends that a capture in *file* points at; 0 without any."""
    row = db.execute(
        """SELECT max(o.evidence_offset + o.evidence_length) FROM observations AS o
        JOIN evidence_files AS f ON f.id = o.evidence_file_id WHERE f.path = ?""",
        [file],
    ).fetchone()
    return int(row[0] or 0)


def is_withdrawn(db: Database, url: str, site: str, key: str | None = None) -> bool:
    """Return whether *url*, or the story *key* of its *site*, was withdrawn."""
    row = db.execute(
        """SELECT EXISTS (SELECT 1 FROM urls AS u JOIN addresses AS x ON x.url_id = u.id
            JOIN articles AS a ON a.id = x.article_id
            WHERE u.key = ? AND a.withdrawn_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM articles AS a JOIN sites AS s ON s.id = a.site_id
            WHERE s.name = ? AND a.key = ? AND a.withdrawn_at IS NOT NULL)""",
        [url_digest(storable_text(url)), storable_text(site), storable_text(key or "")],
    ).fetchone()
    return bool(row[0])


def is_unchanged(db: Database, article: Article, site: str, key: str) -> bool:
    """Return whether *article* and the lists beside it are as the archive has them now."""
    row = db.execute(
        """SELECT v.id, v.digest FROM articles AS a JOIN sites AS s ON s.id = a.site_id
        JOIN versions AS v ON v.id = a.version_id WHERE s.name = ? AND a.key = ?""",
        [storable_text(site), storable_text(key)],
    ).fetchone()
    if row is None or row[1] != text_digest(article):
        return False
    known = read_version(db, row[0])
    if known is None or known.link_lists != storable(article.link_lists):
        return False
    return not changed_fields(known, with_better_values(known, article))


def evidence_of(db: Database, article_id: int) -> tuple[Evidence, ...]:
    """Return every record of the article's pages, also of visits that it was not found on."""
    rows = db.execute(
        f"""SELECT DISTINCT f.path, o.evidence_offset, o.evidence_length, o.evidence_record
        FROM observations AS o JOIN evidence_files AS f ON f.id = o.evidence_file_id
        WHERE o.id IN ({OBSERVATIONS_OF_ARTICLE}) ORDER BY f.path, o.evidence_offset""",
        {"article": article_id},
    )
    return tuple(
        Evidence(file=file, offset=offset, length=length, record_id=record)
        for file, offset, length, record in rows
    )


def _capture_from(row: Any) -> Capture:
    url, fetched_at, status, content_type, sha256, *place, version, source, digest = row
    return Capture(
        url=url,
        fetched_at=moment_from(fetched_at),
        status=status,
        content_type=content_type,
        sha256=sha256 or None,
        version=version,
        source_url=source,
        source_digest=digest,
        evidence=Evidence(**dict(zip(_PLACE, place, strict=True))),
    )


class EvidenceIndex:
    """The captures of an archive: `archive.evidence`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_page(self, url_or_id: str | int) -> tuple[Capture, ...]:
        """Return the captures of an article or another page, newest first."""
        with self._session.clear_errors():
            return read_captures(self._session.db, url_or_id)

    def all(self, site: str | None = None) -> Iterator[Capture]:
        """Yield every capture, or those of one site, file by file in the order of records."""
        with self._session.clear_errors():
            yield from all_captures(self._session.db, site)

    def last(self, url: str) -> Capture | None:
        """Return the newest capture of exactly this address; None without any."""
        with self._session.clear_errors():
            return last_capture(self._session.db, url)

    def of_record(self, url: str, record_id: str, sha256: str | None = None) -> Capture | None:
        """Return the capture of *url* in the record of that WARC-Record-ID, or of its bytes."""
        with self._session.clear_errors():
            return capture_of_record(self._session.db, url, record_id, sha256)

    def of_article(self, url_or_id: str | int) -> tuple[Evidence, ...]:
        """Return every record of an article's pages; empty if there is no such article."""
        with self._session.clear_errors():
            article_id = article_id_for(self._session.db, url_or_id)
            return () if article_id is None else evidence_of(self._session.db, article_id)

    def headline_at(self, url: str, fetched_at: dt.datetime) -> str | None:
        """Return the headline of the article at *url* in a capture; None if it is none."""
        with self._session.clear_errors():
            return headline_at(self._session.db, url, fetched_at)

    def end_of(self, file: str) -> int:
        """Return the end of the last record in *file* that is pointed at; 0 without any."""
        with self._session.clear_errors():
            return end_of_captures(self._session.db, file)

    def is_unchanged(self, article: Article, site: str, key: str) -> bool:
        """Return whether *article* is as the archive has it now, in its text and beside it."""
        with self._session.clear_errors():
            return is_unchanged(self._session.db, article, site, key)

    def is_withdrawn(self, url: str, site: str, key: str | None = None) -> bool:
        """Return whether *url*, or the story *key* of its *site*, was withdrawn."""
        with self._session.clear_errors():
            return is_withdrawn(self._session.db, url, site, key)

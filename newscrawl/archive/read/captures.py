"""Captures: the answers that are kept as received, and where each of them lies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.read.articles import article_id_for
from newscrawl.archive.write.storable import storable_text
from newscrawl.outcomes import Evidence

_COLUMNS = """SELECT u.url, o.fetched_at, o.status, o.content_type, lower(hex(o.digest)),
    f.path, o.evidence_offset, o.evidence_length, o.evidence_record,
    (SELECT nullif(count(*), 0) FROM versions AS v
        JOIN versions AS w ON w.article_id = v.article_id
            AND (w.first_seen, w.superseded_by IS NULL, w.id)
                <= (v.first_seen, v.superseded_by IS NULL, v.id)
        WHERE v.id = o.version_id)
    FROM observations AS o JOIN urls AS u ON u.id = o.url_id
    JOIN evidence_files AS f ON f.id = o.evidence_file_id"""

_SERIES = re.compile(r"(?:.*/)?([^/]+)/\1-\d{5}\.warc\.gz")

_PLACE = ("file", "offset", "length", "record_id")


@attrs.frozen(kw_only=True)
class Capture:
    """One answer that is kept as received."""

    url: str
    """The address that was requested."""
    fetched_at: str
    """When the answer arrived (UTC, `YYYY-MM-DDTHH:MM:SSZ`)."""
    status: int | None
    """Its HTTP status."""
    content_type: str | None
    """Its Content-Type header."""
    sha256: str | None
    """The SHA-256 of the body, in hexadecimal."""
    version: int | None
    """The number of the article's version that it shows; None where it is no article."""
    evidence: Evidence
    """Where it lies; the file is relative to the folder of the archive."""


def read_captures(db: Database, url_or_id: str | int) -> tuple[Capture, ...]:
    """Return the captures of an article, newest first.

    A page that is no article is found by its very address.
    """
    article_id = article_id_for(db, url_or_id)
    if article_id is None:
        condition, value = "u.url = ?", storable_text(str(url_or_id).strip())
    else:
        condition, value = "o.article_id = ?", str(article_id)
    rows = db.execute(
        f"{_COLUMNS} WHERE {condition} ORDER BY o.fetched_at DESC, o.id DESC", [value]
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


def all_captures(db: Database, site: str | None = None) -> Iterator[Capture]:
    """Yield every capture, or those of one site, file by file in the order of its records."""
    condition = "?1 IS NULL OR o.site_id = (SELECT id FROM sites WHERE name = ?1)"
    query = f"{_COLUMNS} WHERE {condition} ORDER BY f.path, o.evidence_offset, o.id"
    return (_capture_from(row) for row in db.execute(query, [site]))


def headline_at(db: Database, url: str, fetched_at: str) -> str | None:
    """Return the headline that the article at *url* had in a capture; None where it is none."""
    row = db.execute(
        """SELECT coalesce(v.headline, u.url) FROM urls AS u
        JOIN observations AS o ON o.url_id = u.id JOIN versions AS v ON v.id = o.version_id
        WHERE u.url = ? AND o.fetched_at = ?""",
        [storable_text(url), fetched_at],
    ).fetchone()
    return None if row is None else str(row[0])


def is_written_by_crawls(file: str) -> bool:
    """Whether a file of evidence is one of a crawl's own, by its name."""
    return _SERIES.fullmatch(file) is not None


def end_of_captures(db: Database, file: str) -> int:
    """Return where the last record ends that a capture in *file* points at; 0 without any."""
    row = db.execute(
        """SELECT max(o.evidence_offset + o.evidence_length) FROM observations AS o
        JOIN evidence_files AS f ON f.id = o.evidence_file_id WHERE f.path = ?""",
        [file],
    ).fetchone()
    return int(row[0] or 0)


def _capture_from(row: Any) -> Capture:
    url, fetched_at, status, content_type, sha256, *place, version = row
    return Capture(
        url=url,
        fetched_at=fetched_at,
        status=status,
        content_type=content_type,
        sha256=sha256 or None,
        version=version,
        evidence=Evidence(**dict(zip(_PLACE, place, strict=True))),
    )

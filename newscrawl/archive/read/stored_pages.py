"""Stored pages of each article, and of refused pages, for re-extraction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from, utc_text
from newscrawl.outcomes import Evidence, Outcome

REFUSED = (Outcome.NOT_ARTICLE, Outcome.PARSE_ERROR, Outcome.ERROR)
"""The outcomes of pages that were read and refused."""

BATCH = 500
"""The number of rows read at a time."""

_STORIES = """
    SELECT a.id, s.name AS site, u.url,
        EXISTS (SELECT 1 FROM observations AS o WHERE o.article_id = a.id
                AND o.evidence_file_id IS NOT NULL AND o.status IS NOT 304) AS is_kept
    FROM articles AS a JOIN sites AS s ON s.id = a.site_id JOIN urls AS u ON u.id = a.url_id
    WHERE a.id > ?1 AND a.version_id IS NOT NULL AND a.last_seen >= ?2
        AND (?3 IS NULL OR s.name = ?3)
    ORDER BY a.id LIMIT ?4"""
_PAGES = """
    SELECT o.id, o.run_id, s.name AS site, o.version_id, o.fetched_at,
        lower(hex(o.digest)) AS digest, u.url,
        f.path, o.evidence_offset, o.evidence_length, o.evidence_record
    FROM observations AS o JOIN urls AS u ON u.id = o.url_id
    JOIN sites AS s ON s.id = o.site_id
    JOIN evidence_files AS f ON f.id = o.evidence_file_id
    LEFT JOIN extractors AS e ON e.id = o.extractor_id
    WHERE {} AND (e.name IS NULL OR e.name <> ?2) AND o.status IS NOT 304
    ORDER BY {} LIMIT ?3"""
_OF_STORY = _PAGES.format(
    "o.article_id = ?1 AND o.version_id IS NOT NULL", "o.fetched_at, o.id"
)
_OF_NONE = _PAGES.format(
    f"""o.id > ?1 AND o.version_id IS NULL AND o.outcome IN {tuple(map(str, REFUSED))}
    AND o.kind IS NOT 'withdrawn' AND o.fetched_at >= ?4
    AND (?5 IS NULL OR s.name = ?5)""",
    "o.id",
)


@attrs.frozen(kw_only=True)
class StoredPage:
    """One response that is stored as received."""

    observation_id: int
    """The id of its observation."""
    run_id: int | None
    """The run that brought it."""
    site: str
    """The name of its site."""
    version_id: int | None
    """The version that it was read as; None if it was refused."""
    fetched_at: dt.datetime
    """When it arrived (UTC)."""
    digest: str
    """The SHA-256 of its body, in hexadecimal."""
    url: str
    """The address that was requested."""
    evidence: Evidence
    """Its place; the file is relative to the folder of the archive."""


@attrs.frozen(kw_only=True)
class Story:
    """One article, and those of its pages that this extractor has not read."""

    article_id: int
    site: str
    url: str
    is_kept: bool
    """True if any of its pages is stored."""
    pages: tuple[StoredPage, ...]
    """The oldest first."""


def read_stories(
    db: Database, extractor: str, *, site: str | None, since: dt.datetime | None
) -> Iterator[Story]:
    """Yield each article seen since then, with its pages that *extractor* has not read yet."""
    last = 0
    while rows := db.execute(_STORIES, [last, _from(since), site, BATCH]).fetchall():
        for last, name, url, is_kept in rows:  # the next batch begins there
            pages = tuple(map(_page_from, db.query(_OF_STORY, [last, extractor, -1])))
            yield Story(article_id=last, site=name, url=url, is_kept=bool(is_kept), pages=pages)


def _from(since: dt.datetime | None) -> str:
    return utc_text(since) if since else ""


def read_refused(
    db: Database, extractor: str, *, site: str | None, since: dt.datetime | None
) -> Iterator[StoredPage]:
    """Yield the pages since then that were refused, and that *extractor* has not read yet."""
    last = 0
    while rows := list(db.query(_OF_NONE, [last, extractor, BATCH, _from(since), site])):
        yield from map(_page_from, rows)
        last = rows[-1]["id"]


def _page_from(row: dict[str, Any]) -> StoredPage:
    return StoredPage(
        observation_id=row["id"],
        run_id=row["run_id"],
        site=row["site"],
        version_id=row["version_id"],
        fetched_at=moment_from(row["fetched_at"]),
        digest=row["digest"],
        url=row["url"],
        evidence=Evidence(
            file=row["path"],
            offset=row["evidence_offset"],
            length=row["evidence_length"],
            record_id=row["evidence_record"],
        ),
    )

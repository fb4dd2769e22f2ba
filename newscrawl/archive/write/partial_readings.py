"""Readings of a part of an article: some of its pages could not be fetched.

What such a reading lacks was not removed by the publisher. It is compared with a whole version
line by line: if it holds nothing else, nothing has changed. Every function needs an open
transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from newscrawl.archive.read.articles import read_version
from newscrawl.archive.schema.article_columns import TEXT_FIELDS, printed, text_digest
from newscrawl.article import Article

_OFTEN_LACKING = frozenset({"source_credit"})
"""Fields that stand under the last page of an article."""


def is_read_alike(article: Article, version: Mapping[str, Any]) -> bool:
    """Return whether *article* lacks the same pages as the row of a version."""
    return set(article.missing_pages) == set(json.loads(version["missing_pages"] or "[]"))


def whole_version(
    db: Database, article: Article, article_id: int, seen_at: str
) -> dict[str, Any] | None:
    """Return the version in force at a time if *article* holds a part of it, and no more."""
    if not article.missing_pages:
        return None
    version = next(
        db.query(
            """SELECT * FROM versions WHERE article_id = ? AND superseded_by IS NULL
                AND first_seen <= ? ORDER BY first_seen DESC, id DESC LIMIT 1""",
            [article_id, seen_at],
        ),
        None,
    )
    if version is None or is_read_alike(article, version):
        return None
    whole = read_version(db, version["id"])
    is_part = whole is not None and _holds(whole, article) and not _holds(article, whole)
    return version if is_part else None


def cause_of_parts(
    db: Database, article: Article, seen_at: str, version: dict[str, Any]
) -> str:
    """Return the cause of the later of a reading and a version that lack different pages.

    A whole text is compared with the whole version before: `publisher` if they differ. Else
    `extractor` if the one text holds the other, so that nothing was edited, or `undecided`.
    """
    other = read_version(db, version["id"])
    if other is None:
        return "undecided"
    is_later = version["first_seen"] > seen_at
    later = other if is_later else article
    like = None if later.missing_pages else _whole_before(db, version, seen_at)
    if like is not None:
        return "extractor" if like == text_digest(later) else "publisher"
    return "extractor" if _holds(other, article) or _holds(article, other) else "undecided"


def _whole_before(db: Database, version: dict[str, Any], seen_at: str) -> bytes | None:
    """Return the digest of the last whole version up to a time, read as *version* was."""
    row = db.execute(
        """SELECT digest FROM versions WHERE article_id = ? AND superseded_by IS NULL
            AND missing_pages IS NULL AND first_seen <= ? AND extractor_id = ?
        ORDER BY first_seen DESC, id DESC LIMIT 1""",
        (version["article_id"], seen_at, version["extractor_id"]),
    ).fetchone()
    return row[0] if row else None


def judge_next_whole(db: Database, article: Article, version: dict[str, Any]) -> None:
    """Name the cause of the first whole version after *version*, which is a part.

    *article* is an older page that was imported later.
    """
    if article.missing_pages or not version["missing_pages"]:
        return
    db.conn.execute(
        """UPDATE versions SET cause = iif(digest = ?, 'extractor', 'publisher') WHERE id = (
            SELECT id FROM versions WHERE article_id = ? AND superseded_by IS NULL
                AND missing_pages IS NULL AND first_seen > ? AND extractor_id = ?
            ORDER BY first_seen, id LIMIT 1)""",
        (
            *(text_digest(article), version["article_id"]),
            *(version["first_seen"], version["extractor_id"]),
        ),
    )


def _holds(whole: Article, part: Article) -> bool:
    """Return whether *whole* has every line of *part* in the same order, and its fields."""
    return all(
        printed(part, field) == printed(whole, field)
        or (field in _OFTEN_LACKING and not printed(part, field))
        for field in TEXT_FIELDS
        if field != "article_body"
    ) and _is_within(part.article_body.splitlines(), whole.article_body.splitlines())


def _is_within(part: Sequence[str], whole: Sequence[str]) -> bool:
    lines = iter(whole)
    return all(line in lines for line in part)

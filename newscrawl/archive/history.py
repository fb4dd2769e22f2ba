"""How an article has fared, in as few words as deciding on another visit needs."""

from __future__ import annotations

import datetime as dt

import attrs

from newscrawl.archive.archive import Archive
from newscrawl.archive.storable import moment_from


@attrs.frozen(kw_only=True)
class History:
    """When an article was published, and how often it has changed since it is kept."""

    published: dt.datetime | None
    """The date of publication, a bare day from its beginning; None where none is known."""
    changes: int
    """How many of its versions are the publisher's doing, after the first."""


def history_of(archive: Archive, article_id: int) -> History:
    """Return how the article *article_id* has fared."""
    row = archive.db.execute(
        "SELECT v.date_published, (SELECT count(*) FROM versions AS w"
        " WHERE w.article_id = a.id AND w.cause = 'publisher')"
        " FROM articles AS a JOIN versions AS v ON v.id = a.version_id WHERE a.id = ?",
        (article_id,),
    ).fetchone()
    if row is None:
        return History(published=None, changes=0)
    text, changes = row
    if text and len(text) == 10:
        text = f"{text}T00:00:00Z"
    return History(published=moment_from(text) if text else None, changes=changes)


def count_articles(archive: Archive, site: str) -> int:
    """Return how many articles of *site* the archive holds."""
    row = archive.db.execute(
        "SELECT count(*) FROM articles AS a JOIN sites AS s ON s.id = a.site_id"
        " WHERE s.name = ? AND a.version_id IS NOT NULL",
        (site,),
    ).fetchone()
    return int(row[0])

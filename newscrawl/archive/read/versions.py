"""Versions of an article, and the differences of two of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs
from sqlite_utils import Database

from newscrawl.archive.changes.difference import FieldChange, pieces_between
from newscrawl.archive.read.articles import article_id_for, read_version
from newscrawl.archive.schema.article_columns import TEXT_FIELDS, printed
from newscrawl.archive.schema.storable import moment_from, utc_text
from newscrawl.article import Article
from newscrawl.errors import ArchiveError, NotInArchive

Cause = Literal["first", "publisher", "extractor", "undecided", "layout"]


@attrs.frozen(kw_only=True)
class Version:
    """The text of an article from one time on."""

    id: int
    """The id of the version."""
    number: int
    """Its number within the article, from 1, the oldest."""
    first_seen: dt.datetime
    """Time at which it was first seen (UTC)."""
    last_seen: dt.datetime
    """Time at which it was last seen (UTC)."""
    cause: Cause
    """Who changed it: publisher, extractor (how pages are read changed), layout (of the
    site, not of the text), or undecided."""
    extractor: str
    """The identity of the extractor."""
    headline: str | None
    """Its headline."""
    follows: int | None
    """The number of the version that it is compared with: the last one before it that was read
    in the same way, or the reading that it supersedes. None for the first."""
    changed: tuple[str, ...]
    """The fields whose text differs from the version that it follows; none for the first."""


@attrs.frozen(kw_only=True)
class Difference:
    """The differences of two versions of one article."""

    old: Version
    """The earlier version."""
    new: Version
    """The later version."""
    changes: tuple[FieldChange, ...]
    """The fields that differ, in reading order."""

    @property
    def not_before(self) -> dt.datetime:
        """Time at which the old text was last seen before the new one (UTC)."""
        return min(self.old.last_seen, self.new.first_seen)


def read_versions(db: Database, url_or_id: str | int) -> tuple[Version, ...]:
    """Return the versions of an article, the oldest first. Raises ArchiveError without one."""
    article_id = article_id_for(db, url_or_id)
    if article_id is None:
        raise NotInArchive(f"the archive has no article {url_or_id}")
    rows = db.query(
        """SELECT v.*, b.article_body, e.name AS extractor
        FROM versions AS v JOIN bodies AS b ON b.id = v.body_id
        JOIN extractors AS e ON e.id = v.extractor_id
        WHERE v.article_id = ? ORDER BY v.first_seen, v.superseded_by IS NULL, v.id""",
        [article_id],
    )
    earlier: list[dict[str, Any]] = []
    versions: list[Version] = []
    for number, row in enumerate(rows, 1):
        follows = followed_by(row, earlier)
        before = None if follows is None else earlier[follows - 1]
        versions.append(_version_from(row, number, follows, before))
        earlier.append(row)
    return tuple(versions)


def followed_by(row: dict[str, Any], earlier: Sequence[dict[str, Any]]) -> int | None:
    """Return the number of the version that *row* is compared with, like with like.

    *earlier* are the rows of the versions before it, the oldest first.
    """
    numbered = list(enumerate(earlier, 1))[::-1]
    for number, one in numbered:
        if row["cause"] == "extractor" and one["superseded_by"] == row["id"]:
            return number
        if row["cause"] in {"publisher", "layout"} and is_comparable(one, row):
            return number
    return len(earlier) or None


def is_comparable(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two rows of versions differ by edits alone.

    The same rules have read them, and they lack the same pages.
    """
    return all(one[name] == other[name] for name in ("extractor_id", "missing_pages"))


def _version_from(
    row: dict[str, Any], number: int, follows: int | None, before: dict[str, Any] | None
) -> Version:
    columns = {field: "dateline_raw" if field == "dateline" else field for field in TEXT_FIELDS}
    return Version(
        id=row["id"],
        number=number,
        first_seen=moment_from(row["first_seen"]),
        last_seen=moment_from(row["last_seen"]),
        cause=row["cause"],
        extractor=row["extractor"],
        headline=row["headline"],
        follows=follows,
        changed=tuple(
            field
            for field, column in columns.items()
            if before is not None and before[column] != row[column]
        ),
    )


def read_version_at(
    db: Database, url_or_id: str | int, number: int | None, at: dt.datetime | None
) -> Version:
    """Return a version of an article by its *number*, or the one in force *at* a time.

    Raises ArchiveError if the article is unknown, or has none.
    """
    versions = read_versions(db, url_or_id)
    if number is not None:
        if not 1 <= number <= len(versions):
            raise ArchiveError(
                f"{url_or_id} has no version {number}, only 1 to {len(versions)}"
            )
        return versions[number - 1]
    found = [one for one in versions if at is None or one.first_seen <= at]
    if not found:
        first = f", first seen {utc_text(versions[0].first_seen)}" if versions else ""
        raise ArchiveError(f"{url_or_id} has no version of that time{first}")
    return found[-1]


def read_difference(
    db: Database, url_or_id: str | int, old: int | None, new: int | None
) -> Difference:
    """Return the differences of two versions by number: of the last and the one it follows.

    Raises ArchiveError if the article or a version is unknown, or there is only one.
    """
    versions = read_versions(db, url_or_id)
    new = len(versions) if new is None else new
    if old is None:
        old = (versions[new - 1].follows if 0 < new <= len(versions) else None) or new - 1
    for number in (old, new):
        if not 1 <= number <= len(versions):
            raise ArchiveError(_missing(url_or_id, number, len(versions)))
    first, second = versions[old - 1], versions[new - 1]
    return Difference(
        old=first,
        new=second,
        changes=changes_between(_text(db, first), _text(db, second)),
    )


def read_changes(
    db: Database, version_id: int, fields: Sequence[str]
) -> tuple[FieldChange, ...]:
    """Return the changes of *fields* between a version and the one that it follows."""
    row = db.execute(
        "SELECT follows_id FROM version_changes WHERE version_id = ? LIMIT 1", [version_id]
    ).fetchone()
    old, new = (read_version(db, one) for one in (row[0] if row else version_id, version_id))
    if old is None or new is None:
        return ()
    return tuple(one for one in changes_between(old, new) if one.field in fields)


def _missing(url_or_id: str | int, number: int, count: int) -> str:
    if count < 2:
        return f"{url_or_id} has {count} version: there is nothing to compare"
    return f"{url_or_id} has no version {number}, only 1 to {count}"


def _text(db: Database, version: Version) -> Article:
    article = read_version(db, version.id)
    if article is None:
        raise ArchiveError(f"version {version.id} is gone")
    return article


def changes_between(old: Article, new: Article) -> tuple[FieldChange, ...]:
    """Return the changes of the printed texts, field by field, in reading order."""
    pairs = [
        (field, printed(old, field) or "", printed(new, field) or "") for field in TEXT_FIELDS
    ]
    return tuple(
        FieldChange(field=field, pieces=pieces_between(before, after))
        for field, before, after in pairs
        if before != after
    )

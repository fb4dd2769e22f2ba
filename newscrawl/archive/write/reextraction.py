"""Save a newer extractor's reading of stored pages beside the earlier reading.

A version that it reads otherwise is superseded by a new one of the same time, whose cause is
the extractor. So a mended fault of ours never counts as an edit, and an edit that only our
fault had made up is named as such. Every function runs in an open transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.changes.version_changes import update_changes
from newscrawl.archive.links.list_snapshots import PageVisit, rebuild_showings
from newscrawl.archive.read.articles import read_version
from newscrawl.archive.read.stored_pages import StoredPage, Story, read_refused, read_stories
from newscrawl.archive.read.versions import is_comparable
from newscrawl.archive.schema.article_columns import text_digest
from newscrawl.archive.schema.storable import storable
from newscrawl.archive.search.index import index_update
from newscrawl.archive.session import Session
from newscrawl.archive.write import lookup_tables
from newscrawl.archive.write.article_versions import Reading, extend_version, insert_version
from newscrawl.article import Article

_LIVE = """SELECT * FROM versions WHERE article_id = ? AND superseded_by IS NULL
    ORDER BY first_seen, id"""
_SEEN = """SELECT id, url_id, fetched_at, digest FROM observations WHERE version_id = ?
    ORDER BY fetched_at, id"""


@attrs.define
class _Group:
    """Observations of one version, one after the other, that are one text as read now."""

    digest: bytes
    article: Article
    """As it was read last."""
    rows: list[dict[str, Any]]


def apply_readings(db: Database, article_id: int, readings: Mapping[int, Article]) -> bool:
    """Keep how the pages of an article are read now, by the ids of their observations.

    Observations without a reading go with the one before them. Whether a text has changed is
    returned. Doing it twice changes nothing.
    """
    cleaned = {one: storable(article) for one, article in readings.items()}
    versions = list(db.query(_LIVE, [article_id]))
    if not versions or not readings:  # it was withdrawn meanwhile, or nothing could be read
        return False
    is_changed = False
    with index_update(db, article_id):
        before: dict[str, Any] | None = None
        for version in versions:
            groups = _groups(list(db.query(_SEEN, [version["id"]])), cleaned)
            now = _Rereading(db, version, before).apply(groups) if groups else version
            is_changed |= now["id"] != version["id"]
            before = now
        _record_readings(db, cleaned)
    if is_changed:
        update_changes(db, article_id)
    return is_changed


def _groups(rows: list[dict[str, Any]], readings: Mapping[int, Article]) -> list[_Group]:
    groups: list[_Group] = []
    unread: list[dict[str, Any]] = []
    for row in rows:
        article = readings.get(row["id"])
        if article is None:
            (groups[-1].rows if groups else unread).append(row)
            continue
        digest = text_digest(article)
        if groups and groups[-1].digest == digest:
            groups[-1].rows.append(row)
            groups[-1].article = article
        else:
            groups.append(_Group(digest, article, [*unread, row]))
            unread = []
    return groups


class _Rereading:
    """One version of an article, and the one before it as it is read now."""

    def __init__(
        self, db: Database, version: dict[str, Any], before: dict[str, Any] | None
    ) -> None:
        self._db, self._version, self._before = db, version, before

    def apply(self, groups: list[_Group]) -> dict[str, Any]:
        """Keep *groups* as versions; return the last of them."""
        first, *others = groups
        before, version = self._before, self._version
        reader = self._reading(first, version["first_seen"]).extractor_id
        is_like = before is not None and is_comparable(
            before, {**version, "extractor_id": reader}
        )
        if is_like and before is not None and before["digest"] == first.digest:
            self._set_cause("extractor")  # what had changed was only how the page was read
            self._extend(before, first)
            target = before
        elif not others and first.digest == version["digest"]:
            self._decide_cause(is_like=is_like)
            extend_version(self._db, version, self._reading(first, version["last_seen"]))
            return self._row(version["id"])
        else:
            self._decide_cause(is_like=is_like)
            target = self._put(first, version["first_seen"], "extractor")
        superseder = target["id"]
        for group in others:
            target = self._put(group, group.rows[0]["fetched_at"], "publisher")
        self._supersede(superseder, target)
        return self._row(target["id"])

    def _decide_cause(self, *, is_like: bool) -> None:
        """Name the publisher for an undecided change if both versions are read alike."""
        if is_like and self._version["cause"] == "undecided":
            self._set_cause("publisher")

    def _reading(self, group: _Group, seen_at: str) -> Reading:
        article = group.article
        return Reading(
            article=article,
            article_id=self._version["article_id"],
            seen_at=seen_at,
            extractor_id=lookup_tables.name_id(self._db, "extractors", article.extractor),
            list_set_id=lookup_tables.list_set_id(self._db, article.link_lists),
            page_digest=group.rows[-1]["digest"],
        )

    def _put(self, group: _Group, first_seen: str, cause: str) -> dict[str, Any]:
        """Make a version of *group*, which begins at *first_seen*."""
        made = insert_version(
            self._db, self._reading(group, first_seen), group.digest, self._version
        )
        self._db.conn.execute("UPDATE versions SET cause = ? WHERE id = ?", (cause, made))
        self._move(made, group)
        return self._row(made)

    def _extend(self, version: dict[str, Any], group: _Group) -> None:
        """Let an earlier version go on over *group*, which it shows as well."""
        extend_version(self._db, version, self._reading(group, group.rows[-1]["fetched_at"]))
        self._move(version["id"], group)

    def _move(self, version_id: int, group: _Group) -> None:
        self._db.conn.executemany(
            "UPDATE observations SET version_id = ? WHERE id = ?",
            [(version_id, row["id"]) for row in group.rows],
        )
        self._db.conn.execute(
            "UPDATE versions SET last_seen = max(last_seen, ?) WHERE id = ?",
            (group.rows[-1]["fetched_at"], version_id),
        )

    def _supersede(self, superseder: int, last: dict[str, Any]) -> None:
        """Let the old version be superseded, and the last of the new ones end as it did."""
        old = self._version["id"]
        self._db.conn.execute(
            "UPDATE versions SET superseded_by = ? WHERE id = ?", (superseder, old)
        )
        self._db.conn.execute(
            "UPDATE versions SET last_seen = max(last_seen, ?) WHERE id = ?",
            (self._version["last_seen"], last["id"]),
        )
        self._db.conn.execute(
            "UPDATE articles SET version_id = ? WHERE version_id = ?", (last["id"], old)
        )

    def _set_cause(self, cause: str) -> None:
        if self._version["cause"] != "first":
            self._db.conn.execute(
                "UPDATE versions SET cause = ? WHERE id = ?", (cause, self._version["id"])
            )

    def _row(self, version_id: int) -> dict[str, Any]:
        return next(self._db.query("SELECT * FROM versions WHERE id = ?", [version_id]))


def _record_readings(db: Database, readings: Mapping[int, Article]) -> None:
    """Record the new extractor, rules and lists on each observation."""
    again: set[int] = set()
    for observation, article in readings.items():
        list_set_id = lookup_tables.list_set_id(db, article.link_lists)
        url_id, listed = db.execute(
            "SELECT url_id, list_set_id FROM observations WHERE id = ?", [observation]
        ).fetchone()
        db.conn.execute(
            """UPDATE observations SET extractor_id = ?, provenance_id = ?, list_set_id = ?
            WHERE id = ?""",
            (
                lookup_tables.name_id(db, "extractors", article.extractor),
                lookup_tables.provenance_id(db, article.provenance),
                list_set_id,
                observation,
            ),
        )
        if listed != list_set_id:
            again.add(url_id)
    for url_id in sorted(again):
        shown = PageVisit(url_id=url_id, seen_at="", list_set_id=None, is_article=True)
        rebuild_showings(db, shown)


def record_refusal(db: Database, observation: int, extractor: str) -> None:
    """Note that *extractor* has read a refused page once more, and refuses it too."""
    db.conn.execute(
        "UPDATE observations SET extractor_id = ? WHERE id = ?",
        (lookup_tables.name_id(db, "extractors", extractor), observation),
    )


def delete_refusal(db: Database, observation: int) -> None:
    """Delete the observation of a refused page, which is saved again as an article."""
    db.conn.execute("DELETE FROM observations WHERE id = ?", (observation,))


def insert_superseded(
    db: Database, article: Article, row: Mapping[str, Any], now: dict[str, Any]
) -> None:
    """Keep how a page was read in another archive, before it was read as the version *now*.

    *row* has the times of that reading and the causes of both.
    """
    reading = Reading(
        article=article,
        article_id=now["article_id"],
        seen_at=row["first_seen"],
        extractor_id=lookup_tables.name_id(db, "extractors", article.extractor),
        list_set_id=lookup_tables.list_set_id(db, article.link_lists),
        page_digest=None,
    )
    made = insert_version(db, reading, row["digest"], None)
    db.conn.execute(
        "UPDATE versions SET last_seen = ?, cause = ?, superseded_by = ? WHERE id = ?",
        (row["last_seen"], row["cause"], now["id"], made),
    )
    db.conn.execute("UPDATE versions SET cause = ? WHERE id = ?", (row["cause_now"], now["id"]))


class Reextraction:
    """Stored pages to read again, and the results of reading them: `archive.reextraction`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def stories(
        self, extractor: str, *, site: str | None, since: dt.datetime | None
    ) -> Iterator[Story]:
        """Yield each article seen since then, with its pages that *extractor* has not read."""
        with self._session.clear_errors():
            yield from read_stories(self._session.db, extractor, site=site, since=since)

    def refused(
        self, extractor: str, *, site: str | None, since: dt.datetime | None
    ) -> Iterator[StoredPage]:
        """Yield the refused pages since then that *extractor* has not read."""
        with self._session.clear_errors():
            yield from read_refused(self._session.db, extractor, site=site, since=since)

    def version(self, version_id: int) -> Article | None:
        """Return the article as one version of it says; None if it is gone."""
        with self._session.clear_errors():
            return read_version(self._session.db, version_id)

    def apply(self, article_id: int, readings: Mapping[int, Article]) -> bool:
        """Save how the pages of an article are read now; return True if a text has changed."""
        with self._session.transaction() as db:
            return apply_readings(db, article_id, readings)

    def refuse_again(self, observation: int, extractor: str) -> None:
        """Record that *extractor* has read a refused page again and refuses it too."""
        with self._session.transaction() as db:
            record_refusal(db, observation, extractor)

    def forget(self, observation: int) -> None:
        """Delete the observation of a refused page, which is saved again as an article's."""
        with self._session.transaction() as db:
            delete_refusal(db, observation)

"""Repeat the query of a package on an archive, and report the differences with their causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import attrs
from sqlite_utils import Database

from newscrawl.archive import Archive
from newscrawl.archive.export.tables import Selection
from newscrawl.study.package import Package
from newscrawl.study.texts import text_digest

Kind = Literal["missing", "new", "changed"]


@attrs.frozen(kw_only=True)
class Deviation:
    """One article that a package and an archive do not agree on."""

    kind: Kind
    """missing from the query's results, new there, or found with another text."""
    site: str
    key: str
    url: str
    why: str
    """The reason, in a sentence."""


@attrs.frozen(kw_only=True)
class Reproduction:
    """The result of a query repeated."""

    query: str
    articles: int
    """Articles that the package has."""
    found: int
    """Articles that the query finds now."""
    deviations: tuple[Deviation, ...]


def reproduce(package: Package, archive: Archive) -> Reproduction:
    """Run the query of *package* on *archive* again and compare articles and texts."""
    query = str(package.query()["query"])
    packaged = {(row["site"], row["key"]): row for row in package.digests()}
    found = {
        (row["site"], row["key"]): row
        for row in archive.rows(Selection(ids=tuple(archive.ids_of_hits(query))))
    }
    return Reproduction(
        query=query,
        articles=len(packaged),
        found=len(found),
        deviations=tuple(_deviations(archive.db, packaged, found)),
    )


def _deviations(
    db: Database,
    packaged: Mapping[tuple[str, str], Mapping[str, Any]],
    found: Mapping[tuple[str, str], Mapping[str, Any]],
) -> Iterator[Deviation]:
    for name in sorted({*packaged, *found}):
        old, now = packaged.get(name), found.get(name)
        if old is None and now is not None:
            yield _deviation("new", now, _why_new(db, now))
        elif old is not None and now is None:
            yield _deviation("missing", old, _why_missing(db, old))
        elif old and now and old["text_sha256"] != text_digest(now):
            yield _deviation("changed", old, _why_changed(db, old, now))


def _deviation(kind: Kind, row: Mapping[str, Any], why: str) -> Deviation:
    return Deviation(kind=kind, site=row["site"], key=row["key"], url=row["url"] or "", why=why)


def _why_new(db: Database, now: Mapping[str, Any]) -> str:
    versions = db.execute(
        "SELECT count(*) FROM version WHERE article_id = ?", [now["id"]]
    ).fetchone()[0]
    more = f"; {versions} versions are known" if versions > 1 else ""
    return f"first seen {now['first_seen']}{more}: not found when the package was made"


def _why_missing(db: Database, old: Mapping[str, Any]) -> str:
    row = db.execute(
        """SELECT a.id, a.withdrawn_at FROM articles AS a JOIN sites AS s ON s.id = a.site_id
        WHERE s.name = ? AND a.key = ?""",
        [old["site"], old["key"]],
    ).fetchone()
    if row is None:
        return "this archive never had it"
    if row[1]:
        return f"withdrawn {row[1]}"
    now = next(db.query("SELECT * FROM article WHERE id = ?", [row[0]]))
    if text_digest(now) != old["text_sha256"]:
        return f"the query finds it no more: {_why_changed(db, old, now)}"
    return "its text is the same, but the query does not find it: the search has changed"


def _why_changed(db: Database, old: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    versions = list(
        db.query("SELECT * FROM version WHERE article_id = ? ORDER BY number", [now["id"]])
    )
    known = [row for row in versions if text_digest(row) == old["text_sha256"]]
    if known:
        return _why_newer(versions, known[-1]["number"])
    if old["extractor"] != now["extractor"]:
        return f"read by {now['extractor']}, in the package by {old['extractor']}"
    return "this archive never saw the packaged text"


def _why_newer(versions: Sequence[Mapping[str, Any]], packaged: int) -> str:
    newer = [row for row in versions if row["number"] > packaged]
    causes = ", ".join(dict.fromkeys(str(row["cause"]) for row in newer)) or "undecided"
    current = next((row for row in versions if row["is_current"]), versions[-1])
    return (
        f"the packaged text is version {packaged}; version {current['number']} "
        f"was first seen {current['first_seen']} (cause: {causes})"
    )

"""Clusters of one agency text on several sites: the first outlet, and the changes of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

import attrs
from sqlite_utils import Database

from newscrawl.archive.changes.difference import FieldChange
from newscrawl.archive.copies import ComparedText, covered, words_of
from newscrawl.archive.copies.sketches import read_compared_text
from newscrawl.archive.read.articles import article_id_for, read_version
from newscrawl.archive.read.versions import changes_between
from newscrawl.archive.schema.storable import date_text, moment_from
from newscrawl.article import Precision
from newscrawl.errors import NotInArchive

HadBySource = Literal["published", "version", "first_seen"]


@attrs.frozen(kw_only=True)
class Copy:
    """One outlet's article of an agency text."""

    article_id: int
    """Its id in the archive."""
    version_id: int
    """The version that is compared: the one it shows now."""
    site: str
    """The name of its site."""
    url: str
    """The address it is stored under."""
    place: int
    """1 for the outlet that had it first; outlets of one minute share a place."""
    had_by: dt.datetime
    """Latest time at which it got the text (UTC)."""
    had_by_source: HadBySource
    """published: as printed; version: when its text became this; first_seen: by a crawl."""
    had_by_precision: Precision
    """Precision of had_by: minute or second."""
    headline: str | None
    """Its headline."""
    is_headline_changed: bool
    """True if its headline has other words than that of the first; spelling does not count."""
    source_credit: str | None
    """The credit as printed."""
    dateline_raw: str | None
    """The dateline as printed."""
    agencies: tuple[str, ...]
    """The agencies that the article names, in any place, as printed."""
    share: float
    """Share of its words that are in the text of the first, 0 to 1."""
    kept: float
    """Share of the words of the first that are in its text, 0 to 1."""


@attrs.frozen(kw_only=True)
class CopyCluster:
    """An agency text that several sites had."""

    id: int
    """Its number: the least id of its articles."""
    sites: int
    """The number of sites that had it."""
    is_first_certain: bool
    """True if every other outlet had it later, even with the uncertainty of their times."""
    copies: tuple[Copy, ...]
    """Its articles, the first one first."""


@attrs.frozen(kw_only=True)
class ClusterSummary:
    """An agency text in a list of many."""

    id: int
    """Its number."""
    articles: int
    """The number of articles."""
    sites: int
    """The number of sites."""
    first_site: str
    """The site that had it first."""
    first_url: str
    """The address there."""
    first_headline: str | None
    """The headline there."""
    first_had_by: dt.datetime
    """Latest time at which that site got it (UTC)."""
    is_first_certain: bool
    """True if every other outlet had it later."""
    agencies: tuple[str, ...]
    """The agencies that any of the articles names, as printed, the most frequent first."""


_AGENCIES = """SELECT n.name
    FROM copies AS c JOIN version_agencies AS x ON x.version_id = c.version_id
    JOIN agencies AS n ON n.id = x.agency_id WHERE c.cluster_id = ?1
    GROUP BY n.name ORDER BY count(*) DESC, n.name"""

_OF_AGENCY = """id IN (
        SELECT c.cluster_id FROM agencies AS n
        JOIN version_agencies AS x ON x.agency_id = n.id
        JOIN copies AS c ON c.version_id = x.version_id
        WHERE n.code = lower(:agency) OR search_key(n.name) = search_key(:agency))"""


def read_copies(db: Database, url_or_id: str | int) -> CopyCluster | None:
    """Return the cluster that an article belongs to; None if no other site has its text.

    Raises ArchiveError if there is no such article.
    """
    article_id = article_id_for(db, url_or_id)
    if article_id is None:
        raise NotInArchive(f"the archive has no article {url_or_id}")
    found = db.execute(
        """SELECT c.cluster_id FROM copies AS c JOIN articles AS a
        ON a.version_id = c.version_id WHERE a.id = ?""",
        [article_id],
    ).fetchone()
    return None if found is None else _read_cluster(db, found[0])


def _read_cluster(db: Database, number: int) -> CopyCluster | None:
    query = "SELECT * FROM copy WHERE cluster_id = ? ORDER BY place, article_id"
    rows = list(db.query(query, [number]))
    if len({row["site"] for row in rows}) < 2:  # the others have changed since
        return None
    is_certain = db.execute(
        "SELECT is_first_certain FROM copy_cluster WHERE id = ?", [number]
    ).fetchone()[0]
    return CopyCluster(
        id=number,
        sites=len({row["site"] for row in rows}),
        is_first_certain=bool(is_certain),
        copies=_copies(db, rows),
    )


def list_clusters(
    db: Database,
    *,
    limit: int,
    since: dt.datetime | dt.date | None = None,
    agency: str | None = None,
) -> tuple[ClusterSummary, ...]:
    """Return the clusters of most sites, the largest first.

    *since* leaves out those that anybody had before that time (UTC);
    *agency* keeps those of which an article names it, by its id (`afp`) or as printed.
    """
    conditions = ["sites > 1", "(:since IS NULL OR first_had_by >= :since)"]
    if agency is not None:
        conditions.append(_OF_AGENCY)
    rows = db.query(
        f"""SELECT * FROM copy_cluster WHERE {" AND ".join(conditions)}
        ORDER BY sites DESC, articles DESC, first_had_by DESC, id LIMIT :limit""",
        {"since": date_text(since), "agency": agency, "limit": limit},
    )
    return tuple(_summary(db, row) for row in rows)


def read_copy_changes(db: Database, first: Copy, other: Copy) -> tuple[FieldChange, ...]:
    """Return the differences of *other* from *first*, field by field, word by word."""
    texts = [read_version(db, one.version_id) for one in (first, other)]
    if texts[0] is None or texts[1] is None:
        return ()
    return changes_between(texts[0], texts[1])


def _summary(db: Database, row: dict[str, Any]) -> ClusterSummary:
    agencies = tuple(name for (name,) in db.execute(_AGENCIES, [row["id"]]))
    names = (field.name for field in attrs.fields(ClusterSummary))
    values = {name: row[name] for name in names if name in row}
    values["is_first_certain"] = bool(row["is_first_certain"])
    values["first_had_by"] = moment_from(row["first_had_by"])
    return ClusterSummary(**values, agencies=agencies)


def _copies(db: Database, rows: Sequence[dict[str, Any]]) -> tuple[Copy, ...]:
    first = rows[0]
    text = read_compared_text(db, first["version_id"])
    return tuple(_copy(db, row, first, text) for row in rows)


def _copy(
    db: Database, row: dict[str, Any], first: dict[str, Any], first_text: ComparedText | None
) -> Copy:
    text = read_compared_text(db, row["version_id"])
    same = ("article_id", "version_id", "site", "url", "place", "headline")
    printed = ("had_by_source", "had_by_precision", "source_credit", "dateline_raw")
    return Copy(
        **{name: row[name] for name in (*same, *printed)},
        had_by=moment_from(row["had_by"]),
        is_headline_changed=_words(row["headline"]) != _words(first["headline"]),
        agencies=tuple(row["agencies"].split("; ")) if row["agencies"] else (),
        share=_share(text, first_text),
        kept=_share(first_text, text),
    )


def _share(text: ComparedText | None, other: ComparedText | None) -> float:
    if text is None or other is None or not text.words:
        return 0.0
    return round(sum(covered(text, frozenset(other.shingles))) / len(text.words), 4)


def _words(headline: str | None) -> list[str]:
    return words_of(headline or "")

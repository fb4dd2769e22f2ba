"""Articles as a study file names them, and their state in an archive."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import attrs
from sqlite_utils import Database

from newscrawl.archive import Archive
from newscrawl.archive.read.articles import article_id_for
from newscrawl.errors import NotInArchive
from newscrawl.study.texts import text_digest

State = Literal["present", "withdrawn", "missing"]
_NAMED = "SELECT * FROM article_all WHERE id = ?"
_STATES = """SELECT s.name AS site, a.key, a.id, v.headline, a.withdrawn_at
    FROM json_each(?) AS n
    JOIN sites AS s ON s.name = json_extract(n.value, '$[0]')
    JOIN articles AS a ON a.site_id = s.id AND a.key = json_extract(n.value, '$[1]')
    LEFT JOIN versions AS v ON v.id = a.version_id"""


@attrs.frozen(kw_only=True)
class StudyArticle:
    """One article, as any archive of the same pages names it."""

    site: str
    key: str
    """The identity of the article on its site."""
    url: str
    """The address that it was first read at."""
    text_sha256: str
    """SHA-256 of its texts, as in the table `digest` of a package."""


@attrs.frozen(kw_only=True)
class Found:
    """The state of an article of the study in an archive."""

    state: State
    """Missing: this archive never had it. Withdrawn: it was removed on purpose."""
    article_id: int | None = None
    """The id in this archive; None unless it is present."""
    headline: str | None = None


def study_article(db: Database, url_or_id: str | int) -> StudyArticle:
    """Return the article of an archive with this id or address.

    Raises NotInArchive if there is none, or it was withdrawn.
    """
    number = article_id_for(db, url_or_id)
    row = next(db.query(_NAMED, [number]), None)
    if row is None:
        raise NotInArchive(f"the archive has no article {url_or_id}")
    return StudyArticle(
        site=row["site"], key=row["key"], url=row["url"], text_sha256=text_digest(row)
    )


def study_articles(archive: Path, articles: Iterable[str | int]) -> list[StudyArticle]:
    """Return the articles with these ids or addresses, as `study_article` does."""
    with Archive.open_read_only(archive) as opened:
        return [study_article(opened.db, one) for one in articles]


def ids_found(archive: Path, query: str) -> list[int]:
    """Return the ids of the articles that *query* finds."""
    with Archive.open_read_only(archive) as opened:
        return list(opened.ids_of_hits(query))


def article_states(archive: Path, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return *rows* of articles of a study file with their state, id and headline here."""
    named = list(rows)
    with Archive.open_read_only(archive) as opened:
        found = find_articles(opened.db, named)
    return [{**row, **attrs.asdict(found[row["id"]])} for row in named]


def find_articles(db: Database, rows: Iterable[Mapping[str, Any]]) -> dict[int, Found]:
    """Return the state of the articles *rows* of a study file in the archive *db*, by their id.

    An article whose name is unknown here is looked up by its address: stories move.
    """
    named = list(rows)
    names = json.dumps([(row["site"], row["key"]) for row in named])
    known = {(row["site"], row["key"]): row for row in db.query(_STATES, [names])}
    return {
        int(row["id"]): _found(db, known.get((row["site"], row["key"])), row["url"])
        for row in named
    }


def _found(db: Database, row: Mapping[str, Any] | None, url: str) -> Found:
    if row is not None and row["withdrawn_at"] is not None:
        return Found(state="withdrawn")
    if row is not None:
        return Found(state="present", article_id=row["id"], headline=row["headline"])
    number = article_id_for(db, url)
    other = next(db.query(_NAMED, [number]), None)
    if other is None:
        return Found(state="missing")
    return Found(state="present", article_id=other["id"], headline=other["headline"])


def article_row_id(db: Database, article: StudyArticle) -> int:
    """Return the id of *article* in the study file *db*, where it is recorded if it is new."""
    name = [article.site, article.key]
    db.execute(
        "INSERT INTO articles (site, key, url) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [*name, article.url],
    )
    row = db.execute("SELECT id FROM articles WHERE site = ? AND key = ?", name).fetchone()
    return int(row[0])

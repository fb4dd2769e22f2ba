"""Searches and collections of a study file, notes and tags on its articles.

Each entry has the name of the coder (the person who made it) and a time in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from newscrawl.archive.schema.storable import now, storable_text
from newscrawl.archive.search.problems import Problem
from newscrawl.errors import UsageError
from newscrawl.study.study_articles import StudyArticle, article_row_id
from newscrawl.study.study_file import StudyFile, name_of

MOST_NOTE = 100_000
"""Most characters of a note."""
MOST_QUERY = 2_000
"""Most characters of a saved query, as of a search."""
_OF_COLLECTION = """SELECT a.*, x.coder, x.added_at FROM collection_articles AS x
    JOIN collections AS c ON c.id = x.collection_id
    JOIN articles AS a ON a.id = x.article_id WHERE c.name = ? ORDER BY x.added_at, a.id"""
_TAGGED = """SELECT a.*, t.coder, t.tagged_at AS added_at FROM tags AS t
    JOIN articles AS a ON a.id = t.article_id WHERE t.tag = ? ORDER BY t.tagged_at, a.id"""
_NOTES = """SELECT n.id, a.id AS article, a.site, a.key, a.url, n.coder, n.text, n.written_at
    FROM notes AS n JOIN articles AS a ON a.id = n.article_id"""
_TAGS = """SELECT a.id AS article, a.site, a.key, a.url, t.tag, t.coder, t.tagged_at
    FROM tags AS t JOIN articles AS a ON a.id = t.article_id"""
Row = dict[str, Any]


def save_search(study: StudyFile, name: str, query: str, coder: str) -> None:
    """Save *query* as *name*, in place of an earlier search of that name."""
    typed = storable_text(query.strip())
    if not typed or len(typed) > MOST_QUERY:
        raise UsageError(Problem("study_search_length", most=MOST_QUERY))
    row = [name_of(name, "search"), typed, name_of(coder, "coder"), now()]
    with study.transaction() as db:
        db.execute("INSERT OR REPLACE INTO searches VALUES (?, ?, ?, ?)", row)


def searches(study: StudyFile) -> list[Row]:
    """Return the saved searches."""
    with study.reading() as db:
        return list(db.query("SELECT * FROM searches ORDER BY name"))


def delete_search(study: StudyFile, name: str) -> None:
    """Delete a saved search. Raises UsageError if there is none of that name."""
    with study.transaction() as db:
        _one(db.execute("DELETE FROM searches WHERE name = ?", [name]), f"search {name!r}")


def collect(study: StudyFile, name: str, articles: Iterable[StudyArticle], coder: str) -> int:
    """Add *articles* to the collection *name*, made if it is new; return the number added."""
    collection, by, at = name_of(name, "collection"), name_of(coder, "coder"), now()
    with study.transaction() as db:
        db.execute(
            "INSERT INTO collections (name, coder, created_at) VALUES (?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            [collection, by, at],
        )
        (number,) = db.execute(
            "SELECT id FROM collections WHERE name = ?", [collection]
        ).fetchone()
        rows = [(number, article_row_id(db, one), by, at) for one in articles]
        insert = "INSERT INTO collection_articles VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        return sum(db.execute(insert, row).rowcount for row in rows)


def leave_out(study: StudyFile, name: str, article: StudyArticle) -> None:
    """Take *article* out of a collection. Raises UsageError if it is not in it."""
    with study.transaction() as db:
        left = db.execute(
            """DELETE FROM collection_articles WHERE article_id = ? AND collection_id =
            (SELECT id FROM collections WHERE name = ?)""",
            [article_row_id(db, article), name],
        )
        _one(left, f"article {article.url} in the collection {name!r}")


def collections(study: StudyFile) -> list[Row]:
    """Return the collections, each with the number of its articles."""
    with study.reading() as db:
        return list(
            db.query(
                """SELECT c.name, count(x.article_id) AS articles, c.coder, c.created_at
                FROM collections AS c
                LEFT JOIN collection_articles AS x ON x.collection_id = c.id
                GROUP BY c.id ORDER BY c.name"""
            )
        )


def collections_of(study: StudyFile, article: StudyArticle) -> list[str]:
    """Return the names of the collections that *article* is in."""
    with study.reading() as db:
        rows = db.execute(
            """SELECT c.name FROM collections AS c
            JOIN collection_articles AS x ON x.collection_id = c.id
            JOIN articles AS a ON a.id = x.article_id
            WHERE a.site = ? AND a.key = ? ORDER BY c.name""",
            [article.site, article.key],
        )
        return [name for (name,) in rows.fetchall()]


def collected(study: StudyFile, name: str) -> list[Row]:
    """Return the articles of a collection. Raises UsageError if there is none of that name."""
    with study.reading() as db:
        if not list(db.query("SELECT 1 FROM collections WHERE name = ?", [name])):
            raise UsageError(f"the study has no collection {name!r}")
        return list(db.query(_OF_COLLECTION, [name]))


def delete_collection(study: StudyFile, name: str) -> None:
    """Delete a collection, not its articles. Raises UsageError if there is none."""
    with study.transaction() as db:
        deleted = db.execute("DELETE FROM collections WHERE name = ?", [name])
        _one(deleted, f"collection {name!r}")


def add_note(study: StudyFile, article: StudyArticle, text: str, coder: str) -> int:
    """Add a note to *article*; return its id. Raises UsageError if it is empty or too long."""
    written = storable_text(text.replace("\r\n", "\n").strip())
    if not written or len(written) > MOST_NOTE:
        raise UsageError(Problem("study_note_length", most=MOST_NOTE))
    by = name_of(coder, "coder")
    with study.transaction() as db:
        added = db.execute(
            "INSERT INTO notes (article_id, coder, text, written_at) VALUES (?, ?, ?, ?)",
            [article_row_id(db, article), by, written, now()],
        )
        return int(added.lastrowid or 0)


def notes(study: StudyFile, article: StudyArticle | None = None) -> list[Row]:
    """Return the notes on *article*, or all, the oldest first."""
    return _of_article(study, _NOTES, "n.written_at, n.id", article)


def delete_note(study: StudyFile, number: int, coder: str | None = None) -> None:
    """Delete a note, or with *coder* one of that coder. Raises UsageError if there is none."""
    with study.transaction() as db:
        deleted = db.execute(
            "DELETE FROM notes WHERE id = ? AND coder = coalesce(?, coder)", [number, coder]
        )
        _one(deleted, f"note {number}" + (f" of {coder}" if coder else ""))


def add_tags(study: StudyFile, article: StudyArticle, tags: Iterable[str], coder: str) -> None:
    """Add *tags* to *article*; one that it has stays as it was."""
    names = [name_of(tag, "tag") for tag in tags]
    by, at = name_of(coder, "coder"), now()
    with study.transaction() as db:
        number = article_row_id(db, article)
        for name in names:
            db.execute(
                "INSERT INTO tags VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [number, name, by, at],
            )


def tags(study: StudyFile, article: StudyArticle | None = None) -> list[Row]:
    """Return the tags of *article*, or those of all."""
    return _of_article(study, _TAGS, "t.tag, a.id", article)


def tagged(study: StudyFile, tag: str) -> list[Row]:
    """Return the articles with a tag."""
    with study.reading() as db:
        return list(db.query(_TAGGED, [tag]))


def remove_tag(study: StudyFile, article: StudyArticle, tag: str) -> None:
    """Remove a tag from *article*. Raises UsageError if it has none of that name."""
    with study.transaction() as db:
        removed = db.execute(
            "DELETE FROM tags WHERE article_id = ? AND tag = ?",
            [article_row_id(db, article), tag],
        )
        _one(removed, f"tag {tag!r} on {article.url}")


def articles(study: StudyFile) -> list[Row]:
    """Return every article that the study names."""
    with study.reading() as db:
        return list(db.query("SELECT * FROM articles ORDER BY site, key"))


def _of_article(
    study: StudyFile, query: str, order: str, article: StudyArticle | None
) -> list[Row]:
    where, values = "", []
    if article is not None:
        where, values = "WHERE a.site = ? AND a.key = ?", [article.site, article.key]
    with study.reading() as db:
        return list(db.query(f"{query} {where} ORDER BY {order}", values))


def _one(changed: Any, thing: str) -> None:
    """Raise UsageError if a statement has changed nothing."""
    if not changed.rowcount:
        raise UsageError(Problem("study_has_no", thing=thing))

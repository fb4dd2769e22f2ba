"""The vectors of articles: stored beside the search index, and compared in SQL.

They are plain rows, so that any SQLite opens the file. sqlite-vec compares them; where Python
cannot load extensions of SQLite (as in many builds for macOS), numpy does, by a function of
the same name.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from importlib import import_module
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.search.semantic.models import EmbeddingModel
from newscrawl.errors import NewscrawlError
from newscrawl.system.programs import install_command

PROBE = "The harbour reopened on Monday. أعيد فتح الميناء يوم الاثنين."
"""Its vector is stored: another model gives another one for the same text."""
BATCH = 256
"""Texts that a model gets at once; a stopped run loses no more."""
_LONGEST = 20_000
_MOST_CHANGED = 0.01
"""Distance of the probe's vectors above which the model is another; devices round numbers."""
_TABLES = (
    """CREATE TABLE IF NOT EXISTS article_search_model (
    id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, probe BLOB NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS article_search_vectors (
    version_id INTEGER PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
    vector BLOB NOT NULL)""",
)
_ARE_THERE = """SELECT count(*) = 2 FROM sqlite_master
    WHERE type = 'table' AND name IN ('article_search_model', 'article_search_vectors')"""
_IS_COMPARED = "SELECT 1 FROM pragma_function_list WHERE name = 'vec_distance_cosine'"
_PENDING = """SELECT a.version_id FROM articles AS a WHERE a.version_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM article_search_vectors AS e WHERE e.version_id = a.version_id)
    ORDER BY a.version_id"""
_TEXT = """SELECT v.headline, v.description, b.article_body FROM versions AS v
    JOIN bodies AS b ON b.id = v.body_id WHERE v.id = ?"""
_INSERT = """INSERT OR IGNORE INTO article_search_vectors (version_id, vector)
    SELECT id, ? FROM versions WHERE id = ?"""


@attrs.frozen
class VectorState:
    """Model and number of an archive's vectors."""

    model: str
    """The name of their model."""
    dimension: int
    count: int
    """Articles that have a vector."""
    missing: int
    """Articles that have none yet."""


def vector_state(db: Database) -> VectorState | None:
    """Return the state of the vectors; None if `embed` was never run."""
    found = _stored_model(db)
    if found is None:
        return None
    name, probe = found
    missing = db.execute(f"SELECT count(*) FROM ({_PENDING})").fetchone()[0]
    articles = db.execute("SELECT count(version_id) FROM articles").fetchone()[0]
    return VectorState(name, len(probe) // 4, articles - missing, missing)


def has_vectors(db: Database) -> bool:
    """Return whether `embed` was ever run."""
    return bool(db.execute(_ARE_THERE).fetchone()[0])


def register_distance(connection: sqlite3.Connection) -> None:
    """Register the SQL function `vec_distance_cosine` on *connection* if it is not there.

    Raises NewscrawlError if the extra is not installed.
    """
    if connection.execute(_IS_COMPARED).fetchone():
        return
    try:
        sqlite_vec, numpy = import_module("sqlite_vec"), import_module("numpy")
    except ImportError as error:
        raise NewscrawlError(
            f"search by meaning needs the extra `semantic`: {install_command('semantic')}"
        ) from error
    if hasattr(connection, "enable_load_extension"):
        connection.enable_load_extension(True)
        try:
            sqlite_vec.load(connection)
        finally:
            connection.enable_load_extension(False)
        return
    connection.create_function(
        "vec_distance_cosine", 2, _cosine_distance(numpy), deterministic=True
    )


def _cosine_distance(numpy: Any) -> Callable[[bytes, bytes], float | None]:
    """Return the function; the distance from a vector of zeros is NULL, as in sqlite-vec."""

    def distance(left: bytes, right: bytes) -> float | None:
        mine, other = numpy.frombuffer(left, "<f4"), numpy.frombuffer(right, "<f4")
        size = numpy.sqrt((mine @ mine) * (other @ other))
        return float(1 - (mine @ other) / size) if size else None

    return distance


def refuse_other_model(db: Database, model: EmbeddingModel, probe: bytes) -> None:
    """Raise NewscrawlError if the vectors of the archive are those of another model.

    *probe* is the vector that *model* gives for PROBE. Needs `register_distance`.
    """
    found = _stored_model(db)
    if found is None:
        return
    name, stored = found
    again = "newscrawl embed --again replaces all vectors"
    if len(stored) != len(probe):
        raise NewscrawlError(
            f"the vectors of this archive are by the model {name} and have {len(stored) // 4} "
            f"numbers, those of {model.name} {len(probe) // 4}: {again}"
        )
    changed = db.execute("SELECT vec_distance_cosine(?, ?)", [stored, probe]).fetchone()[0]
    if changed is None or changed > _MOST_CHANGED:
        raise NewscrawlError(
            f"the vectors of this archive are by the model {name}; {model.name} gives others "
            f"for the same text: {again}"
        )


def prepare_vectors(
    db: Database, model: EmbeddingModel, probe: bytes, *, is_again: bool
) -> None:
    """Create the tables, record the model, and delete vectors that are of no use any more.

    Those are the ones of former versions; if *is_again*, all. Needs an open transaction.
    Raises NewscrawlError if the vectors are those of another model.
    """
    for statement in _TABLES:
        db.execute(statement)
    if is_again:
        db.execute("DELETE FROM article_search_model")
        db.execute("DELETE FROM article_search_vectors")
    refuse_other_model(db, model, probe)
    db.execute(
        "INSERT OR IGNORE INTO article_search_model VALUES (1, ?, ?)", [model.name, probe]
    )
    db.execute(
        """DELETE FROM article_search_vectors WHERE version_id NOT IN
        (SELECT version_id FROM articles WHERE version_id IS NOT NULL)"""
    )


def pending_versions(db: Database) -> list[int]:
    """Return the ids of the versions that need a vector: current ones that have none."""
    return [version for (version,) in db.execute(_PENDING)]


def texts_of(db: Database, versions: list[int]) -> list[str]:
    """Return the text of each version: headline, description and body, shortened."""
    texts = []
    for version in versions:
        row = db.execute(_TEXT, [version]).fetchone()
        texts.append("\n".join(text for text in row or () if text)[:_LONGEST])
    return texts


def store_vectors(db: Database, versions: list[int], vectors: list[bytes]) -> None:
    """Store vectors. Needs an open transaction; a version deleted meanwhile is left out."""
    db.conn.executemany(_INSERT, list(zip(vectors, versions, strict=True)))


def _stored_model(db: Database) -> tuple[str, bytes] | None:
    if not has_vectors(db):
        return None
    row: tuple[str, bytes] | None = db.execute(
        "SELECT name, probe FROM article_search_model"
    ).fetchone()
    return row

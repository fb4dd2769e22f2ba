"""The filters of a search that read the study file beside an archive.

`collection:`, `tag:` and `note:` find articles by the notes of researchers. The study file
is read by the room `study`, which gives its reader here (`study.search_filters.enable`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
from sqlite_utils import Database

from newscrawl.archive.search.problems import Problem
from newscrawl.archive.search.query import STUDY_FILTERS, Filter, Node, with_filters
from newscrawl.system.project import study_path

_NAMES_STUDY = re.compile(rf"\b(?:{'|'.join(STUDY_FILTERS)}):", re.IGNORECASE)
Stamp = tuple[tuple[int, int], ...]
"""Time of change (ns) and size of each file of a study."""


@attrs.frozen
class Named:
    """The articles that a filter names."""

    ids: tuple[int, ...] = ()
    """Their ids in the archive."""
    problem: Problem | None = None
    """The reason why it names none; None if it names something."""


Reader = Callable[[Database, Path, Filter], Named]
"""Reads the study file beside the archive at a path."""
_readers: list[Reader] = []


def read_study_with(reader: Reader) -> None:
    """Read study files with *reader* from now on, in this process."""
    _readers[:] = [reader]


def with_study(root: Node, db: Database) -> tuple[Node, tuple[Problem, ...]]:
    """Return *root* with the articles of each filter of the study, and the mistakes."""
    problems: list[Problem] = []

    def filled(node: Filter) -> Filter:
        if node.name not in STUDY_FILTERS:
            return node
        named = _named(db, node)
        problems.extend([named.problem] if named.problem else [])
        return attrs.evolve(node, articles=named.ids)

    return with_filters(root, filled), tuple(problems)


def _named(db: Database, node: Filter) -> Named:
    path = _path_of(db)
    if path is None or not study_path(path).exists():
        return Named(problem=Problem("query_no_study", name=node.name))
    if not _readers:
        return Named(problem=Problem("query_study_unread", name=node.name))
    return _readers[0](db, path, node)


def study_stamp(text: str, archive: Path | None) -> Stamp:
    """Return a value that changes with the study of *archive*; empty if *text* names none.

    *text* is a query, or anything that has queries in it.
    """
    if archive is None or not _NAMES_STUDY.search(text):
        return ()
    return tuple(_stamps(study_path(archive)))


def study_stamp_of(text: str, db: Database) -> Stamp:
    """Return `study_stamp` for the archive *db*."""
    return study_stamp(text, _path_of(db)) if _NAMES_STUDY.search(text) else ()


def _stamps(study: Path) -> Iterator[tuple[int, int]]:
    for file in (study, Path(f"{study}-wal")):
        if file.exists():
            found = file.stat()
            yield found.st_mtime_ns, found.st_size


def _path_of(db: Database) -> Path | None:
    file = db.conn.execute("PRAGMA database_list").fetchone()[2]
    return Path(file) if file else None

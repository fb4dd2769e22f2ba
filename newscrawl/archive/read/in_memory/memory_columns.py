"""Columns of the articles in the memory of a server: counts and filters are loops over arrays.

A column holds a number for each article, two bytes as a rule, that stands for its site, day or
other values. 200,000 articles take some 5 MB, and less than a second to read. The columns are
used only as long as nothing has written the archive since they were read.
"""

from __future__ import annotations

import sqlite3
import threading
from array import array
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.read_only import read_only_uri

ColumnName = Literal["site", "agency", "section", "author", "place", "language", "day"]
Item = str | int
"""A value of an article: a text, or the id of a site, an agency, a section or an author."""
Wish = Callable[[tuple[Item, ...]], bool]
"""Accepts the values of an article, or not."""

_ARTICLES = """SELECT a.id, a.version_id, a.site_id FROM articles AS a NOT INDEXED
    WHERE a.version_id IS NOT NULL
    AND a.version_id NOT IN (SELECT id FROM versions WHERE page_kind <> 'article')
    ORDER BY a.id"""
_TEXTS = """SELECT id, coalesce(dateline_place, ''), coalesce(in_language, ''),
    coalesce(substr(date_published, 1, 10), '') FROM versions NOT INDEXED
    WHERE id <= ?"""
_ITEMS = """SELECT version_id, group_concat({1}) FROM version_{0}
    WHERE version_id <= ? GROUP BY version_id"""
_TABLES: Mapping[ColumnName, tuple[str, str]] = {
    "agency": ("agencies", "agency_id"),
    "section": ("sections", "section_id"),
    "author": ("authors", "author_id"),
}
_KINDS_OF_TEXT: tuple[ColumnName, ...] = ("place", "language", "day")
_NAMES = "SELECT id, id, name FROM {}"
_AGENCIES = "SELECT id, coalesce(nullif(code, ''), name), name FROM agencies"
_SMALL = 2**16
_SPARSEST = 8
"""Most numbers for each article, of which those of deleted articles stay empty."""
_MOST_ARCHIVES = 4
_MOST_FOUND = 4


@attrs.frozen(eq=False)
class Column:
    """The values of one kind that articles have."""

    values: Sequence[tuple[Item, ...]]
    """The values, or the groups of values, that at least one article has."""
    at: array[int]
    """The place in `values` of the values of each article, by the id of the article."""
    names: Mapping[Item, tuple[Item, str]]
    """Of ids: the value counted, and its name; texts are named by themselves."""

    def counts(self, ids: Iterable[int]) -> dict[str, int]:
        """Return the number of the articles *ids* with each value, the largest first."""
        totals: Counter[Item] = Counter()
        shown: dict[Item, str] = {}
        for place, number in Counter(map(self.at.__getitem__, ids)).items():
            found = [self.names.get(item, (item, str(item))) for item in self.values[place]]
            for group, name in found:
                shown[group] = max(shown.get(group, name), name)
            for group in {group for group, _name in found}:
                totals[group] += number
        by_size = sorted((-number, shown[group]) for group, number in totals.items())
        return {name: -size for size, name in by_size}

    def having(self, ids: Iterable[int], wishes: Collection[Wish]) -> list[int]:
        """Return those of the articles *ids* whose values all of the *wishes* accept."""
        wanted = bytes(all(wish(value) for wish in wishes) for value in self.values)
        at = self.at
        return [one for one in ids if wanted[at[one]]]


@attrs.frozen(eq=False)
class ArticleColumns:
    """The columns of an archive."""

    ids: Sequence[int]
    """The ids of all articles, ascending."""
    columns: Mapping[ColumnName, Column]
    found: OrderedDict[Hashable, Sequence[int]] = attrs.field(factory=OrderedDict)
    """The ids that the last queries found, ascending."""

    def remember(self, query: Hashable, ids: Sequence[int]) -> Sequence[int]:
        """Add *ids* to `found`, and return them."""
        self.found[query] = ids
        while len(self.found) > _MOST_FOUND:
            self.found.popitem(last=False)
        return ids

    def covers(self, ids: Sequence[int]) -> bool:
        """Return whether none of the ascending *ids* is newer than the columns."""
        return not ids or ids[-1] < len(self.columns["site"].at)


@attrs.define(eq=False)
class _Kept:
    """The columns of one archive, and the connection that notices writes."""

    watch: sqlite3.Connection
    state: int | None = None
    columns: ArticleColumns | None = None
    lock: threading.Lock = attrs.field(factory=threading.Lock)

    def state_now(self) -> int | None:
        """Return a number that changes with each write; None if it cannot be read now."""
        try:
            with self.lock, closing(self.watch.execute("PRAGMA data_version")) as found:
                number: int = found.fetchone()[0]
        except sqlite3.Error:
            return None
        return number

    def is_current(self) -> bool:
        return self.state is not None and self.state == self.state_now()


_kept: OrderedDict[str, _Kept] = OrderedDict()


def remember_columns(db: Database) -> None:
    """Read the columns of an archive, so that `columns_of` returns them until it is written."""
    file = _file_of(db)
    if not file:
        return
    if file not in _kept:
        watch = sqlite3.connect(read_only_uri(Path(file)), uri=True, check_same_thread=False)
        _kept[file] = _Kept(watch)
        while len(_kept) > _MOST_ARCHIVES:
            _kept.popitem(last=False)
    kept = _kept[file]
    state = kept.state_now()
    db.conn.execute("BEGIN")  # all columns of one state
    try:
        columns = read_columns(db)
    finally:
        db.conn.execute("ROLLBACK")
    kept.columns, kept.state = columns, state


def columns_of(db: Database) -> ArticleColumns | None:
    """Return the columns of an archive; None if it was written since `remember_columns`.

    None within a transaction, too, which may see another state.
    """
    kept = None if db.conn.in_transaction else _kept.get(_file_of(db))
    return kept.columns if kept and kept.is_current() else None


def state_of_columns(path: Path) -> tuple[int | None, bool]:
    """Return the state of the archive at *path*, and whether the columns in memory are its.

    The state changes with each write.
    """
    kept = _kept.get(str(path.resolve()))
    return (kept.state_now(), kept.is_current()) if kept else (None, False)


def read_columns(db: Database) -> ArticleColumns | None:
    """Return the columns of an archive as it is; None if most ids have no article any more."""
    rows = db.conn.execute(_ARTICLES).fetchall()
    size = (rows[-1][0] if rows else 0) + 1
    if size > _SPARSEST * (len(rows) + 1_000):
        return None
    versions, sites = array("I", bytes(4 * size)), array("I", bytes(4 * size))
    for article, version, site in rows:
        versions[article], sites[article] = version, site
    ids = array("I", [article for article, _version, _site in rows])
    columns = _columns_of_texts(db, versions) | _columns_of_names(db, versions)
    return ArticleColumns(ids=ids, columns=columns | {"site": _column_of_sites(db, sites)})


def _column_of_sites(db: Database, sites: array[int]) -> Column:
    found = sorted(set(sites))
    places = {site: place for place, site in enumerate(found)}
    values = [(site,) if site else () for site in found]
    return Column(values, _small(map(places.__getitem__, sites), found), _names_in(db, "sites"))


def _columns_of_texts(db: Database, versions: array[int]) -> dict[ColumnName, Column]:
    """Return the columns of single texts; their values are in order."""
    newest = max(versions)
    found = [(array("I", bytes(4 * (newest + 1))), {"": 0}) for _ in _KINDS_OF_TEXT]
    (of_place, places), (of_language, languages), (of_day, days) = found
    for version, place, language, day in db.conn.execute(_TEXTS, [newest]):
        of_place[version] = places.setdefault(place, len(places))
        of_language[version] = languages.setdefault(language, len(languages))
        of_day[version] = days.setdefault(day, len(days))
    columns: dict[ColumnName, Column] = {}
    for name, (of_version, known) in zip(_KINDS_OF_TEXT, found, strict=True):
        order = {text: place for place, text in enumerate(sorted(known))}
        ranks = [order[text] for text in known]
        numbers = map(ranks.__getitem__, map(of_version.__getitem__, versions))
        columns[name] = Column([(text,) for text in order], _small(numbers, ranks), {})
    return columns


def _columns_of_names(db: Database, versions: array[int]) -> dict[ColumnName, Column]:
    """Return the columns of names, of which a version may have several, by their ids."""
    newest = max(versions)
    columns: dict[ColumnName, Column] = {}
    for name, (table, key) in _TABLES.items():
        places = {"": 0}
        of_version = array("I", bytes(4 * (newest + 1)))
        for version, ids in db.conn.execute(_ITEMS.format(table, key), [newest]):
            of_version[version] = places.setdefault(ids, len(places))
        values = [tuple(map(int, ids.split(","))) if ids else () for ids in places]
        numbers = map(of_version.__getitem__, versions)
        columns[name] = Column(values, _small(numbers, values), _names_in(db, table))
    return columns


def _small(numbers: Iterable[int], values: Sequence[object]) -> array[int]:
    return array("H" if len(values) <= _SMALL else "I", numbers)


def _names_in(db: Database, table: str) -> dict[Item, tuple[Item, str]]:
    sql = _AGENCIES if table == "agencies" else _NAMES.format(table)
    return {id_: (group, name) for id_, group, name in db.conn.execute(sql)}


def _file_of(db: Database) -> str:
    file: str = db.conn.execute("PRAGMA database_list").fetchone()[2]
    return file

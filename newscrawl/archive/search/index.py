"""The full-text index: an FTS5 table over the text of every article, folded and stemmed.

The index is fed by the archive itself and holds keys, not text: no trigger or view needs our
functions, and any SQLite opens the file. Nobody may run FTS5's own `rebuild`, which would index
the raw text; `check_index` notices, and `reindex` repairs.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from weakref import WeakKeyDictionary

import attrs
from sqlite_utils import Database

from newscrawl.archive.search.name_index import (
    NameRow,
    add_names,
    create_name_index,
    forget_names,
    has_name_index,
    name_rows,
    read_names,
)
from newscrawl.article import Article
from newscrawl.text.counted import counted
from newscrawl.text.stems import STEMS, stem_text, words_of

WEIGHTS = {
    "headline": 10.0,
    "alternative_headline": 5.0,
    "description": 3.0,
    "article_body": 1.0,
    "keywords": 2.0,
}
"""The weight of a hit in each column."""
COLUMNS = tuple(WEIGHTS)
"""The columns of the view `searchable`, in the order of the index. That of keywords holds the
names and ids of agencies, the names of authors and a dateline that stands apart from the text,
too, which the view does not have."""
_TEXTS_OF_INDEX = "datelines"
"""The last kind of text that was added to the index; an index without it is rebuilt."""
_WORD = re.compile(r"(?<!\w)\w{1,200}(?!\w)")
_PROBES = 3
_CHUNK = 500

_MOST_AHEAD = 1_000
"""Texts that wait for their article to be stored; one takes some tens of KB."""

Texts = tuple[str, ...]
"""The text of one article, in the order of COLUMNS."""

DEFINITION = f"""
CREATE VIRTUAL TABLE article_search USING fts5(
    {", ".join(COLUMNS)}, content='searchable', content_rowid='id',
    tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Mn'")
"""
INSERT = f"""INSERT INTO article_search (rowid, {", ".join(COLUMNS)})
VALUES (?{", ?" * len(COLUMNS)})"""
_DELETE = f"""INSERT INTO article_search (article_search, rowid, {", ".join(COLUMNS)})
VALUES ('delete', ?{", ?" * len(COLUMNS)})"""
_CREDITED = """(SELECT group_concat(name, '; ') FROM (
    SELECT n.name || ' ' || n.code AS name FROM articles AS a
    JOIN version_agencies AS x ON x.version_id = a.version_id
    JOIN agencies AS n ON n.id = x.agency_id WHERE a.id = searchable.id
    UNION ALL SELECT n.name FROM articles AS a
    JOIN version_authors AS x ON x.version_id = a.version_id
    JOIN authors AS n ON n.id = x.author_id WHERE a.id = searchable.id
    UNION ALL SELECT v.dateline_raw FROM articles AS a
    JOIN versions AS v ON v.id = a.version_id WHERE a.id = searchable.id
        AND substr(searchable.article_body, 1, length(rtrim(v.dateline_raw, ':')))
            <> rtrim(v.dateline_raw, ':')))"""
_TEXTS = f"""{", ".join(COLUMNS[:-1])},
    coalesce(keywords, '') || coalesce('; ' || {_CREDITED}, '')"""
_READ = f"SELECT {_TEXTS} FROM searchable WHERE id = ?"
READ_ALL = f"SELECT id, {_TEXTS} FROM searchable ORDER BY id"


@attrs.frozen
class IndexedText:
    """One text in the index."""

    stemmed: str
    """The text, its words folded and stemmed."""
    names: tuple[NameRow, ...]
    """The rows of its words that may be names."""


_NOTHING = IndexedText("", ())
_waiting: WeakKeyDictionary[Database, dict[int, Texts | None]] = WeakKeyDictionary()
"""The articles that are to be indexed, with the texts that the index has of them."""
_ahead: OrderedDict[str, IndexedText] = OrderedDict()


def index_text(text: str) -> IndexedText:
    """Return *text* as the index holds it."""
    stemmed = stem_text(text)
    return IndexedText(stemmed, tuple(dict.fromkeys(name_rows([text], [stemmed]))))


def index_article(article: Article) -> dict[str, IndexedText]:
    """Return the texts of a normalised *article* as the index holds them.

    Empty for a page that is no article: it is not searched.
    """
    if article.page_kind != "article":
        return {}
    texts = (
        *(article.headline, article.alternative_headline),
        *(article.description, article.article_body),
        _keywords_of(article),
    )
    return {text: index_text(text) for text in texts if text}


def _keywords_of(article: Article) -> str:
    """Return the text of the column of keywords, as `_TEXTS` reads it from the archive."""
    dateline, body = article.dateline, article.article_body
    names = [f"{agency.name} {agency.id or ''}" for agency in article.agencies]
    names += article.authors
    if dateline is not None and not body.startswith(dateline.raw.rstrip(":")):
        names.append(dateline.raw)
    return "; ".join(article.keywords) + "".join(f"; {name}" for name in names)


def expect_texts(texts: Mapping[str, IndexedText]) -> None:
    """Have `indexed_text` return these results of `index_text`, each once."""
    _ahead.update(texts)
    while len(_ahead) > _MOST_AHEAD:
        _ahead.popitem(last=False)


def indexed_text(text: str) -> IndexedText:
    """Return *text* as the index holds it, as another process has found it if one has."""
    return _ahead.pop(text, None) or index_text(text)


def create_index(db: Database) -> None:
    """Create the index of an archive that has the view `searchable`, and fill it."""
    db.execute(DEFINITION)
    db.execute("CREATE TABLE search_states (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    create_name_index(db)
    weights = ", ".join(map(str, WEIGHTS.values()))
    db.execute(
        "INSERT INTO article_search (article_search, rank) VALUES ('rank', ?)",
        [f"bm25({weights})"],
    )
    reindex(db)


def is_index_complete(db: Database) -> bool:
    """Return whether the index has the tables and texts that this program gives it."""
    return has_name_index(db) and _state(db, "texts") == _TEXTS_OF_INDEX


def complete_index(db: Database) -> None:
    """Rebuild an index that an older program made. Needs an open transaction."""
    if not is_index_complete(db):
        create_name_index(db)
        reindex(db)


@contextmanager
def index_update(db: Database, article_id: int) -> Iterator[None]:
    """Update the index after the block has changed an article. Needs an open transaction."""
    before = searchable_texts(db, article_id)
    yield
    waiting = _waiting.get(db)
    if waiting is None:
        update_index(db, article_id, before)
    else:
        waiting.setdefault(article_id, before)


@contextmanager
def updates_at_end(db: Database) -> Iterator[None]:
    """Have all that the block changes indexed at its end, within its transaction.

    FTS5 writes its waiting words before each statement that may be undone: article by
    article the index takes twice as long. The block may undo a part of its changes.
    """
    waiting = _waiting[db] = {}
    try:
        yield
    finally:
        del _waiting[db]
    _update_all(db, waiting)


def searchable_texts(db: Database, article_id: int) -> Texts | None:
    """Return the texts of an article that are searched; None if it has none."""
    row = db.execute(_READ, [article_id]).fetchone()
    return None if row is None else tuple(text or "" for text in row)


def update_index(db: Database, article_id: int, before: Texts | None) -> None:
    """Replace the indexed text of an article, which was *before*, with its present text.

    An index with other stems is rebuilt as a whole.
    """
    _update_all(db, {article_id: before})


def _update_all(db: Database, waiting: Mapping[int, Texts | None]) -> None:
    """Replace the indexed texts of articles, which were those in *waiting*."""
    pairs = [(one, before, searchable_texts(db, one)) for one, before in waiting.items()]
    changed = [(one, before, after) for one, before, after in pairs if before != after]
    if changed and _state(db, "stems") != STEMS:
        reindex(db)
        return
    _replace(db, changed)
    for _, before, after in changed:
        if before is not None:
            forget_names(db, before, after or ())


def _replace(db: Database, changed: Iterable[tuple[int, Texts | None, Texts | None]]) -> None:
    """Remove the texts before from the index, and add those after, with their names."""
    indexed: dict[str, IndexedText] = {}  # several articles may have one text
    names: set[NameRow] = set()
    for article_id, before, after in changed:
        if before is not None:
            db.execute(_DELETE, [article_id, *map(stem_text, before)])
        if after is not None:
            new = {text for text in after if text} - indexed.keys()
            indexed |= {text: indexed_text(text) for text in new}
            names.update(_insert(db, article_id, after, indexed))
    add_names(db, names)


def _insert(
    db: Database, article_id: int, texts: Texts, indexed: Mapping[str, IndexedText]
) -> Iterator[NameRow]:
    """Add an article to the table of FTS5; return the rows of its names."""
    columns = [indexed.get(text, _NOTHING) for text in texts]
    db.execute(INSERT, [article_id, *(one.stemmed for one in columns)])
    return chain.from_iterable(one.names for one in columns)


def purge_index(db: Database) -> None:
    """Remove the keys of deleted articles from the file, too; FTS5 only marks them at first."""
    db.execute("INSERT INTO article_search (article_search) VALUES ('optimize')")


def reindex(db: Database) -> int:
    """Rebuild the index from the articles; return their number."""
    db.execute("INSERT INTO article_search (article_search) VALUES ('delete-all')")
    db.execute("DELETE FROM article_search_names")
    count = 0
    for article_id, *texts in db.execute(READ_ALL):
        whole = tuple(text or "" for text in texts)
        indexed = {text: index_text(text) for text in whole if text}
        add_names(db, _insert(db, article_id, whole, indexed))
        count += 1
    states = [("stems", STEMS), ("texts", _TEXTS_OF_INDEX)]
    db.conn.executemany("INSERT OR REPLACE INTO search_states VALUES (?, ?)", states)
    return count


def check_index(db: Database) -> list[str]:
    """Return the problems of the index, a line each; nothing is changed."""
    problems = []
    if not is_index_complete(db):
        problems.append("the search index is of an older newscrawl: newscrawl reindex mends it")
    if _state(db, "stems") != STEMS:
        problems.append("the search index holds the stems of another version of newscrawl")
    articles = {row[0] for row in db.execute("SELECT id FROM searchable")}
    indexed = {row[0] for row in db.execute("SELECT id FROM article_search_docsize")}
    if missing := articles - indexed:
        some_are = counted(len(missing), "articles", "are")
        problems.append(f"{some_are} missing from the search index")
    if extra := indexed - articles:
        problems.append(f"{counted(len(extra), 'index entries', 'have')} no article")
    if not problems and (
        wrong := sum(not _is_indexed(db, row) for row in db.execute(READ_ALL))
    ):
        some_are = counted(wrong, "articles", "are")
        problems.append(f"{some_are} indexed with another text than theirs")
    return problems


def _state(db: Database, name: str) -> str | None:
    row = db.execute("SELECT value FROM search_states WHERE name = ?", [name]).fetchone()
    return row[0] if row else None


def _is_indexed(db: Database, row: tuple[int, *tuple[str | None, ...]]) -> bool:
    """Return whether the rarest-looking keys of an article lead to it, in their column."""
    article_id, *texts = row
    for column, text in zip(COLUMNS, texts, strict=True):
        keys = {key for key in _whole_words(stem_text(text or "")) if len(key) > 2}
        for key in sorted(keys, key=lambda key: (key in (text or ""), -len(key)))[:_PROBES]:
            query = "SELECT 1 FROM article_search WHERE article_search MATCH ? AND rowid = ?"
            if not db.execute(query, [f'{column} : "{key}"', article_id]).fetchone():
                return False
    return True


def _whole_words(text: str) -> Iterator[str]:
    """Yield the words that are tokens of the index by themselves.

    Latin letters between Japanese ones are no token: FTS5 sees one long word there.
    """
    return (word for word in _WORD.findall(text) if words_of(word) == [word])


# A sum for each word over the places where it stands; a word at another place has another sum.
_WORDS = """SELECT term, sum(1 + (doc * 2654435761 + offset * 40503
        + (unicode(col) * 64 + length(col)) * 2246822519 & 0xFFFFFFFF))
    FROM temp.words_of_index GROUP BY term"""


def index_problems(db: Database) -> Iterator[str]:
    """Yield a line if the words or names of the search index are not those of the articles."""
    found = _vocabulary(db.conn)
    expected, names = _expected(db)
    if found != expected:
        wrong = len(set(found.items()) ^ set(expected.items()))
        yield f"{counted(wrong, 'index words', 'are')} wrong: newscrawl reindex mends it"
    # Names of texts that were edited since may stay.
    if missing := len(names.difference(map(hash, read_names(db)))):
        some_are = counted(missing, "names", "are")
        yield f"{some_are} missing from the search index: newscrawl reindex mends it"


def _expected(db: Database) -> tuple[Counter[str], set[int]]:
    """Return the sum of each word of the articles, and the hash of each row of names."""
    fresh = sqlite3.connect(":memory:")
    counts: Counter[str] = Counter()
    names: set[int] = set()
    rows = db.execute(READ_ALL)
    try:
        while some := rows.fetchmany(_CHUNK):
            fresh.execute(DEFINITION)
            for article_id, *texts in some:
                whole = [text or "" for text in texts]
                stemmed = [stem_text(text) for text in whole]
                fresh.execute(INSERT, [article_id, *stemmed])
                names.update(map(hash, name_rows(whole, stemmed)))
            counts.update(_vocabulary(fresh))
            fresh.execute("DROP TABLE article_search")
    finally:
        fresh.close()
    return counts, names


def _vocabulary(connection: sqlite3.Connection) -> Counter[str]:
    """Return the sum of each word of the index; nothing of the file is changed."""
    (is_query_only,) = connection.execute("PRAGMA query_only").fetchone()
    connection.execute("PRAGMA query_only = OFF")  # a temporary table is no change of the file
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.words_of_index "
            "USING fts5vocab('main', 'article_search', 'instance')"
        )
        found = connection.execute(_WORDS).fetchall()
        connection.execute("DROP TABLE temp.words_of_index")
    finally:
        connection.execute(f"PRAGMA query_only = {is_query_only}")
    return Counter(dict(found))

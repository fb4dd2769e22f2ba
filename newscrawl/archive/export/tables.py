"""Write tables of the archive out for other programs. Nothing is cut.

Each article says where it came from: the address that was read, when (UTC), the SHA-256 of the
page and the WARC-Record-ID of its evidence. (site, key) names an article in every archive; `id`
only in this one.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Literal, TextIO

import attrs
from sqlite_utils import Database

from newscrawl.archive.export.columns import ARTICLE_TABLES, TABLES, columns_of
from newscrawl.archive.read.articles import read_article
from newscrawl.archive.schema.storable import date_text
from newscrawl.archive.search.hits import ids_of_hits
from newscrawl.article import Article
from newscrawl.errors import UsageError
from newscrawl.formats.schema_org import news_article_from

Format = Literal["csv", "jsonl", "jsonld", "parquet"]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters that begin a formula in a spreadsheet, full-width signs included
(owasp.org, "CSV Injection")."""
EXCEL_CELL = 32_767
"""The most characters in a cell of Excel, which cuts the rest off."""
PAGE = 200
"""The number of articles read at a time."""
_TEXT = (
    *("article_body", "description", "blocks", "live_blog_updates"),
    *("articleBody", "liveBlogUpdate"),
)

# The first sight of the version that is exported: what a citation has to name.
_CITATION = """
SELECT u.url AS captured_url, o.fetched_at AS captured_at,
       nullif(lower(hex(o.digest)), '') AS sha256, o.evidence_record AS warc_record_id
FROM observations AS o JOIN urls AS u ON u.id = o.url_id
WHERE o.version_id = ? ORDER BY o.fetched_at, o.id LIMIT 1"""

_PROVENANCE = "SELECT field, source FROM provenance WHERE article_id = ? ORDER BY field"


@attrs.frozen(kw_only=True)
class Selection:
    """The rows to export; by default all articles."""

    table: str = "article"
    """The view: one of `dictionary.TABLES`. The filters below are for articles, except that
    *query* is for every table with a column `article_id`, too."""
    site: str | None = None
    """Only those of this site."""
    since: dt.datetime | dt.date | None = None
    """Only those first seen at or after this time (UTC)."""
    until: dt.datetime | dt.date | None = None
    """Only those first seen before this time (UTC)."""
    query: str | None = None
    """Only those that this search finds; docs/arabic.md has its language."""
    ids: tuple[int, ...] | None = None
    """Only these articles, where there is no *query*."""
    with_text: bool = True
    """False leaves out the body and the description, which others may own."""


@attrs.frozen(kw_only=True)
class Exported:
    """Result of an export."""

    count: int
    """The number of rows."""
    too_long: int = 0
    """The number of values longer than Excel shows."""


def write(
    db: Database, out: Any, format_: Format, selection: Selection, *, for_excel: bool = False
) -> Exported:
    """Write the selection to *out* in one of the formats."""
    if format_ == "csv":
        return write_csv(db, out, selection, for_excel=for_excel)
    writers: Mapping[str, Any] = {
        "jsonl": write_json_lines,
        "parquet": write_parquet,
        "jsonld": write_json_ld,
    }
    exported: Exported = writers[format_](db, out, selection)
    return exported


def write_csv(
    db: Database, out: TextIO, selection: Selection, *, for_excel: bool = False
) -> Exported:
    """Write a table as CSV to *out* (opened with newline=""); return how many rows.

    *for_excel* begins with a byte order mark and puts an apostrophe before formulas; without
    it every value is exact.
    """
    if for_excel:
        out.write("\ufeff")
    columns = columns_of(db, selection.table, with_text=selection.with_text)
    cell = guarded if for_excel else _exact
    names = [one.name for one in columns]
    writer = csv.writer(out)
    writer.writerow(map(cell, names))
    count = too_long = 0
    for row in rows_of(db, selection):
        values = [row[name] for name in names]
        count += 1
        too_long += sum(map(_is_too_long, values)) if for_excel else 0
        writer.writerow(map(cell, values))
    return Exported(count=count, too_long=too_long)


def _exact(value: Any) -> Any:
    return value


def write_json_lines(db: Database, out: TextIO, selection: Selection) -> Exported:
    """Write each article as one line of JSON with every field, or each row of a table."""
    if selection.table in ARTICLE_TABLES:
        return _write_articles(db, out, selection, _fields_of)
    columns = columns_of(db, selection.table, with_text=selection.with_text)
    count = 0
    for count, row in enumerate(rows_of(db, selection), 1):  # noqa: B007
        _write_line(out, {one.name: row[one.name] for one in columns})
    return Exported(count=count)


def write_json_ld(db: Database, out: TextIO, selection: Selection) -> Exported:
    """Write each article as a schema.org NewsArticle on one line; return their number."""
    return _write_articles(db, out, selection, _linked_data_of)


def write_parquet(db: Database, out: BinaryIO, selection: Selection) -> Exported:
    """Write a table as Parquet with typed columns. Raises NewscrawlError without pyarrow."""
    from newscrawl.archive.export.parquet import write_rows  # noqa: PLC0415 -- an extra

    columns = columns_of(db, selection.table, with_text=selection.with_text)
    return Exported(count=write_rows(out, columns, rows_of(db, selection), selection.table))


def rows_of(db: Database, selection: Selection) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table as they are in the archive, an article with its citation.

    Raises UsageError if the table is unknown, or a query is not for it.
    """
    if selection.table in ARTICLE_TABLES:
        for row in _articles(db, selection):
            rules = dict(db.execute(_PROVENANCE, [row["id"]]).fetchall())
            origin = {"provenance": json.dumps(rules, ensure_ascii=False)}
            yield row | _citation(db, row["version_id"]) | origin
        return
    yield from _table_rows(db, selection)


def ids_of(db: Database, selection: Selection) -> Iterator[int]:
    """Yield the ids of the articles that a selection of articles holds, in order."""
    return (row["id"] for row in _articles(db, selection))


def _table_rows(db: Database, selection: Selection) -> Iterator[dict[str, Any]]:
    table = selection.table
    if table not in TABLES:
        raise UsageError(f"there is no table {table} to export; there are {', '.join(TABLES)}")
    if selection.query is None:
        yield from db.query(f"SELECT * FROM {table}")
        return
    if "article_id" not in [column.name for column in db.view(table).columns]:
        raise UsageError(f"the rows of {table} are not of single articles: leave the query out")
    ids = ids_of_hits(db, selection.query)
    for at in range(0, len(ids), PAGE):
        some = ", ".join(map(str, ids[at : at + PAGE]))
        yield from db.query(f"SELECT * FROM {table} WHERE article_id IN ({some})")


def _write_articles(db: Database, out: TextIO, selection: Selection, shape: Any) -> Exported:
    count = 0
    for row in _articles(db, selection):
        article = read_article(db, row["id"])
        if article is None:  # withdrawn since the rows were read
            continue
        fields = shape(article, row, _citation(db, row["version_id"]))
        if not selection.with_text:
            for name in _TEXT:
                fields.pop(name, None)
        _write_line(out, fields)
        count += 1
    return Exported(count=count)


def _write_line(out: TextIO, fields: dict[str, Any]) -> None:
    json.dump(fields, out, ensure_ascii=False, allow_nan=False)
    out.write("\n")


def _fields_of(
    article: Article, row: dict[str, Any], citation: dict[str, Any]
) -> dict[str, Any]:
    kept = ("id", "site", "key", "version_id", "first_seen", "last_seen", "gone_since")
    return {name: row[name] for name in kept} | article.as_dict() | citation


def _linked_data_of(
    article: Article, row: dict[str, Any], citation: dict[str, Any]
) -> dict[str, Any]:
    """Return the article with the capture it was read from as its encoding."""
    capture = {
        "@type": "MediaObject",
        "contentUrl": citation["captured_url"],
        "dateCreated": citation["captured_at"],
        "sha256": citation["sha256"],
        "identifier": citation["warc_record_id"],
    }
    known = {name: value for name, value in capture.items() if value}
    return news_article_from(article) | {
        "identifier": f"{row['site']} {row['key']}",
        "encoding": known,
    }


def _articles(db: Database, selection: Selection) -> Iterator[dict[str, Any]]:
    """Yield the rows of a view of articles, a page of them at a time: memory stays flat."""
    ids = selection.ids if selection.query is None else ids_of_hits(db, selection.query)
    if ids is None:
        yield from _pages(db, selection, "id > :last")
        return
    for at in range(0, len(ids), PAGE):
        some = ", ".join(map(str, ids[at : at + PAGE]))
        yield from _pages(db, selection, f"id > :last AND id IN ({some})")


def _pages(db: Database, selection: Selection, condition: str) -> Iterator[dict[str, Any]]:
    last = 0
    since, until = date_text(selection.since), date_text(selection.until)
    values = {"site": selection.site, "since": since, "until": until}
    query = f"""SELECT * FROM {selection.table} WHERE {condition}
        AND (:site IS NULL OR site = :site)
        AND (:since IS NULL OR first_seen >= :since)
        AND (:until IS NULL OR first_seen < :until) ORDER BY id LIMIT {PAGE}"""
    while rows := list(db.query(query, values | {"last": last})):
        last = rows[-1]["id"]
        yield from rows


def _citation(db: Database, version_id: int) -> dict[str, Any]:
    empty = dict.fromkeys(("captured_url", "captured_at", "sha256", "warc_record_id"))
    return next(db.query(_CITATION, [version_id]), empty)


def _is_too_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) > EXCEL_CELL


def guarded(value: Any) -> Any:
    """Return *value* with an apostrophe before a formula of spreadsheets."""
    is_formula = isinstance(value, str) and value.startswith(FORMULA_STARTS)
    return f"'{value}" if is_formula else value

"""Write articles out for other programs: CSV, JSON Lines, schema.org JSON-LD. Nothing is cut.

Each row says where it came from: the address that was read, when (UTC), the SHA-256 of the page
and the WARC-Record-ID of its evidence. (site, key) names an article in every archive; `id` only
in this one.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, Literal, TextIO

import attrs
from sqlite_utils import Database

from newscrawl.archive.reading import read_article
from newscrawl.archive.search import ids_of_hits
from newscrawl.article import Article
from newscrawl.schema_org import news_article_from

Format = Literal["csv", "jsonl", "jsonld"]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PAGE = 200
"""How many articles are read at a time."""
_TEXT = ("article_body", "description", "blocks")

# The first sight of the version that is exported: what a citation has to name.
_CITATION = """
SELECT u.url AS captured_url, o.fetched_at AS captured_at, lower(hex(o.digest)) AS sha256,
       o.evidence_record AS warc_record_id
FROM observations AS o JOIN urls AS u ON u.id = o.url_id
WHERE o.version_id = ? ORDER BY o.fetched_at, o.id LIMIT 1"""

_PROVENANCE = "SELECT field, source FROM provenance WHERE article_id = ? ORDER BY field"


@attrs.frozen(kw_only=True)
class Selection:
    """Which articles to export; by default all."""

    site: str | None = None
    """Only those of this site."""
    since: str | None = None
    """Only those first seen at or after this time (UTC, `YYYY-MM-DD` or longer)."""
    until: str | None = None
    """Only those first seen before this time."""
    query: str | None = None
    """Only those that this search finds; docs/arabic.md has its language."""
    with_text: bool = True
    """Whether to write the body and the description, which others may own."""


def write_csv(
    db: Database, out: TextIO, selection: Selection, *, for_excel: bool = False
) -> int:
    """Write the view `article` as CSV to *out* (opened with newline=""); return how many rows.

    *for_excel* begins with a byte order mark and puts an apostrophe before what Excel would
    take for a formula; without it every value is exact.
    """
    if for_excel:
        out.write("\ufeff")
    columns = [column.name for column in db.view("article").columns]
    names = [
        *(name for name in columns if selection.with_text or name not in _TEXT),
        *("captured_url", "captured_at", "sha256", "warc_record_id", "provenance"),
    ]
    writer = csv.DictWriter(out, names, extrasaction="ignore")
    writer.writeheader()
    count = 0
    for row in _rows(db, selection):
        rules = dict(db.execute(_PROVENANCE, [row["id"]]).fetchall())
        origin = {"provenance": json.dumps(rules, ensure_ascii=False)}
        whole = row | _citation(db, row["version_id"]) | origin
        writer.writerow({k: _guarded(v) for k, v in whole.items()} if for_excel else whole)
        count += 1
    return count


def write_json_lines(db: Database, out: TextIO, selection: Selection) -> int:
    """Write each article as one line of JSON with every field; return their number."""
    return _write_lines(db, out, selection, _fields_of)


def write_json_ld(db: Database, out: TextIO, selection: Selection) -> int:
    """Write each article as a schema.org NewsArticle on one line; return their number."""
    return _write_lines(db, out, selection, _linked_data_of)


def _write_lines(db: Database, out: TextIO, selection: Selection, shape: Any) -> int:
    count = 0
    for row in _rows(db, selection):
        article = read_article(db, row["id"])
        if article is None:  # withdrawn since the rows were read
            continue
        fields = shape(article, row, _citation(db, row["version_id"]))
        if not selection.with_text:
            for name in (*_TEXT, "articleBody"):
                fields.pop(name, None)
        json.dump(fields, out, ensure_ascii=False, allow_nan=False)
        out.write("\n")
        count += 1
    return count


def _fields_of(
    article: Article, row: dict[str, Any], citation: dict[str, Any]
) -> dict[str, Any]:
    kept = ("id", "site", "key", "version_id", "first_seen", "last_seen")
    return {name: row[name] for name in kept} | article.as_dict() | citation


def _linked_data_of(
    article: Article, row: dict[str, Any], citation: dict[str, Any]
) -> dict[str, Any]:
    return news_article_from(article) | {
        "identifier": f"{row['site']} {row['key']}",
        "archivedAt": citation.get("captured_url"),
        "dateCreated": row["first_seen"],
        "sha256": citation.get("sha256"),
    }


def _rows(db: Database, selection: Selection) -> Iterator[dict[str, Any]]:
    """Yield the rows of the view `article`, a page of them at a time: memory stays flat."""
    if selection.query is None:
        yield from _pages(db, selection, "id > :last")
        return
    ids = ids_of_hits(db, selection.query)
    for at in range(0, len(ids), PAGE):
        some = ", ".join(map(str, ids[at : at + PAGE]))
        yield from _pages(db, selection, f"id > :last AND id IN ({some})")


def _pages(db: Database, selection: Selection, condition: str) -> Iterator[dict[str, Any]]:
    last = 0
    values = {"site": selection.site, "since": selection.since, "until": selection.until}
    query = f"""SELECT * FROM article WHERE {condition} AND (:site IS NULL OR site = :site)
        AND (:since IS NULL OR first_seen >= :since)
        AND (:until IS NULL OR first_seen < :until) ORDER BY id LIMIT {PAGE}"""
    while rows := list(db.query(query, values | {"last": last})):
        last = rows[-1]["id"]
        yield from rows


def _citation(db: Database, version_id: int) -> dict[str, Any]:
    empty = dict.fromkeys(("captured_url", "captured_at", "sha256", "warc_record_id"))
    return next(db.query(_CITATION, [version_id]), empty)


def _guarded(value: Any) -> Any:
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value

"""The contents of a package: the rows of a query's articles, and their identity."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from sqlite_utils import Database

import newscrawl
from newscrawl.archive import Archive
from newscrawl.archive.export.columns import Column
from newscrawl.archive.export.tables import PAGE, Selection
from newscrawl.extraction.extractor_identity import extractor_identity
from newscrawl.study.realignment.sequences import FORMAT as SEQUENCES_FORMAT
from newscrawl.study.realignment.sequences import sequence_hashes, word_spans
from newscrawl.study.texts import FIELDS, text_digest, texts_of

_CREDITS = ("source_credit", "agencies", "main_image_caption", "main_image_credit")
_DATELINES = ("dateline_raw", "dateline_place", "dateline_agency", "dateline_author")
_PUBLISHERS_TEXT = frozenset(
    (*FIELDS, *_CREDITS, *_DATELINES, "breadcrumbs", "keywords", "provenance")
)
"""Columns that a package without text leaves out."""
_SITES = """SELECT s.name AS site, count(DISTINCT o.article_id) AS articles,
    count(*) AS observations, min(o.fetched_at) AS first_seen, max(o.fetched_at) AS last_seen,
    json_group_array(DISTINCT o.opt_outs) AS opt_outs
    FROM observations AS o JOIN sites AS s ON s.id = o.site_id
    WHERE o.article_id IN (SELECT value FROM json_each(?)) GROUP BY s.id ORDER BY 1"""
_SITE_COLUMNS = (
    Column("site", "text", "The name of the site."),
    Column("articles", "integer", "The number of its articles in this package."),
    Column("observations", "integer", "The number of visits of their pages."),
    Column("first_seen", "time", "The first of these visits (UTC)."),
    Column("last_seen", "time", "The last of these visits (UTC)."),
    Column(
        "opt_outs",
        "text",
        "Opt-outs that the pages or their headers stated, parted by commas; see rights.md.",
    ),
    Column("license", "text", "Licence of the texts, as the maker of the package states it."),
)
_DIGEST_COLUMNS = (
    Column("site", "text", "The name of the site."),
    Column("key", "text", "The identity of the article on its site."),
    Column("url", "text", "The address that the article was first read at."),
    Column("first_seen", "time", "Time from which this text was seen (UTC)."),
    Column("text_sha256", "text", "SHA-256 of the texts (newscrawl.study.texts)."),
    Column("page_sha256", "text", "SHA-256 of the page as received."),
    Column("warc_record_id", "text", "The WARC record of the page."),
    Column("extractor", "text", "The program that read the page."),
)


@attrs.frozen(kw_only=True)
class Table:
    """One table of a package."""

    name: str
    description: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]

    def as_csv(self) -> bytes:
        """Return the table as CSV in UTF-8."""
        out = io.StringIO(newline="")
        names = [column.name for column in self.columns]
        writer = csv.DictWriter(out, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue().encode()

    def as_parquet(self) -> bytes:
        """Return the table as Parquet. Raises NewscrawlError without pyarrow."""
        from newscrawl.archive.export.parquet import write_rows  # noqa: PLC0415 -- an extra

        out = io.BytesIO()
        write_rows(out, self.columns, iter(self.rows), self.name)
        return out.getvalue()


@attrs.frozen(kw_only=True)
class Contents:
    """The files and rows of a package."""

    tables: tuple[Table, ...]
    query: Mapping[str, Any]
    """The content of query.json."""
    sequences: tuple[Mapping[str, Any], ...] = ()
    """The lines of sequences.jsonl, in a package without text."""

    @property
    def article_count(self) -> int:
        """The number of articles."""
        return len(self.tables[0].rows)


def contents_of(
    archive: Archive, query: str, *, with_text: bool, licences: Mapping[str, str]
) -> Contents:
    """Return the contents of a package of the articles that *query* finds.

    *licences* are those of the texts, by site.
    """
    ids = tuple(archive.ids_of_hits(query))
    articles = sorted(
        archive.rows(Selection(ids=ids)), key=lambda row: (row["site"], row["key"])
    )
    tables = (
        Table(
            name="article",
            description="The articles that the query found, as they were last seen.",
            columns=_columns(archive, "article", with_text=with_text),
            rows=tuple(articles),
        ),
        _table_of(archive, "version", "All versions of these articles.", ids, with_text),
        _table_of(archive, "observation", "Each visit of their pages.", ids, with_text),
        Table(
            name="digest",
            description="What identifies each article and its text in any archive.",
            columns=_DIGEST_COLUMNS,
            rows=tuple(map(_digest_row, articles)),
        ),
        Table(
            name="site",
            description="The sites, with their opt-outs and licences.",
            columns=_SITE_COLUMNS,
            rows=tuple(_site_rows(archive.db, ids, licences)),
        ),
    )
    sequences = () if with_text else tuple(_sequences(articles))
    return Contents(
        tables=tables, query=_query(archive, query, len(articles)), sequences=sequences
    )


def _columns(archive: Archive, table: str, *, with_text: bool) -> tuple[Column, ...]:
    return tuple(
        column
        for column in archive.columns(table)
        if with_text or column.name not in _PUBLISHERS_TEXT
    )


def _table_of(
    archive: Archive, name: str, description: str, ids: Sequence[int], with_text: bool
) -> Table:
    return Table(
        name=name,
        description=description,
        columns=_columns(archive, name, with_text=with_text),
        rows=tuple(_rows_of_articles(archive.db, name, ids)),
    )


def _rows_of_articles(
    db: Database, table: str, ids: Sequence[int]
) -> Iterator[Mapping[str, Any]]:
    for at in range(0, len(ids), PAGE):
        some = ", ".join(map(str, ids[at : at + PAGE]))
        yield from db.query(
            f"SELECT * FROM {table} WHERE article_id IN ({some}) ORDER BY article_id, id"
        )


def _digest_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "site": row["site"],
        "key": row["key"],
        "url": row["url"],
        "first_seen": row["first_seen"],
        "text_sha256": text_digest(row),
        "page_sha256": row["sha256"],
        "warc_record_id": row["warc_record_id"],
        "extractor": row["extractor"],
    }


def _site_rows(
    db: Database, ids: Sequence[int], licences: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    for row in db.query(_SITES, [json.dumps(ids)]):
        stated = filter(None, json.loads(row["opt_outs"]))
        opt_outs = ", ".join(sorted({one for text in stated for one in text.split(", ")}))
        yield {**row, "opt_outs": opt_outs or None, "license": licences.get(row["site"])}


def _sequences(articles: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in articles:
        for field, text in texts_of(row).items():
            yield {
                "site": row["site"],
                "key": row["key"],
                "field": field,
                "words": len(word_spans(text)),
                "hashes": sequence_hashes(text),
            }


def _query(archive: Archive, query: str, found: int) -> dict[str, Any]:
    newest = archive.db.execute("SELECT max(last_seen) FROM articles").fetchone()[0]
    return {
        "query": query,
        "articles": found,
        "also_found": list(archive.also_found(query)),
        "problems": list(archive.query_problems(query)),
        "archive": {
            "schema": archive.db.execute("PRAGMA user_version").fetchone()[0],
            "runs": [
                row["token"] for row in archive.db.query("SELECT token FROM runs ORDER BY id")
            ],
            "last_seen": newest,
            **archive.counts(),
        },
        "extractor": extractor_identity(),
        "newscrawl": newscrawl.__version__,
        "sequences": SEQUENCES_FORMAT,
    }

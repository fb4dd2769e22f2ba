"""An article as the columns of its version, and back. Nothing here touches a database."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from newscrawl.archive.schema.storable import date_from, local_date, sortable_date
from newscrawl.archive.write.lookup_tables import digest_of
from newscrawl.article import (
    Article,
    Block,
    BlockKind,
    Dateline,
    LiveBlogUpdate,
    Mark,
    precision_of,
)

SAME_NAME = (
    "canonical_url",
    "page_kind",
    "page_kind_reason",
    "publisher",
    "headline",
    "alternative_headline",
    "description",
    "date_published_raw",
    "date_published_zone",
    "date_published_zone_origin",
    "date_modified_raw",
    "in_language",
    "is_accessible_for_free",
)
"""Fields that are columns of `versions` as they are."""

HEADLINE_START = 40
"""Characters of a headline that are indexed, to find the article that a page repeats."""

TEXT_FIELDS = (
    "headline",
    "alternative_headline",
    "description",
    "dateline",
    "source_credit",
    "article_body",
)
"""The fields whose change makes a new version. Of dateline and credit only the printed text
counts, so that a new name in our tables of agencies and places is never taken for an edit."""

PAGES = ("pages", "missing_pages")
"""Fields that are columns of `versions` as JSON arrays of addresses; NULL for none."""

VISIT_FIELDS = ("url", "link_lists", "provenance", "extractor")
"""Fields of one visit or one reading, not of the article."""


def text_digest(article: Article) -> bytes:
    """Return the digest of the printed texts: readings with one digest are one version."""
    return digest_of([printed(article, field) for field in TEXT_FIELDS])


def printed(article: Article, field: str) -> str | None:
    """Return one of TEXT_FIELDS as it is printed."""
    value = getattr(article, field)
    text: str | None = getattr(value, "raw", value)
    return text


def columns_from(article: Article) -> dict[str, Any]:
    """Return the columns of `versions` that hold this article's own values."""
    row = {name: getattr(article, name) for name in SAME_NAME}
    is_doubtful = article.page_kind_certainty == "doubtful"
    row["page_kind_certainty"] = article.page_kind_certainty if is_doubtful else None
    row["is_body_cut"] = True if article.is_body_cut else None
    row |= _dateline_columns(article.dateline)
    row["source_credit"] = article.source_credit.raw if article.source_credit else None
    for name in ("date_published", "date_modified"):
        row |= _date_columns(name, getattr(article, name))
    row["live_blog_updates"] = _json_or_null(
        article.as_dict()["live_blog_updates"] if article.live_blog_updates else ()
    )
    for name in PAGES:
        row[name] = _json_or_null(getattr(article, name))
    return row


def _dateline_columns(dateline: Dateline | None) -> dict[str, Any]:
    names = ("raw", "place", "agency", "author")
    row = {f"dateline_{name}": getattr(dateline, name, None) for name in names}
    day = dateline.day if dateline else None
    return row | {"dateline_day": day.isoformat() if day else None}


def _json_or_null(values: Sequence[Any]) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None


def _date_columns(name: str, value: dt.datetime | dt.date | None) -> dict[str, str | None]:
    return {
        name: sortable_date(value),
        f"{name}_local": local_date(value),
        f"{name}_precision": precision_of(value),
    }


def fields_from(row: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of Article that a row of `versions` holds."""
    fields = {name: row[name] for name in SAME_NAME}
    fields["page_kind_certainty"] = row["page_kind_certainty"] or "certain"
    fields["is_body_cut"] = bool(row["is_body_cut"])
    if fields["is_accessible_for_free"] is not None:
        fields["is_accessible_for_free"] = bool(fields["is_accessible_for_free"])
    for name in ("date_published", "date_modified"):
        fields[name] = date_from(row[f"{name}_local"])
    if row["dateline_raw"] is not None:
        fields["dateline"] = Dateline(
            raw=row["dateline_raw"],
            place=row["dateline_place"],
            agency=row["dateline_agency"],
            author=row["dateline_author"],
            day=_day_from(row["dateline_day"]),
        )
    for name in PAGES:
        fields[name] = tuple(json.loads(row[name] or "[]"))
    updates = json.loads(row["live_blog_updates"] or "[]")
    fields["live_blog_updates"] = tuple(_update_from(update) for update in updates)
    return fields


def _update_from(update: dict[str, Any]) -> LiveBlogUpdate:
    return LiveBlogUpdate(**update | {"date_published": date_from(update["date_published"])})


def _day_from(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def blocks_text(article: Article) -> str | None:
    """Return the blocks as JSON; None if they are the lines of the body as paragraphs."""
    if article.blocks == _paragraphs(article.article_body):
        return None
    blocks = [[block.kind, block.text, *_more_of(block)] for block in article.blocks]
    return json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))


def blocks_from(article_body: str, blocks: str | None) -> tuple[Block, ...]:
    """Parse the text of `blocks_text`."""
    if blocks is None:
        return _paragraphs(article_body)
    return tuple(_block_from(*values) for values in json.loads(blocks))


def _more_of(block: Block) -> tuple[dict[str, Any], ...]:
    """Return the values of a block beside kind and text, if it has any."""
    marks = [[mark.kind, mark.start, mark.end, mark.url] for mark in block.marks]
    more = {"marks": marks, "rows": block.rows, "url": block.url}
    found = {name: value for name, value in more.items() if value}
    return (found,) if found else ()


def _block_from(kind: BlockKind, text: str, more: dict[str, Any] | None = None) -> Block:
    more = more or {}
    marks = (
        Mark(kind=name, start=start, end=end, url=url)
        for name, start, end, url in more.get("marks", ())
    )
    rows = tuple(map(tuple, more.get("rows", ())))
    return Block(kind=kind, text=text, marks=tuple(marks), rows=rows, url=more.get("url"))


def _paragraphs(article_body: str) -> tuple[Block, ...]:
    if not article_body:
        return ()
    return tuple(Block(kind="paragraph", text=line) for line in article_body.split("\n"))


def changed_fields(old: Article, new: Article) -> dict[str, Any]:
    """Return the fields beside the text that differ in *new*, with their values in *old*."""
    was, now = old.as_dict(), new.as_dict()
    return {
        name: was[name] for name in was if name not in VISIT_FIELDS and was[name] != now[name]
    }

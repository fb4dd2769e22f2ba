"""When the article was published and changed: stated, then printed near the text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import attrs

from newscrawl.article import ZoneOrigin
from newscrawl.generic.fields.printed_dates import (
    LONGEST_DATE,
    Surroundings,
    is_of_update,
    printed_dates,
)
from newscrawl.generic.fields.structured_data import Structured
from newscrawl.html.linked_data import text_of
from newscrawl.layouts.field_readers import Context, date_values
from newscrawl.limits import LONGEST_ADDRESS
from newscrawl.values.dates import parse_date

PUBLISHED_METAS = (
    *(
        "article:published_time",
        "og:article:published_time",
        "article:published",
        "datepublished",
        "pubdate",
        "publishdate",
    ),
    *(
        "publish-date",
        "publish_date",
        "date.published",
        "parsely-pub-date",
        "sailthru.date",
        "dc.date.issued",
        "dcterms.created",
    ),
    *(
        "dc.date",
        "dcterms.date",
        "dc.date.created",
        "date",
        "bt:pubdate",
        "published_time",
        "publication_date",
        "article.published",
    ),
    *(
        "article_date_original",
        "cxenseparse:recs:publishtime",
        "originalpublicationdate",
        "citation_publication_date",
    ),
    *(
        "og:pubdate",
        "displaydate",
        "ptime",
        "last-published",
        "created",
        "og:published_time",
        "cxenseparse:publishtime",
    ),
    *(
        "article.created",
        "rnews:datepublished",
        "datecreated",
        "citation_date",
        "citation_online_date",
    ),
)
MODIFIED_METAS = (
    *(
        "article:modified_time",
        "og:updated_time",
        "datemodified",
        "last-modified",
        "lastmod",
        "dcterms.modified",
        "dc.date.modified",
    ),
    *(
        "article:modified",
        "modified",
        "og:article:modified_time",
        "revision_date",
        "utime",
        "article.updated",
    ),
)
_PATHS = ("datePublished", "dateCreated", "uploadDate")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-]?([01]\d)[/-]?([0-3]\d)(?=[/_.-])")


@attrs.frozen(kw_only=True)
class _Parsed:
    value: dt.datetime | dt.date
    zone: str | None = None
    zone_origin: ZoneOrigin | None = None


def dates_of(
    structured: Structured, context: Context, around: Surroundings
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield field, rule and the article's values for the dates that are found."""
    published = _first(
        _stated(structured, _PATHS, PUBLISHED_METAS),
        context,
    )
    if published is None:
        published = _first(_printed(around, context), context)
    if published is None:
        published = _from_address(context)
    if published is not None:
        yield (
            "date_published",
            published[0],
            dict(date_values("date_published", published[1], published[2])),
        )
    modified = _first(modified_candidates(structured), context)
    if modified is not None:
        yield (
            "date_modified",
            modified[0],
            dict(date_values("date_modified", modified[1], modified[2])),
        )


def date_candidates(
    structured: Structured, context: Context, around: Surroundings
) -> Iterator[tuple[str, str]]:
    """Yield each place where the day of publication may stand, and what it holds."""
    yield from _stated(structured, _PATHS, PUBLISHED_METAS)
    yield from _printed(around, context)


def modified_candidates(structured: Structured) -> Iterator[tuple[str, str]]:
    """Yield each place where the last change may be dated, and what it holds."""
    yield from _stated(structured, ("dateModified",), MODIFIED_METAS)


def _stated(
    structured: Structured, paths: tuple[str, ...], metas: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for value in structured.values(*paths):
        raw = text_of(value)
        if raw:
            yield "jsonld", raw
    for name in metas:
        for content in structured.metas.get(name, ()):
            yield f"meta:{name}", content


def _first(
    candidates: Iterator[tuple[str, str]], context: Context
) -> tuple[str, Any, str] | None:
    for count, (rule, raw) in enumerate(candidates):
        if count > 60:
            return None
        date = parse(raw, context)
        if date is not None:
            return rule, date, raw
    return None


def parse(raw: str, context: Context) -> Any:
    """Return the date that *raw* states, or None."""
    raw = " ".join(raw[: 3 * LONGEST_DATE].split())
    return parse_date(
        raw, page_time=context.page.fetched_at, zone=context.zone, languages=context.languages
    )


def _printed(around: Surroundings, context: Context) -> Iterator[tuple[str, str]]:
    """Yield the dates that the page prints, without those that may be the day of the visit."""
    for printed in printed_dates(around):
        if not printed.is_apart or not _is_of_visit(printed.raw, context):
            yield printed.rule, printed.raw


def _is_of_visit(raw: str, context: Context) -> bool:
    """Whether *raw* is the day of the visit or of an update: the clock of a page's head."""
    visited = context.page.fetched_at
    if visited is None or is_of_update(raw):
        return is_of_update(raw)
    found = parse(raw, context)
    return found is not None and abs((day_of(found.value) - visited.date()).days) <= 1


def day_of(value: dt.datetime | dt.date) -> dt.date:
    """Return the day of *value*, as it is where it was written."""
    return value.date() if isinstance(value, dt.datetime) else value


def _from_address(context: Context) -> tuple[str, Any, str] | None:
    match = _IN_ADDRESS.search(context.page.url[:LONGEST_ADDRESS])
    if not match:
        return None
    try:
        return "address", _Parsed(value=dt.date(*map(int, match.groups()))), match[0]
    except ValueError:
        return None

"""Dates of publication and change: stated, printed and in the address."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from newscrawl.generic.fields.dates.date_votes import (
    Kind,
    Vote,
    chosen_day,
    day_of,
)
from newscrawl.generic.fields.dates.printed_dates import (
    LONGEST_DATE,
    PrintedDate,
    Role,
    Surroundings,
    is_of_update,
    is_sentence,
    printed_dates,
)
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.linked_data import text_of
from newscrawl.layouts.field_readers import Context, date_values
from newscrawl.limits import LONGEST_ADDRESS
from newscrawl.system.deferred import compiled_on_use
from newscrawl.values.dates import ParsedDate, dates_in, may_state_change, parse_date
from newscrawl.values.dates.words import is_weekday

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
OF_CLOCK = 0.7
"""Factor of the weight of a date that may be the day of the visit."""
_UNIX = re.compile(r"1\d{9}(?:\d{3})?", re.ASCII)
_PATHS = ("datePublished", "dateCreated", "uploadDate")
_IN_ADDRESS = re.compile(
    r"/((?:19|20)\d\d)([/-]?)(\d{1,2})\2"
    r"((?<=[/-]0\d[/-])\d\d|(?<![/-]0\d[/-])\d{1,2})(?=[/_.-]|$)"
)
"""Behind a month with a zero the day has two digits: `/2004/05/2.html` is none."""
_WEAK_METAS = frozenset(
    {"dc.date", "dcterms.date", "date", "created", "dcterms.created", "datecreated"}
)
"""Of these many say when a record was made or saved, not when the article was published."""
_OF_PUBLICATION = re.compile(r"publi(?:sh|ca)|pub-?_?date|issued|posted|erschein")
_NO_DATE_NAMES = compiled_on_use(r"publisher|public$|modif|updat|expir|unpubl|until|end")
MOST_CANDIDATES = 60


def dates_of(
    structured_data: StructuredData, context: Context, around: Surroundings
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield field, rule and the article's values for the dates that are found."""
    printed = list(printed_dates(around))
    changed = next(modified_candidates(structured_data, context, printed), None)
    votes = list(date_candidates(structured_data, context, printed, changed))
    for field, found in (
        ("date_published", chosen_day(votes, changed)),
        ("date_modified", changed),
    ):
        if found is not None:
            yield field, found.rule, dict(date_values(field, found.date, found.raw))


def date_candidates(
    structured_data: StructuredData,
    context: Context,
    printed: Sequence[PrintedDate],
    changed: Vote | None = None,
) -> Iterator[Vote]:
    """Yield each date that may be the day of publication."""
    for raw in _texts(structured_data.values(*_PATHS)):
        yield from _votes("jsonld", raw, "jsonld", 1.0, context)
    yield from _published_in_metas(structured_data, context)
    for one in printed:
        if one.role != "updated" or _says_both(one, context):
            yield from _printed_votes(one, context)
    yield from _from_address(context)


def _says_both(one: PrintedDate, context: Context) -> bool:
    """Return whether a line, no sentence, has the days of publication and of change."""
    if one.raw.endswith("."):
        return False
    labels = {label for label, _ in _dates_in(one.raw, context)}
    return labels >= {"published", "updated"}


def _published_in_metas(structured_data: StructuredData, context: Context) -> Iterator[Vote]:
    """Yield the dates of the meta tags that state a day of publication, by name or by word."""
    for order, name in enumerate(PUBLISHED_METAS):
        if name not in structured_data.metas:
            continue
        weight = 0.5 if name in _WEAK_METAS else 1 - order / 1000
        found = islice(_meta_votes(structured_data, name, weight, context), 1)
        yield from (vote for vote in found if name not in _WEAK_METAS or not _is_year(vote))
    for name, contents in structured_data.metas.items():
        if name not in PUBLISHED_METAS and _is_publication(name):
            yield from _votes(f"meta:{name}", contents[0], "meta", 0.8, context)


def modified_candidates(
    structured_data: StructuredData, context: Context, printed: Sequence[PrintedDate]
) -> Iterator[Vote]:
    """Yield each date that may be that of the last change, the likeliest first."""
    for raw in _texts(structured_data.values("dateModified")):
        yield from _votes("jsonld", raw, "jsonld", 1.0, context)
    for name in MODIFIED_METAS:
        yield from _meta_votes(structured_data, name, 1.0, context)
    for one in printed:
        if one.rule != "date_heading" and not one.is_apart:
            yield from _printed_changes(one, context)


def _is_year(vote: Vote) -> bool:
    """Return whether a date is the first day of a year without a time: a year as a day."""
    value = vote.date.value
    return not isinstance(value, dt.datetime) and (value.month, value.day) == (1, 1)


def _meta_votes(
    structured_data: StructuredData, name: str, weight: float, context: Context
) -> Iterator[Vote]:
    """Yield the dates in the meta tags called *name*."""
    for content in structured_data.metas.get(name, ()):
        raw = _moment_of_unix(content)
        yield from _votes(f"meta:{name}", raw, "meta", weight, context)


def _moment_of_unix(content: str) -> str:
    """Return a count of seconds or milliseconds since 1970 as ISO 8601, others as they are."""
    if not _UNIX.fullmatch(content.strip()):
        return content
    return dt.datetime.fromtimestamp(int(content.strip()[:10]), dt.UTC).isoformat()


def _printed_changes(one: PrintedDate, context: Context) -> Iterator[Vote]:
    """Yield the dates of a printed line that are labelled as those of a change."""
    dates = _dates_in(one.raw, context) if may_state_change(one.raw) else ()
    labelled = [date for label, date in dates if label == "updated"]
    if one.role == "updated" and not labelled:
        yield from _votes(one.rule, one.raw, "printed", one.weight, context, one.role)
    for date in labelled:
        yield Vote(one.rule, date, one.raw, "printed", one.weight)


def _is_publication(name: str) -> bool:
    """Return whether a meta tag's name stands for the day of publication."""
    return bool(_OF_PUBLICATION.search(name)) and not _NO_DATE_NAMES.search(name)


def _texts(values: Iterator[Any]) -> Iterator[str]:
    for value in islice(values, MOST_CANDIDATES):
        raw = text_of(value)
        if raw:
            yield raw


def _votes(
    rule: str, raw: str, kind: Kind, weight: float, context: Context, role: Role = ""
) -> Iterator[Vote]:
    """Yield the date that *raw* states, if it states one."""
    date = parse(raw, context)
    if date is None and kind == "printed" and not is_sentence(raw):
        dates = [date for label, date in _dates_in(raw, context) if label in ("", role)]
        date = dates[0] if len(dates) == 1 else None
    if date is not None:
        yield Vote(rule, date, raw, kind, weight)


def _printed_votes(one: PrintedDate, context: Context) -> Iterator[Vote]:
    """Yield the date that is printed, unless it may be the day of the visit."""
    if one.is_apart and _is_of_visit(one.raw, context):
        return
    date = parse(one.raw, context)
    if one.rule == "date_line" and not is_sentence(one.raw):
        dates = _dates_in(one.raw, context)
        if dates and all(label == "updated" for label, _ in dates):
            return  # `Article mis à jour le 7 janvier 2020`
        date = date or _publication_in(dates)
    if date is not None:
        yield Vote(one.rule, date, one.raw, "printed", _weight_of(one, date))


def _weight_of(one: PrintedDate, date: ParsedDate) -> float:
    return one.weight * (OF_CLOCK if _may_be_clock(one, date) else 1)


def _may_be_clock(one: PrintedDate, date: ParsedDate) -> bool:
    """Return whether a bare date apart from the article has the form of a page's clock.

    That is a weekday and a day without a time: `Monday, 30 November 2026`.
    """
    if not one.is_apart or one.role or isinstance(date.value, dt.datetime):
        return False
    return any(is_weekday(word.strip(".,|")) for word in one.raw.split())


def _publication_in(dates: Sequence[tuple[str, Any]]) -> Any:
    """Return the date labelled as the day of publication, else the only one without a label."""
    labelled = [date for label, date in dates if label == "published"]
    plain = [date for label, date in dates if not label]
    return labelled[0] if labelled else plain[0] if len(plain) == 1 else None


def _dates_in(raw: str, context: Context) -> Sequence[tuple[str, Any]]:
    return dates_in(
        raw,
        page_time=context.page.fetched_at,
        zone=context.zone,
        languages=_languages(context),
    )


def _languages(context: Context) -> tuple[str, ...]:
    """Return the site's languages, else the page's own; `en-US` is written by default."""
    own = context.page.tree.language.strip()
    own = "en" if own.lower().replace("_", "-") == "en-us" else own
    return context.languages or ((own,) if own else ())


def parse(raw: str, context: Context) -> Any:
    """Return the date that *raw* states, or None."""
    raw = " ".join(raw[: 3 * LONGEST_DATE].split())
    return parse_date(
        raw,
        page_time=context.page.fetched_at,
        zone=context.zone,
        languages=_languages(context),
    )


def _is_of_visit(raw: str, context: Context) -> bool:
    """Return whether *raw* is the day of the visit (a page's clock) or of an update."""
    visited = context.page.fetched_at
    if visited is None or is_of_update(raw):
        return is_of_update(raw)
    dates = _dates_in(raw, context)
    found = parse(raw, context) or (dates[0][1] if len(dates) == 1 else None)
    return found is not None and abs((day_of(found.value) - visited.date()).days) <= 1


def _from_address(context: Context) -> Iterator[Vote]:
    match = _IN_ADDRESS.search(context.page.url[:LONGEST_ADDRESS])
    if match and (match[2] or len(match[3] + match[4]) == 4):  # 2026131 may be two days
        with suppress(ValueError):
            day = dt.date(*map(int, match.group(1, 3, 4)))
            if parse(day.isoformat(), context) is not None:  # it is not in the future
                date = ParsedDate(value=day, precision="day")
                yield Vote("address", date, match[0], "address", 0.5)

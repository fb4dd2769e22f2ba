"""Candidates of each field: every source that is tried, and the value found there.

`--explain` shows them. Nothing here chooses; the order is the one in which sources are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from newscrawl.generic.fields.access import access_candidates
from newscrawl.generic.fields.breadcrumbs import breadcrumb_candidates
from newscrawl.generic.fields.dates.printed_dates import printed_dates
from newscrawl.generic.fields.dates.published import date_candidates, modified_candidates
from newscrawl.generic.fields.further_pages import page_candidates
from newscrawl.generic.fields.keywords import keyword_candidates
from newscrawl.generic.fields.live_blog import clock_from, printed_updates
from newscrawl.generic.fields.persons.authors import author_candidates
from newscrawl.generic.fields.standing import language_candidates
from newscrawl.generic.fields.suppliers.dateline_and_credit import LONGEST_LINE
from newscrawl.generic.reader import Reading
from newscrawl.html.linked_data import text_of
from newscrawl.layouts.field_readers import Context
from newscrawl.text.phrases import heading_kind
from newscrawl.values.credit import parse_credit
from newscrawl.values.dateline import parse_dateline

Candidates = Iterator[tuple[str, str]]
"""Pairs of a source's rule and the value found there, as text."""


def _authors(reading: Reading, context: Context) -> Candidates:
    if reading.around is not None:
        for rule, raws in author_candidates(reading.structured, reading.around):
            yield rule.partition(":person")[0], ", ".join(raws)


def _keywords(reading: Reading, context: Context) -> Candidates:
    for rule, words in keyword_candidates(reading.structured, reading.near):
        yield rule, words if isinstance(words, str) else ", ".join(words)


def _published(reading: Reading, context: Context) -> Candidates:
    if reading.around is not None:
        printed = list(printed_dates(reading.around))
        for vote in date_candidates(reading.structured, context, printed):
            yield vote.rule, vote.raw


def _modified(reading: Reading, context: Context) -> Candidates:
    if reading.around is not None:
        printed = list(printed_dates(reading.around))
        for vote in modified_candidates(reading.structured, context, printed):
            yield vote.rule, vote.raw


def _description(reading: Reading, context: Context) -> Candidates:
    for line in reading.lines:
        if line.role == "standfirst":
            yield "standfirst", line.text
    for path in ("description", "abstract"):
        yield "jsonld", reading.structured.text(path) or ""
    for name in ("description", "og:description"):
        yield f"meta:{name}", reading.structured.meta(name) or ""


def _body(reading: Reading, context: Context) -> Candidates:
    for value in reading.structured.values("articleBody"):
        yield "jsonld", text_of(value)


def _breadcrumbs(reading: Reading, context: Context) -> Candidates:
    heading = reading.around.heading if reading.around else None
    for rule, crumbs in breadcrumb_candidates(reading.structured, heading):
        yield rule, " › ".join(crumb.text for crumb in crumbs)


def _language(reading: Reading, context: Context) -> Candidates:
    yield from language_candidates(reading.structured, context)


def _canonical(reading: Reading, context: Context) -> Candidates:
    for head in reading.structured.tree.heads:
        if "canonical" in head.get("rel", "").lower().split():
            yield "link", head.get("href", "")
    yield "meta:og:url", reading.structured.meta("og:url") or ""


def _dateline(reading: Reading, context: Context) -> Candidates:
    for line in reading.lines:
        if len(line.text) <= LONGEST_LINE and parse_dateline(line.text) is not None:
            yield "dateline_line", line.text


def _credit(reading: Reading, context: Context) -> Candidates:
    for line in reading.lines:
        if len(line.text) <= LONGEST_LINE and parse_credit(line.text) is not None:
            yield "credit_line", line.text


def _main_image(reading: Reading, context: Context) -> Candidates:
    for name in ("og:image", "twitter:image"):
        yield f"meta:{name}", reading.structured.meta(name) or ""
    for path in ("image", "image.url", "image.contentUrl"):
        for value in reading.structured.values(path):
            yield "jsonld", value if isinstance(value, str) else ""


def _alternative(reading: Reading, context: Context) -> Candidates:
    yield "jsonld", reading.structured.text("alternativeHeadline", "alternateName") or ""


def _access(reading: Reading, context: Context) -> Candidates:
    for rule, said in access_candidates(reading.structured, reading.lines):
        yield rule, str(said)


def _updates(reading: Reading, context: Context) -> Candidates:
    clock = clock_from(context, reading.values)
    printed = printed_updates(reading.lines, clock)
    for update in printed[:1]:
        text = update.headline or update.article_body
        yield "time_stamps", f"{len(printed)} entries, first: {text}"


def _pages(reading: Reading, context: Context) -> Candidates:
    for url in page_candidates(reading.structured.tree, context):
        yield "no page of this article", url


def _link_lists(reading: Reading, context: Context) -> Candidates:
    for run in reading.around.outline.runs if reading.around else ():
        if len(run.text) <= LONGEST_LINE and heading_kind(run.text) is not None:
            yield "no list of articles", run.text


PLACES: Mapping[str, Callable[[Reading, Context], Candidates]] = MappingProxyType(
    {
        "alternative_headline": _alternative,
        "article_body": _body,
        "authors": _authors,
        "breadcrumbs": _breadcrumbs,
        "canonical_url": _canonical,
        "date_modified": _modified,
        "date_published": _published,
        "dateline": _dateline,
        "description": _description,
        "in_language": _language,
        "is_accessible_for_free": _access,
        "keywords": _keywords,
        "link_lists": _link_lists,
        "live_blog_updates": _updates,
        "main_image": _main_image,
        "missing_pages": _pages,
        "source_credit": _credit,
    }
)
"""By field, the sources that are tried; headlines, which compete by rank, are not here."""

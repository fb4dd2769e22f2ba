"""View of each field's candidates: the sources that its reader tries, and the values there.

`--explain` shows them, in the order in which they are tried. They come from the readers' own
steps, so a source that no reader tries is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from newscrawl.generic.fields.access import access_candidates
from newscrawl.generic.fields.breadcrumbs import breadcrumb_candidates
from newscrawl.generic.fields.dates.printed_dates import printed_dates
from newscrawl.generic.fields.dates.published import date_candidates, modified_candidates
from newscrawl.generic.fields.description_and_language import (
    description_candidates,
    language_candidates,
)
from newscrawl.generic.fields.further_pages import page_candidates
from newscrawl.generic.fields.headlines.headline import kicker_candidates
from newscrawl.generic.fields.keywords import keyword_candidates
from newscrawl.generic.fields.live_blog import clock_from, printed_updates
from newscrawl.generic.fields.persons.authors import author_candidates
from newscrawl.generic.fields.pictures.images import image_candidates
from newscrawl.generic.fields.suppliers.dateline_and_credit import (
    LONGEST_LINE,
    credit_candidates,
    dateline_candidates,
    outlets_of,
)
from newscrawl.generic.reader import Reading
from newscrawl.generic.stated.linked_body import stated_bodies
from newscrawl.html.linked_data import text_of
from newscrawl.layouts.field_readers import Context
from newscrawl.text.list_headings import heading_kind

Candidates = Iterator[tuple[str, str]]
"""Pairs of a source's rule and the value found there, as text."""


def _authors(reading: Reading, context: Context) -> Candidates:
    if reading.around is not None:
        for rule, raws in author_candidates(reading.structured_data, reading.around):
            yield rule.partition(":person")[0], ", ".join(raws)


def _keywords(reading: Reading, context: Context) -> Candidates:
    for rule, words in keyword_candidates(reading.structured_data, reading.article_node):
        yield rule, words if isinstance(words, str) else ", ".join(words)


def _published(reading: Reading, context: Context) -> Candidates:
    if reading.around is not None:
        printed = list(printed_dates(reading.around))
        for vote in date_candidates(reading.structured_data, context, printed):
            yield vote.rule, vote.raw


def _modified(reading: Reading, context: Context) -> Candidates:
    if reading.around is not None:
        printed = list(printed_dates(reading.around))
        for vote in modified_candidates(reading.structured_data, context, printed):
            yield vote.rule, vote.raw


def _description(reading: Reading, context: Context) -> Candidates:
    for line in reading.lines:
        if line.role == "standfirst":
            yield "standfirst", line.text
    yield from description_candidates(reading.structured_data)


def _body(reading: Reading, context: Context) -> Candidates:
    for text in stated_bodies(reading.structured_data):
        yield "jsonld", text_of(text)


def _breadcrumbs(reading: Reading, context: Context) -> Candidates:
    heading = reading.around.heading if reading.around else None
    for rule, crumbs in breadcrumb_candidates(reading.structured_data, heading):
        yield rule, " › ".join(crumb.text for crumb in crumbs)


def _language(reading: Reading, context: Context) -> Candidates:
    yield from language_candidates(reading.structured_data, context)


def _canonical(reading: Reading, context: Context) -> Candidates:
    yield from reading.structured_data.canonicals()


def _dateline(reading: Reading, context: Context) -> Candidates:
    outlets = outlets_of(reading.structured_data)
    for rule, dateline in dateline_candidates(reading.lines, context, outlets):
        yield rule, dateline.raw


def _credit(reading: Reading, context: Context) -> Candidates:
    outlets = outlets_of(reading.structured_data)
    for rule, credit, _ in credit_candidates(reading.lines, outlets):
        yield rule, credit.raw


def _main_image(reading: Reading, context: Context) -> Candidates:
    yield from image_candidates(reading.structured_data)


def _alternative(reading: Reading, context: Context) -> Candidates:
    yield from kicker_candidates(reading.chosen, reading.headlines)


def _access(reading: Reading, context: Context) -> Candidates:
    for rule, said in access_candidates(reading.structured_data, reading.lines):
        yield rule, str(said)


def _updates(reading: Reading, context: Context) -> Candidates:
    clock = clock_from(context, reading.values)
    printed = printed_updates(reading.lines, clock)
    for update in printed[:1]:
        text = update.headline or update.article_body
        yield "time_stamps", f"{len(printed)} entries, first: {text}"


def _pages(reading: Reading, context: Context) -> Candidates:
    for url in page_candidates(reading.structured_data.tree, context):
        yield "no page of this article", url


def _link_lists(reading: Reading, context: Context) -> Candidates:
    for text_line in reading.around.outline.text_lines if reading.around else ():
        if len(text_line.text) <= LONGEST_LINE and heading_kind(text_line.text) is not None:
            yield "no list of articles", text_line.text


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

"""The generic layout: each field by rules that hold for most news pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from newscrawl.article import body_from
from newscrawl.generic.body.article_node import Outline, outline_of
from newscrawl.generic.body.embeds import embeds_of
from newscrawl.generic.body.lines import Lines, body_of
from newscrawl.generic.body.part import article_part
from newscrawl.generic.fields.access import access_of
from newscrawl.generic.fields.breadcrumbs import PRINTED_TRAILS, breadcrumbs_of
from newscrawl.generic.fields.dates.printed_dates import Surroundings
from newscrawl.generic.fields.dates.published import dates_of
from newscrawl.generic.fields.description_and_language import (
    canonical_of,
    language_of,
    standfirst_of,
)
from newscrawl.generic.fields.further_pages import further_pages
from newscrawl.generic.fields.headlines.headline import Candidate, headline_of, kicker_of
from newscrawl.generic.fields.keywords import keywords_of
from newscrawl.generic.fields.live_blog import clock_from, printed_updates, stated_updates
from newscrawl.generic.fields.persons.authors import authors_of
from newscrawl.generic.fields.pictures.images import images_of
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.generic.fields.suppliers.agency_mentions import agencies_of
from newscrawl.generic.fields.suppliers.dateline_and_credit import (
    credit_of,
    dateline_of,
    outlets_of,
)
from newscrawl.generic.fields.suppliers.publisher import publisher_of
from newscrawl.generic.link_lists.front_page import zones_of
from newscrawl.generic.link_lists.lists import link_lists_of
from newscrawl.generic.page_kind.decision import page_kind
from newscrawl.generic.page_kind.features import evidence_of
from newscrawl.generic.stated.linked_body import stated_blocks
from newscrawl.generic.stated.script_body import script_body
from newscrawl.html.blocks import blocks_from
from newscrawl.html.tree import Node
from newscrawl.layouts.field_readers import Context
from newscrawl.text.phrases import folded

FRONT_PAGES = frozenset({"home", "listing", "tag", "author"})
"""Kinds of pages whose links are their content."""
WHOLE_BODY = 1_500
"""A printed body of this many characters is no mere beginning of one that a script holds."""
LINES_ABOVE_PICTURE = 2
"""Most lines of the body above the main picture."""


@attrs.define(eq=False)
class Reading:
    """Result of the generic layout on one page, with its evidence."""

    structured_data: StructuredData
    """The page's structured data."""
    article_node: Node
    """The part of the page that holds headline and body."""
    values: dict[str, Any] = attrs.field(factory=dict)
    """The article's values by field."""
    sources: dict[str, str] = attrs.field(factory=dict)
    """For each field found, the rule that found it."""
    headlines: Sequence[Candidate] = ()
    """All that competed for the headline."""
    chosen: Candidate | None = None
    """The one that was chosen."""
    lines: Lines = ()
    """The lines in the part of the page that holds headline and body, with their roles."""
    around: Surroundings | None = None
    """Nodes and lines around the article, for finding dates and authors; None before that."""

    def keep(self, field: str, value: Any, rule: str) -> None:
        """Keep a value that was found for *field*."""
        if value not in (None, "", (), {}):
            self.values[field] = value
            self.sources[field] = rule


def read(context: Context, known: Mapping[str, Any]) -> Reading:
    """Read the page of *context*; *known* holds the fields that the site's layout found."""
    structured_data = StructuredData(context.page)
    reading = Reading(structured_data, structured_data.tree.root)
    outline = outline_of(reading.article_node)
    chosen, reading.headlines = headline_of(structured_data, outline)
    reading.chosen = chosen
    if chosen is not None:
        reading.keep("headline", chosen.text, chosen.source)
    headline = folded(known.get("headline") or reading.values.get("headline") or "")
    heading = chosen.node if chosen else None
    part = article_part(structured_data, outline, heading, headline)
    reading.article_node, reading.lines = part.article_node, part.lines
    _read_text(reading, context, outline, headline)
    _read_around(reading, context, outline, heading)
    _read_kicker(reading, known)
    _read_standing(reading, context, heading, headline)
    values = {**reading.values, **known}
    agencies = agencies_of(values, reading.lines, structured_data)
    reading.values["agencies"] = agencies
    part = attrs.evolve(part, lines=reading.lines)
    kind = page_kind(evidence_of(structured_data, outline, values, part, heading))
    reading.values |= {
        "page_kind": kind.name,
        "page_kind_reason": kind.reason,
        "page_kind_certainty": kind.certainty,
    }
    if kind.name == "article":
        _read_updates(reading, context)
        pages = further_pages(structured_data.tree, context, outline.text_lines, _end(reading))
        reading.keep("missing_pages", pages, "paging")
    _read_links(reading, context, outline, headline)
    return reading


def _read_links(reading: Reading, context: Context, outline: Outline, headline: str) -> None:
    """Read the zones of a front page; of another, or where there are none, the link lists."""
    root = reading.structured_data.tree.root
    if reading.values["page_kind"] in FRONT_PAGES:
        reading.keep("link_lists", zones_of(root, outline, context), "zones")
    if "link_lists" not in reading.values:
        lists = link_lists_of(root, outline, context, headline, body_lines(reading))
        reading.keep("link_lists", lists, "shape")


def _read_text(reading: Reading, context: Context, outline: Outline, headline: str) -> None:
    """Read the lines above, in and below the body."""
    structured_data = reading.structured_data
    reading.lines, standfirst, rule = standfirst_of(reading.lines, structured_data)
    reading.keep("description", standfirst, rule)
    outlets = outlets_of(structured_data)
    reading.keep("dateline", *dateline_of(reading.lines, context, outlets))
    reading.lines, credit, rule = credit_of(reading.lines, outlets)
    reading.keep("source_credit", credit, rule)
    body = body_of(reading.lines)
    embeds = embeds_of(outline, [text_line.node for text_line in body], context.absolute)
    blocks = blocks_from(body, context.absolute, embeds)
    printed, rule = sum(len(block.text) for block in blocks), "density"
    stated = stated_blocks(structured_data, printed)
    if stated:
        blocks, rule = stated, "jsonld"
    elif printed < WHOLE_BODY and structured_data.tree.scripts >= WHOLE_BODY:
        found = script_body(
            structured_data, headline, [block.text for block in blocks if block.text]
        )
        if found.blocks:
            blocks, rule = found.blocks, found.rule
            reading.values["is_body_cut"] = found.is_cut
    reading.keep("blocks", blocks, rule)
    reading.keep("article_body", body_from(blocks), rule)


def _read_around(
    reading: Reading, context: Context, outline: Outline, heading: Node | None
) -> None:
    """Read the fields around the text: dates, authors, keywords, pictures."""
    structured_data, article_node = reading.structured_data, reading.article_node
    reading.around = Surroundings(
        root=structured_data.tree.root,
        article_node=article_node,
        heading=heading,
        outline=outline,
        lines=reading.lines,
    )
    for field, rule, dates in dates_of(structured_data, context, reading.around):
        reading.values.update(dates)
        reading.sources[field] = rule
    reading.keep("authors", *_authors(structured_data, reading))
    reading.keep("keywords", *keywords_of(structured_data, article_node))
    images = images_of(structured_data, article_node, outline, context, _text_start(reading))
    reading.keep("images", images, "page")
    reading.keep("main_image", images[0] if images else None, "page")


def _read_kicker(reading: Reading, known: Mapping[str, Any]) -> None:
    """Read the topic above the headline; the name of an author that was read is none."""
    chosen, authors = reading.chosen, {**reading.values, **known}.get("authors", ())
    if chosen is not None:
        outlets = outlets_of(reading.structured_data)
        kicker = kicker_of(chosen, reading.headlines, outlets, authors or ())
        reading.keep("alternative_headline", kicker, chosen.source)


def _read_standing(
    reading: Reading, context: Context, heading: Node | None, headline: str
) -> None:
    structured_data = reading.structured_data
    kicker = reading.values.get("alternative_headline")
    trail, rule = breadcrumbs_of(structured_data, heading, headline, kicker)
    reading.keep("breadcrumbs", trail, rule)
    if rule in PRINTED_TRAILS and kicker and folded(kicker) in map(folded, trail):
        del reading.values["alternative_headline"], reading.sources["alternative_headline"]
    reading.keep("publisher", *publisher_of(structured_data))
    reading.keep("in_language", *language_of(structured_data, context))
    reading.keep("canonical_url", canonical_of(structured_data, context), "link")
    reading.keep("is_accessible_for_free", *access_of(structured_data, reading.lines))


def _authors(structured_data: StructuredData, reading: Reading) -> tuple[tuple[str, ...], str]:
    if reading.around is None:
        return (), ""
    names, rule = authors_of(structured_data, reading.around)
    dateline = reading.values.get("dateline")
    if not names and dateline is not None and dateline.author:
        return (dateline.author,), "dateline"
    return names, rule


def _read_updates(reading: Reading, context: Context) -> None:
    clock = clock_from(context, reading.values)
    stated = stated_updates(reading.structured_data, clock)
    reading.keep("live_blog_updates", stated, "jsonld")
    if not stated:
        printed = printed_updates(reading.lines, clock)
        reading.keep("live_blog_updates", printed, "time_stamps")


def _text_start(reading: Reading) -> int:
    """Return where the body goes on after the lines that may stand above its main picture."""
    return next(iter(body_lines(reading)[LINES_ABOVE_PICTURE:]), reading.article_node.end)


def body_lines(reading: Reading) -> list[int]:
    """Return where each line of the body stands, in page order."""
    return [line.text_line.node.index for line in reading.lines if not line.role]


def _end(reading: Reading) -> int:
    """Return where the last line of the body stands."""
    return next(reversed(body_lines(reading)), reading.article_node.index)

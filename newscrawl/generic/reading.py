"""The generic layout: each field by what holds for news pages at large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from newscrawl.blocks import Run, blocks_from
from newscrawl.fields import Context
from newscrawl.generic.access import access_of, leave_out_wall
from newscrawl.generic.authors import authors_of, outlet_names
from newscrawl.generic.body import Outline, container_of, outline_of, weight_of
from newscrawl.generic.bylines import byline_in
from newscrawl.generic.headline import Candidate, headline_of, kicker_of
from newscrawl.generic.images import images_of
from newscrawl.generic.keywords import keywords_of
from newscrawl.generic.lead import credit_of, dateline_of, outlets_of
from newscrawl.generic.link_lists import link_lists_of
from newscrawl.generic.live_blog import clock_from, printed_updates, stated_updates
from newscrawl.generic.page_kind import LONG_BODY, MESSAGE, Evidence, page_kind
from newscrawl.generic.paging import further_pages
from newscrawl.generic.phrases import folded
from newscrawl.generic.printed_dates import Surroundings
from newscrawl.generic.published import dates_of
from newscrawl.generic.second_article import leave_out, part_before, start_of_second
from newscrawl.generic.standing import (
    breadcrumbs_of,
    canonical_of,
    language_of,
    standfirst_of,
)
from newscrawl.generic.stated_body import stated_blocks
from newscrawl.generic.structured import Structured
from newscrawl.generic.verdicts import kept, verdicts_of
from newscrawl.linked_data import types_of
from newscrawl.tree import Node

LONGEST_TITLE = 1_000
RAW = 20_000
"""So much of the markup of a page with little text is searched for the marks of challenges."""
TEXT_ABOVE = 0.15
"""A heading with this share of the text above it is not where the article begins."""


@attrs.define(eq=False)
class Reading:
    """What the generic layout found on one page, and how it came to that."""

    structured: Structured
    """The page's structured data."""
    near: Node
    """The part of the page that holds headline and body."""
    values: dict[str, Any] = attrs.field(factory=dict)
    """The article's values by field."""
    sources: dict[str, str] = attrs.field(factory=dict)
    """For each field found, the rule that found it."""
    headlines: Sequence[Candidate] = ()
    """All that competed for the headline."""
    runs: Sequence[Run] = ()
    """The runs of text in the part of the page that holds headline and body."""
    verdicts: Sequence[str] = ()
    """For each of them why it is no body text; the empty string for body text."""
    around: Surroundings | None = None
    """What was known of the page when its dates were looked for."""

    def keep(self, field: str, value: Any, rule: str) -> None:
        """Keep a value that was found for *field*."""
        if value not in (None, "", (), {}):
            self.values[field] = value
            self.sources[field] = rule


def read(context: Context, known: Mapping[str, Any]) -> Reading:
    """Read the page of *context*; *known* is what the site's layout found already."""
    structured = Structured(context.page)
    root = structured.tree.root
    reading = Reading(structured, root)
    outline = outline_of(root)
    chosen, reading.headlines = headline_of(structured, outline)
    if chosen is not None:
        reading.keep("headline", chosen.text, chosen.source)
        reading.keep(
            "alternative_headline", kicker_of(chosen, reading.headlines), chosen.source
        )
    headline = folded(known.get("headline") or reading.values.get("headline") or "")
    second = start_of_second(outline, chosen.node if chosen else None, structured)
    if second is not None:
        leave_out(outline, second)
    container = container_of(root, outline, chosen.node if chosen else None)
    near = _near(container, chosen.node if chosen else None)
    reading.near = near
    start = _start(chosen.node if chosen else None, container, near, outline)
    runs = [run for run in outline.runs if start <= run.node.index < near.end]
    reasons = _reasons(runs, outline, container, chosen.node if chosen else None, second)
    if second is not None:
        near = reading.near = part_before(near, second)
    verdicts = verdicts_of(runs, reasons, headline=headline)
    leave_out_wall(runs, verdicts)
    reading.runs, reading.verdicts = runs, verdicts
    reading.keep("description", *standfirst_of(runs, verdicts, structured))
    outlets = outlets_of(structured)
    reading.keep("dateline", *dateline_of(runs, verdicts, context, outlets))
    reading.keep("source_credit", *credit_of(runs, verdicts, outlets))
    _read_body(reading)
    around = reading.around = Surroundings(
        root=root,
        near=near,
        heading=chosen.node if chosen else None,
        outline=outline,
        runs=runs,
        verdicts=verdicts,
    )
    for field, rule, dates in dates_of(structured, context, around):
        reading.values.update(dates)
        reading.sources[field] = rule
    reading.keep("authors", *_authors(structured, near, reading))
    reading.keep("keywords", *keywords_of(structured, near))
    images = images_of(structured, near, outline, context)
    reading.keep("images", images, "page")
    reading.keep("main_image", images[0] if images else None, "page")
    reading.keep("link_lists", link_lists_of(root, outline, context, headline), "headings")
    _read_standing(reading, structured, root, context, headline)
    kind, reason = page_kind(_evidence(reading, structured, outline))
    reading.values["page_kind"], reading.values["page_kind_reason"] = kind, reason
    if kind == "article":
        _read_updates(reading, context)
        pages = further_pages(structured.tree, context, outline.runs, _end(reading))
        reading.keep("missing_pages", pages, "paging")
    return reading


def _read_body(reading: Reading) -> None:
    blocks = blocks_from(kept(reading.runs, reading.verdicts))
    stated = stated_blocks(reading.structured, sum(len(block.text) for block in blocks))
    rule = "jsonld" if stated else "density"
    reading.keep("blocks", stated or blocks, rule)
    reading.keep("article_body", "\n".join(block.text for block in stated or blocks), rule)


def _reasons(
    runs: Sequence[Run],
    outline: Outline,
    container: Node,
    heading: Node | None,
    second: int | None,
) -> list[str]:
    """Return why each of *runs* is no body text by where it stands; the empty string if not."""
    is_title = heading is not None and (heading.tag == "h1" or heading.size < LONGEST_TITLE)
    reasons = []
    for run in runs:
        if second is not None and run.node.index >= second:
            reasons.append("second article")
        elif is_title and heading is not None and run.node.is_below(heading):
            reasons.append("headline")
        else:
            inside = "" if run.node.is_below(container) else "outside"
            reasons.append(outline.reason(run) or inside)
    return reasons


def _evidence(reading: Reading, structured: Structured, outline: Outline) -> Evidence:
    """Return what tells an article from the other kinds of pages."""
    page, tree = structured.page, structured.tree
    body = reading.values.get("article_body", "")
    text: list[str] = []
    for run in outline.runs:
        # What links say is what other pages are: each page of a site links to its login.
        if run.links * 2 <= len(run.text):
            text.append(run.text)
        if sum(map(len, text)) > MESSAGE:
            break
    return Evidence(
        url=page.url,
        title=tree.title,
        headline=reading.values.get("headline") or "",
        body=body,
        text="\n".join(text)[:MESSAGE],
        size=tree.root.size,
        links=tree.root.links,
        scripts=tree.scripts,
        og_type=structured.meta("og:type") or "",
        types=frozenset(name for item in structured.objects for name in types_of(item)),
        is_stated_article=structured.states_article,
        is_signed="authors" in reading.values and "date_published" in reading.values,
        raw=page.text[:RAW] if len(body) < LONG_BODY else "",
    )


def _read_standing(
    reading: Reading, structured: Structured, root: Node, context: Context, headline: str
) -> None:
    reading.keep("breadcrumbs", *breadcrumbs_of(structured, root, headline))
    reading.keep("in_language", *language_of(structured, context))
    reading.keep("canonical_url", canonical_of(structured, context), "link")
    reading.keep(
        "is_accessible_for_free", *access_of(structured, reading.runs, reading.verdicts)
    )


def _authors(
    structured: Structured, near: Node, reading: Reading
) -> tuple[tuple[str, ...], str]:
    names, rule = authors_of(structured, near)
    if not names:
        line = byline_in(reading.runs, reading.verdicts, outlet_names(structured))
        if line is not None:
            return line[1], "byline_line"
    dateline = reading.values.get("dateline")
    if not names and dateline is not None and dateline.author:
        return (dateline.author,), "dateline"
    return names, rule


def _read_updates(reading: Reading, context: Context) -> None:
    clock = clock_from(context, reading.values)
    stated = stated_updates(reading.structured, clock)
    reading.keep("live_blog_updates", stated, "jsonld")
    if not stated:
        printed = printed_updates(reading.runs, reading.verdicts, clock)
        reading.keep("live_blog_updates", printed, "time_stamps")


def _end(reading: Reading) -> int:
    """Return where the last run of the body stands."""
    verdicts = reversed(reading.verdicts)
    last = next((i for i, verdict in enumerate(verdicts, 1) if not verdict), 0)
    return reading.runs[-last].node.index if last else reading.near.index


def _start(heading: Node | None, container: Node, near: Node, outline: Outline) -> int:
    """Return where the article begins: at its headline, unless much text is above that."""
    if heading is None:
        return near.index
    above = sum(
        weight_of(run)
        for run in outline.runs
        if container.index <= run.node.index < heading.index and not outline.reason(run)
    )
    return heading.index if above < TEXT_ABOVE * outline.weight(container) else near.index


def _near(container: Node, heading: Node | None) -> Node:
    """Return the smallest part that holds the body and the headline."""
    if heading is None:
        above = [container, *container.ancestors()][:4]
        return next((node for node in above if node.tag in {"article", "main"}), above[-1])
    return next(
        (n for n in (container, *container.ancestors()) if heading.is_below(n)), container
    )

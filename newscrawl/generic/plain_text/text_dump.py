"""Text dumps and WET records read into articles, by the order of their lines.

Nothing here knows a site. A text has no addresses and no markup, so the role of a line follows
from its form (a dateline, a breadcrumb trail), its length and ending, and its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from newscrawl.article import Article, Block, Image, LinkList, SourceCredit
from newscrawl.generic.plain_text.body import Span, blocks_from, body_span, embedded_lists
from newscrawl.generic.plain_text.dump_head import Head, head_from, is_about_the_article
from newscrawl.generic.plain_text.dump_lines import Line, lines_from
from newscrawl.generic.plain_text.text_lists import link_lists_from
from newscrawl.layouts.field_readers import Context
from newscrawl.page import Page
from newscrawl.text.language import language_from
from newscrawl.text.phrases import after_opening, openings
from newscrawl.values.credit import parse_credit, split_credit
from newscrawl.values.dateline import split_dateline

STANDFIRST_LINES = 6
"""Lines of the body in which a byline or date is sought; above it stands a standfirst."""
TAIL_LINES = 6
"""Lines below the body that can hold its credit and tags."""
LONGEST_CREDIT = 200
MOST_TAGS = 30


def extract_plain_text(context: Context) -> Article:
    """Extract the article from the text dump of *context*. A text without a body is no article.

    The line that an AMP page prints first is the photo's caption; a reader of the text sees it
    as the headline, and so it stands in for it (provenance `caption_line`).
    """
    page = context.page
    lines = lines_from(page.text)
    span = body_span(lines)
    language, rule = _language(lines, span, context)
    context = attrs.evolve(context, languages=context.languages or _known(language))
    head = head_from(lines, _body_start(lines, span), context)
    span = Span(_body_start(lines, span), span.end)
    if head.headline is None:
        span, head = _headline_from_body(lines, span, head)
    article = _article(page, lines, span, head)
    provenance = {**article.provenance, "in_language": rule} if language else {}
    return attrs.evolve(
        article, in_language=language, provenance=provenance or article.provenance
    )


def _language(lines: Sequence[Line], span: Span, context: Context) -> tuple[str | None, str]:
    """Return the language of the body, else the site's first one, and the rule."""
    found = language_from(" ".join(line.text for line in lines[span.start : span.end]))
    if found is None and context.languages:
        return context.languages[0], "site"
    return found, "letters"


def _known(language: str | None) -> tuple[str, ...]:
    return (language,) if language else ()


def _body_start(lines: Sequence[Line], span: Span) -> int:
    """Return where the body starts: below a byline or date among its first lines."""
    start = span.start
    for index in range(span.start, min(span.end, span.start + STANDFIRST_LINES)):
        if is_about_the_article(lines[index]):
            start = index + 1
    return start if start < span.end else span.start


def _headline_from_body(lines: Sequence[Line], span: Span, head: Head) -> tuple[Span, Head]:
    """Take the first line of the body for the headline, where it is short and more follows."""
    if span.end - span.start < 2 or len(lines[span.start].text) > 120:
        return span, head
    if len(lines[span.start + 1].text) <= len(lines[span.start].text):
        return span, head
    provenance = {**head.provenance, "headline": "first_line"}
    headline = lines[span.start].text
    return Span(span.start + 1, span.end), attrs.evolve(
        head, headline=headline, provenance=provenance
    )


def _article(page: Page, lines: Sequence[Line], span: Span, head: Head) -> Article:
    provenance = dict(head.provenance)
    embedded = embedded_lists(lines, span)
    body, credit = _credit_in_body(_without(lines, span, embedded))
    fields: dict[str, Any] = _tail_fields(lines[span.end :])
    if credit:
        fields["source_credit"] = credit
    blocks = blocks_from(body)
    fields["dateline"] = head.dateline or _first_dateline(blocks)
    fields["link_lists"] = _all_lists(lines, span, embedded)
    fields.update(_caption_fields(head, lines))
    provenance.update(_provenance(fields, head))
    if blocks:
        provenance["article_body"] = "text_density"
    fields.update(_head_fields(head))
    return Article(
        url=page.url,
        page_kind="article" if blocks else "empty",
        page_kind_reason=None if blocks else "the text holds no paragraph",
        article_body="\n".join(block.text for block in blocks),
        blocks=blocks,
        provenance=provenance,
        **fields,
    )


def _without(lines: Sequence[Line], span: Span, embedded: Sequence[Span]) -> list[Line]:
    """Return the lines of the body without lists and furniture."""
    inside = {index for part in embedded for index in range(part.start, part.end)}
    return [
        lines[index]
        for index in range(span.start, span.end)
        if index not in inside and not lines[index].is_furniture
    ]


def _credit_in_body(body: list[Line]) -> tuple[list[Line], SourceCredit | None]:
    """Part the credit from the end of *body*: a line of its own, or the end of the last one."""
    if not body:
        return body, None
    last = body[-1]
    if len(last.text) <= LONGEST_CREDIT and len(body) > 1:
        credit = parse_credit(last.text)
        if credit:
            return body[:-1], credit
    credit, rest = split_credit(last.text)
    if credit and rest.strip():
        return [*body[:-1], attrs.evolve(last, text=rest.strip())], credit
    return body, None


def _tail_fields(tail: Sequence[Line]) -> dict[str, Any]:
    """Return the credit and the tags printed just below the body."""
    fields: dict[str, Any] = {}
    for line in tail[:TAIL_LINES]:
        tags = after_opening(line.text, openings("pages/text_dumps", "tags"))
        if tags and "keywords" not in fields:
            parts = tags.replace("،", ",").replace("#", ",").replace("|", ",").split(",")
            fields["keywords"] = tuple(
                part.strip() for part in parts[:MOST_TAGS] if part.strip()
            )
        if "source_credit" not in fields and len(line.text) <= LONGEST_CREDIT:
            credit = parse_credit(line.text)
            if credit:
                fields["source_credit"] = credit
    return fields


def _first_dateline(blocks: Sequence[Block]) -> Any:
    """Return the dateline at the head of the first paragraph, which keeps it in its text."""
    return split_dateline(blocks[0].text)[0] if blocks else None


def _all_lists(
    lines: Sequence[Line], span: Span, embedded: Sequence[Span]
) -> tuple[LinkList, ...]:
    """Return the lists above, in and below the body, in printed order."""
    above = link_lists_from(lines[: span.start], known_only=True) if span else []
    inside = [
        found
        for part in embedded
        for found in link_lists_from(lines[part.start : part.end], known_only=True)
    ]
    return (*above, *inside, *link_lists_from(lines[span.end :]))


def _caption_fields(head: Head, lines: Sequence[Line]) -> dict[str, Any]:
    """Return the main image of an AMP page's text, whose headline line is its caption."""
    if head.headline is None or head.provenance.get("headline") == "title_line":
        return {}
    if not any(openings("pages/text_dumps", "amp").words_of(line.text) for line in lines[:400]):
        return {}
    image = Image(caption=head.headline)
    return {"main_image": image, "images": (image,)}


def _provenance(fields: dict[str, Any], head: Head) -> dict[str, str]:
    rules = {
        "source_credit": "credit_line",
        "keywords": "tag_line",
        "link_lists": "headed_lines",
        "main_image": "caption_line",
        "images": "caption_line",
    }
    found = {field: rule for field, rule in rules.items() if fields.get(field)}
    if "main_image" in found:
        found["headline"] = "caption_line"
    if fields.get("dateline"):
        found["dateline"] = "dateline_line" if head.dateline else "first_paragraph"
    return found


def _head_fields(head: Head) -> dict[str, Any]:
    """Return the plain fields of *head* by the article's names."""
    fields: dict[str, Any] = {
        "breadcrumbs": head.breadcrumbs,
        "headline": head.headline,
        "description": head.description,
        "authors": head.authors,
    }
    if head.published:
        fields["date_published"] = head.published.value
        fields["date_published_raw"] = head.published_raw
        fields["date_published_zone"] = head.published.zone
        fields["date_published_zone_origin"] = head.published.zone_origin
    if head.modified:
        fields["date_modified"] = head.modified.value
        fields["date_modified_raw"] = head.modified_raw
    return fields

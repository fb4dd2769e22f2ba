"""The generic layout: each field by the sources and heuristics that hold for news pages at large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newscrawl.blocks import blocks_from
from newscrawl.fields import Context
from newscrawl.generic.authors import authors_of
from newscrawl.generic.body import container_of, outline_of, runs_within
from newscrawl.generic.headline import headline_of, kicker_of
from newscrawl.generic.keywords import keywords_of
from newscrawl.generic.link_lists import link_lists_of
from newscrawl.generic.phrases import folded
from newscrawl.generic.published import dates_of
from newscrawl.generic.structured import Structured
from newscrawl.generic.verdicts import kept, verdicts_of
from newscrawl.tree import Node

Found = tuple[dict[str, Any], dict[str, str]]


def read(context: Context, known: Mapping[str, Any]) -> Found:
    """Return the values found on the page, and for each field what found it.

    *known* is what the site's layout found already.
    """
    structured = Structured(context.page)
    root = structured.tree.root
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}

    def keep(field: str, value: Any, rule: str) -> None:
        if value and field not in values:
            values[field] = value
            sources[field] = rule

    outline = outline_of(root)
    chosen, candidates = headline_of(structured, outline)
    if chosen is not None:
        keep("headline", chosen.text, chosen.source)
        keep("alternative_headline", kicker_of(chosen, candidates), chosen.source)
    container = container_of(root, outline)
    runs = [run for run in runs_within(container, outline) if not outline.reason(run)]
    verdicts = verdicts_of(runs, headline=folded(known.get("headline") or values.get("headline") or ""), description="")
    blocks = blocks_from(kept(runs, verdicts))
    keep("blocks", blocks, "density")
    keep("article_body", "\n".join(block.text for block in blocks), "density")
    near = _near(container, chosen.node if chosen else None)
    for field, rule, dates in dates_of(structured, context, near):
        values.update(dates)
        sources[field] = rule
    keep("authors", *authors_of(structured, near))
    keep("keywords", *keywords_of(structured, near))
    headline = folded(values.get("headline") or "")
    keep("link_lists", link_lists_of(root, outline, context, headline), "headings")
    return values, sources


def _near(container: Node, heading: Node | None) -> Node:
    """Return the smallest part that holds the body and the headline."""
    if heading is None:
        above = [container, *container.ancestors()][:4]
        return next((node for node in above if node.tag in {"article", "main"}), above[-1])
    above = {id(node) for node in (heading, *heading.ancestors())}
    return next((n for n in (container, *container.ancestors()) if id(n) in above), container)

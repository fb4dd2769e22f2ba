"""Ownership of a headline: stated by the page's JSON-LD, and no link to another page."""

from __future__ import annotations

from urllib.parse import urljoin

from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.generic.page_kind.facts import list_types
from newscrawl.html.linked_data import text_of, types_of
from newscrawl.html.tree import Node
from newscrawl.text.phrases import folded
from newscrawl.text.urls import url_key

LONGEST_HEADLINE_BOX = 1_000
LEAST_ALIKE = 20
"""Headlines of which one begins the other agree from this many characters."""


def states_headline(structured_data: StructuredData, headline: str) -> bool:
    """Return whether an article of the JSON-LD has this headline and is no entry of a list."""
    if not headline or not structured_data.states_article:
        return False
    item = structured_data.articles[0]
    named = (text_of(item.get(name)) for name in ("headline", "name", "alternativeHeadline"))
    if not any(text and _agree(folded(text), headline) for text in named):
        return False
    return structured_data.is_own(item) or not any(
        types_of(other) & list_types() for other in structured_data.objects
    )


def _agree(stated: str, printed: str) -> bool:
    return stated == printed or (
        min(len(stated), len(printed)) >= LEAST_ALIKE
        and (stated.startswith(printed) or printed.startswith(stated))
    )


def leads_away(heading: Node, structured_data: StructuredData) -> bool:
    """Return whether *heading* is a link to another page than this one."""
    if heading.size > LONGEST_HEADLINE_BOX or heading.links * 2 <= heading.size:
        return False
    href = _href_of(heading)
    if not href or href[0] in "#?" or href.lower().startswith("javascript:"):
        return False
    try:
        there = url_key(urljoin(structured_data.tree.base or structured_data.page.url, href))
    except ValueError:
        return False
    here = (structured_data.page.url, structured_data.canonical, structured_data.meta("og:url"))
    return there not in {url_key(url) for url in here if url}


def _href_of(heading: Node) -> str:
    """Return the address of the link in or around *heading*; empty without one."""
    near = (*heading.iter(), *heading.ancestors())
    link = next((node for node in near if node.tag == "a"), None)
    return (link.attributes.get("href") or "").strip() if link else ""

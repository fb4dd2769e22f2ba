"""The bundled sample newsroom: a small invented newspaper on 127.0.0.1.

    python -m newscrawl.sample_site --port 0   serve it; the first line printed is its address

The demo and the tests crawl it. It does not use extraction: `articles` returns the articles
that a person finds on its pages, to compare with the stored ones.
"""

from __future__ import annotations

from collections.abc import Mapping

from newscrawl.article import Article
from newscrawl.sample_site.newspaper import UTM, Newspaper, address
from newscrawl.sample_site.process import Newsroom, running_newsroom

__all__ = [
    "Newspaper",
    "Newsroom",
    "address",
    "aliases",
    "articles",
    "others",
    "running_newsroom",
]


def articles(base_url: str, *, edition: int = 1, copies: int = 1) -> tuple[Article, ...]:
    """Return the expected article of each story served at *base_url*, newest first.

    A `date_published` has no zone if its page states none.
    """
    paper = Newspaper(edition=edition, copies=copies)
    return tuple(paper.truth(story, base_url) for story in paper.stories)


def aliases(base_url: str) -> Mapping[str, str]:
    """Return the further addresses of stories, each with the story's own address."""
    found: dict[str, str] = {}
    for story in Newspaper().stories:
        if story.has_amp:
            own = address(base_url, story.path)
            found |= {f"{own}amp/": own, f"{own}{UTM}": own}
    return found


def others(base_url: str) -> Mapping[str, str]:
    """Return the linked addresses that are no stories, each with the outcome it should have."""
    site = Newspaper().site
    rows = [*site["page"], *site["redirect"], *site["missing"]]
    return {address(base_url, row["path"]): row["outcome"] for row in rows}

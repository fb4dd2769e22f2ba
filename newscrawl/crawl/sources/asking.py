"""What a survey asks for, and what a person asked of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal

import attrs

from newscrawl.crawl.sources.shapes import ArticleRule

Role = Literal["home", "section", "page", "feed", "sitemap", "article"]

PRIORITIES: dict[Role, int] = {
    "home": 100,
    "sitemap": 90,
    "feed": 90,
    "article": 50,
    "section": 40,
    "page": 30,
}
"""Which goes first. Sources before articles, so that they are learnt from; articles before more
lists, so that a trap of endless pages starves nothing."""


@attrs.frozen(kw_only=True)
class Ask:
    """One address to be requested, and why."""

    url: str
    role: Role
    priority: int = 0
    depth: int = 0
    """How many sitemap indexes lead to it."""
    is_shown: bool = False
    """Whether the home page, a feed or a news sitemap shows it now."""
    is_elsewhere: bool = False
    """Whether it is on another host, which may redirect to the site."""
    changed: dt.datetime | None = None
    """The latest date that a source states for an article."""
    stated: dt.datetime | None = None
    """The date that an index states for a sitemap."""


@attrs.frozen(kw_only=True)
class Before:
    """What earlier crawls by the same plan knew, each to its end."""

    lists: frozenset[str] = frozenset()
    """The identities (`list_of`) of the lists that were read."""
    knows: Callable[[str], bool] = lambda _: False
    """Whether the article at an address was known before this crawl began."""


@attrs.frozen(kw_only=True)
class Plan:
    """What the person asked for."""

    home: str
    """The address of the home page."""
    sources: tuple[tuple[str, Role], ...] = ()
    """The addresses that the site's declaration names, each with what it is."""
    article_rule: ArticleRule | None = None
    """What the site's declaration says of an address: an article, not one, or None."""
    sections: tuple[str, ...] = ()
    """Only these sections: words or paths; empty for all."""
    since: dt.datetime | None = None
    """Only what was published since."""
    whole_history: bool = False
    """Whether all that sitemaps list and all pages of all sections are wanted."""
    max_pages: int = 10
    """The most pages of one section, unless the whole history is wanted."""
    max_sections: int = 40
    """The most sections."""

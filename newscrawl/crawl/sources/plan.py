"""The plan of a survey, and the requests that it makes."""

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
"""The order of requests: sources before articles, which are judged by them, and
articles before more lists, so that endless lists hold up nothing."""


@attrs.frozen(kw_only=True)
class Ask:
    """A request to be made, and the role of its address."""

    url: str
    role: Role
    priority: int = 0
    depth: int = 0
    """The number of sitemap indexes that lead to it."""
    is_shown: bool = False
    """True if the home page, a feed or a news sitemap names it now."""
    is_elsewhere: bool = False
    """True if it is on another host, which may redirect to the site."""
    changed: dt.datetime | None = None
    """The latest date that a source states for an article."""
    stated: dt.datetime | None = None
    """The date that an index states for a sitemap."""


@attrs.frozen(kw_only=True)
class Before:
    """The state that earlier complete crawls by the same plan left."""

    lists: frozenset[str] = frozenset()
    """The identities (`list_of`) of the lists that were read."""
    knows: Callable[[str], bool] = lambda _: False
    """True if the article at an address was known before this crawl began."""


@attrs.frozen(kw_only=True)
class Plan:
    """The arguments of a crawl of one site."""

    home: str
    """The address of the home page."""
    sources: tuple[tuple[str, Role], ...] = ()
    """The addresses that the site's declaration names, each with its role."""
    article_rule: ArticleRule | None = None
    """The site's rule of addresses: True for an article, False for none, None for no rule."""
    sections: tuple[str, ...] = ()
    """Only these sections: words or paths; empty for all."""
    since: dt.datetime | None = None
    """Earliest date of publication; None for all."""
    whole_history: bool = False
    """True if all that sitemaps list and all pages of all sections are wanted."""
    max_pages: int = 10
    """The most pages of one section, unless the whole history is wanted."""
    max_sections: int = 40
    """The most sections."""

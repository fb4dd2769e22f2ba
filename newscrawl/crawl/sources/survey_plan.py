"""The plan of a survey: the scope of its site, and the addresses that it wants. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Literal

import attrs

from newscrawl.crawl.sources.address_shapes import ArticleRule
from newscrawl.text.urls import DEFAULT_PORTS, host_of, port_of

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
class Wanted:
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
class SurveyPlan:
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


@attrs.frozen(kw_only=True)
class Scope:
    """The hosts of one site, with their sub-domains, and the ports that it is requested at."""

    hosts: tuple[str, ...]
    """Host names in lower case, without `www.`."""
    ports: frozenset[int] = frozenset(DEFAULT_PORTS.values())
    """The ports; a server on another port of the same host is another site."""

    def includes(self, url: str) -> bool:
        """Return whether *url* belongs to the site."""
        host, port = host_of(url), port_of(url)
        is_ours = any(host == ours or host.endswith(f".{ours}") for ours in self.hosts)
        return is_ours and port in self.ports


def scope_of(urls: tuple[str, ...], hosts: tuple[str, ...] = ()) -> Scope:
    """Return the scope of a site: *hosts* and those of *urls*, at the ports of *urls*."""
    names = (*hosts, *(host_of(url) for url in urls))
    ports = {port for url in urls if (port := port_of(url))}
    # A site at an unusual port only (a test, an intranet) has nothing at the usual ones.
    usual = frozenset(DEFAULT_PORTS.values())
    return Scope(
        hosts=tuple(dict.fromkeys(name.removeprefix("www.") for name in names if name)),
        ports=frozenset(ports | usual) if not ports or ports & usual else frozenset(ports),
    )

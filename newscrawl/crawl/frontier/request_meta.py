"""Purpose of a request of ours; it travels in the request's meta, as JSON types only."""

from __future__ import annotations

from typing import Any

import attrs
from scrapy import Request

from newscrawl.crawl.sources.survey_plan import Scope, Wanted
from newscrawl.text.urls import as_sent, host_of, route_of, url_key

META = "newscrawl"
_LISTINGS = frozenset({"home", "section", "page"})
"""Roles of sources that are pages."""


@attrs.frozen(kw_only=True)
class Target:
    """Why an address is requested."""

    role: str
    """article, or the kind of source: home, section, page, feed, sitemap."""
    request_key: str
    """Key of the requested address, also after redirects."""
    depth: int = 0
    """Number of sitemap indexes that led to it."""
    url: str = ""
    """The address of a source, before redirects."""
    parent: str | None = None
    """The source that named it."""
    stated: str | None = None
    """The date that an index of sitemaps states for it (ISO 8601)."""
    spelled: str = ""
    """Key shared by requests for the same page in other spellings."""

    @property
    def is_listing(self) -> bool:
        """True of a source that is a page, not a feed or sitemap."""
        return self.role in _LISTINGS

    @property
    def is_page(self) -> bool:
        """True of an article and of a source that is a page."""
        return self.role == "article" or self.is_listing

    def key_of(self, url: str) -> str:
        """Return the key of exactly this *url* in its role; one may be list and article."""
        return f"{self._kind}:{as_sent(url)}{route_of(url)}"

    def spelling_of(self, url: str) -> str:
        """Return the key that all spellings of *url* share."""
        return f"{self._kind}:{url_key(url)}"

    @property
    def _kind(self) -> str:
        return "article" if self.role == "article" else "source"


def request_key_for(url: str, role: str) -> str:
    """Return the request key of *url* in its *role*."""
    return Target(role=role, request_key="").key_of(url)


def target_of(request: Request) -> Target | None:
    """Return the target of *request*; None for a request that is not ours."""
    meta = request.meta.get(META)
    return Target(**meta) if meta else None


def meta_for(url: str, role: str, *, page: str | None = None) -> dict[str, object]:
    """Return the meta of a new request to *url*, one of the addresses of *page*.

    With *page*, another request for the page waits until this one is answered.
    """
    target = Target(role=role, request_key=request_key_for(url, role))
    spelled = "" if page is None else target.spelling_of(page)
    return {META: attrs.asdict(attrs.evolve(target, spelled=spelled))}


MOVED = "newscrawl_moved"
"""Key of a request's meta for the host to which its page has moved permanently."""


def meta_of_source(one: Wanted, parent: str | None) -> dict[str, object]:
    """Return the meta of a new request for a source that *parent* named."""
    stated = one.stated.isoformat() if one.stated else None
    target = Target(
        role=one.role,
        request_key=request_key_for(one.url, one.role),
        depth=one.depth,
        url=one.url,
        parent=parent,
        stated=stated,
    )
    target = attrs.evolve(target, spelled=target.spelling_of(one.url))
    # A home page may have moved to another host; feeds and sitemaps stand anywhere.
    elsewhere = one.role in {"home", "feed", "sitemap"}
    return {META: attrs.asdict(target), "allow_offsite": elsewhere}


def take_up(spider: Any, url: str, priority: int, *, is_elsewhere: bool) -> Request:
    """Return a request of *spider* for an article that another run or worker has found.

    One that *is_elsewhere* is requested to see whether it redirects to the site.
    """
    request: Request = spider.request_article(url, priority)
    if is_elsewhere:
        request.meta["allow_offsite"] = True
        return request
    return of_the_site(request, getattr(spider, "scope", None))


def of_the_site(request: Request, scope: Scope | None) -> Request:
    """Return *request*, its host marked as one of the site's even if *scope* does not name it.

    An earlier run or another worker has followed the site there.
    """
    if scope is not None and not scope.includes(request.url):
        request.meta[MOVED] = host_of(request.url)
    return request

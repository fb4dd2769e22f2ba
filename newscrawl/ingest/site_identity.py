"""The name of the site that an address is kept under, and the key of an article there."""

from __future__ import annotations

from newscrawl.archive import Archive
from newscrawl.article import Article
from newscrawl.errors import NotInArchive
from newscrawl.ingest.identity import Identity, Lookup
from newscrawl.layouts.catalogue import site_for
from newscrawl.text.urls import site_name


class SiteIdentities:
    """One Identity a site. *fixed* is the site of a crawl that is of one site."""

    def __init__(self, fixed: str, archive: Archive | None) -> None:
        self._fixed = fixed
        self._archive = archive
        self._identities: dict[str, Identity] = {}

    def site_of(self, url: str) -> str:
        """Return the name that *url* is kept under."""
        declared = None if self._fixed else site_for(url)
        return self._fixed or (declared.name if declared else site_name(url))

    def key_for(self, article: Article, came_from: tuple[str, ...] = ()) -> str:
        """Return the key of *article* on its site; *came_from* redirected to it."""
        site = self.site_of(article.url)
        if site not in self._identities:
            declared = site_for(article.url)
            article_key = declared.article_key if declared else None
            self._identities[site] = Identity(article_key, self._known_at(site))
        return self._identities[site].key_for(article, came_from)

    def _known_at(self, site: str) -> Lookup | None:
        archive = self._archive
        if archive is None:
            return None

        def lookup(url: str) -> tuple[str, Article] | None:
            key = archive.key_of(url, site)
            if key is None:
                return None
            try:
                return key, archive.get(url)
            except NotInArchive:  # withdrawn
                return None

        return lookup

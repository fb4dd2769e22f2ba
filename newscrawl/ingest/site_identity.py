"""Name of an address's site, and the key of an article there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from newscrawl.archive import Archive
from newscrawl.archive.read.addresses import redirects_to
from newscrawl.archive.read.articles import read_version
from newscrawl.archive.schema.article_columns import HEADLINE_START
from newscrawl.archive.schema.storable import storable_text
from newscrawl.archive.write.lookup_tables import url_digest
from newscrawl.article import Article
from newscrawl.ingest.identity import Identity, Stored
from newscrawl.layouts.catalogue import site_for
from newscrawl.text.urls import site_name

_MOST_ALIKE = 5


class SiteIdentities:
    """One Identity a site. *fixed* is the site of a crawl that is of one site."""

    def __init__(self, fixed: str, archive: Archive | None) -> None:
        self._fixed = fixed
        self._archive = archive
        self._identities: dict[str, Identity] = {}

    def site_of(self, url: str) -> str:
        """Return the name of the site of *url*."""
        declared = None if self._fixed else site_for(url)
        return self._fixed or (declared.name if declared else site_name(url))

    def key_for(self, article: Article, came_from: tuple[str, ...] = ()) -> str:
        """Return the key of *article* on its site.

        *came_from* redirected to it, as did the redirects that the archive knows.
        """
        assert self._archive is not None  # noqa: S101  # a key is of use in an archive only
        site = self.site_of(article.url)
        if site not in self._identities:
            declared = site_for(article.url)
            article_key = declared.article_key if declared else None
            self._identities[site] = Identity(_SiteArticles(self._archive, site), article_key)
        earlier = redirects_to(self._archive.db, article.url)
        return self._identities[site].key_for(article, (*came_from, *earlier))


class _SiteArticles:
    """The articles of one site in an archive."""

    def __init__(self, archive: Archive, site: str) -> None:
        self._archive = archive
        self._site = storable_text(site)

    def at(self, url: str) -> Stored | None:
        url = storable_text(url)
        is_here = """(SELECT last.key FROM observations AS o
            JOIN urls AS last ON last.id = o.url_id WHERE o.article_id = a.id
            ORDER BY o.fetched_at DESC, o.id DESC LIMIT 1) = u.key"""
        query = f"""FROM urls AS u JOIN addresses AS x ON x.url_id = u.id
            JOIN articles AS a ON a.id = x.article_id JOIN sites AS s ON s.id = a.site_id
            WHERE s.name = ? AND u.key = ?
            ORDER BY {is_here} DESC, u.url = ? DESC, a.last_seen DESC, a.id"""
        return next(self._found(query, 1, url_digest(url), url, is_here=is_here), None)

    def with_key(self, key: str) -> Stored | None:
        query = """FROM articles AS a JOIN sites AS s ON s.id = a.site_id
            WHERE s.name = ? AND a.key = ?"""
        return next(self._found(query, 1, storable_text(key)), None)

    def with_headline(self, headline: str) -> Iterator[Stored]:
        start = storable_text(headline)[:HEADLINE_START]
        # In the order of the index: of hundreds of articles with one headline, the last ones.
        query = f"""FROM versions AS v CROSS JOIN articles AS a ON a.version_id = v.id
            CROSS JOIN sites AS s ON s.id = a.site_id
            WHERE s.name = ? AND v.headline IS NOT NULL
                AND substr(v.headline, 1, {HEADLINE_START}) = ?
            ORDER BY v.id DESC"""
        yield from self._found(query, _MOST_ALIKE, start) if start else ()

    def _found(
        self, query: str, most: int, *values: Any, is_here: str = "1"
    ) -> Iterator[Stored]:
        db = self._archive.db
        columns = f"a.key, a.version_id, {is_here}"
        rows = db.execute(
            f"SELECT {columns} {query} LIMIT {most}", (self._site, *values)
        ).fetchall()
        for key, version_id, is_last in rows:
            article = None if version_id is None else read_version(db, version_id)
            yield Stored(key, article, bool(is_last))

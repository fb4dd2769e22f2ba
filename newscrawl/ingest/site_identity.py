"""Name of an address's site, and the key of an article there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.change_history import count_articles
from newscrawl.archive.read.addresses import (
    RedirectedArticle,
    addresses_before_move,
    addresses_redirecting_to,
    end_of_redirects,
    moved_article,
    redirected_article_between,
    redirected_articles_at,
    site_moved_to,
)
from newscrawl.archive.read.articles import read_version
from newscrawl.archive.schema.article_columns import HEADLINE_START
from newscrawl.archive.schema.storable import storable_text
from newscrawl.archive.write.lookup_tables import url_digest
from newscrawl.article import Article
from newscrawl.ingest.article_identity import (
    Identity,
    Stored,
    is_one_story,
    other_canonical,
)
from newscrawl.layouts.catalogue import site_for
from newscrawl.text.urls import site_name

_MOST_ALIKE = 5


class SiteIdentities:
    """One Identity a site. *fixed* is the site of a crawl that is of one site."""

    def __init__(self, fixed: str, archive: Archive | None) -> None:
        self._fixed = fixed
        self._archive = archive
        self._identities: dict[str, Identity] = {}
        self._names: dict[str, str] = {}
        """The sites that are known by what is stored of them, by the name of a host."""

    def site_of(self, url: str) -> str:
        """Return the name of the site of *url*."""
        declared = None if self._fixed else site_for(url)
        if self._fixed or declared is not None:
            return declared.name if declared is not None else self._fixed
        name = site_name(url)
        if name not in self._names:
            found = self._name_in_archive(name, url)
            if found is None:
                return name
            self._names[name] = found
        return self._names[name]

    def _name_in_archive(self, name: str, url: str) -> str | None:
        """Return the name of the site of *url* by what is stored of it; None if nothing is.

        A site that has moved there is still the site that it was.
        """
        if self._archive is None:
            return None
        if count_articles(self._archive, name):
            return name
        return site_moved_to(self._archive.db, url)

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
        url, db = article.url, self._archive.db
        earlier = (*addresses_redirecting_to(db, url), *addresses_before_move(db, url))
        return self._identities[site].key_for(article, (*came_from, *earlier))

    def follow_canonical(self, article: Article) -> None:
        """Join a stored *article* to the one that it calls canonical, if their texts agree."""
        canonical = other_canonical(article)
        if self._archive is None or canonical is None:
            return
        move = redirected_article_between(self._archive.db, article.url, canonical)
        if move is not None and self._is_one_story(move):
            self._archive.join(move.moved, move.into)

    def follow_moves(self, url: str) -> None:
        """Store articles where permanent redirects from or to *url* have moved them.

        The archive has the redirects. Two articles that one of them links are joined, unless
        their paths differ and no texts of the two agree: another page may stand in for one that
        was deleted.
        """
        if self._archive is None:
            return
        joined: set[int] = set()
        target = end_of_redirects(self._archive.db, url)
        for move in redirected_articles_at(self._archive.db, target):
            if move.moved not in joined and self._is_one_story(move):
                self._archive.join(move.moved, move.into)
                joined.add(move.moved)
        place = moved_article(self._archive.db, target)
        if place is not None:
            self._archive.move(*place)

    def _is_one_story(self, move: RedirectedArticle) -> bool:
        texts = (self._texts_of(one) for one in (move.into, move.moved))
        return move.is_same_path or is_one_story(*texts)

    def _texts_of(self, article_id: int) -> list[Article]:
        """Return the last texts of an article, the newest first."""
        assert self._archive is not None  # noqa: S101  # it has the article
        rows = self._archive.db.execute(
            """SELECT id FROM versions WHERE article_id = ? AND superseded_by IS NULL
            ORDER BY last_seen DESC, id DESC LIMIT ?""",
            (article_id, _MOST_ALIKE),
        ).fetchall()
        texts = (read_version(self._archive.db, version) for (version,) in rows)
        return [text for text in texts if text is not None]


class _SiteArticles:
    """The articles of one site in an archive."""

    def __init__(self, archive: Archive, site: str) -> None:
        self._archive = archive
        self._site = storable_text(site)

    def at(self, url: str) -> Stored | None:
        url = storable_text(url)
        is_here = """(SELECT last.key FROM observations AS o
            JOIN urls AS last ON last.id = o.url_id WHERE o.article_id = a.id
            AND o.version_id IS NOT NULL
            ORDER BY o.fetched_at DESC, o.id DESC LIMIT 1) = u.key"""
        # In this order: SQLite would go through all articles of the site.
        query = f"""FROM urls AS u CROSS JOIN addresses AS x ON x.url_id = u.id
            CROSS JOIN articles AS a ON a.id = x.article_id
            CROSS JOIN sites AS s ON s.id = a.site_id
            WHERE s.name = ? AND u.key = ?
            ORDER BY {is_here} DESC, u.url = ? DESC, a.last_seen DESC, a.id"""
        return next(self._found(query, 1, url_digest(url), url, is_here=is_here), None)

    def with_key(self, key: str) -> Stored | None:
        query = """FROM articles AS a JOIN sites AS s ON s.id = a.site_id
            WHERE s.name = ? AND a.key = ?
                AND (a.version_id IS NOT NULL OR a.withdrawn_at IS NOT NULL)"""
        return next(self._found(query, 1, storable_text(key)), None)

    def has_moved(self, key: str) -> bool:
        query = """SELECT 1 FROM articles AS a JOIN sites AS s ON s.id = a.site_id
            WHERE s.name = ? AND a.key = ?
                AND a.version_id IS NULL AND a.withdrawn_at IS NULL"""
        values = (self._site, storable_text(key))
        return self._archive.db.execute(query, values).fetchone() is not None

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

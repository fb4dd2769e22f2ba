"""Which article of its site a page is: its own address's, unless it is another's story again.

A page may name another address as its own (rel=canonical). It is believed only within its site
and only where the two agree in text: otherwise any page could replace any article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from newscrawl.article import Article
from newscrawl.text.normalize import squeeze
from newscrawl.text.urls import site_name, url_key

Lookup = Callable[[str], tuple[str, Article] | None]
"""Finds what the archive keeps under an address: the article's key and its text."""

_MAX_REMEMBERED = 20_000
_SHARED = 0.6
_MIN_BODY = 200


@attrs.frozen
class _Text:
    """What two pages are compared by."""

    headline: str
    lines: frozenset[int]

    def agrees_with(self, other: _Text) -> bool:
        """Whether both are one story: most paragraphs of the shorter one, and the headline."""
        shorter = min(len(self.lines), len(other.lines))
        shared = len(self.lines & other.lines)
        is_same_text = shared >= _SHARED * shorter if shorter else self.lines == other.lines
        return is_same_text and (self.headline == other.headline or shared > 2)


class Identity:
    """Gives each article of one site its key."""

    def __init__(
        self,
        article_key: Callable[[str], str | None] | None = None,
        lookup: Lookup | None = None,
    ) -> None:
        self._article_key = article_key
        self._lookup = lookup
        self._texts: dict[str, _Text] = {}
        self._keys: dict[str, str] = {}
        self._bodies: dict[int, str] = {}

    def key_of(self, url: str) -> str:
        """Return the key that *url* has by itself."""
        key = self._article_key(url) if self._article_key else None
        return key or url_key(url)

    def key_for(self, article: Article, came_from: tuple[str, ...] = ()) -> str:
        """Return the key that *article* is to be saved under; *came_from* redirected to it."""
        text = _text_of(article)
        own = self.key_of(article.url)
        known = self._known(article, came_from)
        key = next((k for k, other in known if k == own or other.agrees_with(text)), own)
        self._remember(article, own, key, text)
        return key

    def _known(
        self, article: Article, came_from: tuple[str, ...]
    ) -> Iterator[tuple[str, _Text]]:
        """Yield what may be the same story: by this address, the canonical one, or the text."""
        canonical = self._canonical_of(article)
        for url in filter(None, (article.url, canonical, *came_from)):
            key = self._keys.get(self.key_of(url))
            if key in self._texts:
                yield key, self._texts[key]
            elif self._lookup is not None and (found := self._lookup(url)) is not None:
                yield found[0], _text_of(found[1])
        key = self._bodies.get(_body_digest(article))
        if key in self._texts:
            yield key, self._texts[key]

    def _remember(self, article: Article, own: str, key: str, text: _Text) -> None:
        if len(self._texts) >= _MAX_REMEMBERED:
            for memory in (self._texts, self._keys, self._bodies):
                memory.clear()
        self._texts[key] = text
        self._keys[own] = key
        canonical = self._canonical_of(article)
        if canonical:
            self._keys.setdefault(self.key_of(canonical), key)
        if len(article.article_body) >= _MIN_BODY:
            self._bodies.setdefault(_body_digest(article), key)

    def _canonical_of(self, article: Article) -> str | None:
        """Return the canonical address, where it is another one of the same site."""
        canonical = article.canonical_url
        is_own_site = bool(canonical) and site_name(canonical or "") == site_name(article.url)
        return canonical if is_own_site and canonical != article.url else None


def _text_of(article: Article) -> _Text:
    lines = (squeeze(line) for line in article.article_body.split("\n"))
    return _Text(
        squeeze(article.headline or ""), frozenset(hash(line) for line in lines if line)
    )


def _body_digest(article: Article) -> int:
    return hash((squeeze(article.headline or ""), squeeze(article.article_body)))

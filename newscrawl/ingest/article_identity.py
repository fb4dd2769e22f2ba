"""The article of its site that a page shows: a new one, or one that is stored already.

A page is the article that is stored under its address, in any spelling. A canonical link, a
redirect or an address that differs in a doubtful part (`;art261`, `?pk_news=1`, `/amp`) means
only that two pages may be one article: they are if their content agrees. Without such a link, a
page is a stored article if it repeats its text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Protocol

import attrs

from newscrawl.article import Article
from newscrawl.text.normalize import squeeze
from newscrawl.text.urls import site_name, url_key, variant_key

_MOST_REMEMBERED = 20_000
_MOST_VARIANTS = 5
"""Most articles with one `variant_key` that are compared."""
_SHARED = 0.6
_REPEATED = 0.8
_MIN_BODY = 200


@attrs.frozen
class Stored:
    """An article of the site that is in the archive."""

    key: str
    article: Article | None
    """Its text as last seen; None where it was withdrawn."""
    is_here: bool = True
    """True if the article was last read at the address that it was found by."""


class Lookup(Protocol):
    """The articles of one site that are in the archive."""

    def at(self, url: str) -> Stored | None:
        """Return the article with this address, in whichever spelling."""

    def with_key(self, key: str) -> Stored | None:
        """Return the article with this key."""

    def has_moved(self, key: str) -> bool:
        """Return whether the article with this key was joined to another one."""

    def with_headline(self, headline: str) -> Iterable[Stored]:
        """Return some articles whose headline may be this one, the newest first."""


@attrs.frozen
class _Text:
    """Parts of an article for comparing two pages."""

    headline: str
    lines: frozenset[int]
    length: int
    day: dt.date | None

    def agrees_with(self, other: _Text) -> bool:
        """Return whether both are one story: same headline, most lines of the shorter one."""
        shorter = min(len(self.lines), len(other.lines))
        shared = len(self.lines & other.lines)
        is_same_text = shared >= _SHARED * shorter if shorter else self.lines == other.lines
        return is_same_text and (self.headline == other.headline or shared > 2)

    def repeats(self, other: _Text) -> bool:
        """Return whether this is *other* again at an address that nothing links with it.

        Word for word; or edited a little, with the same headline and day of publication.
        """
        if not self.headline or self.headline != other.headline:
            return False
        if self.day and other.day and self.day != other.day:
            return False
        if self.lines == other.lines:
            return self.length >= _MIN_BODY
        shared, longer = len(self.lines & other.lines), max(len(self.lines), len(other.lines))
        return self.day is not None and shared > 2 and shared >= _REPEATED * longer

    def is_variant_of(self, other: _Text) -> bool:
        """Return whether both are one story, where only their addresses suggest it."""
        return self.headline == other.headline and self.agrees_with(other)


class Identity:
    """Gives each article of one site its key."""

    def __init__(
        self,
        lookup: Lookup,
        article_key: Callable[[str], str | None] | None = None,
    ) -> None:
        self._lookup = lookup
        self._article_key = article_key
        self._claims: dict[str, str] = {}
        """The article whose page names an address as canonical, by the key of that address."""
        self._variants: dict[str, list[str]] = {}
        """The last articles with one `variant_key`."""

    def key_of(self, url: str) -> str:
        """Return the key that *url* has by itself."""
        key = self._article_key(url) if self._article_key else None
        return key or url_key(url)

    def key_for(self, article: Article, came_from: tuple[str, ...] = ()) -> str:
        """Return the key that *article* is to be saved under; *came_from* redirected to it."""
        own = self.key_of(article.url)
        same = self._lookup.with_key(own) or self._lookup.at(article.url)
        if same is not None and same.is_here:
            key = same.key
        else:
            key = self._key_of_same_story(article, own, same, came_from)
        self._remember(article, key)
        return key

    def _key_of_same_story(
        self, article: Article, own: str, here: Stored | None, came_from: tuple[str, ...]
    ) -> str:
        """Return the key of the stored article that *article* is, or a new one.

        *here* is the article that its own key or address leads to.
        """
        text = cache(lambda: _text_of(article))  # most pages are compared with none
        for candidates, is_same in (
            (self._linked(article, own, here, came_from), _Text.agrees_with),
            (self._variants_of(article, own), _Text.is_variant_of),
        ):
            for stored in candidates:
                if stored.article is None or is_same(text(), _text_of(stored.article)):
                    return stored.key
        same = self._lookup.with_headline(article.headline or "")
        repeated = (
            one.key for one in same if one.article and text().repeats(_text_of(one.article))
        )
        return next(repeated, None) or self._free_key(own)

    def _free_key(self, own: str) -> str:
        """Return *own*, or another key if the article that had it was joined to another one."""
        while self._lookup.has_moved(own):
            own += " again"
        return own

    def _linked(
        self, article: Article, own: str, here: Stored | None, came_from: tuple[str, ...]
    ) -> Iterator[Stored]:
        """Yield the articles that a link makes likely."""
        canonical = other_canonical(article)
        if canonical is not None:
            yield from self._stored_at(canonical)
        if here is not None:
            yield here
        for url in came_from:
            yield from self._stored_at(url)
        claim = self._claims.get(own)
        stored = self._lookup.with_key(claim) if claim else None
        if stored is not None:
            yield stored

    def _stored_at(self, url: str) -> Iterator[Stored]:
        stored = self._lookup.with_key(self.key_of(url)) or self._lookup.at(url)
        if stored is not None:
            yield stored

    def _variants_of(self, article: Article, own: str) -> Iterator[Stored]:
        """Yield the articles whose addresses differ in doubtful parts only."""
        variant = variant_key(article.url)
        for key in dict.fromkeys((variant, *self._variants.get(variant, ()))):
            stored = self._lookup.with_key(key) if key != own else None
            if stored is not None:
                yield stored

    def _remember(self, article: Article, key: str) -> None:
        for memory in (self._claims, self._variants):
            if len(memory) >= _MOST_REMEMBERED:
                memory.clear()
        canonical = other_canonical(article)
        if canonical:
            self._claims.setdefault(self.key_of(canonical), key)
        known = self._variants.setdefault(variant_key(article.url), [])
        if key not in known:
            known.insert(0, key)
            del known[_MOST_VARIANTS:]


def other_canonical(article: Article) -> str | None:
    """Return the canonical address, where it is another one of the same site."""
    canonical = article.canonical_url
    is_own_site = bool(canonical) and site_name(canonical or "") == site_name(article.url)
    return canonical if is_own_site and canonical != article.url else None


def is_one_story(first: Iterable[Article], second: Iterable[Article]) -> bool:
    """Return whether a text of the first article agrees with one of the second."""
    others = [_text_of(article) for article in second]
    return any(_text_of(article).agrees_with(other) for article in first for other in others)


def _text_of(article: Article) -> _Text:
    lines = (squeeze(line) for line in article.article_body.split("\n"))
    published = article.date_published
    return _Text(
        headline=squeeze(article.headline or ""),
        lines=frozenset(hash(line) for line in lines if line),
        length=len(article.article_body),
        day=published.date() if isinstance(published, dt.datetime) else published,
    )

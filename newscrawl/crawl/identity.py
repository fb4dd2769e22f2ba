"""Which article of its site a page is: its own address, unless it is the same story as another's.

A page may name another address as its own (rel=canonical). It is believed only within its site
and only where the two agree in text: otherwise any page could replace any article.
"""

from __future__ import annotations

from typing import Any

import attrs

from newscrawl.article import Article
from newscrawl.text import squeeze
from newscrawl.urls import site_name, url_key

_MAX_REMEMBERED = 50_000
_SHARED = 0.6
_MIN_BODY = 200


@attrs.frozen
class _Text:
    headline: str
    lines: frozenset[int]

    def agrees_with(self, other: _Text) -> bool:
        """Whether both are the same story: one headline, and most paragraphs of the shorter one."""
        shorter = min(len(self.lines), len(other.lines))
        shared = len(self.lines & other.lines)
        is_same_text = (
            shared >= _SHARED * shorter if shorter else not (self.lines or other.lines)
        )
        return is_same_text and (self.headline == other.headline or shared > 2)


class Identity:
    """Gives each article of one site its key."""

    def __init__(self, declared_site: Any = None) -> None:
        self._article_key = getattr(declared_site, "article_key", None)
        self._texts: dict[str, _Text] = {}
        self._claims: dict[str, str] = {}
        self._bodies: dict[int, str] = {}

    def key_of(self, url: str) -> str:
        """Return the key that *url* has by itself."""
        key = self._article_key(url) if self._article_key else None
        return key or url_key(url)

    def key_for(self, article: Article) -> str:
        """Return the key that *article* is to be saved under."""
        text = _text_of(article)
        own = self.key_of(article.url)
        key = own
        for candidate in self._candidates(article, own):
            known = self._texts.get(candidate)
            if known is not None and known.agrees_with(text):
                key = candidate
                break
        self._remember(article, own, key, text)
        return key

    def _candidates(self, article: Article, own: str) -> list[str]:
        """Return the keys under which the same story may have been saved in this run."""
        canonical = self._canonical_key(article)
        found = [own, self._claims.get(own), canonical, self._claims.get(canonical or "")]
        if len(article.article_body) >= _MIN_BODY:
            found.append(self._bodies.get(_body_digest(article)))
        return [key for key in found if key]

    def _remember(self, article: Article, own: str, key: str, text: _Text) -> None:
        if len(self._texts) >= _MAX_REMEMBERED:
            self._texts.clear()
            self._claims.clear()
            self._bodies.clear()
        self._texts[key] = text
        if key != own:
            self._claims[own] = key
        canonical = self._canonical_key(article)
        if canonical and canonical != key:
            self._claims.setdefault(canonical, key)
        if len(article.article_body) >= _MIN_BODY:
            self._bodies.setdefault(_body_digest(article), key)

    def _canonical_key(self, article: Article) -> str | None:
        canonical = article.canonical_url
        if not canonical or site_name(canonical) != site_name(article.url):
            return None
        return self.key_of(canonical)


def _text_of(article: Article) -> _Text:
    lines = (squeeze(line) for line in article.article_body.split("\n"))
    return _Text(
        squeeze(article.headline or ""), frozenset(hash(line) for line in lines if line)
    )


def _body_digest(article: Article) -> int:
    return hash((squeeze(article.headline or ""), squeeze(article.article_body)))

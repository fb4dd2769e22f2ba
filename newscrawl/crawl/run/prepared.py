"""Work for storing an article that the process which extracted it has done already.

Normalised texts, digests, stemmed texts and the JSON of the values wait here until the article
comes out of the spider; without them each is made when it is needed. They wait as the bytes in
which they came: the crawl has no use for them, and the process that stores gets them so.
"""

from __future__ import annotations

import json
import pickle
from collections import OrderedDict
from typing import Generic, TypeVar

import attrs

from newscrawl.archive.write import prepared_articles
from newscrawl.article import Article
from newscrawl.text.normalize_article import normalize_article
from newscrawl.warc.new_records import deflated

T = TypeVar("T")

_MOST = 50
"""Articles that wait; one takes some tens of KB."""


@attrs.frozen
class Values:
    """The values read off a page, for its metadata record."""

    json: bytes | None = None
    """None for a page without an article."""
    deflated: bytes | None = None
    """The JSON as `deflated` makes it, where that is done already."""


NO_VALUES = Values()


@attrs.frozen
class Prepared:
    """An article as it is stored."""

    for_archive: prepared_articles.Prepared
    """The article, normalised, values of its rows, and its texts for the search index."""
    values: Values | None
    """None if no evidence is stored."""

    @property
    def article(self) -> Article:
        """The article, normalised."""
        return self.for_archive.article


@attrs.frozen
class Packed:
    """A prepared article on its way through the crawl."""

    article: Article
    """The article, normalised."""
    prepared: bytes
    """The prepared values with an article equal to this one, pickled."""


class _Expected(Generic[T]):
    """A value for each of the last articles, by the identity of the object."""

    def __init__(self) -> None:
        self._values: OrderedDict[int, tuple[Article, T]] = OrderedDict()

    def add(self, article: Article, value: T) -> None:
        self._values[id(article)] = (article, value)
        while len(self._values) > _MOST:
            self._values.popitem(last=False)

    def take(self, article: Article) -> T | None:
        """Return the value of exactly this object, once."""
        known = self._values.get(id(article))
        if known is None or known[0] is not article:
            return None
        del self._values[id(article)]
        return known[1]


_prepared: _Expected[Packed] = _Expected()
"""By the article as it was extracted."""
_normalized: _Expected[bytes] = _Expected()
"""By the article as it is stored."""
_values: _Expected[Values] = _Expected()


def prepare(article: Article, *, evidence: str) -> Prepared:
    """Do the work for storing *article*, with NEWSCRAWL_EVIDENCE as *evidence*."""
    for_archive = prepared_articles.prepare_article(normalize_article(article))
    stored = for_archive.article
    if stored.page_kind != "article" or evidence == "none":
        return Prepared(for_archive, None)
    text = _json(stored)
    packed = deflated(text) if evidence == "warc" else None
    return Prepared(for_archive, Values(text, packed))


def pack(prepared: Prepared) -> Packed:
    """Return *prepared* for its way through the crawl."""
    return Packed(prepared.article, pickle.dumps(prepared, pickle.HIGHEST_PROTOCOL))


def unpack(prepared: bytes) -> Prepared:
    """Return what `pack` has pickled."""
    found: Prepared = pickle.loads(prepared)  # noqa: S301  # of our own processes
    return found


def expect(article: Article, prepared: Packed) -> None:
    """Have `normalized` return the article that was *prepared* from *article*."""
    _prepared.add(article, prepared)


def normalized(article: Article) -> Article:
    """Return *article* as `normalize_article` leaves it."""
    prepared = _prepared.take(article)
    if prepared is None:
        return normalize_article(article)
    _normalized.add(prepared.article, prepared.prepared)
    return prepared.article


def prepared_for(normalized: Article) -> bytes | None:
    """Return, once, the work done for an article that `normalized` has returned, pickled.

    An article that something else has made since has none, though it be equal.
    """
    return _normalized.take(normalized)


def use(prepared: Prepared) -> None:
    """Have the archive and `values_of` take what was *prepared* for exactly its article."""
    prepared_articles.expect(prepared.for_archive)
    if prepared.values is not None:
        _values.add(prepared.article, prepared.values)


def values_of(article: Article) -> Values:
    """Return the values of a normalised *article*."""
    return _values.take(article) or Values(_json(article))


def _json(article: Article) -> bytes:
    return json.dumps(article.as_dict(), ensure_ascii=False).encode("utf-8", "replace")

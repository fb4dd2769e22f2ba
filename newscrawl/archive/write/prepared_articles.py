"""Work of storing an article that needs no archive, done beside the process that writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from newscrawl.archive.schema.article_columns import blocks_text, text_digest
from newscrawl.archive.schema.storable import storable
from newscrawl.archive.search.index import IndexedText, expect_texts, index_article
from newscrawl.archive.write import lookup_tables
from newscrawl.article import Article
from newscrawl.system.deferred import deferred

if TYPE_CHECKING:
    from newscrawl.values.gazetteer import place_ids
else:  # by articles with a dateline
    (place_ids,) = deferred("newscrawl.values.gazetteer", "place_ids")


@attrs.frozen(kw_only=True)
class Prepared:
    """Values of an article that storing it needs, and that follow from the article alone."""

    article: Article
    """The article that they are of, its texts storable."""
    texts: Mapping[str, IndexedText]
    """Its texts as the search index holds them."""
    text_digest: bytes
    """The digest of its printed texts."""
    blocks: str | None
    """Its blocks as JSON."""
    list_digests: tuple[bytes, ...]
    """The digest of each of its link lists."""
    url_digests: Mapping[str, int]
    """The digest of each address in it."""
    place: lookup_tables.PlaceIdentity | None
    """The identity of the place in its dateline; None without one."""


def prepare_article(article: Article) -> Prepared:
    """Return the values for a normalised *article*, which is to be stored as they have it."""
    article = storable(article)
    links = (link.url for one in article.link_lists for link in one.links)
    urls = {article.url, article.canonical_url, *links}
    place = article.dateline.place if article.dateline is not None else None
    return Prepared(
        article=article,
        texts=index_article(article),
        text_digest=text_digest(article),
        blocks=blocks_text(article),
        list_digests=tuple(map(lookup_tables.list_digest, article.link_lists)),
        url_digests={url: lookup_tables.url_digest(url) for url in urls if url is not None},
        place=place_ids.identify_place(place) if place else None,
    )


_expected: list[Prepared] = []
"""Of the article that is stored next."""


def expect(prepared: Prepared) -> None:
    """Have the next save of exactly its article use the *prepared* values."""
    _expected[:] = [prepared]
    expect_texts(prepared.texts)
    lookup_tables.expect_url_digests(prepared.url_digests)


def prepared_for(article: Article) -> Prepared | None:
    """Return the prepared values of exactly this object; None if there are none."""
    return next((one for one in _expected if one.article is article), None)

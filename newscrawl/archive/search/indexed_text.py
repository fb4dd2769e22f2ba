"""Texts as the search index holds them, also those that another process has stemmed ahead."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

import attrs

from newscrawl.archive.search.name_index import NameRow, name_rows
from newscrawl.text.stems import stem_text

_MOST_AHEAD = 400
"""Texts that wait for their article to be stored; one takes some tens of KB."""


@attrs.frozen
class IndexedText:
    """One text in the index."""

    stemmed: str
    """The text, its words folded and stemmed."""
    names: tuple[NameRow, ...]
    """The rows of its words that may be names."""


_ahead: OrderedDict[str, IndexedText] = OrderedDict()


def index_text(text: str) -> IndexedText:
    """Return *text* as the index holds it."""
    stemmed = stem_text(text)
    return IndexedText(stemmed, tuple(dict.fromkeys(name_rows([text], [stemmed]))))


def expect_texts(texts: Mapping[str, IndexedText]) -> None:
    """Have `indexed_text` return these results of `index_text`, each once."""
    _ahead.update(texts)
    while len(_ahead) > _MOST_AHEAD:
        _ahead.popitem(last=False)


def indexed_text(text: str) -> IndexedText:
    """Return *text* as the index holds it, as another process has found it if one has."""
    return _ahead.pop(text, None) or index_text(text)

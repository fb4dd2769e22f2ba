"""Pipeline that normalises the text of articles on their way to the archive."""

from __future__ import annotations

from typing import Any

from newscrawl.article import Article
from newscrawl.text.normalize_article import normalize_article


class NormalizePipeline:
    """Passes each article on as `normalize_article` leaves it."""

    def process_item(self, item: Any) -> Any:
        return normalize_article(item) if isinstance(item, Article) else item

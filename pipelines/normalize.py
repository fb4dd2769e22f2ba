"""Pipeline that normalises the text of articles on their way to the archive."""

from __future__ import annotations

from typing import Any

from newscrawl.article import Article
from newscrawl.crawl.run.prepared import normalized


class NormalizePipeline:
    """Passes each article on as `normalize_article` leaves it."""

    def process_item(self, item: Any) -> Any:
        return normalized(item) if isinstance(item, Article) else item

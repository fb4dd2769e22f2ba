"""A feed or a sitemap by its content, whichever of the two its address was named as."""

from __future__ import annotations

from newscrawl.crawl.sources.documents import UnreadableSourceError, text_from
from newscrawl.crawl.sources.feeds import Feed, parse_feed
from newscrawl.crawl.sources.sitemaps import Sitemap, parse_sitemap
from newscrawl.html.first_bytes import is_html


def parse_source(body: bytes, url: str, content_type: str | None = None) -> Feed | Sitemap:
    """Return the feed or sitemap in *body*, fetched from *url*.

    Raises UnreadableSourceError if it is neither; the message names its kind.
    """
    sitemap = parse_sitemap(body, url, content_type)
    if sitemap is not None:
        return sitemap
    feed = parse_feed(body, url, content_type)
    if feed is not None:
        return feed
    is_page = is_html(text_from(body, content_type)[:4096].encode())
    raise UnreadableSourceError(
        "an HTML page in place of a feed or sitemap" if is_page else "no feed and no sitemap"
    )

"""The newspaper's feeds, sitemaps and robots.txt."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable, Iterable, Mapping
from email.utils import format_datetime
from xml.sax.saxutils import escape

from newscrawl.sample_site.newspaper import Newspaper, address
from newscrawl.sample_site.stories import Story

FEED_SIZE = 10
NEWS_SIZE = 8
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def robots(base: str, crawl_delay: float) -> str:
    """Return robots.txt."""
    delay = f"Crawl-delay: {crawl_delay:g}\n" if crawl_delay else ""
    return f"User-agent: *\nDisallow: /private/\n{delay}\nSitemap: {base}/sitemap.xml\n"


def rss(paper: Newspaper, base: str) -> str:
    """Return the newest stories in Arabic as RSS."""
    items = "\n".join(
        f"<item><title>{escape(story.headline)}</title><link>{_link(story, base)}</link>"
        f'<guid isPermaLink="true">{_link(story, base)}</guid>'
        f"<pubDate>{format_datetime(_moment(story))}</pubDate>"
        f"<category>{escape(story.section.title)}</category></item>"
        for story in paper.latest("ar", FEED_SIZE)
    )
    title, link = escape(paper.site["name"]), f"<link>{base}/</link>"
    channel = f"<title>{title}</title>{link}<description>{title}</description>\n{items}"
    return f'{XML}<rss version="2.0"><channel>{channel}</channel></rss>\n'


def atom(paper: Newspaper, base: str) -> str:
    """Return the newest stories in English and French as Atom."""
    stories = [*paper.latest("en", FEED_SIZE), *paper.latest("fr", FEED_SIZE)]
    entries = "\n".join(
        f"<entry><title>{escape(story.headline)}</title><id>{_link(story, base)}</id>"
        f'<link rel="alternate" href="{_link(story, base)}"/>'
        f"<updated>{_moment(story).isoformat()}</updated></entry>"
        for story in stories
    )
    head = (
        f"<title>{escape(paper.site['name'])}</title><id>{base}/atom.xml</id>"
        f"<updated>{max(map(_moment, stories)).isoformat()}</updated>"
    )
    return f'{XML}<feed xmlns="http://www.w3.org/2005/Atom">{head}\n{entries}</feed>\n'


def sitemap_index(paper: Newspaper, base: str) -> str:
    """Return the index that names the other three sitemaps."""
    newest = max(map(_moment, paper.stories)).isoformat()
    names = ("sitemap-stories.xml.gz", "sitemap-news.xml", "sitemap-pages.xml")
    rows = "\n".join(
        f"<sitemap><loc>{base}/{name}</loc><lastmod>{newest}</lastmod></sitemap>"
        for name in names
    )
    return f'{XML}<sitemapindex xmlns="{SITEMAPS}">\n{rows}\n</sitemapindex>\n'


def story_sitemap(paper: Newspaper, base: str) -> str:
    """Return every story with the day of its last change."""
    return _urlset(
        f"<url><loc>{_link(story, base)}</loc><lastmod>{_changed(story)}</lastmod></url>"
        for story in paper.stories
    )


def news_sitemap(paper: Newspaper, base: str) -> str:
    """Return the newest stories as a news sitemap."""
    return _urlset(
        f"<url><loc>{_link(story, base)}</loc><news:news><news:publication>"
        f"<news:name>{escape(paper.site['name'])}</news:name>"
        f"<news:language>{story.section.language}</news:language></news:publication>"
        f"<news:publication_date>{story.published.isoformat()}</news:publication_date>"
        f"<news:title>{escape(story.headline)}</news:title></news:news></url>"
        for story in paper.stories[:NEWS_SIZE]
    )


def page_sitemap(paper: Newspaper, base: str) -> str:
    """Return home, sections and the page about the paper: nothing in it is an article."""
    paths = ["/", *(f"/{section.key}/" for section in paper.sections), "/about/"]
    return _urlset(f"<url><loc>{base}{path}</loc></url>" for path in paths)


DOCUMENTS: Mapping[str, tuple[str, Callable[[Newspaper, str], str]]] = {
    "/rss.xml": ("application/rss+xml; charset=utf-8", rss),
    "/atom.xml": ("application/atom+xml; charset=utf-8", atom),
    "/sitemap.xml": ("application/xml; charset=utf-8", sitemap_index),
    "/sitemap-stories.xml.gz": ("application/gzip", story_sitemap),
    "/sitemap-news.xml": ("application/xml; charset=utf-8", news_sitemap),
    "/sitemap-pages.xml": ("application/xml; charset=utf-8", page_sitemap),
}


def document(paper: Newspaper, path: str, base: str) -> tuple[str, bytes]:
    """Return the media type and the bytes of one of DOCUMENTS."""
    media_type, build = DOCUMENTS[path]
    body = build(paper, base).encode("utf-8")
    return media_type, gzip.compress(body, mtime=0) if path.endswith(".gz") else body


def _urlset(rows: Iterable[str]) -> str:
    lines = "\n".join(rows)
    return f'{XML}<urlset xmlns="{SITEMAPS}" xmlns:news="{NEWS}">\n{lines}\n</urlset>\n'


def _link(story: Story, base: str) -> str:
    return escape(address(base, story.path))


def _moment(story: Story) -> dt.datetime:
    """Return a moment for formats that need one; the paper's clock runs on UTC+1."""
    zone = dt.timezone(dt.timedelta(hours=1))
    value = story.modified or story.published
    if not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time(12))
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _changed(story: Story) -> str:
    return (story.modified or story.published).isoformat()[:10]

"""A WordPress site as most are set up: pretty permalinks that end in a slash.

An address without the slash is redirected (301), as are `/feed` to `/feed/`, the short links
`/?p=123` to the permalink, and `/sitemap.xml` to the index `/wp-sitemap.xml`. The home page
names articles without the slash, the feed by short links, the sitemap right.
"""

from __future__ import annotations

from typing import ClassVar

from tests.internet.news_site import Named, NewsSite, encoded
from tests.internet.site import Answer, Asked, redirect
from tests.internet.stories import Story, article_html, stories

_FIRST_ID = 1200
_SITEMAPS = ("/wp-sitemap-posts-post-1.xml", "/wp-sitemap-posts-post-2.xml")


class WordPress(NewsSite):
    """The site: 30 articles, of which home page and feed name 10 each, the sitemap 20."""

    hosts: ClassVar[tuple[str, ...]] = ("khabar.example",)
    base: ClassVar[str] = "https://khabar.example"
    title: ClassVar[str] = "خبر اليوم"

    def __init__(self) -> None:
        super().__init__()
        self._by_id: dict[str, str] = {}
        self._named: list[Named] = []
        for story in stories(30, salt=70):
            url = self.put(f"/{story.day:%Y/%m/%d}/{story.slug}/", story)
            self._by_id[str(_FIRST_ID + story.number)] = url
            self._named.append((url, story))

    def redirected(self, asked: Asked) -> Answer | None:
        path = asked.path
        if asked.scheme == "http":
            return redirect(f"{self.base}{asked.target}", 301)
        if path == "/sitemap.xml":
            return redirect(f"{self.base}/wp-sitemap.xml", 302)
        post = asked.query.get("p", [""])[0]
        if path == "/" and post in self._by_id:
            return redirect(self._by_id[post], 301)
        if path == "/feed" or f"{path}/" in self._by_path:
            return redirect(f"{self.base}{encoded(path)}/", 301)
        return None

    def page_for(self, asked: Asked) -> Answer | None:
        return self._source(asked.path) or super().page_for(asked)

    def _source(self, path: str) -> Answer | None:
        named = self._named
        if path == "/robots.txt":
            return self.robots(f"{self.base}/wp-sitemap.xml")
        if path == "/":
            bare = [(url.rstrip("/"), story) for url, story in named[:10]]
            return self.listing(bare, feed="/feed")
        if path == "/feed/":
            return self.feed([(self._short(story.number), story) for _, story in named[5:15]])
        if path == "/wp-sitemap.xml":
            return self.sitemap_index(f"{self.base}{one}" for one in _SITEMAPS)
        if path in _SITEMAPS:
            return self.sitemap(named[10:20] if path == _SITEMAPS[0] else named[20:])
        return None

    def article(self, asked: Asked, story: Story) -> Answer:
        url = f"{self.base}{encoded(asked.path)}"
        html = article_html(story, site=self.title, url=url, canonical=url)
        short = f'<{self._short(story.number)}>; rel="shortlink"'
        return Answer(html.encode()).with_headers(("Link", short))

    def _short(self, number: int) -> str:
        return f"{self.base}/?p={_FIRST_ID + number}"

"""A news site with stories, and with home page, sections, feed and sitemap that name them."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from email.utils import format_datetime
from html import escape
from typing import ClassVar
from urllib.parse import quote, urlsplit

from tests.internet.site import Answer, Asked, Site, not_found, page, text, xml
from tests.internet.stories import Story, article_html, document

_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"

Named = tuple[str, Story]
"""An address as a source writes it, and the story that it names."""


def encoded(path: str) -> str:
    """Return *path* percent-encoded with capitals, as browsers send it."""
    return quote(path, safe="/;=?&-._~:@%")


def same(path: str) -> str:
    """Return decoded *path* in the form in which paths are compared here (NFC)."""
    return unicodedata.normalize("NFC", path)


class NewsSite(Site):
    """A site; subclasses say where stories are, how they are named, and what redirects.

    `stories` is the truth for tests: each story by its final address.
    """

    title: ClassVar[str] = "صحيفة"
    base: ClassVar[str] = ""
    """Scheme and host of the final addresses, without a slash at the end."""
    language: ClassVar[str] = "ar"

    def __init__(self) -> None:
        self.stories: dict[str, Story] = {}
        self._by_path: dict[str, Story] = {}

    def put(self, path: str, story: Story) -> str:
        """Publish *story* under the decoded *path*; return its final address."""
        url = f"{self.base}{encoded(path)}"
        self.stories[url] = story
        self._by_path[same(path)] = story
        return url

    def answer(self, asked: Asked) -> Answer:
        return self.redirected(asked) or self.page_for(asked) or not_found()

    def redirected(self, asked: Asked) -> Answer | None:
        """Return the redirect that *asked* gets; None for none."""
        return None

    def page_for(self, asked: Asked) -> Answer | None:
        """Return the page at *asked*; None if there is none."""
        story = self.story_at(asked)
        return self.article(asked, story) if story is not None else None

    def story_at(self, asked: Asked) -> Story | None:
        """Return the story that the page at *asked* shows, if it does not redirect."""
        return self._by_path.get(same(asked.path))

    def article(self, asked: Asked, story: Story) -> Answer:
        return page(article_html(story, site=self.title, url=asked.url))

    def listing(
        self,
        named: Iterable[Named],
        *,
        sections: Sequence[str] = (),
        feed: str = "",
        following: str | None = None,
    ) -> Answer:
        """Return a list page that names these stories; *following* is its next page."""
        menu = "".join(f'<li><a href="{path}">{_label(path)}</a></li>' for path in sections)
        teasers = "".join(
            f'<div class="teaser"><h2><a href="{escape(url)}">{escape(story.headline)}</a></h2>'
            f"<p>{escape(story.paragraphs[0][:90])} …</p></div>"
            for url, story in named
        )
        head = (
            f'<link rel="alternate" type="application/rss+xml" href="{feed}">' if feed else ""
        )
        older = f'<a class="next" rel="next" href="{following}">التالي</a>' if following else ""
        body = f'<ul class="menu">{menu}</ul>{teasers}<div class="nav-links">{older}</div>'
        return page(document(self.title, body, head=head, language=self.language))

    def feed(self, named: Iterable[Named], guid: str = "") -> Answer:
        """Return an RSS feed; *guid*, with {number}, is the form of the guids."""
        items = "".join(
            f"<item><title>{escape(story.headline)}</title><link>{escape(url)}</link>"
            f"{self._guid(guid, story)}<pubDate>{_rfc822(story)}</pubDate></item>"
            for url, story in named
        )
        head = f"<title>{self.title}</title><link>{self.base}/</link>"
        feed = f'<rss version="2.0"><channel>{head}{items}</channel></rss>'
        return xml(f'<?xml version="1.0" encoding="UTF-8"?>\n{feed}')

    def sitemap(self, named: Iterable[Named]) -> Answer:
        listed = "".join(
            f"<url><loc>{escape(url)}</loc><lastmod>{story.published}</lastmod></url>"
            for url, story in named
        )
        return xml(f'<urlset xmlns="{_SITEMAPS}">{listed}</urlset>')

    def sitemap_index(self, urls: Iterable[str]) -> Answer:
        listed = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in urls)
        return xml(f'<sitemapindex xmlns="{_SITEMAPS}">{listed}</sitemapindex>')

    def robots(self, *sitemaps: str) -> Answer:
        lines = ["User-agent: *", "Disallow: /wp-admin/", *(f"Sitemap: {s}" for s in sitemaps)]
        return text("\n".join(lines) + "\n")

    def _guid(self, form: str, story: Story) -> str:
        if not form:
            return ""
        guid = escape(form.format(number=story.number))
        return f'<guid isPermaLink="false">{guid}</guid>'


def path_of(url: str) -> str:
    """Return the path of *url* as written."""
    return urlsplit(url).path


def _label(path: str) -> str:
    return path.strip("/").rpartition("/")[2].title()


def _rfc822(story: Story) -> str:
    return format_datetime(dt.datetime.fromisoformat(story.published))

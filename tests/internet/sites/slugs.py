"""A site with Arabic slugs, which each source writes in another spelling.

The home page writes raw UTF-8, the feed percent-encoding in capitals (%D8), the sitemap in
small letters (%d8), the section page decomposed letters (NFD) and a capital in `/News/`. Half
of the articles answer to every spelling and name the canonical one in a link; the other half
redirect (301) to it. All sources name all articles.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import ClassVar

from tests.internet.news_site import Named, NewsSite, encoded, same
from tests.internet.site import Answer, Asked, redirect
from tests.internet.stories import Story, article_html, stories


class Slugs(NewsSite):
    """The site: 12 articles; even ones answer to every spelling, odd ones redirect."""

    hosts: ClassVar[tuple[str, ...]] = ("huruf.example",)
    base: ClassVar[str] = "https://huruf.example"
    title: ClassVar[str] = "حروف"

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[Named] = []
        for story in stories(12, salt=190):
            # With a letter that has a decomposed form, in every slug.
            path = f"/news/2026/أخبار-{story.slug}"
            self.put(path, story)
            self._paths.append((path, story))

    def redirected(self, asked: Asked) -> Answer | None:
        if asked.scheme == "http":
            return redirect(f"{self.base}{asked.target}", 301)
        path = _canonical(asked.path)
        story = self._by_path.get(path)
        is_other = asked.raw_path != encoded(path)
        if story is not None and story.number % 2 and is_other:
            return redirect(f"{self.base}{encoded(path)}", 301)
        return None

    def page_for(self, asked: Asked) -> Answer | None:
        path = asked.path
        if path == "/robots.txt":
            return self.robots(f"{self.base}/sitemap.xml")
        if path == "/":
            return self.listing(self._paths, sections=["/section/all/"], feed="/feed.xml")
        if path == "/feed.xml":
            return self.feed(self._written(encoded))
        if path == "/sitemap.xml":
            return self.sitemap(self._written(_in_small_letters))
        if path == "/section/all/":
            return self.listing([(_decomposed(url), story) for url, story in self._paths])
        return super().page_for(asked)

    def story_at(self, asked: Asked) -> Story | None:
        return self._by_path.get(_canonical(asked.path))

    def article(self, asked: Asked, story: Story) -> Answer:
        url = f"{self.base}{encoded(_canonical(asked.path))}"
        html = article_html(story, site=self.title, url=url, canonical=url)
        return Answer(html.encode())

    def _written(self, write: Callable[[str], str]) -> list[Named]:
        return [(f"{self.base}{write(path)}", story) for path, story in self._paths]


def _canonical(path: str) -> str:
    return same(path).replace("/News/", "/news/")


def _in_small_letters(path: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), encoded(path))


def _decomposed(path: str) -> str:
    return unicodedata.normalize("NFD", path).replace("/news/", "/News/")

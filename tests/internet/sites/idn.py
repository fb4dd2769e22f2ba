"""A site with an internationalized host name: `صحيفة.example`.

The home page links by paths, robots.txt and the feed write the host in Arabic letters, the
sitemap writes it as `xn--…`. Requests must all go to the one host.
"""

from __future__ import annotations

from typing import ClassVar

from tests.internet.news_site import Named, NewsSite
from tests.internet.site import Answer, Asked, redirect
from tests.internet.stories import stories

UNICODE = "صحيفة.example"
ASCII = UNICODE.encode("idna").decode()


class Idn(NewsSite):
    """The site: 15 articles, of which home page, feed and sitemap name overlapping parts."""

    hosts: ClassVar[tuple[str, ...]] = (ASCII,)
    base: ClassVar[str] = f"https://{ASCII}"
    title: ClassVar[str] = "صحيفة"

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[Named] = []
        for story in stories(15, salt=270):
            path = f"/{story.day:%Y/%m}/sahifa-{story.number}"
            self.put(path, story)
            self._paths.append((path, story))

    def redirected(self, asked: Asked) -> Answer | None:
        return redirect(f"{self.base}{asked.target}", 301) if asked.scheme == "http" else None

    def page_for(self, asked: Asked) -> Answer | None:
        if asked.path == "/robots.txt":
            return self.robots(f"https://{UNICODE}/sitemap.xml")
        if asked.path == "/":
            return self.listing(self._paths[:6], feed=f"https://{UNICODE}/feed.xml")
        if asked.path == "/feed.xml":
            return self.feed(self._at(f"https://{UNICODE}", 4, 11))
        if asked.path == "/sitemap.xml":
            return self.sitemap(self._at(self.base, 9, 15))
        return super().page_for(asked)

    def _at(self, base: str, first: int, end: int) -> list[Named]:
        return [(f"{base}{path}", story) for path, story in self._paths[first:end]]

"""A paper that moves from one domain to another between two crawls.

Before `move()` all 20 articles are on `www.qadim.example`. Afterwards they are on
`www.jadid.example` under the same paths, with 5 new ones, and the old domain redirects every
address (301) to the new one. The old host's robots.txt redirects as well.
"""

from __future__ import annotations

from typing import ClassVar

from tests.internet.news_site import Named, NewsSite
from tests.internet.site import Answer, Asked, redirect
from tests.internet.stories import stories

OLD = "https://www.qadim.example"
NEW = "https://www.jadid.example"


class Moved(NewsSite):
    """The paper; `stories` has the final addresses of the time."""

    hosts: ClassVar[tuple[str, ...]] = (
        "qadim.example",
        "www.qadim.example",
        "jadid.example",
        "www.jadid.example",
    )
    title: ClassVar[str] = "القديم والجديد"

    def __init__(self) -> None:
        super().__init__()
        self.here = OLD
        self._all = [(f"/{s.day:%Y/%m}/story-{s.number}", s) for s in stories(25, salt=230)]
        self._publish(self._all[5:])

    def move(self) -> None:
        """Move all articles to the new domain, and publish 5 more there."""
        self.here = NEW
        self._publish(self._all)

    def _publish(self, named: list[Named]) -> None:
        self._named = named
        self.stories = {f"{self.here}{path}": story for path, story in named}
        self._by_path = dict(named)

    def redirected(self, asked: Asked) -> Answer | None:
        is_here = f"{asked.scheme}://{asked.host}" == self.here
        return None if is_here else redirect(f"{self.here}{asked.target}", 301)

    def page_for(self, asked: Asked) -> Answer | None:
        named = [(f"{self.here}{path}", story) for path, story in self._named]
        if asked.path == "/robots.txt":
            return self.robots(f"{self.here}/sitemap.xml")
        if asked.path == "/":
            return self.listing(named[:8])
        if asked.path == "/sitemap.xml":
            return self.sitemap(named)
        return super().page_for(asked)

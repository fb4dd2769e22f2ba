"""A plain site without redirects: 60 articles named by feed, sitemap, sections and home page.

It imitates a small newsroom's own system on one https host. Each source can be switched off,
so that a crawl depends on the others: `Plain("feed")`, `Plain("sitemap", "sections")`.
"""

from __future__ import annotations

from typing import ClassVar

from tests.internet.news_site import Named, NewsSite
from tests.internet.site import Answer, Asked
from tests.internet.stories import stories

SOURCES = ("feed", "sitemap", "sections", "home")
SECTIONS = ("economy", "culture", "sport")
_PAGE_SIZE = 10
_FRONT = 12
"""The stories on the home page if it is not the only source."""


class Plain(NewsSite):
    """The site; *sources* are those that name the articles, by default all of SOURCES."""

    hosts: ClassVar[tuple[str, ...]] = ("nahar.example",)
    base: ClassVar[str] = "https://nahar.example"
    title: ClassVar[str] = "النهار الجديد"

    def __init__(self, *sources: str, articles: int = 60, delay: float = 0.0) -> None:
        super().__init__()
        self.sources = sources or SOURCES
        self.delay = delay
        self._named: list[Named] = []
        for story in stories(articles, sections=SECTIONS):
            path = f"/{story.section}/{story.day:%Y/%m}/article-{story.number + 1000}.html"
            self._named.append((self.put(path, story), story))

    def page_for(self, asked: Asked) -> Answer | None:
        return self._source(asked) or super().page_for(asked)

    def _source(self, asked: Asked) -> Answer | None:
        path, sources = asked.path, self.sources
        if path == "/robots.txt":
            return self.robots(*([f"{self.base}/sitemap.xml"] * ("sitemap" in sources)))
        if path == "/":
            return self._home()
        if path == "/feed.xml" and "feed" in sources:
            return self.feed(self._named)
        if path == "/sitemap.xml" and "sitemap" in sources:
            return self.sitemap(self._named)
        if path.startswith("/section/") and "sections" in sources:
            return self._section(path)
        return None

    def _home(self) -> Answer:
        shown = self._named if self.sources == ("home",) else self._named[:_FRONT]
        return self.listing(
            shown if "home" in self.sources else (),
            sections=[f"/section/{n}/" for n in SECTIONS] if "sections" in self.sources else (),
            feed="/feed.xml" if "feed" in self.sources else "",
        )

    def _section(self, path: str) -> Answer | None:
        name, _, page = path.removeprefix("/section/").strip("/").partition("/page/")
        number = int(page) if page.isdigit() else 1
        of_it = [named for named in self._named if named[1].section == name]
        shown = of_it[(number - 1) * _PAGE_SIZE : number * _PAGE_SIZE]
        if not shown:
            return None
        following = f"/section/{name}/page/{number + 1}/"
        has_more = len(of_it) > number * _PAGE_SIZE
        return self.listing(shown, following=following if has_more else None)

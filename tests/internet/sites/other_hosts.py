"""A site whose sitemaps and images are on the hosts of a company that serves many papers.

robots.txt names a sitemap index on `sitemaps.mawad.example`, which lists sitemaps on the same
host; they name articles of `www.jarida.example`. By the sitemaps protocol robots.txt vouches
for them. Images are on `img.mawad.example`. One sitemap also names an address of another paper,
whose robots.txt does not vouch for it: it is not an article of this site.
"""

from __future__ import annotations

from typing import ClassVar

from tests.internet.news_site import Named, NewsSite
from tests.internet.site import Answer, Asked, picture, redirect
from tests.internet.stories import Story, article_html, stories

_SITEMAPS = "sitemaps.mawad.example"
_IMAGES = "img.mawad.example"
STRANGER = "https://www.stranger.example/2026/05/not-of-this-paper"


class OtherHosts(NewsSite):
    """The site: 20 articles, of which the home page names 3, one sitemap each half."""

    hosts: ClassVar[tuple[str, ...]] = (
        "jarida.example",
        "www.jarida.example",
        _SITEMAPS,
        _IMAGES,
        "www.stranger.example",
    )
    base: ClassVar[str] = "https://www.jarida.example"
    title: ClassVar[str] = "جريدة"

    def __init__(self) -> None:
        super().__init__()
        self._named: list[Named] = []
        for story in stories(20, salt=150):
            path = f"/{story.day:%Y/%m}/jarida-{story.number + 40}"
            self._named.append((self.put(path, story), story))

    def redirected(self, asked: Asked) -> Answer | None:
        is_ours = asked.host.endswith("jarida.example")
        if is_ours and (asked.scheme == "http" or asked.host == "jarida.example"):
            return redirect(f"{self.base}{asked.target}", 301)
        return None

    def page_for(self, asked: Asked) -> Answer | None:
        if asked.host == _IMAGES:
            return picture()
        if asked.host == _SITEMAPS:
            return self._sitemap(asked.path)
        if asked.host != "www.jarida.example":
            return None
        if asked.path == "/robots.txt":
            return self.robots(f"https://{_SITEMAPS}/jarida/index.xml")
        if asked.path == "/":
            return self.listing(self._named[:3])
        return super().page_for(asked)

    def article(self, asked: Asked, story: Story) -> Answer:
        image = f"https://{_IMAGES}/jarida/{story.number}.jpg"
        html = article_html(
            story, site=self.title, url=asked.url, canonical=asked.url, image=image
        )
        return Answer(html.encode())

    def _sitemap(self, path: str) -> Answer | None:
        base, half = f"https://{_SITEMAPS}/jarida", len(self._named) // 2
        if path == "/jarida/index.xml":
            return self.sitemap_index((f"{base}/1.xml", f"{base}/2.xml"))
        if path == "/jarida/1.xml":
            return self.sitemap(self._named[:half])
        if path == "/jarida/2.xml":
            stranger = (STRANGER, self._named[0][1])
            return self.sitemap([*self._named[half:], stranger])
        return None

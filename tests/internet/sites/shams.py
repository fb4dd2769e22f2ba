"""A newspaper on https and www, reached by every common style of redirect.

http leads to https (301), the bare host to `www` (308), each in a step of its own. On `www` the
paths are normalized: a slash is added or removed, `index.html`, `;jsessionid=`, `?utm_source`
and `/amp` are dropped, by 301, 302, 303, 307, 308 and a meta refresh. Locations are written as
a full address, as `//host/path`, as a path, and relative to the page. robots.txt, the feed and
the sitemap redirect too. Of 27 articles the home page, the feed and the sitemap name 9 each.
"""

from __future__ import annotations

from typing import ClassVar

from tests.internet.news_site import Named, NewsSite
from tests.internet.site import Answer, Asked, meta_refresh, redirect
from tests.internet.stories import stories

_WWW = "www.shams.example"
_STYLES = (
    # final path, path as named, status (0: meta refresh), form of the Location
    ("/news/{}/", "/news/{}", 301, "full"),
    ("/story/{}", "/story/{}/", 302, "path"),
    ("/report/{}/", "/report/{}/index.html", 307, "relative"),
    ("/view/{}.html", "/view/{}.html;jsessionid=0A1B2C3D4E5F60718293A4B5C6D7E8F9", 302, "path"),
    ("/local/{}/", "/local/{}/?utm_source=rss&utm_medium=feed", 301, "full"),
    ("/world/{}", "/world/{}/amp", 308, "host"),
    ("/opinion/{}", "/opinion/{}?amp=1", 303, "full"),
    ("/culture/{}.html", "/culture/go/{}", 0, "full"),
    ("/sport/{}", "/sport/{}", 0, ""),
)


class Shams(NewsSite):
    """The site: 27 articles in 9 styles, the last of which redirects nothing on www."""

    hosts: ClassVar[tuple[str, ...]] = ("shams.example", _WWW)
    base: ClassVar[str] = f"https://{_WWW}"
    title: ClassVar[str] = "شمس"

    def __init__(self) -> None:
        super().__init__()
        self._redirects: dict[str, Answer] = {
            "/rss": redirect("/rss/", 301),
            "/sitemap.xml": redirect("/sitemap.xml/", 302),
            "/index.html": redirect("/", 301),
        }
        self.named: list[Named] = []
        """The targets as sources write them, on `shams.example`."""
        for story in stories(27, salt=30):
            final, named, status, form = _STYLES[story.number % len(_STYLES)]
            name = f"2026/05/shams-{story.number + 500}"
            path, target = final.format(name), named.format(name)
            self.put(path, story)
            self.named.append((target, story))
            if target != path:
                self._redirects[target] = self._leading_to(path, status, form)

    def _leading_to(self, path: str, status: int, form: str) -> Answer:
        location = {
            "full": f"{self.base}{path}",
            "host": f"//{_WWW}{path}",
            "path": path,
            "relative": "./",
        }[form]
        return redirect(location, status) if status else meta_refresh(location)

    def redirected(self, asked: Asked) -> Answer | None:
        if asked.scheme == "http":
            return redirect(f"https://{asked.host}{asked.target}", 301)
        if asked.host != _WWW:
            return redirect(f"{self.base}{asked.target}", 308)
        return self._redirects.get(asked.target)

    def page_for(self, asked: Asked) -> Answer | None:
        if asked.path == "/robots.txt":
            return self.robots("http://shams.example/sitemap.xml")
        if asked.path == "/":
            return self.listing(self._third(0, ""), feed="http://shams.example/rss")
        if asked.path == "/rss/":
            return self.feed(self._third(1, "http://shams.example"))
        if asked.path == "/sitemap.xml/":
            return self.sitemap(self._third(2, "https://shams.example"))
        return super().page_for(asked)

    def _third(self, which: int, base: str) -> list[Named]:
        return [(f"{base}{t}", s) for t, s in self.named if s.number // 9 == which]

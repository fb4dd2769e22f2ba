"""A site behind a CDN: per-country redirects of the home page, and a cookie wall.

`/` leads to `/ar/` or `/en/` by a cookie or else Accept-Language (302, `Vary`). Pages under
`/ar/plus/` stand behind a cookie wall of the first kind: the first answer sets a cookie and
redirects to the same address. Pages under `/ar/club/` stand behind the second: it redirects to
`/consent?to=…`, which sets the cookie and redirects back.

A crawler that keeps no cookies sees the 12 open articles and never one behind a wall. The
honest end of a walled address is a row that says it redirects in a circle, after one request.
"""

from __future__ import annotations

from typing import ClassVar
from urllib.parse import quote

from tests.internet.news_site import Named, NewsSite
from tests.internet.site import Answer, Asked, picture, redirect
from tests.internet.stories import stories

_COOKIE = ("Set-Cookie", "consent=1; Path=/; Max-Age=31536000; Secure; SameSite=Lax")


class BehindCdn(NewsSite):
    """The site; `stories` has the open articles, `walled` the addresses of the others."""

    hosts: ClassVar[tuple[str, ...]] = ("www.bahr.example", "cdn.bahr.example")
    base: ClassVar[str] = "https://www.bahr.example"
    title: ClassVar[str] = "بحر"

    def __init__(self) -> None:
        super().__init__()
        self._open: list[Named] = []
        for story in stories(12, salt=110):
            self._open.append((self.put(f"/ar/news/bahr-{story.number + 300}", story), story))
        self._walled: list[Named] = []
        for story in stories(4, salt=130):
            wall = "plus" if story.number % 2 else "club"
            path = f"/ar/{wall}/bahr-{story.number + 700}"
            self._by_path[path] = story
            self._walled.append((f"{self.base}{path}", story))
        self.walled = {url for url, _ in self._walled}

    def redirected(self, asked: Asked) -> Answer | None:
        if asked.scheme == "http":
            return redirect(f"https://{asked.host}{asked.target}", 301)
        if asked.host == "cdn.bahr.example":
            return picture()
        if asked.path == "/":
            where = redirect(f"/{_country(asked)}/", 302)
            return where.with_headers(("Vary", "Accept-Language, Cookie"), ("X-Cache", "MISS"))
        if asked.path == "/consent":
            back = asked.query.get("to", ["/"])[0]
            return redirect(back, 302).with_headers(_COOKIE)
        return None if "consent" in asked.cookies else _wall(asked)

    def page_for(self, asked: Asked) -> Answer | None:
        if asked.path == "/robots.txt":
            return self.robots()
        if asked.path == "/ar/":
            return self.listing([*self._open, *self._walled])
        if asked.path == "/en/":
            return self.listing([])
        return super().page_for(asked)


def _wall(asked: Asked) -> Answer | None:
    if asked.path.startswith("/ar/plus/"):
        return redirect(asked.target, 302).with_headers(_COOKIE)
    if asked.path.startswith("/ar/club/"):
        return redirect(f"/consent?to={quote(asked.target, safe='')}", 302)
    return None


def _country(asked: Asked) -> str:
    chosen = asked.cookies.get("country") or asked.headers.get("accept-language", "ar")[:2]
    return "en" if chosen == "en" else "ar"

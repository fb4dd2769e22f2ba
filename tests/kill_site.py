"""A news site for the kill sweep: each kind of source alone names some of its articles."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from tests.odd_server import Answer, OddServer, article

SOURCES = ("feed", "sitemap", "section", "home")
LEADS = {"feed": "fleet", "sitemap": "market", "section": "council", "home": "island"}
"""The word with which the addresses of each source's articles begin."""
SECTIONS = ("harbour", "council")
WORDS = (
    *("anchor", "beacon", "cannery", "dredger", "estuary", "foghorn", "gangway", "hawser"),
    *("islet", "jetty", "keel", "lantern", "mooring", "net", "outboard", "pilot"),
)


def paths_of(source: str, count: int, edition: int, *, is_plain: bool) -> list[str]:
    """Return the paths of the articles that *source* alone names in *edition*.

    One that *is_plain* says nothing of being an article's: `/fleet/keel112`.
    """
    names = [(WORDS[number % len(WORDS)], f"{edition}{number:02}") for number in range(count)]
    lead = LEADS[source]
    if is_plain:
        return [f"/{lead}/{word}{number}" for word, number in names]
    return [f"/2026/05/{lead}-{word}-story-of-day-{number}" for word, number in names]


class KillSite:
    """The site; `publish` adds an edition, so that every source has something new."""

    def __init__(
        self,
        server: OddServer,
        kinds: Iterable[str] = SOURCES,
        each: int = 15,
        *,
        is_plain: bool = False,
    ) -> None:
        self._server, self._kinds, self._each = server, tuple(kinds), each
        self._is_plain = is_plain
        self.articles: dict[str, list[str]] = {source: [] for source in SOURCES}
        self.pages: list[str] = []
        """The further pages of articles on several pages."""

    @property
    def urls(self) -> set[str]:
        """The addresses of all articles."""
        paths = [path for named in self.articles.values() for path in named]
        return {f"{self._server.url}{path}" for path in paths}

    def publish(self, edition: int, each: int | None = None) -> None:
        """Add articles to every source."""
        for source in self._kinds:
            new = paths_of(source, each or self._each, edition, is_plain=self._is_plain)
            # The newest first, as sites list them.
            self.articles[source] = new + self.articles[source]
            for path in new:
                self._server.answers[path] = _with_validators(article(_title(path)))
            self._split(new[0])
        self._show()

    def _split(self, path: str) -> None:
        """Have the article at *path* stand on three pages."""
        pages = [path, f"{path}?page=2", f"{path}?page=3"]
        links = "".join(f"<a href='{page}'>{n}</a> " for n, page in enumerate(pages, 1))
        for number, page in enumerate(pages, 1):
            rel = f"<link rel='next' href='{pages[number]}'>" if number < 3 else ""
            whole = article(_title(path), rel).body.decode()
            part = whole.replace("<p>", f"<p>On page {number}, ").replace(
                "</article>", f"</article><div class='pagination'>{links}</div>"
            )
            self._server.answers[page] = _with_validators(Answer(part.encode()))
            if number > 1:
                self.pages.append(page)

    def _show(self) -> None:
        url, answers = self._server.url, self._server.answers
        self._show_feed(url)
        parts = [f"/sitemap-{number}.xml" for number in (1, 2)]
        named = self.articles["sitemap"]
        for number, part in enumerate(parts):
            answers[part] = _xml(
                "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
                + "".join(f"<url><loc>{url}{path}</loc></url>" for path in named[number::2])
                + "</urlset>"
            )
        answers["/sitemap.xml"] = _xml(
            "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
            + "".join(f"<sitemap><loc>{url}{part}</loc></sitemap>" for part in parts)
            + "</sitemapindex>"
        )
        robots = "User-agent: *\nAllow: /\n"
        if "sitemap" in self._kinds:
            robots += f"Sitemap: {url}/sitemap.xml\n"
        answers["/robots.txt"] = Answer(robots.encode(), 200, (("Content-Type", "text/plain"),))
        answers["/"] = self._listing("", self.articles["home"])
        for number, name in enumerate(SECTIONS):
            self._show_section(name, self.articles["section"][number :: len(SECTIONS)])

    def _show_feed(self, url: str) -> None:
        items = "".join(
            f"<item><title>{_title(path)}</title><link>{url}{path}</link></item>"
            for path in self.articles["feed"]
        )
        rss = f"<rss version='2.0'><channel><title>Bay</title>{items}</channel></rss>"
        self._server.answers["/feed.xml"] = _xml(rss)

    def _show_section(self, name: str, paths: list[str]) -> None:
        """Show the section on two pages."""
        half = (len(paths) + 1) // 2
        answers = self._server.answers
        answers[f"/{name}/"] = self._listing(name, paths[:half], f"/{name}/page/2/")
        answers[f"/{name}/page/2/"] = self._listing(name, paths[half:])

    def _listing(self, name: str, paths: list[str], following: str = "") -> Answer:
        shown = SECTIONS if "section" in self._kinds else ()
        sections = "".join(f"<li><a href='/{s}/'>{s.title()}</a></li>" for s in shown)
        cards = "".join(
            f"<li><h2><a href='{path}'>{_title(path)}</a></h2></li>" for path in paths
        )
        feed = "<link rel='alternate' type='application/rss+xml' href='/feed.xml'>"
        head = feed if "feed" in self._kinds and not name else ""
        onward = f"<a rel='next' href='{following}'>Next page</a>" if following else ""
        return _with_validators(
            Answer(
                f"<html><head><title>Bay {name}</title>{head}</head><body><nav><ul>{sections}"
                f"</ul></nav><main><ul>{cards}</ul>{onward}</main></body></html>".encode()
            )
        )


def _title(path: str) -> str:
    """Return a headline that no two articles share."""
    words = " ".join(path.strip("/").replace("2026/05/", "").replace("-", "/").split("/"))
    return f"{words} and the long winter on the bay".capitalize()


def _xml(body: str) -> Answer:
    return _with_validators(Answer(body.encode(), 200, (("Content-Type", "application/xml"),)))


def _with_validators(answer: Answer) -> Answer:
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
    return Answer(answer.body, answer.status, (*answer.headers, ("ETag", tag)))

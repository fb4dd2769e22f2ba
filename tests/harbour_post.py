"""A small news site for tests of the crawl: sections of posts in pages; no feed, no sitemap."""

# ruff: noqa: E501 (markup)

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.crawling import serving

SECTIONS = {"harbour": 23, "council": 12, "sport": 7}
"""Each section and how many posts it has."""
PAGE_SIZE = 10

_SUBJECTS = (
    "Ferry",
    "Mayor",
    "Library",
    "Rowing club",
    "Fish market",
    "Old pier",
    "School choir",
)
_EVENTS = (
    "returns to service after a long winter of repairs",
    "asks residents to name the new bridge over the canal",
    "opens its doors on Sundays for the first time since spring",
    "counts a record number of visitors during the festival week",
    "looks for volunteers to clear the beach before the regatta",
)
_SENTENCES = (
    "The work took eleven weeks and cost less than the council had set aside for it in March.",
    "People who live near the water said they had heard of the plan only a few days before.",
    "A second vote is expected next month, when the committee meets in the town hall again.",
    "Nobody was hurt, and the road along the quay was open again before the evening tide.",
    "The harbour master keeps a list of those who wish to help, and it grows by the day.",
    "Children from two schools painted the boards, and the colours will stay until autumn.",
)


class Post:
    """One article of the site."""

    def __init__(self, section: str, number: int) -> None:
        self.section = section
        self.number = number
        subject = _SUBJECTS[(number + len(section)) % len(_SUBJECTS)]
        event = _EVENTS[number % len(_EVENTS)]
        self.headline = f"{subject} {event}, part {number} of {section} notes"
        self.day = f"2026-{1 + number % 9:02}-{1 + number % 27:02}"
        slug = self.headline.lower().replace(",", "").replace(" ", "-")
        self.path = f"/{self.day[:4]}/{self.day[5:7]}/{slug}/"
        start = (number + len(section)) % len(_SENTENCES)
        chosen = [*_SENTENCES[start:], *_SENTENCES[:start]]
        self.paragraphs = [
            f"{self.headline}. {chosen[0]} {chosen[1]}",
            f"{chosen[2]} {chosen[3]} That was on day {number} in {section}.",
            f"{chosen[4]} {chosen[5]}",
        ]

    @property
    def html(self) -> str:
        text = "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs)
        body = (
            f'<article class="post"><h1 class="entry-title">{self.headline}</h1>'
            f'<span class="byline"><a rel="author" href="/author/desk/">Harbour Desk</a></span> '
            f'<time class="entry-date" datetime="{self.day}T09:30:00+00:00">{self.day}</time>'
            f'<div class="entry-content">{text}</div>'
            f'<a rel="tag" href="/tag/{self.section}/">{self.section}</a></article>'
        )
        return _page(self.headline, body)


POSTS = {
    post.path: post
    for name, n in SECTIONS.items()
    for post in (Post(name, i) for i in range(n))
}


def _page(title: str, body: str) -> str:
    menu = "".join(f'<li><a href="/category/{n}/">{n.title()}</a></li>' for n in SECTIONS)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body><div id="site-navigation" class="main-menu"><ul><li><a href="/">Home</a></li>{menu}'
        f'<li><a href="/about/">About</a></li><li><a href="/wp-login.php">Log in</a></li></ul></div>'
        f'<div id="content">{body}</div><div class="site-footer"><a href="/privacy-policy/">Privacy'
        f'</a> <a href="/?s=ferry">Search</a> <a href="https://elsewhere.example/">Partner</a>'
        f'<a href="javascript:void(0)">Top</a> <a href="http://[::1">Broken</a></div></body></html>'
    )


def _teaser(post: Post) -> str:
    return (
        f'<div class="teaser"><h2><a href="{post.path}">{post.headline}</a></h2>'
        f'<a href="{post.path}#comments">2 comments</a><p>{post.paragraphs[0][:90]} …</p></div>'
    )


def _listing(name: str, page: int) -> str | None:
    posts = [post for post in POSTS.values() if post.section == name]
    shown = posts[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    if not shown:
        return None
    last = -(-len(posts) // PAGE_SIZE)
    numbers = "".join(
        f'<a href="/category/{name}/page/{n}/">{n}</a> ' for n in range(2, last + 1)
    )
    older = f'<a class="next" href="/category/{name}/page/{page + 1}/">Older posts</a>'
    pager = f'<div class="nav-links">{numbers}{older if page < last else ""}</div>'
    return _page(name.title(), "".join(map(_teaser, shown)) + pager)


def _home() -> str:
    newest = [post for post in POSTS.values() if post.number < 3]
    extra = '<a href="/2026/01/a-post-that-was-taken-down-again/">A post that was taken down again</a>'
    moved = '<a href="/2026/02/an-address-that-was-changed-later/">The ferry has a new address now</a>'
    draft = (
        '<a href="/drafts/2026/03/not-yet-ready-for-readers/">Not yet ready for our readers</a>'
    )
    return _page("The Harbour Post", "".join(map(_teaser, newest)) + extra + moved + draft)


class HarbourPost(ThreadingHTTPServer):
    """The site as a server; it counts what it was asked for."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HarbourPost

    def do_GET(self) -> None:
        self.server.requests[self.path] += 1
        status, body, extra = self._answer(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if "robots" in self.path else "text/html")
        self.send_header("Content-Length", str(len(body)))
        for name, value in extra.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        if path == "/robots.txt":
            return 200, b"User-agent: *\nDisallow: /drafts/\n", {}
        if path == "/2026/02/an-address-that-was-changed-later/":
            return 301, b"", {"Location": next(iter(POSTS))}
        if path == "/picture.png":
            return 200, b"\x89PNG\r\n\x1a\n" + bytes(100), {}
        html = POSTS[path].html if path in POSTS else _home() if path == "/" else None
        parts = path.strip("/").split("/")
        if parts[0] == "category" and len(parts) in {2, 4}:
            html = _listing(parts[1], int(parts[3]) if len(parts) == 4 else 1)
        return (
            (200, html.encode(), {})
            if html
            else (404, _page("Not found", "<h1>Gone</h1>").encode(), {})
        )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def harbour_post() -> Iterator[HarbourPost]:
    """Serve the site while the block runs."""
    server = HarbourPost()
    with serving(server):
        yield server

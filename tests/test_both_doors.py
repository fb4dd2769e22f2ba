"""Saved pages and hostile answers through both doors: a crawl and an import agree on each."""

from __future__ import annotations

import tomllib
from pathlib import Path

import attrs
import pytest

from newscrawl import Archive
from tests.crawling import crawl, rows
from tests.hostile_answers import cases
from tests.importing import Saying, imported, write_warc
from tests.odd_server import Answer, article, odd_server

FOLDERS = ("non_articles", "short_articles")
SENT_ELSEWHERE = frozenset({"redirect", "redirect_loop", "forbidden_address", "bad_url"})
"""Outcomes of a request that depend on other answers than this one."""


def saved_answers() -> dict[str, Answer]:
    """Return the saved pages of the tests as their servers sent them, by path."""
    found = {}
    for folder in FOLDERS:
        place = Path(__file__).parent / folder
        for page in tomllib.loads((place / "truth.toml").read_text("utf-8"))["page"]:
            kind = page.get("content_type", "text/html; charset=utf-8")
            body = (place / page["file"]).read_bytes()
            answer = Answer(body, page.get("status", 200), (("Content-Type", kind),))
            found[f"/news/{folder}/{page['file'].removesuffix('.html')}"] = answer
    return found


def hostile_answers() -> dict[str, Answer]:
    """Return the hostile answers that are whole messages, by path."""
    found = {}
    for case in cases():
        made = case.make("http://127.0.0.1:9", "http://127.0.0.1:9")
        if isinstance(made, Answer) and case.outcome not in SENT_ELSEWHERE and not case.then:
            found[f"/news/hostile/{case.name}"] = made
    return found


def opted_out_answers() -> dict[str, Answer]:
    """Return articles whose publishers opt out, and one who opts out of what is not obeyed."""
    header, metas = ("X-Robots-Tag", "noarchive"), ("noarchive", "noai")
    found = {
        f"/news/opted/{name}": article(
            f"The ferry of {name} sails", f'<meta name="robots" content="{name}">'
        )
        for name in metas
    }
    by_header = article("The ferry of the header sails")
    found["/news/opted/header"] = attrs.evolve(by_header, headers=(*by_header.headers, header))
    return found


def refreshing_answers() -> dict[str, Answer]:
    """Return pages whose `Refresh` header leads elsewhere, one of them with a text."""
    short = Answer(b"<html><body><p>moved</body></html>")
    pages = {"short": short, "article": article("The ferry stays"), "late": short}
    return {
        f"/news/refresh/{name}": page.with_header(
            "Refresh", f"{60 if name == 'late' else 0}; url=/news/nowhere"
        )
        for name, page in pages.items()
    }


ANSWERS = saved_answers() | hostile_answers() | opted_out_answers() | refreshing_answers()
Judged = dict[str, tuple[str, str | None, str | None]]


def judged(archive: Path, server: str) -> Judged:
    """Return outcome, headline and text of each path in an archive."""
    found = rows(
        archive,
        """SELECT o.url, o.outcome, v.headline, v.article_body FROM observation AS o
        LEFT JOIN version AS v ON v.url = o.url AND o.outcome = 'stored' ORDER BY o.id""",
    )
    return {
        row["url"].removeprefix(server): (row["outcome"], row["headline"], row["article_body"])
        for row in found
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Judged, Judged]:
    """What a crawl and an import make of the answers."""
    folder = tmp_path_factory.mktemp("doors")
    with odd_server() as server:
        server.answers.update(ANSWERS)
        urls = folder / "urls.txt"
        urls.write_text("\n".join(f"{server.url}{path}" for path in ANSWERS), "utf-8")
        crawl(folder / "crawled.db", "articles", "-a", f"urls={urls}", "-s", "RETRY_ENABLED=0")
        url = server.url
    sayings = [
        Saying(
            path=path,
            body=answer.body,
            status=f"{answer.status} Status",
            headers=answer.headers,
            host=url,
        )
        for path, answer in ANSWERS.items()
    ]
    with Archive(folder / "imported.db") as archive:
        assert imported(archive, write_warc(folder / "a.warc.gz", sayings)).damages == []
    return judged(folder / "crawled.db", url), judged(folder / "imported.db", url)


@pytest.mark.parametrize("path", ANSWERS)
def test_a_crawl_and_an_import_agree(both: tuple[Judged, Judged], path: str) -> None:
    crawled, found = both
    if found.get(path, ("",))[0] == "source":  # a crawl knows the pages that it reads for links
        assert crawled[path] == ("not_article", None, None)
    elif crawled[path][0] == "not_html":  # an import leaves no row of pictures and the like
        assert found.get(path, crawled[path]) == crawled[path]
    else:
        assert found.get(path) == crawled[path]

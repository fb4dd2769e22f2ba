"""Every door gives the same article: crawl, import, saved file, address, Scrapy's tools."""

from __future__ import annotations

import http.client
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from newscrawl import Archive, Article
from tests.command_line import run
from tests.crawling import crawl, scrapy
from tests.importing import Saying, imported, write_warc

LOOPBACK = {"NEWSCRAWL_PRIVATE_HOSTS": "127.0.0.1"}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, news_site: str) -> Path:
    """The archive of a crawl of the sample newsroom, its evidence beside it."""
    database = tmp_path_factory.mktemp("crawled") / "archive.db"
    done = crawl(database, "site", "-a", f"url={news_site}/")
    assert done.returncode == 0, done.stderr
    return database


def articles(database: Path) -> dict[str, Article]:
    with Archive.open_read_only(database) as archive:
        urls = [row[0] for row in archive.db.execute("SELECT url FROM article ORDER BY url")]
        found = {url: archive.get(url) for url in urls}
    return {url: article for url, article in found.items() if article is not None}


def page_at(url: str) -> tuple[bytes, str]:
    """Fetch *url* by the standard library alone."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    connection.request("GET", f"{parts.path}{'?' if parts.query else ''}{parts.query}")
    answer = connection.getresponse()
    body, kind = answer.read(), answer.headers["Content-Type"]
    connection.close()
    return body, kind


def test_its_own_evidence_gives_what_the_crawl_gave(crawled: Path, tmp_path: Path) -> None:
    live = articles(crawled)
    with Archive(tmp_path / "archive.db") as archive:
        tally = imported(archive, *sorted((crawled.parent / "warc").rglob("*.warc.gz")))
    assert (tally.damages, tally.articles) == ([], len(live))
    assert articles(tmp_path / "archive.db") == live
    assert {one.link_lists for one in live.values()} != {()}


def test_a_file_of_wget_gives_what_the_crawl_gave(crawled: Path, tmp_path: Path) -> None:
    live = articles(crawled)
    sayings = []
    for url in live:
        body, kind = page_at(url)
        sayings.append(Saying(path=url, body=body, headers=(("Content-Type", kind),), host=""))
    file = write_warc(tmp_path / "wget.warc.gz", sayings)
    with Archive(tmp_path / "archive.db") as archive:
        assert imported(archive, file).articles == len(live)
    assert articles(tmp_path / "archive.db") == live


@pytest.fixture(scope="module")
def story(crawled: Path) -> tuple[str, dict[str, Any]]:
    """The address of an article whose text typing habits have marked, and what is stored."""
    url = next(url for url in articles(crawled) if "/economy/" in url)
    return url, json.loads(run("show", url, "--json", "-d", crawled).stdout)


def as_stored(shown: str, stored: dict[str, Any]) -> bool:
    """Whether a JSON of `extract` says what the archive's does, field by field."""
    fields = json.loads(shown)
    same: bool = {name: stored[name] for name in fields} == fields
    return same


def test_a_saved_page_is_read_as_it_is_stored(
    story: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    url, stored = story
    page = tmp_path / "page.html"
    page.write_bytes(page_at(url)[0])
    assert as_stored(run("extract", page, "--url", url, "--json").stdout, stored)


def test_an_address_is_read_as_it_is_stored(story: tuple[str, dict[str, Any]]) -> None:
    url, stored = story
    done = run("extract", url, "--json", environment=LOOPBACK)
    assert as_stored(done.stdout, stored)


def test_a_record_is_read_as_it_is_stored(
    story: tuple[str, dict[str, Any]], crawled: Path
) -> None:
    url, stored = story
    (file,) = (crawled.parent / "warc").rglob("*.warc.gz")
    lines = run("extract", file, "--all", "--json").stdout.splitlines()
    (line,) = (line for line in lines if json.loads(line)["url"] == url)
    assert as_stored(line, stored)


MARKED = """<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"></head><body><article>
<h1>الميـــناء يفتح\u200f أبوابه</h1>
<p>فتح الميناء أبوابه أمام السفن صباح اليوم بعد ترميم دام عامين، وعبره المئات.</p>
<p>وقالت المهندسة\u200e المشرفة إن حجارة الرصيف رُقّمت واحدة واحدة قبل أن تعاد إلى مواضعها.</p>
</article></body></html>"""


def test_shell_and_extract_even_out_what_typing_breaks(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(MARKED, "utf-8")
    fields = json.loads(run("extract", page, "--json").stdout)
    assert fields["headline"] == "الميناء يفتح أبوابه"
    code = "article.headline + ' | ' + article.article_body"
    done = scrapy("shell", str(page), "-c", code, "--nolog")
    expected = f"{fields['headline']} | {fields['article_body']}"
    assert done.stdout.strip() == expected, done.stderr


def test_parse_shows_what_is_stored(story: tuple[str, dict[str, Any]]) -> None:
    url, stored = story
    done = scrapy(
        *("parse", url, "--spider", "articles", "--nolog", "--nocolour"),
        *("-s", "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1"),
    )
    assert done.returncode == 0, done.stderr
    # Long texts are printed as literals one below the other.
    assert repr(stored["article_body"]) in re.sub(r"'\n *'", "", done.stdout)

"""An article on several pages is stored as one, or says which of its pages are missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Archive, Article
from tests.crawling import crawl, outcomes, rows
from tests.importing import imported
from tests.odd_server import Answer, OddServer, odd_server

HEADLINE = "The long way round the bay"
SENTENCES = {
    1: "The ferry left the harbour at six in the morning with forty people on board.",
    2: "By noon it had passed the lighthouse, and the wind had turned to the north.",
    3: "Towards evening the captain decided to wait for the tide behind the island.",
    4: "They came home on the second day, tired and wet, and nobody had complained.",
}


PAGED = {
    "/numbered/": (1, 2, 3, 4),
    "/gap/": (1, 2, 4),
    "/later/": (1, 2),
}


@pytest.fixture(scope="module")
def newspaper() -> Iterator[OddServer]:
    """A newspaper whose stories are on more than one page."""
    with odd_server() as server:
        for base, numbers in PAGED.items():
            for number in numbers:
                server.answers[address(base, number)] = page(number, numbered(base, *numbers))
        for number in (1, 2, 3):
            server.answers[f"/head?page={number}"] = page(number, "", neighbours(number))
        server.answers["/head"] = page(1, "", neighbours(1))
        server.answers["/same"] = page(1, '<a href="/same?page=2">2</a>')
        server.answers["/same?page=2"] = server.answers["/same"]
        yield server


@pytest.fixture(scope="module")
def archive(newspaper: OddServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of one crawl of those stories; of one of them a later page was asked for."""
    path = tmp_path_factory.mktemp("pages") / "archive.db"
    paths = ("/numbered/", "/gap/", "/later/2/", "/head", "/same")
    return crawled(newspaper, path, *paths)


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A server without any page yet."""
    with odd_server() as server:
        yield server


def address(base: str, number: int) -> str:
    return base if number == 1 else f"{base}{number}/"


def neighbours(number: int) -> str:
    """Return what the head of a page says of the pages before and after it."""
    head = "" if number == 3 else f'<link rel="next" href="/head?page={number + 1}">'
    before = {2: "/head", 3: "/head?page=2"}.get(number)
    return f'{head}<link rel="prev" href="{before}">' if before else head


def page(number: int, links: str, head: str = "", headline: str = HEADLINE) -> Answer:
    """Return one page of the story, with *links* to the others below its text."""
    text = "".join(
        f"<p>{SENTENCES[number]} This is paragraph {part} of the page, and it says so.</p>"
        for part in ("one", "two", "three")
    )
    figure = f"<figure><img src='/{number}.jpg'><figcaption>View {number}</figcaption></figure>"
    related = "".join(
        f"<li><a href='/other/{n}'>Another story of the sea, number {n}</a></li>"
        for n in range(4)
    )
    return Answer(
        f"""<html lang="en"><head><title>{headline}</title>{head}
        <meta property="og:type" content="article"></head><body><article>
        <h1>{headline}</h1><time datetime="2026-05-17T10:00:00Z"></time>{figure}{text}
        <div class="paging">{links}</div></article>
        <aside><h3>Related stories</h3><ul>{related}</ul></aside></body></html>""".encode()
    )


def numbered(base: str, *numbers: int) -> str:
    """Return links to pages of the story at *base*, which is the first page."""
    return " ".join(f'<a href="{address(base, number)}">{number}</a>' for number in numbers)


def crawled(server: OddServer, archive: Path, *paths: str, settings: str = "") -> Path:
    urls = ",".join(f"{server.url}{path}" for path in paths)
    extra = ("-s", settings) if settings else ()
    done = crawl(archive, "articles", "-a", f"urls={urls}", *extra)
    assert done.returncode == 0, done.stderr
    return archive


def kept(archive: Path, url: str) -> Article:
    with Archive(archive) as opened:
        article = opened.get(url)
    assert article is not None
    return article


def reason_of(archive: Path, url: str) -> str | None:
    query = "SELECT reason FROM observation WHERE url = ? ORDER BY id DESC LIMIT 1"
    reason: str | None = rows(archive, query, url)[0]["reason"]
    return reason


def sentences_of(article: Article) -> list[int]:
    """Return which pages' sentences the body holds, in order, a number for each paragraph."""
    return [
        number
        for line in article.article_body.splitlines()
        for number, sentence in SENTENCES.items()
        if sentence in line
    ]


def test_numbered_pages_are_joined_in_order(newspaper: OddServer, archive: Path) -> None:
    story = f"{newspaper.url}/numbered/"
    article = kept(archive, story)
    assert sentences_of(article) == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    images = [f"{newspaper.url}/{number}.jpg" for number in SENTENCES]
    assert [image.url for image in article.images] == images
    assert [one.heading for one in article.link_lists] == ["Related stories"]
    assert article.pages == tuple(
        newspaper.url + address("/numbered/", number) for number in SENTENCES
    )
    assert article.missing_pages == ()
    assert article.provenance["pages"] == "paging"
    assert HEADLINE not in article.article_body
    assert reason_of(archive, story) is None


def test_every_page_has_its_own_observation(newspaper: OddServer, archive: Path) -> None:
    found = outcomes(archive)
    assert found[f"{newspaper.url}/numbered/"] == "stored"
    later = [newspaper.url + address("/numbered/", number) for number in (2, 3, 4)]
    assert [found[url] for url in later] == ["continuation"] * 3
    assert reason_of(archive, later[0]) == f"page 2 of {newspaper.url}/numbered/"
    query = "SELECT size, digest FROM observation WHERE outcome = 'continuation'"
    assert all(row["size"] and row["digest"] for row in rows(archive, query))


def test_pages_that_only_the_head_names_are_joined(newspaper: OddServer, archive: Path) -> None:
    article = kept(archive, f"{newspaper.url}/head")
    assert sentences_of(article) == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert article.missing_pages == ()


def test_missing_middle_page_is_reported(newspaper: OddServer, archive: Path) -> None:
    story, missing = f"{newspaper.url}/gap/", f"{newspaper.url}/gap/3/"
    article = kept(archive, story)
    assert sentences_of(article) == [1, 1, 1, 2, 2, 2, 4, 4, 4]
    assert article.missing_pages == (missing,)
    reason = reason_of(archive, story)
    assert reason is not None
    assert reason.startswith(f"incomplete: 1 of 4 pages missing: {missing}")
    query = "SELECT missing_pages FROM article WHERE url = ?"
    assert rows(archive, query, story) == [{"missing_pages": json.dumps([missing])}]


def test_crawl_that_begins_with_a_later_page_keeps_the_whole_article(
    newspaper: OddServer, archive: Path
) -> None:
    article = kept(archive, f"{newspaper.url}/later/")
    assert sentences_of(article) == [1, 1, 1, 2, 2, 2]
    query = "SELECT count(*) AS articles FROM article WHERE url LIKE '%/later/%'"
    assert rows(archive, query) == [{"articles": 1}]


def test_site_that_knows_no_pages_does_not_double_its_text(
    newspaper: OddServer, archive: Path
) -> None:
    article = kept(archive, f"{newspaper.url}/same")
    assert sentences_of(article) == [1, 1, 1]
    assert (article.pages, article.missing_pages) == ((), ())
    assert outcomes(archive)[f"{newspaper.url}/same?page=2"] == "not_article"


def test_limit_of_pages_leaves_the_rest_named(newspaper: OddServer, tmp_path: Path) -> None:
    story = f"{newspaper.url}/numbered/"
    limit = "NEWSCRAWL_ARTICLE_PAGES=2"
    archive = crawled(newspaper, tmp_path / "a.db", "/numbered/", settings=limit)
    article = kept(archive, story)
    assert sentences_of(article) == [1, 1, 1, 2, 2, 2]
    assert article.missing_pages == (f"{story}3/", f"{story}4/")
    why = "incomplete: 2 of 4 pages missing: the limit of pages was reached"
    assert reason_of(archive, story) == why


def test_incomplete_article_is_requested_again_without_condition(
    server: OddServer, tmp_path: Path
) -> None:
    first = page(1, numbered("/story/", 1, 2))
    validators = (*first.headers, ("ETag", '"one"'))
    server.answers["/story/"] = Answer(first.body, headers=validators)
    archive = crawled(server, tmp_path / "a.db", "/story/")
    assert kept(archive, f"{server.url}/story/").missing_pages == (f"{server.url}/story/2/",)
    server.answers["/story/2/"] = page(2, numbered("/story/", 1, 2))
    article = kept(crawled(server, archive, "/story/"), f"{server.url}/story/")
    assert sentences_of(article) == [1, 1, 1, 2, 2, 2]
    assert not any("If-None-Match" in asked.headers for asked in server.asked)


def test_their_evidence_gives_the_same_articles(archive: Path, tmp_path: Path) -> None:
    files = sorted((archive.parent / "warc").rglob("*.warc.gz"))
    with Archive(tmp_path / "again.db") as again:
        assert imported(again, *files).damages == []
    urls = [row["url"] for row in rows(archive, "SELECT url FROM article ORDER BY url")]
    assert len(urls) == 5
    for url in urls:
        assert kept(tmp_path / "again.db", url) == kept(archive, url)
    query = "SELECT DISTINCT url FROM observation WHERE outcome = 'continuation' ORDER BY url"
    assert rows(tmp_path / "again.db", query) == rows(archive, query)

"""Articles extracted beside the crawl are the same, and no page costs another."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from scrapy.http import HtmlResponse

from newscrawl import Archive, Article
from newscrawl.archive.search.index import index_text
from newscrawl.crawl.download.response import page_from
from newscrawl.crawl.extraction_pool import NICENESS, ExtractionPool, read_page
from newscrawl.crawl.run.prepared import (
    expect,
    normalized,
    prepared_for,
    unpack,
    use,
    values_of,
)
from newscrawl.evidence import evidence_problems
from newscrawl.ingest.opt_outs import opt_outs_of
from newscrawl.ingest.usage_statements import page_statements, stating_tags
from newscrawl.page import Page
from newscrawl.sample_site.markup import story_page
from newscrawl.sample_site.newspaper import Newspaper
from newscrawl.text.normalize_article import normalize_article
from newscrawl.warc.new_records import Exchange, metadata_record
from tests.crawling import ROOT, outcomes, rows
from tests.odd_server import OddServer, ferry_times

PAGES = 45
LAYOUT = """
import os, signal, time
from newscrawl.layouts.layout import Layout
from newscrawl.layouts.rules import css
from newscrawl.layouts.site import Site

class watched(css):
    def __call__(self, page):
        {action}
        return [f"process {os.getpid()}, nice {os.nice(0)}"]

class Watched(Layout):
    "Pages whose headline is the process that reads them."
    headline = watched("h1")

SITE = Site(name="ferry", title="ferry", hosts=("127.0.0.1",), layouts=(Watched,))
"""


def test_page_of_a_response_is_decoded_and_parsed_once() -> None:
    response = HtmlResponse("https://shams.example/1", body=b"<h1>The ferry</h1>")
    assert page_from(response) is page_from(response)


@pytest.fixture
def server() -> Iterator[OddServer]:
    """A site whose sitemap lists PAGES articles."""
    with ferry_times(PAGES) as server:
        yield server


@pytest.fixture
def layout(tmp_path: Path) -> Callable[[str], None]:
    """Writes the module ferry_sites, whose layout does something before it reads a headline."""

    def write(action: str) -> None:
        source = LAYOUT.replace("{action}", action)
        (tmp_path / "ferry_sites.py").write_text(source, "utf-8")

    return write


def command(server: OddServer, archive: Path, *settings: str) -> list[str]:
    """Return the command of a crawl; modules beside the archive can be imported."""
    options = [
        *("-s", f"NEWSCRAWL_ARCHIVE={archive}", "-s", "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1"),
        *(part for setting in settings for part in ("-s", setting)),
    ]
    url = f"url={server.url}/"
    return [sys.executable, "-m", "scrapy", "crawl", "site", "-a", url, *options]


def crawled(server: OddServer, archive: Path, *settings: str) -> Path:
    done = subprocess.run(
        command(server, archive, *settings),
        env=os.environ | {"PYTHONPATH": str(archive.parent)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return archive


def headlines(archive: Path) -> list[str]:
    return [row["headline"] for row in rows(archive, "SELECT headline FROM article")]


def test_articles_are_the_same_in_any_process(server: OddServer, tmp_path: Path) -> None:
    query = (
        "SELECT url, headline, article_body, date_published, extractor FROM article ORDER BY 1"
    )
    here = crawled(server, tmp_path / "here.db", "NEWSCRAWL_EXTRACTION_PROCESSES=0")
    beside = crawled(server, tmp_path / "beside.db", "NEWSCRAWL_EXTRACTION_PROCESSES=2")
    assert len(rows(here, query)) == PAGES
    assert rows(beside, query) == rows(here, query)
    names = "SELECT * FROM article_search_names ORDER BY 1, 2, 3"
    assert rows(beside, names) == rows(here, names)
    with Archive.open_read_only(beside) as archive:
        assert archive.check() == ()
        assert archive.check_index() == []
        assert list(evidence_problems(archive)) == []


def test_crawl_extracts_in_processes_of_its_own(
    server: OddServer, tmp_path: Path, layout: Callable[[str], None]
) -> None:
    layout("pass")
    settings = ("NEWSCRAWL_SITES=ferry_sites", "NEWSCRAWL_EXTRACTION_PROCESSES=2")
    found = headlines(crawled(server, tmp_path / "a.db", *settings))
    assert len(found) == PAGES
    # Both had pages, and the event loop has its core before them.
    levels = [int(process.rpartition(" ")[2]) for process in set(found)]
    assert levels == [min(os.nice(0) + NICENESS, 19)] * 2


def test_index_and_evidence_are_prepared_where_a_page_is_extracted() -> None:
    paper = Newspaper()
    story = next(one for one in paper.stories if one.section.charset == "utf-8")
    url = "https://shams.example/1"
    exchange = Exchange(
        url=url, fetched_at=dt.datetime.now(dt.UTC), status=200, headers=(), body=b""
    )
    page = Page(url=url, body=story_page(paper, story, url).encode())
    read = read_page(page, evidence="warc", is_deflated=True)
    assert isinstance(read.found, Article)
    assert read.ahead is not None
    assert read.ahead.article is not None
    stored = normalize_article(read.found)
    expect(read.found, read.ahead.article)
    passed_on = normalized(read.found)
    assert passed_on == stored
    prepared = prepared_for(passed_on)
    assert prepared is read.ahead.article.prepared
    ahead = unpack(prepared)
    assert ahead.article == stored
    for text in (stored.headline, stored.article_body):
        assert text is not None
        assert ahead.for_archive.texts[text] == index_text(text)
    use(ahead)
    values = values_of(ahead.article)
    assert values is ahead.values
    assert values == attrs.evolve(values_of(stored), deflated=values.deflated)
    record = metadata_record(exchange, "<urn:uuid:1>", values.json or b"", values.deflated)
    assert gzip.decompress(record.as_member()) == record.content()
    assert read.ahead.deflated is not None
    unpacked = zlib.decompressobj(wbits=-15).decompress(read.ahead.deflated)
    assert unpacked == page.body


def test_article_that_was_changed_is_not_stored_as_it_was_prepared() -> None:
    page = Page(url="https://shams.example/1", body=b"<h1>The ferry</h1>")
    read = read_page(page, evidence="none", is_deflated=False)
    assert isinstance(read.found, Article)
    assert read.ahead is not None
    assert read.ahead.article is not None
    expect(read.found, read.ahead.article)
    passed_on = normalized(read.found)
    assert prepared_for(attrs.evolve(passed_on, headline="The other ferry")) is None
    assert prepared_for(passed_on) is not None
    assert prepared_for(passed_on) is None


def test_page_read_by_a_process_is_not_parsed_by_the_crawl() -> None:
    body = b"""<html lang=en><head><meta name=robots content=noarchive>
        <meta name=author content=Rim><title>The ferry</title>
        <link><link rel=license type=application/rsl+xml href=/rsl.xml></head>
        <h1>The ferry</h1>"""
    response = HtmlResponse("https://shams.example/1", body=body)
    page, pool = page_from(response), ExtractionPool(1, deadline=30)
    try:
        tags = asyncio.run(pool.read(page)).head_tags
    finally:
        pool.end()
    assert tags == stating_tags(Page(url=page.url, body=body).head_tags)
    assert tags is not None
    assert (len(tags.metas), len(tags.links)) == (1, 1)
    page.head_tags = tags
    assert opt_outs_of(page, ()) == ("noarchive (meta)", "rsl (link)")
    assert [one.signal for one in page_statements(page, ())] == ["robots", "rsl"]
    assert "tree" not in page.__dict__


@pytest.mark.parametrize("action", ["os._exit(9)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_page_that_kills_its_process_costs_that_page(
    server: OddServer, tmp_path: Path, layout: Callable[[str], None], action: str
) -> None:
    layout(f"{action} if page.url.endswith(('-33', '-41')) else None")
    settings = ("NEWSCRAWL_SITES=ferry_sites", "NEWSCRAWL_EXTRACTION_PROCESSES=1")
    archive = crawled(server, tmp_path / "a.db", *settings)
    assert len(headlines(archive)) == PAGES - 2
    query = "SELECT url, reason FROM observation WHERE outcome = 'error' ORDER BY url"
    errors = rows(archive, query)
    assert [row["url"][-3:] for row in errors] == ["-33", "-41"]
    assert {row["reason"][:33] for row in errors} == {"the extraction process died (exit"}


def test_page_that_never_ends_costs_that_page(
    server: OddServer, tmp_path: Path, layout: Callable[[str], None]
) -> None:
    stop = "os.kill(os.getpid(), signal.SIGSTOP)"  # no alarm wakes it
    layout(
        f"time.sleep(1000) if page.url.endswith('-33') else {stop}"
        " if page.url.endswith('-41') else None"
    )
    archive = crawled(
        server,
        tmp_path / "a.db",
        "NEWSCRAWL_SITES=ferry_sites",
        "NEWSCRAWL_EXTRACTION_PROCESSES=1",
        "NEWSCRAWL_EXTRACTION_SECONDS=3",
    )
    known = outcomes(archive)
    assert len(headlines(archive)) == PAGES - 2
    lost = {url[-3:] for url, outcome in known.items() if outcome == "error"}
    assert lost == {"-33", "-41"}
    found = rows(archive, "SELECT reason FROM observation WHERE outcome = 'error'")
    assert [row["reason"] for row in found] == ["extraction took more than 3 s"] * 2


def test_crawl_with_a_stopped_process_ends_by_one_signal(
    server: OddServer, tmp_path: Path, layout: Callable[[str], None]
) -> None:
    stopped = tmp_path / "stopped"
    layout(
        f"(open({str(stopped)!r}, 'x').close(), os.kill(os.getpid(), signal.SIGSTOP))"
        " if page.url.endswith('-33') else None"
    )
    settings = (
        *("NEWSCRAWL_SITES=ferry_sites", "NEWSCRAWL_EXTRACTION_PROCESSES=1"),
        "NEWSCRAWL_EXTRACTION_SECONDS=3",
    )
    crawling = subprocess.Popen(
        command(server, tmp_path / "a.db", *settings),
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=ROOT,
    )
    try:
        deadline = time.monotonic() + 60
        while not stopped.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        crawling.terminate()
        assert crawling.wait(60) == 3
    finally:
        crawling.kill()
        crawling.wait()
    known = outcomes(tmp_path / "a.db")
    assert [url[-3:] for url, outcome in known.items() if outcome == "error"] == ["-33"]


@pytest.mark.parametrize("signals", [(signal.SIGTERM,), (signal.SIGINT, signal.SIGINT)])
def test_signal_to_all_processes_loses_no_article(
    server: OddServer,
    tmp_path: Path,
    layout: Callable[[str], None],
    signals: tuple[signal.Signals, ...],
) -> None:
    hung = tmp_path / "hung"
    # Only the first reading of the page takes long: the crawl that goes on reads it at once.
    layout(
        f"(open({str(hung)!r}, 'x').close(), time.sleep(5))"
        f" if page.url.endswith('-33') and not os.path.exists({str(hung)!r}) else None"
    )
    archive = tmp_path / "a.db"
    settings = ("NEWSCRAWL_SITES=ferry_sites", "NEWSCRAWL_EXTRACTION_PROCESSES=1")
    crawling = subprocess.Popen(
        command(server, archive, *settings),
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=ROOT,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not hung.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for number in signals:
        os.killpg(crawling.pid, number)
        time.sleep(0.3)
    assert crawling.wait(60) in {3, -2}
    while _is_group(crawling.pid):
        assert time.monotonic() < deadline + 60
        time.sleep(0.05)
    time.sleep(1.1)  # the archive has times to the second
    crawled(server, archive, *settings)
    assert len(headlines(archive)) == PAGES
    assert "error" not in outcomes(archive).values()


def _is_group(group: int) -> bool:
    """Return whether any process of *group* is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True

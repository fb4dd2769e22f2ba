"""`scrapy crawl` and its friends as a person types them: right, wrong, from anywhere."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import exit_status as exits
from newscrawl.crawl.run.run_lock import lock_site
from newscrawl.crawl.usage.arguments import parse_arguments
from newscrawl.errors import UsageError
from tests.crawling import ROOT, crawl, outcomes, rows, scrapy
from tests.harbour_post import POSTS, HarbourPost, harbour_post
from tests.odd_server import article, odd_server


@pytest.fixture(scope="module")
def site() -> Iterator[HarbourPost]:
    """The Harbour Post."""
    with harbour_post() as server:
        yield server


def is_one_clear_line(text: str, word: str) -> bool:
    """Whether *text* ends in one line of ours with *word*, and holds no traceback."""
    lines = [line for line in text.splitlines() if "started (bot" not in line]
    return len(lines) == 1 and lines[0].startswith("scrapy crawl: ") and word in lines[0]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("articles", "-a", "urls=no-such-file.txt"), "no-such-file.txt"),
    ],
)
def test_bad_input_gets_one_line(tmp_path: Path, arguments: tuple[str, ...], word: str) -> None:
    done = crawl(tmp_path / "archive.db", *arguments)
    assert is_one_clear_line(done.stderr, word), done.stderr
    assert done.returncode == exits.FAILED == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("nosuchspider",), "nosuchspider"),
        (("site", "-a", "url=https://news.example/", "-a", "colour=red"), "colour"),
        (("site",), "-a url="),
        (("site", "-a", "url=https://news.example/", "-a", "since=lately"), "lately"),
        (("articles", "-s", "NEWSCRAWL_QUIET_HOURS=at night"), "'at night'"),
        (("articles", "-s", "NEWSCRAWL_OBEY_OPT_OUTS=all of them"), "'all of them'"),
        (("articles", "-s", "DOWNLOAD_DELAY=slow"), "'slow' is not a number"),
        (("articles", "-s", "NEWSCRAWL_SECTION_PAGES=many"), "'many' is not a number"),
        (("articles", "-s", "NEWSCRAWL_LEAST_FREE_MB=-1"), "'-1' is not a number"),
        (("articles", "-s", "NEWSCRAWL_REVISIT=maybe"), "due, all, none"),
        (("articles", "-s", "ROBOTSTXT_OBEY=perhaps"), "True or False"),
    ],
)
def test_wrong_arguments_get_one_line(
    tmp_path: Path, arguments: tuple[str, ...], word: str
) -> None:
    done = crawl(tmp_path / "archive.db", *arguments)
    assert is_one_clear_line(done.stderr, word), done.stderr
    assert done.returncode == exits.USAGE == 2


def test_unknown_option_is_usage(tmp_path: Path) -> None:
    done = crawl(tmp_path / "archive.db", "articles", "--colour")
    assert done.returncode == exits.USAGE


def test_foreign_database_gets_one_line(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE contacts (name TEXT)")
    connection.close()
    done = crawl(path, "articles", "-a", "urls=https://news.example/1")
    assert is_one_clear_line(done.stderr, "other.db"), done.stderr
    assert done.returncode == 1


def test_folder_that_cannot_be_written_gets_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    done = crawl(tmp_path / "file" / "a.db", "articles", "-a", "urls=https://news.example/1")
    assert is_one_clear_line(done.stderr, "a.db"), done.stderr
    assert done.returncode == 1


def test_second_run_of_a_site_is_turned_away(tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    with lock_site(archive, "news.example"):
        done = crawl(archive, "site", "-a", "url=https://news.example/")
    assert is_one_clear_line(done.stderr, "news.example"), done.stderr
    assert done.returncode == exits.LOCKED == 75


def test_listed_addresses_each_get_an_outcome(tmp_path: Path, site: HarbourPost) -> None:
    archive = tmp_path / "archive.db"
    path = next(iter(POSTS))
    urls = [
        f"{site.url}{path[1:]}",
        f"{site.url}missing",
        "not an address",
        f"{site.url}drafts/x",
    ]
    urls += ["http://127.0.0.2/", "http://localhost:1/", "http://2130706433/", "http://[::1]/"]
    urls += ["http://no-such-host.invalid/", "file:///etc/passwd", f"{site.url}{'x' * 2100}"]
    urls += [f"{site.url}2026/02/an-address-that-was-changed-later/", "http://127.0.0.1:1/"]
    (tmp_path / "urls.txt").write_text("# a comment\n\n" + "\n".join(urls), "utf-8")
    done = crawl(
        archive, "articles", "-a", f"urls={tmp_path / 'urls.txt'}", "-s", "RETRY_TIMES=0"
    )
    became = outcomes(archive)
    assert {url: became.get(url, "") for url in urls} == dict(
        zip(
            urls,
            [
                *("stored", "http_error", "bad_url", "robots"),
                *["forbidden_address"] * 4,
                *("dns_error", "bad_url", "bad_url", "redirect", "connection"),
            ],
            strict=True,
        )
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_limit_leaves_the_rest_and_says_so(tmp_path: Path, site: HarbourPost) -> None:
    archive = tmp_path / "archive.db"
    done = crawl(archive, "site", "-a", f"url={site.url}", "-a", "limit=3")
    assert len(rows(archive, "SELECT url FROM article")) == 3
    assert done.returncode == exits.PARTIAL
    assert "left for another run" in done.stderr
    left = rows(archive, "SELECT count(*) AS n FROM observation WHERE outcome = 'over_limit'")
    assert left[0]["n"] > 0


def test_crawl_stops_before_the_disk_is_full(tmp_path: Path, site: HarbourPost) -> None:
    archive = tmp_path / "archive.db"
    options = ("-a", f"url={site.url}", "-s", "NEWSCRAWL_LEAST_FREE_MB=999999999")
    done = crawl(archive, "site", *options)
    assert done.returncode == exits.PARTIAL, done.stderr
    assert "the disk is nearly full" in done.stderr
    assert 0 < len(rows(archive, "SELECT url FROM article")) < len(POSTS)
    assert crawl(archive, "site", "-a", f"url={site.url}").returncode == exits.COMPLETE
    assert len(rows(archive, "SELECT url FROM article")) == len(POSTS)


@pytest.mark.parametrize(
    ("path", "arguments", "why"),
    [
        ("missing", (), "missing: HTTP 404"),
        ("picture.png", (), "picture.png: not a page, by its first bytes"),
        ("", ("-a", "sections=no-such-section"), "no-such-section: HTTP 404"),
    ],
)
def test_beginning_that_cannot_be_read_is_a_failure(
    tmp_path: Path, site: HarbourPost, path: str, arguments: tuple[str, ...], why: str
) -> None:
    done = crawl(tmp_path / "archive.db", "site", "-a", f"url={site.url}{path}", *arguments)
    assert done.returncode == exits.FAILED
    assert why in done.stderr.splitlines()[-1]


def test_only_dead_addresses_are_a_failure(tmp_path: Path, site: HarbourPost) -> None:
    done = crawl(tmp_path / "archive.db", "articles", "-a", f"urls={site.url}missing")
    assert done.returncode == exits.FAILED


def test_sections_are_the_only_ones_read(tmp_path: Path, site: HarbourPost) -> None:
    archive = tmp_path / "archive.db"
    done = crawl(archive, "site", "-a", f"url={site.url}", "-a", "sections=sport")
    stored = {row["url"] for row in rows(archive, "SELECT url FROM article")}
    expected = {post.path for post in POSTS.values() if post.section == "sport"}
    assert {url.removeprefix(site.url[:-1]) for url in stored} == expected
    assert done.returncode == 0


def test_private_host_must_be_named(tmp_path: Path, site: HarbourPost) -> None:
    site.requests.clear()
    archive = tmp_path / "archive.db"
    done = crawl(archive, "site", "-a", f"url={site.url}", private_hosts="127.0.0.2")
    assert outcomes(archive) == {site.url: "forbidden_address"}
    assert not site.requests
    assert done.returncode == exits.FAILED


def test_crawl_works_from_a_folder_below_and_exports(tmp_path: Path, site: HarbourPost) -> None:
    export = tmp_path / "out.jsonl"
    url = f"{site.url[:-1]}{next(iter(POSTS))}"
    options = ("-a", f"urls={url}", "-O", str(export))
    done = crawl(tmp_path / "archive.db", "articles", *options, cwd=ROOT / "tests")
    assert done.returncode == 0
    (line,) = export.read_text("utf-8").splitlines()
    assert f'"headline": "{next(iter(POSTS.values())).headline}"' in line


def test_archive_stands_beside_scrapy_cfg() -> None:
    code = "settings['NEWSCRAWL_ARCHIVE']"
    done = scrapy("shell", "-c", code, "--nolog", cwd=ROOT / "tests")
    assert done.stdout.strip() == str(ROOT / "data" / "archive.db"), done.stderr


def test_list_shows_the_spiders() -> None:
    listed = scrapy("list").stdout.split()
    assert {"site", "articles"} <= set(listed)


def test_shell_reads_a_file_and_a_page_and_writes_nothing(
    tmp_path: Path, site: HarbourPost
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<title>A saved page</title>", "utf-8")
    archive = tmp_path / "archive.db"
    code = f"(response.css('title::text').get(), fetch({site.url!r}))"
    done = scrapy(
        *("shell", str(page), "-c", code, "--nolog"),
        *("-s", f"NEWSCRAWL_ARCHIVE={archive}", "-s", "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1"),
    )
    assert done.stdout.strip() == "('A saved page', None)", done.stderr
    assert site.requests["/"]
    assert not archive.exists()


def test_spider_of_ones_own_keeps_its_articles(tmp_path: Path, site: HarbourPost) -> None:
    path, post = next(iter(POSTS.items()))
    (tmp_path / "own.py").write_text(
        f"""import scrapy
from newscrawl import extract
from newscrawl.crawl.download.response import page_from

class OwnSpider(scrapy.Spider):
    name = "own"
    start_urls = [{site.url + path[1:]!r}]

    def parse(self, response):
        yield {{"about": response.url}}
        yield extract(page_from(response))
""",
        "utf-8",
    )
    archive = tmp_path / "archive.db"
    settings = (f"NEWSCRAWL_ARCHIVE={archive}", "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1")
    options = [
        part for setting in (*settings, "SPIDER_MODULES=own") for part in ("-s", setting)
    ]
    done = scrapy("crawl", "own", *options, PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert rows(archive, "SELECT headline FROM article") == [{"headline": post.headline}]


def test_parse_shows_the_article_and_writes_nothing(tmp_path: Path, site: HarbourPost) -> None:
    archive = tmp_path / "archive.db"
    path, post = next(iter(POSTS.items()))
    done = scrapy(
        *("parse", f"{site.url[:-1]}{path}", "--spider", "site", "--nolog", "--nocolour"),
        *("-s", f"NEWSCRAWL_ARCHIVE={archive}", "-s", "NEWSCRAWL_PRIVATE_HOSTS=127.0.0.1"),
    )
    assert post.path in done.stdout, done.stderr
    assert not archive.exists()


@pytest.mark.parametrize("command", ["parse", "shell"])
def test_passwords_of_addresses_are_not_printed(command: str) -> None:
    done = scrapy(command, "https://reader:low-water@127.0.0.1:9/x", "--spider", "site")
    assert done.returncode == 2
    assert "low-water" not in done.stdout + done.stderr
    assert "without user name and password" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "given",
    [
        {"limit": "0"},
        {"limit": "many"},
        {"history": "some"},
        {"url": "not an address"},
        {"url": "ftp://news.example/"},
        {"since": "2026-13-01"},
    ],
)
def test_wrong_values_are_usage_errors(given: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=next(iter(given))):
        parse_arguments(given, tuple(given))


def test_url_may_lack_its_scheme() -> None:
    assert parse_arguments({"url": "news.example"}, ("url",)).url == "https://news.example/"


def test_urls_may_stand_in_the_argument() -> None:
    given = {"urls": "https://a.example/1,https://b.example/2,https://a.example/1"}
    urls = parse_arguments(given, ("urls",)).urls
    assert urls == ("https://a.example/1", "https://b.example/2")


def test_log_is_json_on_request(tmp_path: Path) -> None:
    with odd_server() as server:
        server.answers["/a"] = article("A ferry")
        done = crawl(
            tmp_path / "archive.db",
            *("articles", "-a", f"urls={server.url}/a", "-s", "NEWSCRAWL_LOG=json"),
        )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert lines
    assert all(set(line) == {"time", "level", "logger", "message"} for line in lines)
    assert "complete: 1 article (" in lines[-1]["message"]

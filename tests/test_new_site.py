"""From the address of a strange site to a declaration whose saved page is green."""

from __future__ import annotations

import datetime as dt
import json
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from newscrawl import Archive, Page, extract
from newscrawl.cli.sites.new_site import new_site as new_site_command
from newscrawl.layouts import sites
from newscrawl.proposal import SiteFacts, module_text, propose
from newscrawl.proposal.saved_pages import read_saved, read_truth, save_page
from newscrawl.proposal.site_facts import title_of
from newscrawl.sample_site import running_newsroom
from tests.archive_samples import article_at
from tests.command_line import ROOT, Done, refusal, run
from tests.crawling import crawl, scrapy
from tests.harbour_post import HarbourPost, harbour_post
from tests.odd_server import article, odd_server

PRIVATE = {"NEWSCRAWL_PRIVATE_HOSTS": "127.0.0.1"}


@attrs.frozen
class Added:
    """A site after `newscrawl new-site`."""

    site: HarbourPost
    folder: Path
    done: Done

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PYTHONPATH": str(self.folder / "sites"),
            "NEWSCRAWL_SITES": "harbour",
        } | PRIVATE

    @property
    def page(self) -> Path:
        (path,) = (self.folder / "pages" / "harbour").iterdir()
        return path


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Added]:
    """The Harbour Post, which no layout was ever written for."""
    folder = tmp_path_factory.mktemp("added")
    with harbour_post() as site:
        yield Added(site, folder, new_site(folder, site.url, "harbour"))


def new_site(folder: Path, url: str, name: str) -> Done:
    return run(
        *("new-site", url, "--name", name),
        *("--into", folder / "sites", "--pages", folder / "pages"),
        environment=PRIVATE,
    )


def test_what_was_found_is_shown(added: Added) -> None:
    assert added.done.returncode == 0, added.done.stderr
    assert "The Harbour Post" in added.done.stdout
    assert "css(h1.entry-title)" in added.done.stdout
    assert "12 of 12" in added.done.stdout
    assert "scrapy crawl harbour" in added.done.stdout


def test_declaration_is_written_where_declared_sites_are_found() -> None:
    (into,) = (one for one in new_site_command.params if one.name == "into")
    assert ROOT / str(into.default) == Path(sites.__path__[0])


def test_module_is_clean_code(added: Added) -> None:
    module = str(added.folder / "sites" / "harbour.py")
    for arguments in (
        ("check", "--config", str(ROOT / "pyproject.toml")),
        ("format", "--check"),
    ):
        ruff = [sys.executable, "-m", "ruff", *arguments, module]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_page_is_green_once_it_is_reviewed(added: Added) -> None:
    draft = run("page", "check", added.page, environment=added.environment)
    assert draft.returncode == 1
    assert "nobody has reviewed it" in draft.stdout
    reviewed = added.folder / "reviewed"
    shutil.copytree(added.page, reviewed)
    review(reviewed)
    done = run("page", "check", reviewed, environment=added.environment)
    assert (done.returncode, done.stdout) == (0, "1 page, no differences\n")


def review(folder: Path, **changes: object) -> None:
    truth = read_truth(folder) | {"reviewed": "2026-01-31"} | changes
    (folder / "truth.json").write_text(json.dumps(truth), "utf-8")


def test_difference_is_named(added: Added, tmp_path: Path) -> None:
    folder = tmp_path / "wrong"
    shutil.copytree(added.page, folder)
    review(folder, headline="Another one")
    done = run("page", "check", folder, environment=added.environment)
    assert done.returncode == 1
    assert 'the truth says "Another one"' in done.stdout


def test_site_is_a_spider_that_uses_the_layout(added: Added, tmp_path: Path) -> None:
    path = os.pathsep.join([str(ROOT), added.environment["PYTHONPATH"]])
    environment: dict[str, Any] = {**added.environment, "PYTHONPATH": path}
    assert "harbour" in scrapy("list", **environment).stdout.split()
    archive = tmp_path / "archive.db"
    done = scrapy(
        "crawl", "harbour", "-a", "limit=5", "-s", f"NEWSCRAWL_ARCHIVE={archive}", **environment
    )
    assert done.returncode == 3, done.stderr
    with Archive.open_read_only(archive) as opened:
        sources = {
            row[0]
            for row in opened.db.execute(
                "SELECT source FROM provenance WHERE field = 'headline' AND site = 'harbour'"
            )
        }
    assert len(sources) == 1
    assert sources.pop().startswith("Harbour")


def test_saved_page_is_trimmed_and_reads_the_same(added: Added) -> None:
    page = read_saved(added.page)
    assert b"<script" not in page.body
    assert extract(page).article_body == read_truth(added.page)["article_body"]


def test_nothing_is_written_twice(added: Added) -> None:
    again = new_site(added.folder, added.site.url, "harbour")
    assert again.returncode == 2
    assert "there is a site 'harbour' already" in again.stderr


def test_site_without_articles_is_one_line(tmp_path: Path) -> None:
    done = new_site(tmp_path, "http://127.0.0.1:1/", "nothing")
    assert refusal(done)
    assert not (tmp_path / "sites").exists()


def test_declared_site_is_not_new(tmp_path: Path) -> None:
    done = new_site(tmp_path, "https://www.almaghribtoday.net/", "x")
    assert done.returncode == 2
    assert "is declared already: almaghribtoday" in done.stderr


def test_page_is_added_from_the_archive_or_fetched(added: Added, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    crawl(archive, "site", "-a", f"url={added.site.url}", "-a", "limit=2")
    with Archive.open_read_only(archive) as opened:
        (url,) = opened.db.execute("SELECT url FROM article LIMIT 1").fetchone()
    asked = added.site.requests.total()
    for number in ("1", "2"):
        options = ("--pages", tmp_path / number, "-d", archive)
        done = run("page", "add", url, *options, environment=PRIVATE)
        assert done.returncode == 0, done.stderr
        assert len(list((tmp_path / number).glob("*/*/truth.json"))) == 1
        if number == "1":
            assert added.site.requests.total() == asked
            archive = tmp_path / "nowhere.db"
    assert added.site.requests.total() > asked


def test_pages_that_differ_in_their_query_are_saved_apart(tmp_path: Path) -> None:
    with odd_server() as server:
        for number in (1, 2):
            server.answers[f"/news.asp?id={number}&utm_source=x"] = article(
                f"The ferry of pier {number} runs again"
            )
            url = f"{server.url}/news.asp?id={number}&utm_source=x"
            done = run("page", "add", url, "--pages", tmp_path, environment=PRIVATE)
            assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in tmp_path.glob("*/*"))
    assert [name.partition("-")[2] for name in names] == ["news-asp-id-1", "news-asp-id-2"]


def test_page_is_not_written_over(tmp_path: Path) -> None:
    page = Page(url="https://shams.example/1", body=b"<h1>A ferry</h1><p>It runs again.</p>")
    save_page(tmp_path / "one", page, None)
    with pytest.raises(Exception, match="holds a page already"):
        save_page(tmp_path / "one", page, None)


LOOK = SiteFacts(
    home="https://www.akhbar-al-yawm.com.eg/",
    title='أخبار "اليوم"',
    feeds=("https://www.akhbar-al-yawm.com.eg/feed",),
    sitemaps=(),
    sections=tuple(f"https://www.akhbar-al-yawm.com.eg/section-{n}/" for n in range(4)),
    languages=("ar", "fr"),
    is_zone_stated=False,
)


def test_declaration_without_rules_is_a_site(tmp_path: Path) -> None:
    assert LOOK.name == "akhbar_al_yawm"
    assert LOOK.hosts == ("www.akhbar-al-yawm.com.eg", "akhbar-al-yawm.com.eg")
    text = module_text(LOOK, LOOK.name, (), None, dt.date(2026, 1, 2))
    (tmp_path / "site.py").write_text(text, "utf-8")
    site = runpy.run_path(str(tmp_path / "site.py"))["SITE"]
    assert site.title == 'أخبار "اليوم"'
    assert "they are taken for UTC" in text
    assert "Layout" not in text


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.shams.example", "shams"),
        ("24saa.ma", "site_24saa"),
        ("ar.le360.ma", "le360"),
        ("news.bbc.co.uk", "bbc"),
        ("m.صحافة.example", "site"),
    ],
)
def test_name_is_the_main_part_of_the_host(host: str, name: str) -> None:
    assert attrs.evolve(LOOK, home=f"https://{host}/").name == name


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<meta property='og:site_name' content=' Shams '><title>x</title>", "Shams"),
        ("<title>Shams Daily - News of the coast</title>", "Shams Daily"),
        ("<title>Home | Shams Daily</title>", "Shams Daily"),
        ("<title>الرئيسية - جريدة الشمس</title>", "جريدة الشمس"),
        ("<meta property='og:site_name' content='Home'>", "shams.example"),
        ("<p>", "shams.example"),
    ],
)
def test_title_is_what_the_site_calls_itself(head: str, title: str) -> None:
    page = Page(
        url="https://shams.example/",
        body=head.encode(),
        content_type="text/html; charset=utf-8",
    )
    assert title_of(page, (), "shams.example") == title


def test_title_is_the_publisher_of_most_articles() -> None:
    page = Page(url="https://shams.example/", body=b"<title>A daily of the coast</title>")
    named, unnamed = (attrs.evolve(article_at(), publisher=name) for name in ("Shams", None))
    assert title_of(page, [named, named, unnamed], "x") == "Shams"
    assert title_of(page, [named, unnamed], "x") == "A daily of the coast"


@pytest.fixture(scope="module")
def proposed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The declaration of the sample newspaper: sitemaps by subject, and a live blog."""
    folder = tmp_path_factory.mktemp("proposed")
    with running_newsroom() as site:
        done = new_site(folder, site.base_url, "harbour")
        assert done.returncode == 0, done.stderr
    found = runpy.run_path(str(folder / "sites" / "harbour.py"))["SITE"]
    (page,) = (folder / "pages" / "harbour").iterdir()
    return {"site": found, "page": page}


def test_parts_of_a_sitemap_are_not_declared(proposed: dict[str, Any]) -> None:
    paths = [url.rpartition("/")[2] for url in proposed["site"].sources.sitemaps]
    assert paths == ["sitemap.xml"]


def test_sections_are_declared_although_a_sitemap_names_all(proposed: dict[str, Any]) -> None:
    sections = proposed["site"].sources.sections
    assert {url.rsplit("/", 2)[1] for url in sections} >= {"economy", "local", "sport", "world"}
    assert proposed["site"].languages == ("ar",)


def test_saved_page_is_no_live_blog(proposed: dict[str, Any]) -> None:
    assert not extract(read_saved(proposed["page"])).live_blog_updates


def test_no_rule_without_a_firm_place() -> None:
    pages = [
        Page(
            url=f"https://shams.example/{number}",
            body=f"<h{number}>A ferry, {number}</h{number}><p>Since Monday.</p>".encode(),
        )
        for number in range(1, 5)
    ]
    rules, signature = propose([(page, extract(page)) for page in pages])
    assert "headline" not in {rule.field for rule in rules}
    assert signature is None

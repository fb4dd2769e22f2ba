"""End to end: the demo's archive holds what a person finds on the newsroom's pages.

The truth is the newsroom's own, written beside its texts; nothing here is read off what the
extractor returned.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import attrs
import pytest

from newscrawl.archive import Archive
from newscrawl.article import Article, LinkList
from newscrawl.sample_site import Newspaper, aliases, articles, others, running_newsroom
from newscrawl.sample_site.stories import content
from newscrawl.web.queries.questions import questions
from tests.crawling import crawl, outcomes, rows

ROOT = Path(__file__).parent.parent


@attrs.frozen
class Demo:
    """A demo that has run: what it printed, and the archive it made."""

    out: str
    failure: str
    archive: Path
    base_url: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo, run once as `make demo` runs it."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    code = "from newscrawl.cli import main; main()"
    command = [sys.executable, "-c", code, "demo", "-d", str(path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    found = re.search(r"http://127\.0\.0\.1:\d+", done.stdout)
    assert found, done.stderr
    failure = done.stderr if done.returncode else ""
    return Demo(done.stdout, failure, path, found[0])


@pytest.fixture(scope="module")
def pairs(demo: Demo) -> tuple[tuple[Article, Article | None], ...]:
    """Each story's truth, and what the archive holds of it."""
    with Archive.open_read_only(demo.archive) as archive:
        return tuple((truth, archive.get(truth.url)) for truth in articles(demo.base_url))


Pairs = tuple[tuple[Article, Article | None], ...]


def test_the_demo_ends_well(demo: Demo) -> None:
    assert demo.failure == ""


def test_every_story_is_stored_once_and_nothing_else(demo: Demo, pairs: Pairs) -> None:
    query = "SELECT url FROM article WHERE url LIKE ? || '/%'"
    kept = {unquote(row["url"]) for row in rows(demo.archive, query, demo.base_url)}
    missing = [unquote(truth.url) for truth, found in pairs if found is None]
    own = {unquote(truth.url) for truth, _ in pairs}
    further = {unquote(url) for url in aliases(demo.base_url)}
    assert (missing, sorted(kept - own - further)) == ([], [])
    assert len(kept) == len(pairs)


def test_further_addresses_are_of_the_same_article(demo: Demo) -> None:
    query = "SELECT article_id, url FROM address"
    ids = {row["url"]: row["article_id"] for row in rows(demo.archive, query)}
    for alias, own in aliases(demo.base_url).items():
        if alias in ids:
            assert ids[alias] == ids.get(own, ids[alias])


@pytest.mark.parametrize(
    "field",
    [
        "headline",
        "alternative_headline",
        "description",
        "breadcrumbs",
        "dateline",
        "authors",
        "article_body",
        "blocks",
        "source_credit",
        "main_image",
        "images",
        "keywords",
        "in_language",
        "date_modified",
        "page_kind",
        "canonical_url",
    ],
)
def test_every_article_says_what_its_page_says(pairs: Pairs, field: str) -> None:
    assert _lines(_differences(pairs, lambda article: getattr(article, field))) == ""


def test_every_article_has_the_date_that_is_printed(pairs: Pairs) -> None:
    wrong = [
        f"{_name(truth)}: {found and found.date_published} for {truth.date_published}"
        for truth, found in pairs
        if found is None or not _is_same_time(truth.date_published, found.date_published)
    ]
    assert _lines(wrong) == ""


def test_a_zone_is_called_stated_only_where_one_is(pairs: Pairs) -> None:
    wrong = []
    for truth, found in pairs:
        value = truth.date_published
        if found is not None and isinstance(value, dt.datetime):
            origin = "stated" if value.tzinfo else "guessed"
            if found.date_published_zone_origin != origin:
                wrong.append(f"{_name(truth)}: {found.date_published_zone_origin}")
    assert _lines(wrong) == ""


def test_every_article_has_the_lists_around_it(demo: Demo, pairs: Pairs) -> None:
    wrong = []
    for truth, found in pairs:
        lists = found.link_lists if found else ()
        wrong += [
            f"{_name(truth)}: {one.heading}" for one in truth.link_lists if one not in lists
        ]
        inner = _read_also(truth, demo.base_url)
        wrong += [
            f"{_name(truth)}: no list: {one.heading}"
            for one in lists
            if one not in truth.link_lists and not {link.url for link in one.links} <= inner
        ]
    assert _lines(wrong) == ""


def test_lists_stand_in_the_order_of_the_page(pairs: Pairs) -> None:
    def known(article: Article) -> tuple[str, ...]:
        return tuple(one.heading for one in article.link_lists if _is_around(one))

    assert _lines(_differences(pairs, known)) == ""


def test_other_addresses_are_what_they_should_be(demo: Demo) -> None:
    became = {unquote(url): outcome for url, outcome in outcomes(demo.archive).items()}
    wrong = []
    for url, outcome in others(demo.base_url).items():
        accepted = {outcome, "redirect"} if outcome == "redirect_loop" else {outcome}
        if unquote(url) in became and became[unquote(url)] not in accepted:
            wrong.append(f"{unquote(url)}: {became[unquote(url)]}, not {outcome}")
    assert _lines(wrong) == ""


def test_the_demo_shows_what_it_promises(demo: Demo) -> None:
    for words in ("pages seen", "skipped", "article_body", "dateline", "newscrawl search"):
        assert words in demo.out
    assert "مكتبة" in demo.out.partition("5. ")[2]


def test_no_heading_is_cut(demo: Demo) -> None:
    headings = [line for line in demo.out.splitlines() if re.match(r"\d\. ", line)]
    assert (len(headings), [line for line in headings if "…" in line]) == (6, [])


def test_the_commands_to_try_next_work(demo: Demo) -> None:
    lines = demo.out.partition("6. Try next")[2].splitlines()[1:]
    *commands, last = [line.strip() for line in lines if line]
    assert (len(commands), " serve " in last) == (3, True)
    for line in commands:
        done = subprocess.run(  # noqa: S602  # as a person pastes it
            line, shell=True, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, bool(done.stdout)) == (0, True), done.stderr


def test_two_weeks_of_two_newspapers_hold_what_their_plan_says(demo: Demo) -> None:
    plan = content("weeks")
    papers = {paper["key"]: paper["host"] for paper in plan["paper"]}
    with Archive.open_read_only(demo.archive) as archive:
        for story in plan["story"]:
            for key in story["papers"]:
                url = f"https://{papers[key]}/news/{story['id']}"
                printed = [
                    story.get("headlines", {}).get(key, story["headline"]),
                    *(edit["headline"] for edit in story.get("edits", ())),
                ]
                assert [one.headline for one in archive.versions(url)] == printed
                article = archive.get(url)
                assert article is not None
                assert article.authors == tuple(filter(None, [story.get("author")]))
                is_named = key not in story.get("uncredited", ())
                assert (article.dateline is not None) == is_named
    copied = rows(demo.archive, "SELECT DISTINCT first_url FROM copy_cluster")
    assert len(copied) == sum(len(story["papers"]) > 1 for story in plan["story"])


@pytest.mark.parametrize(
    "name", [name for name, question in questions().items() if question.group]
)
def test_every_question_has_an_answer_in_the_demo(demo: Demo, name: str) -> None:
    asked = questions()[name]
    with Archive.open_read_only(demo.archive) as archive:
        assert archive.db.execute(asked.sql, dict.fromkeys(asked.asks)).fetchall()


def test_addresses_in_the_documented_queries_are_of_the_demo(demo: Demo) -> None:
    page = (ROOT / "docs/archive.md").read_text("utf-8")
    queries = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    addressed = [query for query in queries if "'https://" in query]
    assert len(addressed) > 1
    for query in addressed:
        found = rows(demo.archive, query)
        assert found
        assert None not in found[0].values(), query


@attrs.frozen
class Visit:
    """Two crawls of one newsroom, an edit between them."""

    archive: Path
    base_url: str
    asked: tuple[str, ...]
    first: dict[str, str]


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """A newsroom that was crawled, edited, and crawled again into the same archive."""
    path = tmp_path_factory.mktemp("visits") / "archive.db"
    with running_newsroom("--crawl-delay", "0", "--slow", "0.2") as newsroom:
        start = f"url={newsroom.base_url}/"
        assert crawl(path, "site", "-a", start).returncode == 0
        asked = tuple(row["path"] for row in newsroom.requests())
        first = outcomes(path)
        newsroom.turn_to(2)
        assert crawl(path, "site", "-a", start).returncode == 0
        yield Visit(path, newsroom.base_url, asked, first)


def test_every_address_that_was_requested_has_a_row(visits: Visit) -> None:
    recorded = {unquote(url.removeprefix(visits.base_url)) for url in visits.first}
    assert set(visits.asked) - recorded - {"/robots.txt"} == set()


def test_nothing_that_robots_forbid_was_requested(visits: Visit) -> None:
    assert [path for path in visits.asked if path.startswith("/private/")] == []


def test_nothing_was_requested_twice_but_redirects(visits: Visit) -> None:
    redirects = {row["path"] for row in Newspaper().site["redirect"]}
    landed = {unquote(row.path) for row in Newspaper().stories if row.id == 2061}
    asked = [path for path in visits.asked if path not in redirects | landed]
    assert sorted(path for path in set(asked) if asked.count(path) > 1) == []


def test_the_edited_story_has_two_versions_and_no_other(visits: Visit) -> None:
    first, second = (
        {one.url: one for one in articles(visits.base_url, edition=edition)}
        for edition in (1, 2)
    )
    edited = [url for url in first if first[url].headline != second[url].headline]
    with Archive.open_read_only(visits.archive) as archive:
        for url in edited:
            found = archive.get(url)
            assert found is not None
            assert found.headline == second[url].headline
            assert found.article_body == second[url].article_body
    query = "SELECT headline, count(*) AS n FROM version GROUP BY article_id HAVING n > 1"
    twice = rows(visits.archive, query)
    assert [row["n"] for row in twice] == [2] * len(edited)


def _differences(pairs: Pairs, read: Callable[[Article], Any]) -> list[str]:
    return [
        f"{_name(truth)}: {found and read(found)!r} for {read(truth)!r}"
        for truth, found in pairs
        if found is None or read(found) != read(truth)
    ]


def _lines(wrong: list[str]) -> str:
    """Return what is wrong, a line each, so that a failure shows all of it."""
    return "\n".join(wrong)


def _name(truth: Article) -> str:
    return unquote(truth.url.split("/", 3)[3])


def _is_same_time(truth: dt.date | None, found: dt.date | None) -> bool:
    """Whether *found* is what the page says: a day, a moment, or a time without zone."""
    if isinstance(truth, dt.datetime) and isinstance(found, dt.datetime):
        return found == truth if truth.tzinfo else found.replace(tzinfo=None) == truth
    return type(found) is type(truth) and found == truth


def _is_around(one: LinkList) -> bool:
    return len(one.links) > 1 or one.kind != "related"


def _read_also(truth: Article, base_url: str) -> set[str | None]:
    paper = Newspaper()
    urls = {
        one.url: story for story, one in zip(paper.stories, articles(base_url), strict=True)
    }
    inner = [piece for piece in urls[truth.url].pieces if piece.kind == "read_also"]
    by_id = {story.id: url for url, story in urls.items()}
    return {by_id[int(piece.text)] for piece in inner}

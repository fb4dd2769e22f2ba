"""Searches in the study beside an archive: collections, tags and notes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import attrs
import pytest

from newscrawl.archive import Archive
from newscrawl.study import search_filters
from newscrawl.study.selections import add_note, add_tags, collect, leave_out
from newscrawl.study.study_articles import StudyArticle, study_articles
from newscrawl.study.study_file import StudyFile
from newscrawl.system.project import study_path
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at
from tests.command_line import run
from tests.front_server import Front, serving

HEADLINES = ("السفينة في الميناء", "السفينة تغادر", "القطار يصل", "أخبار الرياضة")
GONE = StudyArticle(site="gone.example", key="1", url="https://gone.example/1", text_sha256="0")


def fill(path: Path) -> None:
    """Make an archive of four articles, and its study."""
    with Archive(path) as archive:
        for number, headline in enumerate(HEADLINES, 1):
            url = f"https://{SITE}/{number}"
            article = article_at(
                url,
                headline=headline,
                article_body=headline,
                canonical_url=None,
                description=None,
                keywords=(),
                source_credit=None,
                dateline=None,
            )
            at = observation_at(MORNING + hours(number), url=url)
            archive.save(article, at, site=SITE, key=url, run=None)
    named = study_articles(path, [1, 2, 3, 4])
    with StudyFile(path) as study:
        collect(study, "الموانئ والسُّفن", [named[0], named[2], GONE], "Rim")
        collect(study, "Ports", [named[1]], "Rim")
        collect(study, 'Odd "name"', [named[3]], "Rim")
        add_tags(study, named[0], ["Harbour"], "Rim")
        add_tags(study, named[3], ["harbour"], "Ali")
        add_note(study, named[2], "سأسأل المحرّر عن الأرقام الأولى.\nQuay/pier: (sic)", "Rim")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "archive.db"
    fill(path)
    return path


QUERIES = [
    ('collection:"الموانئ والسفن"', {1, 3}),
    ('collection:"الموانئ والسفن" السفينة', {1}),
    ('السفينة -collection:"الموانئ والسفن"', {2}),
    ("collection:ports OR tag:HARBOUR", {1, 2, 4}),
    ("(collection:Ports OR القطار) after:2026", {2, 3}),
    ('collection:"Odd name"', {4}),
    ("tag:harbour NOT السفن", {4}),
    ('note:"المحرر عن أرقام"', {3}),
    ("note:المحرر", {3}),
    ('note:"الأرقام الأولى"', {3}),
    ("note:quay", {3}),
    ('note:"pier sic"', {3}),
    ("collection:absent", set()),
    ("السفينة -collection:absent", {1, 2}),
    (f"collection:Ports site:{SITE}", {2}),
]


@pytest.mark.parametrize(("query", "found"), QUERIES)
def test_study_is_searched_with_words_and_filters(
    path: Path, query: str, found: set[int]
) -> None:
    search_filters.enable()
    with Archive.open_read_only(path) as archive:
        assert set(archive.ids_of_hits(query)) == found
        assert {hit.article_id for hit in archive.search(query)} == found
        assert {hit.article_id for hit in archive.search(query, sort="date")} == found
        assert archive.number_of_hits(query) == len(found)
        assert sum(archive.count_hits(query, "site").values()) == len(found)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("collection:Port", "the study has no collection:Port; it has Ports"),
        ("tag:war", "the study has no tag:war; it has Harbour, harbour"),
        ("note:قطار", "no note of the study has “قطار”"),
        ("tags:harbour", "“tags:harbour” is left out; is tag: meant?"),
        ("collection:", "collection: has no value"),
    ],
)
def test_mistakes_are_told_with_what_the_study_has(path: Path, query: str, said: str) -> None:
    answer = run("search", "--archive", str(path), query)
    assert answer.returncode == 0
    assert said in answer.stderr


def test_archive_without_a_study_says_so(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path):
        pass
    answer = run("search", "--archive", str(path), "collection:Ports")
    assert "there is none: newscrawl study makes it" in answer.stderr
    assert not study_path(path).exists()
    study_path(path).write_text("no database")
    answer = run("search", "--archive", str(path), "tag:a")
    assert answer.returncode == 0
    assert "the study cannot be read" in answer.stderr


def test_commands_search_the_study(path: Path) -> None:
    answer = run("search", "--archive", str(path), "--json", "collection:Ports")
    assert '"article_id": 2' in answer.stdout
    options = ("--query", "tag:harbour", "--coder", "Rim")
    run("study", "collection", "add", "Tagged", "--archive", str(path), *options)
    answer = run("search", "--archive", str(path), "--count-by", "site", "collection:Tagged")
    assert re.search(rf"{SITE}\s+\W?\s*2", answer.stdout)


@attrs.frozen
class Served:
    front: Front
    path: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("served") / "archive.db"
    fill(path)
    with serving(path) as front:
        yield Served(front, path)


def test_front_finds_the_study_as_it_is_now(served: Served) -> None:
    asked = "/search?" + urlencode({"q": "collection:Ports", "lang": "en"})
    page = served.front.get(asked).text
    assert re.findall(r'<h2><a href="/article/(\d+)', page) == ["2"]
    assert "collection:Ports</" in page or "collection:Ports <" in page  # a chip
    api = "/api/v1/search?" + urlencode({"q": "collection:Ports"})
    assert json.loads(served.front.get(api).text)["total"] == 1
    first, second = study_articles(served.path, [1, 2])
    with StudyFile(served.path) as study:
        collect(study, "Ports", [first], "Rim")
        leave_out(study, "Ports", second)
        collect(study, "Ports", study_articles(served.path, [3]), "Rim")
    page = served.front.get(asked).text
    assert set(re.findall(r'<h2><a href="/article/(\d+)', page)) == {"1", "3"}
    assert json.loads(served.front.get(api).text)["total"] == 2


def test_collection_leads_to_its_search(served: Served) -> None:
    for name in ('Odd "name"', "الموانئ والسُّفن"):
        listed = served.front.get("/study/articles?" + urlencode({"collection": name})).text
        link = re.search(r'href="(/search\?q=[^"]+)"', listed)
        assert link
        assert '<h2><a href="/article/' in served.front.get(link[1].replace("&amp;", "&")).text

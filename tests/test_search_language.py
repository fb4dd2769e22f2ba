"""The query language: operators, brackets, NEAR, and reported mistakes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl import Archive, Article
from newscrawl.archive.search.query_parser import parse_query
from tests.command_line import run

TEXTS = {
    1: ("ship in the harbour", "The ship left the old harbour at dawn."),
    2: ("storm", "A storm closed the harbour; one ship stayed at sea for two whole days."),
    3: ("election", "The election was calm."),
    4: ("ship election", "Voters came by ship."),
}


@pytest.fixture(scope="module")
def archive_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of four short articles of one site."""
    path = tmp_path_factory.mktemp("language") / "archive.db"
    with Archive(path) as archive:
        for number, (headline, body) in TEXTS.items():
            url = f"https://shams.example/{number}"
            archive.add(
                Article(url=url, headline=headline, article_body=body, in_language="en"),
                site="shams",
            )
    return path


@pytest.fixture
def archive(archive_path: Path) -> Iterator[Archive]:
    with Archive.open_read_only(archive_path) as archive:
        yield archive


@pytest.mark.parametrize(
    ("query", "articles"),
    [
        ("ship AND harbour", {1, 2}),
        ("ship harbour", {1, 2}),
        ("ship & harbour", {1, 2}),
        ("ship NOT harbour", {4}),
        ("ship AND NOT harbour", {4}),
        ("NOT ship", {3}),
        ("NOT (ship OR storm)", {3}),
        ("-(ship election) harbour", {1, 2}),
        ("(ship AND storm) OR calm", {2, 3}),
        ("ship AND storm OR calm", {2, 3}),
        ("ship storm OR election", {2, 4}),
        ("calm OR NOT harbour", {3, 4}),
        ("(calm OR site:elsewhere) election", {3}),
        ("storm OR site:shams", {1, 2, 3, 4}),
        ("NOT site:shams", set()),
        ("-lang:en", set()),
        ("NEAR(ship dawn, 4)", set()),
        ("NEAR(ship dawn, 5)", {1}),
        ("NEAR(ship dawn, ٥)", {1}),
        ("NEAR(ship harbour)", {1, 2}),
        ('"ship dawn"~4', set()),
        ('"ship dawn"~5', {1}),
        ('headline:"ship harbour"~10', {1}),
        ("NEAR(ships harb*, 2)", {1, 2}),
        ('NEAR("the ship" harbour, 3) OR calm', {1, 3}),
        ("headline:(ship OR storm)", {1, 2, 4}),
        ("headline:(ship election)", {4}),
        ("headline:NEAR(ship harbour)", {1}),
        ("=harbour NOT =Ship", {1, 2}),
        ("NOT =ship", {3}),
        ("headline:=ship", {1, 4}),
        ("+ship && !harbour", {4}),
        ("!(ship OR storm)", {3}),
        ("text:ship body:harbour", {1, 2}),
        ("ship^2 harbour~", {1, 2}),
        ("ship harbour title:storm", {1, 2}),
        ("ship harbour agnecy:afp after:2024-13-01 site:", {1, 2}),
        ("headline: (ship OR storm)", {1, 2, 4}),
        ("headline: storm", {2}),
        ("storm lang:EN", {2}),
        ("storm|calm", {2, 3}),
        ("ｓｈｉｐ　ＡＮＤ　ｈａｒｂｏｕｒ", {1, 2}),
        ("\u200fship\u200f harbour\u200e", {1, 2}),
        ("“ship” «harbour»", {1, 2}),
        ("ship\x00harbour \U0001f600", {1, 2}),
    ],
)
def test_operators(archive: Archive, query: str, articles: set[int]) -> None:
    assert {hit.article_id for hit in archive.search(query)} == articles
    assert archive.number_of_hits(query) == len(articles)
    assert sum(archive.count_hits(query, "site").values()) == len(articles)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("ship AND", "AND joins two parts"),
        ("OR ship", "OR joins two parts"),
        ("ship AND AND storm", "AND joins two parts"),
        ("ship NOT", "NOT stands before a word"),
        ("(ship", "has no ) behind it"),
        ("ship)", "has no ( before it"),
        ("ship ()", "holds nothing"),
        ('"ship', "quotation mark is not closed"),
        ("agnecy:afp", "agency: meant"),
        ("after:yesterday", "takes a year, month or day"),
        ("lang:العربية", "takes a code"),
        ("NEAR(ship)", "two words or more"),
        ("NEAR(ship storm, x)", "a number of words"),
        ("NEAR(ship storm", "no closing )"),
        ("ship NEAR/3 storm", "write NEAR("),
        ("*ship", "at the end of a word only"),
        ("site:(a NEAR(b c))", "takes one value"),
        ("NEAR(a OR b)", "NEAR takes words and phrases alone"),
        ("title:ship", "headline: meant"),
        ("title:(ship storm)", "headline: meant"),
        ("source:afp", "agency: meant"),
        ("ship and storm", "as a sign it is AND"),
        ("inurl:shams", "site: meant"),
        ("publish_date:[2024-01-01 TO 2024-02-01]", "after: meant"),
        ("before:2024-02-30", "takes a year, month or day"),
        ("after:2024-13", "takes a year, month or day"),
        ("site:", "has no value"),
        ("sh?p", "? stands for no letter"),
        ("ship^2", "behind a word is left out"),
        ("ship~1", "behind a word is left out"),
        ("ship or storm", "as a sign it is OR"),
        ("ship not storm", "as a sign it is NOT"),
        ("سفينة أو ميناء", "as a sign it is OR"),
        ("agnecy:" + "x" * 1500, "x…”"),
        ("word " * 100, "only the first 64"),
    ],
)
def test_mistakes_are_reported(archive: Archive, query: str, told: str) -> None:
    assert any(told in problem for problem in archive.query_problems(query)), query
    assert isinstance(archive.search(query), list)


@pytest.mark.parametrize(
    "query",
    [
        "ship harbour",
        "(ship OR storm) -calm",
        "site:shams after:2026-01",
        "19:30 a*",
        "why? wow! a/b?c",
    ],
)
def test_right_queries_have_no_problems(query: str) -> None:
    assert parse_query(query).problems == ()


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("site:sham", "the archive has shams"),
        ("author:Nobody ship", "author:Nobody fits no article"),
        ("section:sport ship", "section:sport fits no article"),
        ("after:2027 ship", "after:2027 fits no article"),
        ("giraffe ship", "“giraffe” is not anywhere"),
        ("headline:dawn", "“dawn” is not in a headline"),
        ("calm or storm", "as a sign it is OR"),
        ("calm storm", "no article has them all"),
        ("NEAR(calm storm, 2)", "within 2 words"),
        ("=SHIP", "other spellings only"),
        ("lang:fr", "the archive has en"),
        ("", "type a word"),
    ],
)
def test_query_that_finds_nothing_gets_a_hint(archive: Archive, query: str, hint: str) -> None:
    assert archive.search(query) == []
    assert any(hint in one for one in archive.query_problems(query, is_found=False)), query


def test_results_show_id_site_and_total(archive_path: Path) -> None:
    done = run("search", "ship", "--limit", "2", "-d", archive_path)
    assert "id 1" in done.stdout
    assert "shams" in done.stdout
    assert "3 articles found, the first 2 are shown" in done.stdout
    assert "AND joins two parts" in run("search", "ship AND", "-d", archive_path).stderr


def test_json_has_the_total_and_the_mistakes(archive_path: Path) -> None:
    done = run("search", "ship", "titel:x", "--limit=1", "--json", "-d", archive_path)
    found = json.loads(done.stdout)
    assert (found["query"], found["total"], len(found["results"])) == ("ship titel:x", 3, 1)
    assert found["problems"] == ["“titel:x” is left out; is site: meant?"]
    done = run("search", "ship AND", "--one-per-text", "--json", "-d", archive_path)
    found = json.loads(done.stdout)
    assert found["total"] == 3
    assert found["problems"] == [done.stderr.strip().removeprefix("newscrawl: ")]
    assert found["also_found"] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("site:(a.example OR b.example)", "site:a.example OR site:b.example"),
        ("ship -site:(a.example b.example)", "ship NOT (site:a.example site:b.example)"),
        ("agency:(afp -reuters) ship", "(agency:afp -agency:reuters) ship"),
        ('author:("Rim Fahmi" OR Ali)', 'author:"Rim Fahmi" OR author:Ali'),
        ("after:(2026-02)", "after:2026-02"),
        ("tag:((a OR b) c)", "(tag:a OR tag:b) tag:c"),
    ],
)
def test_filter_takes_several_values_in_brackets(typed: str, meant: str) -> None:
    assert parse_query(typed) == parse_query(meant)


@pytest.mark.parametrize(
    "typed",
    [
        *("NEAR(a OR b, 5)", "NEAR(a NOT b)", "NEAR(a -b, 3)", "NEAR(a AND b)"),
        *("NEAR((a OR b) c, 5)", "NEAR(a site:b.example)", "NEAR(headline:a b)"),
    ],
)
def test_near_with_operators_is_left_out_and_reported(typed: str) -> None:
    found = parse_query(f"ship {typed}")
    assert found.root == parse_query("ship").root
    assert [problem.key for problem in found.problems] == ["query_near_inside"]
    assert "NEAR(a c, 5) OR NEAR(b c, 5)" in found.problems[0]


@pytest.mark.parametrize("typed", ["site:(a NEAR(b c))", "after:(2026-13)", "site:(site:a)"])
def test_value_that_a_filter_cannot_have_is_reported(typed: str) -> None:
    assert parse_query(typed).problems


def test_word_behind_a_minus_is_no_option(archive_path: Path) -> None:
    for unwanted in ("-harbour", "-dawn", "-north"):
        done = run("search", "ship", unwanted, "-d", archive_path, "--json")
        assert done.returncode == 0, done.stderr
        wanted = run("search", "ship", "NOT", unwanted[1:], "--json", "-d", archive_path)
        assert [hit["article_id"] for hit in json.loads(done.stdout)["results"]] == [
            hit["article_id"] for hit in json.loads(wanted.stdout)["results"]
        ]
    joined = run("search", "ship", f"-d{archive_path}", "--limit=1")
    assert "3 articles found" in joined.stdout
    assert run("search", "ship", "--harbour", "-d", archive_path).returncode == 2


@pytest.mark.parametrize(
    "facet",
    [
        "agency",
        "author",
        "day",
        "keyword",
        "language",
        "month",
        "place",
        "section",
        "site",
        "year",
    ],
)
def test_every_facet_is_counted(archive_path: Path, facet: str) -> None:
    done = run("search", "ship", "--count-by", facet, "--json", "-d", archive_path)
    assert done.returncode == 0
    assert done.stdout.startswith("{")


REPORTED = {
    1: "A multi-agent test of src/main.py and CLAUDE.md, ubuntu 20.04: grammar::fa, O'Brien.",
    2: "قال إن الإرهابي فرّ. الدورى المصرى اليوم. كــتــاب عن البطاطس.",
    3: "मोदी ने कहा कि वह आएंगे।",
    4: "The woman said that women marched in the park.",
}


@pytest.mark.parametrize(
    ("query", "articles"),
    [
        ("multi-agent", {1}),  # Dicklesworthstone/meta_skill#100: no such column: agent
        ("src/main.py", {1}),  # spences10/ccrecall#23: syntax error near "/"
        ("O'Brien", {1}),  # spences10/ccrecall#29: syntax error near "'"
        ("ubuntu 20.04", {1}),  # mitre/cis-bench#12: syntax error near "."
        ("grammar::fa", {1}),  # dbohdan/tinyfts#2: no such column: grammar
        ("park.", {4}),  # simonw/datasette#651: punctuation
        ("إرهابي", {2}),  # amcat/amcat#375: a count of 0 beside a list of results
        ('"الإرهابي فر"~5', {2}),  # amcat/amcat#375: an error for Arabic letters
        ("الدوري", {2}),  # Itqan-community/RATQ#287: yeh for alef maqsura
        ("كتاب", {2}),  # MihaiValentin/lunr-languages#84: only one tatweel was removed
        ("بطاطس", {2}),  # elastic/elasticsearch#110274: a first letter taken for a particle
        ('"मोदी"', {3}),  # mediacloud/backend#666: quotation marks around Hindi
        ("woman OR women", {4}),  # mediacloud/web-search#616: counts differ by the way in
        ("(woman OR women)", {4}),
    ],
)
def test_reports_of_users_of_other_tools(
    tmp_path: Path, query: str, articles: set[int]
) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        for number, text in REPORTED.items():
            archive.add(Article(url=f"https://shams.example/{number}", article_body=text))
        assert {hit.article_id for hit in archive.search(query)} == articles
        assert archive.number_of_hits(query) == len(articles)
        assert sum(archive.count_hits(query, "site").values()) == len(articles)
        assert archive.query_problems(query) == ()

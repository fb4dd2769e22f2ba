"""The rooms of `newscrawl serve`: questions, sites, names, lists, runs, SQL, files to take."""

from __future__ import annotations

import csv
import http.client
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from io import StringIO
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest

from newscrawl import Article, Dateline
from newscrawl.archive import Archive
from newscrawl.archive.export.columns import SQL_VIEWS, TABLES, meaning_of
from newscrawl.archive.export.tables import FORMULA_STARTS
from newscrawl.archive.read.stats import COVERAGE
from newscrawl.archive.search.query_parser import parse_query
from newscrawl.web.display.interface_language import phrases
from newscrawl.web.pages.question import GROUPS
from newscrawl.web.queries.questions import questions
from tests.archive_samples import URL
from tests.front_server import HOME, MOST_READ, Front, fill, serving

ROOMS = (
    *(
        "/compare",
        "/questions",
        "/placements",
        "/runs",
        "/run/1",
        "/sql",
        "/site/shams.example",
    ),
    *("/sites", "/agencies", "/authors", "/places", "/place?" + urlencode({"name": "صحار"})),
    *("/agency?name=afp", "/author?" + urlencode({"name": "ليلى الشاطئ"})),
    "/placements?" + urlencode({"page": HOME, "list": MOST_READ}),
)
csv.field_size_limit(10**7)  # a hostile headline of a megabyte is among them
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """An archive, served."""
    path = tmp_path_factory.mktemp("rooms") / "archive.db"
    fill(path)
    with serving(path) as front:
        yield front


def taken(front: Front, path: str) -> list[list[str]]:
    """Return the rows of the CSV at *path*."""
    answer = front.get(path)
    assert answer.status == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    return list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"), newline="")))


def run_address(front: Front, query: str, page: str = "/sql", **values: str) -> str:
    """Return the address that the form of the SQL page makes."""
    token = re.search(r'name="token" value="([^"]+)"', front.get("/sql").text)
    assert token is not None
    return f"{page}?" + urlencode({"lang": "en", "token": token[1], "sql": query, **values})


def sql(front: Front, query: str, **values: str) -> list[list[str]]:
    return taken(front, run_address(front, query, "/sql.csv", **values))


@pytest.mark.parametrize("path", ROOMS)
def test_every_room_answers_in_each_language(front: Front, path: str) -> None:
    for language, direction in (("ar", "rtl"), ("en", "ltr"), ("fr", "ltr")):
        mark = "&" if "?" in path else "?"
        answer = front.get(f"{path}{mark}lang={language}")
        assert answer.status == 200, answer.text
        assert f'<html lang="{language}" dir="{direction}"' in answer.text


@pytest.mark.parametrize("name", list(questions()))
def test_every_question_has_an_answer_and_files(front: Front, name: str) -> None:
    question = questions()[name]
    given = {"page": HOME, "list": MOST_READ, "url": URL}
    asked = urlencode({key: given[key] for key in question.asks if key in given})
    page = front.get(f"/question/{name}?lang=en&{asked}")
    assert page.status == 200
    assert question.title["en"] in page.text
    columns, *rows = taken(front, f"/question/{name}.csv?{asked}")
    records = json.loads(front.get(f"/question/{name}.json?{asked}").text)
    assert len(records) == len(rows)
    assert {f"column_{column}" for column in columns} <= set(phrases())
    if question.chart:
        drawn = {question.chart.x, question.chart.y, question.chart.color, question.chart.x2}
        assert drawn - {None} <= set(columns)


def test_every_question_is_in_a_group_but_those_of_one_page() -> None:
    ungrouped = {name for name, one in questions().items() if one.group not in GROUPS}
    assert ungrouped == {"places_of_a_link", "list_through_time"}


def test_the_sentence_of_an_answer_names_its_largest_row(front: Front) -> None:
    counted = taken(front, "/question/articles_by_month.csv")[1:]
    month, site, articles = max(counted, key=lambda row: int(row[2]))
    page = front.get("/question/articles_by_month?lang=en").text
    said = f"Most in one month: {articles}, by \u2068{site}\u2069 in \u2068{month}\u2069."
    assert said in page
    for language in ("ar", "fr"):
        assert articles in front.get(f"/question/articles_by_month?lang={language}").text


@pytest.mark.parametrize(
    "name", ["articles_by_month", "agencies", "list_through_time", "edits_by_month"]
)
def test_an_answer_is_drawn(front: Front, name: str) -> None:
    asked = urlencode({"page": HOME, "list": MOST_READ})
    answer = front.get(f"/question/{name}.svg?lang=ar&{asked}")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    drawing = ElementTree.fromstring(answer.text)  # noqa: S314 -- of our own server
    assert len(list(drawing.iter(f"{SVG}path"))) > 3
    assert "<script" not in answer.text
    assert not re.search(r"""(?:href|src)=["']https?:""", answer.text)
    dark = front.get(f"/question/{name}.svg?lang=ar&theme=dark&{asked}")
    assert dark.text != answer.text


def test_a_picture_is_a_png(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=60)
    connection.request("GET", "/question/agencies.png")
    assert connection.getresponse().read().startswith(b"\x89PNG")
    connection.close()


def test_what_cannot_be_drawn_says_so(front: Front) -> None:
    answer = front.get("/question/agencies.svg?lang=en&site=nowhere.example")
    assert answer.status == 200
    assert "nothing to draw" in answer.text
    assert front.get("/question/skipped.svg").status == 404


def test_a_site_page_shows_what_is_found_on_it(front: Front) -> None:
    text = front.get("/site/shams.example?lang=en").text
    assert "Articles: 3" in text
    assert '<meter min="0" max="1" value="1.0" aria-label="headline">' in text
    assert "/placements?page=https%3A%2F%2Fshams.example%2F" in text


def test_an_agency_is_shown_by_its_sites(front: Front) -> None:
    text = front.get("/agency?name=afp&lang=en").text
    assert "أ.ف.ب" in text
    counted = taken(front, "/question/sites_of_an_agency.csv?agency=afp")
    assert counted == [
        ["site", "articles"],
        ["shams.example", "3"],
        ["qamar.example", "1"],
    ]


def test_a_list_is_shown_through_time(front: Front) -> None:
    text = front.get("/placements?lang=en&" + urlencode({"page": HOME})).text
    assert "2 visits" in text
    assert "longest gap: 5 hours" in text
    assert text.count("<tr>") == 3


def test_a_run_reports_its_outcomes(front: Front) -> None:
    text = front.get("/run/1?lang=en").text
    assert "exit status 0" in text
    assert "DOWNLOAD_DELAY" in text


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/nothing-here",
            "/nothing/here",
            "/site/nowhere.example",
            "/agency?name=nobody",
            "/author?name=",
            "/run/99",
        ),
        *("/placements?page=https://nowhere.example/", "/question/no_such_question"),
        *("/article/1/beside/2", "/article/1/raw", "/search.csv?q=nothinglikeit"),
    ],
)
def test_what_is_not_there_says_so(front: Front, path: str) -> None:
    mark = "&" if "?" in path else "?"
    answer = front.get(f"{path}{mark}lang=en")
    assert answer.status == 404
    assert "To the first page" in answer.text


def test_all_finds_are_taken(front: Front) -> None:
    columns, *rows = taken(front, "/search.csv?" + urlencode({"q": "site:shams.example"}))
    assert len(rows) == 3
    assert {"headline", "url", "sha256", "captured_at", "warc_record_id"} <= set(columns)
    lines = front.get("/search.jsonl?" + urlencode({"q": "site:shams.example"})).text
    assert [json.loads(line)["id"] for line in lines.splitlines()] == [1, 2, 3]


def test_no_cell_is_a_formula(front: Front) -> None:
    asked = urlencode({"page": HOME, "list": MOST_READ})
    cells = {
        cell for row in taken(front, f"/question/list_through_time.csv?{asked}") for cell in row
    }
    assert "'=1+1" in cells
    cells |= {cell for row in sql(front, "SELECT '=cmd', '@x', '-1'") for cell in row}
    assert not any(cell.startswith(FORMULA_STARTS) for cell in cells)


def test_a_table_is_taken_without_formulas(front: Front) -> None:
    columns, *rows = taken(front, "/archive/article.csv?_sort=id&site=shams.example&_size=max")
    assert columns[:2] == ["id", "site"]
    assert [row[0] for row in rows] == ["1", "2", "3"]
    cells = {cell for row in taken(front, "/archive/promotion.csv") for cell in row}
    assert "'=1+1" in cells
    assert front.get("/archive/no_such_table.csv").status == 404


def test_rows_of_tables_are_low(front: Front) -> None:
    page = front.get("/archive/article?_sort=id").text
    assert "x" * 200 not in page


@pytest.mark.parametrize("path", ["/archive/x/article.csv", "/archive/article?_format=csv"])
def test_csv_that_is_not_guarded_is_refused(front: Front, path: str) -> None:
    assert front.get(path).status == 403


def test_finds_are_counted_by_month(front: Front) -> None:
    query = urlencode({"q": "سفينة"})
    assert taken(front, f"/search/months.csv?{query}") == [
        ["month", "articles"],
        ["2026-03", "4"],
    ]
    assert "<svg" in front.get(f"/search/months.svg?{query}").text


def test_a_month_narrows_the_search(front: Front) -> None:
    text = front.get("/search?lang=en&" + urlencode({"q": "سفينة"})).text
    narrowed = re.search(r'href="(/search\?[^"]*after%3A2026-03\+before%3A2026-04[^"]*)"', text)
    assert narrowed is not None
    assert "Found: 4" in front.get(narrowed[1].replace("&amp;", "&")).text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "“agnecy:afp” is left out; is agency: meant?"),
        ("fr", "« agnecy:afp » est laissé de côté ; fallait-il écrire agency: ?"),
        ("ar", "تُرك «agnecy:afp»؛ هل المقصود agency:؟"),
    ],
)
def test_mistakes_of_a_query_are_reported(front: Front, language: str, told: str) -> None:
    text = front.get("/search?" + urlencode({"q": "agnecy:afp سفينة", "lang": language})).text
    assert told in unescape(text)


def test_a_query_that_finds_nothing_says_why(front: Front) -> None:
    text = front.get("/search?lang=en&" + urlencode({"q": "سفينة زرافة<b> site:sham"})).text
    assert "“زرافة&lt;b&gt;” is not anywhere in the archive" in text
    assert "site:sham fits no article; the archive has qamar.example, shams.example" in text


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("agnecy:afp", ["query_filter_left_out"]),
        ("after:yesterday ship", ["query_filter_day"]),
        ("site:a.example after:2026-01", []),
        ("headline:ship http://a.example Covid:19 -site:x", []),
    ],
)
def test_filters_that_are_none(typed: str, near: list[str]) -> None:
    assert [problem.key for problem in parse_query(typed).problems] == near


def test_names_also_found_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        for number, name in enumerate(("غوتيريش", "غوتيريس", "Guterres", "ميناء")):
            url = f"https://shams.example/{number}"
            archive.add(Article(url=url, headline=f"{name} 2026", article_body=f"{name}."))
    with serving(path) as front:
        text = front.get("/search?lang=en&q=Guterres&sort=fresh").text
        assert "Found: 3" in text
        links = re.findall(
            r'href="(/search\?[^"]*names[^"]*)"', text.partition("Also found")[2]
        )
        assert len(links) == 3
        assert all("sort=fresh" in link for link in links)
        counts = [re.search(r"Found: (\d)", front.get(unescape(link)).text) for link in links]
        assert [found and found[1] for found in counts] == ["2", "2", "1"]
        left = front.get(unescape(links[0])).text
        assert 'aria-label="Filters"' in left  # the switch is a chip, to be removed again


def test_order_of_results_is_chosen_and_stays(front: Front) -> None:
    query = urlencode({"q": "سفينة", "lang": "en"})
    all_copies = front.get(f"/search?{query}&sort=date").text
    assert all_copies.count('<p class="snippet"') == 4
    one_each = front.get(f"/search?{query}&sort=fresh&each=text").text
    assert one_each.count('<p class="snippet"') == 3
    assert "Counts and files are of every outlet" in one_each
    assert re.search(r'aria-current="true">Best and newest first<', one_each)
    links = re.findall(r'href="(/search\?[^"]*)"', one_each.partition("<aside")[2])
    narrowed = [link for link in links if "after" in link or "site" in link]
    assert narrowed
    assert all("sort=fresh" in link and "each=text" in link for link in narrowed)
    assert front.get(f"/search?{query}&sort=nonsense&each=nonsense").status == 200


@pytest.mark.parametrize("sort", ["rank", "date", "fresh"])
def test_one_of_each_text_is_shown_in_every_order(front: Front, sort: str) -> None:
    query = urlencode({"q": "سفينة", "sort": sort, "each": "text"})
    assert front.get(f"/search?{query}").text.count('<p class="snippet"') == 3


def test_order_can_be_changed_where_nothing_is_found(front: Front) -> None:
    query = urlencode({"q": "xyzzy", "each": "text", "lang": "en"})
    text = front.get(f"/search?{query}").text
    assert "Nothing was found" in text
    assert "Every outlet of agency texts" in text
    assert 'href="/search?q=xyzzy&amp;sort=rank&amp;lang=en"' in text


def test_datelines_of_the_results_narrow_them(tmp_path: Path) -> None:
    path = tmp_path / "places.db"
    with Archive(path) as archive:
        for number, place in enumerate(("بيروت", "Beyrouth", "الرباط"), 1):
            url = f"https://shams.example/{number}"
            dateline = Dateline(raw=f"{place} ـ", place=place)
            archive.add(
                Article(url=url, headline="خبر", article_body="وصل الوفد.", dateline=dateline)
            )
    with serving(path) as front:
        text = front.get(f"/search?{urlencode({'q': 'وصل', 'lang': 'en'})}").text
        # Both names are one place, counted once under one of them.
        (link,) = re.findall(r'href="([^"]*)"><bdi>Beyrouth</bdi></a> <span>2</span>', text)
        assert "بيروت</bdi></a> <span>" not in text
        assert parse_qs(urlsplit(unescape(link)).query)["q"] == ['وصل place:"Beyrouth"']
        narrowed = front.get(unescape(link)).text
    assert "Found: 2" in narrowed


@pytest.mark.parametrize("name", ["silent_edits", "articles_by_month", "deletions"])
def test_search_box_of_a_question_is_empty(front: Front, name: str) -> None:
    box = re.search(r'<input id="q"[^>]*>', front.get(f"/question/{name}").text)
    assert box
    assert 'value=""' in box[0]


def test_copies_stand_side_by_side(front: Front) -> None:
    text = front.get("/article/3/beside/4?lang=en").text
    assert text.count("<mark>") >= 2
    assert "qamar.example" in text


def test_sql_is_answered_with_our_functions(front: Front) -> None:
    folded = sql(front, "SELECT search_key('السفينه') = search_key('السفينة') AS same")
    assert folded == [["same"], ["1"]]
    counted = sql(
        front, "SELECT count(*) AS n FROM article WHERE site = :site", site="shams.example"
    )
    assert counted == [["n"], ["3"]]
    assert sql(front, "SELECT :nothing AS x") == [["x"], [""]]
    same = sql(front, "SELECT 1 AS a, 2 AS a, 3 AS a_2")
    assert same == [["a", "a_2", "a_2_2"], ["1", "2", "3"]]
    named = run_address(front, "SELECT :path AS x", path="a", context="b")
    assert front.get(named).status == 200


@pytest.mark.parametrize(
    "query",
    [
        *("DELETE FROM articles", "ATTACH '/etc/passwd' AS x", "PRAGMA query_only = OFF"),
        *(
            "SELECT load_extension('x')",
            "VACUUM INTO '/tmp/x'",
            "SELECT 1; SELECT 2",
            "nonsense",
        ),
        "CREATE TEMP TABLE x AS SELECT 1",
        "SELECT fts3_tokenizer('simple')",
        "INSERT INTO article_search (article_search) VALUES ('optimize')",
        "PRAGMA data_version = 1",
    ],
)
def test_sql_that_is_more_than_a_question_is_refused(front: Front, query: str) -> None:
    answer = front.get(run_address(front, query))
    assert answer.status == 400
    assert "The query failed:" in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n",
        "SELECT length(group_concat(hex(zeroblob(400000000)), randomblob(300000000)))",
        f"SELECT {', '.join(['hex(zeroblob(9999))'] * 1_000)}",
    ],
    ids=["without end", "of a gigabyte", "of a large answer"],
)
def test_the_bounds_of_sql_hold(front: Front, query: str) -> None:
    answer = front.get(run_address(front, query))
    assert answer.status == 400
    assert front.get("/sql").status == 200


def test_sql_page_describes_every_view(front: Front) -> None:
    page = front.get("/sql?lang=en").text
    for view in (*TABLES, *SQL_VIEWS):
        summary = f"<summary><code>{view}</code></summary>"
        about = page.partition(summary)[2].partition("</details>")[0]
        assert meaning_of(view) in unescape(about)
        assert about.count("<dt>") == about.count("<dd ") > 1
        assert "In exports only" not in about


def test_an_answer_of_sql_is_cut(front: Front) -> None:
    many = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
    assert len(sql(front, many)) == 1 + 1_000


@pytest.mark.parametrize("given", [{}, {"token": ""}, {"token": "\u0661"}, {"token": "x"}])
def test_a_query_of_a_link_waits_for_the_reader(front: Front, given: dict[str, str]) -> None:
    asked = urlencode({"lang": "en", "sql": "SELECT 6 * 7 AS n", **given})
    page = front.get(f"/sql?{asked}")
    assert page.status == 200
    assert "Not run yet" in page.text
    assert "SELECT 6 * 7 AS n</textarea>" in page.text
    assert ">42<" not in page.text
    assert front.get(f"/sql.csv?{asked}").status == 403
    assert ">42<" in front.get(run_address(front, "SELECT 6 * 7 AS n")).text


@pytest.mark.parametrize("path", ["/", "/search?q=x", "/sql", "/archive/article.json"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_page_of_another_site_loads_ours(front: Front, path: str, site: str) -> None:
    def status(mode: str, destination: str, site: str = site) -> int:
        headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
        return front.get(path, **headers, **{"Sec-Fetch-Dest": destination}).status

    assert status("no-cors", "image") == 403
    assert status("no-cors", "empty") == 403
    assert status("navigate", "iframe") == 403
    assert status("navigate", "document") == 200
    assert status("cors", "empty", "same-origin") == 200
    assert status("navigate", "document", "none") == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/sql", "/archive/article.json"])
def test_the_archive_is_only_read(front: Front, method: str, path: str) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", front.port, timeout=60)) as asking:
        asking.request(method, path)
        with asking.getresponse() as answer:
            assert answer.status == 405
            assert b"GET" in answer.read()


def test_hundreds_of_parameters_are_refused_at_once(front: Front) -> None:
    for count, status in ((3_000, 400), (150, 200)):
        query = "&".join(f"a{number}=1" for number in range(count))
        started = time.monotonic()
        assert front.get(f"/?{query}").status == status
        assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", ["Cookie", "Accept-Language", "Accept", "X-Any"])
def test_header_that_is_no_text_ends_in_no_failure(front: Front, name: str) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", front.port, timeout=60)) as asking:
        asking.request("GET", "/", headers={name: b"lang=\xff\xfe"})
        with asking.getresponse() as answer:
            assert answer.status == 200
            assert answer.read()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/search?q=x", "/search?q=x"),
        ("/search?q=%22%3E%3Cscript%3E", "/search?q=%22%3E%3Cscript%3E"),
        ("//news.example/x", "/news.example/x"),
        ("/article/1", "/article/1"),
        ("/nothing-here", "/nothing-here"),
        ("/%22%3Ex", "/%22%3Ex"),
    ],
)
def test_link_of_another_site_says_nothing_of_the_archive(
    front: Front, path: str, shown: str
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    page = front.get(path, **headers, **{"Sec-Fetch-Dest": "document"})
    assert page.status == 200
    assert page.headers["cache-control"] == "no-store"
    assert f'<a href="{shown}">' in page.text
    assert page.text.replace(shown, "HERE") == front.get(
        "/HERE", **headers, **{"Sec-Fetch-Dest": "document"}
    ).text.replace("/HERE", "HERE")


@pytest.mark.parametrize(
    "path",
    [
        f"/search?q=x&page={'9' * 5_000}",
        "/archive/article?_where=1%3D1",
        "/archive/article?_blob_column=headline",
        "/archive/article.blob?_blob_column=headline",
        "/archive/article.json?_where=(",
        f"/archive/article?_next={'9' * 5_000}",
        f"/archive/article?_size={'9' * 5_000}",
        "/archive/article?_size=-5",
        f"/archive/article.json?_facet_size={'9' * 5_000}",
        f"/archive/article.json?_ttl={'9' * 5_000}",
        "/archive/article?_search=%22&_sort=nothing",
        f"/article/1/diff?old={'9' * 5_000}",
        f"/article/{'9' * 19}",
        f"/run/{'9' * 5_000}",
    ],
)
def test_odd_parameters_end_in_no_failure(front: Front, path: str) -> None:
    assert front.get(path).status in {200, 400, 403, 404}


def test_no_sql_behind_a_proxy(tmp_path: Path) -> None:
    Archive(tmp_path / "a.db").close()
    with serving(tmp_path / "a.db", "--proxied") as front:
        assert front.get("/sql?sql=" + quote("SELECT 1")).status == 404
        assert front.get("/sql.csv?sql=" + quote("SELECT 1")).status == 404
        assert 'href="/sql"' not in front.get("/").text


def test_pages_follow_a_crawl_that_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Archive(path).close()
    with serving(path) as front:
        assert "/site/" not in front.get("/").text
        fill(path)
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA wal_checkpoint")
        connection.close()
        assert front.get("/site/shams.example").status == 200


def test_each_field_of_a_site_has_a_name_in_each_language() -> None:
    assert [name for name in COVERAGE if f"field_{name}" not in phrases()] == []


def test_colours_and_language_are_no_parameters_of_a_query(front: Front) -> None:
    page = front.get("/sql?look=dark&lang=fr&town=Muscat").text
    asked = page.partition("<main")[2]
    assert 'name="town"' in asked
    assert 'name="look"' not in asked

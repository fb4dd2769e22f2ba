"""An agency is one, wherever a page names it: dateline, byline, credit, metadata."""

from __future__ import annotations

import datetime as dt
import json
import lzma
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlite_utils import Database

from newscrawl import Archive, Article, Page, extract
from newscrawl.article import Agency, AgencyPlace, SourceCredit, mentions_from
from newscrawl.outcomes import Observation
from newscrawl.web.queries.questions import questions

TEXT = """<p>{start}The ferry across the river ran at night for the first time on Monday, and
the harbour was full of people who had come to see it leave.</p><p>The council had promised the
service for two years, and paid for it with the money of the old bridge.</p><p>It will run on
each day of the week until the end of the summer, the mayor said on Monday.</p>"""


def page_with(
    *, byline: str = "", start: str = "", below: str = "", author: str = "", head: str = ""
) -> Article:
    """The article of a page that names its source in these places."""
    data = {"@type": "NewsArticle", "headline": "Ferry to run at night", "author": author}
    body = f"""<html><head><title>Ferry to run at night | Tideway Post</title>{head}
    <script type="application/ld+json">{json.dumps(data)}</script></head><body><article>
    <h1>Ferry to run at night</h1><div class="byline">{byline}</div>
    <div class="text">{TEXT.format(start=start)}</div>{below}</article></body></html>"""
    return extract(Page(url="https://tidewaypost.example/ferry", body=body.encode()))


PLACES: Mapping[str, tuple[dict[str, str], set[tuple[str, str]]]] = {
    "dateline": ({"start": "LONDON (Reuters) - "}, {("reuters", "dateline")}),
    "arabic-dateline": ({"start": "لندن - رويترز - "}, {("reuters", "dateline")}),
    "bare-byline": (
        {"byline": "dpa/AFP"},
        {(one, place) for one in ("dpa", "afp") for place in ("byline", "source_credit")},
    ),
    "byline-with-author": ({"byline": "By Ann Lee, Associated Press"}, {("ap", "byline")}),
    "hebrew-byline": (
        {"byline": "<span>רויטרס</span>"},
        {("reuters", "byline"), ("reuters", "source_credit")},
    ),
    "labelled-byline": ({"byline": "المصدر: رويترز"}, {("reuters", "source_credit")}),
    "credit-in-brackets": (
        {"below": "<div class='source'>المصدر: (أبوظبي - البيان)</div>"},
        {("albayan", "source_credit")},
    ),
    "credit-in-footer": ({"below": "<footer>Quelle: dpa</footer>"}, {("dpa", "source_credit")}),
    "bare-credit": ({"below": "<div><span>(أ ف ب)</span></div>"}, {("afp", "source_credit")}),
    "json-ld": ({"author": "AFP"}, {("afp", "jsonld")}),
    "meta": ({"head": '<meta name="author" content="Reuters">'}, {("reuters", "meta")}),
    "russian-credit": ({"below": "<div>Источник: ТАСС</div>"}, {("tass", "source_credit")}),
    "outlet-with-agency": ({"byline": "The Old Tide / Avec AFP"}, {("afp", "byline")}),
    "published-by": (
        {"byline": "Published by Anadolu Agency on 5 March 2026"},
        {("anadolu", "byline")},
    ),
    "meta-source": ({"head": '<meta name="source" content="AFP">'}, {("afp", "meta")}),
    "footnote": (
        {"below": "<div class='footnote'>Additional reporting by AFP</div>"},
        {("afp", "source_credit")},
    ),
    "owner": (
        {"below": "<p>© dpa-infocom, dpa:260305-99-12/2</p>"},
        {("dpa", "source_credit")},
    ),
    "owner-is-the-page": ({"below": "<p>© Tideway Post</p>"}, set()),
    "label-of-a-map": ({"below": "<p>MAP</p>"}, set()),
    "person-like-an-agency": ({"byline": "By Tass Morgan"}, set()),
    "none": ({"byline": "By Ann Lee"}, set()),
    "initials": ({"byline": "<button>AA</button>"}, set()),
    "outlet-of-the-author": ({"byline": "By Ann Lee, The Guardian"}, set()),
    "own-outlet": ({"start": "HARBOUR (Tideway Post) - "}, set()),
}


@pytest.mark.parametrize(("parts", "expected"), PLACES.values(), ids=PLACES)
def test_agency_is_found_with_its_place(
    parts: dict[str, str], expected: set[tuple[str, str]]
) -> None:
    article = page_with(**parts)
    assert {(one.id, one.found_in) for one in article.agencies} == expected


def test_credit_of_two_newspapers_names_both() -> None:
    article = page_with(below="<p>With reports from Reforma and El Economista</p>")
    assert article.source_credit is not None
    assert [one.name for one in article.source_credit.agencies] == ["Reforma", "El Economista"]


def test_an_agency_s_own_site_has_no_credit_to_itself() -> None:
    body = f"<h1>Ferry to run at night</h1><div>Reuters</div>{TEXT.format(start='')}"
    page = Page(url="https://www.reuters.com/ferry", body=body.encode())
    assert extract(page).source_credit is None


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Four articles of one agency in four places and two spellings, and one without."""
    archive = Archive(tmp_path / "archive.db")
    places: tuple[AgencyPlace | None, ...]
    places = ("dateline", "byline", "source_credit", "jsonld", None)
    for number, place in enumerate(places, 1):
        name = "رويترز" if number % 2 else "Reuters"
        agency = Agency(name=name, id="reuters")
        credit = SourceCredit(raw=name, agencies=(agency,)) if number == 3 else None
        article = Article(
            url=f"https://post.example/{number}",
            headline=f"Ferry number {number}",
            article_body="The ferry ran.",
            date_published=dt.date(2026, 3, number),
            source_credit=credit,
            agencies=mentions_from([agency], place) if place else (),
        )
        seen = Observation(
            url=article.url,
            fetched_at=dt.datetime(2026, 3, 7, number, tzinfo=dt.UTC),
            outcome="stored",
        )
        archive.save(article, seen, site="post", key=str(number), run=None)
    return archive


def test_all_places_are_counted_as_one_agency(archive: Archive) -> None:
    assert archive.count_hits("ferry", "agency") == {"رويترز": 4}
    for query in ("agency:reuters", "agency:رويترز", "agency:Reuters"):
        assert {hit.article_id for hit in archive.search(query)} == {1, 2, 3, 4}, query
    for name in ("agencies", "articles_by_month", "sites_of_an_agency", "agencies_by_month"):
        sql = questions()[name].sql
        values = dict.fromkeys(re.findall(r":(\w+)", sql)) | {"agency": "reuters"}
        rows = archive.db.execute(sql, values).fetchall()
        assert [row[-1] for row in rows] == [4], name


def test_ids_are_the_union_of_all_places(archive: Archive) -> None:
    mentions = archive.db.execute("SELECT article_id, code, found_in FROM agency_mention")
    assert mentions.fetchall() == [
        (1, "reuters", "dateline"),
        (2, "reuters", "byline"),
        (3, "reuters", "source_credit"),
        (4, "reuters", "jsonld"),
    ]
    ids = archive.db.execute("SELECT agency_ids FROM article ORDER BY id").fetchall()
    assert ids == [("reuters",)] * 4 + [(None,)]


def test_datelines_of_an_older_archive_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    saved = Path(__file__).with_name("archives") / "schema-12.db.xz"
    path.write_bytes(lzma.decompress(saved.read_bytes()))
    old = Database(path)
    with old.conn:
        old.conn.execute("UPDATE versions SET dateline_agency = 'رويترز'")
    old.close()
    with Archive(path) as archive:
        found = archive.db.execute("SELECT DISTINCT code, found_in FROM agency_mention")
        assert ("reuters", "dateline") in found.fetchall()

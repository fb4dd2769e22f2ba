"""Faults that users reported of other fronts, with links, rebuilt on `newscrawl serve`."""

from __future__ import annotations

import csv
import datetime as dt
import html
import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import attrs
import pytest

from newscrawl.archive import Archive
from newscrawl.archive.search.query_parser import parse_query
from newscrawl.archive.search.tokens import quoted
from newscrawl.article import Agency, Dateline, SourceCredit
from newscrawl.outcomes import Outcome
from newscrawl.study.coding.codebook import Variable, add_variable, codes, set_code
from newscrawl.study.study_articles import study_articles
from newscrawl.study.study_file import StudyFile
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at
from tests.front_server import Front, serving

SHIPS = "سفينة"
NAMES = (
    'Cities & towns: "A/B" (x)',
    "ملف «غزة» الخاص",
    "C++ #1 50%",
    "“curly” names:off",
    "line\nbreak",
    "-minus",
    "ends with \\",
    "l'eau d'Évian; NEAR(a b)",
    "خبر [عاجل] =x*",
)
ODD = f"https://{SITE}/q?organisations[]=a&order=new&lang=ar"
ODD_ID = len(NAMES) + 1


def fill(path: Path) -> None:
    """Make an archive: an article of each odd name, years apart, one with an odd address."""
    with Archive(path) as archive:
        for number, name in enumerate(NAMES):
            url = f"https://{SITE}/{number}"
            article = article_at(
                url,
                canonical_url=None,
                headline=f"خبر {number}",
                article_body=SHIPS,
                breadcrumbs=("الرئيسية", name),
                authors=(name,),
                dateline=Dateline(raw=f"{name} -", place=name),
                source_credit=SourceCredit(raw=name, agencies=(Agency(name=name),)),
                date_published=dt.date(1990 + 4 * number, 1, 31),
            )
            at = observation_at(MORNING, url=url)
            archive.save(article, at, site=SITE, key=url, run=None)
        for number, headline in enumerate(("الأول", "الثاني", "الثالث")):
            article = article_at(
                ODD, canonical_url=None, headline=headline, date_published=None, publisher=None
            )
            at = observation_at(MORNING + hours(number), url=ODD)
            archive.save(article, at, site=SITE, key=ODD, run=None)
        run = archive.start_run("site", SITE, {})
        gone = observation_at(
            MORNING + hours(48), url=f"https://{SITE}/1", outcome=Outcome.HTTP_ERROR, status=404
        )
        archive.record_visit(gone, site=SITE, run=run)
        archive.finish_run(run, "finished", 0, {})
    articles = study_articles(path, [1, 2, 3])
    with StudyFile(path) as study:
        for name in ("tone", "topic"):
            values = {"bad": "", "good": ""}
            add_variable(study, Variable(name=name, level="nominal", values=values))
        for named in articles:
            for coder, value in (("Ali", "bad"), ("Rim", "good")):
                set_code(study, named, "tone", value, coder)
                set_code(study, named, "topic", "good", coder)
                set_code(study, named, "topic", "bad", coder)


@attrs.frozen
class Served:
    """The archive, served."""

    front: Front
    path: Path

    def page(self, path: str, **values: str) -> str:
        answer = self.front.get(f"{path}?{urlencode(values)}" if values else path)
        assert answer.status == 200, path
        return answer.text

    def links(self, page: str, beginning: str) -> list[str]:
        """The links of *page* that begin so."""
        return [html.unescape(one) for one in re.findall(rf'href="({beginning}[^"]*)"', page)]

    def found(self, path: str) -> int:
        """The number of results that the page at *path* states."""
        stated = re.search(r"Found: (\d+)", self.page(path))
        return int(stated[1]) if stated else 0

    def rows(self, path: str) -> list[dict[str, str]]:
        text = self.page(path).removeprefix("\ufeff")
        return list(csv.DictReader(StringIO(text, newline="")))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("reports") / "archive.db"
    fill(path)
    with serving(path) as front:
        yield Served(front, path)


def test_calendar_keeps_every_part_of_an_address(served: Served) -> None:
    """https://github.com/webrecorder/pywb/issues/510"""
    page = served.page("/captures", url=ODD, lang="en")
    assert page.count("<time>") == 1 + 1 + 3
    assert html.escape(ODD) in page


def test_calendar_of_an_address_with_a_fragment(served: Served) -> None:
    """https://github.com/webrecorder/pywb/issues/863"""
    for fragment in ("#/comments", "#"):
        assert served.page("/captures", url=ODD + fragment, lang="en").count("<time>") == 5


def test_histogram_shows_every_article_of_a_wide_range(served: Served) -> None:
    """https://github.com/elastic/kibana/issues/52152"""
    page = served.page("/search", q=SHIPS, lang="en")
    bars = re.findall(r"<title>(\d{4}): (\d+)</title>", page)
    assert sum(int(count) for _year, count in bars) == len(NAMES)
    assert [year for year, _count in bars] == [str(year) for year in range(1990, 2023)]
    assert "<h2>Year</h2>" in page


def test_a_bar_leads_to_as_many_articles_as_it_shows(served: Served) -> None:
    """https://github.com/elastic/kibana/pull/1162"""
    page = served.page("/search", q=SHIPS, lang="en")
    bars = re.findall(r'<a href="([^"]+)" data-month="\d+" aria-label="\d+: (\d+)"', page)
    for link, count in bars:
        assert served.found(html.unescape(link)) == int(count)
    narrow = served.page("/search", q=f"{SHIPS} after:1990 before:1996", lang="en")
    month = r'<a href="([^"]+)" data-month="[-\d]+" aria-label="([-\d]+): (\d+)"'
    months = re.findall(month, narrow)
    assert [at for _link, at, count in months if count != "0"] == ["1990-01", "1994-01"]
    for link, _month, count in months[:2]:
        assert served.found(html.unescape(link)) == int(count)


def test_line_of_a_search_goes_on_to_the_last_month_of_its_sites(served: Served) -> None:
    """https://github.com/mediacloud/web-search/issues/1196"""
    query = f"{SHIPS} before:1992"
    rows = served.rows("/compare.csv?" + urlencode([("q", query), ("q", SHIPS)]))
    counts = {row["month"]: row["articles"] for row in rows if row["query"] == query}
    assert counts == {f"{1990 + 4 * at}-01": str(int(at == 0)) for at in range(len(NAMES))}


def test_files_hold_the_dates_and_filters_of_their_page(served: Served) -> None:
    """https://github.com/mediacloud/web-tools/issues/865"""
    asked = urlencode({"q": SHIPS, "from": "1994", "to": "2002", "lang": "en"})
    page = served.page(f"/search?{asked}")
    for kind in (r"/search\.csv", r"/search/months\.csv"):
        (link,) = served.links(page, kind)
        assert len(served.rows(link)) == served.found(f"/search?{asked}") == 3


@pytest.mark.parametrize("kind", ["section", "author", "place", "agency"])
def test_facet_of_any_name_leads_to_its_articles(served: Served, kind: str) -> None:
    """https://github.com/netarchivesuite/solrwayback/issues/7

    https://github.com/IQSS/dataverse-frontend/issues/812,
    https://github.com/netarchivesuite/solrwayback/issues/327
    """
    page = served.page("/search", q=SHIPS, lang="en")
    links = [one for one in served.links(page, r"/search\?") if f"{kind}%3A" in one]
    assert len(links) >= len(NAMES)
    for link in links:
        if "%D8%A7%D9%84%D8%B1%D8%A6%D9%8A%D8%B3%D9%8A%D8%A9" not in link:  # all are in it
            assert served.found(link) == 1, link
            (file,) = served.links(served.page(link), r"/search\.csv")
            assert len(served.rows(file)) == 1


@pytest.mark.parametrize("name", [*NAMES, 'all "«“ of”»" them'])
def test_quoted_name_is_one_value(name: str) -> None:
    root: Any = parse_query(f"site:{quoted(name)}").root
    assert root.value == (name if "“ of" not in name else name.replace('"', " ")).strip()


def test_text_and_filters_narrow_together(served: Served) -> None:
    """https://github.com/ArchiveBox/ArchiveBox/issues/1316"""
    asked = {"q": f"{SHIPS} after:2000 section:{quoted(NAMES[3])}", "lang": "en"}
    assert served.found("/search?" + urlencode(asked)) == 1
    assert served.found("/search?" + urlencode(asked | {"q": "الثاني after:2000"})) == 0


def test_zotero_reads_a_newspaper_and_no_date_that_is_none(served: Served) -> None:
    """https://github.com/zotero/translators/issues/1944"""
    meta = r'<meta name="([^"]+)" content="([^"]*)">'
    found = dict(re.findall(meta, served.page(f"/article/{ODD_ID}")))
    assert found["DC.type"] == "newspaperArticle"
    assert found["citation_title"] == "الثالث"
    assert "citation_publication_date" not in found
    dated = dict(re.findall(meta, served.page("/article/1")))
    assert dated["citation_publication_date"] == "1990/01/31"
    assert dated["citation_journal_title"] == "جريدة شمس"


def test_coders_who_differ_everywhere_do_not_agree(served: Served) -> None:
    """https://github.com/inception-project/inception/pull/2220"""
    page = served.page("/study", lang="en")
    alphas = re.findall(r"<dt>Krippendorff[^<]*</dt><dd>([^<]*)</dd>", page)
    assert len(alphas) == 2
    assert float(alphas[0].replace("−", "-")) <= 0  # tone: Ali bad, Rim good, in each article
    assert alphas[1] == "–"  # topic: one value alone, of which nothing can be said


def test_a_code_that_is_set_again_is_one(served: Served) -> None:
    """https://github.com/doccano/doccano/issues/1093"""
    with StudyFile.open_read_only(served.path) as study:
        rows = codes(study, variable="topic")
    given = [(row["url"], row["coder"], row["value"]) for row in rows]
    assert len(given) == len(set(given)) == 6
    assert {value for _url, _coder, value in given} == {"bad"}


def test_difference_is_of_the_last_two_versions_or_of_any(served: Served) -> None:
    """https://github.com/dgtlmoon/changedetection.io/issues/732

    https://github.com/dgtlmoon/changedetection.io/issues/1846
    """
    wanted = {
        "": ("الثاني", "الثالث"),
        "?old=1&new=3": ("الأول", "الثالث"),
        "?old=3&new=1": ("الثالث", "الأول"),
    }
    for asked, (removed, added) in wanted.items():
        page = served.page(f"/article/{ODD_ID}/diff{asked}")
        assert f"<del>{removed}</del>" in page
        assert f"<ins>{added}</ins>" in page


def test_rows_of_a_file_have_all_columns(served: Served) -> None:
    """https://github.com/simonw/datasette/issues/612"""
    for path in ("/question/deletions.csv", f"/search.csv?{urlencode({'q': SHIPS})}"):
        text = served.page(path).removeprefix("\ufeff")
        rows = list(csv.reader(StringIO(text, newline="")))
        assert len(rows) > 1
        assert len({len(row) for row in rows}) == 1
    (row,) = json.loads(served.page("/question/deletions.json"))
    assert row["redirected_to"] is None

"""`newscrawl serve`, asked over HTTP as a browser asks it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import pytest
from markupsafe import escape

from newscrawl.archive import Archive
from newscrawl.jobs.health import Word
from newscrawl.jobs.job import job_for
from newscrawl.jobs.jobs_file import add_job
from newscrawl.jobs.state import states_beside
from newscrawl.outcomes import Evidence
from newscrawl.web.display.facets import bars_of, chips_of, within
from newscrawl.web.display.formatting import clean, outward, printed
from newscrawl.web.display.interface_language import filled, language_for, phrase, phrases
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at
from tests.command_line import run
from tests.front_server import FIRST, SECOND, Front, fill, serving

SEARCH = "/search?q=" + quote("سفينة")
TEMPLATES = Path(__file__).parent.parent / "newscrawl" / "web" / "templates"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """An archive with an edited article, copies and a hostile one, served."""
    path = tmp_path_factory.mktemp("front") / "archive.db"
    fill(path)
    with serving(path) as front:
        yield front


def test_every_page_answers_in_each_language(front: Front) -> None:
    for path in (
        "/",
        "/search",
        "/search?q=" + quote("سفينة"),
        "/article/1",
        "/article/1/diff",
    ):
        for language, direction in (("ar", "rtl"), ("en", "ltr"), ("fr", "ltr")):
            mark = "&" if "?" in path else "?"
            answer = front.get(f"{path}{mark}lang={language}")
            assert answer.status == 200, path
            assert f'<html lang="{language}" dir="{direction}"' in answer.text


def test_the_browsers_language_is_the_pages(front: Front) -> None:
    answer = front.get("/", **{"Accept-Language": "fr-MA,ar;q=0.5"})
    assert '<html lang="fr"' in answer.text


def test_every_spelling_of_a_word_is_found_and_marked(front: Front) -> None:
    answer = front.get("/search?q=" + quote("السفينه"))
    assert "<mark>سفينة</mark>" in answer.text


def test_an_article_shows_its_parts(front: Front) -> None:
    text = front.get("/article/1?lang=en").text
    parts = (
        "الميناء يستقبل ثاني سفينة",
        "صحار ـ شمس",
        "قال الربان إنها الأولى.",
        "أخبار ذات صلة",
    )
    assert all(part in text for part in parts)
    assert "changed by the publisher" in text


def test_the_same_text_elsewhere_is_shown(front: Front) -> None:
    text = front.get("/article/3?lang=en").text
    assert "The same text elsewhere" in text
    assert '<a href="/article/4?lang=en">رست السفينة</a>' in text
    assert "It is not certain which outlet had it first." in text


@pytest.mark.parametrize("form", ["bib", "ris", "json"])
def test_an_article_can_be_cited(front: Front, form: str) -> None:
    answer = front.get(f"/article/1/cite.{form}")
    assert (answer.status, URL in answer.text) == (200, True)
    name = rf'attachment; filename="newscrawl-1-\d{{8}}T\d{{6}}Z\.{form}"'
    assert re.fullmatch(name, answer.headers["content-disposition"])
    assert "127.0.0.1" not in answer.text


@pytest.mark.parametrize(("asked", "time"), [("", "08:30"), ("?version=1", "06:30")])
@pytest.mark.parametrize("form", ["bib", "ris", "json"])
def test_a_citation_has_the_permalink_of_the_version(
    front: Front, form: str, asked: str, time: str
) -> None:
    text = front.get(f"/article/1/cite.{form}{asked}").text
    permalink = f"/article/1?at=2026-03-01T{time}:00Z"
    assert f"archive.db: {permalink}" in text
    assert f"first seen 2026-03-01T{time}:00Z (UTC), as in the key" in text
    page = front.get(f"/article/1{asked}").text
    assert f'<a href="{permalink}" dir="ltr">{permalink}</a>' in page


def test_an_edit_is_shown_word_by_word(front: Front) -> None:
    text = front.get("/article/1/diff").text
    assert re.search("<del>[^<]*أول", text)
    assert re.search("<ins>[^<]*ثاني", text)


def test_an_edit_has_its_interval_and_a_version_its_capture(tmp_path: Path) -> None:
    path = tmp_path / "edited.db"
    with Archive(path) as archive:
        for later, headline in ((0, FIRST), (3, FIRST), (5, SECOND)):
            place = Evidence(file="a.warc.gz", offset=later, length=1)
            found = observation_at(MORNING + hours(later), evidence=place)
            archive.save(article_at(headline=headline), found, site=SITE, key=URL, run=None)
    first, last, new = (MORNING + hours(later) for later in (0, 3, 5))
    printed_first, printed_last, printed_new = (
        one.strftime("<time>%Y-%m-%d %H:%M UTC</time>") for one in (first, last, new)
    )
    with serving(path) as front:
        assert f"{printed_last} → {printed_new}" in front.get("/article/1/diff").text
        now, earlier = (front.get(f"/article/1{which}").text for which in ("", "?version=1"))
    assert f"{printed_first} – {printed_last}" in now
    assert f'<dd><a href="/replay/{new:%Y%m%d%H%M%S}/' in now
    assert f'<dd><a href="/replay/{last:%Y%m%d%H%M%S}/' in earlier


@pytest.mark.parametrize("path", ["/", "/article/2", "/search?q=" + quote("<script>alert")])
def test_hostile_text_is_harmless(front: Front, path: str) -> None:
    answer = front.get(path)
    assert answer.status == 200
    assert "<script>" not in answer.text
    assert answer.text.count("<script") == answer.text.count('<script src="/assets/') > 0
    assert "\u202e" not in answer.text
    assert len(answer.text) < 300_000


def test_every_answer_has_the_policy(front: Front) -> None:
    for path in ("/", "/article/1", "/nothing-here", "/archive", "/assets/base.css"):
        policy = front.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_no_page_names_another_host_but_in_links(front: Front) -> None:
    for path in ("/", "/article/1", SEARCH):
        text = front.get(path).text
        assert not re.search(r"""(?:src|action)=["']https?:""", text)
        out = re.findall(r'<a href="https?:[^>]*>', text)
        assert all('rel="noopener nofollow"' in link for link in out)


def test_another_host_name_is_refused(front: Front) -> None:
    assert front.get("/", Host="evil.example").status == 421


def test_no_sql_is_run(front: Front) -> None:
    assert front.get("/archive?sql=" + quote("select 1")).status == 403
    assert front.get("/archive.json?sql=" + quote("select 1")).status == 403


@pytest.mark.parametrize("path", ["/article/999", "/article/2/diff"])
def test_what_is_not_there_says_so(front: Front, path: str) -> None:
    answer = front.get(path + "?lang=en")
    assert answer.status == 404
    assert "To the first page" in answer.text


@pytest.mark.parametrize(
    "query",
    ["after:yesterday", '"', "NEAR(", "site:", "a" * 5_000],
    ids=["day", "quote", "operator", "filter", "long"],
)
def test_any_query_is_answered(front: Front, query: str) -> None:
    assert front.get("/search?q=" + quote(query)).status == 200


def test_an_empty_archive_says_what_to_do(tmp_path: Path) -> None:
    Archive(tmp_path / "a.db").close()
    with serving(tmp_path / "a.db") as front:
        for path in ("/", "/runs"):
            assert "scrapy crawl site -a url=" in front.get(path).text
        assert front.get("/placements").status == 200


def test_the_first_page_lists_the_jobs_that_need_attention(tmp_path: Path) -> None:
    path, jobs_file, now = tmp_path / "a.db", tmp_path / "jobs.toml", dt.datetime.now(dt.UTC)
    fill(path)
    for site in (SITE, "new.example"):
        add_job(jobs_file, job_for(f"https://{site}/", 3600))
    states = states_beside(path)
    states.change(SITE, started_at=now, finished_at=now, status=0)
    with serving(path, "--jobs-file", str(jobs_file)) as front:
        page = front.get("/?lang=en").text
        assert "1 of 2 jobs need attention." in page
        assert ": has never run</h3>" in page
        states.change("new.example", started_at=now, finished_at=now, status=1)
        page = front.get("/?lang=ar").text
        assert f": {phrase('ar', 'job_failing')}</h3>" in page
        states.change("new.example", status=0, reported="changed")
        assert ": the site has changed</h3>" in front.get("/?lang=en").text
        states.change("new.example", reported="well")
        assert "2 jobs, all well." in front.get("/?lang=en").text
        jobs_file.write_text("[jobs.x]\n", "utf-8")
        assert f"{jobs_file}: job x says no interval" in front.get("/").text
        jobs_file.unlink()
        assert "<h2>Jobs</h2>" not in front.get("/?lang=en").text


def test_a_missing_archive_is_one_line(tmp_path: Path) -> None:
    done = run("serve", tmp_path / "none.db", "--no-browser")
    assert done.returncode == 1
    assert done.stderr.startswith("newscrawl: ")
    assert done.stderr.count("\n") == 1


def test_every_string_is_there_in_each_language() -> None:
    asked = {
        key
        for template in TEMPLATES.rglob("*.html")
        for key in re.findall(r'[^\w]t\("(\w+)"[,)]', template.read_text("utf-8"))
    }
    well = {"well", "running", "partial"}
    asked |= {f"job_{word}" for word in get_args(Word) if word not in well}
    assert {"raw_page", "job_changed"} <= asked <= set(phrases())
    assert all(set(texts) == {"ar", "en", "fr"} for texts in phrases().values())


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "language"),
    [
        ("ar", "fr", "en", "ar"),
        (None, "fr", "ar", "fr"),
        ("xx", "yy", "de, fr;q=0.3, ar;q=0.9", "ar"),
        (None, None, "en;q=x, *;q=1", "en"),
        (None, None, "", "en"),
    ],
)
def test_language_is_the_readers(
    asked: str | None, kept: str | None, accepted: str, language: str
) -> None:
    assert language_for(asked, kept, accepted) == language


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("1", "مرة واحدة"),
        ("2", "مرتين"),
        ("6", "6 مرات"),
        ("10", "10 مرات"),
        ("11", "11 مرة"),
        ("100", "100 مرة"),
        ("1\u202f005", "1\u202f005 مرات"),
    ],
)
def test_arabic_noun_has_the_form_of_its_number(count: str, said: str) -> None:
    assert phrase("ar", "looks", count=count) == f"نُظر إليها {said}"
    assert filled("ar", "{articles} مقالًا", {"articles": "102"}) == "102 مقال"
    assert filled("ar", "{hours} ساعة", {"hours": "4.5"}) == "4.5 ساعة"


def test_text_is_cut_and_has_no_controls() -> None:
    assert clean("a\u202eb\x1b[31m", 100) == "ab[31m"
    assert clean("x" * 50, 10) == "x" * 10 + "…"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///x", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    assert "<a" not in outward(url, "text")


def test_long_words_may_be_broken_and_are_the_same_text() -> None:
    text = "<b>" + "x&" * 1_000
    broken = str(printed(text))
    assert broken.count("<wbr>") >= 9
    assert broken.replace("<wbr>", "") == str(escape(text))
    assert "<wbr>" not in printed("short words " * 100)


@pytest.mark.parametrize(
    ("query", "chips", "month"),
    [
        (
            'ship site:a.example -agency:"a b" OR x',
            [("site:a.example", 'ship -agency:"a b" OR x'), ('-agency:"a b"', None)],
            'ship site:a.example -agency:"a b" OR x after:2026-12 before:2027-01',
        ),
        ("after:2026-01 x", [("after:2026-01", "x")], "x after:2026-12 before:2027-01"),
        ('"site:a.example" http://x.example', [], None),
    ],
)
def test_filters_are_chips_that_can_be_removed(
    query: str, chips: list[tuple[str, str | None]], month: str | None
) -> None:
    found = chips_of(query)
    assert [chip.text for chip in found] == [text for text, _without in chips]
    for chip, (_text, without) in zip(found, chips, strict=True):
        assert without is None or chip.without == without
    assert month is None or within(query, "2026-12", "2026-12") == month


def test_bars_are_of_every_month_and_lead_to_it() -> None:
    bars = bars_of({"2025-11": 4, "2026-02": 1, "": 9}, lambda month: f"/{month}")
    assert [(bar.month, bar.count) for bar in bars[-4:]] == [
        ("2025-11", 4),
        ("2025-12", 0),
        ("2026-01", 0),
        ("2026-02", 1),
    ]
    assert bars[-4].height == 4 * bars[-1].height
    assert bars[-3].height == 0
    assert bars[-4].href == "/2025-11"


def test_bars_cover_a_year_or_more() -> None:
    few = bars_of({"2026-02": 1}, str)
    assert [few[0].month, few[-1].month, len(few)] == ["2025-03", "2026-02", 12]
    many = bars_of({"2020-01": 3, "2020-12": 1, "2026-02": 1}, str)
    assert [(bar.month, bar.count) for bar in many][::6] == [("2020", 4), ("2026", 1)]
    assert bars_of({"": 4}, str) == ()


def test_a_reader_chooses_dark_colours_and_keeps_them(front: Front) -> None:
    chosen = front.get("/?look=dark")
    assert 'data-look="dark"' in chosen.text
    assert "prefers-color-scheme" not in chosen.text
    cookie = chosen.headers["set-cookie"].partition(";")[0]
    assert 'data-look="dark"' in front.get("/runs", Cookie=cookie).text
    assert 'data-look="auto"' in front.get("/runs", Cookie="newscrawl-look=<x>").text


def test_changes_of_a_version_are_marked_in_the_text(front: Front) -> None:
    page = front.get("/article/1?version=2&lang=en").text
    heading = page.partition("<h1>")[2].partition("</h1>")[0]
    assert re.search("<del>[^<]*أول", heading)
    assert re.search("<ins>[^<]*ثاني", heading)
    for plain in ("/article/1", "/article/1?version=1"):
        assert "<ins>" not in front.get(plain).text


@pytest.mark.parametrize(
    "query", ["version=99", "version=0", "version=x", "at=2001-01-01", "at=yesterday", "at="]
)
def test_version_that_is_not_there_is_not_another_one(front: Front, query: str) -> None:
    for page in ("", "/raw", "/cite.json"):
        assert front.get(f"/article/1{page}?{query}").status == 404


def test_address_that_no_page_has_is_not_found(front: Front) -> None:
    for path in ("/no/such/page/here", "/timemap/json/https://shams.example/news/1"):
        assert front.get(path).status == 404


def test_an_article_names_its_citation_for_zotero(front: Front) -> None:
    page = front.get("/article/1").text
    assert '<meta name="citation_title" content="الميناء يستقبل ثاني سفينة">' in page
    assert page.count('<meta name="citation_author"') == 2
    assert '<meta name="citation_publication_date" content="2026/03/01">' in page

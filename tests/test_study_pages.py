"""The study in the front: read by everyone, written by forms of `serve --coder` alone."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from newscrawl import Archive
from newscrawl.study.coding.codebook import Variable, add_variable, codes, set_code
from newscrawl.study.selections import (
    MOST_NOTE,
    add_note,
    add_tags,
    collect,
    collected,
    notes,
    searches,
    tags,
)
from newscrawl.study.study_articles import StudyArticle, study_articles
from newscrawl.study.study_file import StudyFile
from newscrawl.system.project import study_path
from tests.archive_samples import URL
from tests.chromium import needs_chromium, open_chromium
from tests.command_line import run
from tests.front_server import SECOND, Answered, Front, fill, serving

HOSTILE = "<script>alert(1)</script>\u202e\u2066" + "س" * 5_000
SHIPS = "سفينة"
PAGES = (
    *("/article/1", "/study"),
    *("/study/articles?collection=Ports", "/study/articles?tag=harbour"),
    "/search?" + urlencode({"q": SHIPS}),
)


def study_of(archive: Path) -> None:
    """Make a study of two coders, with an article that the archive lacks."""
    with Archive(archive) as opened:
        opened.withdraw(2, reason="its text is a million letters")
    first, third, fourth = study_articles(archive, [1, 3, 4])
    with StudyFile(archive) as study:
        collect(study, "Ports", [first, third], "Ali")
        add_tags(study, first, ["harbour"], "Ali")
        add_note(study, first, HOSTILE, "Ali")
        values = {"bad": "Negative", "even": "", "good": "إيجابي"}
        add_variable(
            study,
            Variable(name="tone", level="ordinal", values=values, description="نبرة النص"),
        )
        add_variable(study, Variable(name="length", level="interval", minimum=0, maximum=9))
        for article, coder, value in (
            *((first, "Ali", "bad"), (first, "Rim", "good")),
            *((third, "Ali", "even"), (third, "Rim", "even")),
            *((fourth, "Ali", "bad"), (fourth, "Mona", "good")),
        ):
            set_code(study, article, "tone", value, coder)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a study."""
    path = tmp_path_factory.mktemp("study") / "archive.db"
    fill(path)
    study_of(path)
    return path


@pytest.fixture(scope="module")
def front(archive: Path) -> Iterator[Front]:
    """A server that writes in the name of Rim."""
    with serving(archive, "--coder", "Rim") as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with open_chromium() as opened:
        yield opened


def own_codes(study: StudyFile, article: StudyArticle) -> dict[str, object]:
    given = codes(study, article=article)
    return {one["variable"]: one["value"] for one in given if one["coder"] == "Rim"}


def post(front: Front, form: dict[str, str], **headers: str) -> Answered:
    """Send *form* as a program does."""
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=60)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/study", urlencode(form, errors="replace"), kind | headers)
    answer = connection.getresponse()
    names = {name.lower(): value for name, value in answer.getheaders()}
    answered = Answered(answer.status, names, answer.read())
    connection.close()
    return answered


def token_of(front: Front) -> str:
    found = re.search(r'name="token" value="([^"]+)"', front.get("/article/1").text)
    assert found
    return found[1]


def open_page(
    browser: Browser, front: Front, path: str, language: str = "en", **view: object
) -> Page:
    size = {"width": 1280, "height": 900}
    options = {"viewport": size, "locale": language, "java_script_enabled": False} | view
    page = browser.new_context(**options).new_page()  # type: ignore[arg-type]
    page.goto(f"http://127.0.0.1:{front.port}{path}")
    return page


def test_forms_write_the_study_file_and_not_the_archive(archive: Path, front: Front) -> None:
    before = archive.read_bytes()
    token = token_of(front)
    place = "/article/3"
    for form in (
        {"do": "note", "text": "من النموذج"},
        {"do": "tag", "tags": "حرب، harbour, ,"},
        {"do": "collect", "collection": "Forms"},
        {"do": "code", "variable:tone": "good", "variable:length": "2.5"},
    ):
        answered = post(front, {"token": token, "article": "3"} | form)
        assert (answered.status, answered.headers["location"]) == (303, f"{place}#study")
    name = {"do": "save-search", "name": "Ships", "q": SHIPS, "lang": "ar"}
    answered = post(front, {"token": token} | name)
    assert (answered.status, answered.headers["location"]) == (303, "/study?lang=ar")
    [third] = study_articles(archive, [3])
    with StudyFile.open_read_only(archive) as study:
        assert [(one["coder"], one["text"]) for one in notes(study, third)] == [
            ("Rim", "من النموذج")
        ]
        assert [one["tag"] for one in tags(study, third)] == ["harbour", "حرب"]
        assert [one["key"] for one in collected(study, "Forms")] == [third.key]
        assert [one["query"] for one in searches(study)] == [SHIPS]
        given = own_codes(study, third)
        assert given == {"tone": "good", "length": 2.5}
        number = notes(study, third)[0]["id"]
    for form in (
        {"do": "delete-note", "note": str(number)},
        {"do": "untag", "tag": "حرب"},
        {"do": "leave", "collection": "Forms"},
        {"do": "code", "variable:tone": "even", "variable:length": ""},
        {"do": "delete-search", "name": "Ships"},
    ):
        assert post(front, {"token": token, "article": "3"} | form).status == 303
    with StudyFile.open_read_only(archive) as study:
        assert (notes(study, third), searches(study), collected(study, "Forms")) == ([], [], [])
    assert archive.read_bytes() == before


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({"token": ""}, {}, 403),
        ({"token": "x" * 22}, {}, 403),
        ({}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 403),
        ({}, {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"}, 403),
        ({}, {"Origin": "http://evil.example"}, 403),
        ({}, {"Host": "evil.example"}, 421),
        ({"text": "x" * (MOST_NOTE + 1)}, {}, 400),
        ({"text": " "}, {}, 400),
        ({"text": "x" * 3_000_000}, {}, 413),
        ({"article": "77"}, {}, 404),
        ({"article": "2"}, {}, 404),
        ({"article": "9" * 30}, {}, 400),
        ({"do": "drop"}, {}, 400),
        ({"do": "code", "variable:tone": "worse"}, {}, 400),
        ({"do": "code", "variable:none": "1"}, {}, 400),
        ({"do": "delete-note", "note": "1"}, {}, 400),
        ({"do": "tag", "tags": "a\u202eb"}, {}, 400),
    ],
)
def test_what_no_form_of_ours_sends_writes_nothing(
    archive: Path, front: Front, form: dict[str, str], headers: dict[str, str], status: int
) -> None:
    whole = {"token": token_of(front), "do": "note", "article": "1", "text": "x"} | form
    with StudyFile.open_read_only(archive) as study:
        state = (notes(study), tags(study), codes(study))
    answered = post(front, whole, **headers)
    assert answered.status == status
    assert "Traceback" not in answered.text
    with StudyFile.open_read_only(archive) as study:
        assert (notes(study), tags(study), codes(study)) == state


def test_a_coder_does_not_see_the_codes_of_others_before_coding(front: Front) -> None:
    fourth = front.get("/article/4", **{"Accept-Language": "en"}).text
    assert "Mona" not in fourth
    assert 'value="bad" selected' not in fourth
    overview = front.get("/study", **{"Accept-Language": "en"}).text
    assert "Articles with different codes: 2" in overview
    table = overview.partition("<caption")[2]
    assert "/article/1" in table
    assert "/article/4" not in table


def test_without_a_coder_the_study_is_read_only(archive: Path) -> None:
    with serving(archive) as front:
        page = front.get("/article/4", **{"Accept-Language": "en"}).text
        assert "Mona" in page
        for path in PAGES:
            assert 'method="post"' not in front.get(path).text
        refused = post(front, {"do": "note", "article": "1", "text": "x"})
        assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")


def test_a_damaged_study_file_costs_no_article(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    fill(path)
    study_path(path).write_bytes(b"SQLite format 3\x00" + b"rubbish" * 900)
    with serving(path) as front:
        page = front.get("/article/1", **{"Accept-Language": "en"})
        assert page.status == 200
        assert SECOND in page.text
        assert "The study file cannot be read" in page.text
        assert front.get("/study").status == 503
        assert front.get("/search").status == 200


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--coder", "Rim", "--host", "0.0.0.0"), "--remote-coder"),  # noqa: S104 -- refused
        (("--coder", "Rim", "--proxied"), "--remote-coder"),
        (("--coder", " "), "no name"),
    ],
)
def test_a_coder_writes_from_this_machine_alone(
    archive: Path, options: tuple[str, ...], said: str
) -> None:
    done = run("serve", archive, "--no-browser", "--port", "0", *options)
    assert done.returncode == 2
    assert said in done.stderr


@needs_chromium
def test_a_coder_works_without_scripts_and_by_keyboard(
    archive: Path, front: Front, browser: Browser
) -> None:
    page = open_page(browser, front, "/article/1")
    page.get_by_label("New note").fill("بخط اليد")
    page.get_by_label("New note").press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/article/1#study")
    assert page.locator(".noted p").get_by_text("بخط اليد").is_visible()
    page.get_by_label("New tags").fill("one, two")
    with page.expect_navigation():
        page.get_by_label("New tags").press("Enter")
    with page.expect_navigation():
        page.get_by_role("button", name="Remove one").press("Enter")
    assert page.locator(".study .chips a").all_inner_texts() == ["harbour", "two", "Ports"]
    page.get_by_label("tone").select_option("even")
    page.get_by_label("length").fill("3")
    with page.expect_navigation():
        page.get_by_role("button", name="Save the codes").press("Enter")
    assert page.get_by_label("tone").input_value() == "even"
    assert page.get_by_label("length").input_value() == "3"
    page.goto(f"http://127.0.0.1:{front.port}/search?{urlencode({'q': SHIPS})}")
    page.get_by_label("Save this search as").fill("By hand")
    with page.expect_navigation():
        page.get_by_label("Save this search as").press("Enter")
    with page.expect_navigation():
        page.get_by_role("link", name="By hand").click()
    assert page.locator(".hits li").count() > 0
    page.context.close()
    [first] = study_articles(archive, [URL])
    with StudyFile.open_read_only(archive) as study:
        own = own_codes(study, first)
    assert own == {"tone": "even", "length": 3}


@needs_chromium
def test_a_page_of_another_site_cannot_write(
    archive: Path, front: Front, browser: Browser, tmp_path: Path
) -> None:
    form = f"""<form method=post action="http://127.0.0.1:{front.port}/study">
        <input name=token value="{token_of(front)}"><input name=do value=note>
        <input name=article value=1><input name=text value=forged><button>x</button></form>"""
    other = tmp_path / "other.html"
    other.write_text(form)
    page = browser.new_context().new_page()
    page.goto(other.as_uri())
    with page.expect_response("**/study") as answered:
        page.get_by_role("button").click()
    assert answered.value.status == 403
    page.context.close()
    with StudyFile.open_read_only(archive) as study:
        assert "forged" not in {one["text"] for one in notes(study)}


@needs_chromium
@pytest.mark.parametrize(
    ("width", "language", "look"),
    [(390, "ar", "dark"), (1280, "ar", "light"), (390, "fr", "light"), (1280, "en", "dark")],
)
def test_pages_are_accessible_and_fit(
    archive: Path, front: Front, browser: Browser, width: int, language: str, look: str
) -> None:
    for number, path in enumerate(PAGES):
        size = {"width": width, "height": 844}
        page = open_page(
            browser,
            front,
            path,
            language,
            viewport=size,
            color_scheme=look,
            java_script_enabled=True,
        )
        picture = archive.parent / f"study-{number}-{language}-{width}.png"
        page.screenshot(path=picture, full_page=path != PAGES[0])
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) == 0, path
        found = Axe().run(page).response["violations"]
        assert [(path, one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.locator("main script").count() == 0
        page.context.close()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("ar", "طول الملاحظة من 1 إلى"),
        ("en", "a note has 1 to"),
        ("fr", "une note a de 1 à"),
    ],
)
def test_refusal_is_in_the_language_of_the_page(
    front: Front, language: str, sentence: str
) -> None:
    form = {"token": token_of(front), "do": "note", "article": "3", "text": " "}
    refused = post(front, form, **{"Accept-Language": language})
    assert refused.status == 400
    assert sentence in refused.text

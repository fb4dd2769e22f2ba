"""Bylines that nothing but their own words mark."""

from __future__ import annotations

import pytest

from newscrawl import Page, extract
from newscrawl.extraction.explain import explain
from newscrawl.generic.fields.persons.bylines import byline_names

NAMED = [
    ("By Ann Lee", ("Ann Lee",)),
    ("By Ann Lee, Staff Reporter", ("Ann Lee",)),
    ("By Ann Lee, New York", ("Ann Lee",)),
    ("By Ann Lee | 17 May 2026", ("Ann Lee",)),
    ("By Ann Lee for The Harbour Post", ("Ann Lee",)),
    ("By Ann Lee and Bob Ray", ("Ann Lee", "Bob Ray")),
    ("By Ann Lee, Bob Ray and Cy van der Poe", ("Ann Lee", "Bob Ray", "Cy van der Poe")),
    ("BY ANN LEE", ("ANN LEE",)),
    ("Author: Ann O'Neill", ("Ann O'Neill",)),
    ("Par Jean Dupont, à Lyon", ("Jean Dupont",)),
    ("Par Jean-Luc de La Tour et Zoé Martin", ("Jean-Luc de La Tour", "Zoé Martin")),
    ("Von Hans Meier, Berlin", ("Hans Meier",)),
    ("Par Jean Dupont avec AFP", ("Jean Dupont",)),
    ("Por Juan Pérez con EFE", ("Juan Pérez",)),
    ("بقلم: سعاد المرابط مع رويترز", ("سعاد المرابط",)),
    ("By Ann Lee Promoted by", ("Ann Lee",)),
    ("By Ann Lee Edited by Bob Ray", ("Ann Lee",)),
    ("De Juan Pérez", ("Juan Pérez",)),
    ("Por Ana María López", ("Ana María López",)),
    ("Di Carlo Rossi", ("Carlo Rossi",)),
    ("автор: Иван Петров", ("Иван Петров",)),
    ("بقلم: سعاد المرابط", ("سعاد المرابط",)),
    ("بقلم سعاد المرابط", ("سعاد المرابط",)),
    ("كتب محمد علي", ("محمد علي",)),
    ("كتبت - منى حسن", ("منى حسن",)),
    ("كتب: منى حسن ومحمد علي", ("منى حسن", "محمد علي")),
    ("نویسنده: علی رضایی", ("علی رضایی",)),
    ("تحریر: محمد حنیف", ("محمد حنیف",)),
    ("מאת יוסי כהן", ("יוסי כהן",)),
]
UNNAMED = [
    "By Reuters",
    "By Associated Press",
    "By HNN Staff",
    "By India Post News Weekly 0 Comments",
    "By Tuesday morning the river was over its banks.",
    "By Land and Sea",
    "by no means",
    "Par la fenêtre",
    "Von Anfang an",
    "Von dpa",
    "De Paris à Lyon",
    "De Juan Pérez, que llegó ayer a la ciudad de noche",
    "Da Roma a Milano",
    "Por Redacción",
    "كتب الوزير في صفحته أن الاجتماع تأجل",
    "إعداد: فريق التحرير",
    "تقرير وكالة فرانس برس",
    "تحرير سيناء بعد الحرب",
    "Ann Lee",
    "By",
    "",
]


@pytest.mark.parametrize(("line", "names"), NAMED, ids=range(len(NAMED)))
def test_line_names_its_writers(line: str, names: tuple[str, ...]) -> None:
    assert byline_names(line) == names


@pytest.mark.parametrize("line", UNNAMED, ids=range(len(UNNAMED)))
def test_line_names_nobody(line: str) -> None:
    assert byline_names(line) == ()


def test_publisher_is_no_writer() -> None:
    assert byline_names("Par Les Echos", frozenset({"les echos"})) == ()


TEXT = "".join(
    f"<p>The council met on Tuesday for the {n} time, and nobody left before the end.</p>"
    for n in ("first", "second", "third")
)


def page(line: str, head: str = "", below: str = "") -> Page:
    html = (
        f"<html><head>{head}</head><body><main><h1>Mill becomes a library</h1><p>{line}</p>"
        f"{TEXT}{below}</main></body></html>"
    )
    return Page(url="https://news.example/a/1", body=html.encode())


@pytest.mark.parametrize("line", ["By Ann Lee", "By Ann Lee, in the harbour"])
def test_line_between_headline_and_text_gives_the_authors(line: str) -> None:
    article = extract(page(line))
    assert article.authors == ("Ann Lee",)
    assert article.provenance["authors"] == "byline_line"
    assert "Ann Lee" not in article.article_body


def test_stated_authors_come_first_where_the_page_names_them() -> None:
    stated = '<meta name="author" content="Bob Ray">'
    article = extract(page("By Ann Lee", stated, below="<p>Bob Ray reports from town.</p>"))
    assert article.authors == ("Bob Ray",)
    assert article.provenance["authors"] == "meta:author"


def test_byline_comes_before_a_stated_name_that_the_page_does_not_print() -> None:
    article = extract(page("By Ann Lee", '<meta name="author" content="Bob Ray">'))
    assert article.authors == ("Ann Lee",)
    assert article.provenance["authors"] == "byline_line"


def test_byline_of_a_card_below_the_text_gives_no_authors() -> None:
    card = "<div><a href='/b'>Another story of the sea and the wind</a><p>By Ann Lee</p></div>"
    assert extract(page("17 May 2026", below=card)).authors == ()


def test_explanation_shows_what_lost() -> None:
    fields = explain(page("By Ann Lee", '<meta name="author" content="Bob Ray">')).fields
    rivals = next(field.rivals for field in fields if field.field == "authors")
    assert [(r.value, r.rule, r.why_not) for r in rivals] == [
        ("Bob Ray", "meta:author", "byline_line comes first")
    ]

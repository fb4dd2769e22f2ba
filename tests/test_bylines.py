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
    ("Text: Ann Lee. Photos: Bob Ray", ("Ann Lee",)),
    ("Photographs by Bob Ray, words by Ann Lee", ("Ann Lee",)),
    ("Story and photos by Ann Lee", ("Ann Lee",)),
    ("Texte : Jean Dupont. Photos : Zoé Martin", ("Jean Dupont",)),
    ("Haber: Ayşe Kaya - Kamera: Can Demir", ("Ayşe Kaya",)),
    ("Reporter: Ann Lee; Editor: Bob Ray", ("Ann Lee",)),
    ("Von unserer Reporterin Jutta Kern und Paul Lindner (Fotos)", ("Jutta Kern",)),
    ("As told to Ann Lee", ("Ann Lee",)),
    ("— By Ann Lee", ("Ann Lee",)),
    ("By Ann Lee, MD, PhD", ("Ann Lee, MD, PhD",)),
    ("By Ann Lee, Bob Ray", ("Ann Lee", "Bob Ray")),
    ("By Ann Lee, Old Pier", ("Ann Lee",)),
    ("Von Jutta Kern, Paul Lindner", ("Jutta Kern", "Paul Lindner")),
    ("By Ann Lee, Bob Ray and Cy Poe, Harbour Safety", ("Ann Lee", "Bob Ray", "Cy Poe")),
    ("By Ann Lee on Tuesday, 3 March 2026 at 10:20", ("Ann Lee",)),
    ("Rédigé par Jean Le Bras le mardi 3 mars 2026 à 09:12", ("Jean Le Bras",)),
    ("Escrito por Juan Pérez el 3 marzo, 2026", ("Juan Pérez",)),
    ("by Ann LeeMarch 3, 2026", ("Ann Lee",)),
    ("Jutta Kern und Paul Lindner • 03.03.2026 - 14:20 Uhr", ("Jutta Kern", "Paul Lindner")),
    ("Ann Lee Tuesday, 3 March 2026", ("Ann Lee",)),
    ("03/03/2026 - 14:20 Por Ana López - Repórter da Ilha - Ovar", ("Ana López",)),
    ("Aus Brüssel berichtet Jutta Kern", ("Jutta Kern",)),
    ("From Ann Lee in Leeds", ("Ann Lee",)),
    ("Entretien réalisé par Jean Dupont", ("Jean Dupont",)),
    ("Eine Kolumne von Jutta Kern", ("Jutta Kern",)),
    ("Protokoll: Jutta Kern", ("Jutta Kern",)),
    ("Беседовал Иван Петров", ("Иван Петров",)),
    ("بقلم/ سعاد المرابط", ("سعاد المرابط",)),
    ("حاورتها: منى حسن", ("منى حسن",)),
    ("متابعة: منى حسن", ("منى حسن",)),
    ("نشره محمد علي في الأحد, 3/5/2026 - 09:40", ("محمد علي",)),
    ("كتبه محمد علي في 3 مايو 2026", ("محمد علي",)),
    ("گفت‌وگو از علی رضایی", ("علی رضایی",)),
    ("مصنف, علی حسن", ("علی حسن",)),
    ("מאת: דנה לוי ורון כהן 03.05.26 | 14:22", ("דנה לוי", "רון כהן")),
    ("来源：港口网 作者：陈小明 李华 责任编辑：张三", ("陈小明", "李华")),
    ("文／陈小明 2026/05/03 14:20", ("陈小明",)),
    ("記者陳小明／台北報導", ("陳小明",)),
    ("文・山田花子", ("山田花子",)),
    ("[서울=연합뉴스] 홍길동 기자 = 다리", ("홍길동",)),
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
    "ترجمة: منى حسن",
    "Translated by Ann Lee",
    "Photos: Ann Lee",
    "Kamera: Jutta Kern",
    "责任编辑：张三",
    "作者：新华社记者",
    "記者會於今日舉行",
    "متابعة سير العمل",
    "تحقيق في الحريق",
    "Entretien avec Jean Dupont sur la pêche",
    "From Old Pier to New Quay",
    "By Monday Night",
    "By Harwick Bridge",
    "كتبت الصحافة الإسرائيلية",
    "Leer. Mittwoch, den 6. Mai 2026",
    "Concert: Saturday 12 September 2026, Old Pier Hall",
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

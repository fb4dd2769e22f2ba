"""Datelines: strings of their own, heads of paragraphs, and prose that is none of either."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.article import Dateline
from newscrawl.values.dateline import parse_dateline, split_dateline

LABELS = Path(__file__).parent / "datelines.jsonl"
LEAST_SHARE = 0.95


def read_labels() -> list[dict[str, Any]]:
    return [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]


def is_right(label: dict[str, Any]) -> bool:
    found = parse_dateline(label["text"]) or Dateline(raw="")
    is_byline = label["place"] is None and label["agency"] is None
    person = None if is_byline else label["person"]
    return (found.place, found.agency, found.author) == (
        label["place"],
        label["agency"],
        person,
    )


def test_labelled_datelines_are_read_by_count_and_by_kind() -> None:
    labels = read_labels()
    right = [label for label in labels if is_right(label)]
    assert sum(label["count"] for label in right) >= LEAST_SHARE * sum(
        label["count"] for label in labels
    )
    assert len(right) >= LEAST_SHARE * len(labels)


def test_no_place_is_invented() -> None:
    invented = [
        label["text"]
        for label in read_labels()
        if label["place"] is None
        and (found := parse_dateline(label["text"])) is not None
        and found.place is not None
    ]
    assert invented == []


def test_a_bare_name_of_a_person_is_no_dateline() -> None:
    people = [
        label["text"]
        for label in read_labels()
        if label["person"] and not label["place"] and not label["agency"]
    ]
    assert len(people) >= 40
    assert [name for name in people if parse_dateline(name)] == []


@pytest.mark.parametrize(
    ("raw", "place", "agency", "author"),
    [
        ("بروكسل ـ المغرب اليوم", "بروكسل", "المغرب اليوم", None),
        ("مانيلا ـ عادل سلامه", "مانيلا", None, "عادل سلامه"),
        ("دبي-صوت الامارات", "دبي", "صوت الامارات", None),
        ("الرباط/ومع/", "الرباط", "ومع", None),
        ("المدينة نيوز :-", None, "المدينة نيوز", None),
        ("(رويترز) -", None, "رويترز", None),
        ("راولپنڈی:", "راولپنڈی", None, None),
        ("تهران - ایرنا", "تهران", "ایرنا", None),
        ("خبرگزاری آریا -", None, "خبرگزاری آریا", None),
        ("ירושלים - רויטרס", "ירושלים", "רויטרס", None),
        ("BRUSSELS (AP) —", "BRUSSELS", "AP", None),
        ("SANTA FE, N.M. (AP) —", "SANTA FE, N.M.", "AP", None),
        ("باريس/لندن - رويترز", "باريس/لندن", "رويترز", None),
        ("لندن: «الشرق الأوسط»", "لندن", "الشرق الأوسط", None),
        ("كتب: محمد حسن - القاهرة", "القاهرة", None, "محمد حسن"),
        ("القاهرة | وكالات", "القاهرة", "وكالات", None),
        ("غزة - خاص", "غزة", None, None),
        ("بروكســــل ـ أ.ف.ب", "بروكســــل", "أ.ف.ب", None),
        ("إب - رويترز", "إب", "رويترز", None),
        ("الخبر - واس", "الخبر", "واس", None),
        ("هسبريس من الرباط", "الرباط", "هسبريس", None),
        ("رام الله 10-3- وفا-", "رام الله", "وفا", None),
        ("اسلام آباد (نیوز ڈیسک)", "اسلام آباد", None, None),
        ("الرياضة - رويترز", None, "رويترز", None),
    ],
)
def test_forms(raw: str, place: str | None, agency: str | None, author: str | None) -> None:
    found = parse_dateline(raw)
    assert found == Dateline(raw=raw, place=place, agency=agency, author=author)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "-",
        "القاهرة - أعلنت وزارة الصحة",
        "مصر: الحكومة تعلن رفع الأسعار",
        "الحياة",
        "ريم",
        "مصر - السعودية",
        "برشلونة - ريال مدريد",
        "فريق التحرير - بيروت",
        "علي بردى",
        "John Smith",
        "Main image credit: Getty",
        "© Reuters",
        "وقالت وكالة رويترز إن القتال توقف",
        "30174026-20d9-40a2-9e04-5b63346a78a6",
    ],
)
def test_other_strings_are_none(raw: str) -> None:
    assert parse_dateline(raw) is None


def test_a_day_is_read() -> None:
    found = parse_dateline("القاهرة 10 يناير 2016 (أ ش أ) -")
    assert found is not None
    assert (found.place, found.agency, found.day) == ("القاهرة", "أ ش أ", dt.date(2016, 1, 10))


def test_the_dateline_of_a_state_agency_has_both_calendars() -> None:
    found = parse_dateline("الرياض 21 رمضان 1447 هـ الموافق 10 مارس 2026 م واس")
    assert found is not None
    assert (found.place, found.agency, found.day) == ("الرياض", "واس", dt.date(2026, 3, 10))


def test_a_day_without_its_year_takes_the_clock_of_the_page() -> None:
    clock = dt.datetime(2016, 3, 5, 12, tzinfo=dt.UTC)
    found = parse_dateline("PARIS, 3 mars (AFP) -", page_time=clock)
    assert found is not None
    assert (found.place, found.agency) == ("PARIS", "AFP")
    assert found.day in {dt.date(2016, 3, 3), None}


@pytest.mark.parametrize(
    ("paragraph", "raw"),
    [
        ("بيروت (رويترز) - قال مسؤول إن القتال توقف", "بيروت (رويترز) -"),
        ("المدينة نيوز :- بلغت حصيلة الوفيات في البلاد", "المدينة نيوز :-"),
        ("خبرگزاری آریا - رییس سازمان بورس اعلام کرد", "خبرگزاری آریا -"),
        ("راولپنڈی: لاہور ہائیکورٹ میں کیس کی سماعت ہوئی", "راولپنڈی:"),
        ("تهران- ایرنا- رئیس جمهور گفت", "تهران- ایرنا-"),
        ("الرباط/ومع/ قال وزير الخارجية", "الرباط/ومع/"),
        ("القاهرة - أحمد الريدي: قال مسؤول", "القاهرة - أحمد الريدي:"),
        (
            "دبي، الإمارات العربية المتحدة (CNN)-- أعلنت",
            "دبي، الإمارات العربية المتحدة (CNN)--",
        ),
        ("BRUSSELS (AP) — The European Union said", "BRUSSELS (AP) —"),
        ("لندن ـ «القدس العربي»: نشرت صحيفة تقريرا", "لندن ـ «القدس العربي»:"),
        ("اسلام آباد (نیوز ڈیسک) وزیراعظم نے کہا ہے", "اسلام آباد (نیوز ڈیسک)"),
        ("LONDON — Britain said on Monday", "LONDON —"),
    ],
)
def test_a_dateline_in_the_sentence_is_read_and_stays(paragraph: str, raw: str) -> None:
    found, rest = split_dateline(paragraph)
    assert found is not None
    assert found.raw == raw
    assert rest == paragraph


def test_a_dateline_that_stands_apart_leaves_the_paragraph() -> None:
    found, rest = split_dateline("بروكسل ـ المغرب اليوم\nاعلن وزير الدفاع")
    assert found == Dateline(raw="بروكسل ـ المغرب اليوم", place="بروكسل", agency="المغرب اليوم")
    assert rest == "اعلن وزير الدفاع"
    assert split_dateline("بروكسل ـ المغرب اليوم")[1] == ""


@pytest.mark.parametrize(
    "paragraph",
    [
        "القاهرة - التي زارها الوزير أمس - مدينة كبيرة",
        "القاهرة، عاصمة مصر، تشهد مؤتمرا جديدا",
        "وقالت وكالة رويترز إن القتال توقف",
        "به گزارش رویترز، رئیس جمهور گفت",
        "Paris - the capital of France - is large",
        "Leipzig: Hier wurde vor 40 Jahren die Galerie eröffnet",
        "كان - كما قال - يعمل هنا",
        "اليوم - كما في كل يوم - جاء الناس",
    ],
)
def test_prose_is_left_alone(paragraph: str) -> None:
    assert split_dateline(paragraph) == (None, paragraph)


def test_a_persian_reporter_lead_names_place_and_agency() -> None:
    found, _ = split_dateline(
        "به گزارش خبرنگار گروه استان های باشگاه خبرنگاران جوان از یزد، سرهنگ گفت"
    )
    assert found is not None
    assert (found.place, found.agency) == ("یزد", "باشگاه خبرنگاران جوان")


PIECES = st.sampled_from(
    [
        "القاهرة",
        "رويترز",
        " - ",
        "ـ",
        "(",
        ")",
        "AP",
        "LONDON",
        "10 يناير",
        "\n",
        ":",
        "/",
        "،",
        "أحمد علي",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=300))
def test_any_text_gives_a_dateline_or_none(text: str) -> None:
    found = parse_dateline(text)
    assert found is None or found.place or found.agency
    _, rest = split_dateline(text)
    assert text.endswith(rest)


@pytest.mark.skipif(
    not os.environ.get("NEWSCRAWL_CORPUS"), reason="NEWSCRAWL_CORPUS is not set"
)
def test_the_datelines_of_the_arabic_pages() -> None:
    folder = Path(os.environ["NEWSCRAWL_CORPUS"]) / "arabic"
    for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
        truth = json.loads(line)
        found = split_dateline(truth["paragraphs"][0])[0] or parse_dateline(
            truth.get("byline_raw") or ""
        )
        wanted = truth["dateline"] or {}
        assert (found and found.place, found and found.agency) == (
            wanted.get("place"),
            wanted.get("agency"),
        ), truth["page"]


def test_the_outlets_own_name_is_read_though_no_table_has_it() -> None:
    line = "الرباط ـ الميناء"
    found = parse_dateline(line, outlets=("الميناء",))
    assert parse_dateline(line) is None
    assert found is not None
    assert (found.place, found.agency) == ("الرباط", "الميناء")


def test_a_country_with_its_form_of_state_is_of_the_place() -> None:
    found = parse_dateline("صلالة، سلطنة عُمان (العمانية) --")
    assert found is not None
    assert (found.place, found.author) == ("صلالة، سلطنة عُمان", None)


STORY = " the ministry said on Friday that the ferry would stop, after a dispute over tickets."


@pytest.mark.parametrize(
    ("head", "place", "agency"),
    [
        ("PUTRAJAYA, Nov 22 — Companies", "PUTRAJAYA", None),
        ("ORNOVO (AFP) - Companies", "ORNOVO", "AFP"),
        ("Asunción: El gobierno", "Asunción", None),
        ("Berlin. Die Regierung", "Berlin", None),
        ("Berlin/Hamburg. Die Regierung", "Berlin/Hamburg", None),
        ("PARIS. Le gouvernement", "PARIS", None),
        ("(Nairobi) – Companies", "Nairobi", None),
        ("PARIS (AFP) - Companies", "PARIS", "AFP"),
        ("Roma, 3 mag. (askanews) - Il governo", "Roma", "askanews"),
        ("(ANSA) - ROMA, 03 MAG - Il governo", "ROMA", "ANSA"),
        ("Warszawa, 3 maja (PAP) – Minister", "Warszawa", "PAP"),
        ("Praha - Ministr", "Praha", None),
        ("KUALA LUMPUR, May 3 (Bernama) -- Companies", "KUALA LUMPUR", "Bernama"),
        ("Hanoi (VNA) – Companies", "Hanoi", "VNA"),
    ],
)
def test_datelines_of_many_countries(head: str, place: str, agency: str | None) -> None:
    found, _ = split_dateline(head + STORY)
    assert found is not None
    assert (found.place, found.agency) == (place, agency)


def test_day_with_a_comma_before_its_year_is_read_whole() -> None:
    found, _ = split_dateline("London, May 3, 2024 – Companies" + STORY)
    assert found is not None
    assert found.day == dt.date(2024, 5, 3)


@pytest.mark.parametrize(
    "line",
    [
        "Berlin: the city that never sleeps is the subject of a long book." + STORY,
        "Washington. The very name brings up memories for those who were there." + STORY,
        "Leipzig: Hier wurde vor 40 Jahren die Galerie gegründet, die alle loben." + STORY,
        "London – a city of nine million – is short of water." + STORY,
        "Austin – The band's new singer – said nothing." + STORY,
        "Jordan: I never wanted to leave the team." + STORY,
        "Mali: Five killed in attack on village." + STORY,
        "Berlin, Paris, London: The cities of Europe have seen a rise in prices." + STORY,
        "Lincoln. The film of that name was shown to the class." + STORY,
        "Angela Weber (AP) writes from the harbour." + STORY,
        "Leipzig: Mehr Züge",
        "Berlin. Neue Wohnungen",
    ],
)
def test_prose_and_entries_of_lists_have_no_dateline(line: str) -> None:
    assert split_dateline(line)[0] is None


STORY = " The council voted on Tuesday to close the old bridge while engineers mend the deck."
RUSSIAN = " Городской совет во вторник решил закрыть старый мост через реку на два года."
HEADS = {
    "HARRISBURG, Pa. (AP) —" + STORY: ("HARRISBURG, Pa.", "AP"),
    "ST. PAUL, Minn. (AP) —" + STORY: ("ST. PAUL, Minn.", "AP"),
    "TORONTO, Ont. (CP) —" + STORY: ("TORONTO, Ont.", "CP"),
    "DEIR AL-BALAH, Gaza Strip (AP) —" + STORY: ("DEIR AL-BALAH, Gaza Strip", "AP"),
    "BATH, England —" + STORY: ("BATH, England", None),
    "ABOARD AIR FORCE ONE (Reuters) -" + STORY: (None, "Reuters"),
    "Beirut and Jerusalem (Reuters) -" + STORY: ("Beirut and Jerusalem", "Reuters"),
    "Paris et Londres (AFP) -" + STORY: ("Paris et Londres", "AFP"),
    "BERLIN taz |" + STORY: ("BERLIN", "taz"),
    "МОСКВА, 5 мар — РИА Новости." + RUSSIAN: ("МОСКВА", "РИА Новости"),
    "МОСКВА, 5 марта. /ТАСС/." + RUSSIAN: ("МОСКВА", "ТАСС"),
    "Москва. 5 марта. INTERFAX.RU -" + RUSSIAN: ("Москва", "INTERFAX.RU"),
    "КИЇВ. 5 березня. Укрінформ." + RUSSIAN: ("КИЇВ", "Укрінформ"),
    "新华社北京3月5日电（记者李明）市议会星期二决定关闭河上的老桥两年": ("北京", "新华社"),
    "中新社华盛顿3月5日专电 市议会星期二决定关闭河上的老桥两年": ("华盛顿", "中新社"),
}


@pytest.mark.parametrize(("line", "expected"), HEADS.items(), ids=range(len(HEADS)))
def test_head_with_its_region_or_in_the_order_of_its_agency(
    line: str, expected: tuple[str | None, str | None]
) -> None:
    found, _ = split_dateline(line)
    assert found is not None
    assert (found.place, found.agency) == expected


PROSE = [
    "MENA: growth slows in the region." + STORY,
    "MAP: where the bridge stands." + STORY,
    "Sana: the woman who built a bridge." + STORY,
    "Petra: the town of stone." + STORY.upper(),
    "Paris and London — The two cities agreed on the bridge." + STORY,
    "BREAKING NEWS —" + STORY,
    "Иван Петров, 5 марта." + RUSSIAN,
    "记者从北京3月5日电视新闻中得知市议会决定关闭老桥",
]


@pytest.mark.parametrize("line", PROSE)
def test_word_that_is_an_agency_s_name_too_is_no_dateline(line: str) -> None:
    assert split_dateline(line)[0] is None

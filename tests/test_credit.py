"""Credits: strings of their own, tails of paragraphs, and sentences that only quote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.values.credit import is_end_mark, parse_credit, split_credit


@pytest.mark.parametrize(
    ("raw", "agencies"),
    [
        ('نقلًا عن "أ.ف.ب"', [("أ.ف.ب", "afp")]),
        ("المصدر: رويترز + وكالات", [("رويترز", "reuters"), ("وكالات", "agencies")]),
        ("المصدر : العربية.نت - وكالات", [("العربية.نت", "alarabiya"), ("وكالات", "agencies")]),
        (
            "فرانس24/ أ ف ب/ رويترز",
            [("فرانس24", "france24"), ("أ ف ب", "afp"), ("رويترز", "reuters")],
        ),
        ("فرانس 24 / أ ف ب", [("فرانس 24", "france24"), ("أ ف ب", "afp")]),
        ("فرانس24/ وكالات", [("فرانس24", "france24"), ("وكالات", "agencies")]),
        ("--(بترا)", [("بترا", "petra")]),
        ("(د ب أ)", [("د ب أ", "dpa")]),
        ("انتهای پیام/ ایسنا", [("ایسنا", "isna")]),
        ("Source: Reuters", [("Reuters", "reuters")]),
        ("(Reuters)", [("Reuters", "reuters")]),
        ("Avec AFP et Reuters", [("AFP", "afp"), ("Reuters", "reuters")]),
        ("dpa/afp", [("dpa", "dpa"), ("afp", "afp")]),
        ("מקור: רויטרס", [("רויטרס", "reuters")]),
        ("منبع: ایسنا", [("ایسنا", "isna")]),
        ("المصدر: وزارة الصحة", [("وزارة الصحة", None)]),
        ("نقلا عن وكالة الأنباء الفرنسية", [("وكالة الأنباء الفرنسية", "afp")]),
        ("(dpa/lno)", [("dpa", "dpa")]),
        ("nto/dpa", [("dpa", "dpa")]),
        ("© dpa-infocom, dpa:260305-99-123456/2", [("dpa-infocom", "dpa")]),
        ("AFP contributed to this report.", [("AFP", "afp")]),
        ("(Reuters and AP contributed.)", [("Reuters", "reuters"), ("AP", "ap")]),
        (
            "With reporting by Reuters and the Associated Press",
            [("Reuters", "reuters"), ("the Associated Press", "ap")],
        ),
        ("Additional reporting by AFP", [("AFP", "afp")]),
        ("This article was first published by AFP", [("AFP", "afp")]),
        ("AFP hat zu diesem Bericht beigetragen.", [("AFP", "afp")]),
        ("L'AFP a contribué à cet article", [("L'AFP", "afp")]),
        ("EFE contribuyó a este informe", [("EFE", "efe")]),
        ("رويترز ساهمت في هذا التقرير", [("رويترز", "reuters")]),
    ],
)
def test_forms(raw: str, agencies: list[tuple[str, str | None]]) -> None:
    found = parse_credit(raw)
    assert [
        (agency.name, agency.id) for agency in (found.agencies if found else ())
    ] == agencies
    assert found is None or found.raw == raw


@pytest.mark.parametrize(
    "spelling",
    [
        *("أ.ف.ب", "أ ف ب", "ا ف ب", "ا.ف.ب", "أ. ف. ب.", "«أ ف ب»", "AFP", "afp"),
        *("فرانس برس", "وكالة فرانس برس", "فرانس بريس", "وكالة الصحافة الفرنسية"),
        *("اے ایف پی", "Agence France-Presse"),
    ],
)
def test_every_spelling_of_an_agency_is_one_id(spelling: str) -> None:
    found = parse_credit(spelling)
    assert found is not None
    assert [agency.id for agency in found.agencies] == ["afp"]


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "وقالت وكالة رويترز إن القتال توقف",
        "نقلا عن مصادر أمنية مطلعة",
        "فرانسواز مارموييه / مها بن عبد العظيم",
        "الحياة",
        "(العالم)",
        "انتهای پیام",
        "انتهای پیام/ی",
        "He told Reuters.",
    ],
)
def test_other_strings_are_none(raw: str) -> None:
    assert parse_credit(raw) is None


@pytest.mark.parametrize(
    ("paragraph", "raw", "rest"),
    [
        ("قال الوزير كذا. (رويترز)", "(رويترز)", "قال الوزير كذا."),
        ("قال الوزير كذا --(بترا)", "--(بترا)", "قال الوزير كذا"),
        ('قال كذا في بيان. نقلًا عن "أ.ف.ب"', 'نقلًا عن "أ.ف.ب"', "قال كذا في بيان."),
        ("نص الخبر كله\nفرانس24/ أ ف ب", "فرانس24/ أ ف ب", "نص الخبر كله"),
        ("The war ended. Source: Reuters", "Source: Reuters", "The war ended."),
    ],
)
def test_a_credit_at_the_end_is_parted(paragraph: str, raw: str, rest: str) -> None:
    found, left = split_credit(paragraph)
    assert found is not None
    assert (found.raw, left) == (raw, rest)


@pytest.mark.parametrize(
    "paragraph",
    [
        "بحسب ما نقلت وكالة رويترز",
        "وهو يعمل في قناة الجزيرة (قطر)",
        "قال وزير الصحة في منظمة الصحة (العالم)",
        "The war ended, he told Reuters.",
        "Why it matters [ Bloomberg ]",
    ],
)
def test_a_sentence_that_names_an_agency_is_left_alone(paragraph: str) -> None:
    assert split_credit(paragraph) == (None, paragraph)


def test_an_end_mark_leaves_the_body_and_names_nobody() -> None:
    assert is_end_mark("انتهای پیام/ی")
    assert split_credit("متن خبر است. انتهای پیام/ی") == (None, "متن خبر است.")
    assert not is_end_mark("انتهای پیام/ایسنا")


@given(
    st.text(max_size=400)
    | st.lists(
        st.sampled_from(
            ["رويترز", "(", ")", "المصدر:", "\n", " - ", "نص.", "AP", "انتهای پیام/", "+"]
        ),
        max_size=12,
    ).map("".join)
)
def test_any_text_gives_a_credit_or_none(text: str) -> None:
    found = parse_credit(text)
    assert found is None or found.agencies
    _, rest = split_credit(text)
    assert text.startswith(rest)


@pytest.mark.parametrize(
    "raw",
    ["MAP", "Sana", "Mehr", "Ann Lee contributed to this report.", "nto/lno", "© The Post"],
)
def test_words_and_initials_alone_are_no_credit(raw: str) -> None:
    assert parse_credit(raw) is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("الميناء / أ ف ب / رويترز", ["أ ف ب", "رويترز"]),
        ("The Harbour / AFP", ["AFP"]),
        ("الميناء", None),
    ],
)
def test_own_outlet_beside_agencies_is_none(line: str, names: list[str] | None) -> None:
    found = parse_credit(line, outlets=("الميناء", "The Harbour"))
    assert (None if found is None else [one.name for one in found.agencies]) == names


def test_site_of_an_agency_is_the_source_of_its_texts() -> None:
    found = parse_credit("رويترز / أ ف ب", outlets=("رويترز",))
    assert found is not None
    assert [one.id for one in found.agencies] == ["reuters", "afp"]

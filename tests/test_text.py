from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.text.folding import FORMS, search_key
from newscrawl.text.normalize import (
    arabic_changes,
    normalize_arabic,
    squeeze,
    western_digits,
    without_direction_marks,
)
from newscrawl.text.phrases import SIGNS, folded

ODD = "أبتيىیكکهةـ’' \n\r\t\u200c\u200d\u200b\u200f\u202e\u00a0\u00ad\u2028ﻻﷲﷺﹷًّ.،«١۲3\x00\x85👨"
texts = st.text(st.sampled_from(ODD) | st.characters(), max_size=60)
languages = st.sampled_from([None, "ar", "ar-EG", "fa", "ur", "he", "en"])


def test_squeeze_leaves_one_line() -> None:
    assert squeeze(" قال\u00a0الوزير \r\n  أمس\u2028 ") == "قال الوزير أمس"


@pytest.mark.parametrize(
    ("raw", "language", "stored"),
    [
        ("ﺍﻻﺳﻼﻡ ﺩﻳﻦ", "ar", "الاسلام دين"),
        ("محمـــد بيانـــ", "ar", "محمد بيان"),
        ("بروكسل ـ المغرب اليوم", "ar", "بروكسل ـ المغرب اليوم"),
        ("1437 هـ، بـ 25", "ar", "1437 هـ، بـ 25"),
        ("ایران و کابل", "ar", "ايران و كابل"),
        ("ایران و کابل", "fa", "ایران و کابل"),
        ("ايران و كابل", "fa", "ایران و کابل"),
        ("ايران و کابل", None, "ايران و کابل"),
        ("می\u200cخواهم", "fa", "می\u200cخواهم"),
        ("می\u200cخواهم \u200cاو\u200c", "fa", "می\u200cخواهم او"),
        ("م\u200cن", "ar", "من"),
        ("قال\u200f: \u202aنعم\u202c", "ar", "قال: نعم"),
        ("شم\u00adس\x00", "ar", "شمس"),
        ("a\ud800b", None, "a\ufffdb"),
        ("فقرة \n\n \n أخرى\r\nثالثة", "ar", "فقرة\nأخرى\nثالثة"),
        ("«نقلًا» عن – أ.ف.ب", "ar", "«نقلًا» عن – أ.ف.ب"),
        ("👨\u200d👩", "ar", "👨\u200d👩"),
    ],
)
def test_normalize_arabic(raw: str, language: str | None, stored: str) -> None:
    assert normalize_arabic(raw, language) == stored


@given(texts, languages)
def test_normalizing_twice_changes_nothing(text: str, language: str | None) -> None:
    once = normalize_arabic(text, language)
    assert normalize_arabic(once, language) == once
    assert not arabic_changes(once, language)


@given(texts, languages)
def test_every_change_is_counted(text: str, language: str | None) -> None:
    changed = normalize_arabic(text, language) != text
    assert (sum(arabic_changes(text, language).values()) > 0) == changed


@given(texts, languages)
def test_no_new_characters_come_from_normalizing(text: str, language: str | None) -> None:
    allowed = {*text, *" \n\ufffdكيهکی"} | {c for t in text for c in FORMS.get(ord(t), "")}
    stored = normalize_arabic(text, language)
    assert set(stored) <= allowed
    assert len(stored) <= 18 * len(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("الأطلسي إيران آسيا ٱلله", "الاطلسي ايران اسيا الله"),
        ("مُدَرِّسَةٌ محمـــد", "مدرسه محمد"),
        ("مصطفى", "مصطفي"),
        ("٢٠٢٥ ۱۴۰۳", "2025 1403"),
        ("ﻻ ﷲ", "لا الله"),
        ("کرمانشاه", "كرمانشاه"),
        ("Œuvre ÉLYSÉE Straße", "oeuvre elysee strasse"),
        ("ـ", "ـ"),
        ("", ""),
    ],
)
def test_search_key(text: str, key: str) -> None:
    assert search_key(text) == key


@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)
    assert bool(search_key(text)) == bool(text)


@given(texts)
def test_phrases_are_folded_as_for_search_without_marks_and_signs(text: str) -> None:
    plain = without_direction_marks(text).replace("’", "'").replace("\u200c", "")
    assert folded(text) == search_key(plain).strip(SIGNS)


def test_western_digits() -> None:
    assert western_digits("١٢٫٥ و۴۵") == "12٫5 و45"

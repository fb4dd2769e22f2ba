"""Searches beside one another: numbers, telling words and lines, against a plain count."""

from __future__ import annotations

import csv
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from math import log
from urllib.parse import urlencode

import pytest

from newscrawl.web.display.wording import Wording, concordance, log_likelihood, telling_words
from tests.front_server import Front, serving
from tests.test_front_pictures import AGENCIES, fill

ONE, OTHER = "agency:afp", "agency:spa"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """An archive with articles of two agencies, served."""
    path = tmp_path_factory.mktemp("compare") / "archive.db"
    fill(path)
    with serving(path) as front:
        yield front


def asked(*queries: str, **values: str) -> str:
    return urlencode([*(("q", query) for query in queries), *values.items()])


def test_numbers_and_shares_are_those_of_the_months(front: Front) -> None:
    taken = front.get(f"/compare.csv?{asked(ONE, OTHER)}").text
    rows = list(csv.DictReader(StringIO(taken.removeprefix("\ufeff"))))
    counted, wholes = Counter(AGENCIES), Counter(month for month, _agency in AGENCIES)
    assert len(rows) == 2 * len(wholes)
    for row in rows:
        count = counted[row["month"], row["query"].removeprefix("agency:")]
        assert int(row["articles"]) == count
        assert float(row["share"]) == pytest.approx(100 * count / wholes[row["month"]])


def test_the_picture_has_a_colour_for_each_search_and_gaps(front: Front) -> None:
    answer = front.get(f"/compare.vl.json?{asked(ONE, OTHER, measure='share')}").text
    picture = json.loads(answer)
    assert picture["encoding"]["y"]["field"] == "share"
    assert picture["encoding"]["color"]["scale"]["domain"] == [ONE, OTHER]
    unknown = {row["month"] for row in picture["data"]["values"] if row["share"] is None}
    assert unknown == {"2025-03", "2025-04", "2025-05"}


def test_a_page_shows_searches_words_and_lines(front: Front) -> None:
    page = front.get(f"/compare?{asked(ONE, OTHER, word='السفينه', lang='en')}").text
    assert "/compare.svg?" in page
    assert page.count("<mark>السفينة</mark>") == len(AGENCIES)
    assert front.get("/compare?lang=fr").status == 200
    assert front.get(f"/compare?{asked(ONE)}").status == 200
    assert front.get(f"/compare.svg?{asked(ONE)}").status == 404


def test_telling_words_are_those_of_one_selection() -> None:
    one = ["السفينة في البحر والسفن كثيرة"] * 20 + ["البحر هادئ"] * 20
    other = ["القطار في المحطة"] * 20 + ["البحر هادئ"] * 20
    words = telling_words(Wording.of(one), Wording.of(other), 5)
    first = words[0]
    assert (first.text, first.count, first.other_count, first.articles) == (
        "السفينة",
        40,
        0,
        20,
    )
    assert "هادئ" not in {word.text for word in words}
    pairs = telling_words(Wording.of(one, 2), Wording.of(other, 2), 5)
    assert "السفينة في" in {word.text for word in pairs}
    assert telling_words(Wording.of(one), Wording.of([]), 5) == []
    assert telling_words(Wording.of(["عجيب " * 50]), Wording.of(other), 5) == []


def test_log_likelihood_is_the_sum_over_the_four_cells() -> None:
    cells = ((30, 970), (10, 1990))
    total = sum(map(sum, cells))
    expected = 0.0
    for row in cells:
        for column, found in enumerate(row):
            of_column = sum(cell[column] for cell in cells)
            expected += 2 * found * log(found * total / (sum(row) * of_column))
    assert log_likelihood(30, 1000, 10, 2000) == pytest.approx(expected)
    assert log_likelihood(10, 100, 20, 200) == pytest.approx(0)


def test_lines_have_every_form_of_the_word_with_its_neighbours() -> None:
    text = "قبل ذلك وصلت السفينة إلى الميناء.\nوقال إن السفن تأخرت"
    found = list(concordance(text, "سفينة", around=2))
    assert [(line.before, line.word) for line in found] == [
        ("ذلك وصلت ", "السفينة"),
        ("وقال إن ", "السفن"),
    ]
    assert found[0].after == " إلى الميناء"
    assert list(concordance(text, "")) == []


def test_empty_comparison_offers_an_example(front: Front) -> None:
    text = front.get("/compare?lang=en").text
    example = re.search(r'For example: <a href="(/compare[^"]+)"', text)
    assert example
    followed = front.get(html.unescape(example[1])).text
    assert 'alt="Compare searches' in followed or "/compare.svg" in followed

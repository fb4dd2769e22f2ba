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
from pathlib import Path
from urllib.parse import urlencode

import pytest

from newscrawl.archive import Archive
from newscrawl.web.display.wording import Wording, concordance, log_likelihood, telling_words
from newscrawl.web.pages.compare import texts_of
from tests.archive_samples import MORNING, article_at, observation_at
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
    # Each agency is named by one of the sites alone, in every article of it.
    assert [(row["month"], row["query"].removeprefix("agency:")) for row in rows] == sorted(
        AGENCIES, key=lambda pair: (pair[1], pair[0])
    )
    for row in rows:
        count = counted[row["month"], row["query"].removeprefix("agency:")]
        assert int(row["articles"]) == count
        assert float(row["share"]) == pytest.approx(100 * count / wholes[row["month"]])


def test_the_picture_has_a_colour_for_each_search_and_gaps(front: Front) -> None:
    answer = front.get(f"/compare.vl.json?{asked(ONE, OTHER, measure='share')}").text
    picture = json.loads(answer)
    assert picture["encoding"]["y"]["field"] == "share"
    assert picture["encoding"]["color"]["scale"]["domain"] == [ONE, OTHER]
    unknown = {
        (row["query"], row["month"])
        for row in picture["data"]["values"]
        if row["share"] is None
    }
    nothing = {(query, f"2025-0{month}") for query in (ONE, OTHER) for month in (3, 4, 5)}
    assert unknown == nothing | {(ONE, "2025-06"), (OTHER, "2025-02")}


def test_a_page_shows_searches_words_and_lines(front: Front) -> None:
    page = front.get(f"/compare?{asked(ONE, OTHER, word='السفينه', lang='en')}").text
    assert "/compare.svg?" in page
    assert page.count("<mark>السفينة</mark>") == len(AGENCIES)
    assert front.get("/compare?lang=fr").status == 200
    alone = front.get(f"/compare?{asked(ONE, lang='en')}")
    assert alone.status == 200
    assert "Fill in a second search" in alone.text
    assert "Fill in a second search" not in page
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


def test_a_mark_alone_is_no_word() -> None:
    words = Wording.of(["بيروت ـ الشراع: قال ١٢ – نعم"]).counts
    assert sum(words.values()) == 4
    assert not any("ـ" in word for word in words)


def test_the_name_of_the_paper_in_a_dateline_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        for number in range(3):
            url = f"https://shams.example/{number}"
            article = article_at(url, canonical_url=None, article_body="صحار ـ شمس: نص قصير")
            seen = observation_at(MORNING, url=url)
            archive.save(article, seen, site="shams.example", key=url, run=None)
        assert article.dateline is not None
        assert article.article_body.startswith(article.dateline.raw)
        ((_id, text), *_) = texts_of(archive.db, "site:shams.example")
    assert "صحار" in text
    assert "نص قصير" in text
    assert "شمس" not in text


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

"""Refusals of pages, as a person reads them: sentences with the number and the limit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scrapy.exceptions import DownloadCancelledError
from scrapy.http import Request
from scrapy.utils._download_handlers import get_maxsize_msg

from newscrawl.crawl.download.failures import outcome_from
from newscrawl.errors import ExtractionError
from newscrawl.extraction import extract
from newscrawl.ingest.acceptance import read_article
from newscrawl.limits import size_text
from newscrawl.outcomes import Outcome
from newscrawl.page import Page
from tests.command_line import run

TOP = f"<html><body><h1>The harbour of the town</h1><p>{'The council met again. ' * 20}</p>"
URL = "https://n.example/1"
REFUSED = {
    "too_many_elements": (
        TOP + "<b>x</b>" * 300_000,
        r"the page has 300,0\d\d elements or more; the limit is 60,000 in a page of over 2 MB",
    ),
    "too_many_attributes": (
        TOP + "<div " + "".join(f"a{n} " for n in range(20_000)) + ">",
        r"a tag of the page has 20,00\d attributes; the limit is 5,000",
    ),
    "too_large": (
        TOP + "x" * 12_000_000,
        r"the page has 12,000,\d{3} bytes of UTF-8; the limit is 12,000,000",
    ),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_refused_page_has_a_word_and_a_sentence(reason: str) -> None:
    markup, sentence = REFUSED[reason]
    page = Page(url=URL, body=markup.encode(), content_type="text/html; charset=utf-8")
    with pytest.raises(ExtractionError) as raised:
        extract(page)
    assert raised.value.reason == reason
    assert re.fullmatch(f"{re.escape(URL)}: {sentence}", str(raised.value))


def test_the_archive_is_given_both() -> None:
    page = Page(url=URL, body=REFUSED["too_many_elements"][0].encode())
    outcome, reason = read_article(page)  # type: ignore[misc]
    assert outcome == Outcome.PARSE_ERROR
    assert str(reason).startswith("too_many_elements: the page has 300,0")


def test_extract_prints_the_sentence(tmp_path: Path) -> None:
    path = tmp_path / "big.html"
    path.write_text(REFUSED["too_many_elements"][0])
    said = run("extract", path).stderr
    assert "elements or more; the limit is 60,000" in said
    assert "too_many_elements" not in said


def test_a_long_table_is_read_in_a_short_page_alone() -> None:
    short, long = "<tr><td>1</td></tr>", f"<tr><td>{'some words ' * 4}</td></tr>"
    pages = (f"{TOP}<table>{row * 50_000}</table>".encode() for row in (short, long))
    read, refused = (read_article(Page(url=URL, body=body)) for body in pages)
    assert not isinstance(read, tuple)
    assert isinstance(refused, tuple)
    assert refused[1].startswith("too_many_elements: ")


@pytest.mark.parametrize(
    ("size", "is_expected", "words"),
    [
        (60_606_113, True, "the answer has 57.8 MB; the limit is 10 MB"),
        (10_485_761, False, "the answer had, when it was cut off, 10.1 MB; the limit is 10 MB"),
    ],
)
def test_an_answer_over_the_limit_is_reported_in_megabytes(
    size: int, words: str, *, is_expected: bool
) -> None:
    message = get_maxsize_msg(size, 10 * 2**20, Request(URL), expected=is_expected)
    assert outcome_from(DownloadCancelledError(message), URL) == (Outcome.TOO_LARGE, words)


def test_sizes_are_rounded_up() -> None:
    sizes = [size_text(size) for size in (1000, 2**20, 10 * 2**20, 10 * 2**20 + 1)]
    assert sizes == ["1000 bytes", "1 MB", "10 MB", "10.1 MB"]

"""Citations of an archived article, in the forms that reference managers read."""

from __future__ import annotations

import json

import attrs
import pytest

from newscrawl.archive.read.captures import Capture
from newscrawl.outcomes import Evidence
from newscrawl.web.display.citation import KINDS, ArchiveCopy, citation
from tests.archive_samples import MORNING, URL, article_at

KEY = "newscrawl-7-20260301T063000Z"
RECORD = "<urn:uuid:7f4b6a4e-0b4e-4e9e-8f5e-1c9f3a1c2d3e>"
CAPTURE = Capture(
    url=URL,
    fetched_at=MORNING,
    status=200,
    content_type="text/html",
    sha256="5e" * 32,
    version=1,
    evidence=Evidence(file="warc/a.warc.gz", offset=7, length=9, record_id=RECORD),
)


@pytest.mark.parametrize("form", KINDS)
def test_a_citation_names_address_capture_and_digest(form: str) -> None:
    text = citation(form, article_at(), CAPTURE, KEY)
    assert URL in text
    assert all(part in text for part in ("2026-03-01T06:30:00Z", "5e" * 32, RECORD))
    assert all(name in text for name in ("ليلى الشاطئ", "سالم البحري", KEY))


def test_csl_is_json_with_dates_in_parts() -> None:
    (entry,) = json.loads(citation("json", article_at(), CAPTURE, KEY))
    assert entry["issued"] == {"date-parts": [[2026, 3, 1]]}
    assert entry["accessed"] == {"date-parts": [[2026, 3, 1]]}
    assert entry["type"] == "article-newspaper"


def test_what_means_something_to_tex_is_escaped() -> None:
    hostile = article_at(headline="100 % of {it}\\end & $x_1~^#", authors=("} note = {x",))
    text = citation("bib", hostile, None, KEY)
    assert r"100 \% of \{it\}\textbackslash{}end \& \$x\_1" in text
    assert r"{\} note = \{x}" in text
    plain = text.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")


def test_a_line_of_ris_cannot_be_forged() -> None:
    hostile = article_at(headline="one\r\nER  - \r\nTY  - BOOK")
    lines = citation("ris", hostile, CAPTURE, KEY).split("\r\n")
    assert [line[:2] for line in lines].count("TY") == 1
    assert lines[-2:] == ["ER  - ", ""]


@pytest.mark.parametrize("form", KINDS)
def test_a_citation_names_the_copy_in_the_archive(form: str) -> None:
    copy = ArchiveCopy(
        archive="demo.db",
        version="/article/7?at=2026-03-01T06:30:00Z",
        capture="/replay/20260301073000/https://shams.example/news/1",
        first_seen=MORNING,
    )
    text = citation(form, article_at(), CAPTURE, KEY, copy)
    assert f"demo.db: {copy.version}" in text
    assert f"Capture: {copy.capture}" in text
    if form == "json":
        assert json.loads(text)[0]["archive_location"] == copy.version


@pytest.mark.parametrize("form", KINDS)
def test_what_is_not_known_is_left_out(form: str) -> None:
    bare = attrs.evolve(article_at(), authors=(), date_published=None, in_language=None)
    text = citation(form, bare, None, KEY)
    assert "None" not in text
    assert "SHA-256" not in text

"""`newscrawl extract` on WARC and WET files: the first article, one page, all of them."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.warcwriter import WARCWriter

from newscrawl import Page
from newscrawl.outcomes import Evidence
from newscrawl.warc import WarcWriter
from tests.archive_samples import MORNING
from tests.command_line import refusal, run

HTML = """<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8"></head><body><article>
<h1>{headline}</h1>
<p>فتح الجسر القديم أمام المشاة صباح اليوم بعد ترميم دام عامين، وعبره المئات.</p>
<p>وقالت المهندسة المشرفة إن حجارة الجسر رُقّمت واحدة واحدة قبل أن تعاد إلى مواضعها.</p>
<p>وسيبقى الجسر مغلقًا أمام السيارات، وتضاء مصابيحه من الغروب حتى منتصف الليل.</p>
</article></body></html>"""
TEXT = """الجسر القديم يفتح للمشاة

فتح الجسر القديم أمام المشاة صباح اليوم بعد ترميم دام عامين، وعبره المئات في ساعته الأولى.

وقالت المهندسة المشرفة إن حجارة الجسر رُقّمت واحدة واحدة قبل أن تعاد إلى مواضعها.
"""
BODIES = ("<h1>x</h1>", HTML.format(headline="الجسر يفتح"), HTML.format(headline="الجسر يغلق"))


@pytest.fixture
def places(tmp_path: Path) -> list[Evidence]:
    """Where an empty page and two articles lie in the file `a-00001.warc.gz`."""
    with WarcWriter(tmp_path, "a") as series:
        return [
            series.write_page(
                Page(
                    url=f"https://jisr.example/{number}",
                    body=body.encode(),
                    fetched_at=MORNING,
                ),
                200,
                [("Content-Type", "text/html; charset=utf-8")],
            )
            for number, body in enumerate(BODIES)
        ]


@pytest.fixture
def warc(places: list[Evidence], tmp_path: Path) -> Path:
    """The file of those three pages."""
    return tmp_path / places[0].file


def lines_of(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_the_first_article_is_read(warc: Path) -> None:
    assert json.loads(run("extract", warc, "--json").stdout)["headline"] == "الجسر يفتح"
    assert run("extract", warc, "--markdown").stdout.startswith("# الجسر يفتح\n")


def test_a_page_is_read_by_its_number(warc: Path) -> None:
    third = json.loads(run("extract", warc, "--record", "3", "--json").stdout)
    assert third["url"] == "https://jisr.example/2"
    assert "3 pages, and no page 4" in refusal(run("extract", warc, "--record", "4"))


def test_all_pages_are_lines_of_json(warc: Path) -> None:
    done = run("extract", warc, "--all", "--json")
    assert done.returncode == 0
    assert "الجسر" in done.stdout
    kinds = [line["page_kind"] for line in lines_of(done.stdout)]
    assert kinds == ["empty", "article", "article"]
    linked = lines_of(run("extract", warc, "--all", "--schema-org").stdout)
    assert [line["@type"] for line in linked] == ["NewsArticle"] * 3


def test_a_warc_file_gives_what_the_page_alone_gives(warc: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(BODIES[1], "utf-8")
    alone = run("extract", page, "--url", "https://jisr.example/1", "--json")
    assert run("extract", warc, "--json").stdout == alone.stdout


def test_damage_is_reported_and_everything_around_it_read(
    warc: Path, places: list[Evidence]
) -> None:
    content = bytearray(warc.read_bytes())
    at = places[1].offset + places[1].length // 2
    content[at : at + 8] = bytes(8)
    warc.write_bytes(content)
    done = run("extract", warc, "--all", "--json")
    assert done.returncode == 1
    assert [line["url"][-1] for line in lines_of(done.stdout)] == ["0", "2"]
    damage, summary = done.stderr.splitlines()
    assert f"damaged at byte {places[1].offset}" in damage
    assert summary == f"newscrawl: {warc}: 1 record could not be read"


def test_a_file_without_any_article_is_refused(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "a") as series:
        page = Page(url="https://jisr.example/", body=b"<h1>x</h1>", fetched_at=MORNING)
        series.write_page(page, 200, [("Content-Type", "text/html")])
    told = refusal(run("extract", tmp_path / "a-00001.warc.gz"))
    assert "1 page and no article; --record N shows one" in told


@pytest.mark.parametrize("name", ["a.warc.wet.gz", "a.wet"])
def test_a_wet_file_is_read(tmp_path: Path, name: str) -> None:
    body = TEXT.encode()
    with (tmp_path / name).open("wb") as file:
        writer = WARCWriter(file, gzip=name.endswith(".gz"))
        record = writer.create_warc_record(
            "https://jisr.example/1",
            "conversion",
            payload=BytesIO(body),
            length=len(body),
            warc_content_type="text/plain",
        )
        writer.write_record(record)
    fields = json.loads(run("extract", tmp_path / name, "--json").stdout)
    assert fields["headline"] == "الجسر القديم يفتح للمشاة"
    assert fields["url"] == "https://jisr.example/1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--all"], "add --json or --schema-org"),
        (["--all", "--markdown"], "add --json or --schema-org"),
        (["--url", "https://jisr.example/"], "has its own addresses"),
        (["--all", "--record", "1", "--json"], "--record or --all"),
    ],
)
def test_wrong_options_are_wrong_use(warc: Path, options: list[str], words: str) -> None:
    done = run("extract", warc, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_record_and_all_are_for_warc_files_only(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(BODIES[1], "utf-8")
    for option in (["--all"], ["--record", "1"]):
        done = run("extract", page, *option)
        assert (done.returncode, done.stdout) == (2, "")


def test_json_holds_no_control_character(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, "a") as series:
        body = HTML.format(headline="الجسر &#x202e;يفتح &#x2028;x").encode()
        page = Page(url="https://jisr.example/1", body=body, fetched_at=MORNING)
        series.write_page(page, 200, [("Content-Type", "text/html; charset=utf-8")])
    out = run("extract", tmp_path / "a-00001.warc.gz", "--json").stdout
    assert not {"\u202e", "\u2028", "\x9b"} & set(out)
    assert "يفتح" in json.loads(out)["headline"]

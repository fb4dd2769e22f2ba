"""Articles written out for other programs: whole, exact, and with where they came from."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawl import Archive
from newscrawl.archive import Selection
from newscrawl.article import LiveBlogUpdate
from newscrawl.outcomes import Evidence
from tests.archive_samples import (
    MORNING,
    PAGE_DIGEST,
    SITE,
    URL,
    article_at,
    hours,
    observation_at,
)

COUNT = 450
"""More than one page of rows."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of many articles, the first with evidence and a headline like a formula."""
    with Archive(tmp_path_factory.mktemp("export") / "archive.db") as archive:
        evidence = Evidence(file="a.warc.gz", offset=1, length=2, record_id="<urn:uuid:1>")
        first = article_at(headline='=HYPERLINK("x")', alternative_headline='"قال"، ثم\nسكت')
        with archive.transaction():
            archive.save(first, observation_at(evidence=evidence), site=SITE, key="0", run=None)
            for number in range(1, COUNT):
                url = f"https://qamar.example/{number}"
                seen = observation_at(MORNING + hours(number), url)
                archive.save(article_at(url), seen, site="qamar.example", key=url, run=None)
        yield archive


def exported(archive: Archive, form: Any, **options: Any) -> str:
    out = io.StringIO(newline="")
    for_excel = options.pop("for_excel", False)
    archive.export(out, form, Selection(**options), for_excel=for_excel)
    return out.getvalue()


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_is_whole_and_exact(archive: Archive) -> None:
    rows = table(exported(archive, "csv"))
    assert len(rows) == COUNT
    assert rows[0]["headline"] == '=HYPERLINK("x")'
    assert rows[0]["alternative_headline"] == '"قال"، ثم\nسكت'
    assert [row["key"] for row in rows[:2]] == ["0", "https://qamar.example/1"]


def test_csv_says_where_each_article_came_from(archive: Archive) -> None:
    row = table(exported(archive, "csv"))[0]
    names = ("captured_url", "captured_at", "sha256", "warc_record_id")
    assert [row[name] for name in names] == [
        URL,
        "2026-03-01T06:30:00Z",
        PAGE_DIGEST,
        "<urn:uuid:1>",
    ]
    assert json.loads(row["provenance"])["headline"] == "Shams:css"


def test_csv_for_excel_runs_no_formula(archive: Archive) -> None:
    text = exported(archive, "csv", for_excel=True)
    assert text.startswith("\ufeff")
    assert table(text[1:])[0]["headline"] == '\'=HYPERLINK("x")'


@pytest.mark.parametrize("form", ["csv", "jsonl", "jsonld"])
def test_export_without_text_has_none(archive: Archive, form: str) -> None:
    text = exported(archive, form, with_text=False)
    assert "الربان" not in text
    assert "مع الفجر" not in text
    assert "الميناء يستقبل" in text


@pytest.mark.parametrize("form", ["csv", "jsonl", "jsonld"])
def test_selection_is_by_site_and_time(archive: Archive, form: str) -> None:
    text = exported(
        archive, form, site="qamar.example", until=dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    )
    rows = table(text) if form == "csv" else [json.loads(line) for line in text.splitlines()]
    captures: list[Any] = [row["encoding"] if form == "jsonld" else row for row in rows]
    address = "contentUrl" if form == "jsonld" else "captured_url"
    assert [capture[address] for capture in captures] == [
        "https://qamar.example/1",
        "https://qamar.example/2",
    ]


def test_json_lines_are_articles(archive: Archive) -> None:
    lines = [json.loads(line) for line in exported(archive, "jsonl").splitlines()]
    assert len(lines) == COUNT
    plan = json.loads(json.dumps(article_at("https://qamar.example/1").as_dict()))
    assert {name: lines[1][name] for name in plan} == plan
    assert lines[1]["site"] == "qamar.example"
    assert lines[0]["warc_record_id"] == "<urn:uuid:1>"


def test_json_ld_is_news_articles(archive: Archive) -> None:
    lines = [json.loads(line) for line in exported(archive, "jsonld").splitlines()]
    assert len(lines) == COUNT
    assert lines[0]["@type"] == "NewsArticle"
    assert lines[0]["encoding"] == {
        "@type": "MediaObject",
        "contentUrl": URL,
        "dateCreated": "2026-03-01T06:30:00Z",
        "sha256": PAGE_DIGEST,
        "identifier": "<urn:uuid:1>",
    }


@pytest.mark.parametrize("form", ["jsonl", "jsonld"])
def test_export_without_text_has_no_entries_of_live_blogs(tmp_path: Path, form: str) -> None:
    entry = LiveBlogUpdate(article_body="وصل القارب الأول")
    with Archive(tmp_path / "live.db") as live:
        live.save(
            article_at(live_blog_updates=(entry,)),
            observation_at(),
            site=SITE,
            key="1",
            run=None,
        )
        assert "القارب" in exported(live, form)
        assert "القارب" not in exported(live, form, with_text=False)


def test_export_reads_a_file_opened_read_only(archive: Archive, tmp_path: Path) -> None:
    archive.backup(tmp_path / "copy.db")
    with Archive.open_read_only(tmp_path / "copy.db") as copy:
        assert exported(copy, "csv") == exported(archive, "csv")

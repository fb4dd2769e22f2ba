"""The JSON API of `newscrawl serve`: answers, cursors, ETags, mistakes, and its description."""

from __future__ import annotations

import http.client
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings

from newscrawl import Archive
from newscrawl.archive.search.hits import CountBy
from newscrawl.web.api.answers import NOTICE
from newscrawl.web.api.counts import FACETS
from tests.front_server import HOME, Front, fill, serving


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "archive.db"
    fill(path)
    return path


@pytest.fixture(scope="module")
def front(path: Path) -> Iterator[Front]:
    with serving(path) as front:
        yield front


def asked(front: Front, address: str) -> dict[str, Any]:
    answer = front.get(f"/api/v1{address}")
    assert answer.status == 200, answer.text
    found: dict[str, Any] = json.loads(answer.text)
    return found


def test_search_gives_results_with_their_mark(front: Front) -> None:
    found = asked(front, f"/search?q={quote('الميناء')}&limit=1")
    assert found["notice"] == NOTICE
    assert found["total"] >= 1
    (hit,) = found["results"]
    assert set(hit["untrusted_text"]) == {"headline", "snippet"}
    assert "headline" not in hit
    assert front.get(hit["permalink"]).status == 200


def test_cursor_walks_through_all_results(front: Front, path: Path) -> None:
    query, seen, cursor = quote("سفينة OR الميناء OR نص"), [], ""
    while True:
        found = asked(front, f"/search?q={query}&sort=date&limit=2{cursor}")
        seen += [hit["article_id"] for hit in found["results"]]
        if found["next_cursor"] is None:
            break
        cursor = f"&cursor={quote(found['next_cursor'])}"
    with Archive.open_read_only(path) as archive:
        assert sorted(seen) == archive.ids_of_hits("سفينة OR الميناء OR نص")
    assert len(seen) > 2
    assert front.get(f"/api/v1/search?q=other{cursor}").status == 409


def test_one_outlet_of_each_agency_text(front: Front) -> None:
    copies = asked(front, f"/search?q={quote('الحاويات')}")["results"]
    assert {hit["site"] for hit in copies} == {"shams.example", "qamar.example"}
    query = quote("الحاويات OR سفينة")
    seen, cursor = [], ""
    while True:
        found = asked(front, f"/search?q={query}&each=text&limit=1{cursor}")
        seen += [hit["article_id"] for hit in found["results"]]
        if found["next_cursor"] is None:
            break
        cursor = f"&cursor={quote(found['next_cursor'])}"
    every = asked(front, f"/search?q={query}")["results"]
    assert len(seen) == len(every) - 1
    assert len(seen) == len(set(seen))
    assert len({hit["article_id"] for hit in copies} & set(seen)) == 1


@pytest.mark.parametrize("by", FACETS)
def test_counts_are_those_of_the_archive(front: Front, path: Path, by: CountBy) -> None:
    query = "سفينة OR الميناء OR الحاويات"
    found = asked(front, f"/counts?q={quote(query)}&by={by}")
    with Archive.open_read_only(path) as archive:
        expected = archive.count_hits(query, by)
        assert found["total"] == archive.number_of_hits(query)
    counts = [(one["untrusted_text"]["name"], one["articles"]) for one in found["counts"]]
    assert counts == list(expected.items())
    assert found["names"] == len(expected)
    assert expected or by in {"agency", "section", "author", "keyword"}


def test_counts_of_all_articles_by_pages(front: Front, path: Path) -> None:
    seen: dict[str, int] = {}
    cursor = ""
    while True:
        found = asked(front, f"/counts?by=site&limit=1{cursor}")
        seen |= {one["untrusted_text"]["name"]: one["articles"] for one in found["counts"]}
        if found["next_cursor"] is None:
            break
        cursor = f"&cursor={quote(found['next_cursor'])}"
    with Archive.open_read_only(path) as archive:
        assert seen == archive.count_hits("", "site")
        assert sum(seen.values()) == found["total"] == archive.db["article"].count
    assert front.get(f"/api/v1/counts?by=day{cursor}").status == 409
    nothing = asked(front, "/counts?q=zzzz")
    assert (nothing["total"], nothing["counts"]) == (0, [])
    assert nothing["problems"]


def test_article_names_its_capture(front: Front) -> None:
    found = asked(front, "/articles/1")
    assert found["article_id"] == 1
    assert found["untrusted_text"]["article_body"]
    assert set(found["citation"]) >= {"permalink", "captured_at", "sha256", "warc_record_id"}


def test_versions_and_edits(front: Front) -> None:
    versions = asked(front, "/articles/1/versions")["versions"]
    assert [one["number"] for one in versions] == list(range(1, len(versions) + 1))
    edits = asked(front, "/articles/1/edits")
    assert edits["new"]["number"] == len(versions)
    assert {piece["kind"] for piece in edits["changes"][0]["untrusted_text"]} & {"added"}


def test_front_pages(front: Front) -> None:
    pages = asked(front, "/front-pages")["pages"]
    assert HOME in {page["url"] for page in pages}
    found = asked(front, f"/front-page?url={quote(HOME)}")
    assert found["links"]
    past = asked(front, f"/front-page?url={quote(HOME)}&at=1999-01-01T00:00:00Z")
    assert past["links"] == []


def test_unchanged_answer_is_not_sent_again(front: Front) -> None:
    first = front.get("/api/v1/articles/1")
    again = front.get("/api/v1/articles/1", **{"If-None-Match": first.headers["etag"]})
    assert (again.status, again.text) == (304, "")
    assert front.get("/api/v1/articles/1", **{"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/search", 422),
        ("/search?q=", 422),
        ("/search?q=%20", 422),
        ("/search?q=a&limit=0", 422),
        ("/search?q=a&limit=101", 422),
        ("/search?q=a&limit=x", 422),
        ("/search?q=a&sort=best", 422),
        ("/search?q=a&each=one", 422),
        ("/search?q=a&by=sound", 422),
        ("/search?q=a&by=meaning", 422),
        ("/search?q=a&cursor=%00", 422),
        ("/search?q=a&cursor=WzEwLCAiYWJjIl0=", 409),
        ("/search?q=a&q=b", 422),
        ("/search?q=a&page=2", 422),
        ("/search?q=" + "a" * 1001, 422),
        ("/counts?by=color", 422),
        ("/counts?q=", 422),
        ("/counts?limit=1001", 422),
        ("/counts?sort=date", 422),
        ("/counts?cursor=WzEwLCAiYWJjIl0=", 409),
        ("/search?q=a" + "&x=1" * 200, 400),
        ("/articles/0", 422),
        ("/articles/x", 422),
        ("/articles/99999", 404),
        ("/articles/99999/versions", 404),
        ("/articles/1/edits?old=1&new=99", 404),
        ("/front-page?url=https://nowhere.example/", 404),
        (f"/front-page?url={HOME}&at=yesterday", 422),
        (f"/front-page?url={HOME}&at=2026-02-30T06:00:00Z", 422),
        ("", 404),
        ("/nothing", 404),
    ],
)
def test_wrong_questions_are_reported(front: Front, address: str, status: int) -> None:
    answer = front.get(f"/api/v1{address}")
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.text)["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(front: Front, path: Path, method: str) -> None:
    before = sqlite3.connect(path).execute("SELECT count(*), max(id) FROM versions").fetchone()
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=60)
    connection.request(method, "/api/v1/articles/1", body="{}")
    answer = connection.getresponse()
    assert answer.status == 405
    allowed = {*(answer.getheader("allow") or "").split(", ")}
    assert {"GET", "HEAD"} <= allowed <= {"GET", "HEAD", "OPTIONS"}
    assert answer.getheader("content-type") == "application/problem+json"
    assert json.loads(answer.read())["status"] == 405
    connection.close()
    after = sqlite3.connect(path).execute("SELECT count(*), max(id) FROM versions").fetchone()
    assert after == before


def test_other_origins_read_only_where_they_are_named(front: Front, path: Path) -> None:
    assert "access-control-allow-origin" not in front.get("/api/v1/front-pages").headers
    with serving(path, "--cors", "https://study.example") as open_front:
        headers = open_front.get("/api/v1/front-pages").headers
    assert headers["access-control-allow-origin"] == "https://study.example"


def test_api_is_as_described(front: Front) -> None:
    """Check answers to requests that schemathesis makes up from the description."""
    schemathesis = pytest.importorskip("schemathesis")
    schema = schemathesis.openapi.from_dict(asked(front, "/openapi.json"))
    schema.config.base_url = f"http://127.0.0.1:{front.port}/api/v1"
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == 7
    for operation in operations:
        for mode in schemathesis.GenerationMode:
            cases = given(case=operation.as_strategy(generation_mode=mode))
            limits = settings(
                max_examples=8,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                database=None,
            )
            limits(cases(_is_as_described))()


def _is_as_described(case: Any) -> None:
    case.call_and_validate(timeout=60)

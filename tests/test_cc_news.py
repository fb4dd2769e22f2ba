"""`newscrawl import cc-news`: pages of a site out of Common Crawl's news files."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import attrs
import pytest

from newscrawl import Archive
from newscrawl.evidence import evidence_problems
from newscrawl.formats.magic_bytes import GZIP
from newscrawl.history import news_files
from newscrawl.history.client import Client, Reply
from newscrawl.history.news_files import records_of
from tests.archive_services import Held, Services, serving
from tests.command_line import PROGRAM, ROOT, Done, run
from tests.test_history import HOST, page

NIGHT = dt.datetime(2024, 1, 31, 22, 0, tzinfo=dt.UTC)


def captured(number: int, minutes: int, host: str = HOST) -> Held:
    return Held(
        url=f"{host}/news/{number}",
        at=NIGHT + dt.timedelta(minutes=minutes),
        body=page(number),
    )


def news_file(*captures: Held) -> tuple[str, bytes]:
    """Return the name and the content of the file that begins with the first capture."""
    name = f"CC-NEWS-{captures[0].timestamp}-00001.warc.gz"
    return name, b"".join(one.record() for one in captures)


@pytest.fixture
def services() -> Any:
    """Files of three months; the second one has pages of two sites."""
    with serving([]) as server:
        other = "https://other.example"
        second = [captured(n, n, HOST if n % 2 else other) for n in range(1, 9)]
        server.news = {
            "2024/01": [news_file(captured(20, -60 * 24)), news_file(*second)],
            "2024/02": [
                news_file(captured(31, 60 * 24 * 10)),
                ("CC-NEWS-notes.txt", b"no file of pages"),
            ],
            "2024/03": [news_file(captured(40, 60 * 24 * 40))],
        }
        yield server


def import_news(services: Services, path: Path, *arguments: str) -> tuple[Done, dict[str, Any]]:
    done = run(
        *("import", "cc-news", "--archive", str(path), "--json", *arguments),
        environment=services.environment,
    )
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return done, report


def urls(path: Path) -> list[str]:
    with Archive.open_read_only(path) as archive:
        assert list(evidence_problems(archive)) == []
        return sorted(article.url for article in archive.articles())


def test_pages_of_a_site_are_taken_by_date(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    days = ("--from", "2024-01-31", "--to", "2024-02", "--site", "jisr.example")
    done, report = import_news(services, path, *days)
    assert done.returncode == 0
    assert urls(path) == sorted(f"{HOST}/news/{n}" for n in (1, 3, 5, 7, 31))
    assert report["files"] == 2
    first = len(services.requests)
    done, report = import_news(services, path, *days)
    assert (done.returncode, report["files_known"], report["records"]) == (0, 2, 0)
    assert len(services.requests) - first == 2, "only the lists are read again"
    with Archive.open_read_only(path) as archive:
        [version] = archive.versions(f"{HOST}/news/3")
    assert version.first_seen == NIGHT + dt.timedelta(minutes=3)


def test_missing_month_and_damage_are_reported(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    name, content = services.news["2024/01"][1]
    at = len(captured(1, 1).record()) + 40
    services.news["2024/01"][1] = (name, content[:at] + bytes(30) + content[at + 30 :])
    done, report = import_news(
        services, path, "--from", "2024-01-31", "--to", "2024-04", "--site", "jisr.example"
    )
    assert done.returncode == 3
    assert "2024/04/warc.paths.gz: HTTP 404" in done.stderr
    assert report["damaged"] == 2
    assert f"{HOST}/news/7" in urls(path)


def test_damaged_lists_and_cut_files_cost_no_others(services: Services, tmp_path: Path) -> None:
    """What was damaged is read by the next run, once it is mended; nothing is stored twice."""
    path, wanted = tmp_path / "a.db", ("--from", "2024-01", "--to", "2024-03")
    name, content = services.news["2024/01"][1]
    starts = [at for at in range(len(content)) if content.startswith(GZIP, at)]
    services.news["2024/01"][1] = (name, content[: starts[3] + 10])  # three are whole
    folder = "crawl-data/CC-NEWS/2024/01"
    services.lists["2024/01"] = gzip.compress(
        f"{folder}/CC-NEWS-20240101000000-1.warc.gz\n{folder}/{name}\n../x.warc.gz\n".encode()
    )
    services.lists["2024/02"] = b"<html>busy</html>"
    services.lists["2024/03"] = gzip.compress(b"crawl-data")[:-6]
    done, report = import_news(services, path, *wanted)
    assert done.returncode == 3
    problems = done.stderr.splitlines()
    assert len(problems) == 4, done.stderr
    for word in ("names no file", "it is cut", "-1.warc.gz: HTTP 404", "ends within a record"):
        assert any(word in line for line in problems), word
    assert len(urls(path)) == 3
    services.news["2024/01"][1] = (name, content)
    services.lists.clear()
    done, report = import_news(services, path, *wanted)
    assert (done.returncode, report["damaged"]) == (0, 0)
    assert len(urls(path)) == 11
    with Archive.open_read_only(path) as archive:
        assert archive.counts()["observations"] == 11


def test_service_that_fails_leaves_no_archive(tmp_path: Path) -> None:
    settings = {"NEWSCRAWL_COMMON_CRAWL_DATA": "http://127.0.0.1:9"}
    settings |= {"NEWSCRAWL_HISTORY_PACE": "0", "NEWSCRAWL_HISTORY_WAIT": "0"}
    command = ("import", "cc-news", "--archive", tmp_path / "a.db", "--from", "2024-01")
    done = run(*command, "--to", "2024-01", environment=settings)
    assert done.returncode == 3
    assert "Connection refused" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", [100, 5_000])
def test_part_that_is_shorter_than_asked_is_no_end(
    services: Services, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server may send less than a range, and says by Content-Range how long the file is."""
    name, content = services.news["2024/01"][1]
    first = Client.get

    def get(client: Client, url: str, most: int, headers: Any = None) -> Reply:
        start = int(headers["Range"].removeprefix("bytes=").partition("-")[0])
        end = min(start + part, len(content))
        reply = first(client, url, most, {"Range": f"bytes={start}-{end - 1}"})
        stated = ("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
        return attrs.evolve(reply, headers=(*reply.headers, stated))

    monkeypatch.setattr(Client, "get", get)
    url = f"{services.url}/data/crawl-data/CC-NEWS/2024/01/{name}"
    found = list(records_of(Client(0), url))
    assert [one.problem for one in found] == [None] * 8
    assert found[-1].end == len(content)


def test_import_goes_on_after_a_kill(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    arguments = ("import", "cc-news", "--archive", str(path), "--site", "jisr.example",
                 "--from", "2024-01", "--to", "2024-03")  # fmt: skip
    for at in (3, 4):
        services.kill_at = len(services.requests) + at
        with subprocess.Popen(
            [*PROGRAM, *arguments],
            cwd=ROOT,
            env={**os.environ, **services.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            services.victim = process.pid
            process.wait(60)
    services.kill_at = 0
    assert run(*arguments, environment=services.environment).returncode == 0
    assert len(urls(path)) == 7
    with Archive.open_read_only(path) as archive:
        assert archive.check() == ()
        assert archive.counts()["observations"] == 7


@pytest.mark.parametrize("size", [1, 100, 5_000])
def test_file_is_read_in_parts_of_any_size(
    services: Services, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news_files, "PART", size)
    name, content = services.news["2024/01"][1]
    if size == 1:
        content = captured(1, 1).record()
        services.news["2024/01"][1] = (name, content)
    url = f"{services.url}/data/crawl-data/CC-NEWS/2024/01/{name}"
    client = Client(0)
    whole = list(records_of(client, url))
    assert whole[-1].end == len(content)
    assert [one.problem for one in whole] == [None] * len(whole)
    if len(whole) > 2:
        rest = list(records_of(client, url, whole[2].end))
        assert [one.content for one in rest] == [one.content for one in whole[3:]]


def test_days_are_needed(tmp_path: Path) -> None:
    done = run("import", "cc-news", "--archive", tmp_path / "a.db", "--from", "2024")
    assert done.returncode == 2
    assert "needs --from and --to" in done.stderr
    done = run("import", "file.warc.gz", "--archive", tmp_path / "a.db", "--from", "2024")
    assert done.returncode == 2
    assert "cc-news" in done.stderr

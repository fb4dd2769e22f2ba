"""`newscrawl history`: captures of other archives as versions at the times of their capture."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import attrs
import pytest

from newscrawl import Archive
from newscrawl.article import Article
from newscrawl.errors import FetchError
from newscrawl.evidence import evidence_problems
from newscrawl.history.cdx import parse_page
from newscrawl.history.client import Client
from tests.archive_services import Held, Services, serving
from tests.command_line import PROGRAM, ROOT, run
from tests.importing import HTML, LAST

HOST = "https://jisr.example"
START = dt.datetime(2019, 2, 1, 6, 0, tzinfo=dt.UTC)
LATER = "ثم أعلن المجلس البلدي موعدًا جديدًا لافتتاح الجسر أمام المشاة، وهو الأول من الشهر {}."


def page(number: int, edition: int = 0) -> bytes:
    """Return the page of a story, as it was at one time."""
    last = LAST if edition == 0 else LATER.format(edition)
    return HTML.format(headline=f"الجسر القديم يفتح للمشاة {number}", last=last).encode()


def held(number: int, edition: int, days: float, **more: Any) -> Held:
    """Return a capture of a story some *days* after the first of them."""
    return Held(
        url=f"{HOST}/news/{number}",
        at=START + dt.timedelta(days=days),
        body=page(number, edition),
        **more,
    )


def history(
    services: Services, archive: Path, *arguments: str, source: str = "wayback"
) -> tuple[int, dict[str, Any]]:
    """Run `newscrawl history` to its end; return its status and its report."""
    done = run(
        "history",
        *arguments,
        *("--archive", str(archive), "--source", source, "--json"),
        environment=services.environment,
    )
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, report


Timeline = list[tuple[dt.datetime, dt.datetime, str]]


def timeline(path: Path, url: str) -> Timeline:
    """Return the versions of an article: first and last seen, and the last paragraph."""
    with Archive.open_read_only(path) as archive:
        versions = archive.versions(url)
        texts = [archive.get(url, version=number) for number in range(1, len(versions) + 1)]
    return [
        (version.first_seen, version.last_seen, text.article_body.split("\n")[-1])
        for version, text in zip(versions, texts, strict=True)
    ]


def expected(captures: list[Held]) -> Timeline:
    """Return the versions that the captures of one story add up to."""
    found: Timeline = []
    for one in sorted(captures, key=lambda one: one.at):
        text = one.body.decode().split("<p>")[-1].split("</p>")[0]
        if found and found[-1][2] == text:
            found[-1] = (found[-1][0], one.at, text)
        else:
            found.append((one.at, one.at, text))
    return found


def three_hundred() -> list[Held]:
    """Return 300 captures of 40 addresses: some broken, some revisits, some of other hosts."""
    captures: list[Held] = []
    flaws = ("missing", "other", "cut")
    for number in range(40):
        for turn in range(8 if number < 20 else 7):
            # The third text of a story is its first one again.
            edition = (turn // 2) % 3 if number % 2 else turn // 3
            spelling = ("https://", "http://", "http://www.", "https://")[turn % 4]
            host = "jisr.example" if number < 34 else f"other{number}.example"
            is_broken = (number * 8 + turn) % 13 == 5
            same = [one for one in captures if one.body == page(number, edition)]
            captures.append(
                attrs.evolve(
                    held(number, edition, days=10 * turn + number / 50),
                    url=f"{spelling}{host}/news/{number}",
                    flaw=flaws[turn % 3] if is_broken else None,
                    is_revisit=not is_broken
                    and any(one.flaw is None for one in same)
                    and turn % 2 == 1,
                )
            )
    assert len(captures) == 300
    return captures


def readable(captures: list[Held], number: int) -> list[Held]:
    """Return the captures of one story that can be had.

    The index gives a page the digest that an earlier capture has: it is not fetched again.
    """
    bodies: set[bytes] = set()
    found = []
    for one in sorted(captures, key=lambda one: one.at):
        if one.url.endswith(f"jisr.example/news/{number}"):
            if one.flaw is None or one.body in bodies:
                found.append(one)
            if one.flaw is None:
                bodies.add(one.body)
    return found


def check(path: Path, captures: list[Held]) -> None:
    """Compare every article of the archive with its captures."""
    for number in range(34):
        found = timeline(path, f"{HOST}/news/{number}")
        assert found == expected(readable(captures, number)), number
    with Archive.open_read_only(path) as archive:
        assert len(list(archive.articles())) == 34
        assert archive.check() == ()
        assert list(evidence_problems(archive)) == []
        twice = archive.db.execute(
            "SELECT url_id, fetched_at FROM observations GROUP BY 1, 2 HAVING count(*) > 1"
        ).fetchall()
        assert twice == []


def test_three_hundred_captures_make_the_right_versions(tmp_path: Path) -> None:
    captures = three_hundred()
    path = tmp_path / "archive.db"
    with serving(captures) as services:
        status, report = history(services, path, "jisr.example", "--from", "2019")
        first = services.replayed()
        assert status == 0
        check(path, captures)
        again, second = history(services, path, "jisr.example", "--from", "2019")
    assert report["plan"]["wanted"] == 8 * 20 + 7 * 14
    assert report["outcomes"]["stored"] == 34
    assert second["plan"]["wanted"] == 0
    assert again == 0
    assert services.replayed() == first, "nothing is fetched twice"
    pages = [one for one in first if "/web/" in one]
    assert len(pages) < report["plan"]["wanted"], "revisits need no request"


@pytest.mark.parametrize("first", [2, 19])
def test_history_goes_on_after_a_kill_at_any_request(tmp_path: Path, first: int) -> None:
    """Kill the command at several requests, each time some later than the last."""
    captures = [one for one in three_hundred() if int(one.url.rpartition("/")[2]) < 5]
    path = tmp_path / "archive.db"
    arguments = ("history", "jisr.example", "--archive", str(path))
    with serving(captures) as services:
        for at in (first, first + 5):
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
        status, _ = history(services, path, "jisr.example")
        assert status == 0
        for number in range(5):
            found = timeline(path, f"{HOST}/news/{number}")
            assert found == expected(readable(captures, number))
        fetched = services.replayed()
        cut = sum(one.flaw == "cut" for one in captures)
        # A cut page is requested up to five times; a kill costs the page under way.
        assert len(fetched) <= len(set(fetched)) + 4 * cut * 2 + 2
        _, last = history(services, path, "jisr.example")
        assert last["plan"]["wanted"] == 0
    with Archive.open_read_only(path) as archive:
        assert archive.check() == ()


def test_own_visits_and_theirs_are_one_timeline(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    url = f"{HOST}/news/1"
    captures = [held(1, 0, 0), held(1, 1, 2.5), held(1, 1, 3)]
    own = START + dt.timedelta(days=1)
    with serving(captures) as services:
        history(services, path, url)
        with Archive(path) as archive:
            text = archive.get(url, version=1)
            archive.add(text, fetched_at=own)
            edits = list(archive.edits(cause=None))
    assert [(one.not_before, one.first_seen) for one in edits] == [(own, captures[1].at)]
    assert [(first, last) for first, last, _ in timeline(path, url)] == [
        (captures[0].at, own),
        (captures[1].at, captures[2].at),
    ]
    told = run("edits", "--archive", path, "--cause", "any")
    assert "between 2019-02-02 06:00 and 2019-02-03 18:00 UTC" in told.stdout


def test_source_and_digest_are_evidence(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    captures = [held(1, 0, 0), held(1, 0, 1)]
    with serving(captures) as services:
        history(services, path, f"{HOST}/news/1")
        address = f"{services.url}/web/20190201060000id_/{HOST}/news/1"
    with Archive.open_read_only(path) as archive:
        [capture] = archive.captures(f"{HOST}/news/1")
        seen = archive.db.execute(
            "SELECT outcome, source_url, source_digest FROM observation ORDER BY fetched_at"
        ).fetchall()
    assert (capture.source_url, capture.source_digest) == (address, captures[0].digest)
    assert seen == [
        ("stored", address, captures[0].digest),
        ("unchanged", None, captures[0].digest),
    ]
    shown = run("export", "--table", "observation", "--format", "jsonl", "--archive", path)
    assert json.loads(shown.stdout.splitlines()[0])["source_url"] == address


def test_plan_is_shown_and_nothing_is_fetched(tmp_path: Path) -> None:
    captures = [
        *(held(1, 0, 0), held(1, 0, 1), held(1, 1, 2)),
        attrs.evolve(held(1, 1, 3), media_type="image/png"),
        attrs.evolve(held(1, 1, 4), status=503),
    ]
    path = tmp_path / "archive.db"
    with serving(captures) as services:
        status, plan = history(services, path, f"{HOST}/news/1", "--dry-run")
        assert services.replayed() == []
        done = run(
            *("history", f"{HOST}/news/1", "--dry-run", "--archive", path),
            environment=services.environment,
        )
    assert status == 0
    assert not path.exists()
    assert plan["listed"] == 5
    assert (plan["wanted"], plan["to_fetch"], plan["by_year"]) == (3, 2, {"2019": 3})
    assert plan["left_out"] == {"no page: image/png": 1, "HTTP 503": 1}
    assert "to fetch" in done.stdout


def test_limit_bounds_a_run_and_the_next_goes_on(tmp_path: Path) -> None:
    captures = [held(number, 0, number) for number in range(5)]
    path = tmp_path / "archive.db"
    with serving(captures) as services:
        _, first = history(services, path, "jisr.example", "--limit", "2")
        assert (first["outcomes"], first["left"]) == ({"stored": 2}, 3)
        _, second = history(services, path, "jisr.example")
    assert second["outcomes"] == {"stored": 3}


def test_days_bound_a_query(tmp_path: Path) -> None:
    captures = [held(number, 0, 365 * number) for number in range(4)]
    with serving(captures) as services:
        _, plan = history(
            services,
            tmp_path / "a.db",
            *("jisr.example", "--from", "2020-01", "--to", "2021", "--dry-run"),
        )
    assert plan["by_year"] == {"2020": 1, "2021": 1}


def test_retry_after_is_obeyed(tmp_path: Path) -> None:
    with serving([held(1, 0, 0)]) as services:
        services.busy = {1: "0", 3: "0", 4: "0"}
        status, report = history(services, tmp_path / "a.db", "jisr.example")
    assert status == 0
    assert report["outcomes"] == {"stored": 1}
    assert len(services.requests) == 5


def test_long_retry_after_ends_the_run(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    captures = [held(1, 0, 0), held(2, 0, 1)]
    with serving(captures) as services:
        services.busy = {3: "3600"}
        status, report = history(services, path, "jisr.example")
        assert status == 3
        assert "no request for 3600 s" in report["stopped_by"]
        _, second = history(services, path, "jisr.example")
    assert second["outcomes"] == {"stored": 1}


def test_address_that_no_request_can_have_is_a_bad_url() -> None:
    url = f"http://{'a' * 70}.example/"
    with pytest.raises(FetchError) as caught:
        Client(pace=0, tries=1).get(url, 1000)
    assert caught.value.outcome == "bad_url"


def test_broken_captures_are_rows_and_no_deletions(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    captures = [
        held(1, 0, 0),
        *(held(1, edition, edition, flaw=flaw) for edition, flaw in
          enumerate(("missing", "other", "cut"), 1)),
        held(1, 5, 9),
    ]  # fmt: skip
    with serving(captures) as services:
        status, report = history(services, path, "jisr.example")
        assert status == 0
        assert report["outcomes"] == {"stored": 1, "connection": 3, "updated": 1}
        asked = len(services.replayed())
        history(services, path, "jisr.example")
        assert len(services.replayed()) == asked
        _, retried = history(services, path, "jisr.example", "--retry")
        assert retried["plan"]["wanted"] == 3
    with Archive.open_read_only(path) as archive:
        assert archive.absences() == ()
        reasons = archive.db.execute(
            "SELECT reason FROM observations WHERE outcome = 'connection' ORDER BY fetched_at"
        ).fetchall()
    assert [reason for (reason,) in reasons] == [
        "wayback: the service answers HTTP 404",
        "wayback: the capture of 20010101000000 is shown instead",
        "wayback: the answer ended too early",
    ]


def test_outage_of_the_service_condemns_no_capture(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    captures = [held(1, 0, 0, flaw="outage")]
    with serving(captures) as services:
        status, _ = history(services, path, "jisr.example")
        assert status == 3
        services.captures = [held(1, 0, 0)]
        _, report = history(services, path, "jisr.example")
    assert report["outcomes"] == {"stored": 1}


def test_captured_deletion_and_redirect_are_facts(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    captures = [
        held(1, 0, 0),
        attrs.evolve(held(1, 0, 5), status=404, body=b"<h1>Not found</h1>"),
        held(2, 0, 0),
        attrs.evolve(
            held(2, 0, 5), status=301, body=b"moved", location=f"{HOST}/archive/2019/2"
        ),
        attrs.evolve(held(2, 0, 5.1), url=f"{HOST}/archive/2019/2"),
    ]
    with serving(captures) as services:
        status, _ = history(services, path, "jisr.example")
    assert status == 0
    with Archive.open_read_only(path) as archive:
        [gone] = archive.absences()
        assert (gone.url, gone.last_seen, gone.first_missed) == (
            f"{HOST}/news/1",
            captures[0].at,
            captures[1].at,
        )
        [moved] = archive.moves()
        assert (moved.from_url, moved.to_url) == (f"{HOST}/news/2", f"{HOST}/archive/2019/2")


def test_many_captured_deletions_are_no_broken_site(tmp_path: Path) -> None:
    """A run over years may find more articles deleted than there."""
    path = tmp_path / "a.db"
    there = [held(number, 0, 0) for number in range(11)]
    gone = [
        attrs.evolve(held(number, 0, 40 + 30 * number), status=404, body=b"<h1>Not found</h1>")
        for number in range(11)
    ]
    with serving([*there, *gone]) as services:
        history(services, path, "jisr.example", "--to", "2019-02-28")
        history(services, path, "jisr.example")
    with Archive.open_read_only(path) as archive:
        found = {one.url: one.first_missed for one in archive.absences()}
    assert found == {one.url: one.at for one in gone}


def test_common_crawl_records_are_fetched_by_range(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    days = (dt.datetime(2024, 2, 25, tzinfo=dt.UTC) - START).days
    captures = [
        *(held(number, 0, days + number / 10) for number in range(12)),
        held(12, 0, days + 2, flaw="cut"),
        held(13, 0, 0),
    ]
    with serving(captures) as services:
        status, report = history(
            services, path, "jisr.example", "--from", "2024", source="commoncrawl"
        )
        assert status == 0
        assert report["outcomes"] == {"stored": 12, "connection": 1}
        _, other = history(
            services, path, "jisr.example", "--to", "2019", "--dry-run", source="commoncrawl"
        )
    assert other["listed"] == 0
    with Archive.open_read_only(path) as archive:
        assert list(evidence_problems(archive)) == []
        [capture] = archive.captures(f"{HOST}/news/3")
    assert capture.fetched_at == captures[3].at


def test_pywb_collection_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    captures = [held(1, 0, 0), held(1, 1, 1)]
    with serving(captures) as services:
        source = f"{services.url}/town"
        status, _ = history(services, path, f"{HOST}/news/1", source=source)
    assert status == 0
    assert timeline(path, f"{HOST}/news/1") == expected(captures)


def test_index_file_with_its_warc_file_needs_no_service(tmp_path: Path) -> None:
    records = [held(1, 0, 0), held(1, 1, 1)]
    content = [one.record() for one in records]
    (tmp_path / "town.warc.gz").write_bytes(b"".join(content))
    lines = [
        f"example,jisr)/news/1 {one.timestamp} "
        + json.dumps(
            {
                "url": one.url,
                "mime": "text/html",
                "status": "200",
                "digest": one.digest,
                "length": str(len(content[number])),
                "offset": str(sum(map(len, content[:number]))),
                "filename": "town.warc.gz",
            }
        )
        for number, one in enumerate(records)
    ]
    index = tmp_path / "index.cdxj"
    index.write_text("\n".join([*lines, "no line of an index"]), "utf-8")
    path = tmp_path / "a.db"
    with serving([]) as services:
        status, report = history(services, path, "jisr.example", source=str(index))
        assert services.requests == []
    assert status == 0
    assert report["plan"]["left_out"] == {"unreadable line": 1}
    assert timeline(path, f"{HOST}/news/1") == expected(records)


def test_index_file_cannot_lead_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    record = held(1, 0, 0).record()
    (tmp_path / "secret.warc.gz").write_bytes(record)
    row = {"url": f"{HOST}/news/1", "mime": "text/html", "status": "200", "digest": "A"}
    row |= {"length": str(len(record)), "offset": "0", "filename": "../secret.warc.gz"}
    index = tmp_path / "inside" / "index.cdxj"
    index.write_text(f"example,jisr)/news/1 20190201060000 {json.dumps(row)}\n", "utf-8")
    with serving([]) as services:
        _, report = history(services, tmp_path / "a.db", "jisr.example", source=str(index))
    assert report["outcomes"] == {"connection": 1}


_ROW = "example,jisr)/ 20190201060000 https://jisr.example/ text/html 200 ABC 1415"


@pytest.mark.parametrize(
    ("text", "found", "key", "damaged"),
    [
        (_ROW, 1, None, 0),
        (f"{_ROW}\n{_ROW}\n\nexample%2Cjisr%29%2F+20190201060000%21\n", 2, "!", 0),
        ("", 0, None, 0),
        ("[]", 0, None, 0),
        (f" CDX N b a m s k r M S V g\n{_ROW[:-4]}- - 1415 7 a.warc.gz", 1, None, 0),
        ("example,jisr)/ 20191301060000 https://jisr.example/ text/html 200 ABC 1", 0, None, 1),
        ("<html>503</html>", 0, None, 1),
    ],
)  # fmt: skip
def test_index_formats(text: str, found: int, key: str | None, damaged: int) -> None:
    read = parse_page(text)
    assert (len(read.captures), read.damaged) == (found, damaged)
    assert (read.resume_key or "")[-1:] == (key or "")
    for one in read.captures:
        assert (one.url, one.status, one.digest) == (f"{HOST}/", 200, "ABC")


def test_revisits_of_status_0_are_read() -> None:
    line = _ROW.replace("text/html 200", "warc/revisit 0")
    [one] = parse_page(line).captures
    assert (one.status, one.is_revisit) == (None, True)


def test_address_with_a_query_is_requested_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    url = f"{HOST}/?page_id=582&name=الجسر"
    captures = [attrs.evolve(held(1, 0, 0), url=url), held(2, 0, 0)]
    with serving(captures) as services:
        _, report = history(services, path, url)
    assert report["outcomes"] == {"stored": 1}


def test_address_with_a_route_is_requested_whole(tmp_path: Path) -> None:
    url = f"{HOST}/news/#!/story/7"
    with serving([attrs.evolve(held(7, 0, 0), url=url)]) as services:
        _, report = history(services, tmp_path / "a.db", "jisr.example")
    assert report["outcomes"] == {"stored": 1}


def test_index_without_captures_ends_the_query(tmp_path: Path) -> None:
    """A crawl without captures answers 404, which cdx_toolkit requested for ever (#16)."""
    captures = [held(1, 0, 365 * 6)]
    with serving(captures) as services:
        services.collections |= {"CC-MAIN-2025-05": ("2025-01-12", "2025-01-26")}
        _, plan = history(
            services,
            tmp_path / "a.db",
            *("other.example", "--from", "2024", "--dry-run"),
            source="commoncrawl",
        )
    assert (plan["listed"], plan["wanted"]) == (0, 0)
    assert len(services.requests) == 3, "the list of crawls, and each crawl once"


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (503, b"Temporarily Unavailable", "HTTP 503 at each of 5 tries"),
        (
            403,
            b"AdministrativeAccessControlException: Blocked Site Error",
            "Blocked Site Error",
        ),
        (200, b'[["urlkey","timestamp"', "no list of captures"),
        (200, b"<html>Offline</html>", "no list of captures"),
    ],
)
def test_failing_index_is_reported_in_a_line(
    status: int, body: bytes, told: str, tmp_path: Path
) -> None:
    """Failures at which wayback-machine-downloader ended with a traceback (#307, #309)."""
    with serving([]) as services:
        services.index_failure = (status, {}, body)
        done = run(
            *("history", "jisr.example", "--archive", tmp_path / "a.db"),
            environment=services.environment,
        )
    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_empty_list_of_crawls_is_an_outage(tmp_path: Path) -> None:
    """Common Crawl's list was empty for a day (cdx_toolkit #24): nothing says no captures."""
    with serving([]) as services:
        services.collections = {}
        done = run(
            *("history", "jisr.example", "--archive", tmp_path / "a.db"),
            *("--source", "commoncrawl", "--dry-run"),
            environment=services.environment,
        )
    assert done.returncode == 1
    assert "the list of crawls is empty" in done.stderr


def test_dead_service_is_reported_in_a_line(tmp_path: Path) -> None:
    """A refused connection is tried again, and then reported without a traceback."""
    settings = {"NEWSCRAWL_WAYBACK": "http://127.0.0.1:9", "NEWSCRAWL_HISTORY_WAIT": "0"}
    settings |= {"NEWSCRAWL_HISTORY_PACE": "0"}
    done = run("history", "jisr.example", "--archive", tmp_path / "a.db", environment=settings)
    assert done.returncode == 1
    assert "Connection refused" in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []  # no empty archive


def test_version_has_the_text_of_todays_extractor(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with serving([held(1, 0, 0)]) as services:
        history(services, path, "jisr.example")
    with Archive.open_read_only(path) as archive:
        article: Article = archive.get(f"{HOST}/news/1")
    assert article.headline == "الجسر القديم يفتح للمشاة 1"
    assert article.article_body.endswith(LAST)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("jisr",), "neither a declared site nor a web address"),
        (("jisr.example", "--from", "2020", "--to", "2019"), "is after"),
        (("jisr.example", "--source", "nowhere.cdx"), "a file of CDX or CDXJ"),
        (("jisr.example", "--from", "spring"), "no year, month or day"),
    ],
)
def test_mistakes_are_reported(arguments: tuple[str, ...], told: str, tmp_path: Path) -> None:
    done = run("history", *arguments, "--archive", tmp_path / "a.db")
    assert done.returncode == 2
    assert told in done.stderr
    assert not (tmp_path / "a.db").exists()

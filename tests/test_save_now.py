"""`newscrawl save-now`: new articles sent to Save Page Now, and its answers stored."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawl import Archive
from tests.archive_samples import article_at, observation_at
from tests.archive_services import Services, serving
from tests.command_line import PROGRAM, ROOT, Done, run

SITE = "jisr.example"
KEYS = {"NEWSCRAWL_SPN_ACCESS_KEY": "key", "NEWSCRAWL_SPN_SECRET_KEY": "secret"}
PENDING = {"status": "pending"}


def url(number: int) -> str:
    return f"https://{SITE}/{number}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of five articles that a crawl saw now, and one of an import."""
    path = tmp_path / "archive.db"
    now = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    with Archive(path) as archive:
        for spider, numbers in (("site", range(1, 6)), ("import", (6,))):
            run_id = archive.start_run(spider, SITE, {})
            for number in numbers:
                article = article_at(url(number), headline=f"Bridge {number}")
                seen = observation_at(now, url=url(number))
                archive.save(article, seen, site=SITE, key=str(number), run=run_id)
            archive.finish_run(run_id, "finished", 0, {})
    return path


@pytest.fixture
def services() -> Iterator[Services]:
    with serving([]) as server:
        yield server


def saved(services: Services, path: Path, *arguments: str) -> tuple[Done, dict[str, Any]]:
    done = run(
        *("save-now", "--archive", str(path), "--json", *arguments),
        environment=services.environment | KEYS,
    )
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return done, report


def states(path: Path) -> dict[str, tuple[str, str | None, str | None]]:
    with Archive.open_read_only(path) as archive:
        rows = archive.db.execute(
            "SELECT u.url, x.state, x.saved_at, x.reason FROM saves AS x"
            " JOIN urls AS u ON u.id = x.url_id"
        ).fetchall()
        assert archive.check() == ()
    return {one[0]: (one[1], one[2], one[3]) for one in rows}


def test_new_articles_are_saved_once(services: Services, path: Path) -> None:
    services.saves = {
        url(2): [PENDING, PENDING, {"status": "success", "timestamp": "20260302"}]
    }
    done, report = saved(services, path)
    assert done.returncode == 0
    assert report["states"] == {"waiting": 0, "sent": 0, "saved": 5, "failed": 0}
    assert sorted(services.saved) == [url(number) for number in range(1, 6)]
    assert states(path)[url(1)] == ("saved", "2026-03-01T12:00:00Z", None)
    _, again = saved(services, path)
    assert (again["queued"], again["sent"], len(services.saved)) == (0, 0, 5)


def test_errors_wait_or_end_by_their_kind(services: Services, path: Path) -> None:
    services.saves = {
        url(1): [{"status": "error", "status_ext": "error:blocked-url", "message": "no"}],
        url(2): [{"status": "error", "status_ext": "error:browsing-timeout"}],
        url(3): [
            {"status": "error", "status_ext": "error:too-many-daily-captures", "at": "post"}
        ],
    }
    _, report = saved(services, path)
    assert report["states"] == {"waiting": 2, "sent": 0, "saved": 2, "failed": 1}
    found = states(path)
    assert found[url(1)][::2] == ("failed", "error:blocked-url: no")
    assert found[url(2)][::2] == ("waiting", "error:browsing-timeout")
    _, again = saved(services, path)
    assert again["sent"] == 0, "its time has not come"


def test_job_that_the_service_forgot_is_sent_again(services: Services, path: Path) -> None:
    """Forgotten jobs are pending for ever; others must not wait behind them."""
    services.saves = {url(number): [PENDING] for number in (1, 2, 3)}
    _, report = saved(services, path, "--limit", "3")
    assert report["states"] == {"waiting": 2, "sent": 3, "saved": 0, "failed": 0}
    with Archive(path) as archive, archive.transaction() as db:
        db.conn.execute("UPDATE saves SET next_at = '2026-01-01T00:00:00Z'")
    _, report = saved(services, path)
    assert report["states"] == {"waiting": 3, "sent": 0, "saved": 2, "failed": 0}
    assert states(path)[url(1)][2] == "error:job-forgotten"


def test_limit_of_the_service_ends_the_run(services: Services, path: Path) -> None:
    limit = {"status": "error", "status_ext": "error:user-session-limit", "at": "post"}
    services.saves = {url(1): [limit]}
    done, report = saved(services, path)
    assert done.returncode == 3
    assert "user-session-limit" in report["stopped_by"]
    assert services.saved == [url(1)]
    assert report["states"]["waiting"] == 5


def test_limit_bounds_a_run(services: Services, path: Path) -> None:
    _, report = saved(services, path, "--limit", "2")
    assert (report["sent"], report["states"]["saved"]) == (2, 2)


@pytest.mark.parametrize("at", [1, 2, 4])
def test_queue_goes_on_after_a_kill(services: Services, path: Path, at: int) -> None:
    services.kill_at = at
    with subprocess.Popen(
        [*PROGRAM, "save-now", "--archive", str(path)],
        cwd=ROOT,
        env={**os.environ, **services.environment, **KEYS},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        services.victim = process.pid
        process.wait(60)
    services.kill_at = 0
    _, report = saved(services, path)
    assert report["states"] == {"waiting": 0, "sent": 0, "saved": 5, "failed": 0}
    assert len(services.saved) <= 6, "only the address under way is sent again"


def test_nothing_is_sent_without_keys(services: Services, path: Path) -> None:
    done = run("save-now", "--archive", path, environment=services.environment)
    assert done.returncode == 2
    assert "NEWSCRAWL_SPN_ACCESS_KEY" in done.stderr
    assert services.requests == []
    wrong = services.environment | KEYS | {"NEWSCRAWL_SPN_SECRET_KEY": "other"}
    done = run("save-now", "--archive", path, environment=wrong)
    assert done.returncode == 2
    assert "refuses the keys" in done.stderr
    assert "other" not in done.stderr

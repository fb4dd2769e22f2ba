"""A killed program loses nothing that was acknowledged, and stores nothing twice."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawl import Archive

ROOT = Path(__file__).parent.parent
DRIVER = [sys.executable, "-m", "tests.archive_driver"]


def acknowledged_before_kill(path: Path, start: int, count: int, delay: float) -> list[str]:
    """Kill a driver *delay* seconds after its *count*th save; return what it acknowledged."""
    driver = subprocess.Popen(
        [*DRIVER, str(path), str(start)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert driver.stdout is not None
    lines = [driver.stdout.readline() for _ in range(count)]
    try:
        driver.wait(delay)
    except subprocess.TimeoutExpired:
        driver.kill()
    lines += driver.stdout.readlines()
    driver.wait()
    driver.stdout.close()
    return [line.strip() for line in lines if line.endswith("\n")]


def assert_nothing_lost(path: Path, acknowledged: list[str]) -> None:
    with Archive(path) as archive:
        assert archive.check() == ()
        rows = archive.db.execute(
            """SELECT a.key, count(*) FROM articles AS a JOIN observations AS o
            ON o.article_id = a.id GROUP BY a.id"""
        ).fetchall()
        visits = dict(rows)
        assert len(visits) == len(rows)
        for line in acknowledged:
            number, at = line.split()
            assert visits[number] > int(at), line
        assert max(visits.values()) <= 3
        edited = archive.db.execute("SELECT max(versions), count(*) FROM article").fetchone()
        assert edited[0] <= 2


def kill_at_random_points(path: Path, seed: int, points: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    acknowledged: list[str] = []
    for point in range(points):
        count, delay = chance.randint(1, 12), chance.random() / 50
        # Each driver starts in the middle of what the one before had saved.
        start = max(0, point * 3 - 1)
        acknowledged += acknowledged_before_kill(path, start, count, delay)
        assert_nothing_lost(path, acknowledged)


def test_ten_kills_lose_nothing(tmp_path: Path) -> None:
    kill_at_random_points(tmp_path / "archive.db", 1, 10)


@pytest.mark.slow
def test_five_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    kill_at_random_points(tmp_path / "archive.db", 2, 500)

"""A crawl that is killed at any two requests has every article in the end, each once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fork_server import ForkServer
from tests.kill_site import SOURCES
from tests.kill_sweep import Bench, Case, cases_of, parse_points

FEW = 5
"""The articles that each source of the small sites names."""


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture
def bench(forks: ForkServer, tmp_path: Path) -> Bench:
    return Bench(forks, tmp_path)


@pytest.mark.parametrize(
    "case",
    [
        Case(kills=(5, 5), kinds=("feed",), is_plain=True, each=FEW),
        Case(kills=(5, 4), is_plain=True, each=FEW),
        Case(kills=(4, 9), is_plain=True, is_known=True, each=FEW),
        Case(kills=(7, 3), kinds=("sitemap",), name="SIGTERM", each=FEW),
        Case(kills=(6, 8), kinds=("section", "home"), delay=0.1, each=FEW),
        Case(kills=(3, 12), kinds=("home",), is_plain=True, name="SIGTERM", each=FEW),
        Case(kills=(11, 20), kinds=("sitemap", "section"), is_known=True, each=FEW),
        Case(kills=(2, 3, 4, 5), is_plain=True, each=FEW),
        Case(kills=(5, 9), is_plain=True, each=FEW, is_beside=True),
        Case(kills=(12, 7), delay=0.1, is_known=True, each=FEW, is_beside=True),
        Case(kills=(9, 14), kinds=("sitemap",), name="SIGTERM", each=FEW, is_beside=True),
    ],
    ids=lambda case: (
        f"{case.name}-{'-'.join(map(str, case.kills))}-{'-'.join(case.kinds)}"
        f"{'-beside' * case.is_beside}"
    ),
)
def test_two_kills_lose_nothing(bench: Bench, case: Case) -> None:
    assert bench.problems_of(case) == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(100))
def test_any_two_kills_lose_nothing(bench: Bench, part: int) -> None:
    """One of a hundred parts of the sweep over all pairs."""
    cases = cases_of(
        parse_points("1-12,20,30,40,50,60,70"),
        ["SIGKILL", "SIGTERM"],
        [0.0, 0.1],
        [SOURCES, *((source,) for source in SOURCES)],
        [False, True],
        [False, True],
    )
    chosen = [case for number, case in enumerate(cases) if number % 100 == part]
    found = {str(case): bench.problems_of(case) for case in chosen}
    assert {case: problems for case, problems in found.items() if problems} == {}

"""Accuracy on saved pages must not fall: the floors in scores.json, held by the corpus' script.

A floor is lowered only together with the reason, in the entry `lowered` of its set.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

FLOORS: Mapping[str, Mapping[str, float]] = json.loads(
    (Path(__file__).parent / "scores.json").read_text("utf-8")
)
NOISE = 0.002
"""One page of 140 that changes in a tenth moves a mean by less."""


@pytest.fixture(scope="module")
def scores(corpus: Path) -> Mapping[str, Mapping[str, float]]:
    """What the corpus' own script makes of our extraction."""
    command = [sys.executable, str(corpus / "score.py"), "--json", *FLOORS]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1200)
    found: dict[str, dict[str, float]] = json.loads(printed.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name in FLOORS for field in FLOORS[name]]
)
def test_no_score_falls_below_its_floor(
    scores: Mapping[str, Mapping[str, float]], name: str, field: str
) -> None:
    assert scores[name][field] >= FLOORS[name][field] - NOISE


def test_no_page_fails(scores: Mapping[str, Mapping[str, float]]) -> None:
    assert {name: row["failures"] for name, row in scores.items()} == dict.fromkeys(FLOORS, 0)

"""The examples of docs/python.md run, from the first line to the last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.front_server import fill

PAGE = Path(__file__).parent.parent / "docs" / "python.md"


def test_the_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    fill(tmp_path / "data" / "archive.db")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for example in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        exec(example, names)  # noqa: S102 -- that is what they are for
    assert "{'2026-03': 4}" in capsys.readouterr().out
    assert len(names["articles"]) == 4  # type: ignore[arg-type]
    assert len(names["same_in_polars"]) > 0  # type: ignore[arg-type]

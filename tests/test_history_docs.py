"""The commands and defaults in docs/history.md are those of the program."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.history.capture_sources import common_crawl_data, wayback_address
from newscrawl.history.client import FIRST_WAIT, PACE
from tests.archive_services import Services, serving
from tests.command_line import ROOT, run
from tests.test_cc_news import captured, news_file
from tests.test_history import held

TEXT = (ROOT / "docs" / "history.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ newscrawl (.+)$", TEXT, re.MULTILINE)


def test_page_has_commands() -> None:
    assert len(COMMANDS) == 7


@pytest.mark.parametrize("command", COMMANDS)
def test_command_of_the_page_runs(command: str, tmp_path: Path) -> None:
    """Run a command against servers of our own, for the sites that they hold."""
    (tmp_path / "index.cdxj").write_text("", "utf-8")
    with Archive(tmp_path / "archive.db"):
        pass
    with serving([held(1, 0, 0)]) as services:
        services.news = {f"2024/0{month}": [news_file(captured(1, 0))] for month in (1, 2, 3)}
        done = run(
            *(_here(word, services, tmp_path) for word in shlex.split(command)),
            *("--archive", str(tmp_path / "archive.db")),
            environment=services.environment
            | {"NEWSCRAWL_SPN_ACCESS_KEY": "key", "NEWSCRAWL_SPN_SECRET_KEY": "secret"},
        )
    assert (done.returncode, done.stderr) == (0, "")


def _here(word: str, services: Services, folder: Path) -> str:
    word = word.replace("https://webarchive.example.org/collection", f"{services.url}/town")
    word = word.replace("index.cdxj", str(folder / "index.cdxj"))
    return re.sub(r"\bexample\.(?:com|net)\b", "jisr.example", word)


def test_defaults_are_those_of_the_page() -> None:
    stated = dict(re.findall(r"^\| `(NEWSCRAWL_\w+)` \| `([^`]+)`", TEXT, re.MULTILINE))
    assert stated == {
        "NEWSCRAWL_WAYBACK": wayback_address(),
        "NEWSCRAWL_COMMON_CRAWL_INDEX": "https://index.commoncrawl.org",
        "NEWSCRAWL_COMMON_CRAWL_DATA": common_crawl_data(),
        "NEWSCRAWL_HISTORY_PACE": str(PACE),
        "NEWSCRAWL_HISTORY_WAIT": f"{FIRST_WAIT:.0f}",
    }

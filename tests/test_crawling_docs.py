"""docs/crawling.md says what is so."""

from __future__ import annotations

from pathlib import Path

import attrs

from newscrawl import exit_status as exits
from newscrawl import settings
from newscrawl.crawl.usage.arguments import Arguments
from newscrawl.outcomes import Outcome

TEXT = (Path(__file__).parent.parent / "docs" / "crawling.md").read_text("utf-8")


def test_every_outcome_is_explained() -> None:
    rows = [f"| `{outcome}` | {outcome.meaning} |" for outcome in Outcome]
    assert [row for row in rows if row not in TEXT] == []


def test_every_argument_is_explained() -> None:
    assert [f.name for f in attrs.fields(Arguments) if f"| `{f.name}` |" not in TEXT] == []


def test_every_exit_status_is_explained() -> None:
    assert [status for status in exits.WORDS if f"| {status} | " not in TEXT] == []


def test_settings_named_there_exist() -> None:
    named = {word.strip("`.,;:()=") for word in TEXT.split() if "NEWSCRAWL_" in word}
    names = {name.partition("=")[0] for name in named}
    assert names
    assert [name for name in names if not hasattr(settings, name)] == []

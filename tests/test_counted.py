"""Numbers with their nouns."""

from __future__ import annotations

import pytest

from newscrawl.cli.pages.import_report import figures_view
from newscrawl.importing.tally import Tally
from newscrawl.text.counted import counted


@pytest.mark.parametrize(
    ("count", "words", "text"),
    [
        (0, ("articles",), "0 articles"),
        (1, ("articles",), "1 article"),
        (1, ("addresses", "were"), "1 address was"),
        (2, ("addresses", "were"), "2 addresses were"),
        (1, ("index entries", "have"), "1 index entry has"),
        (1, ("more", "were"), "1 more was"),
        (1, ("pages",), "1 page"),
        (1, ("times",), "1 time"),
        (1, ("captures", "are"), "1 capture is"),
    ],
)
def test_one_thing_is_named_in_the_singular(
    count: int, words: tuple[str, ...], text: str
) -> None:
    assert counted(count, *words) == text


def test_one_known_file_of_an_import_was_known() -> None:
    table = figures_view(Tally(files_known=1)).renderables[0]  # type: ignore[union-attr]
    assert "1 more was in the archive already" in list(table.columns[2].cells)

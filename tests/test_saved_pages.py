"""Every saved page is read as a person reads it: one test for each page and field."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from newscrawl import Article, extract
from newscrawl.extraction import layout_for
from newscrawl.layouts.catalogue import all_sites
from newscrawl.proposal.saved_pages import field_of, read_about, read_saved, read_truth
from tests.saved import saved_folders

FOLDERS = saved_folders()
FIELDS = [
    pytest.param(folder, field, id=f"{folder.parent.name}/{folder.name}-{field}")
    for folder in FOLDERS
    for field in read_truth(folder)
    if field != "reviewed"
]


@cache
def article_in(folder: Path) -> Article:
    return extract(read_saved(folder))


@pytest.mark.parametrize(("folder", "field"), FIELDS)
def test_field(folder: Path, field: str) -> None:
    assert field_of(article_in(folder), field) == read_truth(folder)[field]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_truth_was_reviewed(folder: Path) -> None:
    assert read_truth(folder).get("reviewed")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_page_is_read_by_the_layout_its_folder_names(folder: Path) -> None:
    page = read_saved(folder)
    layout = None if page.is_plain_text else layout_for(page)
    assert (layout.__name__ if layout else None) == read_about(folder)["layout"]


def test_every_layout_has_a_saved_page() -> None:
    declared = {layout.__name__ for site in all_sites(()) for layout in site.layouts}
    assert declared <= {read_about(folder)["layout"] for folder in FOLDERS}


def test_text_door_says_that_a_caption_stands_in_for_the_headline() -> None:
    folder = next(folder for folder in FOLDERS if folder.name == "2016-carter-text")
    assert article_in(folder).provenance["headline"] == "caption_line"

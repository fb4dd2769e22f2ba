"""Rejection of pages that were read."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from newscrawl.article import Article
from newscrawl.ingest.acceptance import rejection_of

WHOLE = Article(
    url="https://news.example/1", headline="The ferry sails again", article_body="It does."
)


def test_whole_article_is_stored() -> None:
    assert rejection_of(WHOLE) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"page_kind": "soft_404", "page_kind_reason": "the headline says not found"},
            ("not_article", "soft_404: the headline says not found"),
        ),
        ({"page_kind": "gallery"}, ("not_article", "gallery")),
        ({"headline": None}, ("parse_error", "too little was found: no headline")),
        ({"article_body": " \n"}, ("parse_error", "too little was found: no text")),
    ],
)
def test_other_pages_are_not(change: dict[str, Any], reason: tuple[str, str]) -> None:
    assert rejection_of(attrs.evolve(WHOLE, **change)) == reason

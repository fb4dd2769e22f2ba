"""Saved articles pass as articles: a page refused by mistake is a story lost."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from newscrawl import Page, extract

SETS = ("arabic", "aeb", "publishers")
PASSING = 0.99


def test_saved_articles_are_not_refused(corpus: Path) -> None:
    kinds = {
        f"{name}/{row['page']}": _kind(corpus / name, row)
        for name in SETS
        for row in map(
            json.loads, (corpus / name / "truth.jsonl").read_text("utf-8").splitlines()
        )
    }
    assert len(kinds) >= 200
    refused = {page: kind for page, kind in kinds.items() if kind[0] != "article"}
    assert len(refused) <= (1 - PASSING) * len(kinds), refused


def _kind(folder: Path, row: dict[str, str]) -> tuple[str, str | None]:
    body = (folder / row["page"]).read_bytes()
    if row["page"].endswith(".gz"):
        body = gzip.decompress(body)
    article = extract(Page(url=row["url"], body=body))
    return article.page_kind, article.page_kind_reason

"""Size of stored evidence beside the pages of a site, each packed by gzip."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.speed.pages import site_pages
from bench.speed.rows import Row
from newscrawl import Page, extract
from newscrawl.errors import ExtractionError
from newscrawl.warc import Exchange, WarcWriter

_HEADERS = (("Content-Type", "text/html"), ("Server", "nginx"))
_NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)


def rows() -> Iterator[Row]:
    """Yield the size of evidence as a multiple of the pages as gzip, over several sites."""
    sites = site_pages()
    packed = {site: sum(len(gzip.compress(body, 6)) for body in sites[site]) for site in sites}
    found = [_size(site, bodies) / packed[site] for site, bodies in sites.items()]
    yield Row("evidence, times the pages as gzip", 0.7, found)


def _size(site: str, bodies: Sequence[bytes]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        with WarcWriter(Path(folder), "site") as writer:
            for number, body in enumerate(bodies):
                url = f"https://{site}/{number}"
                exchange = Exchange(
                    url=url, fetched_at=_NOW, status=200, headers=_HEADERS, body=body
                )
                writer.write(exchange, json=_values(body, url))
        return sum(file.stat().st_size for file in Path(folder).iterdir())


def _values(body: bytes, url: str) -> bytes | None:
    try:
        article = extract(Page(url=url, body=body))
    except ExtractionError:
        return None
    return json.dumps(article.as_dict(), ensure_ascii=False).encode("utf-8", "replace")

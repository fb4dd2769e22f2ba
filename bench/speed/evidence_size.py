"""Size of stored evidence beside the pages of a site, each packed by gzip."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterator, Sequence

from bench.speed.pages import site_pages
from bench.speed.rows import Row
from newscrawl import Page, extract
from newscrawl.errors import ExtractionError
from newscrawl.warc.new_records import (
    Exchange,
    NewRecord,
    metadata_record,
    request_record,
    response_record,
)
from newscrawl.warc.packings import Zstandard, dictionary_of

_HEADERS = (("Content-Type", "text/html"), ("Server", "nginx"))
_NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)


def rows() -> Iterator[Row]:
    """Yield the size of evidence as a multiple of the pages as gzip, for several sites.

    With Zstandard, each page is packed by a dictionary of the site's other pages; it stands
    once in a file of up to a gigabyte, and is not counted.
    """
    found: dict[str, list[float]] = {"gzip": [], "gzip level 9": [], "Zstandard": []}
    for site, bodies in site_pages().items():
        records = [_records(site, number, body) for number, body in enumerate(bodies)]
        packed = sum(len(gzip.compress(body, 6)) for body in bodies)
        sizes = {
            "gzip": sum(len(one.as_member()) for page in records for one in page),
            "gzip level 9": sum(
                len(gzip.compress(one.content(), 9)) for page in records for one in page
            ),
            "Zstandard": sum(
                _with_dictionary(records, number) for number in range(len(records))
            ),
        }
        for name, size in sizes.items():
            found[name].append(size / packed)
    for name, values in found.items():
        yield Row(f"evidence by {name}, times the pages as gzip", 0.7, values)


def _with_dictionary(records: Sequence[Sequence[NewRecord]], number: int) -> int:
    """Return the size of the records of one page, packed by a dictionary of all others."""
    others = [page[0].content() for at, page in enumerate(records) if at != number]
    packing = Zstandard(dictionary_of(others))
    return sum(len(packing.pack(record)) for record in records[number])


def _records(site: str, number: int, body: bytes) -> list[NewRecord]:
    url = f"https://{site}/{number}"
    exchange = Exchange(url=url, fetched_at=_NOW, status=200, headers=_HEADERS, body=body)
    answer = response_record(exchange)
    further = [request_record(exchange, answer.record_id)]
    values = _values(body, url)
    if values is not None:
        further.append(metadata_record(exchange, answer.record_id, values))
    return [answer, *further]


def _values(body: bytes, url: str) -> bytes | None:
    try:
        article = extract(Page(url=url, body=body))
    except ExtractionError:
        return None
    return json.dumps(article.as_dict(), ensure_ascii=False).encode("utf-8", "replace")

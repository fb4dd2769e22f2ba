"""Reads the corpus' pages with one extractor, in whatever environment it is installed.

    python reading.py NAME CORPUS OUT

writes one prediction a line to OUT, in the form of the corpus' score.py, and prints CPU time
as a multiple of the bare lxml parse of the same pages in the same process.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import lxml.html

Reader = Callable[[bytes, str], Any]


def newscrawl(body: bytes, url: str) -> object:
    """Read with this project."""
    from newscrawl import Page, extract  # noqa: PLC0415

    return extract(Page(url=url, body=body))


def trafilatura(body: bytes, url: str) -> Mapping[str, Any]:
    """Read with trafilatura, as its documentation has it."""
    from trafilatura import bare_extraction  # noqa: PLC0415

    found = bare_extraction(body, url=url, include_comments=False, with_metadata=True)
    if found is None:
        return {}
    return {
        "body": found.text,
        "headline": found.title,
        "published": found.date,
        "authors": (found.author or "").split("; "),
        "tags": found.tags or [],
    }


def newspaper4k(body: bytes, url: str) -> Mapping[str, Any]:
    """Read with newspaper4k."""
    from newspaper import Article  # noqa: PLC0415

    found = Article(url)
    found.download(input_html=body.decode("utf-8", "replace"))
    found.parse()
    date = found.publish_date
    return {
        "body": found.text,
        "headline": found.title,
        "published": date.isoformat() if date else None,
        "authors": found.authors,
        "tags": sorted(found.tags),
    }


def readability(body: bytes, url: str) -> Mapping[str, Any]:
    """Read with readability-lxml."""
    from readability import Document  # noqa: PLC0415

    found = Document(body.decode("utf-8", "replace"), url=url)
    text = lxml.html.fromstring(found.summary()).text_content()
    return {"body": text, "headline": found.short_title()}


READERS: Mapping[str, Reader] = {
    "newscrawl": newscrawl,
    "trafilatura": trafilatura,
    "newspaper4k": newspaper4k,
    "readability": readability,
}


def pages_in(corpus: Path) -> list[tuple[str, bytes, str]]:
    """Return name, body and address of every page that has a truth."""
    found = []
    for truths in sorted(corpus.glob("*/truth.jsonl")):
        for line in truths.read_text("utf-8").splitlines():
            truth = json.loads(line)
            raw = (truths.parent / truth["page"]).read_bytes()
            body = gzip.decompress(raw) if truth["page"].endswith(".gz") else raw
            found.append((f"{truths.parent.name}/{truth['page']}", body, truth["url"]))
    return found


def main(name: str, corpus: str, out: str) -> None:
    """Read every page twice, once to be timed, and write what was read."""
    read, pages = READERS[name], pages_in(Path(corpus))
    with Path(out).open("w", encoding="utf-8") as lines:
        for page, body, url in pages:
            try:
                found = read(body, url)
                row = found.as_dict() if hasattr(found, "as_dict") else dict(found)
            except Exception as error:
                row = {"failure": f"{type(error).__name__}: {error}"}
            lines.write(
                json.dumps({**row, "page": page}, ensure_ascii=False, default=str) + "\n"
            )
    parse = min(_cpu(lambda body, _: lxml.html.fromstring(body), pages) for _ in range(3))
    own = min(_cpu(read, pages) for _ in range(2))
    print(f"{own / parse:.2f}")


def _cpu(read: Callable[[bytes, str], object], pages: list[tuple[str, bytes, str]]) -> float:
    start = time.process_time()
    for _, body, url in pages:
        try:
            read(body, url)
        except Exception:  # noqa: S112  counted where the pages are read
            continue
    return time.process_time() - start


if __name__ == "__main__":
    main(*sys.argv[1:4])

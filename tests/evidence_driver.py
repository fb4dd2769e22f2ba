"""A program that keeps pages with their evidence, and tells each, until it is killed."""

from __future__ import annotations

import gzip
import random
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from scrapy.settings import Settings

from newscrawl import Archive
from newscrawl.crawl.run.answered import Answered
from newscrawl.crawl.run.evidence_writer import EvidenceSettings, EvidenceWriter
from newscrawl.warc import Exchange
from tests.archive_samples import MORNING, SITE, article_at, hours

HEADERS = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))


def answered(number: int, size: int) -> Answered:
    """Return the answer of page *number*: *size* bytes that nothing compresses."""
    exchange = Exchange(
        url=f"https://{SITE}/{number}",
        fetched_at=MORNING + hours(number),
        status=200,
        headers=HEADERS,
        body=gzip.compress(random.Random(number).randbytes(size), mtime=0),  # noqa: S311
    )
    return Answered(
        url=exchange.url,
        outcome="stored",
        status=200,
        fetched_at=exchange.fetched_at,
        exchange=exchange,
        role="article",
    )


def _settings() -> EvidenceSettings:
    settings = Settings()
    settings.setmodule("newscrawl.settings")
    return EvidenceSettings.from_settings(settings)


def keep(path: Path, start: int, stop: int, size: int) -> Iterator[int]:
    """Keep pages *start* to *stop*; yield the number of each that is kept."""
    with Archive(path) as archive, closing(EvidenceWriter(archive, _settings())) as writer:
        run = archive.start_run("driver", SITE, {})
        for number in range(start, stop):
            url = f"https://{SITE}/{number}"
            article = article_at(url, headline=f"الميناء {number}")
            observation = answered(number, size)
            with (
                writer.storing(observation, SITE, article=article, key=url) as kept,
                archive.transaction(),
            ):
                archive.save(article, kept, site=SITE, key=url, run=run)
                writer.sync()
            yield number
        archive.finish_run(run, "finished", 0, {})


if __name__ == "__main__":
    for number in keep(Path(sys.argv[1]), *(int(text) for text in sys.argv[2:])):
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()

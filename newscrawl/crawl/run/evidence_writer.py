"""Choice and storage of answers as evidence: written before any row points at them."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

import newscrawl
from newscrawl.archive import Archive, Capture
from newscrawl.article import Article
from newscrawl.crawl.run.answered import REQUISITE, Answered
from newscrawl.crawl.run.prepared import NO_VALUES, values_of
from newscrawl.errors import WarcError
from newscrawl.outcomes import Evidence, Observation
from newscrawl.text.counted import counted
from newscrawl.warc import Exchange, Original, WarcWriter, payload_digest, read_answer
from newscrawl.warc.new_records import RecordTooLongError, unpacked

if TYPE_CHECKING:  # a process that stores has no other use for Scrapy
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)

LISTINGS = frozenset({"home", "section", "page"})
"""The roles of pages that change with every visit."""

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_MAX_OPEN = 32


@attrs.frozen
class _Place:
    """Place of a stored answer, and the writer that had to write it, if any."""

    evidence: Evidence | None
    writer: WarcWriter | None
    is_same: bool


@attrs.frozen(kw_only=True)
class EvidenceSettings:
    """Settings of a crawl that concern evidence."""

    folder: str
    """The folder of WARC files, relative to that of the archive."""
    max_file: int
    """Bytes from which on a file is followed by another."""
    rest: dt.timedelta
    """Time for which a changed list page is not stored again."""
    rest_of_same: dt.timedelta
    """Time for which a page that shows the same article is not stored again."""
    is_zstandard: bool

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> EvidenceSettings:
        """Return the settings of a crawl that stores evidence."""
        hours = settings.getfloat("NEWSCRAWL_SAME_ARTICLE_EVIDENCE_HOURS")
        return cls(
            folder=settings["NEWSCRAWL_EVIDENCE_FOLDER"],
            max_file=settings.getint("NEWSCRAWL_WARC_MB") * 2**20,
            rest=dt.timedelta(hours=settings.getfloat("NEWSCRAWL_LISTING_EVIDENCE_HOURS")),
            rest_of_same=dt.timedelta(hours=hours),
            is_zstandard=settings["NEWSCRAWL_EVIDENCE"] == "warc.zst",
        )


@attrs.frozen
class EvidenceCounts:
    """Number of answers that a crawl has stored as evidence."""

    answers: int = 0
    """Number of answers written as they came."""
    unchanged: int = 0
    """Number of answers with content stored already."""

    def __add__(self, other: EvidenceCounts) -> EvidenceCounts:
        return EvidenceCounts(self.answers + other.answers, self.unchanged + other.unchanged)

    def __str__(self) -> str:
        return f"{counted(self.answers, 'answers')} kept, {self.unchanged} the same as before"


class EvidenceWriter:
    """Writes the answers of a run into the WARC files of their sites.

    They are on disk after `sync`, which comes before the commit of rows that point at them.
    """

    def __init__(self, archive: Archive, settings: EvidenceSettings) -> None:
        self.counts = EvidenceCounts()
        """Number of answers written by this writer."""
        self._archive = archive
        self._settings = settings
        self._writers: OrderedDict[str, WarcWriter] = OrderedDict()
        self._before: dict[WarcWriter, tuple[Path, int]] = {}
        """Position of each writer before its first write in `together`."""

    def close(self) -> None:
        """Close the files; all that was written is on disk then."""
        while self._writers:
            self._writers.popitem()[1].close()

    def sync(self) -> None:
        """Wait until all that was written is on disk. Raises WarcError if the disk refuses."""
        for writer in self._before:
            writer.sync()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Take back all answers that are written in the block if it fails."""
        counts = self.counts
        self._before = {}
        try:
            yield
        except BaseException:
            self.counts = counts
            for writer, position in self._before.items():
                writer.take_back(position)
            raise

    @contextmanager
    def storing(
        self,
        observation: Observation,
        site: str,
        *,
        article: Article | None = None,
        key: str | None = None,
    ) -> Iterator[Observation]:
        """Keep the answer of *observation*; yield the observation that points at it.

        Where the block that saves it fails, the answer is taken back: nothing points at it.
        *key* is the article's on its *site*; of a withdrawn one nothing is stored. Raises
        WarcError where the disk refuses.
        """
        if not isinstance(observation, Answered):
            yield observation
            return
        plain, exchange = observation.without_exchange(), observation.exchange
        if exchange is not None and self._settings.is_zstandard:
            exchange = unpacked(exchange)
        if exchange is None or self._archive.evidence.is_withdrawn(exchange.url, site, key):
            yield plain
            return
        try:
            place = self._place_of(exchange, plain, observation.role, site, article, key)
        except RecordTooLongError as error:
            logger.warning("no evidence of %r: %s", exchange.url, error)
            place = _Place(None, None, is_same=False)
        try:
            yield attrs.evolve(plain, evidence=place.evidence)
        except BaseException:
            if place.writer is not None:
                place.writer.take_back()
            raise
        is_written = not place.is_same and place.writer is not None
        self.counts += EvidenceCounts(int(is_written), int(place.is_same))

    @contextmanager
    def storing_picture(
        self, observation: Observation, picture: bytes, site: str
    ) -> Iterator[Observation]:
        """Write the screenshot of a page; yield the observation that points at it.

        Where the block fails it is taken back. Raises WarcError if the disk refuses.
        """
        writer = self._writer(site)
        kind = observation.content_type or ""
        at = observation.fetched_at
        evidence = writer.write_resource(observation.url, at, kind, picture)
        place = attrs.evolve(evidence, file=f"{self._path(site)}/{evidence.file}")
        try:
            yield attrs.evolve(observation, evidence=place)
        except BaseException:
            writer.take_back()
            raise

    def _place_of(
        self,
        exchange: Exchange,
        plain: Observation,
        role: str,
        site: str,
        article: Article | None,
        key: str | None,
    ) -> _Place:
        """Return the place of the answer; write it if it is not stored yet."""
        last = self._archive.evidence.last(exchange.url)
        original = self._original(last, exchange)
        if last is not None and role != "article" and _is_alike(exchange, last):
            if original is not None:
                return _Place(last.evidence, None, is_same=True)
            if role in LISTINGS and _is_within(self._settings.rest, exchange, last):
                return _Place(None, None, is_same=False)
        original = original or self._at_another_address(exchange, plain, role)
        if original is None and self._is_no_news(exchange, last, site, article, key):
            return _Place(None, None, is_same=True)
        return self._write(exchange, original, site, article)

    def _at_another_address(
        self, exchange: Exchange, plain: Observation, role: str
    ) -> Original | None:
        """Return the record of a requisite that holds this payload, at whatever address."""
        if role != REQUISITE or plain.digest is None:
            return None
        return self._original(self._archive.requisites.of_digest(plain.digest), exchange)

    def _write(
        self, exchange: Exchange, original: Original | None, site: str, article: Article | None
    ) -> _Place:
        """Write the answer, one with the content of *original* as a revisit of it."""
        writer = self._writer(site)
        if original is not None:
            evidence = writer.write_revisit(exchange, original)
        else:
            values = values_of(article) if article else NO_VALUES
            evidence = writer.write(exchange, json=values.json, deflated_json=values.deflated)
        evidence = attrs.evolve(evidence, file=f"{self._path(site)}/{evidence.file}")
        return _Place(evidence, writer, is_same=original is not None)

    def _is_no_news(
        self,
        exchange: Exchange,
        last: Capture | None,
        site: str,
        article: Article | None,
        key: str | None,
    ) -> bool:
        """Return whether only a nonce, a counter or an advert has changed since *last*."""
        if last is None or article is None or key is None:
            return False
        is_recent = _is_within(self._settings.rest_of_same, exchange, last)
        return is_recent and self._archive.evidence.is_unchanged(article, site, key)

    def _original(self, last: Capture | None, exchange: Exchange) -> Original | None:
        """Return the record that holds this payload already; None where it is to be written."""
        if last is None:
            return None
        try:
            answer = read_answer(self._archive.path.parent / last.evidence.file, last.evidence)
        except WarcError:  # `newscrawl check` reports it; the answer is stored again
            return None
        original = answer.original
        if original is None or exchange.status == 304:
            return original
        is_same = original.payload_digest == payload_digest(exchange.body)
        return original if is_same and exchange.body else None

    def _writer(self, site: str) -> WarcWriter:
        name = _name_of(site)
        if name not in self._writers:
            while len(self._writers) >= _MAX_OPEN:
                self._writers.popitem(last=False)[1].close()
            path = self._path(site)
            self._writers[name] = WarcWriter(
                self._archive.path.parent / path,
                name,
                max_file=self._settings.max_file,
                software=f"newscrawl/{newscrawl.__version__}",
                is_zstandard=self._settings.is_zstandard,
                kept=lambda file: self._archive.evidence.end_of(f"{path}/{file}"),
            )
            self._writers[name].is_synced_by_caller = True
        self._writers.move_to_end(name)
        writer = self._writers[name]
        self._before.setdefault(writer, writer.position)
        return writer

    def _path(self, site: str) -> str:
        return f"{self._settings.folder}/{_name_of(site)}"


def _is_within(rest: dt.timedelta, exchange: Exchange, last: Capture) -> bool:
    """Return whether the answer came within *rest* of the last one."""
    return abs(exchange.fetched_at - last.fetched_at) < rest


def _is_alike(exchange: Exchange, last: Capture) -> bool:
    """Return whether both answers have the same meaning; 304 is as good as the page."""
    return exchange.status == last.status or 304 in {exchange.status, last.status}


def _name_of(site: str) -> str:
    """Return *site* as the name of a folder."""
    return _UNSAFE.sub("_", site)[:100].lstrip(".") or "_"

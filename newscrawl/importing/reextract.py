"""Re-extraction of the evidence of an archive, and the report of the differences."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from typing import Any

import attrs

from newscrawl.archive import Archive
from newscrawl.archive.read.stored_pages import StoredPage, Story
from newscrawl.archive.schema.storable import storable
from newscrawl.article import Article
from newscrawl.extraction import extractor_identity
from newscrawl.importing.page_engines import Engine, read_locally
from newscrawl.importing.readings import Reading, Task
from newscrawl.ingest.site_identity import SiteIdentities
from newscrawl.outcomes import Outcome

BATCH = 50
"""Number of stories in one transaction."""
EXAMPLES = 3
"""Number of examples of each change."""
SHOWN = 160
"""Number of characters of a value in an example."""
_NOT_COMPARED = frozenset({"url", "provenance", "extractor"})


@attrs.frozen(kw_only=True)
class Choice:
    """Options of a re-extraction."""

    jobs: int
    """Number of processes that read pages."""
    site: str | None = None
    """The site by its name in the archive; None for all."""
    since: dt.datetime | None = None
    """Only articles seen since then; None for all."""
    is_applied: bool = False
    """True to write the changes."""
    engine: Engine = read_locally
    """The engine that reads the pages."""


@attrs.frozen
class _Pages:
    """The pages of one story, or one refused page, before their tasks."""

    story: Story | None
    pages: tuple[StoredPage, ...]


def reread(archive: Archive, choice: Choice, on_progress: Callable[[Report], None]) -> Report:
    """Read the evidence of *archive* with this extractor; report the differences.

    Writes only with `is_applied`; the same call goes on with a run that was stopped.
    Raises ArchiveError if the archive cannot be read or written.
    """
    reading = _Rereading(archive, choice)
    with closing(choice.engine(reading.steps(), choice.jobs)) as steps:
        for batch in _batches(steps):
            reading.take(batch)
            on_progress(reading.report)
    return reading.report


def _batches(steps: Iterable[Any]) -> Iterator[list[tuple[_Pages, list[Reading]]]]:
    """Yield the stories with the readings of their pages, some at a time."""
    batch: list[tuple[_Pages, list[Reading]]] = []
    for step in steps:
        if isinstance(step, tuple):
            batch[-1][1].append(step[1])
            continue
        if len(batch) >= BATCH:
            yield batch
            batch = []
        batch.append((step, []))
    yield batch


class _Rereading:
    def __init__(self, archive: Archive, choice: Choice) -> None:
        self._archive, self._choice = archive, choice
        self.report = Report(extractor_identity(), choice.is_applied)
        self._identities: dict[str, SiteIdentities] = {}

    def steps(self) -> Iterator[Any]:
        """Yield for each story its pages, then a task for each page that differs in bytes."""
        reextraction = self._archive.reextraction
        chosen: dict[str, Any] = {"site": self._choice.site, "since": self._choice.since}
        for story in reextraction.stories(self.report.extractor, **chosen):
            site = self.report.of(story.site)
            site.without_evidence += not story.is_kept
            site.up_to_date += story.is_kept and not story.pages
            if story.pages:
                unlike = {page.digest or page.url: page for page in reversed(story.pages)}
                pages = tuple(page for page in story.pages if page in unlike.values())
                yield _Pages(story, pages)
                yield from map(self._task, pages)
        for page in reextraction.refused(self.report.extractor, **chosen):
            yield _Pages(None, (page,))
            yield self._task(page)

    def _task(self, page: StoredPage) -> Task:
        place = page.evidence
        return Task(
            file=self._archive.path.parent / place.file,
            offset=place.offset,
            length=place.length,
            evidence_file=place.file,
        )

    def take(self, batch: list[tuple[_Pages, list[Reading]]]) -> None:
        """Compare, and write where that is wanted, in one transaction."""
        if not self._choice.is_applied:
            for pages, readings in batch:
                self._take_one(pages, readings)
            return
        with self._archive.transaction():
            for pages, readings in batch:
                self._take_one(pages, readings)

    def _take_one(self, pages: _Pages, readings: list[Reading]) -> None:
        if pages.story is None:
            self._take_refused(pages.pages[0], readings[0])
        else:
            self._take_story(pages.story, dict(zip(pages.pages, readings, strict=True)))

    def _take_story(self, story: Story, readings: dict[StoredPage, Reading]) -> None:
        accepted = {
            _bytes_of(page): self._accepted(story, page, reading)
            for page, reading in readings.items()
        }
        articles = {
            page: article
            for page in story.pages
            if (article := accepted.get(_bytes_of(page))) is not None
        }
        joined = self._compare(story.site, articles)
        if self._choice.is_applied:
            by_observation = {
                page.observation_id: article
                for page, article in articles.items()
                if page.version_id not in joined
            }
            self._archive.reextraction.apply(story.article_id, by_observation)

    def _compare(self, site: str, articles: Mapping[StoredPage, Article]) -> set[int]:
        """Compare each version with its last page; return the versions of several pages."""
        report, joined = self.report.of(site), set[int]()
        last = {page.version_id: (page, article) for page, article in articles.items()}
        for version_id, (page, article) in last.items():
            old = self._archive.reextraction.version(version_id) if version_id else None
            if version_id and old is not None and old.pages:
                report.joined += 1
                joined.add(version_id)
            elif old is not None:
                report.compare(page.url, old, storable(article))
        return joined

    def _accepted(self, story: Story, page: StoredPage, reading: Reading) -> Article | None:
        """Return the article read now; None if it is none, which is counted."""
        seen = reading.observation
        problem = reading.damage or reading.given_up
        if problem is not None:
            self.report.damages.append(problem)
        elif self._is_lost(page, reading.article):
            self.report.of(story.site).refused_now["doubtful: it was an article"] += 1
        elif seen is not None and seen.outcome == Outcome.STORED:
            return reading.article
        elif seen is not None and seen.outcome != Outcome.UNCHANGED:
            reason = f"{seen.outcome}: {seen.reason or ''}"[:80]
            self.report.of(story.site).refused_now[reason] += 1
        return None

    def _is_lost(self, page: StoredPage, article: Article | None) -> bool:
        """Return whether a page that was an article may be none now: it stays as it was."""
        if article is None or article.page_kind == "article" or page.version_id is None:
            return False
        old = self._archive.reextraction.version(page.version_id)
        return old is not None and old.page_kind == "article"

    def _take_refused(self, page: StoredPage, reading: Reading) -> None:
        seen, article = reading.observation, reading.article
        problem = reading.damage or reading.given_up
        if problem is not None:
            self.report.damages.append(problem)
        is_accepted = seen is not None and seen.outcome == Outcome.STORED
        if is_accepted:
            self.report.of(page.site).accept(page.url)
        if not self._choice.is_applied or seen is None or article is None:
            return
        if not is_accepted:
            self._archive.reextraction.refuse_again(page.observation_id, article.extractor)
            return
        identities = self._identities.setdefault(
            page.site, SiteIdentities(page.site, self._archive)
        )
        self._archive.reextraction.forget(page.observation_id)
        self._archive.save(
            article,
            attrs.evolve(seen, url=page.url, fetched_at=page.fetched_at),
            site=page.site,
            key=identities.key_for(article),
            run=page.run_id,
        )


@attrs.frozen
class Example:
    """One value that changed."""

    url: str
    was: Any
    now: Any


@attrs.define
class FieldCount:
    """Changes of one field of one site."""

    changed: int = 0
    """Versions in which it is read otherwise."""
    filled_before: int = 0
    """Versions in which it had a value."""
    filled_after: int = 0
    """Versions in which it has one as read now."""
    examples: list[Example] = attrs.field(factory=list)


@attrs.define
class SiteReport:
    """Changes of the articles of one site."""

    versions: int = 0
    """Versions whose pages were read again."""
    changed: int = 0
    """Of these, those that are read otherwise in any field."""
    without_evidence: int = 0
    """Articles without evidence, which stay as they are."""
    joined: int = 0
    """Versions of several pages, which were joined by a crawl: they stay as they are."""
    up_to_date: int = 0
    """Articles that this extractor has read already."""
    fields: dict[str, FieldCount] = attrs.field(factory=dict)
    """By the name of the field."""
    refused_now: Counter[str] = attrs.field(factory=Counter)
    """Pages that were articles, and would be refused now, by the reason; they stay stored."""
    accepted_now: list[str] = attrs.field(factory=list)
    """The first addresses of pages that were refused, and are articles now."""
    accepted: int = 0
    """Number of pages that are articles now."""

    def compare(self, url: str, old: Article, new: Article) -> None:
        """Count the differences between a stored version and the new reading of it."""
        was, now = old.as_dict(), new.as_dict()
        self.versions += 1
        names = [name for name in now if name not in _NOT_COMPARED]
        for name in names:
            self._count(name, url, was[name], now[name])
        self.changed += any(was[name] != now[name] for name in names)

    def _count(self, name: str, url: str, was: Any, now: Any) -> None:
        field = self.fields.setdefault(name, FieldCount())
        field.filled_before += _is_filled(was)
        field.filled_after += _is_filled(now)
        if was != now:
            field.changed += 1
            if len(field.examples) < EXAMPLES:
                field.examples.append(Example(url, *_around_difference(was, now)))

    def accept(self, url: str) -> None:
        """Count a page that is an article now."""
        self.accepted += 1
        if len(self.accepted_now) < EXAMPLES:
            self.accepted_now.append(url)


def _is_filled(value: Any) -> bool:
    return value is False or bool(value)


def _around_difference(was: Any, now: Any) -> tuple[Any, Any]:
    """Return both values, of long texts the part where they begin to differ."""
    if not (isinstance(was, str) and isinstance(now, str)):
        return was, now
    same = next(
        (at for at, (a, b) in enumerate(zip(was, now, strict=False)) if a != b),
        min(len(was), len(now)),
    )
    start = max(same - SHOWN // 4, 0)
    return _part(was, start), _part(now, start)


def _part(text: str, start: int) -> str:
    end = start + SHOWN
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


@attrs.define
class Report:
    """The report of a re-extraction."""

    extractor: str
    """Identity of the extractor that reads it now."""
    is_applied: bool
    """True if the changes were written."""
    sites: dict[str, SiteReport] = attrs.field(factory=dict)
    """By the name of the site."""
    damages: list[str] = attrs.field(factory=list)
    """Records that could not be read and pages that were given up, a line each."""

    def of(self, site: str) -> SiteReport:
        """Return the report of one site."""
        return self.sites.setdefault(site, SiteReport())

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as JSON types."""
        return attrs.asdict(self)


def _bytes_of(page: StoredPage) -> str:
    """Return the identity of the bytes of *page*: its digest, else its address."""
    return page.digest or page.url

"""The current extractor over the evidence of an archive: what would change, or what does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from newscrawl.archive import Archive
from newscrawl.archive.read.stored_pages import StoredPage, Story
from newscrawl.archive.schema.storable import moment_from, storable
from newscrawl.article import Article
from newscrawl.extraction import extractor_identity
from newscrawl.importing.comparing import Report
from newscrawl.importing.engines import Engine, read_locally
from newscrawl.importing.readings import Reading, Task
from newscrawl.ingest.site_identity import SiteIdentities

BATCH = 50
"""How many stories are written in one transaction."""


@attrs.frozen(kw_only=True)
class Choice:
    """What is read once more, and how."""

    jobs: int
    """How many processes read pages."""
    site: str | None = None
    """The site by its name in the archive; None for all."""
    since: str = ""
    """Only articles seen since then (UTC, `YYYY-MM-DDTHH:MM:SSZ`)."""
    is_applied: bool = False
    """Whether what changes is written."""
    engine: Engine = read_locally
    """What reads the pages."""


@attrs.frozen
class _Pages:
    """The pages of one story, or one refused page, before their tasks."""

    story: Story | None
    pages: tuple[StoredPage, ...]


def reread(archive: Archive, choice: Choice, on_progress: Callable[[Report], None]) -> Report:
    """Read the evidence of *archive* with this extractor; report what that changes.

    Only with `is_applied` is anything written; a run that was stopped is gone on with by the
    same call. Raises ArchiveError where the archive cannot be read or written.
    """
    reading = _Rereading(archive, choice)
    steps = choice.engine(reading.steps(), choice.jobs)
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
        asked: dict[str, Any] = {"site": self._choice.site, "since": self._choice.since}
        for story in reextraction.stories(self.report.extractor, **asked):
            site = self.report.of(story.site)
            site.without_evidence += not story.is_kept
            site.up_to_date += story.is_kept and not story.pages
            if story.pages:
                unlike = {page.digest or page.url: page for page in reversed(story.pages)}
                pages = tuple(page for page in story.pages if page in unlike.values())
                yield _Pages(story, pages)
                yield from map(self._task, pages)
        for page in reextraction.refused(self.report.extractor, **asked):
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
        found: dict[str, Article] = {}
        for page, reading in readings.items():
            article = self._accepted(story, page, reading)
            if article is not None:
                found[page.digest or page.url] = article
        articles = {
            page: found[page.digest or page.url]
            for page in story.pages
            if (page.digest or page.url) in found
        }
        report = self.report.of(story.site)
        last = {page.version_id: (page, article) for page, article in articles.items()}
        for version_id, (page, article) in last.items():
            old = self._archive.reextraction.version(version_id) if version_id else None
            if old is not None and old.pages:
                report.joined += 1
                articles = {p: a for p, a in articles.items() if p.version_id != version_id}
            elif old is not None:
                report.compare(page.url, old, storable(article))
        if self._choice.is_applied:
            by_observation = {page.observation_id: one for page, one in articles.items()}
            self._archive.reextraction.apply(story.article_id, by_observation)

    def _accepted(self, story: Story, page: StoredPage, reading: Reading) -> Article | None:
        """Return what is read now; None where it is no article, which is counted."""
        seen = reading.observation
        if reading.damage is not None:
            self.report.damages.append(reading.damage)
        elif seen is not None and seen.outcome == "stored":
            return reading.article
        elif seen is not None and seen.outcome != "unchanged":
            reason = f"{seen.outcome}: {seen.reason or ''}"[:80]
            self.report.of(story.site).refused_now[reason] += 1
        return None

    def _take_refused(self, page: StoredPage, reading: Reading) -> None:
        seen, article = reading.observation, reading.article
        if reading.damage is not None:
            self.report.damages.append(reading.damage)
        is_accepted = seen is not None and seen.outcome == "stored"
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
            attrs.evolve(seen, url=page.url, fetched_at=moment_from(page.fetched_at)),
            site=page.site,
            key=identities.key_for(article),
            run=page.run_id,
        )

"""Writes readings of records into an archive, each as a crawl would have written its page."""

from __future__ import annotations

import attrs

from newscrawl.archive import Archive
from newscrawl.archive.write.prepared_articles import expect
from newscrawl.errors import ArchiveError
from newscrawl.importing.readings import Reading
from newscrawl.importing.tally import Tally
from newscrawl.ingest.acceptance import kind_of, rejection_of
from newscrawl.ingest.site_identity import SiteIdentities
from newscrawl.outcomes import Observation, Outcome
from newscrawl.warc.records import Reference

REMEMBERED = 20_000
"""Number of articles and redirects that are remembered; the archive knows the others."""


class ReadingWriter:
    """Writes the readings of one run, and counts them in *tally*."""

    def __init__(self, archive: Archive, tally: Tally, run: int) -> None:
        self._archive, self._tally, self._run = archive, tally, run
        self._identities = SiteIdentities("", archive)
        self._remembered = 0
        self._came_from: dict[str, str] = {}
        self.is_again = False
        """True if an earlier import may have given up pages that are read now."""

    def site_of(self, url: str) -> str:
        """Return the name of the site of *url*."""
        return self._identities.site_of(url)

    def write(self, reading: Reading) -> bool:
        """Write the reading of one record; report it and return False if that fails.

        A page that was given up is recorded, and False as well: it is to be read again.
        Raises ArchiveError if the archive cannot be written at all.
        """
        try:
            with self._archive.transaction():
                return self._written(reading)
        except ArchiveError:
            raise
        except Exception as error:  # values that no table takes
            url = reading.observation.url if reading.observation is not None else "a record"
            reason = f"{url}: it cannot be stored: {type(error).__name__}: {error}"
            self._tally.report(reason[:300])
            return False

    def _written(self, reading: Reading) -> bool:
        if reading.damage is not None:
            self._tally.report(reading.damage)
            return False
        self._tally.records += 1
        seen = reading.observation
        if self.is_again and seen is not None:
            self._archive.forget_error(seen)
        if seen is None:
            self._tally.skipped[reading.skipped or "nothing"] += 1
        elif seen.outcome == Outcome.STORED and reading.article is not None:
            self._save(reading, seen)
        elif seen.outcome == Outcome.UNCHANGED:
            return self._revisit(reading, seen)
        else:
            self._record(reading, seen)
        if reading.given_up is not None:
            self._tally.give_up(reading.given_up)
        return reading.given_up is None

    def _save(self, reading: Reading, seen: Observation) -> None:
        article = reading.article
        assert article is not None  # noqa: S101  # checked by the caller
        rejection = rejection_of(article) if article.pages or article.missing_pages else None
        if rejection is not None:
            outcome, reason = rejection
            kind = kind_of(article)
            seen = attrs.evolve(seen, outcome=outcome, reason=reason[:300], kind=kind)
            self._record(reading, seen)
            return
        self._remembered += 1
        if self._remembered % REMEMBERED == 0:
            self._identities = SiteIdentities("", self._archive)
        if reading.prepared is not None:
            expect(reading.prepared)
        site = self._identities.site_of(article.url)
        key = self._identities.key_for(article, self._redirects_to(article.url))
        saved = self._archive.save(article, seen, site=site, key=key, run=self._run)
        self._identities.follow_canonical(article)
        self._identities.follow_moves(article.url)
        if saved.version_id is None:
            self._tally.count(Outcome.NOT_ARTICLE, saved.reason)
        else:
            self._tally.count(saved.outcome, None)

    def _revisit(self, reading: Reading, seen: Observation) -> bool:
        if self.write_revisit(seen, reading.same_as):
            return True
        reason = "the page is said to be unchanged, but the archive has no earlier one"
        self._tally.report(f"{seen.url}: {reason}")
        return False

    def write_revisit(self, seen: Observation, same_as: Reference | None) -> bool:
        """Write that a page was as at an earlier visit; False if that is not in the archive."""
        site = self._identities.site_of(seen.url)
        outcome = self._archive.record_revisit(seen, same_as, site=site, run=self._run)
        if outcome is not None:
            self._tally.count(outcome, None)
        return outcome is not None

    def _record(self, reading: Reading, seen: Observation) -> None:
        if seen.final_url is not None:
            if len(self._came_from) > REMEMBERED:
                self._came_from.clear()
            self._came_from[seen.final_url] = seen.url
        is_source = seen.outcome == Outcome.SOURCE and reading.article is not None
        lists = reading.article.link_lists if is_source and reading.article else ()
        site = self._identities.site_of(seen.url)
        self._archive.record_visit(seen, site=site, run=self._run, link_lists=lists)
        if seen.outcome == Outcome.REDIRECT:
            self._identities.follow_moves(seen.url)
        self._tally.count(seen.outcome, seen.reason)

    def _redirects_to(self, url: str) -> tuple[str, ...]:
        """Return the addresses that redirected to *url*, the first one first."""
        found: list[str] = []
        while (url := self._came_from.get(url, "")) and url not in found and len(found) < 10:
            found.insert(0, url)
        return tuple(found)

"""Counts, problems and exit status of a run."""

from __future__ import annotations

from collections import Counter

from newscrawl import exit_status as exits
from newscrawl.crawl.frontier.postponed import is_postponed
from newscrawl.crawl.frontier.request_meta import request_key_for
from newscrawl.crawl.run.disk_space import DISK_FULL
from newscrawl.outcomes import ARTICLE_OUTCOMES, Observation, Outcome

_REFUSALS = frozenset(
    {Outcome.HTTP_ERROR, Outcome.BLOCKED, Outcome.REDIRECT, Outcome.REDIRECT_LOOP}
)
_FINISHED = (exits.COMPLETE, exits.NOTHING_FOUND)


class RunStatus:
    """Numbers and problems of a run, for its exit status, its summary and its display."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """Number of settled addresses by outcome."""
        self.reasons: Counter[tuple[str, str]] = Counter()
        """Number of addresses without a page or article, by outcome and reason."""
        self.resumed = 0
        """Number of addresses that an earlier, unfinished run had settled."""
        self.not_due = 0
        """Number of known articles that were not requested again."""
        self.left_over = 0
        """Number of addresses that wait for the next run."""
        self.refused = 0
        """Number of articles' addresses that gave an error, or led to no article elsewhere."""
        self.is_silent = False
        """True if the site answered, and no article was found where some should be."""
        self.unread: str | None = None
        """The start page that could not be read, and the reason; None if all were read."""
        self.postponed: str | None = None
        """Reason why requests were postponed to the next run; None if none were."""
        self.failure: str | None = None
        """Failure of the archive, the disk or the shared frontier; None without one."""
        self.exit_status = exits.FAILED
        """Exit status, once the run has ended."""
        self._site_files = 0

    @property
    def articles(self) -> int:
        """Number of articles found in this run, new or not."""
        return sum(self.counts[outcome] for outcome in ARTICLE_OUTCOMES)

    @property
    def addresses(self) -> int:
        """Number of settled addresses."""
        return sum(self.counts.values())

    @property
    def is_complete(self) -> bool:
        """True if the run has ended and requested everything wanted."""
        return self.exit_status in _FINISHED and self.failure is None

    def note(self, request_key: str, observation: Observation) -> None:
        """Count an observation; *request_key* is its request key, empty for robots.txt."""
        outcome = observation.outcome
        self.counts[outcome] += 1
        self.refused += _is_refused(request_key, observation)
        self._site_files += outcome == Outcome.SOURCE and not request_key
        if outcome not in {Outcome.SOURCE, Outcome.CONTINUATION, *ARTICLE_OUTCOMES}:
            self.reasons[outcome, (observation.reason or "")[:60]] += 1
        if is_postponed(observation):
            self.left_over += bool(request_key)
            self.postponed = observation.reason

    def end(self, reason: str, *, is_lost: bool, records_pages: bool) -> None:
        """Set the exit status of a run that Scrapy ended for *reason*.

        *is_lost* means that a source gives nothing and used to. Without *records_pages* only
        articles and robots.txt are counted, as of a spider that is none of ours.
        """
        if self.failure is not None and reason != DISK_FULL:  # however else it was ended
            self.exit_status = exits.FAILED
            return
        # An answer with robots.txt says nothing of the pages.
        known = self.counts if records_pages else Counter[str]()
        known = known - Counter({Outcome.SOURCE: self._site_files})
        self.exit_status = exits.status_for(
            reason, known, self.left_over, self.is_silent or is_lost, self.unread
        )

    def note_unread_sources(self) -> None:
        """Call a complete run partial: a source that could not be read may name more.

        All addresses that it knew were requested: the next run starts from the beginning.
        """
        if self.exit_status == exits.COMPLETE:
            self.exit_status = exits.PARTIAL


def _is_refused(request_key: str, observation: Observation) -> bool:
    """Return whether an article's address gave an error, or a page elsewhere and no article."""
    if not request_key.startswith("article:") or is_postponed(observation):
        return False
    has_moved = request_key != request_key_for(observation.url, "article")
    return observation.outcome in _REFUSALS or (
        observation.outcome == Outcome.NOT_ARTICLE and has_moved
    )

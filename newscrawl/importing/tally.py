"""Numbers of an import: pages by outcome and reason, and damage."""

from __future__ import annotations

from collections import Counter
from typing import Any

import attrs

from newscrawl import exit_status as exits
from newscrawl.outcomes import ARTICLE_OUTCOMES, Outcome

MOST_LINES = 1_000
"""Number of damages that are listed one by one."""


@attrs.define
class Tally:
    """The numbers of an import so far."""

    files: int = 0
    """Files that were read to their end."""
    files_known: int = 0
    """Files that were in the archive already, and were not read again."""
    records: int = 0
    """Records that were found."""
    outcomes: Counter[str] = attrs.field(factory=Counter)
    """Pages by outcome."""
    reasons: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    """Pages that gave no article, by outcome and reason."""
    skipped: Counter[str] = attrs.field(factory=Counter)
    """Records that are no page, by their kind."""
    damaged: int = 0
    """Number of damages."""
    given_up: int = 0
    """Of these, pages over which a process died or took too long: they may be read later."""
    damages: list[str] = attrs.field(factory=list)
    """Descriptions of the damages, up to MOST_LINES."""

    @property
    def pages(self) -> int:
        """Number of records that left a row."""
        return sum(self.outcomes.values())

    @property
    def articles(self) -> int:
        """Number of articles that were found, new or not."""
        return sum(self.outcomes[outcome] for outcome in ARTICLE_OUTCOMES)

    @property
    def exit_status(self) -> int:
        """Partial where something could not be read, failed where nothing could."""
        if not self.damaged:
            return exits.COMPLETE
        return exits.PARTIAL if self.records or self.files_known else exits.FAILED

    def add(self, other: Tally) -> None:
        """Add the counts of *other*."""
        for name in ("files", "files_known", "records", "damaged", "given_up"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("outcomes", "reasons", "skipped"):
            getattr(self, name).update(getattr(other, name))
        self.damages += other.damages[: MOST_LINES - len(self.damages)]

    def report(self, damage: str) -> None:
        """Note an unreadable part."""
        self.damaged += 1
        if self.damaged <= MOST_LINES:
            self.damages.append(damage)

    def give_up(self, page: str) -> None:
        """Note a page that was given up, as its address and the reason."""
        self.given_up += 1
        self.report(page)

    def count(self, outcome: str, reason: str | None) -> None:
        """Count a page that left a row."""
        self.outcomes[outcome] += 1
        if outcome not in {
            *ARTICLE_OUTCOMES,
            Outcome.CONTINUATION,
            Outcome.REDIRECT,
            Outcome.SOURCE,
        }:
            self.reasons[outcome, (reason or "").partition(":")[0][:60]] += 1

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON types."""
        fields = attrs.asdict(self)
        fields["reasons"] = [
            {"outcome": outcome, "reason": reason, "pages": count}
            for (outcome, reason), count in sorted(self.reasons.items())
        ]
        return fields

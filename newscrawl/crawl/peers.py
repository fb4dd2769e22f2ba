"""The other workers of a crawl, as its parts see them. One that runs alone has none."""

from __future__ import annotations

from newscrawl.archive.crawl_state.history import History
from newscrawl.archive.read.articles import Seen

settled_elsewhere = object()
"""Sent when another worker has settled an address: *url*, *outcome* and *published*."""


class Others:
    """No others: what one machine does."""

    leads = True
    """Whether this worker is the one that reads the sources."""
    has_led = True
    """Whether this worker has read the sources, and can say that nothing is there any more."""
    articles = 0
    """How many articles the others have found in this crawl."""
    known = 0
    """How many addresses of the site they know from this crawl and earlier ones."""

    async def may_begin(self) -> bool:
        """Wait until this worker leads, and return True; False where the crawl ends before."""
        return True

    def plan_of(self, plan: str) -> str:
        """Return under which name the archive keeps what waits of *plan*."""
        return plan

    def seen(self, ticket: str) -> tuple[Seen, History] | None:
        """Return what the others know of an address, and of the article there."""
        return None

    def end(self, *, is_complete: bool) -> bool:
        """Say that this worker ends, and whether it takes the whole crawl to be complete.

        Return whether it is: not where something is still with another worker.
        """
        return is_complete

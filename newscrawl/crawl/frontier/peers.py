"""The other workers of a crawl, as its parts see them. One that runs alone has none."""

from __future__ import annotations

from newscrawl.archive.crawl_state.change_history import History
from newscrawl.archive.read.articles import Seen

settled_elsewhere = object()
"""Sent when another worker has settled an address: *url*, *outcome* and *published*."""


class Peers:
    """Peers of a crawl on one machine: none."""

    leads = True
    """True if this worker is the one that reads the sources."""
    has_led = True
    """True if this worker has read the sources, and so can find that they name nothing more."""
    articles = 0
    """Number of articles that the peers have found in this crawl."""
    known = 0
    """Number of the site's addresses that they know from this crawl and earlier ones."""

    async def wait_to_lead(self) -> bool:
        """Wait until this worker leads, and return True; False where the crawl ends before."""
        return True

    def plan_of(self, plan: str) -> str:
        """Return the name of *plan* under which the archive stores its frontier."""
        return plan

    def seen(self, request_key: str) -> tuple[Seen, History] | None:
        """Return the last visit of the peers to an address, and the article's history there."""
        return None

    def end(self, *, is_complete: bool) -> bool:
        """Say that this worker ends, and whether it takes the whole crawl to be complete.

        Return whether it is: not where something is still with another worker.
        """
        return is_complete

"""Waiting articles of a crawl, collected for the archive's frontier: few transactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scrapy import Request

from newscrawl.archive import Archive
from newscrawl.archive.crawl_state.frontier import Frontier, FrontierChanges, Waiting
from newscrawl.crawl.frontier.request_meta import Target, target_of

ELSEWHERE = "elsewhere"
"""Role in the frontier of a link to another host, which may redirect to the site."""
_MOST_UNWRITTEN = 500


class FrontierWriter:
    """The archive's frontier, and the changes that nobody has taken to write them yet.

    Until `open` it holds nothing, as in a crawl that stores nothing. Methods that read or
    write the archive may raise ArchiveError.
    """

    def __init__(self) -> None:
        self._frontier: Frontier | None = None
        self._new: dict[str, Waiting] = {}
        self._forgotten: set[str] = set()

    def open(self, archive: Archive, site: str, plan: str) -> None:
        """Use the frontier of *plan* and *site* in *archive*."""
        self._frontier = Frontier(archive, site, plan)

    @property
    def is_full(self) -> bool:
        """True if so many changes wait that they should be written."""
        return len(self._new) >= _MOST_UNWRITTEN

    def left_by_earlier_run(self) -> tuple[list[str], set[str]]:
        """Return the keys of the waiting addresses, best first, and of the settled ones."""
        return (
            self._frontier.left_by_earlier_run() if self._frontier is not None else ([], set())
        )

    def waiting(self, keys: Sequence[str]) -> list[Waiting]:
        """Return those of the addresses with *keys* that wait."""
        return self._frontier.waiting(keys) if self._frontier is not None else []

    def add(self, request: Request, target: Target) -> None:
        """Have an article wait, from the next write on."""
        self._forgotten.discard(target.request_key)
        self._new[target.request_key] = _waiting_from(request, target)

    def forget(self, key: str) -> None:
        """Have an article not wait, as if nobody had found it."""
        if self._new.pop(key, None) is None:
            self._forgotten.add(key)

    def take(self, found: Iterable[Request] = (), *, done: str = "") -> FrontierChanges:
        """Return the changes since the last call, to be written to the archive.

        With the articles among the requests just *found*, and the request key that is *done*.
        """
        targets = [(request, target_of(request)) for request in found]
        just_found = [
            _waiting_from(request, target)
            for request, target in targets
            if target is not None and target.role == "article"
        ]
        new, forgotten = (*self._new.values(), *just_found), tuple(self._forgotten)
        self._new, self._forgotten = {}, set()
        return FrontierChanges(new=new, forgotten=forgotten, done=(done,) if done else ())

    def take_back(self, changes: FrontierChanges) -> None:
        """Collect *changes* again that were taken, and could not be written."""
        self._new = {one.key: one for one in changes.new} | self._new
        self._forgotten.update(key for key in changes.forgotten if key not in self._new)

    def take_discarded(self, keys: Iterable[str]) -> FrontierChanges:
        """Return the changes that settle requests which are not needed."""
        done = tuple(keys)
        for key in done:
            self._new.pop(key, None)
        return FrontierChanges(done=done)

    def count_waiting(self) -> int:
        """Return how many addresses wait to be requested."""
        return self._frontier.count_waiting() if self._frontier is not None else 0

    def clear(self) -> None:
        """Forget the crawl: it is complete."""
        if self._frontier is not None:
            self._frontier.clear()

    def forget_others(self, plan_prefix: str) -> None:
        """Forget the other crawls of the site with plans of this prefix."""
        if self._frontier is not None:
            self._frontier.forget_others(plan_prefix)


def _waiting_from(request: Request, target: Target) -> Waiting:
    role = ELSEWHERE if request.meta.get("allow_offsite") else target.role
    return Waiting(
        key=target.request_key, url=request.url, role=role, priority=request.priority
    )

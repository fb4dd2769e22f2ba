"""States of a site's sources: from earlier crawls, and for the next one.

A source is skipped only if an earlier crawl by the same plan, the same declaration and the same
code read it and came to its end: every address it named was then requested. So the validators
of sources read now are stored only when this crawl ends complete.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from newscrawl.archive.crawl_state.source_states import SourceState, SourceStates
from newscrawl.crawl.frontier.request_meta import Target
from newscrawl.crawl.sources.paging import list_of
from newscrawl.outcomes import Observation, Outcome

_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
_WEEK = dt.timedelta(days=7)
CALM_SHARE = 8
"""A source that has not changed for eight hours is requested once an hour, and so on."""
LEAST_WAIT = dt.timedelta(minutes=10)
"""Shortest waiting time; a source that would wait for less is requested in every run."""
RAREST = _DAY
"""A source is requested once a day, however long it has not changed."""
FREE_FAILURES = 3
"""Failures in a row after which a source waits, each time twice as long."""
LOST_AFTER = 3
"""A source that was read is reported from this passing failure in a row on."""
LEAST_FOUND = 3
"""A page that listed fewer articles may list none without a word."""

_LISTS = frozenset({"home", "section"})


@attrs.frozen(kw_only=True)
class Look:
    """One visit to a source in this crawl."""

    url: str
    """Requested address, before redirects."""
    role: str
    parent: str | None
    stated: dt.datetime | None
    observation: Observation
    """Observation of its request."""
    found: int = 0
    """Number of articles or parts it named, if it was read."""
    may_be_empty: bool = False
    """True if it is a news sitemap: one without news in two days is empty."""


def look_at(
    target: Target, observation: Observation, found: int = 0, *, may_be_empty: bool = False
) -> Look:
    """Return the visit to the source *target* with this *observation*."""
    return Look(
        url=target.url,
        role=target.role,
        parent=target.parent,
        stated=dt.datetime.fromisoformat(target.stated) if target.stated else None,
        observation=observation,
        found=found,
        may_be_empty=may_be_empty,
    )


class SourceBook:
    """The sources of one site in one crawl. *states* is None where nothing is recorded."""

    def __init__(
        self, states: SourceStates | None, reader: str, *, takes_all: bool = False
    ) -> None:
        self._states = states
        self._reader = reader
        self._known = states.read() if states is not None else {}
        self._broken_off = {list_of(one.url) for one in self._known.values() if _broke_off(one)}
        """The lists of which the last crawls could not read a page, and none behind it."""
        self._takes_all = takes_all
        self._looks: dict[str, Look] = {}
        self._passed_over: set[str] = set()
        self._emptied: set[str] = set()
        self.lost: list[str] = []
        """Sources that named articles in earlier crawls and name none now, a line each."""
        self.unread: list[str] = []
        """Sources that could not be read now and may be in the next run, a line each."""
        self.is_home_lost = False
        """True if the home page could not be read, or names nothing and did so before."""
        self.unchanged = 0
        """Number of sources that were as before, and did name something then."""

    def read_before(self, url: str) -> SourceState | None:
        """Return the earlier state of *url* if this crawl may build on it, else None."""
        state = self._known.get(url)
        is_usable = state is not None and state.reader == self._reader and state.read_at
        return state if is_usable and not self._takes_all and not self._is_open(url) else None

    def _is_open(self, url: str) -> bool:
        """Return whether the list of *url* was broken off, and is to be read once more."""
        return bool(self._broken_off) and list_of(url) in self._broken_off

    def urls_read_before(self) -> tuple[str, ...]:
        """Return the addresses of all sources that this crawl may go on from."""
        return tuple(url for url in self._known if self.read_before(url))

    @property
    def last_end(self) -> dt.datetime | None:
        """When the last crawl ended that this one may go on from."""
        states = filter(None, map(self.read_before, self._known))
        return max((state.kept_at for state in states if state.kept_at), default=None)

    def children_of(self, url: str) -> tuple[SourceState, ...]:
        """Return the sources that *url*, as before, names, also those never read yet."""
        children = (state for state in self._known.values() if state.parent == url)
        return tuple(
            state
            for state in children
            if state.read_at is None or self.read_before(state.url) or self._is_open(state.url)
        )

    def conditions_for(self, url: str, now: dt.datetime) -> dict[str, str]:
        """Return headers that request *url* only if it has changed."""
        state = self.read_before(url)
        if state is None or state.soft_failures or state.hard_failures:
            return {}
        if _is_to_be_seen_whole(state, now):
            return {}
        headers = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
        return {name: value for name, value in headers.items() if value}

    def is_as_before(self, url: str, digest: str | None) -> bool:
        """Return whether a body with this digest was read before; None stands for a 304."""
        state = self.read_before(url)
        return state is not None and (digest is None or digest == state.digest)

    def found_before(self, url: str) -> int:
        """Return how many articles or parts *url* named when it was last read."""
        state = self._known.get(url)
        return state.found if state is not None else 0

    def need_not_request(
        self, url: str, role: str, stated: dt.datetime | None, now: dt.datetime
    ) -> bool:
        """Return whether *url* is not due, or its index states the same date as before."""
        state = self._known.get(url)
        if state is None or role == "home" or self._takes_all or _is_of_the_future(state, now):
            return False
        known = self.read_before(url)
        if state.next_at is not None and now < state.next_at:
            return bool(state.soft_failures or state.hard_failures or known)
        return known is not None and _states_same(known, stated, now)

    def note_read(self, look: Look) -> None:
        """Note that a source was read; it is lost where it named something and is empty now."""
        self._looks[look.url] = look
        state = self._known.get(look.url)
        had = state.found if state is not None else 0
        least = LEAST_FOUND if look.role in _LISTS else 1
        if not look.found and had >= least and look.role != "page":
            self._emptied.add(look.url)
            self.is_home_lost = self.is_home_lost or look.role == "home"
            what = "articles" if look.role in _LISTS else "entries"
            self.lost.append(f"{look.role} {look.url}: no {what} where there were {had}")

    def note_unchanged(self, look: Look) -> None:
        """Note that a source was as before."""
        self._looks[look.url] = look
        state = self._known[look.url]
        self.unchanged += bool(state.found)

    def note_passed_over(self, url: str) -> None:
        """Note that a source was not requested."""
        self._passed_over.add(url)
        self.unchanged += bool(self._known[url].found and self.read_before(url))

    def note_failure(self, look: Look) -> None:
        """Note that a source could not be read; it is lost where that is no passing matter."""
        self._looks[look.url] = look
        self.is_home_lost = self.is_home_lost or look.role == "home"
        state, seen = self._known.get(look.url), look.observation
        failure = f"{look.role} {look.url}: {seen.reason or seen.outcome}"
        tries = 1 + state.soft_failures if state is not None and _had_entries(state) else 0
        if is_for_good(seen):
            self.lost += [failure] if tries else []
            return
        self.unread.append(failure)
        if tries >= LOST_AFTER:
            self.lost.append(f"{failure}, {tries} times now")

    def close(self, *, is_complete: bool) -> None:
        """Store the states for the next crawl; those of sources read only if *is_complete*.

        Raises ArchiveError.
        """
        if self._states is not None and self._looks:
            self._states.write(list(self._next_states(is_complete=is_complete)))

    def _next_states(self, *, is_complete: bool) -> Iterator[SourceState]:
        for look in self._looks.values():
            before = self._known.get(look.url) or SourceState(url=look.url, role=look.role)
            if look.observation.outcome != Outcome.SOURCE or look.url in self._emptied:
                yield _after_failure(before, look)
            elif is_complete:
                yield _after_reading(before, look, self._reader)
        if is_complete:
            yield from self._orphans()

    def _orphans(self) -> Iterator[SourceState]:
        """Yield the sources that no source read in this crawl names any more."""
        seen = self._looks.keys() | self._passed_over
        read = {url for url, look in self._looks.items() if look.observation.status != 304}
        for state in self._known.values():
            if state.url not in seen and state.parent in read:
                yield attrs.evolve(state, parent=None)


def _had_entries(state: SourceState) -> bool:
    return state.read_at is not None and state.found > 0


def _broke_off(state: SourceState) -> bool:
    """Return whether *state* is of a page of a list that is to be read once more."""
    failures = state.soft_failures + state.hard_failures
    return state.role == "page" and 0 < failures <= FREE_FAILURES


def is_for_good(seen: Observation) -> bool:
    """Return whether a failure is permanent: 404 and the like, or the wrong content."""
    if seen.outcome == Outcome.HTTP_ERROR:
        return seen.status is not None and 400 <= seen.status < 500 and seen.status != 429
    return seen.outcome in {
        Outcome.SOURCE,
        Outcome.BAD_XML,
        Outcome.PARSE_ERROR,
        Outcome.NOT_HTML,
        Outcome.NOT_ARTICLE,
    }


def _after_reading(before: SourceState, look: Look, reader: str) -> SourceState:
    seen, now = look.observation, look.observation.fetched_at
    is_same = seen.status == 304 or (before.digest is not None and seen.digest == before.digest)
    changed_at = before.changed_at if is_same else now
    if changed_at is not None and changed_at > now:
        changed_at = now  # the clock was ahead
    wait = min((now - (changed_at or now)) / CALM_SHARE, RAREST)
    state = attrs.evolve(
        before,
        role=look.role,
        parent=look.parent,
        reader=reader,
        stated=look.stated,
        read_at=now,
        changed_at=changed_at,
        kept_at=dt.datetime.now(dt.UTC),
        soft_failures=0,
        hard_failures=0,
        next_at=now + (wait if wait >= LEAST_WAIT else dt.timedelta(0)),
    )
    state = _with_validators(state, seen)
    if is_same:
        return state
    return attrs.evolve(
        state,
        digest=seen.digest,
        found=0 if look.may_be_empty else look.found,
    )


def _with_validators(state: SourceState, seen: Observation) -> SourceState:
    """Return *state* with the validators of *seen*: new ones may come with the same bytes."""
    if seen.status == 304 and not (seen.etag or seen.last_modified):
        return state
    return attrs.evolve(state, etag=seen.etag, last_modified=seen.last_modified)


def _after_failure(before: SourceState, look: Look) -> SourceState:
    now, is_hard = look.observation.fetched_at, is_for_good(look.observation)
    soft, hard = before.soft_failures + (not is_hard), before.hard_failures + is_hard
    beyond = soft + hard - FREE_FAILURES
    wait = _HOUR * 2 ** min(beyond, 8) if beyond > 0 else dt.timedelta(0)
    if before.read_at is None and is_hard and look.role != "page":
        wait = _WEEK  # a place where a source was guessed, or one that never was
    return attrs.evolve(
        before,
        parent=look.parent,
        soft_failures=soft,
        hard_failures=hard,
        next_at=now + min(wait, _DAY if before.read_at else _WEEK),
    )


def _is_of_the_future(state: SourceState, now: dt.datetime) -> bool:
    """Return whether the clock was ahead when *state* was stored."""
    is_waiting_long = state.next_at is not None and state.next_at > now + _WEEK
    return is_waiting_long or any(
        moment is not None and moment > now for moment in (state.read_at, state.changed_at)
    )


def _is_to_be_seen_whole(state: SourceState, now: dt.datetime) -> bool:
    """Return whether to request a source without validators: once a day while it answers 304.

    A server that always answers 304 would hide all news.
    """
    if state.changed_at is None or state.read_at is None or _is_of_the_future(state, now):
        return True
    return now - state.changed_at > _DAY and state.read_at.date() < now.date()


def _states_same(known: SourceState, stated: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether an index states the date of the last reading, not long ago."""
    is_fresh = known.read_at is not None and now - known.read_at < _WEEK
    return is_fresh and stated is not None and stated == known.stated

"""Addresses that an unfinished crawl has still to request. A finished one leaves none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

import attrs

from newscrawl.archive.archive import Archive
from newscrawl.archive.schema.storable import storable_text
from newscrawl.archive.write.lookup_tables import name_id

_LONGEST_PLAN = 400


@attrs.frozen(kw_only=True)
class Waiting:
    """One address that waits to be requested."""

    key: str
    """Its request key in this crawl."""
    url: str
    """The address."""
    role: str
    """Its role: article, page, feed …"""
    priority: int
    """The higher goes first."""


@attrs.frozen(kw_only=True)
class FrontierChanges:
    """Changes of a frontier, to be written in one transaction."""

    new: tuple[Waiting, ...] = ()
    """Addresses that wait from now on; those known already stay as they are."""
    forgotten: tuple[str, ...] = ()
    """Keys of waiting addresses that are as if nobody had found them."""
    done: tuple[str, ...] = ()
    """Keys of the settled ones."""

    def __bool__(self) -> bool:
        return bool(self.new or self.forgotten or self.done)


class Frontier:
    """The addresses of one crawl: of one site, by one plan.

    `done` may be called within `archive.transaction()`, so that an article and the word that it
    need not be requested again are stored together or not at all. Raises ArchiveError.
    """

    def __init__(self, archive: Archive, site: str, plan: str) -> None:
        self._archive = archive
        self._plan = _shortened(storable_text(plan))
        with archive.transaction() as db:
            self._site_id = name_id(db, "sites", storable_text(site))

    def write(self, changes: FrontierChanges) -> None:
        """Write *changes*."""
        self.forget(changes.forgotten)
        self.add(changes.new)
        for key in changes.done:
            self.done(key)

    def add(self, rows: Iterable[Waiting]) -> None:
        """Note addresses that wait; those known already stay as they are."""
        values = [
            (self._site_id, self._plan, row.key, row.url, row.role, row.priority)
            for row in rows
        ]
        if not values:
            return
        with self._archive.transaction() as db:
            db.conn.executemany(
                "INSERT OR IGNORE INTO frontier_urls (site_id, plan, key, url, role, priority)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )

    def done(self, key: str) -> None:
        """Record that the request of an address is settled."""
        with self._archive.transaction() as db:
            db.conn.execute(
                "UPDATE frontier_urls SET is_done = 1"
                " WHERE site_id = ? AND plan = ? AND key = ?",
                (self._site_id, self._plan, key),
            )

    def forget(self, keys: Iterable[str]) -> None:
        """Have addresses that wait be as if nobody had found them."""
        values = [(self._site_id, self._plan, key) for key in keys]
        if not values:
            return
        with self._archive.transaction() as db:
            db.conn.executemany(
                "DELETE FROM frontier_urls"
                " WHERE site_id = ? AND plan = ? AND key = ? AND is_done = 0",
                values,
            )

    def left_by_earlier_run(self) -> tuple[list[str], set[str]]:
        """Return the keys of the waiting addresses, best first, and of the settled ones."""
        ours = (self._site_id, self._plan)
        query = "SELECT {} FROM frontier_urls WHERE site_id = ? AND plan = ? AND is_done = {}"
        execute = self._archive.db.execute
        priorities = execute(f"{query.format('DISTINCT priority', 0)} ORDER BY 1 DESC", ours)
        # In the order of the table: a sorted copy of 100,000 addresses takes 10 MB.
        one_priority = f"{query.format('key', 0)} AND priority = ? ORDER BY key"
        waiting = [
            key
            for (priority,) in priorities.fetchall()
            for (key,) in execute(one_priority, (*ours, priority))
        ]
        return waiting, {key for (key,) in execute(query.format("key", 1), ours)}

    def waiting(self, keys: Sequence[str]) -> list[Waiting]:
        """Return those of the addresses with *keys* that wait, best first."""
        marks = ", ".join("?" * len(keys))
        rows = self._archive.db.execute(
            "SELECT key, url, role, priority FROM frontier_urls"
            f" WHERE site_id = ? AND plan = ? AND key IN ({marks}) AND is_done = 0"
            " ORDER BY priority DESC, key",
            (self._site_id, self._plan, *keys),
        )
        return [
            Waiting(key=key, url=url, role=role, priority=priority)
            for key, url, role, priority in rows
        ]

    def forget_others(self, beginning: str) -> None:
        """Forget the other crawls of the site whose plan has this *beginning*."""
        with self._archive.transaction() as db:
            db.conn.execute(
                "DELETE FROM frontier_urls WHERE site_id = ? AND plan <> ?"
                " AND substr(plan, 1, length(?)) = ?",
                (self._site_id, self._plan, beginning, beginning),
            )

    def count_waiting(self) -> int:
        """Return how many addresses wait to be requested."""
        query = "FROM frontier_urls WHERE site_id = ? AND plan = ? AND is_done = 0"
        ours = (self._site_id, self._plan)
        return int(self._archive.db.execute(f"SELECT count(*) {query}", ours).fetchone()[0])

    def clear(self) -> None:
        """Forget the crawl: it is complete."""
        with self._archive.transaction() as db:
            db.conn.execute(
                "DELETE FROM frontier_urls WHERE site_id = ? AND plan = ?",
                (self._site_id, self._plan),
            )


def _shortened(plan: str) -> str:
    """Return *plan*, or its digest where it names many addresses: it stands in every row."""
    if len(plan) <= _LONGEST_PLAN:
        return plan
    return f"{plan[:_LONGEST_PLAN]}… SHA-256 {sha256(plan.encode()).hexdigest()}"

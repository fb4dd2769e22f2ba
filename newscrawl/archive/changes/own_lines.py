"""Redesigns that add or remove a line of its own in each article: an author box, a summary.

No two articles change in the same way then, but most do so in the same place at the same time.
Every function needs an open transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import attrs
from sqlite_utils import Database

from newscrawl.archive.changes.patterns import place_of_lines

MANY = 10
"""Least number of articles that change in the same place within MOST_DAYS."""
MOST_UNCHANGED = 4
"""Most known articles that are seen unchanged meanwhile: with more, the changes are edits."""
MOST_DAYS = 2.0

_CHANGES = """
    SELECT c.version_id, v.article_id, v.first_seen, p.last_seen AS not_before, c.pattern,
        julianday(v.first_seen) AS day, c.is_layout
    FROM version_changes AS c JOIN versions AS v ON v.id = c.version_id
    JOIN versions AS p ON p.id = c.follows_id JOIN articles AS a ON a.id = v.article_id
    WHERE a.site_id = ? AND c.field = 'article_body' AND c.pattern IS NOT NULL
        AND NOT c.is_alone AND v.superseded_by IS NULL
        AND ' ' || c.classes || ' ' NOT LIKE '% correction %'
        AND v.first_seen >= strftime('%Y-%m-%dT%H:%M:%SZ', (
            SELECT max(last_seen) FROM articles WHERE site_id = ?), ?)
    ORDER BY v.first_seen, v.id"""

_UNCHANGED = """
    SELECT a.id, min(o.fetched_at) FROM articles AS a
    JOIN observations AS o ON o.article_id = a.id
    WHERE a.site_id = ?1 AND a.first_seen < ?2 AND a.last_seen >= ?2
        AND o.fetched_at BETWEEN ?2 AND ?3 AND o.outcome = 'unchanged'
    GROUP BY a.id"""


@attrs.frozen(kw_only=True)
class _Change:
    version_id: int
    article_id: int
    first_seen: str
    not_before: str
    day: float
    place: str
    is_layout: bool


def own_line_changes(db: Database, site_id: int, days: int) -> set[int]:
    """Return the versions of the last *days* that such redesigns made."""
    changes = [
        _Change(place=place, **{name: row[name] for name in row if name != "pattern"})
        for row in db.query(_CHANGES, [site_id, site_id, f"-{days} days"])
        if (place := place_of_lines(row["pattern"])) is not None
    ]
    found: set[int] = set()
    for _, of_place in groupby(
        sorted(changes, key=lambda one: one.place), key=lambda one: one.place
    ):
        found |= set(_of_redesigns(db, site_id, list(of_place)))
    return found


def _of_redesigns(db: Database, site_id: int, changes: Sequence[_Change]) -> Iterator[int]:
    """Yield the versions of the redesigns among *changes*, which are in order of time."""
    for start, end in _redesigns(db, site_id, changes):
        done: set[int] = set()
        for one in changes:
            # An article that was seen after the redesign as it was before is edited later.
            is_of_it = one.first_seen >= start and one.not_before < end
            if is_of_it and one.article_id not in done and not one.is_layout:
                yield one.version_id
            if one.first_seen >= start:
                done.add(one.article_id)


def _redesigns(
    db: Database, site_id: int, changes: Sequence[_Change]
) -> Iterator[tuple[str, str]]:
    """Yield the first and last time of each MANY changes that made a redesign."""
    at = 0
    while at + MANY <= len(changes):
        part = changes[at : at + MANY]
        is_dense = part[-1].day - part[0].day <= MOST_DAYS
        if is_dense and len({one.article_id for one in part}) == MANY:
            if _unchanged(db, site_id, part) <= MOST_UNCHANGED:
                yield part[0].first_seen, part[-1].first_seen
            at += MANY // 2
        else:
            at += 1


def _unchanged(db: Database, site_id: int, changes: Sequence[_Change]) -> int:
    """Return the number of known articles that were seen as before during *changes*."""
    changed_at = {one.article_id: one.first_seen for one in changes}
    values = (site_id, changes[0].first_seen, changes[-1].first_seen)
    rows = db.execute(_UNCHANGED, values).fetchall()
    return sum(seen_at < changed_at.get(article, "~") for article, seen_at in rows)

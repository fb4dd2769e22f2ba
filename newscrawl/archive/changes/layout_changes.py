"""Changes of a site's layout, as they show in the versions of its articles."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

import attrs
from sqlite_utils import Database

from newscrawl.archive.changes.patterns import place_of_lines
from newscrawl.archive.schema.storable import moment_from, utc_text
from newscrawl.text.counted import counted


@attrs.frozen(kw_only=True)
class LayoutChange:
    """A field that changed in the same way on many articles of a site."""

    site: str
    """The name of the site."""
    field: str
    """The field."""
    pattern: str
    """The way it changed, with the texts of fields as `{names}`, numbers as `#`, and `*` for
    text that differs from article to article."""
    first_seen: dt.datetime
    """When the first article showed it (UTC)."""
    articles: int
    """The number of articles that show it."""

    @property
    def line(self) -> str:
        """One line for people."""
        how = " and ".join(self.pattern.splitlines())
        articles = counted(self.articles, "articles")
        return (
            f"{self.field} changed in the same way on {articles} since "
            f"{self.first_seen:%Y-%m-%d %H:%M} UTC: {how}"
        )


def read_layout_changes(
    db: Database, site: str, since: dt.datetime
) -> tuple[LayoutChange, ...]:
    """Return the changes of layout of *site* since a time, that of most articles first."""
    rows = db.query(
        """SELECT s.name AS site, c.field, c.pattern, min(v.first_seen) AS first_seen,
            count(DISTINCT v.article_id) AS articles
        FROM sites AS s JOIN articles AS a ON a.site_id = s.id
        JOIN versions AS v ON v.article_id = a.id
        JOIN version_changes AS c ON c.version_id = v.id
        WHERE s.name = ? AND v.first_seen >= ? AND c.is_layout AND NOT c.is_alone
            AND v.superseded_by IS NULL
        GROUP BY c.field, c.pattern ORDER BY articles DESC, c.field""",
        [site, utc_text(since)],
    )
    changes = _joined(
        LayoutChange(**row | {"first_seen": moment_from(row["first_seen"])}) for row in rows
    )
    return tuple(sorted(changes, key=lambda one: (-one.articles, one.field)))


_FEW = 5
"""Fewer articles with one pattern are counted with those that changed in the same place."""


def _joined(changes: Iterable[LayoutChange]) -> Iterator[LayoutChange]:
    """Yield changes, those of a line of its own in each article as one for each place."""
    rare: dict[str, list[LayoutChange]] = defaultdict(list)
    for one in changes:
        place = place_of_lines(one.pattern) if one.articles < _FEW else None
        if place is None:
            yield one
        else:
            rare[place].append(one)
    for place, ones in rare.items():
        yield attrs.evolve(
            ones[0],
            pattern=_pattern_at(place),
            first_seen=min(one.first_seen for one in ones),
            articles=sum(one.articles for one in ones),
        )


def _pattern_at(place: str) -> str:
    """Return the pattern of lines that differ from article to article."""
    sign, where = place[0], place[1:].split("+")
    if where == ["inside"]:
        return f"{sign}*"
    names = ["*"] * ("start" in where) + ["{article_body}"] + ["*"] * ("end" in where)
    sides = ("{article_body}", " ".join(names))
    return " → ".join(sides if sign == "+" else sides[::-1])

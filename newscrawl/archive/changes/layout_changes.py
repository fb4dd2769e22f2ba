"""Changes of a site's layout, as they show in the versions of its articles."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from, utc_text


@attrs.frozen(kw_only=True)
class LayoutChange:
    """A field that changed in the same way on many articles of a site."""

    site: str
    """The name of the site."""
    field: str
    """The field."""
    pattern: str
    """The way it changed, with the texts of fields as `{names}`."""
    first_seen: dt.datetime
    """When the first article showed it (UTC)."""
    articles: int
    """The number of articles that show it."""

    @property
    def line(self) -> str:
        """One line for people."""
        how = " and ".join(self.pattern.splitlines())
        return (
            f"{self.field} changed in the same way on {self.articles} articles since "
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
    return tuple(
        LayoutChange(**row | {"first_seen": moment_from(row["first_seen"])}) for row in rows
    )

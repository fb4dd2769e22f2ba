"""A run in which many known articles changed at once, or were refused."""

from __future__ import annotations

import datetime as dt

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from

LEAST = 20
"""The fewest known articles of a run that say anything."""
SHARE = 0.3
"""The share of them, 0 to 1, that is reported: on no site do so many texts change in a run."""

# A redirect to another address of the same article is no refusal.
_LAST_VISITS = """
SELECT r.id, r.started_at, count(DISTINCT x.article_id),
    count(DISTINCT iif(o.outcome = 'updated' AND NOT EXISTS (SELECT 1 FROM versions AS v
        WHERE v.id = o.version_id AND v.cause = 'layout'), x.article_id, NULL)),
    count(DISTINCT iif(o.outcome IN ('http_error', 'blocked', 'robots', 'offsite',
        'not_article', 'redirect_loop', 'opted_out', 'empty'), x.article_id, NULL))
FROM runs AS r JOIN observations AS o ON o.run_id = r.id
JOIN addresses AS x ON x.url_id = o.url_id
JOIN articles AS a ON a.id = x.article_id AND a.first_seen < r.started_at
WHERE r.id = (SELECT max(n.id) FROM runs AS n JOIN sites AS s ON s.id = n.site_id
    WHERE s.name = ? AND n.finished_at IS NOT NULL
        AND n.spider NOT IN ('import', 'history', 'reextract'))
GROUP BY r.id"""


@attrs.frozen(kw_only=True)
class Upheaval:
    """The last run found many known articles changed, or was refused them."""

    site: str
    """The name of the site."""
    run: int
    """The id of the run."""
    started_at: dt.datetime
    """When it began (UTC)."""
    known: int
    """Number of known articles that it requested."""
    changed: int
    """Number of these whose text had changed, not only the layout of the site."""
    refused: int
    """Number of these that were no article any more, or could not be fetched."""

    @property
    def line(self) -> str:
        """One line for people."""
        counts = (("changed", self.changed), ("were refused", self.refused))
        shares = " and ".join(
            f"{count / self.known:.0%} {word}" for word, count in counts if count
        )
        started = f"{self.started_at:%Y-%m-%d %H:%M} UTC"
        return f"of {self.known} known articles {shares} in the run of {started}"


def read_upheaval(db: Database, site: str) -> Upheaval | None:
    """Return the upheaval of the last crawl of *site*, if there was one."""
    row = db.execute(_LAST_VISITS, [site]).fetchone()
    if row is None:
        return None
    run, started_at, known, changed, refused = row
    if known < LEAST or changed + refused < SHARE * known:
        return None
    return Upheaval(
        site=site,
        run=run,
        started_at=moment_from(started_at),
        known=known,
        changed=changed,
        refused=refused,
    )

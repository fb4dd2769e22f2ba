"""Articles as pages list them: headline, site, time, place, agencies and the first words."""

from __future__ import annotations

import json
from collections.abc import Sequence

import attrs
from sqlite_utils import Database

IS_EDIT = """o.cause = 'publisher' AND o.superseded_by IS NULL AND EXISTS (
    SELECT 1 FROM version_changes AS c WHERE c.version_id = o.id AND NOT c.is_layout)"""
"""Condition on a version `o`: it is one of the edits by the publisher in the view `edit`."""
_CARDS = f"""SELECT a.id, u.url, s.name AS site, v.headline, v.description, v.date_published,
    coalesce(v.date_published, a.first_seen) AS at, v.dateline_place AS place,
    (SELECT json_group_array(DISTINCT coalesce(nullif(n.code, ''), n.name))
        FROM version_agencies AS x JOIN agencies AS n ON n.id = x.agency_id
        WHERE x.version_id = v.id) AS agencies,
    (SELECT count(*) FROM versions AS o WHERE o.article_id = a.id AND {IS_EDIT}) AS edits
    FROM json_each(:ids) AS wanted
    JOIN articles AS a ON a.id = wanted.value
    JOIN versions AS v ON v.id = a.version_id
    JOIN sites AS s ON s.id = a.site_id
    JOIN urls AS u ON u.id = a.url_id
    ORDER BY wanted.key"""


@attrs.frozen(kw_only=True)
class Card:
    """An article on a page that lists it."""

    id: int
    url: str
    site: str
    headline: str | None
    description: str | None
    date_published: str | None
    """Time of publication or its day, as the archive has it."""
    at: str
    """Time of publication, or else when it was first seen."""
    place: str | None
    agencies: tuple[str, ...]
    """The codes of its agencies, or their names where they have none."""
    edits: int
    """Number of edits by the publisher."""


def read_cards(db: Database, ids: Sequence[int]) -> list[Card]:
    """Return the articles *ids* in that order; withdrawn ones are left out."""
    rows = db.query(_CARDS, {"ids": json.dumps(list(ids))})
    return [Card(**{**row, "agencies": tuple(json.loads(row["agencies"]))}) for row in rows]

"""Colours of charts: the same colour for the same site, agency or outcome in every chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from datasette.app import Datasette
from sqlite_utils import Database

from newscrawl.web.queries.archive_reader import read_cached

# Okabe and Ito's colours, distinguishable with colour blindness
# (https://jfly.uni-koeln.de/color/), but for their black: it does not show on black.
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#C9B500")
SINGLE = COLORS[0]
"""The colour of a chart with one series."""
GREY = "#8A8F94"
"""The colour of everything that has none of its own, as "…", the sum of the small ones."""
INK = MappingProxyType({False: "#1d1f21", True: "#e8e6e1"})
PAPER = MappingProxyType({False: "#ffffff", True: "#1e2023"})
LINE = MappingProxyType({False: "#dcd8cf", True: "#3a3e42"})

# The largest seven, as in questions.toml, in the order in which the archive learnt of them.
_LARGEST = {
    "site": """SELECT s.name FROM sites AS s JOIN (SELECT site_id FROM articles GROUP BY 1
        ORDER BY count(*) DESC, site_id LIMIT 7) AS n ON n.site_id = s.id ORDER BY s.id""",
    "agency": """SELECT agency FROM (SELECT coalesce(nullif(n.code, ''), n.name) AS agency,
        count(DISTINCT x.version_id) AS articles, min(n.id) AS first FROM version_agencies AS x
        JOIN agencies AS n ON n.id = x.agency_id GROUP BY 1 ORDER BY 2 DESC, 3 LIMIT 7)
        ORDER BY first""",
}
_FIXED = {
    "field": (
        *("headline", "date_published", "dateline", "source_credit", "description"),
        "link_lists",
    ),
    "outcome": (
        *("stored", "source", "unchanged", "not_article", "updated", "http_error"),
        "redirect",
    ),
}


async def colors_for(datasette: Datasette, column: str | None) -> Mapping[str, str]:
    """Return the colour of each value of *column*; values that are missing are grey."""
    if column in _LARGEST:
        query = _LARGEST[column]

        def names(db: Database) -> list[str]:
            return [name for (name,) in db.execute(query)]

        return _colored(await read_cached(datasette, ("colors", column), names))
    return _colored(_FIXED.get(column or "", ()))


def _colored(names: Iterable[str]) -> dict[str, str]:
    return dict(zip(names, COLORS, strict=False))

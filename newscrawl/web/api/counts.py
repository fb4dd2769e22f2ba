"""Counts of what a query finds: by site, agency, day and the other facets."""

from __future__ import annotations

from itertools import islice
from typing import Any, get_args

import attrs
from sqlite_utils import Database

from newscrawl.archive.search.conditions import ALL_ARTICLES
from newscrawl.archive.search.hits import (
    CountBy,
    also_found,
    count_hits,
    number_of_hits,
    problems_of,
)
from newscrawl.web.api.answers import NOTICE
from newscrawl.web.api.cursors import cursor_after, place_at

FACETS: tuple[CountBy, ...] = get_args(CountBy)
USUAL_COUNTS = 100
MOST_COUNTS = 1_000


@attrs.frozen(kw_only=True)
class Count:
    """A count as a program states it."""

    query: str = ""
    """Without a query all articles are counted."""
    by: CountBy = "site"
    limit: int = USUAL_COUNTS
    cursor: str | None = None

    def question(self) -> str:
        """Return what a cursor belongs to: everything but the place and size of the page."""
        return "\n".join(("count", self.by, self.query))


def count_answer(db: Database, count: Count) -> dict[str, Any]:
    """Return one page of the counts of what a query finds, the largest first.

    Years, months and days come in their order. An article may have several authors, agencies,
    sections and keywords, or none; `names` is how many values are counted. Raises NoAnswer if
    the cursor is not one of this count.
    """
    place = place_at(count.question(), count.cursor)
    counts = count_hits(db, count.query, count.by)
    names = list(counts)
    skipped = place.now(lambda start, number: names[start : start + number])
    after = skipped + count.limit
    return {
        "notice": NOTICE,
        "query": count.query,
        "by": count.by,
        "total": _total(db, count.query),
        "problems": _problems(db, count.query, is_found=bool(counts)),
        "also_found": list(also_found(db, count.query)),
        "names": len(counts),
        "counts": [
            {"articles": number, "untrusted_text": {"name": name}}
            for name, number in islice(counts.items(), skipped, after)
        ],
        "next_cursor": cursor_after(count.question(), after, names[:after])
        if after < len(counts)
        else None,
    }


def _total(db: Database, query: str) -> int:
    if query:
        return number_of_hits(db, query)
    sql = f"SELECT count(*) FROM ({ALL_ARTICLES})"  # noqa: S608 - of ours alone
    return int(db.execute(sql).fetchone()[0])


def _problems(db: Database, query: str, *, is_found: bool) -> list[str]:
    return list(problems_of(db, query, is_found=is_found)) if query else []

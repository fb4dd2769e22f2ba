"""Answers that are told as "the same as that one": revisit records of WARC files."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.archive import Archive
from newscrawl.archive.read.articles import read_link_lists, read_version
from newscrawl.archive.write.articles import Outcome
from newscrawl.archive.write.observations import Visit, record_visit, save_article, visit_from
from newscrawl.archive.write.storable import storable_text, utc_text
from newscrawl.outcomes import Observation

Reference = tuple[str, dt.datetime | None]
"""The address and the time of an answer; its last one where no time is given."""

_SAME_ANSWER = """
    SELECT o.version_id, o.list_set_id, o.size, lower(hex(o.digest)) AS digest, a.key,
        s.name AS site, e.name AS extractor
    FROM urls AS u JOIN observations AS o ON o.url_id = u.id JOIN sites AS s ON s.id = o.site_id
    LEFT JOIN articles AS a ON a.id = o.article_id
    LEFT JOIN extractors AS e ON e.id = o.extractor_id
    WHERE u.url = ? AND o.outcome IN ('stored', 'updated', 'unchanged', 'source', 'not_article')
        AND o.fetched_at {} LIMIT 1"""


def save_revisit(
    archive: Archive,
    observation: Observation,
    same_as: Reference | None,
    *,
    site: str,
    run: int | None,
) -> Outcome | None:
    """Keep an answer that was the same as one before it, at the address and time *same_as*.

    Without *same_as* it is the last one at the same address. Returns what that came to; None
    where that answer is not in the archive, and nothing was kept.
    """
    with archive.transaction() as db:
        visit = visit_from(db, observation, site, run)
        found = _same_answer(db, visit, same_as)
        if found is None:
            return None
        same = attrs.evolve(observation, size=found["size"], digest=found["digest"] or None)
        visit = attrs.evolve(visit, observation=same)
        lists = read_link_lists(db, found["list_set_id"])
        article = read_version(db, found["version_id"]) if found["version_id"] else None
        if article is None or found["site"] != site:
            record_visit(db, visit, lists)
            return "unchanged"
        seen = attrs.evolve(article, link_lists=lists, extractor=found["extractor"] or "")
        return save_article(db, seen, visit, found["key"]).outcome


def _same_answer(
    db: Database, visit: Visit, same_as: Reference | None
) -> dict[str, Any] | None:
    url, moment = same_as or (visit.observation.url, None)
    condition, time = "= ?", utc_text(moment) if moment else ""
    if moment is None:
        condition, time = "<= ? ORDER BY o.fetched_at DESC, o.id DESC", visit.seen_at
    rows = db.query(_SAME_ANSWER.format(condition), [storable_text(url), time])
    return next(iter(rows), None)

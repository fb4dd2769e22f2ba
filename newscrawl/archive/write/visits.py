"""Write observations of requests, with their articles. Needs an open transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.changes.deletions import (
    claim_misses,
    has_absences,
    is_miss,
    rebuild_absences,
)
from newscrawl.archive.changes.version_changes import update_changes
from newscrawl.archive.links.list_snapshots import (
    PAGE_OUTCOMES,
    PageVisit,
    last_lists,
    record_lists,
)
from newscrawl.archive.links.slot_boxes import record_boxes
from newscrawl.archive.read.addresses import addresses_redirecting_to
from newscrawl.archive.read.articles import (
    PRESENT_ID,
    article_id_for,
    read_link_lists,
    read_version,
)
from newscrawl.archive.schema.row_digests import insertion
from newscrawl.archive.schema.storable import (
    storable,
    storable_integer,
    storable_text,
    utc_text,
)
from newscrawl.archive.search.index import index_update
from newscrawl.archive.write import lookup_tables
from newscrawl.archive.write.article_versions import Reading, Saved, save_version
from newscrawl.archive.write.partial_readings import whole_version
from newscrawl.archive.write.prepared_articles import prepared_for
from newscrawl.article import Article, LinkList
from newscrawl.outcomes import Evidence, Observation, Outcome

_NO_EVIDENCE = dict.fromkeys(
    ("evidence_file_id", "evidence_offset", "evidence_length", "evidence_record")
)
"""The columns of an observation without a stored response."""


WITHDRAWN = "withdrawn"
"""The kind of a page whose article was withdrawn."""


@attrs.frozen(kw_only=True)
class Visit:
    """One request with cleaned texts: its observation, site and run."""

    observation: Observation
    site_id: int
    run: int | None
    url_id: int
    seen_at: str


def visit_from(db: Database, observation: Observation, site: str, run: int | None) -> Visit:
    """Return *observation* with the ids that its row needs."""
    observation = storable(observation)
    return Visit(
        observation=observation,
        site_id=lookup_tables.name_id(db, "sites", storable(site)),
        run=run,
        url_id=lookup_tables.url_id(db, observation.url),
        seen_at=utc_text(observation.fetched_at),
    )


def save_article(db: Database, article: Article, visit: Visit, key: str) -> Saved:
    """Keep *article* and the observation that it came from; saving it twice changes nothing."""
    prepared = prepared_for(article)
    article = article if prepared else storable(article)
    key = storable(key)
    found = _found_article(db, visit, key)
    article_id, is_withdrawn = found or (_insert_article(db, article, visit, key), False)
    if is_withdrawn:
        _insert_once(
            db,
            visit,
            outcome=Outcome.NOT_ARTICLE,
            reason=WITHDRAWN,
            kind=WITHDRAWN,
            article_id=article_id,
            **_NO_EVIDENCE,
        )
        return Saved(
            article_id=article_id,
            version_id=None,
            outcome=Outcome.UNCHANGED,
            reason="withdrawn",
        )
    if article.page_kind != "article" and _is_article(db, article_id):
        return _refuse_doubtful(db, article, visit, article_id)
    known = _version_seen_by(db, visit, article_id)
    if known is not None:
        return Saved(article_id=article_id, version_id=known, outcome=Outcome.UNCHANGED)
    _add_addresses(db, article_id, article, visit)
    reading = Reading(
        article=article,
        article_id=article_id,
        seen_at=visit.seen_at,
        extractor_id=lookup_tables.name_id(db, "extractors", article.extractor),
        list_set_id=lookup_tables.list_set_id(
            db, article.link_lists, prepared.list_digests if prepared else None
        ),
        page_digest=_bytes_from(visit.observation.digest),
        prepared=prepared,
        is_new=found is None,
    )
    with index_update(db, article_id):
        whole = whole_version(db, article, article_id, visit.seen_at)
        if whole is not None:  # its time is not extended: the rest of it was not seen
            version_id, outcome = int(whole["id"]), Outcome.UNCHANGED
        else:
            version_id, outcome = save_version(db, reading)
        _name_publisher(db, visit.site_id, article.publisher)
        _extend_article(db, article_id, visit.seen_at, version_id)
    if outcome == "updated":
        update_changes(db, article_id)
    _insert_once(
        db,
        visit,
        outcome=outcome,
        article_id=article_id,
        version_id=version_id,
        extractor_id=reading.extractor_id,
        provenance_id=lookup_tables.provenance_id(db, article.provenance),
        list_set_id=reading.list_set_id,
    )
    return Saved(article_id=article_id, version_id=version_id, outcome=outcome)


def _is_article(db: Database, article_id: int) -> bool:
    """Return whether the stored page is an article."""
    query = """SELECT v.page_kind = 'article' FROM articles AS a
        JOIN versions AS v ON v.id = a.version_id WHERE a.id = ?"""
    row = db.execute(query, [article_id]).fetchone()
    return bool(row and row[0])


def _refuse_doubtful(db: Database, article: Article, visit: Visit, article_id: int) -> Saved:
    """Record a page that may be no article where an article is stored, which stays."""
    reason = f"{article.page_kind}: {article.page_kind_reason or 'doubtful'}"[:300]
    kind = article.page_kind
    seen = attrs.evolve(
        visit.observation, outcome=Outcome.NOT_ARTICLE, reason=reason, kind=kind
    )
    record_visit(db, attrs.evolve(visit, observation=seen), article.link_lists)
    return Saved(
        article_id=article_id, version_id=None, outcome=Outcome.NOT_ARTICLE, reason=reason
    )


def _version_seen_by(db: Database, visit: Visit, article_id: int) -> int | None:
    """Return the version of exactly this response, if it was saved before (an import again).

    A new reading of the same bytes is not a second response of the server.
    """
    digest = _bytes_from(visit.observation.digest)
    found = db.execute(
        """SELECT version_id FROM observations WHERE url_id = ? AND fetched_at = ?
        AND digest = ? AND article_id = ? AND version_id IS NOT NULL""",
        (visit.url_id, visit.seen_at, digest, article_id),
    ).fetchone()
    return None if found is None else int(found[0])


def record_visit(
    db: Database,
    visit: Visit,
    link_lists: tuple[LinkList, ...] = (),
    *,
    is_as_before: bool = False,
) -> None:
    """Keep an observation without an article. `unchanged` (a 304) sees the article again.

    A list that *is_as_before* shows the lists that it showed at the last shown.
    """
    columns: dict[str, Any] = {}
    if link_lists:
        columns["list_set_id"] = lookup_tables.list_set_id(db, storable(link_lists))
    elif is_as_before:
        columns["list_set_id"] = last_lists(db, visit.url_id)
    if visit.observation.outcome == Outcome.UNCHANGED:
        columns |= _as_before(db, visit)
    elif _may_miss(visit):
        columns["article_id"] = article_id_for(db, visit.observation.url)
    _insert_once(db, visit, **columns)
    if visit.observation.outcome == Outcome.REDIRECT and visit.observation.final_url:
        url, final_url = visit.observation.url, visit.observation.final_url
        for one in (url, *addresses_redirecting_to(db, url)):
            _add_alias(db, one, final_url)


def _as_before(db: Database, visit: Visit) -> dict[str, Any]:
    """Extend the time of the version that an unchanged page shows; return its columns.

    It is the version in force at that time: a file may be imported years later.

    A page that is no article (a list, 304) shows the lists that it showed before.
    """
    article_id = article_id_for(db, visit.observation.url)
    row = db.execute(
        """SELECT id, list_set_id FROM versions
        WHERE article_id = ? AND superseded_by IS NULL AND first_seen <= ?
        ORDER BY first_seen DESC, id DESC LIMIT 1""",
        [article_id, visit.seen_at],
    ).fetchone()
    if row is None:
        return {"list_set_id": last_lists(db, visit.url_id)}
    version_id, list_set_id = row
    _extend_article(db, article_id, visit.seen_at, version_id)
    db.conn.execute(
        "UPDATE versions SET last_seen = max(last_seen, ?) WHERE id = ?",
        (visit.seen_at, version_id),
    )
    return {"article_id": article_id, "version_id": version_id, "list_set_id": list_set_id}


def _found_article(db: Database, visit: Visit, key: str) -> tuple[int, bool] | None:
    """Return the id of the article of a site and key, and whether it is withdrawn."""
    found = db.execute(
        f"""SELECT a.id, a.withdrawn_at IS NOT NULL FROM articles AS k
        JOIN articles AS a ON a.id = {PRESENT_ID}
        WHERE k.site_id = ? AND k.key = ?""",
        (visit.site_id, key),
    ).fetchone()
    return (int(found[0]), bool(found[1])) if found else None


def _insert_article(db: Database, article: Article, visit: Visit, key: str) -> int:
    """Insert a new article, and return its id."""
    url_id = lookup_tables.url_id(db, article.url)
    columns = ("site_id", "key", "url_id", "first_seen", "last_seen")
    made = db.conn.execute(
        insertion("articles", *columns, has_id=True),
        (visit.site_id, key, url_id, visit.seen_at, visit.seen_at),
    )
    return int(made.lastrowid or 0)


def _name_publisher(db: Database, site_id: int, publisher: str | None) -> None:
    """Record the publisher's name on its site, as the page saved last states it."""
    if publisher:
        db.conn.execute(
            "UPDATE sites SET publisher = ?1 WHERE id = ?2 AND publisher IS NOT ?1",
            (publisher, site_id),
        )


def _extend_article(
    db: Database, article_id: int | None, seen_at: str, version_id: int
) -> None:
    """Extend the article's time; its version is the one seen last."""
    db.conn.execute(
        """UPDATE articles SET first_seen = min(first_seen, ?1),
        last_seen = max(last_seen, ?1),
        version_id = iif(version_id IS NULL OR last_seen <= ?1, ?2, version_id)
        WHERE id = ?3""",
        (seen_at, version_id, article_id),
    )


def _add_addresses(db: Database, article_id: int, article: Article, visit: Visit) -> None:
    urls = {article.url, visit.observation.url, visit.observation.final_url or article.url}
    url_ids = [lookup_tables.url_id(db, url) for url in sorted(urls)]
    query = "INSERT OR IGNORE INTO addresses (url_id, article_id) VALUES (?, ?)"
    claim_misses(
        db,
        article_id,
        [one for one in url_ids if db.conn.execute(query, (one, article_id)).rowcount],
    )
    for url in addresses_redirecting_to(db, article.url):
        _add_alias(db, url, article.url)


def _add_alias(db: Database, url: str, final_url: str) -> None:
    """Add *url*, which redirected to *final_url*, to the addresses of the article there.

    An address that is one of another article stays with that one: it may redirect to the
    substitute of a deleted page now.
    """
    db.conn.execute(
        """INSERT INTO addresses (url_id, article_id)
        SELECT ?1, x.article_id FROM addresses AS x JOIN articles AS a ON a.id = x.article_id
        WHERE x.url_id = (SELECT id FROM urls WHERE url = ?2)
            AND NOT EXISTS (SELECT 1 FROM addresses WHERE url_id = ?1)
        ORDER BY a.last_seen DESC, a.id LIMIT 1""",
        (lookup_tables.url_id(db, url), final_url),
    )


def _insert_once(db: Database, visit: Visit, **columns: Any) -> None:
    """Insert the row of *visit*, unless the same visit is there (an import run again)."""
    row = _observation_row(db, visit) | columns
    # With `outcome = ?`, SQLite parses it again for each value: one index is of one outcome.
    query = """SELECT 1 FROM observations WHERE url_id = ? AND fetched_at = ?
        AND (+outcome = ? OR (version_id IS NOT NULL AND ? IS NOT NULL))"""
    same = (visit.url_id, visit.seen_at, row["outcome"], row.get("version_id"))
    if db.execute(query, same).fetchone():
        return
    _record_statements(db, visit)
    db.conn.execute(insertion("observations", *row, has_id=True), list(row.values()))
    if row["outcome"] in PAGE_OUTCOMES:
        shown = PageVisit(
            url_id=visit.url_id,
            seen_at=visit.seen_at,
            list_set_id=row.get("list_set_id"),
            is_article=row.get("article_id") is not None and not _may_miss(visit),
        )
        record_lists(db, shown)
        record_boxes(db, shown, visit.observation.drawn_links)
    _update_absences(db, row)


def delete_error(db: Database, observation: Observation) -> None:
    """Delete the row of the same visit that says that its page could not be read, if any."""
    url_id = lookup_tables.url_id(db, storable_text(observation.url))
    db.conn.execute(
        """DELETE FROM observations WHERE url_id = ? AND fetched_at = ?
        AND +outcome = 'error' AND version_id IS NULL""",
        (url_id, utc_text(observation.fetched_at)),
    )


def _record_statements(db: Database, visit: Visit) -> None:
    """Record the statements of an answer on its site, each once with its times."""
    for one in visit.observation.statements:
        db.conn.execute(
            """INSERT INTO statements VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, NULL)
            ON CONFLICT DO UPDATE SET first_seen = min(first_seen, ?6),
                url_id = iif(last_seen <= ?6, ?5, url_id), last_seen = max(last_seen, ?6)""",
            (
                visit.site_id,
                one.signal,
                one.stated_in,
                storable_text(one.words),
                visit.url_id,
                visit.seen_at,
            ),
        )


def _may_miss(visit: Visit) -> bool:
    seen = visit.observation
    return is_miss(seen.outcome, seen.status, seen.kind)


def _update_absences(db: Database, row: dict[str, Any]) -> None:
    """Update the absences of a visited article; what a run missed is judged at its end."""
    article_id = row.get("article_id")
    if article_id is None:
        return
    if row["run_id"] is None or (row.get("version_id") and has_absences(db, article_id)):
        rebuild_absences(db, article_id)


def _observation_row(db: Database, visit: Visit) -> dict[str, Any]:
    seen = visit.observation
    return {
        "run_id": visit.run,
        "site_id": visit.site_id,
        "url_id": visit.url_id,
        "fetched_at": visit.seen_at,
        "outcome": seen.outcome,
        "reason": seen.reason,
        "kind": seen.kind,
        "status": storable_integer(seen.status),
        "final_url_id": lookup_tables.url_id(db, seen.final_url) if seen.final_url else None,
        "etag": seen.etag,
        "last_modified": seen.last_modified,
        "content_type": seen.content_type,
        "opt_outs": ", ".join(seen.opt_outs) or None,
        "size": storable_integer(seen.size),
        "digest": _bytes_from(seen.digest),
        "source_url": seen.source_url,
        "source_digest": seen.source_digest,
        **_evidence_columns(db, seen.evidence),
    }


def _evidence_columns(db: Database, evidence: Evidence | None) -> dict[str, Any]:
    if evidence is None:
        return {}
    return {
        "evidence_file_id": lookup_tables.evidence_file_id(db, evidence.file),
        "evidence_offset": evidence.offset,
        "evidence_length": evidence.length,
        "evidence_record": evidence.record_id,
    }


def _bytes_from(digest: str | None) -> bytes | None:
    try:
        return bytes.fromhex(digest) if digest else None
    except ValueError:
        return None


Reference = tuple[str, dt.datetime | None]
"""The address and the time of an answer; its last one where no time is given."""

_SAME_ANSWER = f"""
    SELECT o.version_id, o.list_set_id, o.size, lower(hex(o.digest)) AS digest, a.key,
        s.name AS site, e.name AS extractor
    FROM urls AS u JOIN observations AS o ON o.url_id = u.id JOIN sites AS s ON s.id = o.site_id
    LEFT JOIN articles AS a ON a.id = o.article_id
    LEFT JOIN extractors AS e ON e.id = o.extractor_id
    WHERE u.url = ? AND o.outcome IN {tuple(map(str, PAGE_OUTCOMES))}
        AND o.fetched_at {{}} LIMIT 1"""


def save_revisit(
    db: Database,
    observation: Observation,
    same_as: Reference | None,
    *,
    site: str,
    run: int | None,
) -> Outcome | None:
    """Save a response equal to an earlier one, of the address and time *same_as*.

    Without *same_as* it is the last one of the same address. Returns the outcome; None if that
    response is not in the archive, and nothing was saved.
    """
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
        return Outcome.UNCHANGED
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

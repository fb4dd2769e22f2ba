"""The page of a site: coverage of fields, changes, link lists and charts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import unquote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.read.statements import read_statements
from newscrawl.archive.read.stats import COVERAGE
from newscrawl.drift import read_drift
from newscrawl.web.queries.archive_reader import read_cached
from newscrawl.web.queries.questions import questions
from newscrawl.web.rendering import NotThere, render

FIGURES = (
    *("articles_by_month", "fields_by_month", "agencies_by_month"),
    *("edits_by_month", "outcomes_by_month", "headline_rules"),
)
"""The questions whose charts are shown."""
LEADS = ("sections", "agencies", "authors", "changed_headlines", "skipped")
"""The questions that the page links to."""
# By page, since there are many promotions of each.
_LIST_PAGES = """SELECT u.url, (SELECT count(*) FROM promotions WHERE page_id = u.id) AS links
    FROM (SELECT DISTINCT page_id FROM promotions) AS p JOIN urls AS u ON u.id = p.page_id
    WHERE (SELECT o.site_id FROM observations AS o WHERE o.url_id = u.id LIMIT 1)
        = (SELECT id FROM sites WHERE name = ?)
    ORDER BY links DESC LIMIT 20"""

MOST_STATEMENTS = 50
COVERED = 1_000
"""Number of articles, the last added, that the coverage of fields is computed from."""
_COUNTS = """SELECT count(version_id) AS articles, min(first_seen) AS first_seen,
    max(last_seen) AS last_seen,
    (SELECT count(*) FROM observations WHERE site_id = :site AND outcome <> 'requisite')
        AS observations
    FROM articles WHERE site_id = :site
        AND version_id NOT IN (SELECT id FROM versions WHERE page_kind <> 'article')"""


async def site(datasette: Datasette, request: Request) -> Response:
    """Show one site by its name."""
    name = unquote(request.url_vars["name"])

    def facts(db: Database) -> dict[str, Any]:
        row = db.execute("SELECT id FROM sites WHERE name = ?", [name]).fetchone()
        if row is None:
            raise NotThere("no_such_site")
        return next(iter(db.query(_COUNTS, {"site": row[0]}))) | {
            "coverage": _coverage(db, row[0]),
            "changes": read_drift(db, name, dt.datetime.now(dt.UTC)).lines,
            "list_pages": list(db.query(_LIST_PAGES, [name])),
            "statements": read_statements(db, name)[:MOST_STATEMENTS],
        }

    found = await read_cached(datasette, ("site", name), facts)
    context = {
        "name": name,
        "questions": questions(),
        "figures": FIGURES,
        "leads": LEADS,
        "covered": COVERED,
    }
    return await render(datasette, request, "archive/site.html", context | found)


def _coverage(db: Database, site_id: int) -> list[tuple[str, float]]:
    """Return each field with the share (0 to 1) of the last articles that have it."""
    shares = ", ".join(f"avg({test})" for test in COVERAGE.values())
    row = db.execute(
        f"""SELECT {shares} FROM versions AS v WHERE v.id IN (SELECT version_id FROM articles
        WHERE site_id = ? AND version_id
            NOT IN (SELECT id FROM versions WHERE page_kind <> 'article')
        ORDER BY id DESC LIMIT {COVERED})""",
        [site_id],
    ).fetchone()
    return [(name, share or 0.0) for name, share in zip(COVERAGE, row, strict=True)]


PAGES = ((r"^/site/(?P<name>[^/]{1,255})$", site),)

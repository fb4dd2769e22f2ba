"""The page of the study: collections, searches, tags, codebook and agreement of coders."""

from __future__ import annotations

from collections import Counter
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.search.problems import Problem
from newscrawl.errors import StudyError, UsageError
from newscrawl.study.coding.agreement import Agreement, agreement
from newscrawl.study.coding.codebook import codes, variables
from newscrawl.study.selections import collected, collections, searches, tagged, tags
from newscrawl.study.study_articles import find_articles
from newscrawl.study.study_file import StudyFile
from newscrawl.web.queries.archive_reader import QUESTION_SECONDS, read
from newscrawl.web.queries.study_reader import read_study, writer_of
from newscrawl.web.rendering import NotThere, render

MOST_DISAGREEMENTS = 100
"""Number of disagreements of a variable on the page."""
MOST_ARTICLES = 500
"""Number of articles of a collection or tag on a page."""


async def overview(datasette: Datasette, request: Request) -> Response:
    """Show what the study file holds."""
    writer = writer_of(datasette)

    def found(study: StudyFile) -> dict[str, Any]:
        named = variables(study)
        return {
            "collections": collections(study),
            "searches": searches(study),
            "tags": Counter(row["tag"] for row in tags(study)).most_common(),
            "variables": named,
            "coded": Counter((row["variable"], row["coder"]) for row in codes(study)),
            "agreements": [agreement(study, one.name) for one in named],
        }

    try:
        # The library of agreement is imported with the first page.
        context = await read_study(datasette, found, QUESTION_SECONDS)
    except StudyError as error:
        return await refused(datasette, request, error, status=503)
    context["shown"] = {
        one.variable: _shown(one, writer.coder if writer else None)
        for one in context["agreements"]
    }
    rows = [
        {"id": one.article, "site": one.site, "key": one.key, "url": one.url}
        for some in context["shown"].values()
        for one in some
    ]
    context["articles"] = await _states(datasette, rows)
    return await render(datasette, request, "study/study.html", context)


def _shown(found: Agreement, coder: str | None) -> list[Any]:
    """Return the disagreements to show: to a *coder* only those on articles coded by them too.

    Coders judge independently: nobody sees the codes of others before giving one.
    """
    shown = [one for one in found.disagreements if coder is None or coder in one.values]
    return shown[:MOST_DISAGREEMENTS]


async def articles(datasette: Datasette, request: Request) -> Response:
    """List the articles of `?collection=` or `?tag=`, with those that the archive lacks."""
    collection, tag = request.args.get("collection"), request.args.get("tag")

    def found(study: StudyFile) -> list[dict[str, Any]]:
        return tagged(study, tag or "") if collection is None else collected(study, collection)

    try:
        rows = await read_study(datasette, found)
    except UsageError as error:
        raise NotThere("no_such_collection") from error
    except StudyError as error:
        return await refused(datasette, request, error, status=503)
    context = {
        "kind": "tag" if collection is None else "collection",
        "name": tag if collection is None else collection,
        "rows": rows[:MOST_ARTICLES],
        "count": len(rows),
        "articles": await _states(datasette, rows[:MOST_ARTICLES]),
    }
    return await render(datasette, request, "study/articles.html", context)


async def _states(datasette: Datasette, rows: list[dict[str, Any]]) -> dict[int, Any]:
    def found(db: Database) -> dict[int, Any]:
        return dict(find_articles(db, rows))

    return await read(datasette, found)


async def refused(
    datasette: Datasette, request: Request, error: Exception, *, status: int
) -> Response:
    """Return a page that says why the study file was not read or written."""
    reason = error.args[0] if error.args else ""
    context = {"reason": reason, "is_translated": isinstance(reason, Problem)}
    return await render(datasette, request, "study/refused.html", context, status=status)


PAGES: tuple[tuple[str, Any], ...] = ((r"^/study/articles$", articles),)

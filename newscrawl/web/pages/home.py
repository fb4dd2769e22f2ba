"""The first page: newest and most edited articles, sites, lists, the last run, jobs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.errors import UsageError
from newscrawl.jobs.health import Findings, Health, fault, health_of
from newscrawl.jobs.job import Job
from newscrawl.jobs.jobs_file import read_jobs_file
from newscrawl.jobs.state import JobState, states_beside
from newscrawl.web.display.cards import IS_EDIT, read_cards
from newscrawl.web.display.palette import colors_for
from newscrawl.web.queries.archive_reader import archive_path, read_cached
from newscrawl.web.queries.questions import answer, questions
from newscrawl.web.queries.stories import articles_of
from newscrawl.web.rendering import render

# A scan in the order of the file; by an index each row would cost a read of another page.
_SITES = """SELECT s.name, n.articles, r.finished_at, r.exit_status
    FROM (SELECT site_id, count(*) AS articles FROM articles NOT INDEXED
        WHERE version_id NOT IN (SELECT id FROM versions WHERE page_kind <> 'article')
        GROUP BY 1) AS n
    JOIN sites AS s ON s.id = n.site_id
    LEFT JOIN runs AS r ON r.id = (SELECT max(id) FROM runs
        WHERE site_id = s.id AND finished_at IS NOT NULL)
    ORDER BY n.articles DESC, s.name"""
_NEWEST = """SELECT a.id FROM versions AS v CROSS JOIN articles AS a ON a.version_id = v.id
    WHERE v.page_kind = 'article' ORDER BY v.date_published DESC LIMIT 9"""
_EDITS = f"""FROM versions AS o NOT INDEXED JOIN articles AS a ON a.id = o.article_id
    AND a.version_id NOT IN (SELECT id FROM versions WHERE page_kind <> 'article')
    WHERE {IS_EDIT}"""
_EDITED = f"""SELECT o.article_id {_EDITS}
    GROUP BY 1 ORDER BY count(*) DESC, 1 DESC LIMIT 6"""
_COUNTS = f"""SELECT
    (SELECT count(*) {_EDITS}) AS edits,
    (SELECT count(DISTINCT cluster_id) FROM copies) AS shared_texts"""
_DATED = """(SELECT v.date_published FROM versions AS v CROSS JOIN articles AS a
    ON a.version_id = v.id WHERE v.page_kind = 'article' AND v.date_published IS NOT NULL
    ORDER BY v.date_published {} LIMIT 1)"""
_SPAN = f"SELECT {_DATED.format('')} AS first, {_DATED.format('DESC')} AS last"
_LAST_RUN = """SELECT r.id, s.name AS site, r.started_at, r.finished_at, r.finish_reason
    FROM runs AS r LEFT JOIN sites AS s ON s.id = r.site_id ORDER BY r.id DESC LIMIT 1"""

_LISTED = 6
FIGURE = "articles_by_day"
"""The question whose chart is shown."""
_jobs_files: WeakKeyDictionary[Datasette, Path] = WeakKeyDictionary()


@attrs.frozen
class JobsSeen:
    """The state of the jobs that write the archive."""

    count: int = 0
    unwell: tuple[Health, ...] = ()
    """The jobs that need attention."""
    problem: str | None = None
    """The reason why the jobs file cannot be read; None if it can."""


async def home(datasette: Datasette, request: Request) -> Response:
    """Show the first page."""
    answered = await answer(datasette, questions()["promoted_longest"], {})
    longest = answered.records()[:_LISTED]
    context = {
        "figure_name": FIGURE,
        "questions": questions(),
        "jobs": jobs_seen(datasette),
        "colors": await colors_for(datasette, "site"),
        "longest": longest,
        "stories": await articles_of(datasette, longest),
    }
    return await render(datasette, request, "home.html", context | await contents(datasette))


async def prepare(datasette: Datasette) -> None:
    """Read what the first page shows into the cache."""
    await contents(datasette)
    await answer(datasette, questions()["promoted_longest"], {})
    await colors_for(datasette, "site")


async def contents(datasette: Datasette) -> dict[str, Any]:
    """Return the values of the page that come from the archive."""
    return await read_cached(datasette, "home", _contents)


def _contents(db: Database) -> dict[str, Any]:
    sites = list(db.query(_SITES))
    span = next(iter(db.query(_SPAN)))
    return next(iter(db.query(_COUNTS))) | {
        "sites": sites,
        "known_sites": {name for (name,) in db.execute("SELECT name FROM sites")},
        "articles": sum(site["articles"] for site in sites),
        "span": span,
        "newest_query": f"after:{span['last'][:4]}" if span["last"] else "",
        "edited": read_cards(db, [id_ for (id_,) in db.execute(_EDITED)]),
        "newest": read_cards(db, [id_ for (id_,) in db.execute(_NEWEST)]),
        "last_run": next(iter(db.query(_LAST_RUN)), None),
    }


def name_jobs_file(datasette: Datasette, path: Path) -> None:
    """Record *path* as the file of the jobs that write the archive."""
    _jobs_files[datasette] = path


def jobs_seen(datasette: Datasette) -> JobsSeen:
    """Return the state of the jobs now; without a jobs file there are none.

    The state of the last run says whether a site has changed: reading it from the archive
    would take a second for each site.
    """
    try:
        content = read_jobs_file(_jobs_files[datasette])
    except UsageError as error:
        return JobsSeen(problem=str(error))
    archive, now = Path(archive_path(datasette)), dt.datetime.now(dt.UTC)
    states = states_beside(archive.resolve()).read()
    found = [_health_of(job, states.get(job.name, JobState()), now) for job in content.jobs]
    found += [fault(name, line) for name, line in content.faults.items()]
    return JobsSeen(len(found), tuple(one for one in found if not one.is_well))


def _health_of(job: Job, state: JobState, now: dt.datetime) -> Health:
    changes = ("its page here says how",) if state.reported == "changed" else ()
    return health_of(
        job, state, now, Findings(changes=changes, is_full=state.reported == "full")
    )


PAGES = ((r"^/$", home),)

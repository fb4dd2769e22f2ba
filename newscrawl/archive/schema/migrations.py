"""The schema of an archive, step by step. A step is never edited once it is released."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlite_utils import Database, Migrations

from newscrawl.archive.schema.row_digests import compute_digests
from newscrawl.system.deferred import deferred

if TYPE_CHECKING:
    from newscrawl import article
    from newscrawl.archive.changes import deletions, layout_judgement
    from newscrawl.archive.links import promotions
    from newscrawl.archive.search import index
    from newscrawl.archive.write import lookup_tables
    from newscrawl.values.gazetteer import agencies
else:  # only an older archive needs them
    deletions, layout_judgement, promotions, index, lookup_tables = deferred(
        "newscrawl.archive",
        "changes.deletions",
        "changes.layout_judgement",
        "links.promotions",
        "search.index",
        "write.lookup_tables",
    )
    article, agencies = deferred("newscrawl", "article", "values.gazetteer.agencies")

APPLICATION_ID = 0x6E637277  # "ncrw": how `file` and this program know an archive

MIGRATIONS = Migrations("newscrawl")


def schema_version() -> int:
    """Return the schema that this program writes: the number of its migrations."""
    return len(MIGRATIONS._migrations)


@MIGRATIONS()
def m001_tables(db: Database) -> None:
    """Create every table."""
    _run_script(db, "m001_m010/m001_tables.sql")


@MIGRATIONS()
def m002_frontier(db: Database) -> None:
    """Create the table of addresses that an unfinished crawl has still to request."""
    _run_script(db, "m001_m010/m002_frontier.sql")


@MIGRATIONS()
def m003_search(db: Database) -> None:
    """Create the full-text index, and fill it from the articles there are."""
    recreate_views(db)  # the index is filled from one of them
    index.create_index(db)


@MIGRATIONS()
def m004_promotions(db: Database) -> None:
    """Create the table of links that home and section pages promote, and fill it."""
    _fill_promotions(db)


def _fill_promotions(db: Database) -> None:
    _run_script(db, "m001_m010/m004_promotions.sql")
    pages = db.execute(
        """SELECT DISTINCT url_id FROM observations
        WHERE article_id IS NULL AND list_set_id IS NOT NULL"""
    ).fetchall()
    for (page_id,) in pages:
        promotions.rebuild_promotions(db, page_id)


@MIGRATIONS()
def m005_parts(db: Database) -> None:
    """Add the columns of live blogs and of articles on several pages."""
    _run_script(db, "m001_m010/m005_parts.sql")


@MIGRATIONS()
def m006_readings(db: Database) -> None:
    """Add to an observation which rules read it."""
    _run_script(db, "m001_m010/m006_readings.sql")


@MIGRATIONS()
def m007_imports(db: Database) -> None:
    """Add how far imports are, and which versions are superseded."""
    _run_script(db, "m001_m010/m007_imports.sql")


@MIGRATIONS()
def m008_copies(db: Database) -> None:
    """Add sketches of texts and clusters of agency texts; `update_copies` fills them."""
    _run_script(db, "m001_m010/m008_copies.sql")


@MIGRATIONS()
def m009_openings(db: Database) -> None:
    """Add the table of programs that write the archive, and an index of evidence files."""
    _run_script(db, "m001_m010/m009_openings.sql")


@MIGRATIONS()
def m010_sources(db: Database) -> None:
    """Create the tables of source states, and of addresses to be tried again."""
    _run_script(db, "m001_m010/m010_sources.sql")


@MIGRATIONS()
def m011_opt_outs(db: Database) -> None:
    """Add the opt-outs of a page to its observation."""
    _run_script(db, "m011_m020/m011_opt_outs.sql")


@MIGRATIONS()
def m012_addresses(db: Database) -> None:
    """Tell addresses apart that differ in more than their spelling, and index redirects."""
    _run_script(db, "m011_m020/m012_addresses.sql")
    changed = (
        (key, url_id)
        for url_id, url, old in db.execute("SELECT id, url, key FROM urls").fetchall()
        if (key := lookup_tables.url_digest(url)) != old
    )
    db.conn.executemany("UPDATE urls SET key = ? WHERE id = ?", changed)


@MIGRATIONS()
def m013_absences(db: Database) -> None:
    """Add the absences of articles, and derive them from the visits there are."""
    _run_script(db, "m011_m020/m013_absences.sql")
    _add_kinds(db)  # the kind finds the visits that missed an article
    addresses = db.execute("SELECT article_id, url_id FROM addresses").fetchall()
    for article_id, url_id in addresses:
        deletions.claim_misses(db, article_id, [url_id])
    missed = db.execute(
        "SELECT DISTINCT run_id FROM observations"
        " WHERE article_id IS NOT NULL AND version_id IS NULL AND run_id IS NOT NULL"
    ).fetchall()
    for (run,) in missed:
        deletions.judge_run(db, run)


@MIGRATIONS()
def m014_version_changes(db: Database) -> None:
    """Add how versions differ, and the cause `layout`; compare the versions there are."""
    _run_script(db, "m011_m020/m014_version_changes.sql")
    _allow_cause(db, "layout")
    layout_judgement.reclassify(db)


def _allow_cause(db: Database, cause: str) -> None:
    """Add *cause* to those that a version may have: https://www.sqlite.org/lang_altertable.html."""
    version = db.execute("PRAGMA schema_version").fetchone()[0]
    db.execute("PRAGMA writable_schema = ON")
    db.execute(
        """UPDATE sqlite_master SET sql = replace(sql, ?, ?)
            WHERE type = 'table' AND name = 'versions'""",
        ["'undecided')", f"'undecided', '{cause}')"],
    )
    db.execute(f"PRAGMA schema_version = {version + 1}")
    db.execute("PRAGMA writable_schema = RESET")


@MIGRATIONS()
def m015_agencies(db: Database) -> None:
    """Add where agencies are named, those of datelines, publishers, and lists in a text."""
    _run_script(db, "m011_m020/m015_agencies.sql")
    names = db.execute(
        "SELECT DISTINCT dateline_agency FROM versions WHERE dateline_agency IS NOT NULL"
    ).fetchall()
    for (name,) in names:
        for printed, supplier in agencies.agencies_in(name):
            if supplier.kind != "outlet":
                agency = lookup_tables.agency_id(
                    db, article.Agency(name=printed, id=supplier.id)
                )
                db.conn.execute(_ADD_AGENCY, (agency, name))


@MIGRATIONS()
def m016_row_digests(db: Database) -> None:
    """Add a digest to each row whose values no other digest covers.

    Before that, replace the table of promotions in archives of schema 4 and 5, which had no
    table of headings.
    """
    if not db.table("headings").exists():
        db.execute("DROP TABLE promotions")
        _fill_promotions(db)
    _run_script(db, "m011_m020/m016_row_digests.sql")
    compute_digests(db)


@MIGRATIONS()
def m017_doubtful_pages(db: Database) -> None:
    """Add the certainty of a page's kind, and whether a text is cut."""
    _run_script(db, "m011_m020/m017_doubtful_pages.sql")


@MIGRATIONS()
def m018_kinds(db: Database) -> None:
    """Add the kind of an answer that is no article."""
    _add_kinds(db)
    compute_digests(db, "observations")


def _add_kinds(db: Database) -> None:
    if "kind" not in db.table("observations").columns_dict:
        _run_script(db, "m011_m020/m018_kinds.sql")


@MIGRATIONS()
def m019_statements(db: Database) -> None:
    """Add statements of sites about machines, sources of captures, and the queue of saves."""
    _run_script(db, "m011_m020/m019_statements.sql")


@MIGRATIONS()
def m020_places(db: Database) -> None:
    """Add the places that datelines name, and identify those there are."""
    _run_script(db, "m011_m020/m020_places.sql")
    names = db.execute(
        "SELECT DISTINCT dateline_place FROM versions WHERE dateline_place IS NOT NULL"
    ).fetchall()
    for (name,) in names:
        lookup_tables.record_place(db, name)
    compute_digests(db, "places", "place_names")


@MIGRATIONS()
def m021_doubtful_index(db: Database) -> None:
    """Index the pages that may be no article, which every count leaves out."""
    _run_script(db, "m021_m030/m021_doubtful_index.sql")


@MIGRATIONS()
def m022_page_requisites(db: Database) -> None:
    """Add the stylesheets, images and fonts of pages."""
    _run_script(db, "m021_m030/m022_page_requisites.sql")


@MIGRATIONS()
def m023_slots(db: Database) -> None:
    """Add to a link its topic line and picture on a home or section page."""
    _run_script(db, "m021_m030/m023_slots.sql")


@MIGRATIONS()
def m024_slot_boxes(db: Database) -> None:
    """Add the place and size on the screen of the slots of home and section pages."""
    _run_script(db, "m021_m030/m024_slot_boxes.sql")


@MIGRATIONS()
def m025_dateline_index(db: Database) -> None:
    """Index the places of datelines."""
    _run_script(db, "m021_m030/m025_dateline_index.sql")


_ADD_AGENCY = """INSERT INTO version_agencies (version_id, position, agency_id, found_in)
    SELECT v.id, 1 + coalesce(
        (SELECT max(position) FROM version_agencies WHERE version_id = v.id), 0), ?, 'dateline'
    FROM versions AS v WHERE v.dateline_agency = ?"""


def recreate_views(db: Database) -> None:
    """Replace the views with the current ones, once all migrations are applied."""
    for name in db.view_names():
        db.execute(f'DROP VIEW "{name}"')
    _run_script(db, "views.sql")


def view_statements() -> Iterator[str]:
    """Yield the statement of each view of the present schema, in their order."""
    return _statements(_script("views.sql"))


def _script(name: str) -> str:
    return files("newscrawl.archive.schema").joinpath("sql", name).read_text("utf-8")


def _run_script(db: Database, name: str) -> None:
    """Execute each statement of a file beside this module, within the open transaction."""
    for statement in _statements(_script(name)):
        db.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """Split *script*. executescript() would commit the migration's transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

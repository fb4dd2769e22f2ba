"""Read articles back, equal to the saved ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.article_columns import blocks_from, fields_from
from newscrawl.archive.schema.storable import moment_from, storable_text
from newscrawl.archive.write.lookup_tables import url_digest
from newscrawl.article import (
    Agency,
    AgencyMention,
    Article,
    Image,
    Link,
    LinkList,
    SourceCredit,
)

_NAMES = """
    SELECT n.name FROM version_{0}s AS x JOIN {0}s AS n ON n.id = x.{0}_id
    WHERE x.version_id = ? ORDER BY x.position"""


PRESENT_ID = """coalesce((SELECT min(x.article_id) FROM addresses AS x
    WHERE k.version_id IS NULL AND k.withdrawn_at IS NULL
        AND x.url_id = k.url_id AND x.article_id <> k.id), k.id)"""
"""The id of the article that row `k` of `articles` stands for.

A row without a version that is not withdrawn was joined to the article with its address.
"""


@attrs.frozen(kw_only=True)
class Seen:
    """Results of the last visits of an address."""

    outcome: str
    """Outcome of the last request."""
    reason: str | None
    """More about it."""
    status: int | None
    """Its HTTP status."""
    fetched_at: dt.datetime
    """When that was (UTC)."""
    etag: str | None
    """The ETag of the last complete answer, for a conditional request."""
    last_modified: str | None
    """The Last-Modified of the last complete answer."""
    whole_at: dt.datetime | None
    """When a page was last sent whole, and not only said to be as before (UTC)."""
    article_id: int | None
    """The article with this address."""


def article_id_for(db: Database, url_or_id: str | int) -> int | None:
    """Return the id of the article with this id or address, in any spelling."""
    if isinstance(url_or_id, int) or (url_or_id.isascii() and url_or_id.isdigit()):
        number = int(url_or_id)
        query = f"SELECT {PRESENT_ID} FROM articles AS k WHERE k.id = ?"
        return _number(db, query, number) if number < 2**63 else None
    url = storable_text(url_or_id.strip())
    return _number(
        db,
        """SELECT x.article_id FROM urls AS u JOIN addresses AS x ON x.url_id = u.id
        JOIN articles AS a ON a.id = x.article_id
        WHERE u.key = ? ORDER BY u.url = ? DESC, a.last_seen DESC, a.id LIMIT 1""",
        url_digest(url),
        url,
    )


def read_article(db: Database, url_or_id: str | int) -> Article | None:
    """Return the article as it was last seen; None if it is unknown or withdrawn."""
    article = article_id_for(db, url_or_id)
    if article is None:
        return None
    version = _number(db, "SELECT version_id FROM articles WHERE id = ?", article)
    return None if version is None else read_version(db, version)


def read_version(db: Database, version_id: int) -> Article | None:
    """Return the article as one version of it says."""
    row = next(
        db.query(
            """SELECT v.*, u.url, b.article_body, b.blocks, e.name AS extractor
            FROM versions AS v JOIN articles AS a ON a.id = v.article_id
            JOIN urls AS u ON u.id = a.url_id JOIN bodies AS b ON b.id = v.body_id
            JOIN extractors AS e ON e.id = v.extractor_id WHERE v.id = ?""",
            [version_id],
        ),
        None,
    )
    if row is None:
        return None
    main_image, images = _images(db, version_id)
    agencies = _agencies(db, version_id)
    return Article(
        url=row["url"],
        breadcrumbs=_names(db, "section", version_id),
        authors=_names(db, "author", version_id),
        keywords=_names(db, "keyword", version_id),
        article_body=row["article_body"],
        blocks=blocks_from(row["article_body"], row["blocks"]),
        source_credit=_source_credit(agencies, row["source_credit"]),
        agencies=agencies,
        main_image=main_image,
        images=images,
        link_lists=read_link_lists(db, row["list_set_id"]),
        provenance=_provenance(db, row["provenance_id"]),
        extractor=row["extractor"],
        **fields_from(row),
    )


def read_link_lists(db: Database, list_set_id: int | None) -> tuple[LinkList, ...]:
    """Return all the lists of one page at one time, in order."""
    if list_set_id is None:
        return ()
    lists = db.execute(
        """SELECT l.id, l.heading, l.kind, l.is_inside_body FROM list_set_lists AS t
        JOIN link_lists AS l ON l.id = t.link_list_id
        WHERE t.list_set_id = ? ORDER BY t.position""",
        [list_set_id],
    ).fetchall()
    return tuple(
        LinkList(
            heading=heading, kind=kind, is_inside_body=bool(is_inside), links=_links(db, id_)
        )
        for id_, heading, kind, is_inside in lists
    )


def _links(db: Database, link_list_id: int) -> tuple[Link, ...]:
    rows = db.execute(
        """SELECT k.position, c.text, u.url, c.is_cut, k.kicker, k.has_picture
        FROM links AS k
        JOIN anchors AS c ON c.id = k.anchor_id LEFT JOIN urls AS u ON u.id = c.url_id
        WHERE k.link_list_id = ? ORDER BY k.position""",
        [link_list_id],
    )
    return tuple(
        Link(
            position=position,
            text=text,
            url=url,
            is_cut=bool(is_cut),
            kicker=kicker,
            has_picture=None if has_picture is None else bool(has_picture),
        )
        for position, text, url, is_cut, kicker, has_picture in rows
    )


def last_visit(db: Database, url: str) -> Seen | None:
    """Return the results of the last visits of exactly *url*; None without any."""
    row = db.execute(
        """SELECT o.outcome, o.reason, o.status, o.fetched_at, u.id FROM observations AS o
        JOIN urls AS u ON u.id = o.url_id WHERE u.url = ?
        ORDER BY o.fetched_at DESC, o.id DESC LIMIT 1""",
        [storable_text(url)],
    ).fetchone()
    if row is None:
        return None
    outcome, reason, status, fetched_at, url_id = row
    etag, last_modified = _validators(db, url_id)
    return Seen(
        outcome=outcome,
        reason=reason,
        status=status,
        fetched_at=moment_from(fetched_at),
        etag=etag,
        last_modified=last_modified,
        whole_at=_whole_at(db, url_id),
        article_id=article_id_for(db, url),
    )


def _whole_at(db: Database, url_id: int) -> dt.datetime | None:
    row = db.execute(
        "SELECT max(fetched_at) FROM observations WHERE url_id = ? AND status = 200", [url_id]
    ).fetchone()
    return moment_from(row[0]) if row[0] else None


def _validators(db: Database, url_id: int) -> tuple[str | None, str | None]:
    row = db.execute(
        """SELECT etag, last_modified FROM observations
        WHERE url_id = ? AND outcome IN ('stored', 'updated', 'unchanged', 'source')
        AND (etag IS NOT NULL OR last_modified IS NOT NULL)
        ORDER BY fetched_at DESC, id DESC LIMIT 1""",
        [url_id],
    ).fetchone()
    return (None, None) if row is None else (row[0], row[1])


def _names(db: Database, kind: str, version_id: int) -> tuple[str, ...]:
    return tuple(name for (name,) in db.execute(_NAMES.format(kind), [version_id]))


def _agencies(db: Database, version_id: int) -> tuple[AgencyMention, ...]:
    rows = db.execute(
        """SELECT n.name, n.code, x.found_in FROM version_agencies AS x JOIN agencies AS n
        ON n.id = x.agency_id WHERE x.version_id = ? ORDER BY x.position""",
        [version_id],
    )
    return tuple(
        AgencyMention(name=name, id=code or None, found_in=place) for name, code, place in rows
    )


def _source_credit(agencies: tuple[AgencyMention, ...], raw: str | None) -> SourceCredit | None:
    if raw is None:
        return None
    credited = (one for one in agencies if one.found_in == "source_credit")
    named = (Agency(name=one.name, id=one.id) for one in credited)
    return SourceCredit(raw=raw, agencies=tuple(named))


def _images(db: Database, version_id: int) -> tuple[Image | None, tuple[Image, ...]]:
    rows = db.execute(
        """SELECT position, is_main, url, caption, credit FROM images
        WHERE version_id = ? ORDER BY position""",
        [version_id],
    ).fetchall()
    main, images = None, []
    for position, is_main, url, caption, credit in rows:
        image = Image(url=url, caption=caption, credit=credit)
        main = image if is_main else main
        if position > 0:
            images.append(image)
    return main, tuple(images)


def _provenance(db: Database, provenance_id: int) -> dict[str, str]:
    query = "SELECT field, source FROM provenance_fields WHERE provenance_id = ?"
    return dict(db.execute(query, [provenance_id]).fetchall())


def _number(db: Database, query: str, *values: Any) -> int | None:
    row = db.execute(query, values).fetchone()
    return None if row is None or row[0] is None else int(row[0])

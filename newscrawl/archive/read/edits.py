"""Edits: what publishers changed in articles, and whether they said so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, Literal

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import moment_from, utc_text

EditCause = Literal["publisher", "undecided", "layout"]


@attrs.frozen(kw_only=True)
class Edit:
    """One change of an article's text, between two visits."""

    version_id: int
    """The version that has the new text."""
    article_id: int
    """The id of the article."""
    site: str
    """The name of its site."""
    url: str
    """The address that the article was first read at."""
    headline: str | None
    """Its new headline."""
    headline_was: str | None
    """Its headline before."""
    not_before: dt.datetime
    """The last visit that saw the text before (UTC)."""
    first_seen: dt.datetime
    """The first visit that saw the new text (UTC)."""
    cause: EditCause
    """publisher; undecided, where newscrawl changed too; layout, where only the site's did."""
    fields: tuple[str, ...]
    """The fields that changed."""
    classes: tuple[str, ...]
    """Kinds of change: headline, number, name, attribution, quotation, correction,
    paragraph_removed, typo, wording."""
    share: float
    """The share of the text that changed in the field that changed most, 0 to 1."""
    is_silent: bool
    """The date of modification did not move with the text, and no correction was printed."""


def read_edits(
    db: Database,
    *,
    site: str | None = None,
    article_id: int | None = None,
    since: dt.datetime | None = None,
    cause: EditCause | None = "publisher",
) -> Iterator[Edit]:
    """Yield edits, the last first: of one site or article, first seen since a time.

    *cause* None means every cause.
    """
    rows = db.query(
        """SELECT * FROM edit WHERE (:site IS NULL OR site = :site)
            AND (:article IS NULL OR article_id = :article)
            AND (:since IS NULL OR first_seen >= :since)
            AND (:cause IS NULL OR cause = :cause)
        ORDER BY first_seen DESC, version_id DESC""",
        {
            "site": site,
            "article": article_id,
            "since": None if since is None else utc_text(since),
            "cause": cause,
        },
    )
    return (_edit_from(row) for row in rows)


def concerns(edit: Edit, fields: Collection[str], least_share: float) -> bool:
    """Return whether an edit changed one of *fields* (any, if empty) by this much or more."""
    is_wanted = not fields or bool(set(fields) & set(edit.fields))
    return is_wanted and edit.share >= least_share


def _edit_from(row: dict[str, Any]) -> Edit:
    names = (field.name for field in attrs.fields(Edit))
    values = {name: row[name] for name in names} | {
        "not_before": moment_from(row["not_before"]),
        "first_seen": moment_from(row["first_seen"]),
        "fields": tuple(row["fields"].split()),
        "classes": tuple(dict.fromkeys(row["classes"].split())),
        "is_silent": bool(row["is_silent"]),
    }
    return Edit(**values)

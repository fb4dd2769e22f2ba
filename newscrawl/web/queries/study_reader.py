"""The study file beside the archive, read for pages; and the coder for whom it is written."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import attrs
from datasette.app import Datasette
from sqlite_utils import Database

from newscrawl.errors import StudyError
from newscrawl.study import search_filters
from newscrawl.study.coding.codebook import codes, variables
from newscrawl.study.selections import (
    MOST_NOTE,
    collections,
    collections_of,
    notes,
    searches,
    tags,
)
from newscrawl.study.study_articles import StudyArticle, study_article
from newscrawl.study.study_file import StudyFile
from newscrawl.system.project import study_path
from newscrawl.web.queries.archive_reader import READ_SECONDS, archive_path, in_thread, read

_T = TypeVar("_T")
search_filters.enable()


@attrs.frozen(kw_only=True)
class Writer:
    """The person for whom a server writes the study file."""

    coder: str
    token: str = attrs.field(factory=lambda: secrets.token_urlsafe(16))
    """Sent with each form; only a page of this server can know it."""

    def has_token(self, token: str) -> bool:
        """Tell whether *token* is that of this server."""
        return hmac.compare_digest(token.encode(), self.token.encode())


_writers: WeakKeyDictionary[Datasette, Writer] = WeakKeyDictionary()


def name_coder(datasette: Datasette, coder: str) -> None:
    """Let the pages of *datasette* write the study file in the name of *coder*."""
    _writers[datasette] = Writer(coder=coder)


def writer_of(datasette: Datasette) -> Writer | None:
    """Return the person for whom *datasette* writes; None if it only reads."""
    return _writers.get(datasette)


async def read_study(
    datasette: Datasette, function: Callable[[StudyFile], _T], seconds: float = READ_SECONDS
) -> _T:
    """Return the result of *function* on the study file, an empty one if there is none.

    Raises StudyError if it cannot be read, and TooLong after *seconds*.
    """

    def reading() -> _T:
        with StudyFile.open_read_only(Path(archive_path(datasette))) as study:
            return function(study)

    return await in_thread(reading, seconds)


def is_used(datasette: Datasette) -> bool:
    """Tell whether there is a study file, or a coder who may begin one."""
    has_file = study_path(Path(archive_path(datasette))).exists()
    return has_file or writer_of(datasette) is not None


async def named_article(datasette: Datasette, number: int) -> StudyArticle:
    """Return the article *number* of the archive as a study file names it."""

    def named(db: Database) -> StudyArticle:
        return study_article(db, number)

    return await read(datasette, named)


async def panel_of(datasette: Datasette, number: int) -> dict[str, Any] | None:
    """Return the entries of the study on the article *number*; None without a study.

    A coder sees only the own codes, so that coders judge independently. A study file that
    cannot be read gives its `problem`: the page of the article is shown all the same.
    """
    if not is_used(datasette):
        return None
    article = await named_article(datasette, number)
    try:
        return await read_study(datasette, lambda study: _panel(study, article, datasette))
    except StudyError as error:
        return {"problem": str(error)}


def _panel(study: StudyFile, article: StudyArticle, datasette: Datasette) -> dict[str, Any]:
    writer = writer_of(datasette)
    given = codes(study, article=article)
    mine = [row for row in given if writer is not None and row["coder"] == writer.coder]
    return {
        "problem": "",
        "notes": notes(study, article),
        "most_note": MOST_NOTE,
        "tags": tags(study, article),
        "collections": collections_of(study, article),
        "other_collections": [one["name"] for one in collections(study)],
        "variables": variables(study),
        "codes": mine if writer else given,
        "values": {row["variable"]: row["value"] for row in mine},
        "changed": any(row["text_sha256"] != article.text_sha256 for row in mine or given),
    }


async def saved_searches(datasette: Datasette) -> list[dict[str, Any]]:
    """Return the saved searches; none if the study file cannot be read."""
    if not is_used(datasette):
        return []
    try:
        return await read_study(datasette, searches)
    except StudyError:
        return []

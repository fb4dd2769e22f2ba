"""The filters `collection:`, `tag:` and `note:` of a search, read from a study file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from newscrawl.archive.search.named.study_filters import Named, read_study_with
from newscrawl.archive.search.problems import Problem
from newscrawl.archive.search.query import Filter
from newscrawl.errors import StudyError
from newscrawl.study.selections import collected, collections, notes, tagged, tags
from newscrawl.study.study_articles import find_articles
from newscrawl.study.study_file import StudyFile
from newscrawl.text.folding import search_key
from newscrawl.text.stems import stem_text

_MOST_NAMES = 6
_WORD = re.compile(r"\w+")
_Row = Mapping[str, Any]


def enable() -> None:
    """Let searches of this process read the study file beside an archive."""
    read_study_with(articles_named)


def articles_named(db: Database, archive: Path, node: Filter) -> Named:
    """Return the articles in the archive *db* that *node* names.

    A collection or tag is named in any spelling; a note is found by words that stand in it side
    by side, in any form.
    """
    try:
        with StudyFile.open_read_only(archive) as study:
            if node.name == "note":
                return _by_note(study, db, node.value)
            return _by_name(study, db, node)
    except StudyError as error:
        return Named(problem=Problem("query_study_refused", why=error))


def _by_name(study: StudyFile, db: Database, node: Filter) -> Named:
    is_tag = node.name == "tag"
    rows = tags(study) if is_tag else collections(study)
    known = list(dict.fromkeys(row["tag" if is_tag else "name"] for row in rows))
    names = [name for name in known if _key(name) == _key(node.value)]
    if not names:
        return Named(problem=_unknown(node, known))
    read = tagged if is_tag else collected
    return Named(_ids(db, chain.from_iterable(read(study, name) for name in names)))


def _by_note(study: StudyFile, db: Database, words: str) -> Named:
    wanted = _words(words)
    found = [
        {**row, "id": row["article"]} for row in notes(study) if wanted in _words(row["text"])
    ]
    if not found:
        return Named(problem=Problem("query_study_no_note", typed=words))
    return Named(_ids(db, found))


def _words(text: str) -> str:
    """Return the stems of the words of *text*, without its signs and lines."""
    return f" {stem_text(' '.join(_WORD.findall(search_key(text))))} "


def _key(name: str) -> str:
    return " ".join(search_key(name.replace('"', " ")).split())


def _ids(db: Database, rows: Iterable[_Row]) -> tuple[int, ...]:
    found = find_articles(db, {row["id"]: row for row in rows}.values())
    return tuple(sorted({one.article_id for one in found.values() if one.article_id}))


def _unknown(node: Filter, known: list[str]) -> Problem:
    typed = f"{node.name}:{node.value}"
    near = get_close_matches(node.value, known, n=_MOST_NAMES, cutoff=0.5)
    shown = ", ".join(near or known[:_MOST_NAMES])
    if not shown:
        return Problem("query_study_empty", typed=typed)
    return Problem("query_study_others", typed=typed, names=shown)

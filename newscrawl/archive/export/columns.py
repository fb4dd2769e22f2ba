"""The data dictionary: the tables that can be exported, and their columns with types.

A column is described by the docstring of the field it comes from, and by
`resources/columns.toml` where it comes from no field.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal

import attrs
from sqlite_utils import Database

from newscrawl.resources import read_toml

Kind = Literal["text", "integer", "number", "boolean", "time", "day", "date"]

TABLES = (
    "article",
    "article_all",
    "version",
    "amendment",
    "edit",
    "absence",
    "move",
    "statement",
    "live_blog_update",
    "address",
    "provenance",
    "observation",
    "agency_mention",
    "link",
    "promotion",
    "copy",
    "copy_cluster",
    "copy_pair",
    "coverage",
    "run",
    "withdrawal",
)
"""The views that can be exported. Others are computed for each query, and are slow."""
SQL_VIEWS = (
    *("agency", "author", "placement", "showing", "stay", "listed_link", "unpromoted"),
    "searchable",
)
"""The other views, which are for SQL alone."""

ARTICLE_TABLES = ("article", "article_all")
"""The views with an article a row."""
CITATION = ("captured_url", "captured_at", "sha256", "warc_record_id", "provenance")
"""The columns of an exported article beside those of the view."""

_CLASSES = {
    "article": ("article.py", "Article"),
    "article_all": ("article.py", "Article"),
    "version": ("article.py", "Article"),
    "searchable": ("article.py", "Article"),
    "observation": ("outcomes.py", "Observation"),
    "link": ("article.py", "Link"),
    "live_blog_update": ("article.py", "LiveBlogUpdate"),
    "edit": ("archive/read/edits.py", "Edit"),
    "absence": ("archive/read/absences.py", "Absence"),
    "move": ("archive/read/absences.py", "Move"),
    "statement": ("archive/read/statements.py", "SiteStatement"),
    "copy": ("archive/copies/outlets.py", "Copy"),
    "copy_cluster": ("archive/copies/outlets.py", "ClusterSummary"),
}
_SAME_COLUMNS = {"article_all": "article", "placement": "promotion"}
"""Views with the columns of another one."""
_PARTS = {
    "dateline_": ("article.py", "Dateline"),
    "main_image_": ("article.py", "Image"),
    "evidence_": ("outcomes.py", "Evidence"),
}


@attrs.frozen
class Column:
    """One column of an exported table."""

    name: str
    """Its name."""
    kind: Kind
    """text, integer, number, boolean, time (UTC), day, or date: a time or a plain day."""
    description: str
    """Its content."""


def columns_of(db: Database, table: str, *, with_text: bool = True) -> tuple[Column, ...]:
    """Return the columns that an export of *table*, one of TABLES, has, in order."""
    names = [column.name for column in db.view(table).columns]
    if table in ARTICLE_TABLES:
        names += CITATION
    return tuple(
        Column(name, kind_of(name), description_of(table, name))
        for name in names
        if with_text or name not in read_toml("columns")["text"]["columns"]
    )


def kind_of(name: str) -> Kind:
    """Return the kind of a column's values."""
    kinds: Mapping[Kind, Sequence[str]] = read_toml("columns")["kinds"]
    return next((kind for kind, names in kinds.items() if name in names), "text")


def description_of(table: str, name: str) -> str:
    """Return the description of a column; an empty text if it has none."""
    return next(filter(None, _descriptions(table, name)), "")


def meaning_of(table: str) -> str:
    """Return the meaning of a row of a view, in a sentence or more."""
    meaning: str = read_toml("columns")["rows"][table]
    return meaning


def _descriptions(table: str, name: str) -> Iterator[str | None]:
    for section in (table, _SAME_COLUMNS.get(table, table), "any"):
        yield read_toml("columns").get(section, {}).get(name)
    if table in _CLASSES:
        yield _docstrings(*_CLASSES[table]).get(name)
    for prefix, place in _PARTS.items():
        if name.startswith(prefix):
            yield _docstrings(*place).get(name.removeprefix(prefix))


@cache
def _docstrings(module: str, name: str) -> Mapping[str, str]:
    """Return the docstring below each field of a class: they are in the source alone."""
    tree = ast.parse(files("newscrawl").joinpath(module).read_text("utf-8"))
    body = next(
        node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name
    )
    return {
        field.target.id: " ".join(str(text.value.value).split())
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }


DAY = "_day"
"""The suffix of a date's column for its day: a day has no hour in UTC."""
_ISO_DAY = len("YYYY-MM-DD")

Row = Mapping[str, Any]
Type = Literal["text", "integer", "number", "boolean", "time", "day"]


@attrs.frozen
class TypedColumn:
    """One column with values of one type."""

    name: str
    type: Type
    """text, integer, number (a float), boolean, time (in UTC) or day."""
    description: str
    value_of: Callable[[Row], Any]
    """Its value in a row of the archive; None if there is none."""


def typed_columns(columns: Sequence[Column]) -> tuple[TypedColumn, ...]:
    """Return the typed columns that *columns* of a table become."""
    made = []
    for column in columns:
        name, about = column.name, column.description
        type_: Type = "time" if column.kind == "date" else column.kind
        made.append(TypedColumn(name, type_, about, partial(_VALUES[type_], name=name)))
        if column.kind == "date":
            day = partial(_day_of_date, name=name)
            made.append(TypedColumn(name + DAY, "day", about, day))
    return tuple(made)


def _time(row: Row, name: str) -> dt.datetime | None:
    value = row[name]
    return dt.datetime.fromisoformat(value) if value and len(value) > _ISO_DAY else None


def _day(row: Row, name: str) -> dt.date | None:
    value = row[name]
    return dt.date.fromisoformat(value[:_ISO_DAY]) if value else None


def _day_of_date(row: Row, name: str) -> dt.date | None:
    local = f"{name}_local"
    if local in row:
        return _day(row, local)
    # A time in UTC does not say which day its readers had.
    return _day(row, name) if row[name] and len(row[name]) == _ISO_DAY else None


def _boolean(row: Row, name: str) -> bool | None:
    return None if row[name] is None else bool(row[name])


def _text(row: Row, name: str) -> str | None:
    return None if row[name] is None else str(row[name])


def _as_it_is(row: Row, name: str) -> Any:
    return row[name]


_VALUES: Mapping[Type, Callable[..., Any]] = MappingProxyType(
    {
        "text": _text,
        "integer": _as_it_is,
        "number": _as_it_is,
        "boolean": _boolean,
        "time": _time,
        "day": _day,
    }
)

"""The archive as data frames: types, filters, what there is not, and plain installs."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from newscrawl.archive import Archive
from newscrawl.archive.export.columns import TABLES
from newscrawl.archive.export.frames import Library, search_for
from newscrawl.errors import UsageError
from tests.archive_samples import MORNING, SITE
from tests.front_server import FIRST, SECOND, fill

LIBRARIES: tuple[Library, ...] = ("pandas", "polars")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive with an edited article, two copies, and a list, opened for reading."""
    path = tmp_path_factory.mktemp("frames") / "archive.db"
    fill(path)
    with Archive.open_read_only(path) as archive:
        yield archive


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a frame of either library."""
    return frame.to_dicts() if isinstance(frame, pl.DataFrame) else frame.to_dict("records")


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_a_frame(filled: Archive, table: str, library: Library) -> None:
    frame = filled.frame(table, library=library)
    count = filled.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    assert len(frame) == count
    assert len(filled.frame(table, library=library, limit=1)) == min(count, 1)


def test_values_have_types_in_pandas(filled: Archive) -> None:
    row = filled.frame("article").iloc[0]
    assert row.headline == SECOND
    assert row.date_published == pd.Timestamp(MORNING)
    assert row.date_published_day == pd.Timestamp("2026-03-01")
    assert row.date_modified is pd.NaT  # only the day is known
    assert row.date_modified_day == pd.Timestamp("2026-03-02")
    assert row.versions == 2
    assert str(filled.frame("article").dtypes["versions"]) == "Int64"


def test_values_have_types_in_polars(filled: Archive) -> None:
    frame = filled.frame("article", library="polars")
    row = frame.row(0, named=True)
    assert row["date_published"] == MORNING
    assert row["date_modified"] is None
    assert row["date_modified_day"] == dt.date(2026, 3, 2)
    assert frame.schema["first_seen"] == pl.Datetime("us", "UTC")


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"agency": "afp", "site": SITE}, [1, 2, 3]),
        ({"agency": "ا.ف.ب", "site": "qamar.example"}, [4]),
        ({"author": "ليلي الشاطى"}, [1, 2, 3, 4]),
        ({"query": "رست", "language": "ar"}, [4]),
        ({"after": "2026-03"}, [1, 2, 3, 4]),
        ({"after": dt.date(2026, 3, 2)}, []),
        ({"before": dt.date(2026, 3, 2), "section": "اقتصاد"}, [1, 2, 3, 4]),
        ({"author": '"; DROP'}, []),
    ],
)
def test_articles_are_filtered(
    filled: Archive, filters: Any, ids: list[int], library: Library
) -> None:
    frame = filled.frame("article", library=library, **filters)
    assert [row["id"] for row in rows_of(frame)] == ids


@pytest.mark.parametrize("library", LIBRARIES)
def test_rows_of_articles_are_filtered_by_them(filled: Archive, library: Library) -> None:
    versions = filled.frame("version", library=library, query="سفينة الربان", site=SITE)
    headlines = [row["headline"] for row in rows_of(versions) if row["article_id"] == 1]
    assert headlines == [FIRST, SECOND]
    looked = filled.frame("observation", library=library, site=SITE)
    assert {row["outcome"] for row in rows_of(looked)} >= {"stored", "source"}


@pytest.mark.parametrize("library", LIBRARIES)
def test_an_empty_frame_keeps_its_columns(filled: Archive, library: Library) -> None:
    whole = filled.frame(library=library)
    empty = filled.frame(library=library, query="nothinglikeit")
    assert len(empty) == 0
    assert list(empty.columns) == list(whole.columns)
    assert list(map(str, empty.dtypes)) == list(map(str, whole.dtypes))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"table": "articles"}, "no table articles; there are article, article_all, version"),
        ({"library": "arrow"}, "there are frames of pandas and polars"),
        ({"agncy": "afp"}, "there is no filter agncy; there are query, site, agency"),
        ({"after": "yesterday"}, "after='yesterday': write a day as 2026-01-31"),
        ({"table": "promotion", "agency": "afp"}, "only limit= goes with it"),
        ({"table": "run", "agency": "afp"}, "only site= and limit= go with it"),
    ],
)
def test_what_there_is_not_is_reported(filled: Archive, asked: Any, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        filled.frame(**asked)
    assert told in str(raised.value)


def test_a_filter_is_a_search() -> None:
    assert search_for({"query": "ship", "agency": "afp"}) == 'ship agency:"afp"'


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_plain_install_names_the_extra(tmp_path: Path, library: str) -> None:
    Archive(tmp_path / "a.db").close()
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "from newscrawl import Archive, NewscrawlError\n"
        "try:\n"
        f"    Archive.open_read_only({str(tmp_path / 'a.db')!r}).frame(library={library!r})\n"
        "except NewscrawlError as error:\n"
        "    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip().endswith(f"pip install 'newscrawl[{library}]'")

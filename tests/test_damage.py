"""Two hundred damaged archives: each damage is reported, and no value is read as another."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from newscrawl import Archive
from newscrawl.article import Article
from newscrawl.errors import ArchiveError, WarcError
from newscrawl.evidence import evidence_problems
from newscrawl.formats.magic_bytes import GZIP
from newscrawl.warc import read_pages
from tests.archive_samples import SITE
from tests.crawling import rows
from tests.evidence_driver import keep

PAGES = 16
SECTOR = 512


@attrs.frozen
class Kept:
    """An archive with evidence, and what is in it."""

    folder: Path
    articles: tuple[Article | None, ...]
    dump: tuple[str, ...]
    records: tuple[tuple[int, int, str], ...]
    """Begin, end and address of each answer."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """An archive of PAGES pages."""
    folder = tmp_path_factory.mktemp("kept")
    path = folder / "archive.db"
    assert len(list(keep(path, 0, PAGES, 2_000))) == PAGES
    with Archive(path) as archive:
        archive.vacuum()
    query = "SELECT evidence_offset AS at, evidence_length AS n, url FROM observation"
    places = [(row["at"], row["at"] + row["n"], row["url"]) for row in rows(path, query)]
    return Kept(folder, articles_in(path), dump_of(path), tuple(places))


@pytest.fixture
def copy(kept: Kept, tmp_path: Path) -> Path:
    """A copy of that archive, to be damaged."""
    shutil.copytree(kept.folder, tmp_path / "copy")
    return tmp_path / "copy" / "archive.db"


def warc_of(archive: Path) -> Path:
    return archive.parent / "warc" / SITE / f"{SITE}-00001.warc.gz"


def articles_in(path: Path) -> tuple[Article | None, ...]:
    with Archive.open_read_only(path) as archive:
        return tuple(archive.get(f"https://{SITE}/{number}") for number in range(PAGES))


def dump_of(path: Path) -> tuple[str, ...]:
    """Return every row of every table, as text."""
    connection = sqlite3.connect(path)
    try:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
        return (
            *map(repr, connection.execute("SELECT * FROM sqlite_master")),
            *(line for name in names for line in rows_of(connection, name)),
        )
    finally:
        connection.close()


def are_values_as_before(path: Path, kept: Kept) -> bool:
    try:
        return values_in(dump_of(path)) == values_in(kept.dump)
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return False


def values_in(dump: tuple[str, ...]) -> list[str]:
    """Return the rows of *dump* without those about the tables themselves."""
    return [row for row in dump if not row.startswith(("(", "sqlite_", "_sqlite_"))]


def rows_of(connection: sqlite3.Connection, name: str) -> Iterator[str]:
    kind = connection.execute(
        "SELECT type FROM sqlite_master WHERE name = ?", [name]
    ).fetchone()
    if kind == ("table",):
        found = connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608
        yield from (f"{name}: {row!r}" for row in found)


def told(path: Path) -> list[str]:
    """Return what `newscrawl check` says of an archive."""
    try:
        with Archive.open_read_only(path) as archive:
            return [*archive.check(looks_at_evidence=False), *evidence_problems(archive)]
    except ArchiveError as error:
        return [str(error)]


def readable(path: Path) -> list[Article | None]:
    """Return each article of an archive; an error where it is not readable any more."""
    found: list[Article | None] = []
    for number in range(PAGES):
        try:
            with Archive.open_read_only(path) as archive:
                found.append(archive.get(f"https://{SITE}/{number}"))
        except (ArchiveError, ValueError):
            found.append(None)
    return found


@pytest.mark.parametrize("seed", range(60))
def test_flipped_byte_of_evidence_is_reported(kept: Kept, copy: Path, seed: int) -> None:
    chance, path = random.Random(seed), warc_of(copy)  # noqa: S311
    content = bytearray(path.read_bytes())
    at = chance.randrange(len(content))
    content[at] ^= chance.randrange(1, 256)
    path.write_bytes(content)
    problems = told(copy)
    assert problems
    hit = [url for start, end, url in kept.records if start <= at < end]
    # Bytes 4 to 9 of a gzip member are its time and system, which the record does not need.
    is_of_record = all(not start + 4 <= at < start + 10 for start, _, _ in kept.records)
    named = [any(f" {url} at " in line for line in problems) for url in hit]
    assert all(named) or not is_of_record
    pages = {page.url for page in read_pages(path, on_damage=lambda _: None)}
    assert {url for start, end, url in kept.records if url not in hit} <= pages


@pytest.mark.parametrize("seed", range(40))
def test_torn_evidence_is_reported_and_the_rest_is_read(
    kept: Kept, copy: Path, seed: int
) -> None:
    chance, path = random.Random(seed), warc_of(copy)  # noqa: S311
    content = path.read_bytes()
    cut = chance.randrange(1, len(content))
    cut += content.startswith(GZIP, cut)  # between two records nothing would be torn
    path.write_bytes(content[:cut])
    problems = told(copy)
    assert problems
    found: list[str] = []
    with pytest.raises(WarcError, match="damaged at byte"):
        found.extend(page.url for page in read_pages(path))
    assert set(found) == {url for _, end, url in kept.records if end <= cut}
    for _, end, url in kept.records:
        assert any(f" {url} at " in line for line in problems) == (end > cut)


@pytest.mark.parametrize("seed", range(40))
def test_torn_archive_is_reported_and_the_rest_is_read(
    kept: Kept, copy: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    with copy.open("r+b") as file:
        file.truncate(chance.randrange(1, copy.stat().st_size))
    assert told(copy)
    found = readable(copy)
    pairs = zip(found, kept.articles, strict=True)
    assert all(article in (None, true) for article, true in pairs)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_sector_of_the_archive_is_reported(kept: Kept, copy: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    with copy.open("r+b") as file:
        file.seek(chance.randrange(copy.stat().st_size // SECTOR) * SECTOR)
        file.write(chance.randbytes(SECTOR) if seed % 2 else bytes(SECTOR))
    # Where nothing is stored, nothing is damaged.
    assert told(copy) or dump_of(copy) == kept.dump
    pairs = zip(readable(copy), kept.articles, strict=True)
    assert told(copy) or all(article == true for article, true in pairs)


@pytest.mark.parametrize("seed", range(60))
def test_flipped_bit_of_a_value_is_reported(kept: Kept, copy: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    content = bytearray(copy.read_bytes())
    while are_values_as_before(copy, kept):  # a bit of unused space says nothing
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        copy.write_bytes(content)
    assert told(copy)


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        (
            "UPDATE sites SET publisher = 'غيره' WHERE id = 1",
            "row 1 of sites is not what was saved: it does not match its digest",
        ),
        (
            "INSERT INTO keywords (id, name) VALUES (77, 'كلمة جديدة')",
            "row 77 of keywords was written by another program: it has no digest",
        ),
    ],
)
def test_row_that_another_program_wrote_is_reported(
    copy: Path, statement: str, line: str
) -> None:
    connection = sqlite3.connect(copy)
    with connection:
        connection.execute(statement)
    connection.close()
    assert told(copy) == [line]
    with Archive(copy):  # nor does opening it make that right
        pass
    assert told(copy) == [line]

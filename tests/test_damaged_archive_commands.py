"""Commands over damaged archives end in one line, and none of them calls damage sound."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.errors import ArchiveError
from tests.archive_samples import article_at
from tests.command_line import refusal, run
from tests.crawling import crawl, rows
from tests.front_server import fill
from tests.odd_server import article, odd_server

NOISE = bytes(number * number % 251 for number in range(8_192))
COMMANDS = (
    *(("check",), ("stats",), ("disk",), ("runs",), ("reextract",), ("versions", "1")),
    *(("drift", "shams.example"), ("search", "سفينة"), ("show", "1"), ("copies",)),
    *(("health",), ("export", "--format", "csv"), ("evidence", "1")),
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of an archive, without free pages."""
    path = tmp_path_factory.mktemp("sound") / "archive.db"
    with Archive(path) as archive:
        archive.start_run("site", "shams.example", {})
        for number in range(12):
            text = f"وصلت السفينة رقم {number} إلى الميناء فجر الأحد."
            url = f"https://shams.example/{number}"
            archive.add(article_at(url, article_body=text, canonical_url=None))
        archive.vacuum()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    return path.read_bytes()


def halved(content: bytes) -> bytes:
    return content[: len(content) // 2]


def with_noise(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + NOISE + content[middle + 8_192 :]


def with_zeros(content: bytes) -> bytes:
    return content[:4_096] + bytes(3 * 4_096) + content[4 * 4_096 :]


def with_broken_json(content: bytes) -> bytes:
    return content.replace(b'{"', b"{!").replace(b'["', b"[!")


@pytest.mark.parametrize("damage", [halved, with_noise, with_zeros, with_broken_json])
def test_command_over_a_damaged_archive_is_one_line(
    tmp_path: Path, sound: bytes, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "archive.db"
    for command in COMMANDS:
        path.write_bytes(damage(sound))
        done = run(*command, "--archive", path)
        assert "Traceback" not in done.stderr, (command, done.stderr)
        assert done.returncode in {0, 1}, (command, done.stderr)
    path.write_bytes(damage(sound))
    with odd_server() as server:
        server.answers["/1"] = article("The ferry sails again")
        crawled = crawl(path, "articles", "-a", f"urls={server.url}/1")
    assert "Traceback" not in crawled.stderr


@pytest.mark.parametrize("damage", [halved, with_noise, with_zeros])
def test_no_backup_is_made_of_a_damaged_archive(
    tmp_path: Path, sound: bytes, damage: Callable[[bytes], bytes]
) -> None:
    path, copy = tmp_path / "archive.db", tmp_path / "copy.db"
    path.write_bytes(damage(sound))
    done = run("backup", copy, "--archive", path)
    assert done.returncode == 1, done.stdout
    assert done.stderr.count("\n") == 1
    assert not copy.exists()
    path.write_bytes(sound)
    assert run("backup", copy, "--archive", path).returncode == 0
    assert run("check", "--archive", copy).returncode == 0


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DROP TABLE promotions", "table promotions is missing"),
        ("ALTER TABLE frontier_urls RENAME TO lost", "table frontier_urls is missing"),
        ("ALTER TABLE runs DROP COLUMN counts", "table runs has no column counts"),
        ("UPDATE observations SET outcome = 'stared'", "there is no outcome stared"),
        ("UPDATE observations SET fetched_at = '2026-03-01 x'", "is no time"),
        ("UPDATE versions SET date_published = 'soon'", "is no time"),
        ("UPDATE runs SET settings = '{!'", "settings cannot be read"),
        ("UPDATE bodies SET blocks = '[!'", "blocks cannot be read"),
        ("DROP VIEW article", "view article is not"),
        ("UPDATE article_search_data SET block = x'00' WHERE id > 100", "search index"),
        ("DELETE FROM article_search_data WHERE id > 100", "search index"),
    ],
)
def test_missing_parts_and_a_wrong_index_are_found(
    tmp_path: Path, sound: bytes, statement: str, said: str
) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(sound)
    connection = sqlite3.connect(path)
    for (view,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'"):
        if statement.startswith("ALTER"):
            connection.execute(f"DROP VIEW {view}")
    connection.execute(statement)
    connection.commit()
    connection.close()
    done = run("check", "--archive", path)
    assert done.returncode == 1
    assert said in done.stdout, done.stdout


def test_json_in_thousands_of_brackets_is_damage(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(sound)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE bodies SET blocks = ?", ("[" * 3_000 + "]" * 3_000,))
    connection.commit()
    connection.close()
    said = refusal(run("show", "1", "--archive", path))
    assert "blocks cannot be read" in said or "does not match its digest" in said
    assert run("withdraw", "2", "--yes", "--reason", "x", "--archive", path).returncode == 1


def test_values_of_other_types_are_damage(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(sound)
    connection = sqlite3.connect(path)
    for column in ("versions SET headline", "runs SET started_at", "link_lists SET heading"):
        connection.execute(f"UPDATE {column} = x'00ff'")
    connection.commit()
    connection.close()
    assert "version 1 is not what was saved" in run("check", "--archive", path).stdout
    for command in (("runs",), ("show", "1"), ("search", "سفينة"), ("versions", "1")):
        done = run(*command, "--archive", path)
        assert "Traceback" not in done.stderr, (command, done.stderr)
        assert done.returncode == 0 or "is damaged: " in refusal(done), command


def test_archive_with_a_word_of_a_megabyte_is_sound(tmp_path: Path) -> None:
    fill(tmp_path / "archive.db")
    done = run("check", "--archive", tmp_path / "archive.db")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("is_replaced", [False, True])
def test_archive_that_is_moved_while_it_is_written_is_reported(
    tmp_path: Path, sound: bytes, is_replaced: bool
) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        archive.add(article_at("https://shams.example/1", canonical_url=None))
        path.rename(tmp_path / "moved.db")
        if is_replaced:
            path.write_bytes(sound)
        with pytest.raises(ArchiveError, match="was moved, replaced or deleted"):
            archive.add(article_at("https://shams.example/2", canonical_url=None))
    # The moved file has all of it, and no log is left that would be copied over the other.
    with Archive(tmp_path / "moved.db") as archive:
        assert archive.id_of("https://shams.example/1") is not None
    with Archive(path) as archive:
        assert archive.stats().articles == (12 if is_replaced else 0)
        assert archive.check() == ()


def test_crawl_whose_archive_is_moved_is_not_complete(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with odd_server() as server:
        for number in range(3):
            server.answers[f"/{number}"] = article(f"The ferry sails again {number}")

        def move(asked: object, handler: object) -> None:
            if path.exists():
                path.rename(tmp_path / "moved.db")

        server.answers["/0"] = move
        urls = ",".join(f"{server.url}/{number}" for number in range(3))
        done = crawl(path, "articles", "-a", f"urls={urls}")
    assert done.returncode in {1, 3}
    assert "Traceback" not in done.stderr
    assert "was moved" in done.stderr
    assert rows(tmp_path / "moved.db", "PRAGMA quick_check") == [{"quick_check": "ok"}]

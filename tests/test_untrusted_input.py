"""Texts, files and answers of strangers do not reach terminals, spreadsheets or other hosts."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import io
import logging
import os
import socket
import sqlite3
import stat
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from scrapy.settings import BaseSettings

from newscrawl import Archive
from newscrawl.archive.schema.own_views import changed_views, is_view_of_index_own, own_views
from newscrawl.crawl.reporting.log import JsonLines, TextLines
from newscrawl.crawl.shared.setup import use_shared_frontier
from newscrawl.errors import ArchiveError, UsageError
from newscrawl.importing.input_files import fetch
from newscrawl.jobs import Job, add_job
from newscrawl.jobs.watchlist import WatchlistFile
from newscrawl.proposal import SiteFacts, module_text
from newscrawl.text.urls import without_passwords
from newscrawl.web.queries.questions import Answer
from tests.archive_samples import article_at
from tests.command_line import refusal, run
from tests.importing import imported_archive, story
from tests.odd_server import Answer as Reply
from tests.odd_server import odd_server

ENDLESS = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS {} FROM n"
)


@pytest.mark.parametrize("text", ["\x1b[31mred\x1b]0;title\x07", "\x9b31m", "a\u202eb", "\r"])
def test_log_line_has_no_control_characters(text: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "header %s", (text,), None)
    line = TextLines("%(levelname)s %(message)s").format(record)
    assert line.isprintable(), line
    assert line.startswith("INFO header ")


def test_text_of_a_page_forges_no_line_of_the_log() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "a\n12:00:00 ERROR b", (), None)
    lines = TextLines("%(message)s").format(record).split("\n")
    assert lines == ["a", "    12:00:00 ERROR b"]


@pytest.mark.parametrize("form", [TextLines("%(message)s"), JsonLines()])
def test_traceback_in_the_log_has_no_control_characters(form: logging.Formatter) -> None:
    try:
        raise ValueError(
            "\x9b31m\x1b]0;a\u202e\n12:00:00 ERROR b https://me:low-water@a.example/"
        )
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "\x9bm", (), sys.exc_info())
    lines = form.format(record).split("\n")
    assert all(line.isprintable() for line in lines), lines
    assert not [line for line in lines if line.startswith("12:00") or "low-water" in line]


def test_header_cells_of_csv_are_no_formulas() -> None:
    found = Answer(("=cmd|' /C calc'!A0", "@x"), ((1, 2),)).as_csv()
    (head, _row) = csv.reader(io.StringIO(found.removeprefix("\ufeff")))
    assert head == ["'=cmd|' /C calc'!A0", "'@x"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("redis://:secret@host:6379/0", "redis://host:6379/0"),
        (
            "cannot read https://me:s3c@ret@a.example/x: 404",
            "cannot read https://a.example/x: 404",
        ),
        ("s3://key:secret@bucket/a and ftp://u@b/", "s3://bucket/a and ftp://b/"),
        ("https://a.example/@me?mail=a@b", "https://a.example/@me?mail=a@b"),
        ("mail to a@b.example", "mail to a@b.example"),
        (
            "https://a.example/?next=https://me:s3c@b.example/",
            "https://a.example/?next=https://b.example/",
        ),
        ("?next=https%3A%2F%2Fme%3As%40c%40b.example%2Fx", "?next=https%3A%2F%2Fb.example%2Fx"),
        ("?u=https%3A%2F%2Fb.example&mail=x%40y", "?u=https%3A%2F%2Fb.example&mail=x%40y"),
    ],
)
def test_passwords_are_cut_from_addresses(text: str, clean: str) -> None:
    assert without_passwords(text) == clean


def test_archive_holds_no_password(archive: Archive) -> None:
    address = "https://me:low-water@a.example/x"
    archive.start_run("site", "a.example", {"url": address, "list": [address]})
    assert "low-water" not in "\n".join(archive.db.conn.iterdump())


def test_messages_hold_no_password(tmp_path: Path) -> None:
    done = run("extract", "https://me:low-water@127.0.0.1:9/x")
    assert done.returncode != 0
    assert "low-water" not in done.stderr + done.stdout
    with pytest.raises(UsageError) as refused:
        use_shared_frontier(BaseSettings({"NEWSCRAWL_FRONTIER": "http://me:low-water@a/"}))
    assert "low-water" not in str(refused.value)


def test_others_read_neither_archive_nor_jobs_nor_units(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db") as archive:
        archive.start_run("site", None, {})
        archive.backup(tmp_path / "copy.db")
    add_job(tmp_path / "jobs.toml", Job(name="shams.example", every=3600, url="https://x.y/"))
    WatchlistFile(tmp_path / "a.db").set_targets({"webhook": "https://x.y/secret"})
    made = ("schedule", "https://shams.example/", "--every", "1h", "--systemd", tmp_path / "u")
    assert run(*made, "--jobs-file", tmp_path / "jobs.toml").returncode == 0
    files = [one for one in tmp_path.rglob("*") if one.is_file() and one.suffix != ".lock"]
    assert {one.suffix for one in files} >= {".db", ".toml", ".json", ".service"}
    assert {path.name: path.stat().st_mode & stat.S_IRWXO for path in files} == {
        path.name: 0 for path in files
    }


def test_jobs_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "jobs.toml"
    path.write_text("")
    path.chmod(0o600)
    add_job(path, Job(name="shams.example", every=3600, url="https://x.y/"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@contextmanager
def redirecting(to_host: str) -> Iterator[str]:
    """A file that redirects to an inner server; yield its address."""
    with odd_server() as server, odd_server("127.0.0.2") as inside:
        inside.answers["/secret.warc"] = Reply(b"WARC/1.0 secret")
        target = f"http://{to_host}:{inside.server_port}/secret.warc"
        server.answers["/a.warc"] = Reply(b"", status=302, headers=(("Location", target),))
        yield f"{server.url}/a.warc"


@pytest.mark.parametrize("host", ["127.0.0.2", "0x7f.2", "localhost.localdomain", "[::1]"])
def test_remote_file_redirects_to_no_private_address(tmp_path: Path, host: str) -> None:
    with redirecting(host) as address, pytest.raises(OSError, match=address[:20]):
        fetch(address, tmp_path)
    assert "secret" not in "".join(path.read_text() for path in tmp_path.rglob("*.warc"))


def test_name_of_a_remote_file_does_not_become_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [["127.0.0.1", "81.0.0.1"], ["127.0.0.1"]]

    def resolved(_host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (address, port)) for address in answers.pop(0)]

    with odd_server() as server:
        server.answers["/a.warc"] = Reply(b"WARC/1.0 secret")
        monkeypatch.setattr(socket, "getaddrinfo", resolved)
        while answers:
            with pytest.raises(OSError, match="no public address"):
                fetch(f"http://flip.example:{server.server_port}/a.warc", tmp_path)
        assert server.asked == []


def test_remote_file_redirects_to_a_host_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSCRAWL_PRIVATE_HOSTS", "127.0.0.2")
    with redirecting("127.0.0.2") as address:
        assert fetch(address, tmp_path).read_text() == "WARC/1.0 secret"


def test_generated_module_has_no_hidden_characters() -> None:
    hidden = '\u202e\u2066\u200b\ud800\x85\u2028\ufeff"'
    look = SiteFacts(
        title=f"Shams{hidden}\\N",
        home="https://shams.example/",
        languages=("ar",),
        feeds=(f"https://shams.example/{hidden}",),
        sitemaps=(),
        sections=(),
        is_zone_stated=True,
    )
    text = module_text(look, "shams", (), None, dt.date(2026, 1, 2))
    assert all(char.isprintable() or char == "\n" for char in text), ascii(text)
    strings = [one.value for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Constant)]
    assert f"Shams{hidden}\\N" in strings


def spoil(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("name", ["article", "run", "observation", "searchable", "coverage"])
def test_endless_view_of_a_strangers_archive_hangs_no_command(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "a.db"
    with Archive(path) as archive:
        archive.add(article_at())
    spoil(path, f"DROP VIEW {name}", f"CREATE VIEW {name} AS {ENDLESS.format('id')}")
    commands = (("export", "--format", "csv"), ("runs",), ("stats",), ("show", "1"))
    for command in commands:
        done = run(*command, "--archive", path)
        assert done.returncode == 0, (command, done.stderr)
    with Archive(tmp_path / "b.db") as archive:
        archive.merge(path)
        assert archive.counts()["articles"] == 1
        assert changed_views(archive.db) == ()


def test_endless_view_behind_the_search_index_hangs_no_search(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Archive(path) as archive:
        archive.add(article_at(headline="The river rises"))
    columns = ("id", "headline", "alternative_headline", "description", "article_body")
    named = ", ".join(f"x AS {name}" for name in (*columns, "keywords"))
    view = f"AS SELECT {named} FROM ({ENDLESS.format('x')})"  # noqa: S608
    spoil(path, "DROP VIEW searchable", f"CREATE VIEW searchable {view}")
    assert "The river rises" in run("search", "river", "-d", path).stdout
    with Archive(path) as archive:
        assert is_view_of_index_own(archive.db)
    of_another = """UPDATE sqlite_master SET sql = replace(sql, "content='searchable'",
        'c=mine') WHERE name = 'article_search'"""
    spoil(path, f"CREATE VIEW mine {view}", "PRAGMA writable_schema = ON", of_another)
    for command in ("search", "river"), ("reindex",):
        assert "rows that a module computes" in refusal(run(*command, "-d", path))


def test_view_in_the_place_of_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Archive(path).close()
    endless = ENDLESS.format("version_id")
    spoil(path, "DROP TABLE sketch_numbers", f"CREATE VIEW sketch_numbers AS {endless}")
    for open_archive in (Archive, Archive.open_read_only):
        with pytest.raises(ArchiveError, match="sketch_numbers is a view"):
            open_archive(path)


def test_view_of_the_owner_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Archive(path).close()
    spoil(path, "CREATE VIEW mine AS SELECT 1 AS x")
    with Archive.open_read_only(path) as archive:
        assert archive.db.execute("SELECT x FROM mine").fetchone() == (1,)
    assert "article" in own_views()


SLOW = f"'{'a' * 60}' LIKE '{'%a' * 25}%b'"
"""An expression that takes longer than anyone waits."""
FOREIGN_CODE = {
    "computed column": ("bodies", "blocks TEXT", f"blocks TEXT, x AS ({SLOW})"),
    "condition": ("runs", "spider TEXT NOT NULL", f"spider TEXT NOT NULL cHeck (NOT {SLOW})"),
    "computed default": ("observations", "reason TEXT", f"reason TEXT DEFAULT ({SLOW})"),
    "of an expression": ("versions_by_headline", "substr(headline, 1, 40)", SLOW),
    "index observations_by_run of": ("observations_by_run", "(run_id)", f"(id) WHERE {SLOW}"),
}


@pytest.mark.parametrize("kind", FOREIGN_CODE)
def test_code_in_the_tables_of_a_strangers_archive_is_refused(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "a.db"
    Archive(path).close()
    name, was, now = FOREIGN_CODE[kind]
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = ON")
    change = "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = ?"
    connection.execute(change, (was, now, name))
    connection.commit()
    connection.close()
    for open_archive in (Archive, Archive.open_read_only):
        with pytest.raises(ArchiveError, match=kind):
            open_archive(path)


def test_rows_that_a_module_computes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Archive(path).close()
    table = "CREATE VIRTUAL TABLE openings USING fts5(token, opened_at, run_id)"
    spoil(path, "DROP TABLE openings", table)
    for open_archive in (Archive, Archive.open_read_only):
        with pytest.raises(ArchiveError, match="openings has rows that a module computes"):
            open_archive(path)


@pytest.mark.parametrize("table", ["openings", "articles", "mine"])
def test_triggers_of_a_strangers_archive_are_not_run(tmp_path: Path, table: str) -> None:
    path = tmp_path / "a.db"
    with Archive(path) as archive:
        archive.add(article_at())
    begin, endless = f"CREATE TRIGGER odd AFTER INSERT ON {table} BEGIN", ENDLESS.format("id")
    spoil(path, "CREATE TABLE mine (x)", f"{begin} {endless}; END")
    said = refusal(run("withdraw", "1", "--yes", "--reason", "x", "--archive", path))
    assert "has the trigger odd" in said
    assert run("stats", "--archive", path).returncode == 0  # what is only read runs none
    with Archive(tmp_path / "b.db") as archive:
        archive.merge(path)
        assert archive.counts()["articles"] == 1


@pytest.mark.parametrize("token", ["../../uv", "a\x00b", "x" * 999, "ab", b"ab"])
def test_opening_of_a_strangers_archive_names_no_file(
    tmp_path: Path, token: str | bytes
) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_text("mine")
    path = tmp_path / "data" / "a.db"
    path.parent.mkdir()
    Archive(path).close()
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO openings (token, opened_at) VALUES (?, '')", (token,))
    connection.commit()
    connection.close()
    (path.parent / ".a.db.open").mkdir()
    with Archive(path) as archive:
        assert archive.db.execute("SELECT count(*) FROM openings").fetchone() == (0,)
    assert lock.read_text() == "mine"


@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "/dev/tty", ".", "a\x00b"])
def test_evidence_that_is_no_file_is_waited_for_by_no_command(
    tmp_path: Path, name: str
) -> None:
    path = imported_archive(tmp_path, [story(1)])
    os.mkfifo(tmp_path / "pipe")
    connection = sqlite3.connect(path)
    connection.create_function("row_digest", -1, lambda *_: 0)
    connection.execute("UPDATE evidence_files SET path = ?", (name,))
    connection.commit()
    connection.close()
    commands = (
        *(("evidence", "1"), ("export", "--wacz", tmp_path / "o.wacz"), ("check",)),
        ("withdraw", "1", "--yes", "--reason", "x"),
    )
    for command in commands:
        done = run(*command, "--archive", path)
        assert "Traceback" not in done.stderr, (command, done.stderr)
        assert done.returncode in {1, 3}, (command, done.stderr)


def test_dependencies_exclude_versions_with_known_advisories() -> None:
    """Floors of the packages that read what strangers write, from their advisories."""
    text = Path(__file__).parent.parent.joinpath("pyproject.toml").read_text("utf-8")
    project = tomllib.loads(text)["project"]
    extras = project["optional-dependencies"].values()
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    bad = {
        "scrapy": "2.13.3",  # CVE-2025-6176
        "filelock": "3.20.2",  # CVE-2025-68146, CVE-2026-22701
        "aiohttp": "3.14.2",  # CVE-2026-59881, CVE-2026-69243, CVE-2026-69244
        "brotli": "1.1.0",  # CVE-2025-6176
        "click": "8.3.2",  # CVE-2026-7246
        "cryptography": "49.0.0",  # CVE-2026-26007, CVE-2026-69247 to 69249
        "datasette": "0.65.1",  # CVE-2025-64481
        "distributed": "2025.12.0",  # CVE-2026-23528
        "h11": "0.14.0",  # CVE-2025-43859
        "jinja2": "3.1.5",  # CVE-2025-27516
        "lxml": "6.0.2",  # CVE-2026-41066
        "playwright": "1.55.0",  # CVE-2025-59288
        "pyarrow": "23.0.0",  # CVE-2023-47248, CVE-2026-25087
        "python-multipart": "0.0.30",  # CVE-2026-24486, CVE-2026-40347, CVE-2026-42561
        "redis": "4.5.4",  # CVE-2023-28858
        "twisted": "25.5.0",  # CVE-2026-42304
    }
    named = set()
    for requirement in map(Requirement, lines):
        known = bad.get(requirement.name.lower())
        if known is not None:
            named.add(requirement.name.lower())
            assert Version(known) not in requirement.specifier, str(requirement)
    assert named == set(bad)

"""The commands: what they print, and how they end on bad input."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest

import newscrawl
from newscrawl.archive import Archive
from newscrawl.cli.commands import SUMMARIES, commands
from newscrawl.cli.console import one_line
from newscrawl.sample_site import Newsroom, articles
from newscrawl.sample_site.responses import png
from newscrawl.text.urls import readable_url
from tests.archive_samples import URL, article_at, observation_at
from tests.command_line import PROGRAM, refusal, run, run_on_terminal
from tools.cli_reference import all_commands, reference

ROOT = Path(__file__).parent.parent

PAGE = """<!DOCTYPE html><html lang="ar"><head><meta charset="utf-8">
<title>الجسر القديم يفتح للمشاة</title></head><body><article>
<h1>الجسر القديم يفتح للمشاة</h1>
<p>فتح الجسر القديم أمام المشاة صباح اليوم بعد ترميم دام عامين، وعبره المئات.</p>
<p>وقالت المهندسة المشرفة إن حجارة الجسر رُقّمت واحدة واحدة قبل أن تعاد إلى مواضعها.</p>
<p>وسيبقى الجسر مغلقًا أمام السيارات، وتضاء مصابيحه من الغروب حتى منتصف الليل.</p>
</article></body></html>"""
DUMP = """الجسر القديم يفتح للمشاة

فتح الجسر القديم أمام المشاة صباح اليوم بعد ترميم دام عامين، وعبره المئات في ساعته الأولى.

وقالت المهندسة المشرفة إن حجارة الجسر رُقّمت واحدة واحدة قبل أن تعاد إلى مواضعها.
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """An archive of one article and one missing page."""
    path = tmp_path / "kept.db"
    with Archive(path) as archive:
        run_id = archive.start_run("site", "shams.example", {})
        seen = observation_at(url=URL)
        archive.save(article_at(), seen, site="shams.example", key="1", run=run_id)
        gone = observation_at(
            url=f"{URL}-gone", outcome="http_error", reason="HTTP 404", status=404
        )
        archive.record_visit(gone, site="shams.example", run=run_id)
        archive.finish_run(run_id, "finished", 0, {"stored": 1})
    return path


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A saved page."""
    path = tmp_path / "page.html"
    path.write_text(PAGE, "utf-8")
    return path


def test_the_version_is_the_packages() -> None:
    assert run("--version").stdout == f"newscrawl, version {newscrawl.__version__}\n"


def test_package_runs_as_the_command() -> None:
    command = [sys.executable, "-m", "newscrawl", "runs", "-d", "none.db"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert refusal(done).endswith("none.db")


@pytest.mark.parametrize(("names", "command"), list(all_commands()))
def test_every_command_has_help(names: tuple[str, ...], command: click.Command) -> None:
    assert command.help, names
    for option in command.params:
        if isinstance(option, click.Option) and option.name not in {"limit", "sort", "help"}:
            assert option.help or option.name == "version", f"{names} --{option.name}"


def test_list_of_commands_shows_the_first_sentence_of_each() -> None:
    context = click.Context(commands)
    for name in commands.list_commands(context):
        command = commands.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str(limit=200) == SUMMARIES[name].sentence


@pytest.mark.parametrize(
    ("arguments", "unused"),
    [
        (["--help"], {"newscrawl.archive", "newscrawl.extraction", "sqlite_utils", "scrapy"}),
        (["extract", "{page}"], {"newscrawl.archive", "warcio", "scrapy", "pandas"}),
        (["show", "1"], {"newscrawl.extraction", "scrapy", "pandas", "numpy", "datasette"}),
        (
            ["search", "ميناء"],
            {"newscrawl.extraction", "scrapy", "pandas", "numpy", "datasette"},
        ),
    ],
)
def test_command_imports_only_what_it_needs(
    arguments: list[str], unused: set[str], page: Path, tmp_path: Path
) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        archive.add(article_at(), fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    code = (
        "import sys\n"
        "from newscrawl.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(*sorted({unused!r} & set(sys.modules)), file=sys.stderr)"
    )
    given = [argument.format(page=page) for argument in arguments]
    done = subprocess.run(
        [sys.executable, "-c", code, *given],
        env=os.environ | {"NEWSCRAWL_ARCHIVE": str(tmp_path / "archive.db")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == "\n"
    assert done.stdout


def test_the_reference_page_is_what_the_commands_say() -> None:
    written = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert written == reference(), "python -m tools.cli_reference > docs/cli.md"


def test_extract_prints_the_parts_of_a_page(page: Path) -> None:
    done = run("extract", page)
    assert done.returncode == 0
    assert "الجسر القديم يفتح للمشاة" in done.stdout
    assert "رُقّمت واحدة واحدة" in done.stdout


def test_extract_prints_the_fields_of_the_plan_as_json(page: Path) -> None:
    fields = json.loads(
        run("extract", page, "--json", "--url", "https://jisr.example/1").stdout
    )
    assert fields["url"] == "https://jisr.example/1"
    assert fields["headline"] == "الجسر القديم يفتح للمشاة"
    assert len(fields["article_body"].split("\n")) == 3


def test_extract_reads_a_gzipped_page_alike(page: Path, tmp_path: Path) -> None:
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(page.read_bytes()))
    url = "https://jisr.example/1"
    plain = run("extract", page, "--json", "--url", url)
    assert plain.returncode == 0
    assert run("extract", packed, "--json", "--url", url).stdout == plain.stdout


def test_extract_reads_a_text_dump(tmp_path: Path) -> None:
    dump = tmp_path / "dump.txt"
    dump.write_text(DUMP, "utf-8")
    fields = json.loads(run("extract", dump, "--json").stdout)
    assert fields["headline"] == "الجسر القديم يفتح للمشاة"
    assert "حجارة الجسر" in fields["article_body"]


def test_extract_explains_which_rule_found_what(page: Path) -> None:
    out = run("extract", page, "--explain").stdout
    line = next(line for line in out.splitlines() if line.startswith("headline"))
    assert "الجسر القديم" in line
    assert "date_published" in out
    assert "not found" in out


def test_extract_prints_schema_org(page: Path) -> None:
    fields = json.loads(run("extract", page, "--schema-org").stdout)
    assert fields["@type"] == "NewsArticle"
    assert fields["headline"] == "الجسر القديم يفتح للمشاة"
    assert "datePublished" not in fields


def test_extract_prints_markdown(page: Path) -> None:
    lines = run("extract", page, "--markdown").stdout.split("\n")
    assert lines[0] == "# الجسر القديم يفتح للمشاة"
    assert lines[2].startswith("فتح الجسر القديم")


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("photo.html", png("olives"), "a PNG image"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
        ("paper.pdf", b"%PDF-1.7\n", "a PDF document"),
        ("empty.html", b"", "empty"),
        ("blank.txt", b" \n\n", "empty"),
        ("noise.bin", bytes(range(256)) * 4, "not text"),
        ("cut.html.gz", gzip.compress(PAGE.encode())[:-12], "cut short"),
        ("bad.html.gz", b"\x1f\x8b\x08\x00garbage-garbage", "damaged"),
        ("bomb.html.gz", gzip.compress(b"<p>" * 5_000_000), "more than 10 MB"),
        ("huge.html", b"<p>" * 5_000_000, "more than 10 MB"),
    ],
)
def test_extract_refuses_what_is_no_page(
    tmp_path: Path, name: str, body: bytes, words: str
) -> None:
    file = tmp_path / name
    file.write_bytes(body)
    assert words in refusal(run("extract", file, "--json"))


def test_extract_refuses_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "no such file" in refusal(run("extract", tmp_path / "none.html"))
    assert "folder" in refusal(run("extract", tmp_path))


def test_extract_reads_an_address(news_site: str) -> None:
    [truth] = [one for one in articles(news_site) if one.url.endswith("id=3107")]
    allowed = {"NEWSCRAWL_PRIVATE_HOSTS": "127.0.0.1"}
    done = run("extract", truth.url, "--json", environment=allowed)
    assert done.returncode == 0, done.stderr
    fields = json.loads(done.stdout)
    assert (fields["url"], fields["headline"]) == (truth.url, truth.headline)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/private/draft/", "robots"), ("/nothing", "404"), ("/images/olives.png", "not_html")],
)
def test_extract_says_what_became_of_an_address(news_site: str, path: str, words: str) -> None:
    allowed = {"NEWSCRAWL_PRIVATE_HOSTS": "127.0.0.1"}
    assert words in refusal(run("extract", f"{news_site}{path}", environment=allowed))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://localhost/", "http://[::1]/"])
def test_extract_fetches_nothing_private(url: str) -> None:
    assert "forbidden_address" in refusal(run("extract", url))


def test_show_prints_every_part(kept: Path) -> None:
    done = run("show", URL, "-d", kept)
    assert done.returncode == 0
    article = article_at()
    for part in (article.headline, article.description, *article.authors, "صحار", "afp"):
        assert part
        assert part in done.stdout
    for block in article.link_lists:
        assert all(link.text in done.stdout for link in block.links)


def test_show_takes_an_id_and_prints_json(kept: Path) -> None:
    fields = json.loads(run("show", "1", "--json", "-d", kept).stdout)
    assert fields.pop("gone_since") is None
    assert fields == json.loads(json.dumps(article_at().as_dict()))


def test_show_of_an_unknown_article_is_refused(kept: Path) -> None:
    assert "has no article 99" in refusal(run("show", "99", "-d", kept))


def test_search_finds_another_spelling(kept: Path) -> None:
    hits = json.loads(run("search", "الميناء", "اول", "--json", "-d", kept).stdout)["results"]
    assert [hit["url"] for hit in hits] == [URL]


def test_search_marks_the_words_that_were_found(kept: Path) -> None:
    out = run("search", "ميناء", "-d", kept).stdout
    assert " 1. [الميناء] يستقبل أول سفينة\n" in out


@pytest.mark.parametrize(
    "command", ["gone", "edits", "reclassify", "reextract --site", "watchlist add x", "search"]
)
def test_argument_that_is_no_text_is_one_line(kept: Path, command: str) -> None:
    done = run(*command.split(), "a\udcff", "--archive", kept)
    assert "Traceback" not in done.stderr
    if command != "search":
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "an argument is no text in UTF-8" in done.stderr


def test_search_without_a_find_says_so(kept: Path) -> None:
    done = run("search", "زرافة", "-d", kept)
    assert (done.returncode, done.stdout) == (0, "Nothing was found.\n")


@pytest.mark.parametrize("words", ['"', "NEAR(", "* OR", "-", "a AND (", "headline:"])
def test_search_takes_anything_that_is_typed(kept: Path, words: str) -> None:
    done = run("search", "-d", kept, "--", words)
    assert done.returncode == 0, done.stderr


def test_stats_count_what_was_seen_and_skipped(kept: Path) -> None:
    out = run("stats", "-d", kept).stdout
    assert "HTTP 404" in out
    numbers = json.loads(run("stats", "--json", "-d", kept).stdout)
    assert numbers["outcomes"] == {"http_error": 1, "stored": 1}
    assert numbers["coverage"]["headline"] == 1


@pytest.mark.parametrize("option", ["--site=nowhere.example", "--run=9"])
def test_stats_of_what_is_not_there_are_refused(kept: Path, option: str) -> None:
    assert option.partition("=")[2] in refusal(run("stats", option, "-d", kept))


def test_runs_say_how_crawls_ended(kept: Path) -> None:
    out = run("runs", "-d", kept).stdout
    assert "finished" in out
    [row] = json.loads(run("runs", "--json", "-d", kept).stdout)
    assert (row["spider"], row["site"], row["exit_status"]) == ("site", "shams.example", 0)


@pytest.mark.parametrize(
    "command", [("runs",), ("runs", "show", "1"), ("show", "1"), ("stats",)]
)
def test_no_value_of_an_archive_moves_the_cursor(kept: Path, command: tuple[str, ...]) -> None:
    odd = "\x1b[2J\u202e\x9b1m\x07"
    connection = sqlite3.connect(kept)
    connection.create_function("row_digest", -1, lambda *_: 0)
    for column in ("started_at", "finished_at", "spider", "newscrawl", "settings", "counts"):
        value = json.dumps({odd: odd}) if column in {"settings", "counts"} else odd
        connection.execute(f"UPDATE runs SET {column} = ?", (value,))  # noqa: S608
    for column in ("date_published_zone", "date_published_precision", "in_language"):
        connection.execute(f"UPDATE versions SET {column} = ?", (odd,))  # noqa: S608
    connection.execute("UPDATE observations SET reason = ?, outcome = ?", (odd, odd))
    connection.commit()
    connection.close()
    status, shown = run_on_terminal(*command, "--archive", kept)
    piped = run(*command, "--archive", kept).stdout
    assert status in {0, 1}
    for text in (shown.replace("\x1b[0m", "").replace("\x1b[1m", ""), piped):
        assert not {"\u202e", "\x9b", "\x07"} & set(text)
        assert "\x1b[2J" not in text


def test_sites_list_the_declarations_of_a_users_module(tmp_path: Path) -> None:
    (tmp_path / "my_sites.py").write_text(
        "from newscrawl.layouts.site import Site\n"
        "SITE = Site(name='fanar', title='الفنار', hosts=('fanar.example',))\n",
        "utf-8",
    )
    mine = {"NEWSCRAWL_SITES": "my_sites", "PYTHONPATH": str(tmp_path)}
    rows = json.loads(run("sites", "--json", environment=mine).stdout)
    assert {"fanar"} <= {row["name"] for row in rows}
    assert "الفنار" in run("sites", environment=mine).stdout


def test_a_wrong_site_module_is_refused() -> None:
    assert "no_such_module" in refusal(
        run("sites", environment={"NEWSCRAWL_SITES": "no_such_module"})
    )


@pytest.mark.parametrize(
    "command", [["search", "x"], ["show", "1"], ["stats"], ["runs"]], ids=lambda row: row[0]
)
@pytest.mark.parametrize("kind", ["missing", "foreign", "text", "folder"])
def test_what_is_no_archive_is_refused(tmp_path: Path, command: list[str], kind: str) -> None:
    path = tmp_path / "other.db"
    if kind == "foreign":
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE songs (title TEXT)")
        connection.close()
    elif kind == "text":
        path.write_text("no database", "utf-8")
    elif kind == "folder":
        path.mkdir()
    assert str(path) in refusal(run(*command, "-d", path))


def test_the_environment_names_the_archive(kept: Path) -> None:
    done = run("stats", "--json", environment={"NEWSCRAWL_ARCHIVE": str(kept)})
    assert json.loads(done.stdout)["articles"] == 1


def test_the_demo_replaces_no_file_of_others(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("mine", "utf-8")
    assert str(notes) in refusal(run("demo", "-d", notes))
    assert notes.read_text("utf-8") == "mine"


def test_the_demo_says_which_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert "cannot write" in refusal(run("demo", "-d", tmp_path / "file" / "demo.db"))


def test_the_newsroom_says_which_port_is_taken(newsroom: Newsroom) -> None:
    port = newsroom.base_url.rpartition(":")[2]
    done = run("newsroom", "--port", port)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"newsroom: cannot serve on port {port}: Address already in use\n"


def test_a_terminal_without_arabic_gets_escapes(kept: Path) -> None:
    done = run("show", "1", "-d", kept, environment={"PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 0, done.stderr
    assert "\\u0627" in done.stdout


def test_a_mistyped_option_of_search_is_no_word(kept: Path) -> None:
    done = run("search", "x", "--jsno", "-d", kept)
    assert done.returncode == 2
    assert "--jsno" in done.stderr


def test_a_wrong_option_is_clicks_own_status() -> None:
    done = run("stats", "--colour")
    assert done.returncode == 2
    assert "No such option" in done.stderr


def test_what_is_piped_fits_80_columns_and_has_no_colours(kept: Path) -> None:
    for command in (["show", "1"], ["stats"], ["runs"]):
        out = run(*command, "-d", kept).stdout
        assert "\x1b" not in out
        assert "\u2068" not in out
        assert all(len(line) <= 80 for line in out.splitlines())


def test_page_text_cannot_move_the_cursor_or_forge_lines(tmp_path: Path) -> None:
    path = tmp_path / "evil.db"
    headline = "خبر\x1b[2J\r\nFORGED line\u202eevil\u2028more"
    with Archive(path) as archive:
        evil = article_at(headline=headline)
        archive.save(evil, observation_at(url=URL), site="shams.example", key="1", run=None)
    out = run("show", "1", "-d", path).stdout
    assert "\x1b" not in out
    assert not any(line.startswith("FORGED") for line in out.splitlines())
    assert not {"\r", "\u202e", "\u2028"} & set(out)


def test_one_line_keeps_what_is_spelling() -> None:
    assert one_line("می\u200cخواهم\tرا\n") == "می\u200cخواهم را"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://x.example/%D8%AE%D8%A8%D8%B1/1", "https://x.example/خبر/1"),
        ("https://x.example/a%20b%2Fc", "https://x.example/a%20b%2Fc"),
        ("https://x.example/%FF%FE", "https://x.example/%FF%FE"),
        ("https://x.example/%E2%80%AE", "https://x.example/%E2%80%AE"),
    ],
)
def test_addresses_are_shown_readably(url: str, shown: str) -> None:
    assert readable_url(url) == shown


def test_times_of_the_sample_are_shown_with_their_zone(kept: Path) -> None:
    out = run("show", "1", "-d", kept).stdout
    assert str(article_at().date_published) in out


@pytest.mark.parametrize(
    "arguments",
    [("stats",), ("demo",), ("new-site", "http://127.0.0.1:9/"), ("export", "--format", "csv")],
    ids=" ".join,
)
def test_a_deleted_working_folder_is_named(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh", *PROGRAM, *arguments],
        cwd=gone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("newscrawl: the working folder was deleted")
    assert done.stderr.count("\n") == 1

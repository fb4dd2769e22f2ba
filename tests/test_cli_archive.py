"""The commands over a real archive: how articles changed, where they came from, and upkeep."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from pathlib import Path

import attrs
import pytest

from newscrawl import Page
from newscrawl.archive import Archive
from newscrawl.article import Article
from newscrawl.warc import WarcWriter, read_pages
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at
from tests.command_line import refusal, run, run_on_terminal

OTHER = "https://shams.example/news/2"
FIRST = "وصلت السفينة فجرًا.\nقال الربان إنها الأولى.\nوعاد الصيادون."
SECOND = "وصلت السفينة ظهرًا.\nقال الربان إنها الأولى.\nوعاد الصيادون."
WRITERS = (
    ["vacuum"],
    ["reindex"],
    ["merge", "other.db"],
    ["withdraw", "1", "--reason", "x", "--yes"],
)
READERS = (
    ["versions", "1"],
    ["diff", "1"],
    ["check"],
    ["backup", "copy.db"],
    ["export", "--format", "csv"],
    ["evidence", "1"],
    ["runs", "show", "1"],
)


def body(headline: str) -> bytes:
    return f"<!DOCTYPE html><h1>{headline}</h1>".encode()


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """An archive of an article in two versions with evidence, and of another without."""
    path = tmp_path / "kept.db"
    with Archive(path) as archive, WarcWriter(tmp_path / "warc", "shams") as series:
        run_id = archive.start_run("site", SITE, {"NEWSCRAWL_REVISIT": "due"})
        for at, article in enumerate((one_version(FIRST, "أول"), one_version(SECOND, "ثالث"))):
            save_with_evidence(archive, series, article, at, run_id)
        other = article_at(OTHER, headline="=الحديقة", article_body="نص.", blocks=())
        archive.save(other, observation_at(url=OTHER), site=SITE, key="2", run=run_id)
        archive.finish_run(run_id, "finished", 0, {"stored": 2})
    return path


def one_version(text: str, number: str) -> Article:
    headline = f"الميناء يستقبل {number} سفينة"
    return article_at(headline=headline, article_body=text, blocks=())


def save_with_evidence(
    archive: Archive, series: WarcWriter, article: Article, at: int, run_id: int
) -> None:
    """Save *article* as it was seen *at* so many hours, with its page in *series*."""
    headline = article.headline or ""
    page = Page(url=URL, body=body(headline), fetched_at=MORNING + hours(at))
    place = series.write_page(page, 200, [("Content-Type", "text/html; charset=utf-8")])
    seen = observation_at(
        MORNING + hours(at),
        evidence=attrs.evolve(place, file=f"warc/{place.file}"),
        digest=hashlib.sha256(page.body).hexdigest(),
    )
    archive.save(article, seen, site=SITE, key="1", run=run_id)


def test_versions_say_when_who_and_what(kept: Path) -> None:
    lines = run("versions", URL, "-d", kept).stdout.splitlines()
    assert lines[1].split() == ["1", "2026-03-01", "06:30", "2026-03-01", "06:30"]
    assert lines[2].split()[5:] == ["publisher", "headline,", "article_body"]
    assert lines[4:] == [
        "      1  الميناء يستقبل أول سفينة",
        "      2  الميناء يستقبل ثالث سفينة",
    ]


def test_versions_as_json_are_whole(kept: Path) -> None:
    first, second = json.loads(run("versions", "1", "--json", "-d", kept).stdout)
    assert (first["number"], first["cause"]) == (1, "first")
    assert second["first_seen"] == "2026-03-01T07:30:00Z"
    assert second["changed"] == ["headline", "article_body"]


def test_diff_marks_words_without_colour(kept: Path) -> None:
    out = run("diff", URL, "-d", kept).stdout
    assert out.startswith("version 1 → 2  2026-03-01 06:30 → 2026-03-01 07:30 UTC")
    assert "cause: publisher" in out
    assert "  الميناء يستقبل [-أول-]{+ثالث+} سفينة\n" in out
    assert "  وصلت السفينة [-فجرًا-]{+ظهرًا+}.\n  … 2 paragraphs unchanged\n" in out


def test_diff_is_coloured_on_a_terminal_and_marked_too(kept: Path) -> None:
    status, shown = run_on_terminal("diff", URL, "-d", kept)
    assert status == 0
    assert "\x1b[" in shown
    assert "[-أول-]" in shown
    assert "{+ثالث+}" in shown


def test_diff_takes_versions_in_any_order(kept: Path) -> None:
    assert "[-ثالث-]{+أول+}" in run("diff", "1", "2", "1", "-d", kept).stdout
    assert "Nothing differs" in run("diff", "1", "2", "2", "-d", kept).stdout


def test_diff_of_headlines_only(kept: Path) -> None:
    found = json.loads(run("diff", "1", "--headline-only", "--json", "-d", kept).stdout)
    assert [change["field"] for change in found["changes"]] == ["headline"]


def test_diff_leaves_small_changes_out(kept: Path) -> None:
    found = json.loads(run("diff", "1", "--json", "-d", kept).stdout)["changes"]
    headline, text = (change["share"] * 100 for change in found)
    assert text < headline
    out = run("diff", "1", "--min-change", str(headline - 1), "-d", kept).stdout
    assert "ثالث" in out
    assert "ظهرًا" not in out


def test_diff_says_where_only_the_spelling_changed(tmp_path: Path) -> None:
    path = tmp_path / "spelling.db"
    with Archive(path) as archive:
        for at, headline in enumerate(("مكتبة أولى", "مكتبه اولى")):
            seen = observation_at(MORNING + hours(at))
            archive.save(article_at(headline=headline), seen, site=SITE, key="1", run=None)
    assert "changed, spelling only" in run("diff", "1", "-d", path).stdout


def test_diff_marks_paragraphs_that_were_split(tmp_path: Path) -> None:
    path = tmp_path / "split.db"
    with Archive(path) as archive:
        for at, text in enumerate(("one.two.", "one.\ntwo.")):
            seen = observation_at(MORNING + hours(at))
            split = article_at(article_body=text, blocks=())
            archive.save(split, seen, site=SITE, key="1", run=None)
    assert "  one.{+¶+}\n" in run("diff", "1", "-d", path).stdout


def test_diff_prints_no_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "evil.db"
    with Archive(path) as archive:
        for at, headline in enumerate(("<script>a</script>", "<script>b\u202e</script>")):
            seen = observation_at(MORNING + hours(at))
            archive.save(article_at(headline=headline), seen, site=SITE, key="1", run=None)
    printed = run("diff", "1", "-d", path).stdout
    assert "[-a-]{+b+}" in printed
    assert "\u202e" not in printed


def test_diff_refuses_what_it_cannot_compare(kept: Path) -> None:
    assert "there is nothing to compare" in refusal(run("diff", "2", "-d", kept))
    assert "has no version 9" in refusal(run("diff", "1", "1", "9", "-d", kept))
    assert run("diff", "1", "1", "2", "3", "-d", kept).returncode == 2


@pytest.mark.parametrize("command", ["versions", "diff"])
def test_an_unknown_article_is_refused(kept: Path, command: str) -> None:
    assert "has no article 99" in refusal(run(command, "99", "-d", kept))


def test_check_of_a_sound_archive_counts_it(kept: Path) -> None:
    done = run("check", "-d", kept)
    assert done.returncode == 0
    assert done.stdout.endswith(
        "is sound: 2 articles, 3 versions, 3 observations, 2 captures\n"
    )


def test_check_names_what_is_wrong(kept: Path) -> None:
    with sqlite3.connect(kept) as connection:
        connection.execute("UPDATE bodies SET article_body = 'x' WHERE article_body = 'نص.'")
    connection.close()
    (kept.parent / "warc" / "shams-00001.warc.gz").unlink()
    done = run("check", "-d", kept)
    assert done.returncode == 1
    assert "its text does not match its digest" in done.stdout
    assert "the evidence in warc/shams-00001.warc.gz cannot be read" in done.stdout
    count = len(done.stdout.splitlines())
    assert done.stderr == f"newscrawl: {count} things are wrong with {kept}\n"
    listed = json.loads(run("check", "--json", "-d", kept).stdout)["problems"]
    assert listed == done.stdout.splitlines()


def test_backup_is_an_archive_and_overwrites_nothing(kept: Path) -> None:
    copy = kept.parent / "copy.db"
    done = run("backup", copy, "-d", kept)
    assert done.stdout.startswith(f"{copy}: ")
    assert "copy them as well" in done.stdout
    assert run("show", "1", "-d", copy).stdout == run("show", "1", "-d", kept).stdout
    assert "exists already" in refusal(run("backup", copy, "-d", kept))


def test_vacuum_gives_space_back(kept: Path) -> None:
    with Archive(kept) as archive:
        archive.db.execute("CREATE TABLE filler AS SELECT randomblob(2000000) AS x")
        archive.db.execute("DROP TABLE filler")
        archive.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = kept.stat().st_size
    assert "2.0 MB given back" in run("vacuum", "-d", kept).stdout
    assert kept.stat().st_size < size - 1_900_000


def test_merge_brings_in_what_is_new_once(kept: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    url = "https://qamar.example/1"
    with Archive(other) as archive:
        seen = observation_at(url=url)
        archive.save(article_at(url), seen, site="qamar.example", key="1", run=None)
    first = run("merge", other, "-d", kept).stdout.splitlines()
    assert first[0] == f"{kept}: 3 articles, 4 versions, 4 observations, 2 captures"
    assert first[1].endswith("came 1 article, 1 version, 1 observation, 0 captures")
    again = run("merge", other, "-d", kept).stdout
    assert "came 0 articles, 0 versions, 0 observations" in again


def test_merge_with_itself_is_wrong_use(kept: Path) -> None:
    done = run("merge", kept, "-d", kept)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is the archive itself" in done.stderr


def test_withdraw_leaves_no_text_and_no_evidence(kept: Path) -> None:
    done = run("withdraw", URL, "--reason", "طلب قانوني", "--yes", "-d", kept)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(", 2 versions. Evidence erased: 2 records.\n")
    assert list(read_pages(kept.parent / "warc" / "shams-00001.warc.gz")) == []
    assert run("check", "-d", kept).returncode == 0
    with Archive.open_read_only(kept) as archive:
        (row,) = archive.db.query("SELECT url, withdrawn_reason FROM withdrawal")
    assert row == {"url": URL, "withdrawn_reason": "طلب قانوني"}
    assert "no article" in refusal(run("show", URL, "-d", kept))
    assert "was withdrawn" in refusal(run("versions", URL, "-d", kept))
    again = run("withdraw", URL, "--reason", "x", "--yes", "-d", kept)
    assert "was withdrawn before" in refusal(again)


def test_withdraw_names_evidence_that_it_could_not_erase(kept: Path) -> None:
    (kept.parent / "warc" / "shams-00001.warc.gz").unlink()
    done = run("withdraw", "1", "--reason", "x", "--yes", "-d", kept)
    assert done.returncode == 1
    assert "Evidence erased: 0 records." in done.stdout
    assert "evidence is left that was not erased" in done.stderr
    assert "shams-00001.warc.gz" in done.stderr


def test_withdraw_without_anybody_to_ask_needs_yes(kept: Path) -> None:
    done = run("withdraw", "1", "--reason", "x", "-d", kept)
    assert (done.returncode, done.stdout) == (2, "")
    assert "add --yes" in done.stderr
    assert run("withdraw", "1", "--reason", " ", "--yes", "-d", kept).returncode == 2
    assert run("show", "1", "-d", kept).returncode == 0


@pytest.mark.parametrize(("typed", "is_left"), [("n\n", True), ("y\n", False)])
def test_withdraw_asks_on_a_terminal(kept: Path, typed: str, *, is_left: bool) -> None:
    status, shown = run_on_terminal("withdraw", "1", "--reason", "x", "-d", kept, typed=typed)
    assert "Remove it permanently?" in shown
    assert status == is_left
    assert (run("show", "1", "-d", kept).returncode == 0) is is_left


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_export_of_all_and_of_a_search(kept: Path) -> None:
    every = run("export", "--format", "csv", "-d", kept)
    assert [row["id"] for row in rows_of(every.stdout)] == ["1", "2"]
    assert every.stderr == "2 articles\n"
    found = run("export", "سفينه", "ثالث", "--format", "jsonl", "-d", kept).stdout
    (line,) = found.splitlines()
    assert json.loads(line)["url"] == URL
    assert "@type" in run("export", "--format", "jsonld", "-d", kept).stdout


def test_export_to_a_file_is_whole_or_not_there(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    run("export", "--format", "csv", "--excel", "-o", out, "-d", kept)
    text = out.read_bytes().decode("utf-8-sig")
    assert [row["headline"] for row in rows_of(text)][1] == "'=الحديقة"
    assert list(tmp_path.glob(".*")) == []
    missing = tmp_path / "none" / "out.csv"
    assert "cannot write" in refusal(
        run("export", "--format", "csv", "-o", missing, "-d", kept)
    )


def test_export_without_text(kept: Path) -> None:
    out = run("export", "--format", "jsonl", "--no-text", "-d", kept).stdout
    assert "السفينة فجرًا" not in out
    assert "article_body" not in json.loads(out.splitlines()[0])


def test_export_is_utf8_whatever_the_terminal_speaks(kept: Path) -> None:
    latin = {"PYTHONIOENCODING": "latin-1"}
    plain = run("export", "--format", "csv", "-d", kept)
    assert (
        run("export", "--format", "csv", "-d", kept, environment=latin).stdout == plain.stdout
    )


@pytest.mark.parametrize(
    "wrong", [["--format", "jsonl", "--excel"], ["--format", "xml"], ["--format", "csv", "--x"]]
)
def test_wrong_export_is_wrong_use(kept: Path, wrong: list[str]) -> None:
    done = run("export", *wrong, "-d", kept)
    assert (done.returncode, done.stdout) == (2, "")


def test_nothing_is_written_over_the_archive(kept: Path) -> None:
    for command in (["export", "--format", "csv"], ["evidence", "1"]):
        done = run(*command, "-o", kept, "-d", kept)
        assert done.returncode == 2
        assert "is the archive" in done.stderr
    assert run("check", "-d", kept).returncode == 0


def test_export_does_not_fill_a_terminal(kept: Path) -> None:
    status, shown = run_on_terminal("export", "--format", "csv", "-d", kept)
    assert status == 2
    assert "add -o FILE" in shown


def test_evidence_gives_the_bytes_back(kept: Path, tmp_path: Path) -> None:
    assert run("evidence", URL, "-d", kept).stdout.encode() == body("الميناء يستقبل ثالث سفينة")
    out = tmp_path / "page.html"
    run("evidence", "1", "--version", "1", "-o", out, "-d", kept)
    assert out.read_bytes() == body("الميناء يستقبل أول سفينة")


def test_evidence_says_where_it_lies(kept: Path) -> None:
    facts = json.loads(run("evidence", URL, "--json", "-d", kept).stdout)
    assert (facts["url"], facts["fetched_at"]) == (URL, "2026-03-01T07:30:00Z")
    assert facts["file"] == "warc/shams-00001.warc.gz"
    assert facts["record_id"].startswith("<urn:uuid:")
    status, shown = run_on_terminal("evidence", URL, "-d", kept)
    assert status == 0
    assert facts["sha256"] in shown
    assert "<h1>" not in shown


def test_evidence_that_is_not_there_is_one_clear_line(kept: Path) -> None:
    assert "keeps no evidence of" in refusal(run("evidence", OTHER, "-d", kept))
    assert "version 7 of" in refusal(run("evidence", "1", "--version", "7", "-d", kept))


def test_changed_evidence_is_refused(kept: Path) -> None:
    with sqlite3.connect(kept) as connection:
        connection.execute("UPDATE observations SET digest = zeroblob(32)")
    connection.close()
    assert "SHA-256 differs" in refusal(run("evidence", "1", "-d", kept))


def test_one_run_is_shown_with_what_became_of_its_pages(kept: Path) -> None:
    out = run("runs", "show", "1", "-d", kept).stdout
    assert "settings.NEWSCRAWL_REVISIT  due" in out
    assert "pages seen" in out
    row = json.loads(run("runs", "show", "1", "--json", "-d", kept).stdout)
    assert row["counts"] == {"stored": 2}
    assert row["stats"]["articles"] == 2
    assert run("runs", "-d", kept, "show", "1").stdout == out
    assert "has no run 9" in refusal(run("runs", "show", "9", "-d", kept))


@pytest.mark.parametrize("command", [*READERS, *WRITERS], ids=lambda row: row[0])
@pytest.mark.parametrize("kind", ["missing", "foreign"])
def test_what_is_no_archive_is_refused(tmp_path: Path, command: list[str], kind: str) -> None:
    path = tmp_path / "wrong.db"
    if kind == "foreign":
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE songs (title TEXT)")
        connection.close()
    assert str(path) in refusal(run(*command, "-d", path))
    assert path.exists() is (kind != "missing")


def test_what_is_piped_fits_80_columns_and_has_no_colours(kept: Path) -> None:
    for command in (["versions", "1"], ["diff", "1"], ["runs", "show", "1"]):
        out = run(*command, "-d", kept).stdout
        assert "\x1b" not in out
        assert "\u2068" not in out
        assert all(len(line) <= 80 for line in out.splitlines())


def test_reindex_repairs_the_search_index_after_a_rebuild(kept: Path) -> None:
    with Archive(kept) as archive:
        archive.db.execute("INSERT INTO article_search (article_search) VALUES ('rebuild')")
        archive.db.conn.commit()
    assert run("check", "-d", kept).returncode == 1
    assert "indexed" in run("reindex", "-d", kept).stdout
    assert run("check", "-d", kept).returncode == 0


def test_search_counts_what_it_finds(kept: Path) -> None:
    hits = json.loads(run("search", "الحديقه", "--json", "-d", kept).stdout)["results"]
    counts = run("search", "الحديقه", "--count-by", "site", "--json", "-d", kept).stdout
    assert len(hits) > 0
    assert json.loads(counts) == {SITE: len(hits)}
    printed = run("search", "الحديقة", "--count-by", "language", "-d", kept).stdout
    assert printed.split()[:2] == ["language", "articles"]

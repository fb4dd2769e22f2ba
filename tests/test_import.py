"""`newscrawl import`: pages from files of elsewhere, read and stored as a crawl would."""

from __future__ import annotations

import gzip
import itertools
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import attrs
import pytest

from newscrawl import Archive
from newscrawl.archive.search.index import index_text
from newscrawl.cli.pages.import_report import report
from newscrawl.importing.importer import BATCH, Import, Options
from newscrawl.importing.page_engines import Steps, read_here
from newscrawl.importing.waiting_pages import LOOK_BACK
from tests.archive_samples import holds
from tests.command_line import run
from tests.importing import (
    HOST,
    LAST,
    TOO_LONG,
    Saying,
    giving_up,
    imported,
    story,
    write_arc,
    write_wacz,
    write_warc,
)

STORIES = tuple(story(number) for number in range(4))


def headlines(archive: Archive) -> list[str]:
    rows = archive.db.execute("SELECT headline FROM article ORDER BY headline")
    return [str(row[0]) for row in rows]


def history(archive: Archive) -> list[tuple[Any, ...]]:
    """Every version with what saw it, however the archive came to them."""
    return archive.db.execute(
        """SELECT v.article_body, v.first_seen, v.last_seen, v.cause, v.is_current,
            (SELECT group_concat(fetched_at) FROM (SELECT fetched_at FROM observation AS o
             WHERE o.version_id = v.id ORDER BY fetched_at))
        FROM version AS v ORDER BY v.url, v.first_seen, v.id"""
    ).fetchall()


def packed_as_a_whole(folder: Path) -> Path:
    plain = write_warc(folder / "a.warc", STORIES, is_gzip=False)
    whole = folder / "whole.warc.gz"
    whole.write_bytes(gzip.compress(plain.read_bytes()))
    return whole


FILES: dict[str, Callable[[Path], Path]] = {
    "warc.gz": lambda folder: write_warc(folder / "a.warc.gz", STORIES),
    "warc": lambda folder: write_warc(folder / "a.warc", STORIES, is_gzip=False),
    "warc 1.1": lambda folder: write_warc(folder / "a.warc.gz", STORIES, version="1.1"),
    "one stream": packed_as_a_whole,
    "arc": lambda folder: write_arc(folder / "a.arc", STORIES),
    "arc.gz": lambda folder: write_arc(folder / "a.arc.gz", STORIES),
    "wacz": lambda folder: write_wacz(
        folder / "a.wacz", write_warc(folder / "a.warc.gz", STORIES)
    ),
    "deflated wacz": lambda folder: write_wacz(
        folder / "a.wacz", write_warc(folder / "a.warc", STORIES), zipfile.ZIP_DEFLATED
    ),
}


@pytest.mark.parametrize("name", list(FILES))
def test_each_kind_of_file_is_read(archive: Archive, tmp_path: Path, name: str) -> None:
    tally = imported(archive, FILES[name](tmp_path))
    assert (tally.articles, tally.damages, tally.exit_status) == (4, [], 0)
    assert [line[-1] for line in headlines(archive)] == ["0", "1", "2", "3"]
    assert archive.check() == ()
    captures = archive.captures(STORIES[2].url)
    if name in {"one stream", "deflated wacz"}:
        assert captures == ()  # no place in the file is that of a record
    else:
        assert [f"{capture.fetched_at:%Y-%m-%dT%H}" for capture in captures] == [
            "2026-03-01T12"
        ]


def test_evidence_lies_in_the_imported_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    package = FILES["wacz"](tmp_path / "elsewhere")
    beside = write_warc(tmp_path / "here" / "b.warc.gz", [story(7)])
    database = tmp_path / "here" / "archive.db"
    with Archive(database) as archive:
        imported(archive, package, beside)
        (far,), (near,) = archive.captures(STORIES[1].url), archive.captures(story(7).url)
    assert (far.evidence.file, near.evidence.file) == (str(package), "b.warc.gz")
    done = run("evidence", STORIES[1].url, "-d", database, "-o", tmp_path / "page")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "page").read_bytes() == STORIES[1].body


def test_a_wet_file_is_read_as_text(archive: Archive, tmp_path: Path) -> None:
    text = f"الجسر القديم يفتح للمشاة\n\n{LAST}\n\n{LAST.replace('وسيبقى', 'ويبقى')}\n"
    saying = Saying(
        path="/1",
        body=text.encode(),
        kind="conversion",
        headers=(("Content-Type", "text/plain"),),
    )
    tally = imported(archive, write_warc(tmp_path / "a.warc.wet.gz", [saying]))
    assert tally.outcomes == {"stored": 1}
    article = archive.get(saying.url)
    assert article is not None
    assert article.headline == "الجسر القديم يفتح للمشاة"


def test_what_is_no_article_is_counted_by_its_reason(archive: Archive, tmp_path: Path) -> None:
    image = (("Content-Type", "image/png"),)
    moved = (("Content-Type", "text/html"), ("Location", "/news/1"))
    sayings = [
        story(1),
        attrs.evolve(story(2), status="404 Not Found"),
        attrs.evolve(story(3), status="301 Moved", headers=moved),
        attrs.evolve(story(4), headers=image),
        attrs.evolve(story(5), body=b""),
        attrs.evolve(story(6), body=b"%PDF-1.7 ..."),
        attrs.evolve(story(7), body=b"<html><body><h1>x</h1></body></html>"),
        Saying(path="/dns", body=b"x", kind="metadata"),
    ]
    tally = imported(archive, write_warc(tmp_path / "a.warc.gz", sayings))
    assert tally.outcomes == {
        "stored": 1,
        "http_error": 1,
        "redirect": 1,
        "empty": 1,
        "not_html": 1,
        "not_article": 1,
    }
    assert tally.skipped == {"request": 7, "image/png": 1, "metadata": 1, "warcinfo": 1}
    assert tally.reasons["http_error", "HTTP 404"] == 1
    row = archive.db.execute("SELECT * FROM run").fetchone()
    assert (row[1], row[5], row[6]) == ("import", "finished", 0)
    redirect = "SELECT final_url FROM observation WHERE outcome = 'redirect'"
    assert archive.db.execute(redirect).fetchone() == (f"{HOST}/news/1",)


def test_content_is_unpacked_and_its_chunks_joined(archive: Archive, tmp_path: Path) -> None:
    packed = gzip.compress(story(1).body, mtime=0)
    parts = [packed[:100], packed[100:]]
    chunked = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    html = story(1).headers
    both = (*html, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    sayings = [
        attrs.evolve(story(1), body=chunked + b"0\r\n\r\n", headers=both),
        attrs.evolve(story(2), headers=both),  # headers kept, though both are undone
        attrs.evolve(story(3), body=chunked, headers=both),
        attrs.evolve(story(4), body=packed[:200], headers=both[:2]),
    ]
    tally = imported(archive, write_warc(tmp_path / "a.warc.gz", sayings))
    assert tally.outcomes == {"stored": 2, "truncated": 2}
    digests = archive.db.execute(
        "SELECT count(DISTINCT digest) FROM observation WHERE outcome = 'stored'"
    )
    assert digests.fetchone() == (2,)


def test_the_order_of_files_changes_no_history(tmp_path: Path) -> None:
    looks = [story(1), story(1, "نص جديد طويل بما يكفي ليكون فقرة.", 2), story(1, hours=4)]
    looks += [story(1, hours=5), story(1, "نص جديد طويل بما يكفي ليكون فقرة.", 7)]
    files = [
        write_warc(tmp_path / f"{number}.warc.gz", [look]) for number, look in enumerate(looks)
    ]
    histories = []
    for number, order in enumerate(itertools.permutations(files)):
        if number % 11:
            continue  # a tenth of all orders
        with Archive(tmp_path / f"{number}.db") as archive:
            imported(archive, *order)
            assert archive.check() == ()
            histories.append(history(archive))
    assert len(histories) == 11
    assert all(one == histories[0] for one in histories)
    assert [row[3] for row in histories[0]] == ["first", *["publisher"] * 3]
    assert [row[4] for row in histories[0]] == [0, 0, 0, 1]


def test_what_is_older_never_becomes_current(archive: Archive, tmp_path: Path) -> None:
    newer = write_warc(tmp_path / "newer.warc.gz", [story(1, hours=9)])
    imported(archive, newer)
    older = write_warc(tmp_path / "older.warc.gz", [story(1, "نص قديم قبل التصحيح.")])
    imported(archive, older)
    article = archive.get(story(1).url)
    assert article is not None
    assert LAST in article.article_body
    assert len(archive.versions(story(1).url)) == 2


def test_a_withdrawn_story_stays_withdrawn(archive: Archive, tmp_path: Path) -> None:
    imported(archive, write_warc(tmp_path / "a.warc.gz", STORIES))
    archive.withdraw(STORIES[0].url, reason="court order")
    again = [story(0, "نص آخر للخبر نفسه بعد سحبه.", 3), story(8)]
    tally = imported(archive, write_warc(tmp_path / "b.warc.gz", again))
    assert tally.reasons == {("not_article", "withdrawn"): 1}
    assert not holds(archive, STORIES[0].url)
    assert archive.captures(STORIES[0].url) == ()
    assert archive.check() == ()


def revisit(saying: Saying, hours: int, status: str = "200 OK", **fields: str) -> Saying:
    """A record that says: as before."""
    return attrs.evolve(
        story(0, hours=hours),
        path=saying.path,
        body=b"",
        kind="revisit",
        status=status,
        fields=tuple((name.replace("_", "-"), value) for name, value in fields.items()),
    )


def test_a_revisit_sees_what_it_refers_to(archive: Archive, tmp_path: Path) -> None:
    changed = story(1, "نص جديد طويل بما يكفي ليكون فقرة.", 2)
    refers = {"WARC_Refers_To_Target_URI": changed.url}
    sayings = [
        story(1),
        revisit(changed, 1, "304 Not Modified"),
        changed,
        revisit(changed, 3, **refers, WARC_Refers_To_Date="2026-03-01T14:00:00Z"),
        revisit(changed, 5, **refers, WARC_Refers_To_Date="2026-03-01T12:00:00Z"),
        revisit(story(9), 5),
    ]
    tally = imported(archive, write_warc(tmp_path / "a.warc.gz", sayings))
    assert tally.outcomes == {"stored": 1, "updated": 2, "unchanged": 2}
    assert [row[1:3] for row in history(archive)] == [
        ("2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z"),
        ("2026-03-01T14:00:00Z", "2026-03-01T15:00:00Z"),
        ("2026-03-01T17:00:00Z", "2026-03-01T17:00:00Z"),
    ]
    assert "the archive has no earlier one" in tally.damages[0]
    assert tally.exit_status == 3


def test_a_late_304_belongs_to_what_stood_then(archive: Archive, tmp_path: Path) -> None:
    changed = story(1, "نص جديد طويل بما يكفي ليكون فقرة.", 4)
    imported(archive, write_warc(tmp_path / "a.warc.gz", [story(1), changed]))
    late = revisit(changed, 2, "304 Not Modified")
    imported(archive, write_warc(tmp_path / "b.warc.gz", [late]))
    assert [row[2] for row in history(archive)] == [
        "2026-03-01T14:00:00Z",
        "2026-03-01T16:00:00Z",
    ]


def test_a_file_is_imported_once(archive: Archive, tmp_path: Path) -> None:
    file = write_warc(tmp_path / "a.warc.gz", STORIES)
    imported(archive, file)
    moved = file.rename(tmp_path / "b.warc.gz")
    tally = imported(archive, moved)
    assert (tally.files_known, tally.records) == (1, 0)
    more = write_warc(tmp_path / "c.warc.gz", [story(5)])
    moved.write_bytes(moved.read_bytes() + more.read_bytes())
    tally = imported(archive, moved)
    assert (tally.files, tally.outcomes) == (1, {"stored": 1})
    assert len(headlines(archive)) == 5


ERRORS = "SELECT url, reason FROM observation WHERE outcome = 'error'"


@pytest.mark.parametrize("name", ["a.warc.gz", "a.warc"])
def test_page_given_up_is_read_by_the_next_import(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    file = write_warc(tmp_path / name, STORIES, is_gzip=name.endswith("gz"))
    if not name.endswith("gz"):  # without places of records, and so without evidence
        file.write_bytes(gzip.compress(file.read_bytes()))
    for _ in range(2):  # a page that hangs for good does not keep the others from the archive
        tally = imported(archive, file, engine=giving_up(STORIES[1]))
        assert (tally.files_known, tally.given_up, tally.exit_status) == (0, 1, 3)
        assert archive.db.execute(ERRORS).fetchall() == [(STORIES[1].url, TOO_LONG)]
        assert len(headlines(archive)) == 3
    assert report(tally, is_json=True, was_stopped=False) == 3
    assert capsys.readouterr().err == (
        f"newscrawl: {STORIES[1].url}: the page was given up: {TOO_LONG}\n"
        "newscrawl: given up: 1 page; the same command reads it again\n"
    )
    tally = imported(archive, file)
    assert (tally.outcomes, tally.exit_status) == ({"stored": 1, "unchanged": 3}, 0)
    assert len(headlines(archive)) == 4
    assert archive.db.execute("SELECT count(*) FROM observations").fetchone() == (4,)
    assert imported(archive, file).files_known == 1
    assert archive.check() == ()


class Stop(Exception):
    """Ends an import in its middle."""


@pytest.mark.parametrize("after", [1, 150, 230])
def test_an_import_goes_on_where_it_stopped(
    archive: Archive, tmp_path: Path, after: int
) -> None:
    file = write_warc(tmp_path / "a.warc.gz", [story(number) for number in range(250)])

    def stopping(steps: Iterable[Any], jobs: int) -> Steps:
        pages = 0
        for step in read_here(steps, jobs):
            pages += isinstance(step, tuple)
            if pages > after:
                raise Stop
            yield step

    stopped = Import(archive, Options(jobs=1, engine=stopping), lambda *_: None)
    with pytest.raises(Stop):
        stopped.read([file])
    # A batch is written as a whole, and the last ones wait for further pages of their story.
    written = max(after // BATCH * BATCH - LOOK_BACK, 0)
    assert len(headlines(archive)) == written
    tally = imported(archive, file)
    assert tally.outcomes == {"stored": 250 - written}
    assert archive.db.execute("SELECT count(*) FROM observations").fetchone() == (250,)
    assert archive.check() == ()


def test_a_second_interrupt_while_readers_are_ended_ends_the_import(
    archive: Archive, tmp_path: Path
) -> None:
    file = write_warc(tmp_path / "a.warc.gz", STORIES)

    def interrupted(steps: Iterable[Any], jobs: int) -> Steps:
        try:
            yield from steps
        finally:
            raise KeyboardInterrupt("second")

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt("first")

    importing = Import(archive, Options(jobs=1, engine=interrupted), interrupt)
    with pytest.raises(KeyboardInterrupt, match="second"):
        importing.read([file])
    assert archive.db.execute("SELECT finish_reason FROM run").fetchone() == ("shutdown",)


def test_index_is_prepared_where_a_page_is_read(archive: Archive, tmp_path: Path) -> None:
    file = write_warc(tmp_path / "a.warc.gz", STORIES[:1])
    readings = []

    def noted(steps: Iterable[Any], jobs: int) -> Steps:
        for step in read_here(steps, jobs):
            readings.extend([step[1]] if isinstance(step, tuple) else [])
            yield step

    Import(archive, Options(jobs=1, engine=noted), lambda *_: None).read([file])
    article = readings[0].article
    for text in (article.headline, article.article_body):
        assert readings[0].prepared.texts[text] == index_text(text)
    assert archive.check() == ()


def test_only_the_wanted_site_is_read(archive: Archive, tmp_path: Path) -> None:
    file = write_warc(tmp_path / "a.warc.gz", STORIES)
    tally = imported(archive, file, sites=frozenset({"other.example"}))
    assert (tally.pages, tally.skipped["another site"]) == (0, 4)


@pytest.mark.parametrize("is_gzip", [True, False])
def test_damage_costs_one_record_and_is_reported(
    tmp_path: Path, archive: Archive, is_gzip: bool
) -> None:
    file = write_warc(tmp_path / "a.warc.gz", STORIES, is_gzip=is_gzip)
    content = bytearray(file.read_bytes())
    at = len(content) * 2 // 5 if is_gzip else content.find(STORIES[1].body)
    content[at : at + 20] = b"x" * 20
    file.write_bytes(content)
    tally = imported(archive, file)
    assert tally.articles == 3
    assert len(tally.damages) == 1
    assert f"{file}" in tally.damages[0]
    assert tally.exit_status == 3
    # It may be mended: the next import reads it again, and stores nothing twice.
    write_warc(file, STORIES, is_gzip=is_gzip)
    tally = imported(archive, file)
    assert (tally.outcomes["stored"], tally.exit_status) == (1, 0)
    assert archive.db.execute("SELECT count(*) FROM observations").fetchone() == (4,)

"""A withdrawal reaches every record of a story, also those that no row points at."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.article import Link, LinkList
from newscrawl.outcomes import Evidence
from newscrawl.warc import WarcWriter, erase_record, read_pages
from tests.archive_samples import MORNING, SITE, article_at, hours, observation_at
from tests.command_line import run
from tests.evidence_driver import answered, keep

STORY = f"https://{SITE}/1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of four pages, and a fifth answer that a kill left unacknowledged."""
    path = tmp_path / "archive.db"
    assert list(keep(path, 0, 3, 500))
    with WarcWriter(tmp_path / "warc" / SITE, SITE) as series:
        exchange = answered(1, 700).exchange
        assert exchange is not None
        series.write(exchange, json=b'{"headline": "unacknowledged"}')
    assert list(keep(path, 3, 4, 500))
    return path


def test_what_no_row_points_at_is_erased_too(path: Path) -> None:
    warc = path.parent / "warc" / SITE / f"{SITE}-00001.warc.gz"
    assert [page.url for page in read_pages(warc)].count(STORY) == 2
    done = run("withdraw", STORY, "--reason", "x", "--yes", "-d", path)
    assert done.returncode == 0, done.stderr
    assert [page.url[-1] for page in read_pages(warc)] == ["0", "2", "3"]
    checked = run("check", "-d", path)
    assert checked.returncode == 0, checked.stdout


def test_further_pages_of_a_story_go_with_it(tmp_path: Path) -> None:
    further = f"{STORY}?page=2"
    second = Evidence(file="a.warc.gz", offset=900, length=50, record_id="<urn:2>")
    with Archive(tmp_path / "archive.db") as archive:
        seen = observation_at(
            MORNING + hours(1), further, outcome="continuation", evidence=second
        )
        archive.record_visit(seen, site=SITE, run=None)
        whole = article_at(STORY, pages=(STORY, further))
        archive.save(whole, observation_at(url=STORY), site=SITE, key="1", run=None)
        assert archive.withdraw(STORY, reason="x").evidence == (second,)
        assert archive.captures(further) == ()


def evidence_named(path: Path, name: str, values: str) -> None:
    """Have the archive say that the answers of a story lie elsewhere."""
    with Archive(path) as archive:
        archive.db.execute("INSERT INTO evidence_files (path) VALUES (?)", [name])
        archive.db.execute(
            f"""UPDATE observations SET
            evidence_file_id = (SELECT id FROM evidence_files WHERE path = ?), {values}
            WHERE url_id = (SELECT id FROM urls WHERE url = ?)""",  # noqa: S608
            [name, STORY],
        )


@pytest.mark.parametrize("way", ["absolute", "upwards", "link"])
def test_nothing_outside_of_the_archives_folder_is_erased(tmp_path: Path, way: str) -> None:
    (tmp_path / "here").mkdir()
    path = tmp_path / "here" / "archive.db"
    assert list(keep(path, 0, 3, 500))
    name = f"{SITE}-00001.warc.gz"
    prey = tmp_path / "prey" / SITE / name
    prey.parent.mkdir(parents=True)
    (path.parent / "warc" / SITE / name).rename(prey)
    whole = prey.read_bytes()
    (path.parent / "link").symlink_to(tmp_path / "prey")
    ways = {
        "absolute": str(prey),
        "upwards": f"../prey/{SITE}/{name}",
        "link": f"link/{SITE}/{name}",
    }
    evidence_named(path, ways[way], "reason = reason")
    done = run("withdraw", STORY, "--reason", "x", "--yes", "-d", path)
    assert done.returncode == 1
    assert "lies outside" in done.stderr
    assert prey.read_bytes() == whole


@pytest.mark.parametrize(
    "values",
    [
        "evidence_record = '<urn:uuid:00000000-0000-4000-8000-000000000009>'",
        "evidence_record = NULL",
        "evidence_length = evidence_length + 1",
        "evidence_offset = 0",
    ],
)
def test_no_other_record_is_erased(path: Path, values: str) -> None:
    name = f"warc/{SITE}/kept-00001.warc.gz"
    kept = path.parent / name
    kept.write_bytes((path.parent / "warc" / SITE / f"{SITE}-00001.warc.gz").read_bytes())
    whole = kept.read_bytes()
    evidence_named(path, name, values)
    done = run("withdraw", STORY, "--reason", "x", "--yes", "-d", path)
    assert done.returncode == 1
    assert "evidence is left that was not erased" in done.stderr
    assert kept.read_bytes() == whole


def test_withdrawal_that_could_not_end_is_ended_by_the_next(path: Path) -> None:
    with Archive(path) as archive:
        (record,) = archive.evidence.of_article(1)
    for _ in range(2):  # the disk was full after the first
        erase_record(path.parent, record)
    done = run("withdraw", "1", "--reason", "wished", "--yes", "-d", path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Evidence erased: 1 record." in done.stdout


def test_records_of_other_pages_that_link_to_it_are_named(tmp_path: Path) -> None:
    home = f"https://{SITE}/"
    place = Evidence(file="warc/a.warc.gz", offset=900, length=50, record_id="<urn:2>")
    links = (Link(text="الميناء يستقبل", url=STORY, position=1),)
    with Archive(tmp_path / "archive.db") as archive:
        archive.add(article_at(STORY, canonical_url=None))
        for url, lists in ((home, links), (f"{home}other", ())):
            seen = observation_at(MORNING, url, outcome="source", evidence=place)
            shown = (LinkList(heading="أخبار", kind="related", links=lists),)
            archive.record_visit(seen, site=SITE, run=None, link_lists=shown)
    done = run("withdraw", STORY, "--reason", "x", "--yes", "-d", tmp_path / "archive.db")
    assert "1 record of other pages may still show its headline:" in done.stdout
    assert f"warc/a.warc.gz, byte 900: {home} of 2026-03-01T06:30:00Z" in done.stdout

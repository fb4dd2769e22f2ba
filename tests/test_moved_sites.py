"""Pages of a site that has moved to another domain, imported: they are of the site it was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import attrs
import pytest

from newscrawl import Archive
from tests.importing import HOST, NOON, Saying, imported, story, write_warc

THERE = "https://www.mamsha.example"


def later(hours: int) -> dt.datetime:
    return NOON + dt.timedelta(hours=hours)


def redirect(path: str, location: str, host: str = HOST, status: int = 301) -> Saying:
    return Saying(
        path=path,
        body=b"",
        at=later(24),
        status=f"{status} Moved",
        headers=(("Content-Type", "text/html"), ("Location", location)),
        host=host,
    )


def there(number: int, last: str) -> Saying:
    return attrs.evolve(story(number, last=last), host=THERE, at=later(25))


def write(folder: Path, *sayings: Saying) -> Path:
    number = len(list(folder.glob("*.warc.gz")))
    return write_warc(folder / f"{number}.warc.gz", sayings)


def articles(archive: Archive) -> list[tuple[object, ...]]:
    query = "SELECT site, url, versions FROM article ORDER BY url"
    return archive.db.execute(query).fetchall()


HOME = redirect("/", f"{THERE}/", status=302)
OLD = [story(1), story(2)]
NEW = [there(1, "وفتح الجسر من جديد."), there(3, "خبر لم ينشر من قبل.")]


@pytest.mark.parametrize("is_one_file", [True, False])
def test_pages_at_the_new_domain_are_of_the_site(tmp_path: Path, is_one_file: bool) -> None:
    sayings = [*OLD, HOME, *NEW]
    files = [sayings] if is_one_file else [OLD, [HOME], NEW]
    with Archive(tmp_path / "archive.db") as archive:
        for records in files:
            imported(archive, write(tmp_path, *records))
        assert articles(archive) == [
            ("jisr.example", f"{HOST}/news/1", 2),
            ("jisr.example", f"{HOST}/news/2", 1),
            ("jisr.example", f"{THERE}/news/3", 1),
        ]
        assert archive.site_names() == ["jisr.example"]


def test_moved_articles_are_of_the_site_without_its_home_page(tmp_path: Path) -> None:
    moves = [redirect(f"/news/{number}", f"{THERE}/news/{number}") for number in (1, 2)]
    with Archive(tmp_path / "archive.db") as archive:
        imported(archive, write(tmp_path, *OLD, *moves, *NEW))
        assert articles(archive) == [
            ("jisr.example", f"{HOST}/news/2", 1),
            ("jisr.example", f"{THERE}/news/1", 2),
            ("jisr.example", f"{THERE}/news/3", 1),
        ]


def test_only_pages_of_the_site_are_imported_by_its_name(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        imported(archive, write(tmp_path, *OLD, HOME))
        named = {"sites": frozenset({"jisr.example"})}
        tally = imported(archive, write(tmp_path, *NEW), **named)
        assert tally.articles == 2
        assert archive.site_names() == ["jisr.example"]


def test_a_domain_that_only_redirects_names_no_site(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        vanity = redirect("/", f"{THERE}/", host="https://mm.example")
        imported(archive, write(tmp_path, vanity, *NEW))
        assert {row[0] for row in articles(archive)} == {"mamsha.example"}


def test_a_site_that_has_its_own_articles_keeps_its_name(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        first = attrs.evolve(there(4, "خبر أقدم."), at=NOON)
        imported(archive, write(tmp_path, first, *OLD, HOME, *NEW))
        names = [row[0] for row in articles(archive)]
        assert names == ["jisr.example"] * 2 + ["mamsha.example"] * 3


def test_another_path_of_another_host_is_of_that_host(tmp_path: Path) -> None:
    to_paper = redirect("/", f"{THERE}/paper/2026")
    to_story = redirect("/news/9", f"{THERE}/news/3")
    with Archive(tmp_path / "archive.db") as archive:
        imported(archive, write(tmp_path, *OLD, to_paper, to_story, *NEW))
        sites = {row[1]: row[0] for row in articles(archive)}
        assert sites[f"{THERE}/news/3"] == "mamsha.example"

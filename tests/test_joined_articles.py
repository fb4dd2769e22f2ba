"""Two stored articles become one when the site redirects the one to the other for good."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from newscrawl import Archive, Article, Page, extract
from tests.crawling import crawl, rows
from tests.importing import HOST, HTML, NOON, Saying, imported, write_warc
from tests.odd_server import Answer, OddServer, article, odd_server, sitemap_of

OLD, NEW = "/2026/03/the-bridge-opens-to-walkers", "/town/the-bridge-is-open-to-walkers"
SHARED = "ويصل الجسر بين السوق القديم والمرفأ، وكان أهل الضفتين يعبرون بالقوارب."
LATER = "وأضاف المجلس أن الافتتاح الرسمي سيكون في أول الربيع."


def told(path: str, headline: str, last: str, hours: int) -> Saying:
    body = HTML.format(headline=headline, last=f"{SHARED}</p><p>{last}")
    return Saying(path=path, body=body.encode(), at=NOON + dt.timedelta(hours=hours))


OLD_PAGE = told(OLD, "الجسر القديم يفتح", LATER, 0)
NEW_PAGE = told(NEW, "الجسر القديم مفتوح للمشاة", "وتضاء مصابيحه ليلا.", 1)
MOVE = Saying(
    path=OLD,
    body=b"",
    at=NOON + dt.timedelta(hours=2),
    status="301 Moved Permanently",
    headers=(("Content-Type", "text/html"), ("Location", NEW)),
)


def read(saying: Saying) -> Article:
    return extract(Page(url=saying.url, body=saying.body, fetched_at=saying.at))


def write(folder: Path, *sayings: Saying) -> Path:
    number = len(list(folder.glob("*.warc.gz")))
    return write_warc(folder / f"{number}.warc.gz", sayings)


def articles(archive: Archive) -> list[tuple[object, ...]]:
    """Return address, versions and addresses of each article."""
    query = "SELECT url, versions, addresses FROM article ORDER BY id"
    return archive.db.execute(query).fetchall()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of both articles, and of the redirect."""
    with Archive(tmp_path / "archive.db") as archive:
        imported(archive, write(tmp_path, OLD_PAGE, NEW_PAGE))
        assert len(articles(archive)) == 2
        imported(archive, write(tmp_path, MOVE))
        yield archive


def test_moved_article_is_joined_to_the_one_it_leads_to(archive: Archive) -> None:
    assert articles(archive) == [(f"{HOST}{NEW}", 2, 2)]
    versions = archive.versions(f"{HOST}{OLD}")
    assert [one.headline for one in versions] == [
        "الجسر القديم يفتح",
        "الجسر القديم مفتوح للمشاة",
    ]
    assert archive.get(f"{HOST}{OLD}").headline == "الجسر القديم مفتوح للمشاة"
    assert archive.check() == ()


def test_the_move_is_recorded(archive: Archive) -> None:
    # Whoever noted its number finds the story.
    assert archive.get(1) == archive.get(2)
    (seen,) = archive.db.execute(
        "SELECT status, final_url, fetched_at FROM observation WHERE outcome = 'redirect'"
    ).fetchall()
    assert seen == (301, f"{HOST}{NEW}", "2026-03-01T14:00:00Z")


def test_joined_article_is_found_once(archive: Archive) -> None:
    assert [hit.article_id for hit in archive.search("الجسر القديم")] == [2]
    assert archive.search("الافتتاح الرسمي") == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_order_of_import_does_not_matter(tmp_path: Path, order: tuple[int, ...]) -> None:
    sayings = (OLD_PAGE, NEW_PAGE, MOVE)
    with Archive(tmp_path / "archive.db") as archive:
        for number in order:
            imported(archive, write(tmp_path, sayings[number]))
        assert [row[1:] for row in articles(archive)] == [(2, 2)]
        assert [one.headline for one in archive.versions(f"{HOST}{NEW}")] == [
            "الجسر القديم يفتح",
            "الجسر القديم مفتوح للمشاة",
        ]
        assert archive.check() == ()


def test_article_that_moved_to_another_host_under_its_path_is_joined(tmp_path: Path) -> None:
    there = "https://www2.jisr.example"
    page = attrs.evolve(
        NEW_PAGE,
        path=OLD,
        host=there,
        body=HTML.format(headline="كتب من جديد", last="").encode(),
    )
    headers = (("Content-Type", "text/html"), ("Location", f"{there}{OLD}"))
    with Archive(tmp_path / "archive.db") as archive:
        site = "jisr.example"
        for saying in (OLD_PAGE, page):
            article = read(saying)
            archive.add(article, fetched_at=saying.at, site=site)
        assert len(articles(archive)) == 2
        move = attrs.evolve(MOVE, headers=headers)
        imported(archive, write(tmp_path, move))
        assert articles(archive) == [(f"{there}{OLD}", 2, 2)]


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
def test_temporary_redirect_joins_nothing(tmp_path: Path, status: str) -> None:
    with Archive(tmp_path / "archive.db") as archive:
        passing = attrs.evolve(MOVE, status=status)
        imported(archive, write(tmp_path, OLD_PAGE, NEW_PAGE, passing))
        assert len(articles(archive)) == 2


def canonical(page: Saying, url: str) -> Saying:
    link = f'<link rel="canonical" href="{url}"></head>'.encode()
    return attrs.evolve(page, body=page.body.replace(b"</head>", link))


@pytest.mark.parametrize("is_one_story", [True, False])
def test_article_that_calls_another_one_canonical_is_joined_to_it(
    tmp_path: Path, *, is_one_story: bool
) -> None:
    # A paper changes the address with the headline, and shows the page at both.
    old = attrs.evolve(OLD_PAGE, path="/2020454-the-bridge-opens")
    new = attrs.evolve(NEW_PAGE, path="/2020454-the-bridge-is-open")
    if not is_one_story:
        new = attrs.evolve(new, body=new.body.replace("الجسر".encode(), "الملعب".encode()))
    page = new if is_one_story else old
    again = canonical(attrs.evolve(page, path=old.path, at=MOVE.at), f"{HOST}{new.path}")
    with Archive(tmp_path / "archive.db") as archive:
        imported(archive, write(tmp_path, old, new))
        assert len(articles(archive)) == 2
        imported(archive, write(tmp_path, again))
        assert [row[0] for row in articles(archive)] == (
            [f"{HOST}{new.path}"]
            if is_one_story
            else [f"{HOST}{old.path}", f"{HOST}{new.path}"]
        )
        assert archive.check() == ()


def test_one_text_at_both_addresses_is_one_version(tmp_path: Path) -> None:
    days = ("2026-03-01", "2026-03-02")  # of another day, they are two articles at first
    pages = [
        attrs.evolve(page, body=OLD_PAGE.body.replace(b"2026-03-01", day.encode()))
        for page, day in zip((OLD_PAGE, NEW_PAGE), days, strict=True)
    ]
    with Archive(tmp_path / "archive.db") as archive:
        imported(archive, write(tmp_path, *pages))
        assert len(articles(archive)) == 2
        imported(archive, write(tmp_path, MOVE))
        assert articles(archive) == [(f"{HOST}{NEW}", 1, 2)]
        assert archive.check() == ()


def test_another_story_at_the_old_address_is_another_article(
    archive: Archive, tmp_path: Path
) -> None:
    body = OLD_PAGE.body.replace("الجسر القديم".encode(), "الملعب الجديد".encode())
    body = body.replace("حجارة الجسر".encode(), "مقاعد الملعب".encode())
    other = attrs.evolve(OLD_PAGE, body=body, at=NOON + dt.timedelta(hours=3))
    for hours in (3, 4):
        seen = attrs.evolve(other, at=NOON + dt.timedelta(hours=hours))
        imported(archive, write(tmp_path, seen))
    assert [row[:2] for row in articles(archive)] == [(f"{HOST}{NEW}", 2), (f"{HOST}{OLD}", 1)]
    assert archive.check() == ()


def test_moves_are_merged(archive: Archive, tmp_path: Path) -> None:
    with Archive(tmp_path / "other.db") as other:
        imported(other, write(tmp_path, OLD_PAGE, NEW_PAGE))
        assert len(articles(other)) == 2
        for _ in range(2):
            other.merge(archive.path)
            assert articles(other) == [(f"{HOST}{NEW}", 2, 2)]
        assert other.check() == ()
    with Archive(tmp_path / "third.db") as third:
        imported(third, write(tmp_path, OLD_PAGE))
        archive.merge(third.path)
    assert articles(archive) == [(f"{HOST}{NEW}", 2, 2)]
    assert archive.check() == ()


def test_withdrawing_by_the_old_number_withdraws_the_story(archive: Archive) -> None:
    archive.withdraw(1, reason="a test")
    assert articles(archive) == []
    assert archive.db.execute("SELECT count(*) FROM versions").fetchone() == (0,)
    assert archive.check() == ()


def test_moves_follow_each_other(archive: Archive, tmp_path: Path) -> None:
    last = "/archive/the-bridge"
    page = attrs.evolve(NEW_PAGE, path=last, at=NOON + dt.timedelta(hours=3))
    page = attrs.evolve(page, body=page.body.replace(b"<h1>", b"<h1>1: "))
    imported(archive, write(tmp_path, page))
    assert len(articles(archive)) == 2
    headers = (("Content-Type", "text/html"), ("Location", last))
    move = attrs.evolve(MOVE, path=NEW, headers=headers, at=NOON + dt.timedelta(hours=4))
    imported(archive, write(tmp_path, move))
    assert articles(archive) == [(f"{HOST}{last}", 3, 3)]
    assert archive.get(1) == archive.get(2) == archive.get(f"{HOST}{OLD}")
    assert archive.check() == ()


@pytest.fixture
def server() -> Iterator[OddServer]:
    with odd_server() as server:
        server.answers["/"] = Answer(b"<html><head><title>Bay</title></head></html>")
        yield server


def test_crawl_joins_what_it_stored_apart(server: OddServer, tmp_path: Path) -> None:
    archive = tmp_path / "archive.db"
    old = article("The bridge opens to walkers").body
    new = old.replace(b"<h1>The bridge opens", b"<h1>At last the bridge opens")
    new = new.replace(b"</article>", b"<p>The lamps burn from dusk on.</p></article>")
    server.answers |= {OLD: Answer(old), NEW: Answer(new)}
    server.answers["/sitemap.xml"] = sitemap_of(server, [OLD, NEW])
    assert crawl(archive, "site", "-a", f"url={server.url}/").returncode == 0
    assert len(rows(archive, "SELECT id FROM article")) == 2
    server.answers[OLD] = Answer(b"", 301, (("Location", NEW),))
    for _ in range(2):
        done = crawl(archive, "site", "-a", f"url={server.url}/")
        assert done.returncode == 0, done.stderr
        found = rows(archive, "SELECT url, headline, addresses FROM article")
        now = {"url": f"{server.url}{NEW}", "headline": "At last the bridge opens to walkers"}
        assert found == [{**now, "addresses": 2}]
    assert server.count(OLD) == 2
    with Archive.open_read_only(archive) as opened:
        told = {one.headline for one in opened.versions(f"{server.url}{OLD}")}
        assert told == {"The bridge opens to walkers", "At last the bridge opens to walkers"}
        assert opened.check() == ()

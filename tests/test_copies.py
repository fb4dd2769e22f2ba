"""Wire copy in an archive: who had an agency text, who first, and what each made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from newscrawl.archive import Archive, CopyCluster
from newscrawl.archive.copies import CopyPair, clusters_from
from newscrawl.article import Agency, Dateline, SourceCredit
from tests.archive_samples import MORNING, article_at, hours, observation_at
from tests.command_line import refusal, run
from tests.copy_pairs import Text, edited, stories, template_texts

STORIES = {story.name: story for story in stories()}
HARBOUR = STORIES["harbour"]
FERRY = STORIES["ferry"]
MILL = STORIES["ashmere_mill"]
AFP = SourceCredit(raw="أ ف ب", agencies=(Agency(name="أ ف ب", id="afp"),))


def keep(archive: Archive, outlet: str, text: Text, hour: float = 0, **changes: Any) -> str:
    """Save *text* as the article of an outlet; return its address."""
    url = f"https://{outlet}.example/{changes.pop('key', 1)}"
    values = {"date_published": None, "date_published_raw": None, "source_credit": None}
    values |= {"dateline": None, "article_body": text.body, "blocks": ()} | changes
    seen = observation_at(MORNING + hours(hour), url)
    archive.save(article_at(url, **values), seen, site=f"{outlet}.example", key=url, run=None)
    return url


def kept_cluster(archive: Archive, url: str) -> CopyCluster:
    archive.update_copies()
    found = archive.copies(url)
    assert found is not None
    return found


def sites_of(archive: Archive) -> list[list[str]]:
    """Return the sites of each cluster."""
    archive.update_copies()
    rows = archive.db.execute(
        "SELECT group_concat(site) FROM (SELECT * FROM copy ORDER BY cluster_id, site)"
        " GROUP BY cluster_id ORDER BY 1"
    )
    return [[site.partition(".")[0] for site in row[0].split(",")] for row in rows]


def test_outlets_of_one_text_are_in_the_order_they_had_it(archive: Archive) -> None:
    keep(archive, "shams", HARBOUR.base, 5, date_published=MORNING + hours(1))
    keep(archive, "qamar", HARBOUR.copies[0], 3)
    url = keep(
        archive, "najm", HARBOUR.copies[3], 4, headline="عودة الميناء", source_credit=AFP
    )
    keep(archive, "badr", HARBOUR.others["independent"], 1)
    found = kept_cluster(archive, url)
    assert [(copy.site, copy.place, copy.had_by_source) for copy in found.copies] == [
        ("shams.example", 1, "published"),
        ("qamar.example", 2, "first_seen"),
        ("najm.example", 3, "first_seen"),
    ]
    assert [copy.is_headline_changed for copy in found.copies] == [False, False, True]
    assert found.copies[2].agencies == ("أ ف ب",)
    assert 0.5 < found.copies[2].share < 1 == found.copies[0].share


def test_headline_spelled_otherwise_is_not_changed(archive: Archive) -> None:
    url = keep(archive, "shams", HARBOUR.base, headline="إعادة فتح الميناء")
    keep(archive, "qamar", HARBOUR.copies[0], 1, headline="اعادة فتح المينـاء")
    assert not any(copy.is_headline_changed for copy in kept_cluster(archive, url).copies)


@pytest.mark.parametrize(
    ("other", "is_certain"),
    [
        (None, False),  # it may have stood there for days
        (MORNING + hours(2), True),
        (MORNING + hours(-5), True),  # then this is the first
        ((MORNING + hours(48)).date(), True),
        (MORNING.date(), False),
    ],
    ids=["unknown", "later", "sooner", "another-day", "the-same-day"],
)
def test_first_is_certain_where_no_other_can_have_been_sooner(
    archive: Archive, other: Any, is_certain: bool
) -> None:
    url = keep(archive, "shams", HARBOUR.base, 60, date_published=MORNING)
    keep(archive, "qamar", HARBOUR.copies[0], 61, date_published=other)
    found = kept_cluster(archive, url)
    assert found.is_first_certain is is_certain
    [summary] = archive.copy_clusters()
    assert summary.is_first_certain is is_certain
    assert summary.first_site == found.copies[0].site


def test_time_of_publication_after_the_first_visit_is_not_believed(archive: Archive) -> None:
    url = keep(archive, "shams", HARBOUR.base, 1, date_published=MORNING + hours(9))
    keep(archive, "qamar", HARBOUR.copies[0], 2)
    assert kept_cluster(archive, url).copies[0].had_by_source == "first_seen"


def test_outlet_that_took_the_text_up_later_had_it_later(archive: Archive) -> None:
    own = HARBOUR.others["independent"]
    keep(archive, "shams", own, 1, date_published=MORNING)
    url = keep(archive, "qamar", HARBOUR.base, 3, date_published=MORNING + hours(2))
    keep(archive, "shams", HARBOUR.copies[0], 6, date_published=MORNING)
    first, second = kept_cluster(archive, url).copies
    assert (first.site, second.site) == ("qamar.example", "shams.example")
    assert (f"{second.had_by:%H:%M}", second.had_by_source) == ("12:30", "version")


def test_article_that_says_something_else_now_is_no_copy_any_more(archive: Archive) -> None:
    keep(archive, "shams", HARBOUR.base)
    keep(archive, "qamar", HARBOUR.copies[0], 1)
    url = keep(archive, "najm", HARBOUR.copies[1], 1)
    assert sites_of(archive) == [["najm", "qamar", "shams"]]
    keep(archive, "najm", FERRY.base, 2)
    assert archive.copies(url) is None  # though nothing was compared since
    assert sites_of(archive) == [["qamar", "shams"]]
    assert archive.check() == ()


def test_withdrawn_article_leaves_nothing_to_compare(archive: Archive) -> None:
    urls = [keep(archive, name, HARBOUR.base, 1) for name in ("shams", "qamar")]
    assert sites_of(archive) == [["qamar", "shams"]]
    archive.withdraw(urls[0], reason="asked for")
    assert archive.copies(urls[1]) is None
    assert sites_of(archive) == []
    counts = "SELECT (SELECT count(*) FROM sketches), (SELECT count(*) FROM copy_pairs)"
    assert archive.db.execute(counts).fetchone() == (1, 0)
    assert archive.check() == ()


def test_text_that_comes_after_a_withdrawal_is_compared(archive: Archive) -> None:
    url = keep(archive, "shams", FERRY.base)
    keep(archive, "qamar", HARBOUR.base)
    archive.update_copies()
    archive.withdraw(url, reason="asked for")
    archive.withdraw("https://qamar.example/1", reason="asked for")
    for outlet in ("najm", "badr"):  # their versions have the ids of those that are gone
        keep(archive, outlet, HARBOUR.base)
    assert sites_of(archive) == [["badr", "najm"]]


def test_merged_archive_has_the_same_clusters(archive: Archive, tmp_path: Path) -> None:
    texts = [HARBOUR.base, *HARBOUR.copies, FERRY.base, *FERRY.copies]
    for number, text in enumerate(texts):
        keep(archive, f"s{number:02}", text, number)
    with Archive(tmp_path / "merged.db") as merged:
        keep(merged, "s03", texts[3], 3)
        merged.update_copies()
        merged.merge(archive.path)
        assert sites_of(merged) == sites_of(archive)
        assert merged.check() == ()


def test_clusters_do_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    texts = [HARBOUR.base, *HARBOUR.copies, *HARBOUR.others.values(), MILL.base, *MILL.copies]
    texts += [*MILL.others.values(), edited(HARBOUR.base, [f"above: {MILL.base.body}"])]
    named = [(f"s{number:02}", text) for number, text in enumerate(texts)]
    found = []
    for step, some in enumerate((named, named[::-1], named[::2] + named[1::2])):
        with Archive(tmp_path / f"{step}.db") as archive:
            for outlet, text in some:
                keep(archive, outlet, text)
                if step:
                    archive.update_copies()
            found.append(sites_of(archive))
    assert found[0] == found[1] == found[2]
    assert found[0] == [
        [f"s{number:02}" for number in range(6)],
        [f"s{number:02}" for number in range(8, 14)],
    ]


def test_clusters_of_all_written_texts_are_nearly_whole_and_pure(archive: Archive) -> None:
    wanted: set[tuple[str, str]] = set()
    with archive.transaction():
        for number, story in enumerate(STORIES.values()):
            outlets = [f"s{number:02}c{place}" for place in range(1 + len(story.copies))]
            wanted |= set(combinations(outlets, 2))
            for outlet, text in zip(outlets, (story.base, *story.copies), strict=True):
                keep(archive, outlet, text)
            for kind, text in story.others.items():
                keep(archive, f"s{number:02}x{kind.replace('_', '')}", text)
        for number, text in enumerate(template_texts()):
            keep(archive, f"t{number:02}", text)
    found = {pair for cluster in sites_of(archive) for pair in combinations(cluster, 2)}
    assert found <= wanted
    assert len(found) >= 0.95 * len(wanted)


def test_round_up_ties_no_two_stories_together(archive: Archive) -> None:
    keep(archive, "shams", HARBOUR.base)
    keep(archive, "qamar", FERRY.base)
    keep(archive, "najm", edited(HARBOUR.base, [f"below: {FERRY.base.body}"]))
    assert sites_of(archive) == []
    keep(archive, "badr", FERRY.copies[0])
    assert sites_of(archive) == [["badr", "qamar"]]


def test_pairs_are_stored_once_however_often_they_are_compared(archive: Archive) -> None:
    for outlet in ("shams", "qamar", "najm"):
        keep(archive, outlet, HARBOUR.base)
    archive.update_copies()
    pairs = archive.db.execute("SELECT * FROM copy_pairs").fetchall()
    with archive.transaction() as db:
        db.execute("UPDATE sketches SET is_compared = 0")
    archive.update_copies()
    assert archive.db.execute("SELECT * FROM copy_pairs").fetchall() == pairs
    assert len(pairs) == 3


def test_one_site_alone_makes_no_cluster(archive: Archive) -> None:
    for key in (1, 2, 3):
        keep(archive, "shams", HARBOUR.base, key=key)
    assert sites_of(archive) == []


def test_what_stands_under_every_article_of_sister_sites_makes_no_cluster(
    archive: Archive,
) -> None:
    notice = HARBOUR.base.paragraphs[:3]
    for site in ("shams", "qamar"):
        others = [story for story in STORIES.values() if story.name != "harbour"]
        for number, story in enumerate(others[:8] if site == "shams" else others[8:16]):
            text = Text(dateline="", paragraphs=(story.base.paragraphs[0], *notice))
            keep(archive, site, text, key=number)
    assert sites_of(archive) == []


def test_texts_too_short_to_tell_are_no_copies(archive: Archive) -> None:
    flash = Text(dateline="", paragraphs=("عاجل: هيئة الموانئ تعلن عودة العمل في الميناء",))
    keep(archive, "shams", flash)
    keep(archive, "qamar", flash)
    assert sites_of(archive) == []


def test_nothing_new_is_compared_once(archive: Archive) -> None:
    keep(archive, "shams", HARBOUR.base)
    assert not archive.has_compared_all()
    assert (archive.update_copies(), archive.update_copies()) == (1, 0)
    assert archive.has_compared_all()


@pytest.mark.parametrize("bridge", [0.9, 0.5], ids=["like", "loose"])
def test_chain_of_likeness_is_cut_where_its_ends_are_not_alike(bridge: float) -> None:
    whole = [(1, 2), (1, 3), (2, 3), (4, 5), (4, 6), (5, 6)]
    links = [link(one, other, 0.95) for one, other in whole] + [link(3, 4, bridge)]
    sites = dict(enumerate(range(1, 7), 1))
    assert clusters_from(links, sites) == ((1, 2, 3), (4, 5, 6))
    assert clusters_from(links[::-1], sites) == ((1, 2, 3), (4, 5, 6))


def link(shorter: int, longer: int, share: float) -> CopyPair:
    return CopyPair(
        shorter=shorter, longer=longer, of_shorter=share, of_longer=share, start=0.0, end=1.0
    )


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """An archive of a text that three outlets had, and of another that two had."""
    path = tmp_path / "kept.db"
    with Archive(path) as archive:
        keep(archive, "shams", HARBOUR.base, 1, source_credit=AFP)
        keep(archive, "qamar", HARBOUR.copies[3], 2, headline="عنوان آخر")
        keep(archive, "najm", HARBOUR.base, 3, dateline=Dateline(raw="x", agency="رويترز"))
        keep(archive, "badr", MILL.base, 4)
        keep(archive, "hilal", MILL.copies[0], 30)
        keep(archive, "fajr", FERRY.base, 4)
    return path


def test_command_shows_who_had_a_text(kept: Path) -> None:
    done = run("copies", "https://qamar.example/1", "-d", kept)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "3 articles of 3 sites; who had it first is not certain"
    assert lines[3].split()[:4] == ["1", "shams.example", "2026-03-01", "07:30"]
    assert "عنوان آخر" in done.stdout
    assert "100%" in lines[5]


def test_command_shows_what_each_outlet_changed(kept: Path) -> None:
    done = run("copies", "https://qamar.example/1", "-d", kept, "--diff")
    assert "[-" in done.stdout
    assert "{+عنوان آخر+}" in done.stdout
    asked = run("copies", "https://qamar.example/1", "-d", kept, "--diff", "--json")
    copies = json.loads(asked.stdout)["copies"]
    assert [change["field"] for change in copies[1]["changes"]] == [
        "headline", "source_credit", "article_body",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "sites"),
    [
        ({}, ["shams.example", "badr.example"]),
        ({"limit": 1}, ["shams.example"]),
        ({"since": MORNING.replace(hour=9)}, ["badr.example"]),
        ({"agency": "AFP"}, ["shams.example"]),
        ({"agency": "رويتـرز"}, ["shams.example"]),
        ({"agency": "dpa"}, []),
    ],
    ids=["all", "limit", "since", "agency-id", "agency-name", "nothing"],
)
def test_texts_of_most_sites_come_first(
    kept: Path, asked: dict[str, Any], sites: list[str]
) -> None:
    with Archive(kept) as archive:
        archive.update_copies()
        assert [one.first_site for one in archive.copy_clusters(**asked)] == sites


def test_command_lists_the_texts_of_most_sites(kept: Path) -> None:
    done = run("copies", "-d", kept, "--json", "--agency", "afp")
    assert [one["first_site"] for one in json.loads(done.stdout)] == ["shams.example"]
    assert "    3 sites, 3 articles, أ ف ب; رويترز\n" in run("copies", "-d", kept).stdout


def test_command_says_where_nobody_else_had_it(kept: Path) -> None:
    done = run("copies", "https://fajr.example/1", "-d", kept)
    assert done.stdout == "No other site in the archive has this text.\n"


def test_command_can_only_compare(kept: Path) -> None:
    assert run("copies", "--update", "-d", kept).stdout.endswith("6 texts compared\n")
    with Archive.open_read_only(kept) as archive:
        assert archive.has_compared_all()


@pytest.mark.parametrize(
    "asked",
    [["--diff"], ["--since", "yesterday"], ["1", "--update"]],
    ids=" ".join,
)
def test_command_refuses_what_makes_no_sense(kept: Path, asked: Iterable[str]) -> None:
    done = run("copies", "-d", kept, *asked)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_command_names_what_is_missing(kept: Path) -> None:
    assert "nowhere" in refusal(run("copies", "nowhere", "-d", kept))

"""Drift: a changed site is reported, a quiet day is not."""

from __future__ import annotations

import datetime as dt
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from newscrawl.archive import Archive
from newscrawl.archive.read.page_readings import (
    PageReading,
    RunYield,
    SourceVisit,
    read_readings,
)
from newscrawl.drift import Fall, read_drift
from newscrawl.drift.dead_sources import dead_sources_in
from newscrawl.drift.missing_fields import falls_in
from newscrawl.drift.silent_sites import silence_in
from newscrawl.outcomes import Observation
from tests.archive_samples import SITE, article_at, observation_at
from tests.command_line import refusal, run
from tests.crawling import crawl, rows
from tests.harbour_post import harbour_post

PAGES_A_DAY = 200
USUAL = {
    "headline": 1.0,
    "dateline": 0.98,
    "authors": 0.9,
    "keywords": 0.6,
    "source_credit": 0.3,
}
FIELDS = tuple(USUAL)
TODAY = dt.datetime.now(dt.UTC).replace(microsecond=0)

# A page is the set of its fields, as a number; the rules of that number are its fields.
RULES: Mapping[int, Mapping[str, str]] = {
    number + 1: {
        field: "Shams2021:css" for bit, field in enumerate(FIELDS) if number >> bit & 1
    }
    for number in range(2 ** len(FIELDS))
}


def seeded(number: int) -> random.Random:
    """The same chance every time."""
    return random.Random(number)  # noqa: S311 (nothing is kept secret by it)


def day_of(
    chance: random.Random, day: int, rates: Mapping[str, float] = USUAL, swing: float = 0.0
) -> list[PageReading]:
    """A day's pages. With *swing* every day has rates of its own, and weekends lower ones."""
    weekend = 1.5 * swing * (day % 7 >= 5)
    today = {
        field: swung(rate, chance.gauss(0, swing) - weekend) for field, rate in rates.items()
    }
    pages = []
    for number in range(PAGES_A_DAY):
        found = sum((chance.random() < today[field]) << bit for bit, field in enumerate(FIELDS))
        pages.append(page(day * PAGES_A_DAY + number, provenance=found + 1))
    return pages


def swung(rate: float, by: float) -> float:
    """A share moved on the logistic scale; all and nothing stay."""
    if rate in {0.0, 1.0}:
        return rate
    return 1 / (1 + math.exp(-math.log(rate / (1 - rate)) - by))


MIDNIGHT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def page(number: int, *, provenance: int | None = 1, extractor: str = "one") -> PageReading:
    at = MIDNIGHT + dt.timedelta(minutes=7 * number)
    return PageReading(
        url=f"https://{SITE}/{number}",
        fetched_at=at,
        is_article=provenance is not None,
        provenance=provenance,
        extractor=extractor if provenance else None,
        evidence=None,
    )


def quiet_days(chance: random.Random, count: int, swing: float = 0.0) -> list[PageReading]:
    return [one for day in range(count) for one in day_of(chance, day, swing=swing)]


def falls(pages: Sequence[PageReading]) -> dict[str, Fall]:
    return {fall.field: fall for fall in falls_in(SITE, pages, RULES)}


@pytest.mark.parametrize("swing", [0.0, 0.3, 0.6])
def test_thirty_quiet_weeks_raise_no_alarm(swing: float) -> None:
    chance = seeded(20)
    pages: list[PageReading] = []
    for day in range(7 * 34):
        pages += day_of(chance, day, swing=swing)
        if day >= 28 and day % 2:
            assert not falls(pages[-8_000:]), f"on day {day}"


def test_redesign_is_reported_within_one_run() -> None:
    chance = seeded(1)
    before = quiet_days(chance, 14, swing=0.3)
    found = falls(before + day_of(chance, 14, USUAL | {"dateline": 0.03, "authors": 0.0}))
    assert set(found) == {"dateline", "authors"}
    fall = found["dateline"]
    assert fall.before > 0.95
    assert fall.after < 0.1
    assert (fall.missing, fall.pages) == (
        fall.pages - round(fall.after * fall.pages),
        fall.pages,
    )
    first = int(fall.first_bad.url.rpartition("/")[2])
    assert abs(first - len(before)) < 5
    assert int(fall.last_good.url.rpartition("/")[2]) < first


def test_layout_that_fits_no_page_any_more_is_reported() -> None:
    before = quiet_days(seeded(2), 10)
    after = [page(len(before) + number, provenance=100) for number in range(200)]
    rules = {**RULES, 100: {"headline": "h1", "dateline": "dateline_line", "authors": "meta"}}
    found = {fall.field for fall in falls_in(SITE, before + after, rules)}
    assert found == {"layout", "keywords", "source_credit"}


def test_soft_block_is_reported() -> None:
    before = quiet_days(seeded(3), 10)
    refused = [page(len(before) + number, provenance=None) for number in range(200)]
    found = falls(before + refused)
    assert set(found) == {"article"}
    assert found["article"].after == 0


def test_slow_fade_is_reported_before_it_is_over() -> None:
    chance = seeded(4)
    pages = quiet_days(chance, 28)
    told = None
    for day in range(28, 84):
        left = 0.98 * (1 - (day - 28) / 56)
        pages += day_of(chance, day, USUAL | {"dateline": left})
        if told is None and "dateline" in falls(pages):
            told = left
    assert told is not None
    assert told > 0.4


def test_what_has_recovered_is_no_alarm() -> None:
    chance = seeded(5)
    pages = quiet_days(chance, 14)
    pages += day_of(chance, 14, USUAL | {"dateline": 0.0})
    assert "dateline" in falls(pages)
    pages += day_of(chance, 15)
    assert not falls(pages)


def test_alarm_lasts_while_the_change_does() -> None:
    chance = seeded(6)
    pages = quiet_days(chance, 30)
    for day in range(30, 55):
        pages += day_of(chance, day, USUAL | {"authors": 0.0})
        assert set(falls(pages)) == {"authors"}, f"on day {day}"


def test_change_of_the_extractor_is_said() -> None:
    before = [page(number) for number in range(400)]
    after = [page(400 + number, provenance=2, extractor="two") for number in range(200)]
    rules = {1: {"headline": "h1", "dateline": "css"}, 2: {"headline": "h1"}}
    (fall,) = falls_in(SITE, before + after, rules)
    assert fall.is_extractor


def test_new_site_has_no_past_to_compare() -> None:
    assert not falls([])
    assert not falls(quiet_days(seeded(7), 1)[:150])


def yields(*counts: int) -> list[RunYield]:
    return [
        RunYield(run=number, started_at=MIDNIGHT + dt.timedelta(minutes=number), new=new)
        for number, new in enumerate(counts, 1)
    ]


def test_feed_that_brings_nothing_is_reported_within_one_run() -> None:
    usual = [180, 200, 210, 190, 150, 160, 205, 195, 199]
    assert silence_in(SITE, yields(*usual)) is None
    silence = silence_in(SITE, yields(*usual, 0))
    assert silence is not None
    assert (silence.runs, silence.found, silence.usual) == (1, 0, 150)
    assert silence.first_run == 10


def test_nights_of_half_hourly_runs_are_no_silence() -> None:
    day = [0] * 16 + [2, 3, 1, 4] * 8
    assert silence_in(SITE, yields(*day * 20, *[0] * 16)) is None
    silence = silence_in(SITE, yields(*day * 20, *[0] * 48))
    assert silence is not None
    assert silence.found == 0


def visits(*outcomes: str, url: str = "https://shams.example/feed") -> Iterator[SourceVisit]:
    for number, outcome in enumerate(outcomes):
        name, _, status = outcome.partition(" ")
        yield SourceVisit(
            url=url,
            fetched_at=MIDNIGHT + dt.timedelta(minutes=number),
            outcome=name,
            reason=None,
            status=int(status) if status else 200,
        )


@pytest.mark.parametrize(
    ("last", "is_dead"),
    [
        (["http_error 404"], True),
        (["bad_xml"], True),
        (["http_error 503"], False),
        (["http_error 503", "timeout", "http_error 502"], True),
        (["http_error 404", "source"], False),
        (["unchanged 304"], False),
    ],
)
def test_dead_source_is_distinguished_from_a_bad_moment(last: list[str], is_dead: bool) -> None:
    found = dead_sources_in(SITE, visits(*["source"] * 8, *last))
    assert bool(found) == is_dead
    if found:
        assert found[0].last_good == MIDNIGHT + dt.timedelta(minutes=7)
        assert found[0].looks == len(last)


def test_page_that_was_never_a_source_for_long_is_none() -> None:
    assert not dead_sources_in(SITE, visits("source", "source", "http_error 404"))


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of ten daily runs of 40 articles; from the last on, datelines are gone."""
    path = tmp_path_factory.mktemp("drift") / "archive.db"
    with Archive(path) as archive, archive.transaction():
        for day in range(10):
            at = TODAY - dt.timedelta(days=10 - day)
            crawl_a_day(archive, at, day, has_dateline=day < 9)
    return path


def crawl_a_day(archive: Archive, at: dt.datetime, day: int, *, has_dateline: bool) -> None:
    run_id = archive.start_run("site", SITE, {})
    feed = Observation(url=f"https://{SITE}/feed", outcome="source", fetched_at=at)
    archive.record_visit(feed, site=SITE, run=run_id)
    names = ("headline", "dateline") if has_dateline else ("headline",)
    fields = dict.fromkeys(names, "Shams2021:css")
    for number in range(40):
        url = f"https://{SITE}/{day}/{number}"
        moment = at + dt.timedelta(seconds=number)
        article = article_at(url, provenance=fields)
        archive.save(article, observation_at(moment, url), site=SITE, key=url, run=run_id)
    archive.finish_run(run_id, "finished", 0, {})


def test_drift_is_read_from_the_archive(changed: Path) -> None:
    with Archive.open_read_only(changed) as archive:
        drift = read_drift(archive.db, SITE, TODAY)
    (fall,) = drift.falls
    assert (fall.field, fall.before, fall.after, fall.missing) == ("dateline", 1.0, 0.0, 40)
    assert fall.first_bad.url == f"https://{SITE}/9/0"
    assert fall.last_good.url == f"https://{SITE}/8/39"
    assert drift.silence is None
    assert not drift.dead_sources


def test_command_names_field_rates_and_pages(changed: Path) -> None:
    done = run("drift", "-d", changed)
    assert done.returncode == 5
    assert "dateline fell from 100% to 0% since" in done.stdout
    assert "missing from 40 of 40 pages" in " ".join(done.stdout.split())
    assert f"https://{SITE}/9/0" in done.stdout
    (as_json,) = json.loads(run("drift", SITE, "--json", "-d", changed).stdout)
    assert as_json["falls"][0]["first_bad"]["url"] == f"https://{SITE}/9/0"


def test_redesign_is_one_event(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    fields = ("headline", "dateline", "keywords", "section")
    with Archive(path) as archive, archive.transaction():
        history = archive.start_run("site", SITE, {})
        for number in range(320):
            found = fields if number < 240 else fields[:1]
            url = f"https://{SITE}/news/{number}"
            seen = observation_at(TODAY - dt.timedelta(seconds=400 - number), url)
            article = article_at(url, provenance=dict.fromkeys(found, "html"))
            archive.save(article, seen, site=SITE, key=url, run=history)
        archive.finish_run(history, "finished", 0, {})
    with Archive.open_read_only(path) as archive:
        drift = read_drift(archive.db, SITE, TODAY)
    (event,) = drift.events
    assert event.startswith("3 fields fell since ")
    assert f"first at https://{SITE}/news/240: " in event
    said = " ".join(run("drift", "-d", path).stdout.split())
    assert said.count(" fell ") == 1
    assert "dateline 100% to 0%, missing from 80 of 80 pages" in said


def test_quiet_archive_ends_well(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as archive, archive.transaction():
        crawl_a_day(archive, TODAY, 1, has_dateline=True)
    done = run("drift", "-d", path)
    assert (done.returncode, done.stdout) == (0, f"Nothing has changed on {SITE}.\n")


def test_unknown_site_is_one_line(changed: Path) -> None:
    assert "nothing of site 'nowhere'" in refusal(run("drift", "nowhere", "-d", changed))


def test_crawl_ends_well_and_says_what_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with harbour_post() as site:
        done = crawl(path, "site", "-a", f"url={site.url}")
        assert "has changed" not in done.stderr
        name = rows(path, "SELECT name FROM sites ORDER BY id LIMIT 1")[0]["name"]
        fields = {"headline": "h1", "alternative_headline": "subtitle"}
        with Archive(path) as archive, archive.transaction():
            history = archive.start_run("site", name, {})
            for number in range(250):
                url = f"{site.url}before/{number}"
                seen = observation_at(TODAY - dt.timedelta(days=1, seconds=-number), url)
                article = article_at(url, provenance=fields)
                archive.save(article, seen, site=name, key=url, run=history)
        done = crawl(path, "site", "-a", f"url={site.url}", "-s", "NEWSCRAWL_REVISIT=all")
    assert done.returncode == 0, done.stderr
    (event,) = [line for line in done.stderr.splitlines() if " fell since " in line]
    assert "has changed: " in event
    assert "alternative_headline" in event
    assert f"newscrawl drift {name}" in done.stderr


def test_deletions_are_no_drift(archive: Archive) -> None:
    """Half of the pages visited last are deleted, the others are read as ever."""
    history = archive.start_run("site", SITE, {})
    urls = [f"https://{SITE}/news/{number}" for number in range(320)]
    before = TODAY - dt.timedelta(days=2)
    for number, url in enumerate(urls):
        seen = observation_at(before + dt.timedelta(seconds=number), url=url)
        archive.save(article_at(url), seen, site=SITE, key=str(number), run=history)
    archive.finish_run(history, "finished", 0, {})
    assert not read_drift(archive.db, SITE, TODAY)
    second = archive.start_run("site", SITE, {})
    for number, url in enumerate(urls[:80]):
        at = TODAY - dt.timedelta(hours=1) + dt.timedelta(seconds=number)
        if number % 5:
            seen = observation_at(at, url=url)
            archive.save(article_at(url), seen, site=SITE, key=str(number), run=second)
        else:
            seen = observation_at(at, url=url, outcome="http_error", status=404, digest=None)
            archive.record_visit(seen, site=SITE, run=second)
    archive.finish_run(second, "finished", 0, {})
    assert len(archive.absences()) == 16
    assert read_drift(archive.db, SITE, TODAY).lines == ()


def test_home_page_that_a_deleted_article_redirects_to_is_no_dead_source(
    archive: Archive,
) -> None:
    home, gone = f"https://{SITE}/", f"https://{SITE}/news/1"
    for day in range(6):
        run = archive.start_run("site", SITE, {})
        at = TODAY - dt.timedelta(days=6 - day)
        source = observation_at(at, url=home, outcome="source")
        moved = observation_at(at, gone, outcome="redirect", status=302, final_url=home)
        again = observation_at(
            at + dt.timedelta(seconds=1), home, outcome="not_article", kind="home"
        )
        for seen in (source, moved, again):
            archive.record_visit(seen, site=SITE, run=run)
        archive.finish_run(run, "finished", 0, {})
    assert read_drift(archive.db, SITE, TODAY).lines == ()


def test_source_that_fails_is_no_page_that_might_be_an_article(archive: Archive) -> None:
    run = archive.start_run("site", SITE, {})
    home, robots, story = (f"https://{SITE}/{path}" for path in ("", "robots.txt", "news/1"))
    visits = (
        (home, "source", "home"),
        (home, "http_error", "home"),
        (robots, "http_error", "robots.txt"),
        (story, "http_error", None),
    )
    for day, (url, outcome, kind) in enumerate(visits, -4):
        at = TODAY + dt.timedelta(days=day)
        seen = observation_at(at, url, outcome=outcome, kind=kind, status=500)
        archive.record_visit(seen, site=SITE, run=run)
    archive.finish_run(run, "finished", 0, {})
    readings, _ = read_readings(archive.db, SITE, TODAY - dt.timedelta(days=9), 100)
    assert [one.url for one in readings] == [story]


def test_field_that_is_only_guessed_now_is_a_fall() -> None:
    stated = {"headline": "h1", "date_published": "jsonld", "authors": "meta"}
    rules = {1: stated, 2: stated | {"date_published": "printed", "authors": "byline"}}
    pages = [page(number, provenance=1 + (number >= 300)) for number in range(360)]
    found = {fall.field: fall for fall in falls_in(SITE, pages, rules)}
    assert set(found) == {"date_published", "authors"}
    fall = found["date_published"]
    assert fall.is_by_rule
    assert fall.first_bad == pages[300]
    assert fall.line == (
        "date_published as stated by the page fell from 100% to 0% since "
        "2026-01-02 11:00 UTC: found by a weaker rule on 60 of 60 pages"
    )


def test_field_that_is_missing_is_not_also_weaker() -> None:
    rules = {1: {"date_published": "jsonld"}, 2: {}}
    pages = [page(number, provenance=1 + (number >= 300)) for number in range(360)]
    assert [fall.is_by_rule for fall in falls_in(SITE, pages, rules)] == [False]


def test_better_rule_is_no_fall() -> None:
    rules = {1: {"date_published": "printed"}, 2: {"date_published": "jsonld"}}
    pages = [page(number, provenance=1 + (number >= 300)) for number in range(360)]
    assert not falls_in(SITE, pages, rules)

"""A run in which many known articles changed or were refused is reported."""

from __future__ import annotations

import datetime as dt

import pytest

from newscrawl import Archive
from newscrawl.drift import read_drift
from tests.archive_samples import SITE, article_at, hours, observation_at

NOON = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=9)


def fill(archive: Archive, count: int, changed: int, refused: int) -> None:
    """Save articles, and a later run that finds some of them changed or refused."""
    first = archive.start_run("site", SITE, {})
    for number in range(count):
        save(archive, first, number, 0)
    archive.finish_run(first, "finished", 0, {})
    second = archive.start_run("site", SITE, {})
    for number in range(count):
        url = f"https://{SITE}/{number}"
        if number < refused:
            seen = observation_at(NOON + hours(5), url, outcome="http_error", status=403)
            archive.record_visit(seen, site=SITE, run=second)
        else:
            save(archive, second, number, 5, is_changed=number < refused + changed)
    archive.finish_run(second, "finished", 0, {})


def save(
    archive: Archive, run: int, number: int, at: float, *, is_changed: bool = False
) -> None:
    url = f"https://{SITE}/{number}"
    headline = f"السفينة رقم {number}" + (" تعود" if is_changed else "")
    article = article_at(url, headline=headline, canonical_url=None)
    archive.save(article, observation_at(NOON + hours(at), url), site=SITE, key=url, run=run)


@pytest.mark.parametrize(
    ("count", "changed", "refused", "said"),
    [
        (40, 0, 0, None),
        (40, 3, 2, None),
        (10, 10, 0, None),
        (40, 20, 0, "of 40 known articles 50% changed"),
        (40, 0, 40, "of 40 known articles 100% were refused"),
        (40, 10, 10, "of 40 known articles 25% changed and 25% were refused"),
    ],
)
def test_many_changes_at_once_are_reported(
    archive: Archive, count: int, changed: int, refused: int, said: str | None
) -> None:
    fill(archive, count, changed, refused)
    for run, at in ((1, NOON), (2, NOON + hours(4))):
        values = (f"{at:%Y-%m-%dT%H:%M:%SZ}", run)
        archive.db.execute("UPDATE runs SET started_at = ? WHERE id = ?", values)
    drift = read_drift(archive.db, SITE, NOON + hours(8))
    if said is None:
        assert drift.upheaval is None
    else:
        assert drift.lines[-1] == drift.events[-1]
        assert drift.lines[-1].startswith(f"{said} in the run of ")


def test_new_layout_is_no_upheaval(archive: Archive) -> None:
    """The site's name before every headline: told as a layout, not as changes of the texts."""
    runs = []
    for later, before in ((0, ""), (5, "Shams: ")):
        run = archive.start_run("site", SITE, {})
        for number in range(40):
            url = f"https://{SITE}/{number}"
            article = article_at(
                url, headline=f"{before}السفينة رقم {number}", canonical_url=None
            )
            seen = observation_at(NOON + hours(later), url)
            archive.save(article, seen, site=SITE, key=url, run=run)
        archive.finish_run(run, "finished", 0, {})
        runs.append(run)
    for run, at in zip(runs, (NOON, NOON + hours(4)), strict=True):
        values = (f"{at:%Y-%m-%dT%H:%M:%SZ}", run)
        archive.db.execute("UPDATE runs SET started_at = ? WHERE id = ?", values)
    drift = read_drift(archive.db, SITE, NOON + hours(8))
    assert drift.upheaval is None
    assert [one.field for one in drift.layouts] == ["headline"]

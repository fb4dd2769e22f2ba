"""A reading of the same text does not degrade what was right: dates, authors, sections."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from newscrawl import Archive
from newscrawl.archive.write.better_values import strength
from newscrawl.article import Article
from tests.archive_samples import MORNING, SITE, URL, article_at, hours, observation_at
from tests.crawling import rows

LATER = dt.date(2026, 3, 9)
STRONG = {"date_published": "jsonld", "authors": "Shams2026:css", "breadcrumbs": "meta"}


def save(archive: Archive, at: float, **changes: Any) -> Article:
    values = {"provenance": STRONG} | changes
    visit = observation_at(MORNING + hours(at))
    archive.save(article_at(**values), visit, site=SITE, key=URL, run=None)
    return archive.get(URL)


@pytest.mark.parametrize(
    ("field", "worse", "rule"),
    [
        ("date_published", None, None),
        ("date_published", LATER, "time"),
        ("authors", (), None),
        ("authors", ("a commenter",), "byline"),
        ("authors", ("a commenter",), "jsonld"),
        ("breadcrumbs", (), None),
    ],
)
def test_worse_value_of_the_same_text_is_not_taken(
    archive: Archive, field: str, worse: Any, rule: str | None
) -> None:
    before = save(archive, 0)
    provenance = {name: source for name, source in STRONG.items() if name != field}
    if rule:
        provenance[field] = rule
    after = save(archive, 2, **{field: worse}, provenance=provenance)
    assert getattr(after, field) == getattr(before, field)
    assert after.provenance[field] == STRONG[field]
    assert after.date_published_raw == before.date_published_raw
    found = rows(archive.path, "SELECT DISTINCT source FROM provenance WHERE field = ?", field)
    assert {"source": STRONG[field]} in found
    assert rows(archive.path, "SELECT * FROM amendment") == []


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("date_published", LATER, "jsonld"),
        ("date_published", LATER, "Shams2026:css"),
        ("authors", ("سالم البحري",), "Shams2027:css"),
    ],
)
def test_correction_by_a_rule_as_strong_is_taken(
    archive: Archive, field: str, value: Any, rule: str
) -> None:
    save(archive, 0)
    after = save(archive, 2, **{field: value}, provenance=STRONG | {field: rule})
    assert getattr(after, field) == value
    assert [row["field"] for row in rows(archive.path, "SELECT field FROM amendment")] == [
        field
    ]


def test_another_extractor_may_take_a_value_back(archive: Archive) -> None:
    save(archive, 0)
    after = save(archive, 2, authors=(), extractor="0.2.0+bbbb")
    assert after.authors == ()


def test_text_that_changed_has_the_values_of_its_page(archive: Archive) -> None:
    save(archive, 0)
    after = save(archive, 2, headline="الميناء يستقبل سفينتين", date_published=None)
    assert after.date_published is None


@pytest.mark.parametrize(
    ("rule", "worth"),
    [("Shams2026:css", 3), ("jsonld", 2), ("og:title", 2), ("byline", 1), ("", 0), (None, 0)],
)
def test_strength_of_rules(rule: str | None, worth: int) -> None:
    assert strength(rule) == worth

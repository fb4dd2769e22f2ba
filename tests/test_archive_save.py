"""Saving: what is new, what is the same, and what makes a version."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import attrs
import pytest

from newscrawl import Archive
from newscrawl.archive.schema.checkpoints import EVERY
from newscrawl.archive.schema.row_digests import row_digest
from newscrawl.archive.write.prepared_articles import expect, prepare_article
from newscrawl.article import Article, Dateline, Link, LinkList, SourceCredit
from newscrawl.errors import ArchiveError
from newscrawl.ingest.site_identity import SiteIdentities
from newscrawl.outcomes import Evidence
from tests.archive_samples import (
    MORNING,
    PAGE_DIGEST,
    RELATED,
    SITE,
    URL,
    article_at,
    holds,
    hours,
    observation_at,
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive."""
    with Archive(tmp_path / "archive.db") as archive:
        yield archive


def save(archive: Archive, at: float = 0, *, url: str = URL, **changes: Any) -> str:
    """Save the sample article as it is seen *at* so many hours; return the outcome."""
    extractor = {"digest": "5f" * 32} if "extractor" not in changes else {}
    seen = observation_at(MORNING + hours(at), url, **extractor)
    return archive.save(article_at(url, **changes), seen, site=SITE, key="1", run=None).outcome


def rows(archive: Archive, query: str) -> list[tuple[Any, ...]]:
    return archive.db.execute(query).fetchall()


def dump(archive: Archive) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the observations."""
    tables = [name for name in archive.db.table_names() if name != "observations"]
    return {name: rows(archive, f'SELECT * FROM "{name}" ORDER BY 1, 2') for name in tables}


def test_article_comes_back_equal(archive: Archive) -> None:
    save(archive)
    assert archive.get(URL) == article_at()


def test_provenance_and_extractor_come_back(archive: Archive) -> None:
    save(archive)
    found = archive.get(URL)
    assert found is not None
    assert dict(found.provenance) == {"headline": "Shams:css", "date_published": "jsonld"}
    assert found.extractor == "0.1.0+aaaa"


def test_same_article_changes_nothing_but_its_last_seen_time(archive: Archive) -> None:
    assert save(archive) == "stored"
    before = dump(archive)
    assert save(archive, 1) == "unchanged"
    after = dump(archive)
    for table in ("articles", "versions", "showings"):
        seen = rows(archive, f"SELECT first_seen, last_seen FROM {table}")
        assert seen == [("2026-03-01T06:30:00Z", "2026-03-01T07:30:00Z")]
        archive.db.execute(f"UPDATE {table} SET last_seen = first_seen")
    assert after != before
    assert dump(archive) == before


def test_same_visit_saved_twice_is_one_observation(archive: Archive) -> None:
    save(archive)
    before = dump(archive)
    assert save(archive) == "unchanged"
    assert dump(archive) == before
    assert rows(archive, "SELECT outcome FROM observations") == [("stored",)]


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"headline": "الميناء يستقبل ثاني سفينة"}, "publisher"),
        # A part that merely appears or disappears is the layout's.
        ({"alternative_headline": "عاجل"}, "layout"),
        ({"description": None}, "layout"),
        ({"dateline": Dateline(raw="صلالة ـ شمس", place="صلالة")}, "publisher"),
        ({"source_credit": SourceCredit(raw="المصدر: رويترز")}, "publisher"),
        ({"article_body": "وصلت السفينة.", "blocks": ()}, "publisher"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_changed_text_is_a_new_version(
    archive: Archive, change: dict[str, Any], cause: str
) -> None:
    save(archive)
    assert save(archive, 1, **change) == "updated"
    assert archive.get(URL) == article_at(**change)
    assert rows(archive, "SELECT number, cause, is_current FROM version ORDER BY number") == [
        (1, "first", 0),
        (2, cause, 1),
    ]


def test_changed_sidebar_is_no_version(archive: Archive) -> None:
    save(archive)
    lists = (RELATED, LinkList(heading="الأكثر قراءة", kind="most_read"))
    assert save(archive, 1, link_lists=lists) == "unchanged"
    assert rows(archive, "SELECT count(*) FROM versions") == [(1,)]
    found = archive.get(URL)
    assert found is not None
    assert found.link_lists == lists


def test_unchanged_sidebar_costs_no_row(archive: Archive) -> None:
    save(archive)
    count = "SELECT (SELECT count(*) FROM link_lists), (SELECT count(*) FROM links)"
    before = rows(archive, count)
    save(archive, 1, headline="الميناء مغلق")
    assert rows(archive, count) == before == [(1, 2)]


def test_field_beside_the_text_is_amended_and_what_it_was_is_stored(archive: Archive) -> None:
    save(archive)
    assert save(archive, 1, authors=("ليلى الشاطئ",), keywords=("سفن",)) == "unchanged"
    assert archive.get(URL) == article_at(authors=("ليلى الشاطئ",), keywords=("سفن",))
    assert rows(archive, "SELECT seen_at, field, was FROM amendment ORDER BY field") == [
        ("2026-03-01T07:30:00Z", "authors", '["ليلى الشاطئ", "سالم البحري"]'),
        ("2026-03-01T07:30:00Z", "keywords", '["موانئ", "سفن"]'),
    ]


def test_new_agency_in_our_tables_is_no_version(archive: Archive) -> None:
    unknown = SourceCredit(raw="المصدر: أ.ف.ب + وكالات")
    save(archive, source_credit=unknown, agencies=())
    assert save(archive, 1, extractor="0.2.0+bbbb") == "unchanged"
    assert archive.get(URL) == article_at()
    assert rows(archive, "SELECT name, code FROM agency ORDER BY id") == [
        ("شمس", None),
        ("أ.ف.ب", "afp"),
        ("وكالات", None),
    ]


def test_other_text_from_the_same_page_is_the_extractor_s(archive: Archive) -> None:
    seen = observation_at(digest=PAGE_DIGEST)
    later = attrs.evolve(seen, fetched_at=MORNING + hours(1))
    archive.save(article_at(), seen, site=SITE, key="1", run=None)
    better = article_at(headline="أول سفينة", extractor="0.2.0+bbbb")
    archive.save(better, later, site=SITE, key="1", run=None)
    assert rows(archive, "SELECT cause FROM version ORDER BY number") == [
        ("first",),
        ("extractor",),
    ]


def test_other_text_from_another_page_and_extractor_is_undecided(archive: Archive) -> None:
    save(archive)
    save(archive, 1, headline="أول سفينة", extractor="0.2.0+bbbb")
    assert rows(archive, "SELECT cause FROM version ORDER BY number")[1] == ("undecided",)


def test_edit_after_another_extractor_confirmed_the_text_is_the_publisher_s(
    archive: Archive,
) -> None:
    save(archive)
    save(archive, 1, extractor="0.2.0+bbbb")
    save(archive, 2, extractor="0.2.0+bbbb", headline="أول سفينة")
    assert rows(archive, "SELECT cause FROM version ORDER BY number")[1] == ("publisher",)


def test_text_that_comes_back_is_a_third_version(archive: Archive) -> None:
    save(archive)
    save(archive, 1, headline="خطأ")
    assert save(archive, 2) == "updated"
    assert rows(archive, "SELECT headline FROM version ORDER BY number") == [
        ("الميناء يستقبل أول سفينة",),
        ("خطأ",),
        ("الميناء يستقبل أول سفينة",),
    ]


def test_older_page_imported_later_goes_before(archive: Archive) -> None:
    save(archive, 2)
    assert save(archive, 0, headline="قبل") == "updated"
    assert save(archive, 1) == "unchanged"
    assert archive.get(URL) == article_at()
    assert rows(archive, "SELECT headline, first_seen FROM version ORDER BY number") == [
        ("قبل", "2026-03-01T06:30:00Z"),
        ("الميناء يستقبل أول سفينة", "2026-03-01T07:30:00Z"),
    ]
    assert rows(archive, "SELECT first_seen, last_seen FROM article") == [
        ("2026-03-01T06:30:00Z", "2026-03-01T08:30:00Z")
    ]


def test_changed_headline_does_not_repeat_the_body(archive: Archive) -> None:
    save(archive)
    save(archive, 1, headline="أول سفينة")
    assert rows(archive, "SELECT count(*) FROM bodies") == [(1,)]


def test_addresses_of_one_story_are_one_article(archive: Archive) -> None:
    save(archive)
    amp = "https://shams.example/amp/news/1-ميناء"
    assert save(archive, 1, url=amp) == "unchanged"
    assert archive.get(amp) == archive.get(URL) == article_at()
    assert rows(archive, "SELECT url, is_first FROM address ORDER BY is_first") == [
        (amp, 0),
        (URL, 1),
    ]


def test_address_is_found_however_it_is_written(archive: Archive) -> None:
    save(archive)
    assert holds(archive, "http://www.shams.example/news/1-ميناء/?utm_source=x")
    assert not holds(archive, "https://shams.example/news/2")


def test_requested_address_and_redirect_target_are_addresses(archive: Archive) -> None:
    seen = observation_at(url="https://shams.example/s/1", final_url=URL)
    archive.save(article_at(), seen, site=SITE, key="1", run=None)
    assert archive.get("https://shams.example/s/1") == article_at()


def test_same_key_on_two_sites_is_two_articles(archive: Archive) -> None:
    save(archive)
    sister = "https://qamar.example/news/1"
    seen = observation_at(url=sister)
    archive.save(article_at(sister), seen, site="qamar.example", key="1", run=None)
    assert rows(archive, "SELECT site, url FROM article ORDER BY id") == [
        (SITE, URL),
        ("qamar.example", sister),
    ]


def test_article_is_found_by_its_id(archive: Archive) -> None:
    save(archive)
    assert archive.get(1) == archive.get("1") == article_at()
    assert not holds(archive, 2)
    assert not holds(archive, "9" * 30)


def test_304_sees_the_article_again(archive: Archive) -> None:
    save(archive)
    seen = observation_at(MORNING + hours(1), outcome="unchanged", status=304, digest=None)
    archive.record_visit(seen, site=SITE, run=None)
    assert rows(archive, "SELECT last_seen FROM article") == [("2026-03-01T07:30:00Z",)]
    assert rows(archive, "SELECT outcome, version_id, list_set_id FROM observation") == [
        ("stored", 1, 1),
        ("unchanged", 1, 1),
    ]


def test_every_request_is_recorded(archive: Archive) -> None:
    run = archive.start_run("site", SITE, {"limit": 5})
    gone = observation_at(outcome="http_error", status=404, reason="404 Not Found")
    archive.record_visit(gone, site=SITE, run=run)
    archive.record_visit(gone, site=SITE, run=run)
    archive.finish_run(run, "finished", 0, {"pages": 1})
    assert rows(archive, "SELECT outcome, status, reason, url FROM observation") == [
        ("http_error", 404, "404 Not Found", URL)
    ]
    assert rows(archive, "SELECT spider, site, observations, exit_status, counts FROM run") == [
        ("site", SITE, 1, 0, '{"pages": 1}')
    ]


def test_lists_of_a_section_page_are_stored(archive: Archive) -> None:
    page = observation_at(url="https://shams.example/economy", outcome="source")
    archive.record_visit(page, site=SITE, run=None, link_lists=(RELATED,))
    assert rows(archive, "SELECT count(*) FROM links") == [(2,)]


def test_evidence_is_pointed_at(archive: Archive) -> None:
    evidence = Evidence(file="warc/shams-1.warc.gz", offset=120, length=99, record_id="urn:x")
    archive.save(article_at(), observation_at(evidence=evidence), site=SITE, key="1", run=None)
    query = "SELECT evidence_file, evidence_offset, evidence_length, evidence_record FROM {}"
    assert rows(archive, query.format("observation")) == [
        ("warc/shams-1.warc.gz", 120, 99, "urn:x")
    ]


def test_seen_has_what_a_conditional_request_needs(archive: Archive) -> None:
    assert archive.seen(URL) is None
    save(archive)
    failed = observation_at(MORNING + hours(1), outcome="timeout", status=None, etag=None)
    archive.record_visit(failed, site=SITE, run=None)
    seen = archive.seen(URL)
    assert seen is not None
    assert (seen.outcome, seen.etag, seen.article_id) == ("timeout", '"1"', 1)
    assert seen.fetched_at == MORNING + hours(1)


def test_cut_link_is_joined_to_the_whole_headline_once_that_is_archived(
    archive: Archive,
) -> None:
    whole = "حركة السفن في الميناء الجديد"
    save(archive)
    url = "https://shams.example/news/3?utm_source=home"
    seen = observation_at(url=url)
    archive.save(article_at(url, headline=whole), seen, site=SITE, key="3", run=None)
    query = "SELECT text, is_cut, target_headline FROM link WHERE article_id = 1"
    assert rows(archive, f"{query} ORDER BY position") == [
        ("افتتاح رصيف ثان", 0, None),
        ("حركة السفن في", 1, whole),
    ]


def test_half_a_transaction_is_not_stored(archive: Archive) -> None:
    def save_and_fail() -> None:
        with archive.transaction():
            save(archive)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        save_and_fail()
    assert not holds(archive, URL)
    assert rows(archive, "SELECT count(*) FROM observations") == [(0,)]
    assert save(archive) == "stored"


def test_hostile_text_never_costs_the_rest_of_a_row(archive: Archive) -> None:
    lists = (LinkList(heading="\ud800", links=(Link(text="a\x00b", position=2**70),)),)
    hostile = article_at(
        headline="قبل\x00بعد \ud83d\ude00 \udcff",
        keywords=("\x00", "كلمة"),
        provenance={"\x00headline": "\udfff"},
        link_lists=lists,
    )
    seen = observation_at(size=2**64, status=-(2**80), reason="\x00\ud800", digest="not hex")
    archive.save(hostile, seen, site="\x00shams", key="\ud800", run=None)
    found = archive.get(URL)
    assert found is not None
    assert found.headline == "قبلبعد \U0001f600 \ufffd"
    assert found.keywords == ("", "كلمة")
    assert found.link_lists[0].links == (Link(text="ab", position=1),)
    assert found.article_body == article_at().article_body
    assert rows(archive, "SELECT size, status, reason, digest FROM observation") == [
        (None, None, "\ufffd", "")
    ]


@pytest.mark.parametrize(
    ("value", "sortable", "local", "precision"),
    [
        (None, None, None, None),
        (dt.date(2026, 3, 1), "2026-03-01", "2026-03-01", "day"),
        (
            dt.datetime(2026, 3, 1, 1, 5, tzinfo=dt.timezone(dt.timedelta(hours=4))),
            "2026-02-28T21:05:00Z",
            "2026-03-01T01:05:00+04:00",
            "minute",
        ),
        (
            dt.datetime(2026, 3, 1, 1, 5, 7, 42, tzinfo=dt.UTC),
            "2026-03-01T01:05:07Z",
            "2026-03-01T01:05:07.000042+00:00",
            "second",
        ),
        (
            dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=4))),
            "0001-01-01",
            "0001-01-01T00:00:00+04:00",
            "minute",
        ),
    ],
    ids=["none", "day", "minute", "second", "edge"],
)
def test_dates_in_sql(
    archive: Archive,
    value: dt.datetime | dt.date | None,
    sortable: str | None,
    local: str | None,
    precision: str | None,
) -> None:
    save(archive, date_published=value)
    query = "SELECT date_published, date_published_local, date_published_precision FROM article"
    assert rows(archive, query) == [(sortable, local, precision)]
    found = archive.get(URL)
    assert found is not None
    assert found.date_published == value


def test_writing_to_a_read_only_archive_is_one_clear_error(
    archive: Archive, tmp_path: Path
) -> None:
    save(archive)
    with Archive.open_read_only(tmp_path / "archive.db") as reader:
        assert reader.get(URL) == article_at()
        with pytest.raises(ArchiveError, match=r"archive\.db refused"):
            save(reader, 1)


def test_log_is_copied_into_the_file_beside_the_commits(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        archive.checkpoint_in_thread()
        save(archive)
        before = path.stat().st_size
        for number in range(3 * EVERY):
            save(archive, number, url=f"{URL}/{number}", headline=f"Headline {number}")
        deadline = time.monotonic() + 30
        while path.stat().st_size == before and time.monotonic() < deadline:
            time.sleep(0.01)
        assert path.stat().st_size > before
        assert rows(archive, "PRAGMA wal_autocheckpoint")[0][0] > 1000
        count = rows(archive, "SELECT count(*) FROM versions")
    assert not path.with_name("archive.db-wal").exists()
    with Archive(path) as archive:
        assert rows(archive, "SELECT count(*) FROM versions") == count
        assert archive.check() == ()


def test_identity_costs_as_much_in_a_large_site(archive: Archive) -> None:
    def steps_for(article: Article) -> int:
        """Return the number of steps of SQLite's machine, in tens."""
        steps: list[int] = []
        archive.db.conn.set_progress_handler(lambda: steps.append(1), 10)
        identities.key_for(article)
        archive.db.conn.set_progress_handler(None, 0)
        return len(steps)

    identities = SiteIdentities("", archive)
    urls = [f"https://{SITE}/news/{number}" for number in range(200)]
    steps = []
    for url in urls:
        article = article_at(url, canonical_url=url, headline=url)
        steps.append(steps_for(article))
        seen = observation_at(MORNING, url, digest="5f" * 32)
        archive.save(article, seen, site=SITE, key=url, run=None)
    assert steps[-1] < 2 * steps[10]


def test_prepared_article_is_saved_alike_without_further_work(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(archive)
    sent = pickle.dumps(prepare_article(article_at()))
    prepared = pickle.loads(sent)  # noqa: S301

    def refuse(value: object) -> None:
        assert not value, "this was prepared"

    for name in (
        "archive.search.index.stem_text",
        "archive.write.article_versions.text_digest",
        "archive.write.article_versions.blocks_text",
        "archive.write.lookup_tables.list_digest",
        "values.gazetteer.place_ids.identify_place",
    ):
        monkeypatch.setattr(f"newscrawl.{name}", refuse)
    with Archive(tmp_path / "prepared.db") as other:
        expect(prepared)
        seen = observation_at(MORNING, digest="5f" * 32)
        other.save(prepared.article, seen, site=SITE, key="1", run=None)
        found, wanted = dump(other), dump(archive)
    for name in ("openings", "_sqlite_migrations"):  # of one program at one time
        assert found.pop(name) != wanted.pop(name)
    assert found == wanted
    assert found["place_names"]


def test_article_that_was_changed_since_is_not_saved_as_it_was_prepared(
    archive: Archive,
) -> None:
    prepared = prepare_article(article_at())
    expect(prepared)
    seen = observation_at(MORNING, digest="5f" * 32)
    changed = attrs.evolve(prepared.article, article_body="Another text.")
    archive.save(changed, seen, site=SITE, key="1", run=None)
    assert archive.check() == ()


def test_digest_of_a_row_is_that_of_the_json_of_its_columns() -> None:
    values = ('جسر\n"قديم" \U0001f309', 7, None, 0.25, b"\x00\xff")
    content = [["body", values[0]], ["id", 7], ["raw", {"hex": "00ff"}], ["share", 0.25]]
    expected = blake2b(json.dumps(content).encode(), digest_size=8).digest()
    found = row_digest("body, id, kind, share, raw", *values)
    assert found.to_bytes(8, "big", signed=True) == expected

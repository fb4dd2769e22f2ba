"""Every picture of `newscrawl serve`: its numbers, beside a count over the plain tables.

The archive has what misleads counts: months without articles, articles without a date, days
that differ by time zone, an agency under two names, pages that are no article, a withdrawn
article, edits, copies, deletions, more sites than a picture has colours for.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby, pairwise
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import urlencode

import attrs
import pytest

from newscrawl.archive import Archive
from newscrawl.article import Agency, Dateline, SourceCredit
from newscrawl.outcomes import Outcome
from newscrawl.web.display.palette import GREY
from newscrawl.web.pages.question import sentence
from newscrawl.web.queries.questions import Answer, questions
from tests.archive_samples import MORNING, article_at, hours, observation_at
from tests.front_server import WIRE, Front, serving
from tests.test_front_pictures import fill as fill_lists

Row = dict[str, Any]
SITES = [f"{name}.example" for name in ("shams", "qamar", *"abcdefg")]
NOON = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
LATE = dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
EARLY = dt.datetime(2026, 2, 1, 1, 30, tzinfo=dt.timezone(dt.timedelta(hours=3)))
DATES = (NOON, LATE, EARLY, None, dt.date(2026, 2, 1), dt.date(2026, 5, 9), NOON + hours(1))
AFP, REUTERS = Agency(name="أ.ف.ب", id="afp"), Agency(name="رويترز", id="reuters")
CREDITS: tuple[tuple[Agency, ...], ...] = (
    (AFP, Agency(name="AFP", id="afp")),
    (Agency(name="وكالات"),),
    (),
    (REUTERS,),
    (AFP, REUTERS),
)
MANY = [Agency(name=f"وكالة {number}") for number in range(9)]


def add(archive: Archive, site: str, number: int, later: float = 0, **changes: Any) -> str:
    """Save an article of *site*, as it is after so many hours."""
    url = f"https://{site}/{number}"
    agencies = CREDITS[number % len(CREDITS)]
    values: Row = {
        "canonical_url": None,
        "headline": f"خبر {number} في {site}",
        "article_body": f"نص الخبر رقم {number} من {site}",
        "date_published": DATES[number % len(DATES)],
        "date_modified": None,
        "authors": (f"كاتب {number % 3}", "ليلى"),
        "breadcrumbs": ("الرئيسية", ("اقتصاد", "رياضة")[number % 2]),
        "dateline": Dateline(raw="صحار -", place="صحار") if number % 3 else None,
        "source_credit": SourceCredit(raw="م", agencies=agencies) if agencies else None,
        "description": None if number % 2 else "وصف",
        "link_lists": (),
    }
    article = article_at(url, **(values | changes))
    at = observation_at(MORNING + hours(later), url=url)
    archive.save(article, at, site=site, key=url, run=None)
    return url


def fill(path: Path) -> None:
    """Make the archive."""
    fill_lists(path)
    with Archive(path) as archive:
        run = archive.start_run("site", SITES[0], {})
        for at, site in enumerate(SITES):
            for number in range(20, 32 - at):
                add(archive, site, number)
        for number, agency in enumerate(MANY):
            credit = SourceCredit(raw="م", agencies=(agency,))
            add(archive, SITES[0], 40 + number, source_credit=credit)
        add(
            archive,
            SITES[1],
            50,
            page_kind="listing",
            page_kind_certainty="doubtful",
            date_published=dt.date(2026, 11, 1),
        )
        archive.withdraw(add(archive, SITES[1], 51), reason="asked for")
        # Named until the agency was left out: counted nowhere.
        add(archive, SITES[1], 52, source_credit=SourceCredit(raw="م", agencies=(REUTERS,)))
        add(archive, SITES[1], 52, 30, source_credit=None)
        for later, headline in ((30, "عنوان"), (900, "عنوان آخر"), (901, "عنوان")):
            add(archive, SITES[0], 60, later, headline=headline)
        add(archive, SITES[0], 61)
        add(archive, SITES[0], 61, 30, article_body="نص جديد تماما", date_modified=LATE)
        for at, site in enumerate(SITES[:3]):
            add(archive, site, 70, 50 - at, article_body=WIRE, date_published=NOON + hours(at))
        archive.update_copies()
        archive.finish_run(run, "finished", 0, {})
        deleted(archive, f"https://{SITES[0]}/20", MORNING + hours(800))
        deleted(archive, f"https://{SITES[1]}/21", MORNING + hours(900))
        add(archive, SITES[1], 21, 1000)


def deleted(archive: Archive, url: str, at: dt.datetime) -> None:
    """Visit *url* in a run of its own, and find nothing."""
    run = archive.start_run("site", SITES[0], {})
    seen = observation_at(at, url=url, outcome=Outcome.HTTP_ERROR, status=404)
    archive.record_visit(seen, site=url.split("/")[2], run=run)
    archive.finish_run(run, "finished", 0, {})


@attrs.frozen
class Served:
    """A server, and the plain tables of its archive."""

    front: Front
    path: Path

    def table(self, name: str) -> list[Row]:
        """The rows of a table."""
        with closing(sqlite3.connect(self.path)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(f"SELECT * FROM {name}")]

    def names(self, table: str, column: str = "name") -> dict[int, str]:
        """The names of a lookup table by their ids."""
        return {row["id"]: row[column] for row in self.table(table)}

    def articles(self, site: str | None = None) -> list[Row]:
        """The versions that are articles as they are now, with `site` and `article`."""
        versions, sites = (
            {row["id"]: row for row in self.table("versions")},
            self.names("sites"),
        )
        found = (
            versions[row["version_id"]] | {"site": sites[row["site_id"]], "article": row["id"]}
            for row in self.table("articles")
            if row["version_id"] is not None
        )
        return [
            one
            for one in found
            if one["page_kind"] == "article" and site in {None, one["site"]}
        ]

    def named(self, kind: str, column: str) -> dict[int, set[str]]:
        """The names of a kind of each version; an agency is one in all its spellings."""
        names = {row["id"]: row.get("code") or row["name"] for row in self.table(kind)}
        found: defaultdict[int, set[str]] = defaultdict(set)
        for row in self.table(f"version_{kind}"):
            found[row["version_id"]].add(names[row[column]])
        return found

    def picture(self, path: str) -> list[Row]:
        """The rows that a picture draws."""
        answer = self.front.get(path)
        if answer.status == 404 and "nothing to draw" in answer.text:
            return []
        assert answer.status == 200, answer.text
        rows: list[Row] = json.loads(answer.text)["data"]["values"]
        return rows

    def question(self, name: str, **values: str) -> list[Row]:
        """The rows that the picture of a question draws."""
        return self.picture(f"/question/{name}.vl.json?{urlencode({'lang': 'en'} | values)}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("numbers") / "archive.db"
    fill(path)
    with serving(path) as front:
        yield Served(front, path)


def drawn(rows: list[Row], *columns: str) -> dict[Any, Any]:
    """The number of each row by the other columns; a row without a number is left out."""
    *keys, number = columns
    found = [(tuple(row[key] for key in keys), row[number]) for row in rows]
    assert len(found) == len(dict(found)), "a value is drawn twice"
    return {key: value for key, value in found if value is not None}


def largest(served: Served) -> set[str]:
    """The seven sites that have a colour: those with the most articles."""
    sites = served.table("sites")
    counts = Counter(row["site_id"] for row in served.table("articles"))
    ranked = sorted(sites, key=lambda row: (-counts[row["id"]], row["id"]))
    return {row["name"] for row in ranked[:7]}


@pytest.mark.parametrize("site", [None, SITES[0], SITES[8]])
def test_articles_of_months_and_days(served: Served, site: str | None) -> None:
    asked = {"site": site} if site else {}
    shown = largest(served) | {site}
    for name, column, length in (
        ("articles_by_month", "month", 7),
        ("articles_by_day", "day", 10),
    ):
        dated = [one for one in served.articles(site) if one["date_published"]]
        last = max(
            dt.date.fromisoformat(one["date_published"][:10])
            for one in served.articles()
            if one["date_published"]
        )
        expected: Counter[Any] = Counter()
        for one in dated:
            day = dt.date.fromisoformat(one["date_published"][:10])
            if column == "month" or day >= last - dt.timedelta(days=90):
                label = one["site"] if one["site"] in shown else "…"
                expected[str(day)[:length], label] += 1
        rows = served.question(name, **asked)
        assert drawn(rows, column, "site", "articles") == expected
    assert any(row["site"] == "…" for row in served.question("articles_by_month"))


def test_a_moment_counts_in_its_month_of_utc(served: Served) -> None:
    """LATE is 31 January there and 1 February in UTC; EARLY the other way round."""
    page = {
        row["site"]: row["articles"]
        for row in served.question("articles_by_month")
        if row["month"] == "2026-02"
    }
    plain = [
        one
        for one in served.articles(SITES[0])
        if (one["date_published"] or "")[:7] == "2026-02"
    ]
    local = {one["date_published_local"][:10] for one in plain}
    assert local == {"2026-01-31", "2026-02-01"}
    assert page[SITES[0]] == len(plain)


def test_articles_of_an_author_or_agency_by_month(served: Served) -> None:
    for kind, column, asked in (
        ("authors", "author_id", {"author": "كاتب 1"}),
        ("agencies", "agency_id", {"agency": "afp"}),
    ):
        names = served.named(kind, column)
        (name,) = asked.values()
        expected = Counter(
            one["date_published"][:7]
            for one in served.articles()
            if name in names[one["id"]] and one["date_published"]
        )
        found: Counter[str] = Counter()
        for row in served.question("articles_by_month", **asked):
            found[row["month"]] += row["articles"]
        assert found == expected


@pytest.mark.parametrize(
    ("name", "kind", "id_", "column"),
    [
        ("agencies", "agencies", "agency_id", "agency"),
        ("authors", "authors", "author_id", "author"),
        ("sections", "sections", "section_id", "section"),
    ],
)
@pytest.mark.parametrize("site", [None, SITES[1]])
def test_articles_of_names(
    served: Served, name: str, kind: str, id_: str, column: str, site: str | None
) -> None:
    names = served.named(kind, id_)
    expected = Counter(one for row in served.articles(site) for one in names[row["id"]])
    rows = served.question(name, **({"site": site} if site else {}))
    assert drawn(rows, column, "articles") == {(key,): count for key, count in expected.items()}
    assert len(rows) < 30  # none is left out


def test_sites_of_an_agency(served: Served) -> None:
    names = served.named("agencies", "agency_id")
    for agency in ("afp", "وكالات", "reuters"):
        expected = Counter(
            (one["site"],) for one in served.articles() if agency in names[one["id"]]
        )
        assert (
            drawn(served.question("sites_of_an_agency", agency=agency), "site", "articles")
            == expected
        )
    all_agencies = Counter((one["site"],) for one in served.articles() if names[one["id"]])
    assert drawn(served.question("sites_of_an_agency"), "site", "articles") == all_agencies


@pytest.mark.parametrize("site", [None, SITES[0], SITES[1]])
def test_agencies_of_months(served: Served, site: str | None) -> None:
    names = served.named("agencies", "agency_id")
    dated = [one for one in served.articles(site) if one["date_published"]]
    months = {one["date_published"][:7] for one in dated}
    rows = served.question("agencies_by_month", **({"site": site} if site else {}))
    lines = {row["agency"] for row in rows} - {"…"}
    expected: Counter[Any] = Counter()
    for one in dated:
        of_article = {name if name in lines else "…" for name in names[one["id"]]}
        expected.update((one["date_published"][:7], name) for name in of_article)
    found = drawn(rows, "month", "agency", "articles")
    assert {key: count for key, count in found.items() if count} == expected
    assert {month for month, _agency in found} == months
    assert len(lines) <= 7
    specification = json.loads(served.front.get("/question/agencies_by_month.vl.json").text)
    scale = specification["encoding"]["color"]["scale"]
    assert {
        name
        for name, color in zip(scale["domain"], scale["range"], strict=True)
        if color == GREY
    } <= {"…"}


def test_fields_rules_and_outcomes_of_months(served: Served) -> None:
    rules = {
        row["provenance_id"]: row["source"]
        for row in served.table("provenance_fields")
        if row["field"] == "headline"
    }
    articles = served.articles()
    by_rule = Counter(
        (one["first_seen"][:7], rules[one["provenance_id"]])
        for one in articles
        if one["provenance_id"] in rules
    )
    assert drawn(served.question("headline_rules"), "month", "rule", "articles") == by_rule
    columns = {"dateline": "dateline_raw", "link_lists": "list_set_id"}
    shares = {}
    for month, group in groupby(
        sorted(articles, key=lambda one: one["first_seen"]), lambda one: one["first_seen"][:7]
    ):
        found = list(group)
        for field in (
            "headline",
            "date_published",
            "dateline",
            "source_credit",
            "description",
            "link_lists",
        ):
            have = [one[columns.get(field, field)] is not None for one in found]
            shares[month, field] = 100 * mean(have)
    answer = served.front.get("/question/fields_by_month.json")
    assert drawn(json.loads(answer.text), "month", "field", "share") == pytest.approx(shares)
    outcomes = Counter(
        (row["fetched_at"][:7], row["outcome"]) for row in served.table("observations")
    )
    answer = served.front.get("/question/outcomes_by_month.json")
    assert drawn(json.loads(answer.text), "month", "outcome", "requests") == outcomes


@attrs.frozen
class Change:
    """A change of an article from one version to the next, by the publisher."""

    site: str
    was: Row
    became: Row
    classes: str
    """Its first class."""

    @property
    def is_silent(self) -> bool:
        return bool(self.was["date_modified"] == self.became["date_modified"])


def changes(served: Served) -> list[Change]:
    """The edits, from versions that follow each other."""
    classes: defaultdict[int, list[str]] = defaultdict(list)
    for row in served.table("version_changes"):
        if not row["is_layout"]:
            classes[row["version_id"]] += row["classes"].split()
    current = {one["article"]: one["site"] for one in served.articles()}
    live = [row for row in served.table("versions") if row["superseded_by"] is None]
    versions = sorted(live, key=lambda row: (row["article_id"], row["first_seen"]))
    return [
        Change(current[became["article_id"]], was, became, classes[became["id"]][0])
        for was, became in pairwise(versions)
        if was["article_id"] == became["article_id"]
        and became["article_id"] in current
        and became["cause"] == "publisher"
        and classes[became["id"]]
    ]


def test_edits(served: Served) -> None:
    edits = changes(served)
    assert len(edits) == 3
    months = Counter((one.became["first_seen"][:7], one.site) for one in edits)
    assert drawn(served.question("edits_by_month"), "month", "site", "edits") == months
    silent = Counter((one.classes, one.site) for one in edits if one.is_silent)
    answer = json.loads(served.front.get("/question/silent_edits.json").text)
    assert drawn(answer, "class", "site", "silent") == silent
    counts = Counter((one.classes, one.site) for one in edits)
    assert drawn(answer, "class", "site", "edits") == {key: counts[key] for key in silent}
    drawn_rows = served.question("silent_edits")
    assert sorted(row["silent"] for row in drawn_rows) == sorted(silent.values())
    for row in answer:
        of_row = [
            one for one in edits if (one.classes, one.site) == (row["class"], row["site"])
        ]
        last = max(of_row, key=lambda one: one.became["first_seen"] if one.is_silent else "")
        times = (last.was["last_seen"], last.became["first_seen"])
        assert (row["not_before"], row["changed_by"]) == times
    headlines = {
        (
            one.was["headline"],
            one.became["headline"],
            one.was["last_seen"],
            one.became["first_seen"],
        )
        for one in edits
        if one.was["headline"] != one.became["headline"]
    }
    answer = json.loads(served.front.get("/question/changed_headlines.json").text)
    columns = ("was", "became", "not_before", "changed_by")
    assert {tuple(row[name] for name in columns) for row in answer} == headlines
    every = json.loads(served.front.get("/question/edits.json").text)
    assert Counter((row["not_before"], row["changed_by"]) for row in every) == Counter(
        (one.was["last_seen"], one.became["first_seen"]) for one in edits
    )


def test_deletions(served: Served) -> None:
    articles = {one["article"]: one["site"] for one in served.articles()}
    expected = {
        (articles[row["article_id"]], row["last_seen"], row["first_missed"])
        for row in served.table("absences")
    }
    rows = served.question("deletions")
    assert len(rows) == len(expected) == 2
    assert {(row["site"], row["deleted_after"], row["deleted_by"]) for row in rows} == expected
    assert len({row["row"] for row in rows}) == len(rows)


def test_who_has_agency_texts_first(served: Served) -> None:
    site_of = {one["id"]: one for one in served.articles()}
    clusters: defaultdict[int, list[Row]] = defaultdict(list)
    for row in served.table("copies"):
        clusters[row["cluster_id"]].append(site_of[row["version_id"]])
    first = Counter(
        (min(outlets, key=lambda one: one["date_published"])["site"],)
        for outlets in clusters.values()
    )
    assert first
    assert drawn(served.question("first_with_agency_texts"), "site", "texts") == first


@pytest.mark.parametrize(
    ("query", "site", "month", "word"),
    [
        (f"site:{SITES[1]}", SITES[1], "", ""),
        ("نص", None, "", "نص"),
        (f"after:2026-02 before:2026-03 site:{SITES[0]}", SITES[0], "2026-02", ""),
    ],
)
def test_results_of_a_search_by_month(
    served: Served, query: str, site: str | None, month: str, word: str
) -> None:
    bodies = served.names("bodies", "article_body")
    expected = Counter(
        (one["date_published"][:7],)
        for one in served.articles(site)
        if (one["date_published"] or "-")[:7].startswith(month or "2")
        and re.search(rf"\b{word}\b", bodies[one["body_id"]])
    )
    rows = served.picture(f"/search/months.vl.json?{urlencode({'q': query})}")
    assert drawn(rows, "month", "articles") == expected
    page = served.front.get(f"/search?{urlencode({'q': query, 'lang': 'en'})}").text
    bars = re.findall(r"<title>(\d{4}-\d\d): (\d+)</title>", page)
    found = {(at,): int(count) for at, count in bars}
    assert {at: count for at, count in found.items() if count} == expected


@pytest.mark.parametrize("measure", ["articles", "share"])
def test_compared_searches(served: Served, measure: str) -> None:
    queries = [f"site:{site}" for site in (SITES[0], SITES[8])]
    dated = [one for one in served.articles() if one["date_published"]]
    wholes = Counter(one["date_published"][:7] for one in dated)
    expected = {}
    for query in queries:
        found = Counter(
            one["date_published"][:7] for one in dated if f"site:{one['site']}" == query
        )
        for month, count in found.items():
            share = round(100 * count / wholes[month], 2)
            expected[month, query] = count if measure == "articles" else share
    asked = urlencode([*(("q", query) for query in queries), ("measure", measure)])
    rows = served.picture(f"/compare.vl.json?{asked}")
    assert drawn(rows, "month", "query", measure) == expected


def test_bars_of_the_indexes(served: Served) -> None:
    names = {
        "sites": Counter(one["site"] for one in served.articles()),
        "agencies": Counter(
            name
            for one in served.articles()
            for name in served.named("agencies", "agency_id")[one["id"]]
        ),
    }
    for kind, counts in names.items():
        page = served.front.get(f"/{kind}?lang=en").text
        widths = [float(one) for one in re.findall(r'<rect width="([\d.]+)" height="1"', page)]
        most = max(counts.values())
        assert len(widths) == len(counts)
        assert widths == pytest.approx(
            sorted((100 * count / most for count in counts.values()), reverse=True), abs=0.06
        )


@pytest.mark.parametrize("site", [None, SITES[0]])
def test_places(served: Served, site: str | None) -> None:
    """The map and the question, by the names of places in the tables."""
    place_of = {row["printed"]: row["place_id"] for row in served.table("place_names")}
    places = {row["id"]: row for row in served.table("places")}
    filed: Counter[str] = Counter()
    for one in served.articles(site):
        if place := places.get(place_of.get(one["dateline_place"]) or 0):
            filed[f"{place['name']}, {place['country']}"] += 1
    assert sum(filed.values()) > 5
    asked = {"site": site} if site else {}
    rows = served.question("datelines", **asked)
    assert drawn(rows, "place", "articles") == {(name,): count for name, count in filed.items()}
    page = served.front.get(f"/places?{urlencode({'lang': 'en'} | asked)}").text
    circles = re.findall(r"<title>([^<]+): (\d+)</title>", page)
    assert dict(circles) == {
        name.partition(",")[0]: str(count) for name, count in filed.items()
    }


@pytest.mark.parametrize(
    ("word", "forms"), [("qamar", {"qamar"}), ("خبر", {"خبر", "الخبر"}), ("رقم", {"رقم"})]
)
def test_words_that_tell_two_selections_apart(
    served: Served, word: str, forms: set[str]
) -> None:
    """The words of one paper against the articles of one wire text, in headlines and bodies."""
    bodies = served.names("bodies", "article_body")
    own, wire = [], []
    for one in served.articles():
        body = bodies[one["body_id"]]
        count = sum(text in forms for text in re.findall(r"\w+", f"{one['headline']} {body}"))
        if "الحاويات" in body:
            wire.append(count)
        elif one["site"] == SITES[1]:
            own.append(count)
    assert len(wire) == 3
    queries = (f"site:{SITES[1]} -الحاويات", '"سفينة الحاويات"')
    asked = urlencode([*(("q", query) for query in queries), ("lang", "en")])
    page = served.front.get(f"/compare?{asked}").text
    row = re.search(rf"<bdi>{word}</bdi></a></td>((?:<td[^>]*>[^<]*</td>)+)</tr>", page)
    assert row
    here, there, articles, _score = re.findall(r">([^<]+)</td>", row[1])
    assert (int(here), int(articles)) == (sum(own), sum(map(bool, own)))
    assert int(there) == sum(wire)


def test_first_page(served: Served) -> None:
    page = served.front.get("/?lang=en").text
    tiles = re.findall(r"<dd>(?:<a [^>]*>)?([^<]*)<", page.partition("</dl>")[0])
    dates = sorted(one["date_published"] for one in served.articles() if one["date_published"])
    counts = (
        len(served.articles()),
        len({one["site"] for one in served.articles()}),
        len(changes(served)),
        len({row["cluster_id"] for row in served.table("copies")}),
    )
    assert tiles[:4] == [str(count) for count in counts]
    assert re.findall("<time>([^<]*)</time>", page)[:2] == [dates[0][:10], dates[-1][:10]]
    assert re.search(r"version=last[^>]*><bdi>[^<]*2", page)
    assert f'href="/question/edits?lang=en">{counts[2]}<' in page


def test_the_sum_of_small_sites_leads_no_sentence() -> None:
    rows = (("2026-01", "…", 90), ("2026-01", "shams.example", 5))
    said = sentence(
        questions()["articles_by_month"], Answer(("month", "site", "articles"), rows), "en"
    )
    assert "5, by" in said


def test_calendar_of_captures(served: Served) -> None:
    url = f"https://{SITES[0]}/60"
    ids = {row["url"]: row["id"] for row in served.table("urls")}
    seen = (row for row in served.table("observations") if row["url_id"] == ids[url])
    days = Counter(row["fetched_at"][:10] for row in seen)
    page = served.front.get(f"/captures?{urlencode({'url': url, 'lang': 'en'})}").text
    listed = re.findall(r'<li id="d([-0-9]+)">(.*?)</ul>', page, re.DOTALL)
    assert {day: times.count("<time>") - 1 for day, times in listed} == days


@pytest.mark.parametrize("count", [0, 1])
def test_archive_of_one_article_or_none(tmp_path: Path, count: int) -> None:
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        for number in range(count):
            add(archive, SITES[0], number)
    with serving(path) as front:
        served = Served(front, path)
        for name, question in questions().items():
            assert front.get(f"/question/{name}?lang=ar").status == 200, name
            if question.chart is not None:
                assert front.get(f"/question/{name}.svg").status == 200, name
        for name in ("articles_by_month", "agencies", "authors", "sections", "articles_by_day"):
            answer = front.get(f"/question/{name}.json")
            rows = json.loads(answer.text)
            assert all(row["articles"] == 1 for row in rows)
            assert bool(rows) == bool(count)
        for page in ("/", "/questions", "/places", "/sites", "/search?q=x", "/compare?q=a&q=b"):
            assert front.get(page).status == 200, page
        assert len(served.articles()) == count


def test_every_picture_is_counted_here_or_in_another_module() -> None:
    here = Path(__file__).parent
    texts = "".join(
        (here / name).read_text("utf-8")
        for name in ("test_front_numbers.py", "test_front_pictures.py", "test_front_map.py")
    )
    drawn_ones = [name for name, one in questions().items() if one.chart is not None]
    assert [
        name for name in drawn_ones if f'"{name}"' not in texts and f"/{name}." not in texts
    ] == []

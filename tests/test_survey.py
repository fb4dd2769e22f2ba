"""Finding what sites of many shapes have: the survey against dicts of pages."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from urllib.parse import unquote

import attrs

from newscrawl.crawl.sources.feeds import parse_feed
from newscrawl.crawl.sources.listings import parse_listing
from newscrawl.crawl.sources.sitemaps import parse_sitemap
from newscrawl.crawl.sources.survey import Survey
from newscrawl.crawl.sources.survey_plan import SurveyPlan, Wanted, scope_of
from newscrawl.page import Page

HOME = "https://news.example/"
WORDS = ("ferry", "mayor", "library", "market", "bridge", "choir", "regatta", "harbour")


@attrs.define
class Walk:
    """What a survey asked a site for."""

    articles: set[str] = attrs.field(factory=set)
    asked: Counter[str] = attrs.field(factory=Counter)
    roles: Counter[str] = attrs.field(factory=Counter)


def walk(site: dict[str, str], articles: set[str], **plan: Any) -> Walk:
    """Let a survey ask *site* (path to body) until it is content.

    *articles* are the paths of its articles; a page of the site says nothing of that.
    """
    survey = Survey(SurveyPlan(home=HOME, **plan), scope_of((HOME,)))
    found = Walk()
    wanted = list(survey.start())
    while wanted and sum(found.asked.values()) < 5_000:
        wanted.sort(key=lambda one: -one.priority)
        one = wanted.pop(0)
        if survey.is_still_wanted(one.url, one.role):
            wanted += answer(survey, one, site, articles, found)
        wanted = wanted or list(survey.next_round())
    return found


def answer(
    survey: Survey, one: Wanted, site: dict[str, str], articles: set[str], found: Walk
) -> list[Wanted]:
    """Answer one request as a crawl would, and return what the survey wants then."""
    path = "/" + unquote(one.url.removeprefix(HOME))
    found.asked[path] += 1
    found.roles[one.role] += 1
    if one.role == "article":
        survey.note_request()
        survey.note_page(one.url, is_article=path in articles)
        found.articles |= {path} & articles
        return []
    body = site.get(path, "").encode()
    if one.role == "feed" and (feed := parse_feed(body, one.url)):
        return list(survey.read_feed(feed))
    if one.role == "sitemap" and (sitemap := parse_sitemap(body, one.url)):
        return list(survey.read_sitemap(one.url, one.depth, sitemap))
    if one.role in {"feed", "sitemap"}:
        survey.note_failure(one.url, is_unreachable=False)
        return []
    listing = parse_listing(Page(url=one.url, body=body or b"<html></html>"))
    return list(survey.read_listing(one.url, one.role, listing))


def headline(number: int) -> str:
    return f"The {WORDS[number % len(WORDS)]} story of day {number} is told in full"


def links(*paths: str) -> str:
    numbered = ((path, int("".join(filter(str.isdigit, path[-6:])) or 0)) for path in paths)
    return "".join(
        f"<p><a href='{path}'>{headline(number)}</a></p>" for path, number in numbered
    )


def page(*parts: str, menu: str = "") -> str:
    return f"<html><body><nav><a href='/'>Home</a>{menu}</nav>{''.join(parts)}</body></html>"


def rss(*paths: str) -> str:
    items = "".join(f"<item><link>https://news.example{path}</link></item>" for path in paths)
    return f"<rss><channel>{items}</channel></rss>"


def urlset(*entries: tuple[str, str]) -> str:
    rows = (
        f"<url><loc>https://news.example{path}</loc><lastmod>{day}</lastmod></url>"
        for path, day in entries
    )
    return f"<urlset>{''.join(rows)}</urlset>"


def paged(name: str, paths: list[str], size: int, style: str) -> dict[str, str]:
    """Return the pages of one section; *style* makes the address of page n."""
    pages = {}
    count = -(-len(paths) // size)
    for number in range(1, count + 1):
        own = f"/{name}" if number == 1 else style.format(name=name, n=number)
        onward = style.format(name=name, n=number + 1)
        pager = f"<a href='{onward}'>التالي</a>" if number < count else ""
        pages[own] = page(links(*paths[(number - 1) * size : number * size]), pager)
    return pages


def test_feed_is_enough_where_it_names_all() -> None:
    paths = [f"/2026/05/some-story-of-note-{n}" for n in range(20)]
    feed = "<link rel=alternate type='application/rss+xml' href='/rss'>"
    site = {"/": page(feed, links(*paths[:5])), "/rss": rss(*paths)}
    found = walk(site, set(paths))
    assert found.articles == set(paths)
    assert found.roles["article"] == len(paths)


def test_sections_with_pages_of_every_style_are_read_to_the_end() -> None:
    styles = ("/{name}/page/{n}", "/{name}?page={n}", "/{name}/p{n}", "/{name}-page-{n}")
    for style in styles:
        paths = [f"/news/{1000 + n}-the-story-of-that-day" for n in range(25)]
        menu = "<a href='/sport'>Sport</a><a href='/about'>About us</a>"
        site = {"/": page(links(*paths[:4]), menu=menu)} | paged("sport", paths, 10, style)
        found = walk(site, set(paths))
        assert found.articles == set(paths), style


def test_articles_with_numbers_in_the_query_are_found() -> None:
    paths = [f"/news.php?id={100 + n}" for n in range(12)]
    menu = "<a href='/list.php?cat=3'>رياضة</a><a href='/login.php'>دخول</a>"
    site = {
        "/": page(links(*paths[:6]), menu=menu),
        "/list.php?cat=3": page(links(*paths)),
    }
    found = walk(site, set(paths))
    assert found.articles == set(paths)
    assert found.asked["/login.php"] == 0


def test_arabic_addresses_of_a_template_with_codes_are_found() -> None:
    paths = [f"/314/{214000 + n}-وزير-الدفاع-في-المدينة" for n in range(10)]
    menu = "<a href='/314-أخبار-عاجلة'>أخبار عاجلة</a>"
    site = {"/": page(links(*paths), menu=menu)}
    found = walk(site, set(paths))
    assert found.articles == set(paths)
    assert found.roles["section"] == 1


def test_home_page_that_is_the_only_list_is_read_to_the_end() -> None:
    paths = [f"/2026/05/some-story-of-note-{n}" for n in range(25)]
    pages = paged("page/1", paths, 10, "/page/{n}")
    site = pages | {"/": pages["/page/1"]}
    assert walk(site, set(paths)).articles == set(paths)


def test_sections_named_by_headings_are_read() -> None:
    paths = [f"/2026/05/some-story-of-note-{n}" for n in range(25)]
    heads = "<h2><a href='/city'>City</a></h2><h2><a href='/world'>World</a></h2>"
    site = {"/": page(heads, links(*paths[:4]), menu="<a href='/contact'>Contact</a>")}
    site |= {"/city": page(links(*paths[:12])), "/world": page(links(*paths[12:]))}
    assert walk(site, set(paths)).articles == set(paths)


def test_other_pages_of_a_shape_are_given_up_after_a_few() -> None:
    photos = [f"/photos/a-set-of-pictures-{n}" for n in range(40)]
    paths = [f"/news/some-story-of-note-{n}" for n in range(40)]
    site = {"/": page(links(*photos), links(*paths))}
    found = walk(site, set(paths))
    assert found.articles == set(paths)
    assert found.roles["article"] <= 52


def test_endless_pages_of_made_up_articles_end() -> None:
    menu = "<a href='/calendar'>Calendar</a>"
    site = {"/": page(menu=menu)}
    paths = [f"/calendar/some-event-of-the-day-{n}" for n in range(3_000)]
    site |= paged("calendar", paths, 10, "/calendar/page/{n}")
    found = walk(site, set(paths))
    assert found.roles["page"] <= 10


def test_large_sitemap_is_taken_as_far_as_it_is_new() -> None:
    now = dt.datetime.now(dt.UTC)
    old = [f"/2020/05/some-old-story-{n}" for n in range(700)]
    new = [f"/2026/05/some-new-story-{n}" for n in range(30)]
    entries = [(path, "2020-05-01") for path in old] + [(p, now.isoformat()) for p in new]
    site = {"/": page(links(*new[:5])), "/sitemap.xml": urlset(*entries)}
    assert walk(site, {*old, *new}).articles == set(new)
    assert walk(site, {*old, *new}, whole_history=True).articles == {*old, *new}


def test_since_stops_where_the_pages_grow_old() -> None:
    paths = [f"/news/{1000 + n}-the-story-of-that-day" for n in range(200)]
    dated = [(path, f"2026-05-{28 - n // 10:02}") for n, path in enumerate(paths)]
    menu = "<a href='/sport'>Sport</a>"
    site = {"/": page(links(*paths[:4]), menu=menu), "/sitemap.xml": urlset(*dated)}
    site |= paged("sport", paths, 10, "/sport/page/{n}")
    since = dt.datetime(2026, 5, 25, tzinfo=dt.UTC)
    found = walk(site, set(paths), since=since)
    assert found.articles == set(paths[:40])


def test_sitemap_that_names_all_spares_the_sections() -> None:
    paths = [f"/news/some-story-of-note-{n}" for n in range(40)]
    menu = "".join(f"<a href='/section-{n}'>Section {n}</a>" for n in range(20))
    site = {"/": page(links(*paths[:10]), menu=menu)}
    site["/sitemap.xml"] = urlset(*((path, "2026-05-01") for path in paths))
    found = walk(site, set(paths))
    assert found.articles == set(paths)
    assert len(found.articles) >= 0.8 * (found.roles["article"] + 1 + found.roles["section"])


def test_index_reads_its_news_and_leaves_its_tags() -> None:
    parts = ("posts", "tags", "news")
    rows = "".join(f"<sitemap><loc>{HOME}sitemap-{p}.xml</loc></sitemap>" for p in parts)
    site = {
        "/": page(),
        "/sitemap.xml": f"<sitemapindex>{rows}</sitemapindex>",
        "/sitemap-posts.xml": urlset(("/2026/05/a-story-of-one-day", "2026-05-01")),
    }
    found = walk(site, {"/2026/05/a-story-of-one-day"})
    assert found.articles == {"/2026/05/a-story-of-one-day"}
    assert found.asked["/sitemap-tags.xml"] == 0


def test_endless_index_of_indexes_ends() -> None:
    def index(path: str) -> str:
        rows = "".join(f"<sitemap><loc>{HOME}{path}{n}.xml</loc></sitemap>" for n in range(9))
        return f"<sitemapindex>{rows}</sitemapindex>"

    class Endless(dict[str, str]):
        def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
            return index(key.strip("/").removesuffix(".xml")) if "sitemap" in key else page()

    found = walk(Endless(), set(), whole_history=True)
    assert found.roles["sitemap"] <= 50


def test_only_the_given_sections_are_read() -> None:
    sport = [f"/news/{1000 + n}-a-story-about-sport" for n in range(5)]
    city = [f"/news/{2000 + n}-a-story-about-town" for n in range(5)]
    menu = "<a href='/s/1'>رياضة</a><a href='/s/2'>مدينة</a>"
    site = {"/": page(links(*city), menu=menu), "/s/1": page(links(*sport)), "/s/2": page()}
    for name in ("رياضة", "/s/1", "1"):
        assert walk(site, {*sport, *city}, sections=(name,)).articles == set(sport)


def test_feed_may_stand_on_another_host() -> None:
    kind = "rel=alternate type='application/rss+xml'"
    feeds = (
        f"<link {kind} href='https://feeds.example/x'><link {kind} href='http://10.0.0.1/x'>"
    )
    found = walk({"/": page(feeds)}, set())
    assert found.asked["/https://feeds.example/x"] == 1
    assert found.asked["/http://10.0.0.1/x"] == 0


def test_nothing_off_the_site_is_requested() -> None:
    other = (
        "<a href='https://other.example/2026/05/a-story-of-another-site'>A story elsewhere</a>"
    )
    found = walk({"/": page(other, "<a href='javascript:x()'>x</a>")}, set())
    assert set(found.asked) <= {"/", "/sitemap.xml", "/feed", "/rss.xml"}

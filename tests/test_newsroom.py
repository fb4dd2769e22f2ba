"""The sample newsroom keeps its promises: every address answers, every truth is on its page."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from http.client import HTTPResponse
from urllib.parse import unquote

import lxml.etree
import lxml.html
import pytest

from newscrawl.outcomes import Outcome
from newscrawl.sample_site import Newspaper, aliases, articles, others, running_newsroom
from newscrawl.sample_site.stories import all_sections, all_stories

STORIES = all_stories()
IDS = [f"{story.section.key}-{story.id}" for story in STORIES]


class _Still(urllib.request.HTTPRedirectHandler):
    """Show redirects instead of following them."""

    def redirect_request(self, *_args: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_Still)


def fetch(url: str, **headers: str) -> HTTPResponse:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=names)  # noqa: S310
    try:
        return _OPENER.open(request, timeout=10)  # type: ignore[no-any-return]
    except urllib.error.HTTPError as error:
        return error  # type: ignore[return-value]


def text_of(url: str) -> str:
    with fetch(url) as answer:
        charset = answer.headers.get_content_charset() or "utf-8"
        return answer.read().decode(charset)


def found(markup: str | bytes, query: str) -> list[str]:
    """Return what an XPath *query* for strings finds in a page, a feed or a sitemap."""
    if isinstance(markup, bytes):
        return [str(text) for text in lxml.etree.fromstring(markup).xpath(query)]  # type: ignore[union-attr]
    return [str(text) for text in lxml.html.fromstring(markup).xpath(query)]  # type: ignore[union-attr]


def squeezed(markup: str) -> str:
    return " ".join("".join(found(markup, "//text()")).split())


@pytest.mark.parametrize("number", range(len(STORIES)), ids=IDS)
def test_every_story_prints_its_truth(news_site: str, number: int) -> None:
    story, truth = STORIES[number], articles(news_site)[number]
    markup = text_of(truth.url)
    page, linked = squeezed(markup), {unquote(href) for href in found(markup, "//a/@href")}
    assert truth.headline
    assert story.as_typed(truth.headline) in page
    for block in truth.blocks:
        for line in block.text.split("\n"):
            assert " ".join(story.as_typed(line).split()) in page
    assert story.printed_date in page
    assert all(name in page for name in truth.authors)
    assert truth.dateline is None or truth.dateline.raw in page
    assert truth.source_credit is None or truth.source_credit.raw in page
    for image in truth.images:
        assert image.caption
        assert image.caption in page
    for links in truth.link_lists:
        assert links.heading in page
        for link in links.links:
            assert link.text in page
            assert unquote((link.url or "").removeprefix(news_site)) in linked


def test_there_are_as_many_stories_as_promised() -> None:
    languages = [story.section.language for story in STORIES]
    assert languages.count("ar") >= 24
    assert (languages.count("en"), languages.count("fr")) == (4, 3)
    assert {section.template for section in all_sections()} == {"press", "tables"}


def test_stories_are_of_four_to_eight_paragraphs() -> None:
    assert all(4 <= len(story.blocks) <= 8 for story in STORIES)


def test_stories_differ_in_number_address_and_text() -> None:
    for name in ("id", "path", "headline", "article_body"):
        values = [getattr(story, name) for story in STORIES]
        assert len(set(values)) == len(values), name


def test_paragraph_datelines_begin_the_text() -> None:
    running = [story for story in STORIES if story.dateline_form == "paragraph"]
    assert len(running) >= 6
    for story in running:
        assert story.dateline
        assert story.article_body.startswith(f"{story.dateline.raw} ")


def test_parts_of_a_dateline_stand_in_it() -> None:
    for story in STORIES:
        if story.dateline:
            dateline = story.dateline
            parts = (dateline.place, dateline.agency, dateline.author)
            assert all(part in dateline.raw for part in parts if part)


def test_headlines_of_lists_are_cut_at_a_word(news_site: str) -> None:
    links = [
        link for one in articles(news_site) for each in one.link_lists for link in each.links
    ]
    headlines = {story.headline for story in STORIES}
    assert any(link.is_cut for link in links)
    for link in links:
        whole = link.text.removesuffix("…")
        assert link.is_cut == link.text.endswith("…")
        assert any(headline.startswith(whole) for headline in headlines)


def test_second_edition_changes_one_story_and_its_entity_tag() -> None:
    with running_newsroom() as newsroom:
        first = {one.url: one for one in articles(newsroom.base_url)}
        second = {one.url: one for one in articles(newsroom.base_url, edition=2)}
        [changed] = [
            url for url in first if first[url].article_body != second[url].article_body
        ]
        with fetch(changed) as before:
            tag = before.headers["ETag"]
        newsroom.turn_to(2)
        with fetch(changed, If_None_Match=tag) as after:
            assert after.status == 200
            page = squeezed(after.read().decode("utf-8"))
        assert (second[changed].headline or "-") in page
        assert second[changed].date_modified


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_an_unchanged_page_answers_304(news_site: str, validator: str) -> None:
    url = articles(news_site)[0].url
    with fetch(url) as first:
        value = first.headers[validator]
    asked = "If-None-Match" if validator == "ETag" else "If-Modified-Since"
    with fetch(url, **{asked: value}) as second:
        assert (second.status, second.read()) == (304, b"")


def test_a_page_changed_since_is_sent_again(news_site: str) -> None:
    url = articles(news_site)[0].url
    with fetch(url, If_Modified_Since="Mon, 01 Jan 2018 00:00:00 GMT") as answer:
        assert answer.status == 200
    with fetch(url, If_None_Match='"other"') as answer:
        assert answer.status == 200


def test_the_main_story_stands_at_three_addresses(news_site: str) -> None:
    further = aliases(news_site)
    assert len(further) == 2
    for address, own in further.items():
        page = text_of(address)
        assert f'<link rel="canonical" href="{own}">' in page


def test_sport_is_windows_1256(news_site: str) -> None:
    with fetch(f"{news_site}/sport/") as answer:
        assert answer.headers["Content-Type"] == "text/html; charset=windows-1256"
        assert "رياضة" in answer.read().decode("windows-1256")


def test_sections_page_on_to_their_end(news_site: str) -> None:
    paper = Newspaper()
    for section in paper.sections:
        shown: list[str] = []
        path: str | None = f"/{section.key}/"
        while path:
            markup = text_of(f"{news_site}{path}")
            shown += found(markup, "//article[@class='card']//a/@href")
            path = next(iter(found(markup, "//a[@rel='next']/@href")), None)
        assert shown == [story.path for story in paper.stories_in(section)]
        with fetch(f"{news_site}/{section.key}/page/99/") as answer:
            assert answer.status == 404


def test_sitemaps_name_every_story(news_site: str) -> None:
    locations = "//*[local-name()='loc']/text()"
    named: set[str] = set()
    for address in found(text_of(f"{news_site}/sitemap.xml").encode(), locations):
        with fetch(address) as answer:
            body = answer.read()
        body = gzip.decompress(body) if address.endswith(".gz") else body
        named |= set(found(body, locations))
    assert {one.url for one in articles(news_site)} <= named


@pytest.mark.parametrize(
    ("feed", "query"),
    [("/rss.xml", "//item/link/text()"), ("/atom.xml", "//*[local-name()='link']/@href")],
)
def test_feeds_name_stories(news_site: str, feed: str, query: str) -> None:
    links = found(text_of(f"{news_site}{feed}").encode(), query)
    assert len(links) >= 7
    assert set(links) <= {one.url for one in articles(news_site)}


def test_robots_ask_for_a_delay_and_forbid_a_folder() -> None:
    with running_newsroom("--crawl-delay", "0.25") as newsroom:
        text = text_of(f"{newsroom.base_url}/robots.txt")
    assert "Crawl-delay: 0.25\n" in text
    assert "Disallow: /private/\n" in text
    assert f"Sitemap: {newsroom.base_url}/sitemap.xml" in text


def test_other_addresses_answer_as_promised(news_site: str) -> None:
    expected = {"http_error": 404, "redirect": 302, "redirect_loop": 302}
    for url, outcome in others(news_site).items():
        with fetch(url) as answer:
            assert outcome in set(Outcome)
            assert answer.status == expected.get(outcome, 200), url


def test_home_links_to_all_the_odd_pages(news_site: str) -> None:
    linked = {unquote(href) for href in found(text_of(f"{news_site}/"), "//a/@href")}
    for url in others(news_site):
        path = unquote(url.removeprefix(news_site))
        assert path in linked or path == "/loop/two"


def test_pictures_are_pictures(news_site: str) -> None:
    for one in articles(news_site):
        for image in one.images:
            with fetch(image.url or "") as answer:
                assert answer.read().startswith(b"\x89PNG\r\n")


def test_copies_are_stories_of_their_own() -> None:
    with running_newsroom("--copies", "3") as newsroom:
        many = articles(newsroom.base_url, copies=3)
        assert len({one.url for one in many}) == len(many) == 3 * len(STORIES)
        page = squeezed(text_of(many[-1].url))
    assert (many[-1].headline or "-") in page


def test_the_server_remembers_what_it_was_asked() -> None:
    with running_newsroom() as newsroom:
        fetch(f"{newsroom.base_url}/about/").close()
        fetch(f"{newsroom.base_url}/nothing").close()
        asked = [(row["path"], row["status"]) for row in newsroom.requests()]
    assert asked == [("/about/", 200), ("/nothing", 404)]


def test_sigterm_ends_it_with_status_0() -> None:
    command = [sys.executable, "-m", "newscrawl.sample_site"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_it_ends_when_its_parent_is_killed() -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'newscrawl.sample_site',"
        " '--parent', str(os.getpid())])\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline().startswith("http://127.0.0.1:")
        os.kill(parent.pid, signal.SIGKILL)
        # The pipe ends when the newsroom, which holds it too, has ended.
        assert parent.stdout.read() == ""

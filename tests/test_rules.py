"""Rules: where they point, what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cssselect import SelectorError
from parsel import css2xpath

from newscrawl import Page
from newscrawl.errors import LayoutError
from newscrawl.layouts.rules import (
    address,
    check_css,
    css,
    first_of,
    jsonld,
    links,
    meta,
    name_of,
    xpath,
)

MARKUP = b"""
<html><head><meta property="og:title" content="From the meta tag">
<script type="application/ld+json">
{"@graph": [{"@type": "NewsArticle",
  "author": [{"name": "Muna Haddad"}, {"name": "Sami Nur"}]}]}
</script></head><body>
<h1 class="new">Printed</h1><p class="empty"> </p><time datetime="2026-03-01">today</time>
<aside><h3> Most <b>read</b> </h3><a href="/1">First</a><a href="/2">Second</a></aside>
<aside><h3>Nothing here</h3></aside>
</body></html>
"""


@pytest.fixture
def page() -> Page:
    return Page(url="https://shams.example/2026/03/01/a-story", body=MARKUP)


def texts(matches: tuple[Any, ...]) -> list[str]:
    return [getattr(match, "text", match) for match in matches]


def test_the_first_query_that_hits_wins(page: Page) -> None:
    assert texts(css("h1.old", "h1.new", "h1")(page)) == ["Printed"]


def test_an_empty_string_is_no_hit(page: Page) -> None:
    assert texts(css("p.empty::text", "time::attr(datetime)")(page)) == ["2026-03-01"]


def test_xpath_selects_elements_and_strings(page: Page) -> None:
    assert xpath("//aside//a/@href")(page) == ("/1", "/2")


def test_jsonld_walks_graphs_and_lists(page: Page) -> None:
    assert jsonld("author.name")(page) == ("Muna Haddad", "Sami Nur")


def test_meta_reads_property_and_name(page: Page) -> None:
    assert meta("twitter:title", "og:title")(page) == ("From the meta tag",)


def test_address_reads_a_part_of_the_url(page: Page) -> None:
    assert address(r"/(\d{4}/\d\d/\d\d)/")(page) == ("2026/03/01",)


def test_links_gives_a_list_for_each_container_that_holds_any(page: Page) -> None:
    (found,) = links("aside", heading="h3")(page)
    assert found.heading == "Most read"
    assert [link.get("href") for link in found.links] == ["/1", "/2"]


def test_first_of_goes_on_to_the_next_rule(page: Page) -> None:
    assert first_of(jsonld("headline"), meta("og:title"))(page) == ("From the meta tag",)


def test_nothing_found_is_the_empty_tuple(page: Page) -> None:
    assert css("h2")(page) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        css,
        lambda: css("h1["),
        lambda: xpath("//h1["),
        lambda: address("/("),
        lambda: address("/no-group"),
        lambda: links("aside >", heading="h3"),
        lambda: first_of("h1"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_query_fails_where_it_is_written(wrong: object) -> None:
    with pytest.raises(LayoutError):
        wrong()  # type: ignore[operator]


@pytest.mark.parametrize(
    "query",
    [
        "h1, p::text, a::attr(href), a::attr('data-x')",
        *("h1::first-line", "h1::texts", "a::attr(1)", "a::attr(x y)", "a::href(x)", "a::attr"),
        *("p:visited, p:first-child", "p:nth-child(2n+1 of .x)", "p:no-such", "p:not(::text)"),
        *("p:has(> a)", "p:contains('x')", "p:is(a, b)::text", "*|p", "p::text a", "", "p >"),
    ],
)
def test_queries_are_those_that_parsel_reads(query: str) -> None:
    def is_read(check: Callable[[str], object]) -> bool:
        try:
            check(query)
        except SelectorError:
            return False
        return True

    assert is_read(check_css) == is_read(css2xpath)


def test_rules_are_values() -> None:
    assert css("h1") == css("h1")
    assert hash(css("h1", "h2")) == hash(css("h1", "h2"))
    assert name_of(jsonld("headline")) == "jsonld"

"""Link lists are found by their shape, with the heading that a reader sees above them."""

from __future__ import annotations

import pytest

from newscrawl import Page, extract
from newscrawl.article import LinkList
from newscrawl.extraction.explain import explain
from newscrawl.text.list_headings import list_kind

TEXT = "<p>The ferry ran at night for the first time, and people had come to see it leave.</p>"
TITLES = [
    "Ferry runs at night for the first time",
    "Council pays for the old bridge again",
    "Harbour opens its gates to the public",
    "Fishermen ask for a later curfew",
    "Storm closes the road along the coast",
]


def card(number: int, *, extra: str = "") -> str:
    """A card with a picture, a section label, an author, a time and a button."""
    url = f"/news/2026/0{number}/{TITLES[number - 1].lower().replace(' ', '-')}"
    title = TITLES[number - 1]
    return f"""<div class="card"><a href="{url}"><img src="/i.jpg" alt="A picture"></a>
    <a class="category" href="/harbour">Harbour</a><h3>
    <a href="{url}">{title}</a></h3>
    <span><a href="/author/ann-lee">Ann Lee of the Desk</a></span>
    <time>۱ ساعت قبل</time>
    {extra}<a href="{url}#more">Read more</a></div>"""


def rows(*numbers: int) -> str:
    return "".join(
        f'<li><a href="/news/2026/{n}/story-number-{n}">{TITLES[n - 1]}</a></li>'
        for n in numbers
    )


def lists_in(around: str, *, body: str = TEXT * 5) -> tuple[LinkList, ...]:
    page = f"""<html><head><title>Mayor speaks of the harbour</title></head><body>
    <nav><ul>{"".join(f'<li><a href="/s-{n}">Section {n}</a></li>' for n in range(9))}</ul>
    </nav><main><article><h1>Mayor speaks of the harbour</h1>{body}</article>{around}</main>
    <footer><ul><li><a href="/about">About the Tideway Post</a></li>
    <li><a href="/terms">Terms and conditions of use</a></li></ul></footer></body></html>"""
    return extract(Page(url="https://post.example/news/1", body=page.encode())).link_lists


def texts(one: LinkList) -> list[str]:
    return [link.text for link in one.links]


def test_a_card_counts_once_and_its_title_is_the_entry() -> None:
    cards = "".join(map(card, (1, 2, 3)))
    (found,) = lists_in(f"<section><h2>Trending</h2><div>{cards}</div></section>")
    assert (found.heading, found.kind, texts(found)) == ("Trending", "most_read", TITLES[:3])


def test_cards_in_rows_and_a_first_large_one_are_one_list() -> None:
    hero = f'<div class="hero">{card(1)}</div>'
    row = "".join(f'<div class="row">{card(n)}{card(n + 1)}</div>' for n in (2, 4))
    (found,) = lists_in(f"<section><h2>Harbour</h2>{hero}<div>{row}</div></section>")
    assert (found.heading, texts(found)) == ("Harbour", TITLES)


def test_list_without_a_heading_is_found() -> None:
    (found,) = lists_in(f"<aside><ul>{rows(1, 2, 3)}</ul></aside>")
    assert (found.heading, found.kind, texts(found)) == ("", "other", TITLES[:3])


@pytest.mark.parametrize(
    "above",
    [
        "<h4>Harbour</h4>",
        '<div class="ti">Harbour</div>',
        '<h3><a href="/harbour">Harbour</a></h3>',
        '<div class="bar"><span class="title">Harbour</span></div>',
        "<h2><a href='/harbour'><span>Harbour</span><span>المزيد</span></a></h2>",
        '<div><b>Harbour</b><i></i><a href="/harbour" title="Harbour">See all</a></div>',
    ],
    ids=["heading", "line", "link", "class", "with-a-button", "beside-a-button"],
)
def test_heading_is_the_one_above_the_list(above: str) -> None:
    (found,) = lists_in(f"<section>{above}<ul>{rows(1, 2, 3)}</ul></section>")
    assert found.heading == "Harbour"


def test_lists_side_by_side_have_each_its_heading() -> None:
    around = f"""<div><div class="x"><h3>Harbour</h3><ul>{rows(1, 2, 3)}</ul></div>
    <div class="x"><h3>Most read</h3><ul>{rows(4, 5, 1)}</ul></div></div>"""
    first, second = lists_in(around)
    assert [(one.heading, len(one.links)) for one in (first, second)] == [
        ("Harbour", 3),
        ("Most read", 3),
    ]


def test_list_that_begins_with_the_last_story_of_the_one_above_has_its_own_heading() -> None:
    around = "".join(
        f'<div class="box"><div class="title">{heading}</div><ul>{rows(*numbers)}</ul></div>'
        for heading, numbers in (("Related", (1, 2, 3)), ("Latest", (3, 4, 5)))
    )
    assert [one.heading for one in lists_in(around)] == ["Related", "Latest"]


FIRST, SECOND = f"<ul>{rows(1, 2, 3)}</ul>", f"<ul>{rows(3, 4, 5)}</ul>"
TWO = f'<div class="p a">{FIRST}</div><div class="p b">{SECOND}</div>'
TABS = {
    "by-id": f"""<ul><li><a href="#a">Latest</a></li><li><a href="#b">Most read</a></li></ul>
        <div id="a">{FIRST}</div><div id="b">{SECOND}</div>""",
    "by-order": f"""<ul><li><button>Latest</button></li><li><button>Most read</button></li></ul>
        {TWO}""",
    "spans": f"<div><span>Latest</span><span>Most read</span></div>{TWO}",
    "headings-in-a-row": f"<div><h3>Latest</h3><h3>Most read</h3></div><div>{TWO}</div>",
    "data-tab": f"""<ul><li data-tab="a">Latest</li><li data-tab="b">Most read</li></ul>
        <div id="b">{SECOND}</div><div id="a">{FIRST}</div>""",
    "data-panel": f"""<div><button data-tab="x">Latest</button><button data-tab="y">Most read
        </button></div><p>Of today</p><div data-panel="y">{SECOND}</div>
        <div data-panel="x">{FIRST}</div>""",
    "radio-buttons": f"""<input type="radio" id="t1"><label for="t1">Latest</label>
        <input type="radio" id="t2"><label for="t2">Most read</label>{TWO}""",
    "labelled-by": f"""<div role="tablist"><div role="tab" id="l">Latest</div>
        <div role="tab" id="m">Most read</div></div>
        <div role="tabpanel" aria-labelledby="l">{FIRST}</div>
        <div role="tabpanel" aria-labelledby="m">{SECOND}</div>""",
    "controls": f"""<header><h3>News</h3><nav><button aria-controls="a">Latest</button>
        <button aria-controls="b">Most read</button></nav></header>
        <div><div id="a">{FIRST}</div><div id="b">{SECOND}</div></div>""",
    "scripted-links": f"""<ul><li><a href="javascript:void(0)">Latest</a></li>
        <li><a href="javascript:void(0)">Most read</a></li></ul><div>{TWO}</div>""",
}


@pytest.mark.parametrize("tabs", TABS.values(), ids=TABS)
def test_tabs_are_separate_lists(tabs: str) -> None:
    found = lists_in(f"<aside>{tabs}</aside>")
    first, second = sorted(found, key=lambda one: one.kind)
    assert (first.heading, first.kind, len(first.links)) == ("Latest", "latest", 3)
    assert (second.heading, second.kind, len(second.links)) == ("Most read", "most_read", 3)
    assert first.links[0].url != second.links[0].url


@pytest.mark.parametrize(
    ("state", "heading"), [("", ""), ('class="active"', "Most read"), ("hidden", "")]
)
def test_list_below_tabs_has_no_heading_unless_a_tab_is_marked(
    state: str, heading: str
) -> None:
    strip = f"<div><span>Latest</span><span {state}>Most read</span></div>"
    (found,) = lists_in(f"<aside>{strip}<div>{FIRST}</div></aside>")
    assert found.heading == heading


def address(number: int) -> str:
    return f"/news/2026/{number}/story-number-{number}"


CARDS = {
    "linked-time": """<a href="{url}"><time>12 May 2026, 10:30</time></a>
        <a href="{url}">{title}</a>""",
    "linked-hours": '<a href="{url}">۱ ساعت قبل</a> <a href="{url}">{title}</a>',
    "linked-day": """<a href="/archive/2026/05/12/">Tuesday 12 May 2026</a>
        <a href="{url}">{title}</a>""",
    "author-in-digits": """<a href="/local/">Local politics</a>
        <h4><a href="{url}">{title}</a></h4>
        <a href="/by/anna-maria-weber-1234">Anna Maria Weber</a>""",
    "links-alike": """<a href="/all/politics-and-council">Council and harbour politics</a>
        <a href="{url}">{title}</a>
        <a href="/redaktion/anna-weber-12">Anna Maria Weber</a>""",
}


@pytest.mark.parametrize("inner", CARDS.values(), ids=CARDS)
def test_times_sections_and_authors_beside_titles_are_no_entries(inner: str) -> None:
    cards = "".join(
        f'<div class="item">{inner.format(url=address(n), title=TITLES[n - 1])}</div>'
        for n in (1, 2, 3, 4)
    )
    (found,) = lists_in(f"<section><h2>Latest news</h2>{cards}</section>")
    assert texts(found) == TITLES[:4]


def test_two_stories_in_a_row_are_both_entries() -> None:
    table = "".join(
        f"<tr><td><a href='{address(n)}'>{TITLES[n - 1]}</a></td>"
        f"<td><a href='{address(n + 1)}'>{TITLES[n]}</a></td></tr>"
        for n in (1, 3)
    )
    (found,) = lists_in(f"<section><h2>Latest news</h2><table>{table}</table></section>")
    assert texts(found) == TITLES[:4]


def test_unmarked_line_between_two_lists_heads_the_second() -> None:
    around = "".join(
        f"<div>{heading}</div><ul>{rows(*numbers)}</ul>"
        for heading, numbers in (("Latest", (1, 2)), ("Opinion", (3, 4)))
    )
    found = lists_in(f"<aside>{around}</aside>")
    assert [one.heading for one in found] == ["Latest", "Opinion"]


def test_link_to_more_news_is_no_entry() -> None:
    more = '<li><a href="/latest">More news from the harbour</a></li>'
    (found,) = lists_in(f"<section><h2>Related</h2><ul>{rows(1, 2, 3)}{more}</ul></section>")
    assert texts(found) == TITLES[:3]


def test_title_with_a_line_break_is_whole() -> None:
    title = "Ferry runs at night<br>for the first time"
    links = "".join(
        f'<li><a href="{address(n)}"><span>Harbour</span><div>{title}</div></a></li>'
        for n in (1, 2, 3)
    )
    (found,) = lists_in(f"<section><h2>Latest news</h2><ul>{links}</ul></section>")
    assert texts(found) == ["Ferry runs at night for the first time"] * 3


@pytest.mark.parametrize("copy", ['class="slide slick-cloned"', 'aria-hidden="true"'])
def test_copies_in_a_carousel_are_not_counted(copy: str) -> None:
    def slides(*numbers: int, mark: str = 'class="slide"') -> str:
        return "".join(
            f"<div {mark}><a href='{address(n)}'>{TITLES[n - 1]}</a></div>" for n in numbers
        )

    track = slides(3, 4, mark=copy) + slides(1, 2, 3, 4) + slides(1, 2, mark=copy)
    (found,) = lists_in(f"<section><h2>Videos of the week</h2><div>{track}</div></section>")
    assert texts(found) == TITLES[:4]


@pytest.mark.parametrize("tag", ["marquee", "div", "p"])
@pytest.mark.parametrize("label", ["Breaking", "عاجل"])
def test_ticker_is_a_list_of_the_latest(tag: str, label: str) -> None:
    links = " • ".join(f"<a href='{address(n)}'>{TITLES[n - 1]}</a>" for n in (1, 2, 3))
    (found,) = lists_in(f"<div><strong>{label}</strong><{tag}>{links}</{tag}></div>")
    assert (found.heading, found.kind, texts(found)) == (label, "latest", TITLES[:3])


def test_links_that_say_they_are_paid_for_are_sponsored() -> None:
    links = rows(1, 2, 3).replace("<a ", "<a rel='nofollow sponsored' ")
    (found,) = lists_in(f"<section><h2>You may also like</h2><ul>{links}</ul></section>")
    assert found.kind == "sponsored"


def test_rankings_by_period_share_the_heading_above_their_tabs() -> None:
    panes = "".join(
        f'<div class="body{state}"><ol>{rows(*numbers)}</ol></div>'
        for state, numbers in (("", (1, 2, 3)), (" is-active", (2, 1, 4)))
    )
    strip = "<div class='tabs-head'><span>Today</span><span>Week</span><span>Month</span></div>"
    found = lists_in(f"<aside><h2>Ranking of the week</h2>{strip}<div>{panes}</div></aside>")
    assert [(one.heading, texts(one)[0]) for one in found] == [
        ("Ranking of the week", TITLES[0]),
        ("Ranking of the week", TITLES[1]),
    ]


def test_second_ranking_in_one_part_is_a_list_of_its_own() -> None:
    rankings = f'<ul class="r on">{rows(1, 2, 3)}</ul><ul class="r">{rows(4, 5, 1)}</ul>'
    labels = "<div><span>City</span><span>Country</span></div>"
    found = lists_in(f"<aside><h2>Trending</h2><div>{labels}{rankings}</div></aside>")
    assert [(one.heading, texts(one)) for one in found] == [
        ("Trending", TITLES[:3]),
        ("Trending", [TITLES[3], TITLES[4], TITLES[0]]),
    ]


@pytest.mark.parametrize("target", ["<main id='c'>{}</main>", "<div id='c'>{}</div>"])
def test_heading_within_what_a_link_skips_to_is_nearer_than_its_label(target: str) -> None:
    inside = target.format(f"<h3>Recent posts</h3><ul>{rows(1, 2, 3)}</ul>")
    (found,) = lists_in(f'<a href="#c">Skip to the list</a>{inside}')
    assert found.heading == "Recent posts"


def test_linked_heading_of_a_list_is_nearer_than_that_of_its_part() -> None:
    linked = '<h2><a href="/section/177">Harbour and coast</a></h2>'
    part = f"<div>{linked}<div>{''.join(map(card, (1, 2, 3)))}</div></div>"
    (found,) = lists_in(f"<section><h6>Side panel</h6><div>{part}</div></section>")
    assert (found.heading, texts(found)) == ("Harbour and coast", TITLES[:3])


def test_name_of_a_part_for_screen_readers_is_no_heading() -> None:
    name = '<h6 id="accessibility-main">Side panel</h6>'
    (found,) = lists_in(f"<section>{name}<ul>{rows(1, 2, 3)}</ul></section>")
    assert (found.heading, texts(found)) == ("", TITLES[:3])


def test_badge_of_a_card_is_no_heading() -> None:
    def teaser(number: int, badge: str = "") -> str:
        url = f"/news/2026/0{number}/story-number-{number}"
        return f"""<div class="t"><a href="{url}"><img src="/i.jpg" alt=""></a>
        <div><span class="label">{badge}</span></div>
        <a href="{url}"><h3>{TITLES[number - 1]}</h3></a></div>"""

    cards = teaser(1) + teaser(2, "Breaking") + teaser(3)
    (found,) = lists_in(f"<section>{cards}</section>")
    assert (found.heading, texts(found)) == ("", TITLES[:3])


def test_footer_may_hold_a_list_of_articles() -> None:
    around = f"<footer><div><b>Read by many</b><ul>{rows(1, 2, 3)}</ul></div></footer>"
    (found,) = lists_in(around)
    assert (found.heading, texts(found)) == ("Read by many", TITLES[:3])


@pytest.mark.parametrize("heading", ["Comments", "Neueste Kommentare"])
def test_articles_commented_last_are_a_list(heading: str) -> None:
    entries = rows(1, 2, 3).replace('">', '#comment-7">')
    (found,) = lists_in(f'<aside class="comments"><h3>{heading}</h3><ul>{entries}</ul></aside>')
    assert (found.heading, texts(found)) == (heading, TITLES[:3])


BETWEEN = {
    "pair": (f"<ul>{rows(1, 2)}</ul>", TITLES[:2]),
    "card": (f'<div class="x">{card(2)}</div>', [TITLES[1]]),
}


@pytest.mark.parametrize(("inside", "titles"), BETWEEN.values(), ids=BETWEEN)
def test_cards_between_paragraphs_are_a_list_without_a_heading(
    inside: str, titles: list[str]
) -> None:
    (found,) = lists_in("", body=TEXT * 3 + inside + TEXT * 3)
    assert (found.heading, found.is_inside_body, texts(found)) == ("", True, titles)


@pytest.mark.parametrize(("inside", "titles"), BETWEEN.values(), ids=BETWEEN)
def test_cards_of_other_hosts_between_paragraphs_are_none(
    inside: str, titles: list[str]
) -> None:
    other = inside.replace('href="/news', 'href="https://shop.example/news')
    assert titles
    assert lists_in("", body=TEXT * 3 + other + TEXT * 3) == ()


@pytest.mark.parametrize(
    "inside",
    [
        f'<div class="box"><h4>Read also</h4><ul>{rows(2)}</ul></div>',
        '<p>Read also: <a href="/news/2026/2/council-pays-again">Council pays again</a></p>',
    ],
)
def test_list_between_paragraphs_is_inside_the_body(inside: str) -> None:
    (found,) = lists_in("", body=TEXT * 3 + inside + TEXT * 3)
    assert (found.heading, found.kind, found.is_inside_body) == ("Read also", "related", True)
    assert len(found.links) == 1


def test_label_repeated_before_each_link_heads_one_list() -> None:
    links = "<br>".join(
        f'【関連記事】<a href="/news/2026/{n}/story-number-{n}">{TITLES[n - 1]}</a>'
        for n in (1, 2)
    )
    (found,) = lists_in("", body=f"{TEXT * 3}<div>{links}</div>{TEXT * 3}")
    assert (found.heading, found.kind, texts(found)) == ("【関連記事】", "related", TITLES[:2])


def test_links_in_running_text_are_no_list() -> None:
    words = " and ".join(
        f'<a href="/news/2026/{n}/story-number-{n}">a long link text {n}</a>' for n in range(6)
    )
    assert (
        lists_in("", body=f"{TEXT * 3}<p>The mayor spoke of {words} on Monday.</p>{TEXT}") == ()
    )


NO_LISTS = {
    "tags": """<div class="tags"><h4>Tags</h4><ul>
        <li><a href="/tag/harbour-of-the-city">Harbour of the city</a></li>
        <li><a href="/tag/night-ferry">The night ferry</a></li></ul></div>""",
    "share": """<ul><li><a href="https://x.com/intent/tweet?u=1">Share this on X</a></li>
        <li><a href="https://facebook.com/sharer?u=1">Share it on Facebook now</a></li></ul>""",
    "comments": f"<section><h3>Comments</h3><ul>{rows(1, 2, 3)}</ul></section>",
    "apps": """<div><h3>Read on your telephone</h3>
        <a href="https://apps.apple.com/app/1">Download on the App Store</a>
        <a href="https://play.google.com/store/1">Get it on Google Play</a></div>""",
}


@pytest.mark.parametrize("around", NO_LISTS.values(), ids=NO_LISTS)
def test_what_is_no_list_of_articles_is_left_out(around: str) -> None:
    assert lists_in(around) == ()


def test_paid_content_is_sponsored() -> None:
    cards = "".join(map(card, (1, 2, 3)))
    (found,) = lists_in(f'<div class="taboola"><h4>You may like</h4>{cards}</div>')
    assert found.kind == "sponsored"


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Top stories", "editors_picks"),
        ("À la une", "editors_picks"),
        ("Editor’s Choice", "editors_picks"),
        ("Meistgelesen", "most_read"),
        ("Lo más leído", "most_read"),
        ("Çok okunanlar", "most_read"),
        ("アクセスランキング", "most_read"),
        ("많이 본 뉴스", "most_read"),
        ("Последние новости", "latest"),
        ("Najnowsze", "latest"),
        ("Berita terkait", "related"),
        ("پربازدیدترین", "most_read"),
        ("اخترنا لكم", "editors_picks"),
        ("עוד בנושא", "related"),
        ("Contenu sponsorisé", "sponsored"),
        ("Harbour", "section"),
        ("Kommentare", None),
    ],
)
def test_kind_is_known_by_the_words_of_many_languages(heading: str, kind: str | None) -> None:
    assert list_kind(heading) == kind


def test_explanation_says_why_links_are_no_list() -> None:
    page = f"""<title>Mayor speaks</title>
    <article><h1>Mayor speaks of the harbour</h1>{TEXT * 5}</article>
    <section class="box"><h3>Harbour</h3><ul class="rows">{rows(1, 2, 3)}</ul></section>
    <section><h3>Comments</h3><ul>{rows(4, 5)}</ul></section>"""
    explained = explain(Page(url="https://post.example/news/1", body=page.encode()))
    (lists,) = (field for field in explained.fields if field.field == "link_lists")
    assert [
        (one.value.partition(":")[0], one.rule, one.why_not) for one in lists.rivals[:2]
    ] == [
        ("Harbour", "heading above it, in ul.rows", "it is a list"),
        ("Comments", "heading above it, in ul", "its heading is of no list of articles"),
    ]


def test_explanation_says_why_links_are_no_entries_of_a_list() -> None:
    cards = "".join(map(card, (1, 2, 3)))
    page = f"""<title>Mayor speaks</title>
    <article><h1>Mayor speaks of the harbour</h1>{TEXT * 5}</article>
    <section class="box"><h3>Harbour</h3>{cards}</section>"""
    explained = explain(Page(url="https://post.example/news/1", body=page.encode()))
    (lists,) = (field for field in explained.fields if field.field == "link_lists")
    where = "no entry of Harbour, in section.box"
    marked = "it is marked as an author's, a section's or a button"
    assert [(one.value, one.why_not) for one in lists.rivals if one.rule == where] == [
        ("Harbour", marked),
        ("Ann Lee of the Desk", marked),
    ]


def test_list_of_recommended_stories_between_paragraphs_is_related_and_no_text() -> None:
    rail = f"""<section class="more-on"><h2>Recommended Stories</h2><span>list of 3 items</span>
        <ul>{rows(1, 2, 3)}</ul><span>end of list</span></section>"""
    (found,) = lists_in("", body=TEXT * 3 + rail + TEXT * 3)
    assert (found.kind, texts(found)) == ("related", TITLES[:3])
    assert found.is_inside_body


LABELS = ["READ MORE: ", "Related | ", "Ähnliche Artikel – ", "اقرأ أيضا: "]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("numbers", [(1,), (1, 2)])
def test_lines_with_one_label_before_each_link_are_one_list(
    label: str, numbers: tuple[int, ...]
) -> None:
    lines = "".join(
        f'<p><b>{label}<a href="/news/2026/{n}/story-{n}">{TITLES[n - 1]}</a></b></p>'
        for n in numbers
    )
    (found,) = lists_in("", body=TEXT * 3 + lines + TEXT * 3)
    assert (found.kind, found.heading) == ("related", label.strip(" :|–"))
    assert texts(found) == [TITLES[n - 1] for n in numbers]

"""The line above the headline: a trail of sections, or the kicker."""

from __future__ import annotations

import json

import pytest

from newscrawl import Article, Page, extract

TEXT = (
    "<p>The ferry ran at night for the first time, and people had come to see it leave.</p>" * 4
)
TITLE = "Ferry runs at night on the river"


def article_with(above: str, *, head: str = "", heading: str = TITLE) -> Article:
    page = f"""<html><head><title>{TITLE} | Tideway Post</title>
    <meta property="og:site_name" content="Tideway Post">{head}</head><body>
    <header><a href="/">Tideway Post</a></header><nav><a href="/news">News</a></nav>
    <main><div class="top">{above}<h1>{heading}</h1></div><div>{TEXT}</div></main></body>"""
    return extract(Page(url="https://tidewaypost.example/news/ferry", body=page.encode()))


TRAILS = {
    "home-first": '<div class="breadcrumb"><a href="/">Home</a> › <a href="/n">News</a></div>',
    "own-title-last": f"""<ol class="breadcrumbs"><li><a href="/">Home</a></li>
        <li><a href="/n">News</a></li><li>{TITLE}</li></ol>""",
    "title-cut-short": """<ol class="breadcrumbs"><li><a href="/n">News</a></li>
        <li>Ferry runs at nig…</li></ol>""",
    "root-by-its-address": """<nav aria-label="Breadcrumb"><a href="/">Start here</a>
        <a href="/n">News</a></nav>""",
    "rdfa-crumbs": f"""<p><span typeof="v:Breadcrumb"><a href="/">Home</a></span> /
        <span typeof="v:Breadcrumb"><a href="/n">News</a></span> / <b>{TITLE}</b>
        <a href="/share">Share on Chirper</a></p>""",
    "microdata-crumbs": """<div><div itemtype="http://data-vocabulary.org/Breadcrumb">
        <a href="/"><span itemprop="title">Home</span></a></div>
        <div itemtype="http://data-vocabulary.org/Breadcrumb"><a href="/n">News</a></div>
        </div>""",
    "site-name-first": """<div itemtype="https://schema.org/BreadcrumbList">
        <a href="/index">Tideway Post</a> / <a href="/n">News</a></div>""",
}


@pytest.mark.parametrize("above", TRAILS.values(), ids=TRAILS)
def test_trail_is_without_home_and_title(above: str) -> None:
    assert article_with(above).breadcrumbs == ("News",)


def test_last_section_without_a_link_is_of_the_trail() -> None:
    above = """<ul class="breadcrumb"><li><a href="/">Home</a></li>
        <li><a href="/n">News</a></li>
        <li>Harbour</li></ul>"""
    assert article_with(above).breadcrumbs == ("News", "Harbour")


LINKS = '<a href="/">Home</a> {sign} <a href="/n">News</a> {sign} '
UNLINKED = {
    "marked": f'<div class="breadcrumb">{LINKS.format(sign="›")}Harbour</div>',
    "element": f'<div class="breadcrumb">{LINKS.format(sign="»")}<b>Harbour</b></div>',
    "introduced": f'<div class="breadcrumb">Here: {LINKS.format(sign=">")}Harbour</div>',
    "unmarked": f"<p>{LINKS.format(sign='/')}Harbour</p>",
    "one-link": '<p><a href="/n">News</a> / Harbour</p>',
    "aria-label-in-french": f"""<nav aria-label="Fil d’Ariane">
        {LINKS.format(sign="")}&gt; Harbour</nav>""",
    "aria-label-in-arabic": f"""<div aria-label="مسار التنقّل">
        {LINKS.format(sign="›")}Harbour</div>""",
    "class-in-spanish": f'<div class="site-migas">{LINKS.format(sign="›")}Harbour</div>',
    "rdfa": """<ol typeof="BreadcrumbList"><li><a href="/n">News</a></li>
        <li><span property="name">Harbour</span></li></ol>""",
}


@pytest.mark.parametrize("above", UNLINKED.values(), ids=UNLINKED)
def test_text_behind_the_last_link_is_the_last_section(above: str) -> None:
    article = article_with(above)
    assert article.breadcrumbs == ("News", "Harbour")
    assert article.alternative_headline is None


@pytest.mark.parametrize("last", [TITLE, "3 May 2026", "By Ann Lee", "5 min read", "2026"])
def test_title_date_or_byline_behind_the_last_link_is_no_section(last: str) -> None:
    above = f'<div class="breadcrumb">{LINKS.format(sign="›")}{last}</div>'
    assert article_with(above).breadcrumbs == ("News",)


def test_links_without_words_leave_the_trail_readable() -> None:
    empty = '<a href="/x"> <i>&nbsp;</i> </a>'
    above = f'<div class="breadcrumb">{LINKS.format(sign="›")}{empty} › Harbour</div>'
    assert article_with(above).breadcrumbs == ("News",)
    assert article_with(f"<div>{empty} › Harbour</div>").breadcrumbs == ()


FAR = "<p>The harbour office told the town in the evening that all boats may leave.</p>" * 2


def test_trail_with_slashes_is_known_by_its_nested_addresses() -> None:
    links = (
        '<a href="/">Home</a> / <a href="/world/">World</a> / <a href="/world/asia/">Asia</a>'
    )
    assert article_with(f"<p>{links}</p>{FAR}").breadcrumbs == ("World", "Asia")
    menu = links.replace("/world/asia/", "/contact/")
    assert article_with(f"<p>{menu}</p>{FAR}").breadcrumbs == ()
    broken = links.replace("/world/asia/", "http://[world")
    assert article_with(f"<p>{broken}</p>{FAR}").breadcrumbs == ()


def test_trail_that_ends_in_the_title_needs_no_other_mark() -> None:
    links = '<a href="/">Home</a> / <a href="/world/">World</a> / '
    assert article_with(f"<p>{links}<span>{TITLE}</span></p>").breadcrumbs == ("World",)


SECTIONS = [("Local", "/l"), ("Region", "/r"), ("World", "/w"), ("Weather", "/t")]


@pytest.mark.parametrize("sign", [" | ", " ", " · "])
def test_menu_above_the_headline_is_no_trail(sign: str) -> None:
    menu = sign.join(f'<a href="{url}">{text}</a>' for text, url in SECTIONS)
    article = article_with(f'<div class="row">{menu}</div>')
    assert (article.breadcrumbs, article.alternative_headline) == ((), None)
    steps = menu.replace(sign, " › ")
    assert article_with(f"<div>{steps}</div>").breadcrumbs[0] == "Local"


def test_section_of_a_printed_trail_is_no_kicker_again() -> None:
    above = TRAILS["home-first"] + '<p class="kicker">News</p>'
    article = article_with(above)
    assert (article.breadcrumbs, article.alternative_headline) == (("News",), None)
    topic = article_with(above.replace('kicker">News', 'kicker">Ferries'))
    assert (topic.breadcrumbs, topic.alternative_headline) == (("News",), "Ferries")


def test_stated_section_leaves_the_same_kicker() -> None:
    head = '<meta property="article:section" content="Ferries">'
    article = article_with("<p>Ferries</p>", head=head)
    assert (article.breadcrumbs, article.alternative_headline) == (("Ferries",), "Ferries")


def test_stated_trail_is_in_the_order_of_its_positions() -> None:
    items = [{"position": "3", "name": "Harbour"}, {"position": 2, "name": "News"}]
    own = {"@type": "BreadcrumbList", "itemListElement": [{"position": 1, "name": TITLE}]}
    trail = {"@type": "BreadcrumbList", "itemListElement": items}
    head = f'<script type="application/ld+json">{json.dumps([own, trail])}</script>'
    assert article_with("", head=head).breadcrumbs == ("News", "Harbour")
    unplaced = head.replace('"position": 2, ', "")
    assert article_with("", head=unplaced).breadcrumbs == ("Harbour", "News")


def test_link_marked_as_breadcrumbs_is_no_kicker() -> None:
    article = article_with('<div class="breadcrumb"><a href="/n">News</a></div>')
    assert (article.breadcrumbs, article.alternative_headline) == (("News",), None)


@pytest.mark.parametrize(
    "above",
    [
        '<div><a href="/n">News</a> | <a href="/n/h">Harbour</a></div>',
        '<ul><li><a href="/n">News</a></li><li><a href="/n/h">Harbour</a></li></ul>',
    ],
)
def test_unmarked_links_above_the_headline_are_a_trail_and_no_kicker(above: str) -> None:
    article = article_with(above)
    assert article.breadcrumbs == ("News", "Harbour")
    assert article.alternative_headline is None


def test_printed_trail_comes_before_the_stated_one() -> None:
    stated = {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "name": "Tideway Post",
                "item": "https://tidewaypost.example/",
            },
            {"@type": "ListItem", "name": "Front", "item": "https://tidewaypost.example"},
            {
                "@type": "ListItem",
                "item": {"@id": "https://tidewaypost.example/w", "name": "World"},
            },
            {"@type": "ListItem", "name": TITLE},
        ],
    }
    head = f'<script type="application/ld+json">{json.dumps(stated)}</script>'
    assert article_with("", head=head).breadcrumbs == ("World",)
    assert article_with(TRAILS["home-first"], head=head).breadcrumbs == ("News",)


KICKERS = {
    "link": '<div class="cat"><a href="/harbour">Harbour at night</a></div>',
    "line": "<p>Harbour at night</p>",
    "heading": "<div><h2>Harbour at night</h2></div>",
    "beside-a-badge": """<div class="k"><a class="overline" href="/h">Harbour at night</a>
        <span class="overline__label">PREMIUM</span></div>""",
    "marked": '<span class="kicker">Harbour at night</span><time>3 May 2026, 10:00</time>',
}


@pytest.mark.parametrize("above", KICKERS.values(), ids=KICKERS)
def test_topic_above_the_headline_is_the_kicker(above: str) -> None:
    assert article_with(above).alternative_headline == "Harbour at night"


NO_KICKERS = {
    "date": "<div><time>3 May 2026, 10:00</time></div>",
    "byline": "<p>By Ann Lee</p>",
    "reading-time": "<p>5 min read</p>",
    "site-name": "<p>Tideway Post</p>",
    "slogan": '<p class="site-slogan">News of the harbour since 1888</p>',
    "ad-label": "<p>Advertisement</p>",
    "ad-label-in-arabic": "<p>إعلان</p>",
    "button": "<div>Share</div>",
    "button-in-german": "<div>Teilen</div>",
    "marked-button": '<p class="kicker">Partager</p>',
    "counter": "<div>12 comments</div>",
    "counter-in-arabic": "<div>٣ تعليقات</div>",
    "counter-in-russian": "<div>1 204 просмотров</div>",
    "counter-in-japanese": "<div>コメント 3</div>",
    "age": "<p>Updated 5 minutes ago</p>",
    "age-in-french": "<p>Mis à jour il y a 5 minutes</p>",
    "age-in-turkish": "<p>Güncelleme: 5 dakika önce</p>",
    "advert": '<div class="advert">Buy a boat today</div>',
    "two-labels": "<div><span>Harbour</span><span>World</span></div>",
    "long": f"<p>{'A long sentence stands above the headline here. ' * 4}</p>",
}


@pytest.mark.parametrize("above", NO_KICKERS.values(), ids=NO_KICKERS)
def test_other_lines_above_the_headline_are_no_kicker(above: str) -> None:
    assert article_with(above).alternative_headline is None


AUTHOR = '<meta name="author" content="Anna Weber, Max Roth">'
WRITER = {"@type": "Person", "name": "Anna Weber"}
STATED = json.dumps({"@type": "NewsArticle", "author": WRITER})
AUTHORS_ABOVE = {
    "meta": ("<p>Anna Weber</p>", AUTHOR),
    "two": ("<p>Anna Weber und Max Roth</p>", AUTHOR),
    "stated": ("<p>Anna Weber</p>", f'<script type="application/ld+json">{STATED}</script>'),
    "rel": ('<a rel="author" href="/a/weber">Anna Weber</a>', ""),
    "marked": ('<span class="kicker">Anna Weber</span>', AUTHOR),
    "arabic": ("<p>سعاد المرابط</p>", '<meta name="author" content="سعاد المرابط">'),
}


@pytest.mark.parametrize(("above", "head"), AUTHORS_ABOVE.values(), ids=AUTHORS_ABOVE)
def test_name_of_an_author_above_the_headline_is_no_kicker(above: str, head: str) -> None:
    article = article_with(above, head=head)
    assert article.alternative_headline is None
    assert article.authors


def test_name_of_an_author_beside_the_topic_leaves_the_topic() -> None:
    above = '<p>Harbour at night</p><span class="kicker">Anna Weber</span>'
    assert article_with(above, head=AUTHOR).authors == ("Anna Weber", "Max Roth")
    topic = article_with("<p>Weber harbour</p>", head=AUTHOR)
    assert topic.alternative_headline == "Weber harbour"


def test_kicker_within_the_heading_stands_at_its_beginning() -> None:
    heading = "<span class='x'>Harbour: </span><span>Ferry runs at night on the river</span>"
    assert article_with("", heading=heading).alternative_headline == "Harbour"
    after = "<span>Ferry runs at night</span> <em>on the river</em>"
    assert article_with("", heading=after).alternative_headline is None


def test_publisher_is_without_marks_of_direction() -> None:
    head = '<meta property="og:site_name" content="  Le Courrier &amp; Fils \u200f ">'
    page = f"<html><head>{head}</head><body><h1>{TITLE}</h1>{TEXT}</body></html>"
    article = extract(Page(url="https://courrier.example/a", body=page.encode()))
    assert article.publisher == "Le Courrier & Fils"

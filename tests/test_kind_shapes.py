"""Kinds of pages by their content: teasers, captions, comments, a name."""

from __future__ import annotations

import pytest

from newscrawl import Article, Page, extract

SUMMARY = "The harbour office said on Monday that the ferry would be back before the summer."
HEADLINE = "The ferry to the old harbour is back after two years of repairs"
PUBLISHED = '<meta property="article:published_time" content="2026-03-04T05:10:00Z">'


def kind_of(body: str, head: str = "", title: str = HEADLINE, path: str = "x/12") -> str:
    page = Page(
        url=f"https://port.example/{path}",
        body=f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode(),
        content_type="text/html; charset=utf-8",
    )
    return extract(page).page_kind


def sentences(count: int) -> list[str]:
    return [f"{SUMMARY} It carries {number} cars a day." for number in range(count)]


def teasers(count: int) -> str:
    return "".join(
        f"<div><h3><a href='/n/{number}'>Headline number {number} of the harbour</a></h3>"
        f"<p>{text}</p></div>"
        for number, text in enumerate(sentences(count))
    )


def article(count: int = 6) -> str:
    return f"<h1>{HEADLINE}</h1>" + "".join(f"<p>{text}</p>" for text in sentences(count))


def test_paragraphs_each_under_a_link_are_a_listing_whatever_og_type_says() -> None:
    lying = '<meta property="og:type" content="article">'
    assert kind_of(f"<h1>Harbour</h1>{teasers(8)}", lying, "Harbour") == "listing"
    assert kind_of(f"<h1>{HEADLINE}</h1>{teasers(8)}", lying) == "listing"
    assert kind_of(article(8), lying) == "article"


def test_cards_that_are_links_as_a_whole_are_teasers() -> None:
    cards = "".join(
        f"<a href='/n/{number}'><h3>Headline number {number} of the harbour</h3>"
        f"<p>{text}</p></a>"
        for number, text in enumerate(sentences(8))
    )
    assert kind_of(f"<h1>{HEADLINE}</h1>{cards}") == "listing"


def test_rows_of_a_table_and_cut_paragraphs_are_teasers() -> None:
    rows = "".join(
        f"<table><tr><td><a href='n.php?id={number}'>Headline number {number} of all</a><br>"
        f"{text}</td></tr></table>"
        for number, text in enumerate(sentences(8))
    )
    assert kind_of(rows, path="list.php?cat=3", title="Harbour") == "listing"
    more = "".join(f"<p>{text} <a href='/n'>Read more</a></p>" for text in sentences(8))
    assert kind_of(f"<h1>{HEADLINE}</h1>{more}") == "listing"


def test_introduction_of_a_section_is_no_article() -> None:
    introduction = f"<p>{' '.join(sentences(7))}</p>"
    assert kind_of(f"<h1>Harbour</h1>{introduction}{teasers(9)}", title="Harbour") == "listing"


def test_teasers_below_an_article_leave_it_one() -> None:
    assert kind_of(article() + f"<h2>More</h2>{teasers(8)}") == "article"
    digest = "".join(
        f"<h3><a href='https://other{number}.example/n'>Headline number {number} there</a></h3>"
        f"<p>{text}</p>"
        for number, text in enumerate(sentences(8))
    )
    assert kind_of(f"<h1>{HEADLINE}</h1>{digest}") == "article"


def test_stated_article_is_believed_under_its_own_headline_only() -> None:
    stated = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "%s"}</script>'
    )
    assert kind_of(f"<h1>{HEADLINE}</h1>{teasers(8)}", stated % HEADLINE) == "article"
    listed = (
        '<script type="application/ld+json">{"@type": "ItemList", "itemListElement": ['
        '{"@type": "NewsArticle", "headline": "Another", "url": "https://port.example/n/1"}]}'
        "</script>"
    )
    assert kind_of(f"<h1>{HEADLINE}</h1>{teasers(8)}", listed) == "listing"


def test_types_and_classes_that_publishing_systems_write_are_read() -> None:
    collection = '<script type="application/ld+json">{"@type": "CollectionPage"}</script>'
    assert kind_of(article(), collection) == "listing"
    page = Page(
        url="https://port.example/x/12",
        body=f"<html><body class='archive tag tag-port'>{article()}</body></html>".encode(),
        content_type="text/html; charset=utf-8",
    )
    assert extract(page).page_kind == "tag"


def test_names_of_pages_may_be_followed_by_the_outlet_only() -> None:
    site = '<meta property="og:site_name" content="The Port Herald">'
    text = "".join(f"<p>{text}</p>" for text in sentences(8))
    for name, kind in (
        ("Privacy policy of The Port Herald", "legal"),
        ("سياسة الخصوصية وشروط الاستخدام", "legal"),
        ("About The Port Herald", "about"),
    ):
        assert kind_of(f"<h1>{name}</h1>{text}", site, name) == kind
    for headline in ("About a third of the fleet stays", "Privacy policy of the council fails"):
        assert kind_of(f"<h1>{headline}</h1>{text}", site, headline) == "article"


def test_section_in_the_title_names_no_article() -> None:
    text = "".join(f"<p>{text}</p>" for text in sentences(8))
    assert kind_of(f"<h1>Ferry lost</h1>{text}", title="Ferry lost | News | Port") == "article"
    assert kind_of(f"<h1>Port</h1>{text}", title="Latest news | Port") == "listing"


def test_table_for_a_day_is_a_service_and_an_article_about_it_is_not() -> None:
    headline = "حالة الطقس اليوم في الميناء"
    rows = "".join(f"<tr><td>{hour}:00</td><td>21</td></tr>" for hour in range(24))
    table = f"<h1>{headline}</h1><table>{rows}</table>"
    assert kind_of(table, title=headline) == "service"
    text = "".join(f"<p>{text}</p>" for text in sentences(4))
    assert kind_of(f"<h1>{headline}</h1>{text}", title=headline) == "article"


def test_captions_comments_and_recordings_are_no_text() -> None:
    slides = "".join(f"<p>{n}/6</p><p>The quay, seen from {n} sides.</p>" for n in range(1, 7))
    assert kind_of(f"<h1>{HEADLINE}</h1>{slides}") == "gallery"
    comments = "".join(f"<div class='comment'><p>{text}</p></div>" for text in sentences(9))
    assert kind_of(f"<h1>{HEADLINE}</h1>{comments}") == "comments"
    episodes = "".join(
        f"<h3>Episode {number}</h3><p>{text}</p><audio src='/{number}.mp3'></audio>"
        for number, text in enumerate(sentences(5))
    )
    assert kind_of(f"<h1>{HEADLINE}</h1>{episodes}") == "podcast"


def test_times_under_a_name_are_a_schedule_and_under_a_headline_the_report_of_a_day() -> None:
    hours = "".join(f"<p>{10 + n}:30 {text}</p>" for n, text in enumerate(sentences(8)))
    assert kind_of(f"<h1>Tonight</h1>{hours}", title="Tonight") == "schedule"
    assert kind_of(f"<h1>{HEADLINE}</h1>{hours}") == "article"


def test_wall_with_little_text_is_no_article_even_where_one_is_stated() -> None:
    stated = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "%s", '
        '"isAccessibleForFree": false}</script>'
    )
    assert kind_of(article(1), stated % HEADLINE) == "paywall"
    assert kind_of(article(8), stated % HEADLINE) == "article"


def test_feeds_and_redirects_are_named() -> None:
    feed = "<pre>&lt;rss version='2.0'&gt;&lt;channel&gt;</pre>" + f"<p>{SUMMARY}</p>" * 3
    assert kind_of(feed) == "feed"
    links = "".join(f"<li><a href='/s{n}/feed'>Section {n}</a></li>" for n in range(9))
    assert kind_of(f"<h1>{HEADLINE}</h1><p>{SUMMARY}</p><ul>{links}</ul>") == "feed"
    sent = '<meta http-equiv="refresh" content="0; url=/n/12">'
    assert kind_of("<p>One moment.</p>", sent) == "redirect"


def test_notice_about_cookies_makes_no_page_one_of_consent() -> None:
    notice = "<div class='cookie-notice'><p>We use cookies. Accept all cookies?</p></div>"
    flash = f"<h1>{HEADLINE}</h1><p>{SUMMARY}</p>{notice}"
    assert kind_of(flash, PUBLISHED) == "article"
    wall = "".join(
        f"<p>{text}</p>"
        for text in (
            "We and our 214 partners store cookies for tracking on your device.",
            "With your consent we show personalised advertising. You may accept or leave.",
        )
    )
    assert kind_of(f"<h1>Your choice on this site today</h1>{wall}", title="Port") == "consent"


def test_poem_is_an_article() -> None:
    verses = "".join(
        f"<p>The sea at the end of street {n}<br>slept like a cat<br>and woke as we passed</p>"
        for n in range(4)
    )
    menu = "".join(f"<li><a href='/s{n}'>Section {n} of the site</a></li>" for n in range(30))
    body = f"<ul>{menu}</ul><h1>{HEADLINE}</h1>{verses}"
    assert kind_of(body, PUBLISHED) == "article"


def json_ld(*types: str) -> str:
    objects = ", ".join(f'{{"@type": "{name}"}}' for name in types)
    return f'<script type="application/ld+json">[{objects}]</script>'


def test_guide_that_answers_questions_below_its_text_is_an_article() -> None:
    assert kind_of(article(12), json_ld("FAQPage")) == "article"
    assert kind_of(f"<h1>Questions</h1><p>{SUMMARY}</p>", json_ld("FAQPage")) == "service"


def test_product_with_the_terms_of_a_merchant_is_sold() -> None:
    terms = ("Product", "Offer", "Review", "MerchantReturnPolicy")
    assert kind_of(article(12), json_ld(*terms)) == "shop"
    assert kind_of(article(12), json_ld("Product", "Offer")) == "shop"
    assert kind_of(article(12), json_ld("Product", "Offer", "Review")) == "article"
    assert kind_of(article(12), json_ld(*terms) + PUBLISHED) == "article"


def test_threads_are_known_by_address_and_microdata() -> None:
    assert kind_of(article(12), path="threads/the-best-ferries.42/") == "forum"
    assert kind_of(article(12), path="board/viewtopic.php") == "forum"
    assert kind_of(article(12), path="threads/of-silk") == "article"
    question = f"<main itemscope itemtype='https://schema.org/QAPage'>{article(12)}</main>"
    assert kind_of(question) == "forum"


def test_brief_in_a_table_of_one_column_is_an_article() -> None:
    lines = "".join(f"<tr><td>{text}</td></tr>" for text in sentences(3))
    menu = "".join(
        f"<a href='/s/{number}'>Section {number} of the paper</a>" for number in range(9)
    )
    brief = f"<nav>{menu}</nav><h1>{HEADLINE}</h1><table>{lines}</table>"
    assert kind_of(brief) == "article"
    rows = "".join(f"<tr><td>Ferry {number}</td><td>{SUMMARY}</td></tr>" for number in range(3))
    assert kind_of(f"<h1>{HEADLINE}</h1><table>{rows}</table>") == "table"


LINKS = "".join(f"<li><a href=/n/{n}>Something else of the day, no. {n}</a>" for n in range(9))
FLASH = "A barge of stones ran aground at the lock before dawn, and the river is closed."


def read(markup: str, url: str = "https://port.example/x/12") -> Article:
    return extract(Page(url=url, body=f"<meta charset=utf-8>{markup}".encode()))


def flash(headline: str, text: str, title: str = "", date: str = "") -> Article:
    """Return the reading of a page with a sentence or two and a list of links beside them."""
    return read(
        f"<title>{title or headline}</title><main><h1>{headline}</h1>{date}<p>{text}</p></main>"
        f"<aside><h2>Most read</h2><ul>{LINKS}</ul></aside>"
    )


def test_dated_flash_beside_many_links_is_an_article() -> None:
    article = flash("Stone barge aground at the upper lock", FLASH, date="<p>6 May 2026</p>")
    assert (article.page_kind, article.article_body) == ("article", FLASH)


@pytest.mark.parametrize(
    ("headline", "text", "title"),
    [
        ("Barge aground at lock", FLASH, ""),
        ("水門で石を積んだ船が座礁", "夜明け前、石を積んだ船が座礁し、川は閉じた。" * 3, "船"),
    ],
    ids=["short", "Japanese"],
)
def test_undated_flash_is_doubtful_and_not_lost(headline: str, text: str, title: str) -> None:
    article = flash(headline, text, title)
    assert (article.headline, article.page_kind_certainty) == (headline, "doubtful")


def test_long_text_above_cards_of_related_posts_is_an_article() -> None:
    cards = "".join(
        f"<div><h3><a href=/p/{n}>Another long story of the river {n}</a></h3>"
        f"<p>{'The boats go down to the sea in a long line, number ' * 5}{n}.</p></div>"
        for n in range(6)
    )
    text = "".join(f"<p>{FLASH} Number {n}, and so on until the evening.</p>" for n in range(8))
    page = f"<title>Slow boats</title><div><h1>Slow boats</h1>{text}</div>"
    article = read(f"{page}<section><h2>Related posts</h2>{cards}</section>")
    assert article.page_kind == "article"


def test_signed_review_under_an_address_of_products_is_an_article() -> None:
    article = read(
        "<title>Oar M3 review</title><article><h1>Oar M3 review</h1>"
        "<p>By <a rel=author href=/by/ida>Ida Holm</a>, April 12, 2026</p>"
        + "".join(f"<p>{FLASH} Part {n}.</p>" for n in range(5)),
        url="https://news.example/products/oar-m3/",
    )
    assert article.page_kind == "article"

"""The generic layout on pages of unknown sites."""

from __future__ import annotations

import datetime as dt

import pytest

from newscrawl import Article, Page, extract
from newscrawl.extraction.explain import explain

MARKUP = """
<!doctype html><html lang="ar-MA"><head><title>فتح الطريق الساحلي بعد أسبوع | شمس</title>
<meta property="og:title" content="فتح الطريق الساحلي بعد أسبوع">
<meta property="og:site_name" content="شمس">
<meta property="og:image" content="/img/road.jpg">
<meta property="article:published_time" content="2026-03-01T09:30:00+01:00">
<meta name="keywords" content="طرق، أمطار، الرباط">
<link rel="canonical" href="/news/12">
<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "True",
 "headline": "فتح الطريق الساحلي بعد أسبوع",
 "author": [{"@type": "Person", "name": "سعاد المرابط"},
 {"@type": "Organization", "name": "شمس"}]}
</script></head><body>
<nav><a href="/">الرئيسية</a><a href="/sport">رياضة الأسبوع كله</a></nav>
<div class="breadcrumb"><a href="/">الرئيسية</a> / <a href="/local">محليات</a></div>
<article><header><h1>فتح الطريق الساحلي بعد أسبوع</h1>
<p class="standfirst">عادت الحركة إلى الطريق بعد أسبوع من الإغلاق بسبب الأمطار</p>
<div class="byline">بقلم سعاد المرابط</div></header>
<figure><img src="/img/road.jpg" width="600">
<figcaption>الطريق بعد فتحه (تصوير: منى)</figcaption></figure>
<div class="text">
<p>الرباط - شمس: فتحت السلطات صباح اليوم الطريق الساحلي أمام السيارات بعد أسبوع من الإغلاق.</p>
<p>وقال المهندس المشرف إن الأشغال شملت تدعيم الجسر وتنظيف مجاري المياه على طول الطريق.</p>
<p><a href="/news/9">اقرأ أيضا: أمطار غزيرة في الشمال</a></p>
<h2>ما بقي من الأشغال</h2>
<ul><li>تعبيد الجانب الأيمن قبل نهاية الشهر.</li><li>وضع علامات جديدة على المنعطفات.</li></ul>
<blockquote>سنراقب الطريق كل يوم خلال هذا الفصل كله.</blockquote>
<p>وتنتهي الأشغال في الصيف المقبل بحسب برنامج الوزارة الذي نشر في بداية السنة.</p>
<p>المصدر: رويترز</p></div>
<div class="share"><a href="#">شارك على الشبكات الاجتماعية</a></div></article>
<aside><h3>الأكثر قراءة</h3><ul><li><a href="/news/1">سوق السمك يعود إلى العمل</a></li>
<li><a href="/news/2">مدرسة جديدة في الحي القديم</a></li>
<li><a href="/news/3">قطار الليل إلى الجنوب …</a></li></ul></aside>
<footer><a href="/about">من نحن وماذا ننشر</a> جميع الحقوق محفوظة لجريدة شمس 2026</footer>
</body></html>
"""


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(url="https://shams.example/news/12?utm_source=x", body=MARKUP.encode())


@pytest.fixture(scope="module")
def article(page: Page) -> Article:
    return extract(page)


def test_headline_and_standfirst(article: Article) -> None:
    assert article.headline == "فتح الطريق الساحلي بعد أسبوع"
    assert article.description == "عادت الحركة إلى الطريق بعد أسبوع من الإغلاق بسبب الأمطار"


def test_the_body_holds_the_text_and_nothing_around_it(article: Article) -> None:
    assert [block.kind for block in article.blocks] == [
        *("paragraph", "paragraph", "heading", "list", "quote", "paragraph")
    ]
    assert article.article_body.startswith("الرباط - شمس: فتحت السلطات")
    assert article.article_body.endswith("في بداية السنة.")
    for stranger in ("اقرأ أيضا", "تصوير", "شارك", "رويترز", "الحقوق", "بقلم"):
        assert stranger not in article.article_body


def test_dateline_and_credit(article: Article) -> None:
    assert article.dateline is not None
    assert article.dateline.place == "الرباط"
    assert article.source_credit is not None
    assert [agency.id for agency in article.source_credit.agencies] == ["reuters"]


def test_authors_are_persons(article: Article) -> None:
    assert article.authors == ("سعاد المرابط",)


def test_date_and_zone(article: Article) -> None:
    assert article.date_published == dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC)
    assert article.date_published_zone_origin == "stated"
    assert article.date_modified is None


def test_the_link_list_has_heading_kind_and_ranks(article: Article) -> None:
    (found,) = article.link_lists
    assert (found.heading, found.kind) == ("الأكثر قراءة", "most_read")
    assert [(link.position, link.url, link.is_cut) for link in found.links] == [
        (1, "https://shams.example/news/1", False),
        (2, "https://shams.example/news/2", False),
        (3, "https://shams.example/news/3", True),
    ]


def test_standing(article: Article) -> None:
    assert article.breadcrumbs == ("محليات",)
    assert article.in_language == "ar-MA"
    assert article.canonical_url == "https://shams.example/news/12"
    assert article.is_accessible_for_free is True
    assert article.keywords == ("طرق", "أمطار", "الرباط")
    assert article.page_kind == "article"


def test_the_main_image_has_caption_and_credit(article: Article) -> None:
    assert article.main_image is not None
    assert article.main_image.url == "https://shams.example/img/road.jpg"
    assert article.main_image.caption == "الطريق بعد فتحه"
    assert article.main_image.credit == "منى"


def test_every_field_says_where_it_came_from(article: Article) -> None:
    assert article.provenance["headline"] == "h1"
    assert article.provenance["authors"] == "jsonld"
    assert article.provenance["date_published"] == "meta:article:published_time"
    assert article.extractor.startswith("newscrawl ")


def test_reading_twice_gives_the_same(page: Page, article: Article) -> None:
    assert extract(Page(url=page.url, body=page.body)) == article


def test_the_explanation_names_what_lost_and_why(page: Page, article: Article) -> None:
    explained = explain(page)
    assert explained.article == article
    fields = {field.field: field for field in explained.fields}
    assert any(rival.rule == "title" for rival in fields["headline"].rivals)
    roles = {line.text[:9]: line.role for line in explained.text_lines}
    assert roles["اقرأ أيضا"] == "related"
    assert roles["وتنتهي ال"] == "body"


def test_paragraphs_made_of_line_breaks_are_parted() -> None:
    line = "The council met on Tuesday to speak of the new harbour and what it costs."
    markup = f"<html><body><h1>The harbour</h1><div>{'<br><br>'.join([line] * 2)}<br>{line} No."
    article = extract(Page(url="https://n.example/1", body=markup.encode()))
    assert article.article_body.count("\n") == 2


def test_a_table_keeps_a_line_a_row() -> None:
    text = (
        "<p>The votes of the town were counted on Sunday evening and nobody was surprised.</p>"
    )
    table = (
        "<table><tr><th>List</th><th>Votes</th></tr><tr><td>Blue</td><td>120</td></tr></table>"
    )
    markup = (
        f"<html><body><h1>The votes of Sunday</h1><div>{text}{table}{text[:-5]} at all.</p>"
    )
    article = extract(Page(url="https://n.example/1", body=markup.encode()))
    assert [block.text for block in article.blocks if block.kind == "table"] == [
        "List Votes\nBlue 120"
    ]


def test_a_second_article_is_not_glued_to_the_first() -> None:
    text = "<p>" + "The ferry resumed its crossing on Monday after repairs. " * 5 + "</p>"
    other = text.replace("ferry", "train")
    markup = (
        f"<html><body><div><article><h1>The ferry is back again</h1>{text * 3}</article>"
        f"<article><h1>The train is late once more</h1>{other * 3}</article></div>"
    )
    article = extract(Page(url="https://n.example/1", body=markup.encode()))
    assert article.headline == "The ferry is back again"
    assert "train" not in article.article_body

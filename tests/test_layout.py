"""Layouts: a wrong declaration fails at import; the signature decides between two."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from newscrawl import Page, extract
from newscrawl.errors import LayoutError
from newscrawl.layouts.layout import Layout
from newscrawl.layouts.rules import css, links
from newscrawl.layouts.site import Site

MARKUP = """
<html><body class="theme-2021"><h1>The site's own name, set large</h1>
<div class="story"><h2 class="title">الحكومة تعلن خطة جديدة للمياه</h2>
<p class="place">عمّان - رويترز</p>
<div class="text"><p>أعلنت الحكومة اليوم خطة جديدة لتوزيع المياه على المحافظات كلها.</p>
<p class="ad">اشترك الآن في خدمتنا</p>
<p>وقال الوزير إن العمل يبدأ في الشهر المقبل ويستمر ثلاث سنوات.</p></div>
<div class="more"><h3>اقرأ أيضا</h3>
<a href="/a">خبر أول طويل العنوان</a>
<a href="/b">خبر ثان …</a></div>
</div></body></html>
"""


class Shams2021(Layout):
    """Shams Daily, theme of 2021."""

    hosts = ("shams.example",)
    since = dt.date(2021, 3, 1)
    signature = "body.theme-2021"
    without = (".ad",)
    headline = css("h2.title")
    dateline = css("p.place")
    article_body = css("div.text > p")
    link_lists = links(".more", heading="h3", kind="related")


class Shams2019(Layout):
    """Shams Daily, theme of 2019."""

    hosts = ("shams.example",)
    headline = css("h1")


def page(markup: str = MARKUP, *, year: int = 2026) -> Page:
    fetched = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    return Page(url="https://shams.example/1", body=markup.encode(), fetched_at=fetched)


def test_fields_come_from_the_rules() -> None:
    article = extract(page(), layout=Shams2021)
    assert article.headline == "الحكومة تعلن خطة جديدة للمياه"
    assert article.dateline is not None
    assert (article.dateline.place, article.dateline.agency) == ("عمّان", "رويترز")
    assert article.provenance["headline"] == "Shams2021:css"


def test_the_body_is_without_what_the_layout_leaves_out() -> None:
    article = extract(page(), layout=Shams2021)
    assert [block.text[:6] for block in article.blocks] == ["أعلنت ", "وقال ا"]


BOXED = """
<html><body class="theme-2021"><div class="story"><h2 class="title">فتح سوق السمك من جديد</h2>
<div class="related-style text">
<p>فتحت السلطات اليوم سوق السمك أمام التجار بعد أشغال دامت سنة.</p>
<div class="related-box">
<p>خبر آخر عن سوق الخضر وأسعارها في المدينة القديمة هذا الأسبوع.</p></div>
<p><a href="/x">اقرأ أيضا: مدرسة جديدة في الحي القديم</a></p>
<figure><img src="/m.jpg">
<figcaption>السوق قبل الأشغال الأخيرة بأيام قليلة.</figcaption></figure>
<p>وقال رئيس المجلس إن الكلفة لم تتجاوز ما كان مقررا في البداية.</p>
<p>المصدر: رويترز</p></div>
<div class="box"><h3>الأكثر قراءة</h3><a href="/a">خبر أول طويل العنوان</a></div>
<div class="box"><h3>اقتصاد</h3><a href="/b">خبر ثان طويل العنوان</a></div>
<div class="box"><h3>التعليقات</h3><a href="/c">تعليق أول طويل العنوان</a></div>
<div class="box"><a href="/d">خبر بلا عنوان للقائمة</a></div></div></body></html>
"""


class Boxed2022(Layout):
    """Shams Daily, theme of 2022, whose text holds boxes."""

    headline = css("h2.title")
    article_body = css("div.text")
    link_lists = links(".box", heading="h3")


def test_the_body_is_without_boxes_and_credit_that_no_rule_names() -> None:
    article = extract(page(BOXED), layout=Boxed2022)
    assert [block.text[:6] for block in article.blocks] == ["فتحت ا", "وقال ر"]
    assert article.provenance["article_body"] == "Boxed2022:css"


def test_the_body_of_paragraphs_alone_is_without_the_credit_too() -> None:
    layout = type(
        "Boxed2023",
        (Layout,),
        {"__doc__": "Pages of a test.", "article_body": css("div.text > p")},
    )
    article = extract(page(BOXED), layout=layout)
    assert [block.text[:6] for block in article.blocks] == ["فتحت ا", "وقال ر"]


def test_the_body_of_one_short_line_is_stored() -> None:
    markup = '<html><body><div class="text"><p>عاجل</p></div></body></html>'
    assert extract(page(markup), layout=Boxed2022).article_body == "عاجل"


def test_link_lists_are_of_the_kind_that_their_headings_say() -> None:
    found = extract(page(BOXED), layout=Boxed2022).link_lists
    assert [(one.heading, one.kind) for one in found] == [
        ("الأكثر قراءة", "most_read"),
        ("اقتصاد", "section"),
        ("", "other"),
    ]


def test_link_lists_keep_their_order_and_say_what_is_cut() -> None:
    (found,) = extract(page(), layout=Shams2021).link_lists
    assert (found.heading, found.kind) == ("اقرأ أيضا", "related")
    assert [(link.position, link.url, link.is_cut) for link in found.links] == [
        (1, "https://shams.example/a", False),
        (2, "https://shams.example/b", True),
    ]


def test_a_field_without_a_rule_is_the_generic_layouts() -> None:
    article = extract(page(), layout=Shams2019)
    assert article.headline == "The site's own name, set large"
    assert "الخطة" not in article.article_body
    assert article.provenance["article_body"] == "density"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"headlin": css("h1")}, "no such field: headlin .did you mean headline"),
        ({"headline": "h1"}, "needs a rule"),
        ({"hosts": "shams.example"}, "hosts is a tuple"),
        ({"since": "2021-03-01"}, "since is a date"),
        ({"signature": "body["}, "no CSS query"),
        ({"__doc__": ""}, "docstring"),
    ],
)
def test_a_wrong_declaration_fails_at_import(members: dict[str, Any], message: str) -> None:
    with pytest.raises(LayoutError, match=message):
        type("Wrong", (Layout,), {"__doc__": "Pages of a test.", **members})


def test_layouts_do_not_inherit_from_one_another() -> None:
    with pytest.raises(LayoutError, match="inherits"):
        type("Shams2022", (Shams2021,), {"__doc__": "Pages of a test."})


@pytest.fixture
def site() -> Site:
    return Site(
        name="shams", title="شمس", hosts=("shams.example",), layouts=(Shams2019, Shams2021)
    )


def test_the_newest_layout_whose_signature_is_there_reads_the_page(site: Site) -> None:
    assert site.layout_for(page()) is Shams2021
    assert site.layout_for(page(MARKUP.replace("theme-2021", "theme-2026"))) is Shams2019


def test_a_page_fetched_before_a_layout_was_seen_is_not_its(site: Site) -> None:
    assert site.layout_for(page(year=2020)) is Shams2019


def test_without_a_time_the_signature_alone_decides(site: Site) -> None:
    unknown = Page(url="https://shams.example/1", body=MARKUP.encode())
    assert site.layout_for(unknown) is Shams2021


class Old2015(Layout):
    """Shams Daily, theme of 2015; no two pages of it bear the same mark."""

    headline = css("h2.title")


class New2020(Layout):
    """Shams Daily, theme of 2020; its pages bear no mark either."""

    since = dt.date(2020, 5, 1)
    headline = css("h1")


@pytest.mark.parametrize(
    ("year", "layout"), [(2016, Old2015), (2020, Old2015), (2021, New2020), (2026, New2020)]
)
def test_the_next_layout_ends_the_last_one(year: int, layout: type[Layout]) -> None:
    history = Site(
        name="shams", title="شمس", hosts=("shams.example",), layouts=(Old2015, New2020)
    )
    assert history.layout_for(page(year=year)) is layout


def test_an_old_page_that_is_fetched_late_is_its_own_layouts() -> None:
    marked = type(
        "Marked2015",
        (Layout,),
        {"__doc__": "Theme of 2015.", "signature": "body.theme-2015", "headline": css("h1")},
    )
    history = Site(
        name="shams", title="شمس", hosts=("shams.example",), layouts=(marked, Shams2021)
    )
    old = MARKUP.replace("theme-2021", "theme-2015")
    assert history.layout_for(page(old, year=2026)) is marked
    assert history.layout_for(page(MARKUP.replace("theme-2021", "other"))) is None


def test_a_layout_reads_the_hosts_that_it_names() -> None:
    sister = type(
        "Sister2021",
        (Layout,),
        {"__doc__": "The sister's theme.", "hosts": ("qamar.example",), "headline": css("h1")},
    )
    family = Site(
        name="family",
        title="شمس وقمر",
        hosts=("shams.example", "qamar.example"),
        layouts=(Shams2021, sister),
    )
    assert family.layout_for(page()) is Shams2021
    night = Page(url="https://www.qamar.example/1", body=MARKUP.encode())
    assert family.layout_for(night) is sister


def test_a_rule_that_finds_nothing_leaves_its_field_to_the_generic_layout() -> None:
    gone = MARKUP.replace('class="title"', 'class="headline-2027"')
    article = extract(page(gone), layout=Shams2021)
    assert article.headline is not None
    assert not article.provenance["headline"].startswith("Shams2021")
    assert article.provenance["article_body"] == "Shams2021:css"

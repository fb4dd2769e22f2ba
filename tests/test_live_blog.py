"""The dated entries of live blogs, from JSON-LD and as printed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest

from newscrawl import Article, Page, extract
from newscrawl.extraction.explain import explain
from newscrawl.formats.schema_org import news_article_from

SUMMER = dt.timezone(dt.timedelta(hours=2))
URL = "https://news.example/live/storm"
TEXTS = (
    "The mayor has arrived at the harbour and is greeted by a small crowd of people.",
    "Rescue boats have left the eastern pier; the coast guard speaks of two metres of swell.",
    "Rail traffic is suspended until the evening, the operator says in a note to the press.",
    "The last passengers have left the ferry, and nobody is hurt, the fire service says.",
)
HOURS = (13, 12, 11, 10)
"""When the entries were posted; the last is printed first."""
LEAD = "<p>A storm has reached the coast. We report from the harbour and the town all day.</p>"
PUBLISHED = '<meta property="article:published_time" content="2026-05-17T09:00:00+02:00">'
CHANGED = '<meta property="article:modified_time" content="2026-05-17T14:00:00+02:00">'


def boxed(hour: int, text: str) -> str:
    return (
        f'<article class="entry"><time datetime="2026-05-17T{hour}:05:00+02:00">{hour}:05'
        f"</time><h3>What happened at {hour}</h3><p>{text}</p></article>"
    )


def listed(hour: int, text: str) -> str:
    return f'<li class="post"><span class="stamp">{hour}:05</span> <p>{text}</p></li>'


def flat(hour: int, text: str) -> str:
    return f"<h3>{hour}.05 Uhr</h3><p>{text}</p><p>And this is what else is known so far.</p>"


def headed(hour: int, text: str) -> str:
    return (
        f'<div class="liveblog-entry"><div class="header"><h4>What happened at {hour}</h4>'
        f'<span>17 May 2026, {hour}:05</span></div><div class="content"><p>{text}</p>'
        "</div></div>"
    )


def spoken(hour: int, text: str) -> str:
    return f'<div class="update"><p><strong>{hour}h05</strong></p><p>{text}</p></div>'


FORMS = {form.__name__: form for form in (boxed, listed, flat, headed, spoken)}


def page(body: str, head: str = PUBLISHED + CHANGED) -> Page:
    html = (
        f'<html lang="en"><head><title>Storm reaches the coast: live</title>{head}</head>'
        f"<body><main><h1>Storm reaches the coast: live</h1>{LEAD}"
        f'<div class="live">{body}</div></main></body></html>'
    )
    return Page(url=URL, body=html.encode())


def entries(form: Callable[[int, str], str]) -> str:
    return "".join(form(hour, text) for hour, text in zip(HOURS, TEXTS, strict=True))


def moments(article: Article) -> list[dt.datetime | dt.date | None]:
    return [update.date_published for update in article.live_blog_updates]


AT = [dt.datetime(2026, 5, 17, hour, 5, tzinfo=SUMMER) for hour in HOURS]


@pytest.mark.parametrize("name", FORMS)
def test_printed_entries(name: str) -> None:
    article = extract(page(entries(FORMS[name])))
    assert article.page_kind == "article"
    assert moments(article) == AT
    for update, text in zip(article.live_blog_updates, TEXTS, strict=True):
        assert update.article_body.startswith(text)
    assert all(text in article.article_body for text in TEXTS)
    assert article.provenance["live_blog_updates"] == "time_stamps"


@pytest.mark.parametrize("name", ["boxed", "headed"])
def test_printed_entries_have_their_headlines(name: str) -> None:
    updates = extract(page(entries(FORMS[name]))).live_blog_updates
    assert [update.headline for update in updates] == [
        f"What happened at {hour}" for hour in HOURS
    ]


def test_time_of_day_alone_is_no_date_where_the_live_blog_may_be_of_two_days() -> None:
    updates = extract(page(entries(listed), PUBLISHED)).live_blog_updates
    assert [update.date_published for update in updates] == [None] * 4
    assert [update.date_published_raw for update in updates] == [f"{hour}:05" for hour in HOURS]


def test_arabic_entries() -> None:
    texts = (
        "وصلت أول سفينة إلى الميناء صباح اليوم وسط استقبال من سكان الحي القديم.",
        "أعلنت مصالح الوقاية أن حالة الطقس تتحسن وأن حركة المرور عادت إلى طبيعتها.",
        "قال رئيس البلدية إن الأشغال ستبدأ الأسبوع المقبل بعد موافقة المجلس عليها.",
    )
    body = "".join(
        f'<div class="item"><span>١{hour}:٣٠</span><p>{text}</p></div>'
        for hour, text in zip("٢١٠", texts, strict=True)
    )
    updates = extract(page(body)).live_blog_updates
    assert [update.article_body for update in updates] == list(texts)
    assert [update.date_published for update in updates] == [
        dt.datetime(2026, 5, 17, hour, 30, tzinfo=SUMMER) for hour in (12, 11, 10)
    ]


def stated(**more: object) -> str:
    """Return the JSON-LD of the live blog, whose entries have an address and a headline."""
    updates = [
        {
            "@type": "BlogPosting",
            "headline": f"What happened at {hour}",
            "datePublished": f"2026-05-17T{hour}:05:00+02:00",
            "articleBody": f"<p>{text}</p><p>More in part {hour}.</p>",
            "url": f"{URL}#entry-{hour}",
            "author": {"@type": "Person", "name": "Zoe Entry"},
        }
        for hour, text in zip(HOURS, TEXTS, strict=True)
    ]
    data = {
        "@type": "LiveBlogPosting",
        "headline": "Storm reaches the coast: live",
        "datePublished": "2026-05-17T09:00:00+02:00",
        "author": {"@type": "Person", "name": "Ann Lee"},
        "liveBlogUpdate": updates,
        **more,
    }
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def test_stated_entries_come_first() -> None:
    article = extract(page(entries(boxed), stated()))
    assert moments(article) == AT
    first = article.live_blog_updates[0]
    assert first.headline == "What happened at 13"
    assert first.article_body == f"{TEXTS[0]}\nMore in part 13."
    assert first.url == f"{URL}#entry-13"
    assert article.provenance["live_blog_updates"] == "jsonld"


def test_entries_do_not_speak_for_the_live_blog() -> None:
    article = extract(page(entries(boxed), stated()))
    assert article.headline == "Storm reaches the coast: live"
    assert article.authors == ("Ann Lee",)
    assert article.date_published == dt.datetime(2026, 5, 17, 9, 0, tzinfo=SUMMER)


@pytest.mark.parametrize(
    "updates", [None, "later", {}, [None, 3, "x"], [{"articleBody": ["x"]}]], ids=range(5)
)
def test_malformed_entries_are_none(updates: object) -> None:
    article = extract(page(f"<p>{' '.join(TEXTS)}</p>", stated(liveBlogUpdate=updates)))
    assert article.live_blog_updates == ()
    assert article.page_kind == "article"


def test_times_in_an_article_make_no_live_blog() -> None:
    tweets = "".join(
        f'<blockquote class="tweet"><p>{text[:30]}</p><time>17 May 2026</time></blockquote>'
        for text in TEXTS[:3]
    )
    body = "".join(f"<p>{text} {text[::-1]}</p>" for text in TEXTS)
    assert extract(page(body + tweets)).live_blog_updates == ()


def test_schema_org_form_is_a_live_blog_posting() -> None:
    data = news_article_from(extract(page(entries(boxed))))
    assert data["@type"] == "LiveBlogPosting"
    assert data["liveBlogUpdate"][0] == {
        "@type": "BlogPosting",
        "headline": "What happened at 13",
        "datePublished": "2026-05-17T13:05:00+02:00",
        "articleBody": TEXTS[0],
    }


def test_json_form_has_the_entries() -> None:
    rows = extract(page(entries(boxed))).as_dict()["live_blog_updates"]
    assert rows[0]["date_published"] == "2026-05-17T13:05:00+02:00"


def test_explanation_names_the_rule() -> None:
    fields = {field.field: field.rule for field in explain(page(entries(boxed))).fields}
    assert fields["live_blog_updates"] == "time_stamps"

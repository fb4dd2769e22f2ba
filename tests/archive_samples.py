"""Articles and observations for the tests of the archive, written for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from newscrawl.archive import Archive
from newscrawl.article import (
    Agency,
    Article,
    Block,
    Dateline,
    Image,
    Link,
    LinkList,
    SourceCredit,
)
from newscrawl.errors import NotInArchive
from newscrawl.outcomes import Observation

SITE = "shams.example"
URL = "https://shams.example/news/1-ميناء"
MORNING = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)
PAGE_DIGEST = "5e" * 32

MAIN_IMAGE = Image(url="https://img.shams.example/1.jpg", caption="الميناء فجرا", credit="شمس")
RELATED = LinkList(
    heading="أخبار ذات صلة",
    kind="related",
    links=(
        Link(text="افتتاح رصيف ثان", url="https://shams.example/news/2", position=1),
        Link(text="حركة السفن في", url="https://shams.example/news/3", position=2, is_cut=True),
    ),
)


def article_at(url: str = URL, **changes: Any) -> Article:
    """Return a full article, with *changes*."""
    values: dict[str, Any] = {
        "url": url,
        "canonical_url": URL,
        "headline": "الميناء يستقبل أول سفينة",
        "description": "وصلت السفينة مع الفجر",
        "breadcrumbs": ("الرئيسية", "اقتصاد"),
        "publisher": "جريدة شمس",
        "dateline": Dateline(raw="صحار ـ شمس", place="صحار", agency="شمس", day=MORNING.date()),
        "date_published": MORNING.astimezone(dt.timezone(dt.timedelta(hours=4))),
        "date_published_raw": "1 مارس 2026 10:30",
        "date_published_zone": "Asia/Muscat",
        "date_published_zone_origin": "site",
        "date_modified": dt.date(2026, 3, 2),
        "date_modified_raw": "2 مارس 2026",
        "authors": ("ليلى الشاطئ", "سالم البحري"),
        "article_body": "وصلت السفينة.\nقال الربان إنها الأولى.",
        "blocks": (
            Block(kind="paragraph", text="وصلت السفينة."),
            Block(kind="quote", text="قال الربان إنها الأولى."),
        ),
        "source_credit": SourceCredit(
            raw="المصدر: أ.ف.ب + وكالات",
            agencies=(Agency(name="أ.ف.ب", id="afp"), Agency(name="وكالات")),
        ),
        "main_image": MAIN_IMAGE,
        "images": (MAIN_IMAGE, Image(url="https://img.shams.example/2.jpg")),
        "keywords": ("موانئ", "سفن"),
        "in_language": "ar",
        "link_lists": (RELATED,),
        "is_accessible_for_free": True,
        "provenance": {"headline": "Shams:css", "date_published": "jsonld"},
        "extractor": "0.1.0+aaaa",
    }
    return Article(**(values | changes))


def observation_at(
    fetched_at: dt.datetime = MORNING, url: str = URL, **changes: Any
) -> Observation:
    """Return a complete answer, with *changes*."""
    values: dict[str, Any] = {
        "url": url,
        "outcome": "stored",
        "status": 200,
        "fetched_at": fetched_at,
        "etag": '"1"',
        "content_type": "text/html; charset=utf-8",
        "size": 4096,
        "digest": PAGE_DIGEST,
    }
    return Observation(**(values | changes))


def hours(count: float) -> dt.timedelta:
    """Return so many hours."""
    return dt.timedelta(hours=count)


def holds(archive: Archive, url_or_id: str | int) -> bool:
    """Return True if the archive gives an article for this address or id."""
    try:
        archive.get(url_or_id)
    except NotInArchive:
        return False
    return True

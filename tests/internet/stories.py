"""Articles for the sites, Arabic and English: a headline, a day and four paragraphs each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from html import escape

import attrs

_PLACES_AR = ("الرباط", "طنجة", "وجدة", "أغادير", "فاس", "مكناس", "تطوان", "العيون")
_SUBJECTS_AR = (
    "مجلس المدينة",
    "الميناء القديم",
    "جامعة الساحل",
    "مهرجان الضوء",
    "نادي السباحة",
    "مستشفى الولادة",
    "سوق السمك",
    "المكتبة الوطنية",
    "محطة القطار",
    "جمعية الفلاحين",
)
_EVENTS_AR = (
    "يعلن عن خطة جديدة لترميم الطرق",
    "يفتح أبوابه بعد أشغال دامت سنتين",
    "يستقبل أول دفعة من المتطوعين",
    "يؤجل الاجتماع السنوي إلى الخريف",
    "ينشر حصيلة الموسم الماضي",
    "يطلب دعما أكبر من الوزارة",
    "يحتفل بمرور نصف قرن على تأسيسه",
)
_SENTENCES_AR = (
    "وقال المتحدث إن الأشغال استغرقت أحد عشر أسبوعا وكلفت أقل مما كان مرصودا لها في الميزانية.",
    "وأكد سكان الحي أنهم لم يعلموا بالمشروع إلا قبل أيام قليلة من انطلاقه.",
    "ومن المنتظر أن يعقد اجتماع ثان خلال الشهر المقبل لمناقشة ما تبقى من الملفات.",
    "ولم يصب أحد بأذى، وفتحت الطريق أمام حركة السير قبل حلول المساء.",
    "وتوصل المنظمون بأكثر من تسعة آلاف طلب من مختلف جهات البلاد.",
    "وشارك أطفال من مدرستين في تلوين الجدران، وستبقى الألوان حتى نهاية الصيف.",
    "وذكر التقرير أن عدد الزوار ارتفع بالثلث مقارنة مع السنة الماضية.",
)
_SUBJECTS_EN = ("Ferry", "Mayor", "Library", "Rowing club", "Fish market", "Old pier", "Choir")
_EVENTS_EN = (
    "returns to service after a long winter of repairs",
    "asks residents to name the new bridge over the canal",
    "opens its doors on Sundays for the first time in years",
    "counts a record number of visitors during the festival",
    "looks for volunteers to clear the beach before summer",
)
_SENTENCES_EN = (
    "The work took eleven weeks and cost less than the council had set aside for it in March.",
    "People who live near the water said they had heard of the plan only a few days before.",
    "A second vote is expected next month, when the committee meets in the town hall again.",
    "Nobody was hurt, and the road along the quay was open again before the evening tide.",
    "The harbour master keeps a list of those who wish to help, and it grows by the day.",
    "Children from two schools painted the boards, and the colours will stay until autumn.",
)
_FIRST_DAY = dt.date(2026, 5, 1)


@attrs.frozen
class Story:
    """One article, without an address."""

    number: int
    language: str
    headline: str
    day: dt.date
    section: str
    paragraphs: tuple[str, ...]

    @property
    def slug(self) -> str:
        """The headline as WordPress makes it part of an address."""
        return self.headline.lower().replace("،", "").replace(",", "").replace(" ", "-")

    @property
    def published(self) -> str:
        return f"{self.day.isoformat()}T09:{self.number % 60:02}:00+00:00"


def stories(
    number: int, language: str = "ar", sections: Sequence[str] = ("news",), salt: int = 0
) -> list[Story]:
    """Return so many stories, the newest first; no two share a headline or a paragraph."""
    return [_story(one, language, sections[one % len(sections)], salt) for one in range(number)]


def _story(number: int, language: str, section: str, salt: int) -> Story:
    is_arabic = language == "ar"
    subjects = _SUBJECTS_AR if is_arabic else _SUBJECTS_EN
    events = _EVENTS_AR if is_arabic else _EVENTS_EN
    sentences = _SENTENCES_AR if is_arabic else _SENTENCES_EN
    turn = number + salt
    subject, event = subjects[turn % len(subjects)], events[turn % len(events)]
    place = _PLACES_AR[turn % len(_PLACES_AR)]
    if is_arabic:
        headline = f"{subject} في {place} {event} للمرة {100 + turn}"
        day_text = f"وجرى ذلك في اليوم {number + 1} من الدورة رقم {100 + turn}."
    else:
        headline = f"{subject} {event}, part {100 + turn}"
        day_text = f"That was on day {number + 1} of season {100 + turn}."
    start = turn % len(sentences)
    told = [*sentences[start:], *sentences[:start]]
    paragraphs = (
        f"{headline}. {told[0]} {told[1]}",
        f"{told[2]} {day_text}",
        f"{told[3]} ({subject} {100 + turn}) {told[4]}",
        f"{told[5]} {headline}.",
    )
    day = _FIRST_DAY + dt.timedelta(days=60 - number % 60)
    return Story(number, language, headline, day, section, paragraphs)


def article_html(
    story: Story, *, site: str, url: str, canonical: str | None = None, image: str | None = None
) -> str:
    """Return the page of *story* at *url*; a canonical link only if *canonical* is given."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline,
        "datePublished": story.published,
        "mainEntityOfPage": canonical or url,
        "publisher": {"@type": "Organization", "name": site},
    }
    if image:
        data["image"] = [image]
    link = f'<link rel="canonical" href="{escape(canonical)}">' if canonical else ""
    figure = f'<figure><img src="{image}" width="800" height="450"></figure>' if image else ""
    text = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.paragraphs)
    head = (
        f'{link}<meta property="og:type" content="article">'
        f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    )
    body = (
        f'<article class="post"><h1 class="entry-title">{escape(story.headline)}</h1>'
        f'<time class="entry-date" datetime="{story.published}">{story.day}</time>{figure}'
        f'<div class="entry-content">{text}</div></article>'
    )
    return document(f"{story.headline} | {site}", body, head=head, language=story.language)


def document(title: str, body: str, *, head: str = "", language: str = "ar") -> str:
    """Return a whole page with a menu and a footer."""
    direction = "rtl" if language == "ar" else "ltr"
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{head}</head><body>"
        f'<nav class="main-menu"><a href="/">⌂</a> <a href="/about/">i</a></nav>'
        f'<main id="content">{body}</main>'
        f'<footer class="site-footer"><a href="/privacy-policy/">§</a></footer></body></html>'
    )

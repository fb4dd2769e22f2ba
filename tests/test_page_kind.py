"""Pages that are no articles are named; articles about such pages stay articles."""

from __future__ import annotations

import attrs
import pytest

from newscrawl import Page, extract
from newscrawl.generic.page_kind.decision import page_kind
from newscrawl.generic.page_kind.facts import PageFacts, PageKind
from newscrawl.generic.page_kind.teasers import Teasers

PARAGRAPH = "أعلنت بلدية الميناء أن المكتبة ستفتح أبوابها مساء الخميس بعد ترميم دام عامين. "


@pytest.mark.parametrize(
    ("kind", "title", "text"),
    [
        ("challenge", "Just a moment...", "Checking your browser before accessing the site."),
        ("challenge", "لحظة من فضلك", "نحن نتحقق من متصفحك قبل الدخول إلى الموقع."),
        (
            "soft_404",
            "الصفحة غير موجودة | أخبار الميناء",
            "عذرًا، لم نجد ما تبحث عنه.",
        ),
        ("soft_404", "Page introuvable - Le Port", "Cette page a été déplacée ou supprimée."),
        ("soft_404", "أخبار الميناء", "عذراً، الصفحة التي تبحث عنها لم تعد هنا."),
        ("maintenance", "الموقع تحت الصيانة", "نعود إليكم بعد قليل."),
        ("parked", "port.example", "This domain is for sale. Make an offer today."),
        ("error", "خطأ", "تعذر الاتصال بقاعدة البيانات."),
        ("error", "502 Bad Gateway", "nginx"),
        ("login", "تسجيل الدخول | أخبار الميناء", "البريد الإلكتروني وكلمة المرور"),
        ("consent", "Avant de continuer", "Nous respectons votre vie privée. Tout accepter"),
        ("paywall", "أخبار الميناء", "هذا المحتوى للمشتركين. اشترك لقراءة الخبر كاملًا."),
        ("empty", "", ""),
    ],
)
def test_message_pages_are_named(kind: str, title: str, text: str) -> None:
    evidence = PageFacts(
        url="https://port.example/a/1", title=title, body=text, text=text, size=len(text)
    )
    assert page_kind(evidence).name == kind


def test_long_text_outweighs_the_name_of_its_section() -> None:
    """A dossier stands under /topics/, a broadcast's transcript under a RadioSeries."""
    facts = PageFacts(
        url="https://port.example/topics/ports/dredging",
        headline="Dredging",
        body=PARAGRAPH * 30,
        size=4000,
        links=800,
    )
    assert page_kind(facts).name == "article"
    assert page_kind(attrs.evolve(facts, types=frozenset({"RadioSeries"}))).name == "article"
    for change in (
        {"body": PARAGRAPH * 10},
        {"links": 2500},
        {"teasers": Teasers(count=9, text=500)},
        {"headline": ""},
    ):
        assert page_kind(attrs.evolve(facts, **change)).name == "tag"


@pytest.mark.parametrize("path", ["forums/topic/188682-new-case", "forum/topic/7-greetings"])
def test_thread_of_a_forum_is_a_forum(path: str) -> None:
    facts = PageFacts(
        url=f"https://port.example/{path}", headline="A case", body=PARAGRAPH * 30, size=4000
    )
    assert page_kind(facts).name == "forum"


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("tag", "tag/الميناء"),
        ("author", "author/salma"),
        ("search", "search?q=x"),
        ("listing", "category/news/page/2"),
        ("gallery", "gallery/7"),
    ],
)
def test_addresses_name_pages_that_do_not_state_an_article(kind: str, path: str) -> None:
    evidence = PageFacts(url=f"https://port.example/{path}", body=PARAGRAPH * 20, size=3000)
    assert page_kind(evidence).name == kind
    assert page_kind(
        PageFacts(url=evidence.url, body=evidence.body, og_type="article")
    ) == PageKind(
        "article",
        None,
    )


def test_front_page_is_none_whatever_it_states() -> None:
    evidence = PageFacts(url="https://port.example/", body=PARAGRAPH * 20, og_type="article")
    assert page_kind(evidence).name == "home"
    post = attrs.evolve(evidence, url="https://port.example/?p=12")
    assert page_kind(post) == PageKind("article")


@pytest.mark.parametrize("title", ["تسجيل الدخول صار أصعب", "Why the 404 page was invented"])
def test_article_about_such_a_page_stays_an_article(title: str) -> None:
    evidence = PageFacts(
        url="https://port.example/a/1", title=title, body=PARAGRAPH * 12, size=1200
    )
    assert page_kind(evidence) == PageKind("article")


def test_links_without_text_are_a_listing() -> None:
    evidence = PageFacts(url="https://port.example/news", body="", size=4000, links=3600)
    assert page_kind(evidence).name == "listing"


@pytest.mark.parametrize(
    ("kind", "headline"),
    [
        ("about", "من نحن"),
        ("about", "About us"),
        ("contact", "Nous contacter"),
        ("legal", "Privacy"),
    ],
)
def test_pages_about_the_site_are_named_by_their_headline(kind: str, headline: str) -> None:
    evidence = PageFacts(
        url="https://port.example/12", headline=headline, body=PARAGRAPH * 12, size=1_000
    )
    assert page_kind(evidence).name == kind
    longer = attrs.evolve(evidence, headline=f"{headline} وماذا نريد من الميناء")
    assert page_kind(longer).name == "article"


def test_links_to_a_login_make_no_login_page() -> None:
    body = (
        "<h1>معرض صور المرسى</h1><p>صور من المرسى في الصباح</p>"
        "<footer><a href='/in'>تسجيل الدخول</a></footer>"
    )
    page = Page(
        url="https://port.example/12",
        body=body.encode(),
        content_type="text/html; charset=utf-8",
    )
    assert extract(page).page_kind not in {"login", "article"}


def test_teasers_cut_short_are_a_listing() -> None:
    teasers = f"{PARAGRAPH.strip()[:-1]}…\n" * 12
    evidence = PageFacts(url="https://port.example/news/", body=teasers, size=len(teasers))
    assert page_kind(evidence).name == "listing"
    whole = teasers + PARAGRAPH
    assert page_kind(attrs.evolve(evidence, body=whole)) == PageKind("article")


def test_reason_quotes_the_phrase_as_it_is_spelled() -> None:
    title = "الصفحة غير موجودة"
    found = page_kind(PageFacts(url="https://port.example/a/1", title=title, size=20))
    assert found == PageKind("soft_404", f"the headline says {title!r}")


def test_scripts_without_text_are_a_shell() -> None:
    evidence = PageFacts(url="https://port.example/a/1", size=20, scripts=90_000)
    assert page_kind(evidence).name == "script_only"


def test_signed_item_of_a_few_lines_beside_many_links_is_an_article() -> None:
    headline = "The council takes back its plan for the old harbour"
    evidence = PageFacts(
        url="https://port.example/break/1",
        title=f"{headline} - The Port",
        headline=headline,
        body="The council has taken back its plan for the harbour this evening. " * 3,
        size=4_000,
        links=3_500,
        is_signed=True,
    )
    assert page_kind(evidence).name == "article"
    assert page_kind(attrs.evolve(evidence, is_signed=False)).name == "listing"

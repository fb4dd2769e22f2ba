"""Lines between and below the paragraphs that are none of the text, in many languages."""

from __future__ import annotations

import pytest

from newscrawl import Article, Page, extract

LATIN = (
    (
        "The harbour office of Lindmouth decided on Monday to rebuild the eastern dam, which "
        "the storms of last winter had torn open in three places."
    ),
    (
        "Divers found that the foundation had sunk by half a metre since summer, and that the "
        "lamp at its end would not stand through another winter."
    ),
    (
        "Fishermen asked for a crane at the western quay, where they land their fish until "
        "the work is finished in the autumn of next year."
    ),
)
ARABIC = (
    (
        "قررت هيئة الميناء في ليندموث يوم الاثنين إعادة بناء كاسر "
        "الأمواج الشرقي بعد أن فتحت فيه عواصف الشتاء ثلاث ثغرات واسعة."
    ),
    (
        "ووجد الغواصون أن الأساس هبط نصف متر منذ الصيف وأن المنارة "
        "في طرفه لن تصمد شتاء آخر إذا لم تدعم قبل تشرين الثاني."
    ),
    (
        "وطالب الصيادون برافعة على الرصيف الغربي حيث يضطرون إلى "
        "إنزال صيدهم حتى انتهاء الأعمال في خريف العام المقبل."
    ),
)
HAN = (
    "林茅斯港务局周一决定重建东侧防波堤，去年冬天的几场风暴在堤上撕开了三处宽阔的缺口，渔船因此无法靠岸。",
    "潜水员发现地基自夏天以来下沉了半米，堤端的灯塔如果不加固，恐怕撑不过下一个冬天的风浪。",
    "渔民要求在西侧码头安装一台起重机，工程要到明年秋天才能完工，在那之前他们只能在那里卸鱼。",
)
LINES = {
    "en": (
        "Advertisement",
        "Story continues below advertisement",
        "Don’t miss a story. Follow us on Facebook and X.",
        "Copyright 2026 Lindmouth Echo. All rights reserved. Never published elsewhere.",
        "Was this newsletter forwarded to you? <a href='/s'>Sign up here</a>.",
        "<strong>You may like:</strong> <a href='/b'>Lighthouse gets a new lamp</a>",
    ),
    "fr": (
        "Inscrivez-vous à notre newsletter.",
        "Suivez-nous sur Facebook et X.",
        "Cet article vous a plu ? Partagez-le !",
        "<strong>Sur le même sujet :</strong> <a href='/b'>Le phare a une lampe neuve</a>",
        "Publicité",
    ),
    "de": ("Folgen Sie uns auf Facebook.", "Artikel teilen", "Anzeige"),
    "es": ("Suscríbete a nuestra newsletter.", "Síguenos en Facebook y X.", "Publicidad"),
    "pt": ("Assine a nossa newsletter.", "Siga-nos no Facebook.", "Publicidade"),
    "it": ("Iscriviti alla nostra newsletter.", "Seguici su Facebook.", "Pubblicità"),
    "ru": ("Все права защищены.", "Реклама", "Подписывайтесь на наш канал."),
    "tr": (
        "Bültenimize abone olun.",
        "Bizi Facebook’ta takip edin.",
        "Reklam",
        "<strong>Bunlar da ilginizi çekebilir:</strong> <a href='/b'>Fenere yeni lamba</a>",
    ),
    "zh": (
        "关注我们的微信公众号。",
        "图片来源：新华社",
        "（编辑：李四）",
        "<strong>更多新闻：</strong><a href='/b'>灯塔换上新灯</a>",
    ),
    "ja": (
        "メールマガジンに登録する",
        "この記事をシェアする",
        "写真：共同",
        "<strong>【関連記事】</strong><a href='/b'>灯台に新しいランプ</a>",
    ),
    "fa": (
        "ما را در تلگرام دنبال کنید.",
        "کلیه حقوق محفوظ است.",
        "لینک کوتاه: https://a.example/1",
    ),
    "ur": ("ہمیں فیس بک پر فالو کریں۔", "جملہ حقوق محفوظ ہیں۔"),
    "he": ("עקבו אחרינו בפייסבוק", "פרסומת"),
    "ar": (
        "* المقالات المنشورة تعبر عن رأي كاتبها ولا تعبر بالضرورة عن رأي الصحيفة.",
        "يمكنكم الاشتراك بنشرتنا البريدية لتصلكم أهم الأخبار يوميا.",
        "قد يهمك أيضا: <a href='/b'>سفينة</a>",
        "<strong>للمزيد:</strong> <a href='/b'>مصباح جديد للمنارة القديمة</a>",
    ),
}
SENTENCES = (
    "Don't miss the boats, she says: they leave at six, and nobody waits.",
    "Les propos tenus par le ministre ont surpris les pêcheurs du port.",
    "Copyright law protects the plans of the lighthouse until 2031, a judge said.",
    "Telif hakkı davası bugün limanın yeni mahkemesinde başladı.",
    "يمكنكم الاشتراك في السباق حتى مساء الجمعة، كما قال رئيس النادي.",
    "他在微信公众号上发文说，渔民们已经等了三年。",
)


def body_with(line: str, paragraphs: tuple[str, ...], at: int) -> list[str]:
    parts = [*paragraphs[:at], line, *paragraphs[at:]]
    text = "".join(f"<p>{part}</p>" for part in parts)
    markup = f"<article><h1>Lindmouth rebuilds its old breakwater</h1>{text}</article>"
    page = Page(
        url="https://echo.example/n/1",
        body=f"<html><body>{markup}</body></html>".encode(),
        content_type="text/html; charset=utf-8",
    )
    return (extract(page).article_body or "").splitlines()


@pytest.mark.parametrize("language", LINES)
@pytest.mark.parametrize("at", [1, 3])
def test_furniture_is_left_out_between_and_below_the_paragraphs(language: str, at: int) -> None:
    paragraphs = {"zh": HAN, "ja": HAN, "ar": ARABIC, "fa": ARABIC, "ur": ARABIC}.get(
        language, LATIN
    )
    text = [*paragraphs]
    kept = [line for line in LINES[language] if body_with(line, paragraphs, at) != text]
    assert kept == []


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_that_begin_or_sound_like_it_are_text(sentence: str) -> None:
    assert sentence in body_with(sentence, LATIN, 2)


def read(body: str, title: str = "") -> Article:
    page = Page(
        url="https://echo.example/n/1",
        body=f"<html><title>{title}</title><body><article>{body}</article></body></html>".encode(),
        content_type="text/html; charset=utf-8",
    )
    return extract(page)


MARKS = (
    "[<a href='/e'>edit</a>]",
    "(النهاية)",
    "{{ article.title }}",
    "You have 2 free articles left this month.",
)


@pytest.mark.parametrize("line", MARKS)
def test_marks_of_systems_between_the_paragraphs_are_left_out(line: str) -> None:
    assert body_with(line, LATIN, 1) == [*LATIN]


@pytest.mark.parametrize("sign", ["#", "¶", "§"])
def test_the_sign_that_links_to_a_heading_is_none_of_its_words(sign: str) -> None:
    heading = f"<h2 id='a'>The lamp <a href='#a'>{sign}</a></h2>"
    paragraphs = f"<p>{LATIN[0]}</p><p>{LATIN[1]}</p>"
    article = read(f"<h1>Lindmouth rebuilds its dam</h1>{heading}{paragraphs}")
    assert (article.article_body or "").splitlines() == ["The lamp", *LATIN[:2]]


@pytest.mark.parametrize(
    ("heading", "title", "headline"),
    [
        ("«الرصيف مات»", "«الرصيف مات» - صدى ليندموث", "«الرصيف مات»"),
        ("« La digue est morte »", "« La digue est morte »", "« La digue est morte »"),
        ("Harbour » Old dam falls", "Old dam falls", "Harbour » Old dam falls"),
        ("الرصيف القديم ينهار\u200f", "", "الرصيف القديم ينهار"),
        ("<b>Live</b>Old dam falls", "Old dam falls | Echo", "Old dam falls"),
        ("<b>Old dam</b> falls", "Old dam falls | Echo", "Old dam falls"),
        ("<b>Exclusive</b> Old dam falls", "Old dam falls", "Old dam falls"),
    ],
)
def test_headlines_keep_their_marks_and_lose_their_badges(
    heading: str, title: str, headline: str
) -> None:
    paragraphs = "".join(f"<p>{one}</p>" for one in LATIN)
    assert read(f"<h1>{heading}</h1>{paragraphs}", title).headline == headline

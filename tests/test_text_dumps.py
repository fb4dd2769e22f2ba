"""Text dumps of many kinds: pages saved as text, WET records, mails, other code pages."""

from __future__ import annotations

import datetime as dt

import pytest

from newscrawl import Article, Page, extract

SEEN = dt.datetime(2026, 5, 20, tzinfo=dt.UTC)

ENGLISH = """\
Harbour Post
Home
News
Sport
Home > News > Local

Town library moves to the old mill
By Ann Lee and Bob Ray
Published: 17 May 2026, 14:05

The council decided on Tuesday evening to move the town library to the old mill, which has \
stood empty for eleven years and had been offered to the town for a very small price.
The mayor said that the move would be paid for with the money that was set aside for a new \
roof, and that nobody would lose a job because of it.
Readers who had come to the meeting asked for longer hours, and the head of the library \
promised to look into that before the end of the summer.
(Reuters)

Most read
Ferry runs again after eleven weeks in the yard
Swimmers wanted for the long race of the bay
What the new timetable means for the island
Copyright 2026 Harbour Post. All rights reserved.
"""

FRENCH = """\
Accueil
Accueil » Société
Un marché couvert pour la vieille ville
Par Jeanne Dubois, à Nantes
Publié le 17 mai 2026 à 14h05
Le conseil municipal a décidé mardi soir de construire un marché couvert à la place de \
l'ancien entrepôt, qui était vide depuis onze ans et que la ville avait acheté pour une \
somme symbolique.
Les commerçants, qui étaient venus nombreux, ont demandé que les travaux ne durent pas plus \
d'une année et que les étals soient attribués par tirage au sort.
La maire a répondu que le début du chantier était prévu pour l'automne et que rien n'était \
décidé pour les étals.
(Avec AFP)
Les plus lus
Le pont de la gare fermé pendant trois semaines
La piscine retrouve ses nageurs du soir
Mots-clés : marché, ville, travaux
"""

ARABIC = """\
الرئيسية
الرئيسية » محليات
فتح سوق السمك بعد أشغال دامت سنة كاملة
بقلم: سعاد المرابط
نشر في: 17 مايو 2026 - 14:05
الرباط - شمس: فتحت السلطات صباح اليوم سوق السمك أمام التجار بعد أشغال دامت سنة كاملة، وقال \
رئيس المجلس إن الكلفة لم تتجاوز ما كان مقررا في البداية.
وأضاف أن السوق سيفتح كل يوم من الخامسة صباحا إلى الثانية بعد الظهر، وأن عدد المحلات ارتفع \
من عشرين إلى ستة وثلاثين محلا في هذا الحي القديم.
وقد عبر التجار عن ارتياحهم بعد عودتهم إلى مكانهم، في حين طالب السكان بتنظيم حركة السيارات \
في محيط السوق خلال ساعات الصباح.
المصدر: رويترز
الأكثر قراءة
قطار الليل يعود إلى الجنوب بعد شهرين
مدرسة جديدة في الحي القديم قبل الخريف
"""

HEBREW = """\
דף הבית
הספרייה העירונית עוברת לטחנה הישנה
מאת יוסי כהן
פורסם: 17.05.2026 14:05
מועצת העיר החליטה ביום שלישי להעביר את הספרייה העירונית אל הטחנה הישנה, שעמדה ריקה במשך אחת \
עשרה שנים והוצעה לעיר במחיר נמוך מאוד.
ראש העיר אמר כי המעבר ימומן מהכסף שהוקצה לגג החדש, וכי איש מן העובדים לא יאבד את מקום \
עבודתו בעקבות ההחלטה הזאת.
"""

PERSIAN = """\
صفحه اصلی
کتابخانه شهر به آسیاب قدیمی می‌رود
نویسنده: علی رضایی
تاریخ انتشار: ۱۴۰۵/۰۲/۲۷ - ۱۴:۰۵
شورای شهر شامگاه سه‌شنبه تصمیم گرفت که کتابخانه شهر را به آسیاب قدیمی منتقل کند که یازده \
سال خالی مانده بود و با بهای کمی به شهر پیشنهاد شده است.
شهردار گفت که هزینه این کار از پولی که برای سقف نو در نظر گرفته شده بود پرداخت می‌شود و هیچ \
کس کار خود را از دست نخواهد داد.
"""

WRAPPED = """\
From: desk

TOWN LIBRARY MOVES TO THE OLD MILL

By Ann Lee

HARBOUR TOWN, May 17 (Reuters) - The council decided on Tuesday
evening to move the town library to the old mill, which has stood
empty for eleven years and had been offered to the town for a very
small price.

The mayor said that the move would be paid for with the money that
was set aside for a new roof, and that nobody would lose a job
because of it.
"""

GERMAN = """\
Startseite
Bücherei zieht in die alte Mühle
Von Hans Meier, Husum
17.05.2026, 14:05 Uhr
Der Rat hat am Dienstag beschlossen, die Bücherei in die alte Mühle zu verlegen, die seit \
elf Jahren leer steht und der Stadt für wenig Geld angeboten worden war.
Die Bürgermeisterin sagte, der Umzug werde aus dem Geld bezahlt, das für ein neues Dach \
vorgesehen war, und niemand werde seine Stelle verlieren.
"""


def read(text: str | bytes, encoding: str = "utf-8", **page: str) -> Article:
    """Return what is on a text dump; *page* has another address or type of content."""
    body = text.encode(encoding) if isinstance(text, str) else text
    values = {"url": "https://news.example/1", "content_type": "text/plain"} | page
    return extract(Page(body=body, fetched_at=SEEN, **values))


DUMPS: dict[str, tuple[str, str, str, str, tuple[str, ...], int]] = {
    "English": (
        ENGLISH,
        "utf-8",
        "en",
        "Town library moves to the old mill",
        ("Ann Lee", "Bob Ray"),
        3,
    ),
    "CRLF": (
        ENGLISH.replace("\n", "\r\n"),
        "utf-8",
        "en",
        "Town library moves to the old mill",
        ("Ann Lee", "Bob Ray"),
        3,
    ),
    "byte order mark": (
        ENGLISH,
        "utf-8-sig",
        "en",
        "Town library moves to the old mill",
        ("Ann Lee", "Bob Ray"),
        3,
    ),
    "UTF-16": (
        ENGLISH,
        "utf-16",
        "en",
        "Town library moves to the old mill",
        ("Ann Lee", "Bob Ray"),
        3,
    ),
    "wrapped mail": (
        WRAPPED,
        "utf-8",
        "en",
        "TOWN LIBRARY MOVES TO THE OLD MILL",
        ("Ann Lee",),
        2,
    ),
    "French": (
        FRENCH,
        "utf-8",
        "fr",
        "Un marché couvert pour la vieille ville",
        ("Jeanne Dubois",),
        3,
    ),
    "Latin-1": (
        FRENCH,
        "latin-1",
        "fr",
        "Un marché couvert pour la vieille ville",
        ("Jeanne Dubois",),
        3,
    ),
    "windows-1252": (
        GERMAN,
        "cp1252",
        "de",
        "Bücherei zieht in die alte Mühle",
        ("Hans Meier",),
        2,
    ),
    "Arabic": (
        ARABIC,
        "utf-8",
        "ar",
        "فتح سوق السمك بعد أشغال دامت سنة كاملة",
        ("سعاد المرابط",),
        3,
    ),
    "windows-1256": (
        ARABIC,
        "cp1256",
        "ar",
        "فتح سوق السمك بعد أشغال دامت سنة كاملة",
        ("سعاد المرابط",),
        3,
    ),
    "Hebrew": (HEBREW, "utf-8", "he", "הספרייה העירונית עוברת לטחנה הישנה", ("יוסי כהן",), 2),
    "windows-1255": (
        HEBREW,
        "cp1255",
        "he",
        "הספרייה העירונית עוברת לטחנה הישנה",
        ("יוסי כהן",),
        2,
    ),
    "Persian": (
        PERSIAN,
        "utf-8",
        "fa",
        "کتابخانه شهر به آسیاب قدیمی می\u200cرود",
        ("علی رضایی",),
        2,
    ),
}
"""Text, encoding, language, headline, authors and number of paragraphs."""


@pytest.mark.parametrize("name", DUMPS)
def test_dump_is_read(name: str) -> None:
    text, encoding, language, headline, authors, paragraphs = DUMPS[name]
    article = read(text, encoding)
    assert article.page_kind == "article"
    assert article.in_language == language
    assert article.headline == headline
    assert article.authors == authors
    assert len(article.blocks) == paragraphs
    assert article.provenance["in_language"] == "letters"


@pytest.mark.parametrize("name", ["English", "French", "Arabic", "Hebrew", "windows-1252"])
def test_dump_is_dated(name: str) -> None:
    article = read(*DUMPS[name][:2])
    assert article.date_published == dt.datetime(2026, 5, 17, 14, 5, tzinfo=dt.UTC)
    assert article.date_published_zone_origin == "guessed"


def test_site_s_zone_and_language_count() -> None:
    article = read(ARABIC, url="https://www.almaghribtoday.net/101/ميناء")
    assert article.date_published == dt.datetime(2026, 5, 17, 13, 5, tzinfo=dt.UTC)
    assert article.date_published_zone == "Africa/Casablanca"
    assert article.date_published_zone_origin == "site"


def test_site_s_language_stands_in_where_the_text_is_too_short() -> None:
    article = read("سوق السمك", url="https://www.almaghribtoday.net/101/ميناء")
    assert article.in_language == "ar"
    assert article.provenance["in_language"] == "site"


def test_credit_and_lists_stay_out_of_the_text() -> None:
    article = read(FRENCH)
    assert article.source_credit is not None
    assert [agency.id for agency in article.source_credit.agencies] == ["afp"]
    assert [(one.heading, one.kind, len(one.links)) for one in article.link_lists] == [
        ("Les plus lus", "most_read", 2)
    ]
    assert article.keywords == ("marché", "ville", "travaux")
    assert article.breadcrumbs == ("Société",)


def test_one_line_is_a_text_without_a_headline() -> None:
    line = next(line for line in ENGLISH.splitlines() if line.startswith("The council"))
    article = read(line)
    assert (article.headline, article.article_body) == (None, line)
    assert article.in_language == "en"


@pytest.mark.parametrize("text", ["", "\n \n\n", "Hello there", "a\0b", "\ufeff"], ids=range(5))
def test_text_without_a_paragraph_is_empty(text: str) -> None:
    article = read(text)
    assert (article.page_kind, article.article_body) == ("empty", "")
    assert article.page_kind_reason


def test_ten_megabytes_are_read() -> None:
    lines = (
        f"Line {n} of a long text says that nothing has happened today." for n in range(160_000)
    )
    text = ENGLISH.replace("Most read", "\n".join(lines))
    assert len(text) > 9_900_000
    article = read(text)
    assert article.headline == "Town library moves to the old mill"
    assert article.article_body.count("\n") > 150_000


def test_ten_megabytes_in_one_line_are_read() -> None:
    text = "The council decided, and nobody left early. " * 220_000
    assert len(read(text).article_body) == len(text) - 1


def test_bytes_that_are_no_text_raise_nothing() -> None:
    article = read(bytes(range(256)) * 50)
    assert article.headline is None
    assert article.in_language is None

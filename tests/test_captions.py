"""Captions and credits of pictures, in many languages and shapes."""

from __future__ import annotations

import pytest

from newscrawl import Page, extract
from newscrawl.article import Image
from newscrawl.values.caption import clean_credit, split_caption

LABELLED = [
    ("The harbour at dawn. Photo: AFP", "The harbour at dawn.", "AFP"),
    ("The harbour at dawn (Photo by Ann Lee)", "The harbour at dawn", "Ann Lee"),
    ("The harbour, seen on Monday – Reuters", "The harbour, seen on Monday", "Reuters"),
    ("Joe Bridge, right (AP Photo/Ann Lee)", "Joe Bridge, right", "AP Photo/Ann Lee"),
    ("Workers rest. Xinhua/Ann Lee", "Workers rest.", "Xinhua/Ann Lee"),
    ("The film set. Picture courtesy of Harbour Studios", "The film set.", "Harbour Studios"),
    ("Le port à l’aube. © AFP", "Le port à l’aube.", "AFP"),
    ("Le port à l’aube / AFP", "Le port à l’aube", "AFP"),
    ("Le port. Crédit photo : Anne Port", "Le port.", "Anne Port"),
    ("Der Hafen am Morgen. Foto: dpa", "Der Hafen am Morgen.", "dpa"),
    ("Der Hafen am Morgen. (Bild: Anna Hafen/dpa)", "Der Hafen am Morgen.", "Anna Hafen/dpa"),
    ("El puerto al alba. Foto: EFE", "El puerto al alba.", "EFE"),
    ("Il porto all’alba (Foto: ANSA)", "Il porto all’alba", "ANSA"),
    ("O porto ao amanhecer. Crédito: Lusa", "O porto ao amanhecer.", "Lusa"),
    ("Limanda sabah. Fotoğraf: AA", "Limanda sabah.", "AA"),
    ("Порт на рассвете. Фото: ТАСС", "Порт на рассвете.", "ТАСС"),
    ("Port o świcie. Fot. Jan Port", "Port o świcie.", "Jan Port"),
    ("Cảng lúc bình minh. Ảnh: Reuters", "Cảng lúc bình minh.", "Reuters"),
    ("Pelabuhan di pagi hari(Dok. Pelabuhan)", "Pelabuhan di pagi hari", "Pelabuhan"),
    ("الميناء عند الفجر (أ ف ب)", "الميناء عند الفجر", "أ ف ب"),
    ("الميناء عند الفجر. تصوير: ليلى الشاطئ", "الميناء عند الفجر.", "ليلى الشاطئ"),
    ("الميناء عند الفجر - صورة: رويترز", "الميناء عند الفجر", "رويترز"),
    ("בנמל עם שחר (צילום: רויטרס)", "בנמל עם שחר", "רויטרס"),
    ("بندر در سپیده‌دم. عکس: ایرنا", "بندر در سپیده‌دم.", "ایرنا"),
    ("港の夜明け＝13日、東京で（佐藤撮影）", "港の夜明け＝13日、東京で", "佐藤撮影"),
    ("항구의 새벽이다. 연합뉴스", "항구의 새벽이다.", "연합뉴스"),
    ("Le port à l’aube. (Photo Anne Port/AFP)", "Le port à l’aube.", "Anne Port/AFP"),
    ("AFP - Le port à l’aube", "Le port à l’aube", "AFP"),
    ("Getty Images | The harbour at dawn", "The harbour at dawn", "Getty Images"),
    ("The harbour at dawn | AP Photo/Ann Lee", "The harbour at dawn", "AP Photo/Ann Lee"),
    ("Il porto all’alba (foto Ansa)", "Il porto all’alba", "Ansa"),
    ("De haven bij dageraad. Foto ANP", "De haven bij dageraad.", "ANP"),
    ("港の夜明け＝共同", "港の夜明け", "共同"),
    ("항구의 새벽. [사진 출처 = 연합뉴스]", "항구의 새벽.", "연합뉴스"),
    ("清晨的港口 图/新华社", "清晨的港口", "新华社"),
    ("الميناء عند الفجر / رويترز", "الميناء عند الفجر", "رويترز"),
]
PLAIN = [
    "A second picture of the river.",
    "A photo taken on Monday: the bridge",
    "The photo shows the mayor (left) and the captain",
    "Picture of health",
    "Fans celebrate, a source of pride",
    "He took the picture: a boat runs",
    "صورة من الميناء عند الفجر",
    "الصورة التي التقطها السائح للميناء",
    "Das Bild der Woche",
    "Le port (à gauche) et la photo du jour",
    "Ships of the Image company leave (archive view)",
    "The mayor signs a contract with Reuters",
    "La foto Ansa del giorno",
    "Bild des Tages: der Hafen",
]
ONLY_CREDITS = ["Photo: Reuters", "© Ann Lee", "Foto: REUTERS/Ann Lee", "رويترز", "(AP Photo)"]


@pytest.mark.parametrize(("text", "caption", "credit"), LABELLED)
def test_credit_is_parted_from_the_caption(text: str, caption: str, credit: str) -> None:
    assert split_caption(text) == (caption, credit)


@pytest.mark.parametrize("text", PLAIN)
def test_words_for_pictures_in_running_text_are_no_credit(text: str) -> None:
    assert split_caption(text) == (text, None)


@pytest.mark.parametrize("text", ONLY_CREDITS)
def test_a_credit_alone_is_no_caption(text: str) -> None:
    assert split_caption(text) == (None, clean_credit(text))


PICTURE = '<img src="/harbour-at-dawn.jpg" width="800">'
SHAPES = {
    "figure": f"<figure>{PICTURE}<figcaption>The harbour. Photo: AFP</figcaption></figure>",
    "elements": f"""<figure>{PICTURE}<figcaption><span>The harbour.</span>
        <span class="x1">AFP</span></figcaption></figure>""",
    "credit-by-class": f"""<div class="pic">{PICTURE}<p class="lead-image">The harbour.</p>
        <p class="image--author">Foto: AFP</p></div>""",
    "two-captions": f"""<div class="media"><figure>{PICTURE}</figure></div>
        <div class="caption"><figcaption>The harbour.</figcaption>
        <figcaption>Photo: AFP</figcaption></div>""",
    "label-apart": f"""<figure>{PICTURE}<figcaption>The harbour.
        <small><b>Photo:</b></small> <small>AFP</small></figcaption></figure>""",
    "button": f"""<figure>{PICTURE}<span class="open">View 6 Images</span></figure>
        <p class="caption-title">The harbour. <cite>(Image: AFP)</cite></p>""",
    "linked": f"""<div class="wrap"><a href="/photo/1">{PICTURE}</a>
        <p class="caption">The harbour. (AFP)</p></div>""",
    "script": """<div class="media"><x-image></x-image></div>
        <div class="img-caption"><span>The harbour.</span>
        <span class="photographer">Photo: AFP</span></div>""",
}
TEXT = (
    "<p>The ferry ran at night for the first time, and people had come to see it leave.</p>" * 4
)


def pictures_in(above: str, below: str = "") -> tuple[Image, ...]:
    head = '<meta property="og:image" content="https://post.example/harbour-at-dawn.jpg">'
    page = f"""<html><head><title>Ferry runs at night</title>{head}</head><body><article>
    <h1>Ferry runs at night</h1>{above}{TEXT}{below}</article></body></html>"""
    return extract(Page(url="https://post.example/1", body=page.encode())).images


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_caption_and_credit_of_the_main_picture(shape: str) -> None:
    image = pictures_in(shape)[0]
    assert (image.caption, image.credit) == ("The harbour.", "AFP")


def test_each_picture_of_a_gallery_has_its_own_caption() -> None:
    slides = "".join(
        f"""<li><img src="/slide-number-{n}.jpg" width="800">
        <div class="caption">Ship {n}. Photo: AFP</div></li>"""
        for n in (1, 2, 3)
    )
    images = pictures_in("", f"<ul class='gallery'>{slides}</ul>")
    assert [(i.caption, i.credit) for i in images[1:]] == [
        (f"Ship {n}.", "AFP") for n in (1, 2, 3)
    ]


def test_a_picture_does_not_take_the_caption_of_the_next() -> None:
    other = PICTURE.replace("harbour-at-dawn", "river-at-noon")
    above = (
        f"<figure>{PICTURE}</figure><figure>{other}<figcaption>A river</figcaption></figure>"
    )
    assert [image.caption for image in pictures_in(above)] == [None, "A river"]


@pytest.mark.parametrize("name", ["Ann Lee / AFP", "Ann Lee, AP", "Álex Puerto / Europa Press"])
def test_photographer_and_agency_in_a_part_of_their_own_are_one_credit(name: str) -> None:
    figure = f"""<figure><img src="/harbour-at-dawn.jpg">
        <figcaption>The harbour at dawn<div>{name}</div></figcaption></figure>"""
    text = "<p>The ferry ran at night, and many people had come to see it leave the port.</p>"
    body = f"<article><h1>Ferry runs at night</h1>{figure}{text * 4}</article>"
    (image,) = extract(Page(url="https://post.example/news/1", body=body.encode())).images
    assert (image.caption, image.credit) == ("The harbour at dawn", name)


def test_picture_whose_class_says_how_it_opens_is_one_of_the_article() -> None:
    figure = """<figure><a href="/h.jpg"><img class="modal-image" src="/harbour-at-dawn.jpg">
        </a><figcaption>The harbour at dawn</figcaption></figure>"""
    text = "<p>The ferry ran at night, and many people had come to see it leave the port.</p>"
    body = f"<article><h1>Ferry runs at night</h1>{figure}{text * 4}</article>"
    (image,) = extract(Page(url="https://post.example/news/1", body=body.encode())).images
    assert image.caption == "The harbour at dawn"


LINE = "A boat leaves the harbour at dusk"
SET_APART = {
    "small": f"<div>{PICTURE}<small>{LINE}</small></div>",
    "slanted": f"<p><a href='/photo/1'>{PICTURE}</a><br><em>{LINE}</em></p>",
    "paragraph": f"<div>{PICTURE}<p><i>{LINE}</i></p></div>",
    "row": f"<table><tr><td>{PICTURE}</td></tr><tr><td>{LINE}</td></tr></table>",
}


def article_around(part: str) -> tuple[str, tuple[Image, ...]]:
    """Return text and pictures of an article with *part* between its paragraphs."""
    text = f"{TEXT}{part}{TEXT.replace('ferry', 'boat')}"
    page = f"<article><h1>Ferry runs at night</h1>{text}</article>"
    article = extract(Page(url="https://post.example/news/1", body=page.encode()))
    return article.article_body or "", article.images


@pytest.mark.parametrize("part", SET_APART.values(), ids=SET_APART)
def test_line_set_apart_below_the_only_picture_of_its_box_is_the_caption(part: str) -> None:
    body, images = article_around(part)
    assert LINE not in body
    assert [image.caption for image in images] == [LINE]


TEXTS = {
    "small-capitals": f"<p>{PICTURE}A <small>boat leaves the harbour</small> at dusk</p>",
    "above": f"<p><em>{LINE}</em><br>{PICTURE}</p>",
    "beside": f"<table><tr><td>{PICTURE}</td><td>{LINE}</td></tr></table>",
    "icon": f'<p><img src="/i.png" width="16"><em>{LINE}</em></p>',
    "two-pictures": f'<p>{PICTURE}<img src="/river.jpg"><em>{LINE}</em></p>',
    "plain": f"<div>{PICTURE}<p>{LINE}</p></div>",
}


@pytest.mark.parametrize("part", TEXTS.values(), ids=TEXTS)
def test_other_text_in_the_box_of_a_picture_is_text(part: str) -> None:
    body, images = article_around(part)
    assert LINE in body
    assert not any(image.caption for image in images)


SPLIT = [
    (
        "Die Brücke © picture alliance / dpa / Max Roth",
        "Die Brücke",
        "picture alliance / dpa / Max Roth",
    ),
    ("Collage: Max / HAFEN, Fotos: Getty", None, "Max / HAFEN, Fotos: Getty"),
    ("صورة: الجسر القديم قبل الإغلاق", "الجسر القديم قبل الإغلاق", None),
    ("صورة: خالد محمود", None, "خالد محمود"),
    ("Bild: Die alte Brücke am Montag bei Regen", "Die alte Brücke am Montag bei Regen", None),
    ("Photo: The old bridge seen from below", "The old bridge seen from below", None),
    ("Foto: Die alte Brücke wird gesperrt (Archiv)", "Die alte Brücke wird gesperrt", "Archiv"),
    ("Foto: Amt für Presse der Stadt", None, "Amt für Presse der Stadt"),
    ("The bridge. (Jane Roe / The Post)", "The bridge.", "Jane Roe / The Post"),
    ("The bridge (left / right)", "The bridge (left / right)", None),
    ("The bridge. Courtesy of the Valley Museum", "The bridge.", "the Valley Museum"),
    ("Le pont (photo d'illustration). PHOTO SUD", "Le pont (photo d'illustration).", "SUD"),
    ("الجسر القديم / تصوير خالد محمود", "الجسر القديم", "خالد محمود"),
    ("تصوير مشهد من الفيلم الجديد", "تصوير مشهد من الفيلم الجديد", None),
]


@pytest.mark.parametrize(("text", "caption", "credit"), SPLIT)
def test_label_before_a_description_is_no_credit(
    text: str, caption: str | None, credit: str | None
) -> None:
    assert split_caption(text) == (caption, credit)


SIGNED = {
    "class-alone": '<span class="c-attribution">Jane Roe / The Post</span>',
    "class": '<span class="c-attribution">(Jane Roe / The Post)</span>',
    "brackets": "(Jane Roe / The Post)",
    "small": "<small>Jane Roe / The Post</small>",
    "em": "<em>Jane Roe / The Post</em>",
    "cite": "<cite>Jane Roe / The Post</cite>",
    "span": "<span>Jane Roe / The Post</span>",
    "owner": """<span itemprop="copyrightHolder"><span>Credit</span>
        <span>Jane Roe / The Post</span></span>""",
}


def first_image(caption: str) -> tuple[str | None, str | None]:
    figure = f'<figure><img src="/b.jpg"><figcaption>{caption}</figcaption></figure>'
    text = "<p>The council voted on Tuesday to close the bridge for two years or so.</p>" * 4
    page = f"<html><body><article><h1>The bridge is closed</h1>{figure}{text}</article></body>"
    image = extract(Page(url="https://tide.example/bridge", body=page.encode())).images[0]
    return image.caption, image.credit


@pytest.mark.parametrize("signed", SIGNED.values(), ids=SIGNED)
def test_name_in_letters_of_its_own_behind_the_caption_is_the_credit(signed: str) -> None:
    found = first_image(f"The old bridge on Monday. {signed}")
    assert found == ("The old bridge on Monday.", "Jane Roe / The Post")


def test_slanted_name_in_a_sentence_is_of_the_caption() -> None:
    assert first_image("The ferry <em>Queen Mary</em>") == ("The ferry Queen Mary", None)
    found = first_image("The bridge and <span>the old tower</span>")
    assert found == ("The bridge and the old tower", None)

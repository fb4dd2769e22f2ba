from __future__ import annotations

from collections import Counter

from newscrawl import Article, Block, Dateline, Image, Link, LinkList
from newscrawl.text.normalize_article import normalization_changes, normalize_article


def article_with(**fields: object) -> Article:
    return Article(url="https://news.example/\u200f1", **fields)  # type: ignore[arg-type]


def test_every_text_field_is_normalized() -> None:
    article = article_with(
        headline="وزيـــر\u200f الدفاع\nيصل",
        article_body="أولى\u00a0فقرة\n\nثانية",
        blocks=(Block(kind="paragraph", text="أولى\u00a0فقرة"),),
        dateline=Dateline(raw="بروكسل  ـ المغرب"),
        keywords=("کابل", "\u200b"),
        main_image=Image(caption="\u200f"),
        link_lists=(LinkList(heading="ﻻ", links=(Link(text="محمـــد", position=1),)),),
        in_language="ar",
    )
    normal = normalize_article(article)
    assert normal.headline == "وزير الدفاع يصل"
    assert normal.article_body == "أولى فقرة\nثانية"
    assert normal.blocks[0].text == "أولى فقرة"
    assert normal.dateline == Dateline(raw="بروكسل ـ المغرب")
    assert normal.keywords == ("كابل",)
    assert normal.main_image == Image()
    assert normal.link_lists[0] == LinkList(
        heading="لا", links=(Link(text="محمد", position=1),)
    )


def test_addresses_and_evidence_stay() -> None:
    article = article_with(
        date_published_raw=" ١٢\u200f مارس ", canonical_url="https://x/\u200f"
    )
    assert normalize_article(article) == article
    assert normalize_article(article) is article


def test_language_of_the_article_decides_its_letters() -> None:
    persian = article_with(headline="کیهان می\u200cنویسد", in_language="fa")
    assert normalize_article(persian) == persian
    assert normalize_article(article_with(headline="کی", in_language="ar")).headline == "كي"


def test_normalizing_twice_changes_nothing() -> None:
    once = normalize_article(article_with(headline=" محمـــد\u200f ", in_language="ar"))
    assert normalize_article(once) == once
    assert normalization_changes(once) == Counter()


def test_changes_are_counted_by_cause() -> None:
    article = article_with(headline="محمـــد\u200f", article_body="کابل", in_language="ar")
    assert normalization_changes(article) == {
        "tatweel": 3,
        "invisible_characters": 1,
        "letters": 1,
    }


def test_line_end_within_a_headline_is_counted() -> None:
    assert normalization_changes(article_with(headline="خبر\nعاجل")) == {"white_space": 1}

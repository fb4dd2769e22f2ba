"""The addresses of one story on the sites of the العرب اليوم group are one identity."""

from __future__ import annotations

import pytest

from newscrawl.layouts.catalogue import site_for
from newscrawl.layouts.sites.almaghribtoday import article_key

STORY = "314/094512-كارتر-في-بروكسل"


@pytest.mark.parametrize(
    "address",
    [
        "https://www.almaghribtoday.net/314/094512-كارتر-في-بروكسل",
        "http://almaghribtoday.net/314/094512-كارتر-في-بروكسل/",
        "https://www.almaghribtoday.net/amp/314/094512-كارتر-في-بروكسل",
        "https://www.almaghribtoday.net/w-314/094512-كارتر-في-بروكسل",
        "https://mail.almaghribtoday.net/314/094512-كارتر-في-بروكسل?utm_source=x",
        "http://autodiscover.almaghribtoday.net/314/094512-كارتر-في-بروكسل#top",
        "https://www.almaghribtoday.net/314/094512-%D9%83%D8%A7%D8%B1%D8%AA%D8%B1-في-بروكسل",
        "https://www.almaghribtoday.net/314/094512-كارترــ-في-بروكسل",
    ],
)
def test_aliases_of_a_story_are_one(address: str) -> None:
    assert article_key(address) == STORY


def test_same_clock_digits_elsewhere_are_another_story() -> None:
    keys = {
        article_key(f"https://www.almaghribtoday.net/{path}")
        for path in ("314/094512-أ", "315/094512-أ", "314/094512-ب", "314/094513-أ", "314/أ")
    }
    assert len(keys) == 5


@pytest.mark.parametrize("path", ["020516065235-خبر", "2013-08-25-15-35-47", "خبر-بلا-رقم"])
def test_every_form_of_slug_is_an_article(path: str) -> None:
    url = f"https://www.almaghribtoday.net/314/{path}"
    site = site_for(url)
    assert article_key(url)
    assert site is not None
    assert site.is_article_url(url)


@pytest.mark.parametrize("path", ["", "1187-أخبار-عاجلة", "rss", "home/rss.xml", "gallery-7/"])
def test_sections_feeds_and_galleries_are_no_articles(path: str) -> None:
    site = site_for("https://www.almaghribtoday.net/")
    assert site is not None
    assert not site.is_article_url(f"https://www.almaghribtoday.net/{path}")


def test_videos_blogs_and_galleries_keep_apart() -> None:
    host = "https://www.almaghribtoday.net"
    keys = [article_key(f"{host}/{path}") for path in ("v-7-خبر", "b-7-خبر", "gallery-7/")]
    assert keys == ["v-7", "b-7", "gallery-7"]


def test_sister_sites_are_sites_of_their_own() -> None:
    hosts = ("almaghribtoday.net", "mail.casablancatoday.com", "android.emiratesvoice.com")
    names = [site.name for host in hosts if (site := site_for(host))]
    assert names == ["almaghribtoday", "casablancatoday", "emiratesvoice"]

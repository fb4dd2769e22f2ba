"""المغرب اليوم and its sister sites of the العرب اليوم group, which share one template.

The rules come from public code and stored texts, so every rule falls back to the
generic layout. The clock in the page's head (آخر تحديث …) is the visit's, not the article's.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote, urlsplit

from newscrawl.layouts.layout import Layout
from newscrawl.layouts.rules import css, links
from newscrawl.layouts.site import Site, Sources
from newscrawl.limits import LONGEST_ADDRESS
from newscrawl.system.deferred import compiled_on_use

_STAMP = r"(?:\d{6}|\d{12}|\d{4}(?:-\d\d){5})"
_STORY = compiled_on_use(rf"(en/)?(?:amp/)?(?:w-)?(\d{{1,7}})/(?:({_STAMP})-)?([^/]+)/?")
_OTHER = compiled_on_use(r"(en/)?(?:amp/)?(?:\d{1,7}/)?(v|b|gallery)-(\d{1,9})(?:[-/].*)?")
# A number of six or twelve digits, or none, may begin a story's slug; a section has no slash.
_ADDRESSES = (
    r"//[^/]+/(?:en/)?(?:amp/)?(?:w-)?\d{1,7}/(?!(?:v|b|gallery)-\d)[^/?#]{3,}/?(?:[?#]|$)",
    r"//[^/]+/(?:en/)?(?:amp/)?(?:\d{1,7}/)?b-\d{1,9}-[^/?#]+",
)


def article_key(url: str) -> str | None:
    """Return the identity of the story at *url* on its site; None for a section or other page.

    A story is its category, the clock digits before its slug and the slug: AMP, opinion (`w-`),
    `mail.` and `autodiscover.` addresses are aliases of one, percent-encoded or not. The digits
    are a time of day and so not unique by themselves.
    """
    if len(url) > LONGEST_ADDRESS:
        return None
    path = unicodedata.normalize("NFC", unquote(urlsplit(url).path)).strip("/")
    other = _OTHER.fullmatch(path)
    if other:
        return f"{other[1] or ''}{other[2]}-{other[3]}"
    story = _STORY.fullmatch(path)
    if not story:
        return None
    slug = story[4].replace("\u0640", "").strip("-").lower()
    return f"{story[1] or ''}{story[2]}/{story[3] or ''}-{slug}"


class ArabToday2016(Layout):
    """The group's template as seen from 2016 on, full page and AMP."""

    signature = "#balmon"
    headline = css("h1")
    alternative_headline = css("p.homepageslidersubtitle")
    dateline = css("h4.coring")
    article_body = css("#balmon > p")
    link_lists = links("div.newsbox", heading="h2", item="li a, p a")


def _site(name: str, title: str, host: str, zone: str | None) -> Site:
    """Declare one site of the group; its sub-domains are its own."""
    home = f"https://www.{host}/"
    return Site(
        name=name,
        title=title,
        hosts=(host, f"www.{host}", f"mail.{host}", f"autodiscover.{host}"),
        sources=Sources(home=home, feeds=(f"{home}rss", f"{home}home/rss.xml")),
        zone=zone,
        languages=("ar",),
        layouts=(ArabToday2016,),
        article_urls=_ADDRESSES,
        article_key=article_key,
    )


SITES = (
    _site("almaghribtoday", "المغرب اليوم", "almaghribtoday.net", "Africa/Casablanca"),
    # Its zone is not known: it writes for all Arab countries, and prints GMT.
    _site("arabstoday", "العرب اليوم", "arabstoday.net", None),
    _site("casablancatoday", "الدار البيضاء اليوم", "casablancatoday.com", "Africa/Casablanca"),
    _site("egypttoday", "مصر اليوم", "egypt-today.com", "Africa/Cairo"),
    _site("emiratesvoice", "صوت الإمارات", "emiratesvoice.com", "Asia/Dubai"),
)

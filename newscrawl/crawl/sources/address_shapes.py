"""The probability that a link leads to an article, learnt from the site. Pure; nothing fetches.

Addresses of one kind have one shape: `/sport/2026/05/some-words-here` is word, year, digits,
slug. A shape is judged by its form, by the length of the texts that link to it (a headline has
words, a section one or two), by feeds, which list articles only, and by the pages fetched.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable

import attrs

from newscrawl.crawl.sources.listings import PageLink, link_words
from newscrawl.text.urls import path_segments

LIKELY = 0.5
"""From this probability on, a link is taken for an article."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"(?:19|20)\d\d[-/_]?\d\d?(?:[-/_]?\d\d?)?")
_PAGE_FILE = re.compile(r"\.(?:html?|php|aspx?|jsp|shtml|amp)$", re.IGNORECASE)
_ENDING = re.compile(r"\.([a-z0-9]{2,5})$", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d{4,}")
_HEX = re.compile(r"[0-9a-f-]{16,40}")
_WORD_BREAK = re.compile(r"[-_.+\s\u0640]+")
_QUERY = re.compile(r"[?&]([^=&]{1,40})=")

Shape = tuple[str, ...]
ArticleRule = Callable[[str], bool | None]
"""A site's rule of addresses: True for an article, False for none, None for no rule."""


def is_never_article(url: str) -> bool:
    """Return whether the words of *url* rule out an article: a tag, an author, a file."""
    segments = [segment.lower() for segment in path_segments(url)]
    names = {name.lower() for name in _QUERY.findall(url[:1000])}
    if (not segments and not names) or names & link_words("queries"):
        return True
    if not segments:
        return False
    ending = _ENDING.search(segments[-1])
    if ending and ending[1] in link_words("files"):
        return True
    last = _PAGE_FILE.sub("", segments[-1])
    return last in link_words("last") or not link_words("anywhere").isdisjoint(
        [*segments, last]
    )


def shape_of(url: str) -> Shape:
    """Return the kind of each part of the path of *url*, and the names in its query."""
    segments = path_segments(url)[:12]
    kinds = [_kind(segment) for segment in segments]
    names = sorted(set(_QUERY.findall(url[:1000])))
    return (*kinds, *(f"?{name}" for name in names))


@attrs.define
class _Evidence:
    texts: int = 0
    words: int = 0
    menus: int = 0
    headings: int = 0
    articles: float = 0
    others: float = 0


class Shapes:
    """Evidence about the addresses of one site, by shape."""

    def __init__(self, rule: ArticleRule | None = None) -> None:
        self._rule = rule
        self._coarse: defaultdict[Shape, _Evidence] = defaultdict(_Evidence)
        self._fine: defaultdict[tuple[str, Shape], _Evidence] = defaultdict(_Evidence)

    def note_link(self, link: PageLink) -> None:
        """Learn from a link that a listing page shows."""
        evidence = self._coarse[shape_of(link.url)]
        evidence.texts += 1
        evidence.words += min(len(link.text.split()), 12)
        evidence.menus += link.is_menu or link.is_foot
        evidence.headings += link.is_heading

    def note_result(self, url: str, *, is_article: bool, weight: float = 1.0) -> None:
        """Learn whether *url* is an article, after a fetch or from a feed."""
        shape = shape_of(url)
        for evidence in (self._coarse[shape], self._fine[_first_word(url), shape]):
            if is_article:
                evidence.articles += weight
            else:
                evidence.others += weight

    def probability(self, url: str, link: PageLink | None = None) -> float:
        """Return the probability that *url* is an article, from 0 to 1; *link* led to it."""
        if is_never_article(url):
            return 0.0
        declared = self._rule(url) if self._rule else None
        if declared is not None:
            return 0.95 if declared else 0.02
        shape = shape_of(url)
        coarse, fine = self._coarse[shape], self._fine[_first_word(url), shape]
        odds = _url_odds(url) + _text_odds(coarse) + (_link_odds(link) if link else 0.0)
        prior = 1 / (1 + math.exp(-odds))
        by_shape = (4 * prior + coarse.articles) / (4 + coarse.articles + coarse.others)
        return (3 * by_shape + fine.articles) / (3 + fine.articles + fine.others)

    def is_likely_article(self, link: PageLink) -> bool:
        """Return whether *link* is to be followed as an article."""
        return self.probability(link.url, link) >= LIKELY


def _kind(segment: str) -> str:
    stem = _PAGE_FILE.sub("", segment)
    return _kind_of_stem(stem) + segment[len(stem) :].lower()


def _kind_of_stem(stem: str) -> str:
    if _YEAR.fullmatch(stem):
        return "year"
    if stem.isdecimal():
        return "number" if len(stem) > 3 else "digits"
    if _HEX.fullmatch(stem) and any(map(str.isdigit, stem)):
        return "hash"
    words = [word for word in _WORD_BREAK.split(stem) if word]
    form = "slug" if len(words) >= 3 else "word"
    return f"id-{form}" if any(map(_LONG_NUMBER.fullmatch, words)) else form


def _first_word(url: str) -> str:
    return next(iter(path_segments(url)), "")[:60] if len(path_segments(url)) > 1 else ""


_KIND_ODDS = {"slug": 1.0, "id-slug": 2.0, "number": 1.5, "hash": 1.0, "id-word": 0.5}
"""Log odds of an article by the kind of the last segment of its address."""


def _url_odds(url: str) -> float:
    """Return the log odds that the address alone gives."""
    segments = path_segments(url)
    kinds = list(map(_kind, segments[:12]))
    last = kinds[-1].partition(".")[0] if kinds else ""
    odds = _KIND_ODDS.get(last, -1.5)
    if _DAY.search("/".join(segments[:-1])) or (segments and _DAY.match(segments[-1])):
        odds += 2.0
    if kinds and "." in kinds[-1]:
        odds += 0.5
    if len(segments) > 1 and segments[-2].lower() in link_words("sections"):
        odds -= 3.0
    return odds - (1.0 if not kinds else 0.0)


def _text_odds(evidence: _Evidence) -> float:
    """Return the log odds that the texts of all links of a shape give."""
    if not evidence.texts:
        return 0.0
    words = evidence.words / evidence.texts
    odds = 2.0 if words >= 4.5 else 0.7 if words >= 3 else -1.5
    if evidence.menus > 0.6 * evidence.texts:
        odds -= 2.0
    return odds + (0.7 if evidence.headings > 0.3 * evidence.texts else 0.0)


def _link_odds(link: PageLink) -> float:
    """Return the log odds that this one link gives beside the others of its shape."""
    words = len(link.text.split())
    odds = 1.0 if words >= 4 else 0.0 if words == 3 or not words else -1.0
    return odds - (2.0 if link.is_menu or link.is_foot else 0.0)

"""Articles on more than one page: which further pages of it a page names.

A link leads to another page of the same article where its address is the article's with a page
number (`?page=2`, `/2/`, `-2.html`), and where it says no more than a number or `next`. `next`
alone often leads to the next article: it counts only with such an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice

from newscrawl.html.text_lines import TextLine
from newscrawl.html.tree import Node, Tree
from newscrawl.layouts.field_readers import Context
from newscrawl.system.value_classes import frozen
from newscrawl.text.phrases import folded, openings, phrase_table
from newscrawl.text.urls import url_key

MOST_PAGES = 40
"""Gaps in the numbers that a page prints (`1 2 3 … 9`) are filled up to this one."""
LONGEST_LABEL = 40
MOST_LINKS = 300
"""Most links with a number or `next` that are examined; an article's paging has a few."""
SHORT_END = 12
"""A page's number stands this many characters from the end of an address without a query."""
_END = r"(?P<end>\.[a-z]{3,5}|/)?(?P<query>\?.{0,300})?$"
_STRICT = (
    re.compile(
        r"(?P<mark>[?&](?:page|paged|pg|p|pageno|pagenum|page_no|seite|pagina|sayfa|strana)=)"
        r"(?P<number>\d{1,3})(?P<end>)(?P<query>&.{0,300})?$",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?P<mark>[/_-](?:page|p|seite|pagina|sayfa|strana|صفحة|الصفحة)[/=_-]?)"
        rf"(?P<number>\d{{1,3}}){_END}",
        re.IGNORECASE,
    ),
)
_LOOSE = (re.compile(rf"(?P<mark>[/_,-])(?P<number>\d{{1,2}}){_END}", re.IGNORECASE),)
# A pattern that begins with a digit is found faster than one that first looks back.
_MAY_BE = re.compile(r"\d(?<!\d\d)\d{0,2}(?:\.[a-zA-Z]{3,5}|/)?(?:$|[?&#])")
_LABEL = re.compile(r"(?:[^\W\d_]{2,10} )?(\d{1,3})(?: ?(?:/|of|de|من|von) ?\d{1,3})?")


@frozen
class _Reading:
    """An address taken for a page of an article: the article's, the form, the number."""

    base: str
    mark: str
    number: int
    is_loose: bool = False
    """True if the number may as well be an article's own (`/news/2`)."""


@frozen
class _Label:
    """Text of a link to a page: a number, or "next" or "previous"."""

    number: int | None = None
    is_next: bool = False
    is_previous: bool = False


def further_pages(
    tree: Tree, context: Context, text_lines: Sequence[TextLine] = (), end: int = 0
) -> tuple[str, ...]:
    """Return the addresses of the article's other pages that the page names, in order.

    *text_lines* are those of the page, and the body is above *end*: pages of comments, which
    stand below, are none of the article's.
    """
    candidates = list(_in_head(tree, context))
    printed = list(islice(_printed(tree.root, context), MOST_LINKS))
    limit = _start_of_comments(text_lines, end) if printed else None
    candidates += [(url, label) for at, url, label in printed if limit is None or at < limit]
    if not candidates:
        return ()
    key = url_key(context.page.url)
    heres = [_Reading(key, "", 1), *_readings(key)]
    for here in heres:
        pages = _pages_beside(here, key, candidates)
        if pages:
            return tuple(url for _, url in sorted(pages.items()))
    return ()


def page_candidates(tree: Tree, context: Context) -> Iterator[str]:
    """Yield the addresses that links with a number or with `next` lead to, pages or not."""
    yield from (url for url, _ in _in_head(tree, context))
    yield from (url for _, url, _ in islice(_printed(tree.root, context), MOST_LINKS))


def place_of(url: str, others: Iterable[str]) -> int:
    """Return which page of an article *url* is, where *others* are further pages of it."""
    bases = {reading.base for other in others for reading in _readings(url_key(other))}
    bases |= {url_key(other) for other in others}
    numbers = [reading.number for reading in _readings(url_key(url)) if reading.base in bases]
    return max(numbers, default=0)


def _in_head(tree: Tree, context: Context) -> Iterator[tuple[str, _Label]]:
    for head in tree.heads:
        names = head.get("rel", "").lower().split()
        if "next" in names or "prev" in names:
            url = context.absolute(head.get("href"))
            if url:
                yield url, _Label(is_next="next" in names, is_previous="prev" in names)


def _start_of_comments(text_lines: Sequence[TextLine], end: int) -> int | None:
    """Return where the first heading above comments stands below *end*."""
    headings = openings("pages/paging", "comments")
    below = (text_line for text_line in text_lines if text_line.node.index > end)
    return next(
        (text_line.node.index for text_line in below if headings.words_of(text_line.text)), None
    )


def _printed(root: Node, context: Context) -> Iterator[tuple[int, str, _Label]]:
    """Yield the links under *root* that say a page's number, or that they lead on or back."""
    firsts = _first_pages(context.page.url)
    for node in root.tagged("a"):
        if node.size > LONGEST_LABEL:
            continue
        href = node.attributes.get("href") or ""
        if not _may_lead_on(href, firsts):
            continue
        label = _label_of(node)
        url = context.absolute(href) if label else None
        if label and url:
            yield node.index, url, label


def _may_lead_on(href: str, firsts: tuple[str, ...]) -> bool:
    """Return whether *href* may be another page: it has a number, or is one of *firsts*."""
    end = href if "?" in href else href[-SHORT_END:]
    has_number = _MAY_BE.search(end) is not None
    may_be = has_number or (bool(firsts) and href.rstrip("/").endswith(firsts))
    return may_be and "comment" not in href


def _first_pages(url: str) -> tuple[str, ...]:
    """Return how addresses may end of which *url* is a later page, decoded and as written."""
    readings = (*_readings(url_key(url)), *_readings(url.partition("#")[0]))
    return tuple(end for reading in readings if (end := reading.base.rpartition("/")[2]))


def _number_in(words: str) -> int | None:
    """Return the number of a page in *words*, `3` or `page 3 of 5`; None without one."""
    match = _LABEL.fullmatch(words)
    first = words.partition(" ")[0].partition("/")[0]
    return int(match[1]) if match and (first.isdecimal() or first in _words("page")) else None


def _label_of(anchor: Node) -> _Label | None:
    attributes = anchor.attributes
    text = anchor.text() or attributes.get("aria-label") or attributes.get("title") or ""
    words = folded(text[:LONGEST_LABEL])
    names = (attributes.get("rel") or "").lower().split()
    number = _number_in(words)
    if number is not None:
        return _Label(number)
    if "next" in names or words in _words("next"):
        return _Label(is_next=True)
    if "prev" in names or words in _words("previous"):
        return _Label(is_previous=True)
    return None


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(map(folded, phrase_table("pages/paging")[key]))


def _pages_beside(
    here: _Reading, key: str, candidates: list[tuple[str, _Label]]
) -> dict[int, str]:
    """Return the other pages by number; empty unless the links confirm *here*."""
    found: dict[int, str] = {}
    labels: dict[int, _Label] = {}
    for url, label in candidates:
        other = url_key(url)
        if other == key:
            continue
        number = _number_beside(here, other)
        if number is not None and number not in found:
            found[number], labels[number] = url, label
    if not found or not _is_confirmed(here, labels):
        return {}
    own = here.number
    if _counts_from_zero(here, labels):
        found = {number + 1: url for number, url in found.items()}
        own += here.mark != ""
    elif 0 in found:
        found[1] = found.pop(0)
    found.pop(own, None)  # the page itself, written with its number
    return _without_gaps(found, own, here)


def _number_beside(here: _Reading, other: str) -> int | None:
    if here.mark and other == here.base:
        return 0
    for reading in _readings(other):
        if reading.base == here.base and (not here.mark or reading.mark == here.mark):
            return reading.number
    return None


def _is_confirmed(here: _Reading, labels: Mapping[int, _Label]) -> bool:
    """Return whether the numbers of the links confirm that this is a page of an article.

    An article's own number at the end of its address looks like a page's: only links that
    print just such numbers, and one that leads back, make a page of it.
    """
    if not here.is_loose:
        return True
    numbered = any(label.number == (number or 1) for number, label in labels.items())
    return numbered and (min(labels) < here.number or here.number == 1)


def _counts_from_zero(here: _Reading, labels: Mapping[int, _Label]) -> bool:
    printed = [(number, label.number) for number, label in labels.items() if number]
    told = [(number, label) for number, label in printed if label is not None]
    if told:
        return all(label == number + 1 for number, label in told)
    return not here.mark and 1 in labels and labels[1].is_next


def _without_gaps(found: dict[int, str], own: int, here: _Reading) -> dict[int, str]:
    """Return *found* with the addresses of the pages between that are not linked."""
    for number in range(2, min(max(found, default=0), MOST_PAGES)):
        near = found.get(number - 1) or found.get(max(found))
        if number not in found and number != own and near is not None:
            step = number - next(n for n, url in found.items() if url == near)
            url = _stepped(near, step, here)
            if url is not None:
                found[number] = url
    return found


def _stepped(url: str, step: int, here: _Reading) -> str | None:
    """Return *url* with its page number *step* higher."""
    for pattern in (*_STRICT, *_LOOSE):
        match = pattern.search(url)
        if match and here.base in {reading.base for reading in _readings(url_key(url))}:
            number = int(match["number"]) + step
            return f"{url[: match.start('number')]}{number}{url[match.end('number') :]}"
    return None


def _readings(key: str) -> Iterator[_Reading]:
    """Yield the ways in which *key*, an address's key, can be a page of an article."""
    for pattern in (*_STRICT, *_LOOSE):
        match = pattern.search(key)
        if match:
            mark, rest = match["mark"], match["query"] or ""
            head = key[: match.start()]
            if mark.startswith("?") and rest:
                rest = f"?{rest[1:]}"
            end = match["end"] or ""
            base = f"{head}{'' if end == '/' else end}{rest}"
            if "/" in base.rstrip("/"):  # the site's home page is no article
                yield _Reading(base, mark.lower(), int(match["number"]), pattern in _LOOSE)

"""Page numbers of lists: `/page/2`, `?page=2`, `/2`. Pure; nothing here reads markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newscrawl.urls import site_name, url_key

_IN_PATH = re.compile(
    r"/(?:page|p|pagina|seite|صفحة|الصفحة)(?:[/=_-]|%3D)?(\d{1,5})(?=/?(?:\?|$))"
    r"|[-_](?:page|p)[-_]?(\d{1,5})(?=(?:\.html?|\.php)?(?:\?|$))",
    re.IGNORECASE,
)
_IN_QUERY = re.compile(
    r"[?&](?:page|paged|p|pg|pageno|pagenum|page_no|currentpage|seite|pagina)=(\d{1,5})(?=&|$)",
    re.IGNORECASE,
)
_BARE = re.compile(r"/(\d{1,4})(?=/?(?:\?|$))")
_ONWARD = frozenset({"next", "older", "suivant", "التالي", "التالية", *"»›>→←«‹", ">>"})
_START = re.compile(r"[?&](?:start|offset|from|limitstart)=(\d{1,7})(?=&|$)", re.IGNORECASE)


def page_number(url: str) -> int:
    """Return the number that *url* has as a page of a list; 1 where it states none."""
    return _split(url_key(url))[1]


def list_of(url: str) -> str:
    """Return the identity of the list that *url* is a page of."""
    return _split(url_key(url))[0]


def next_page_of(
    url: str, links: Iterable[tuple[str, str, bool]]
) -> tuple[str | None, int | None]:
    """Return the page after *url* among *links*, and the highest page number they show.

    A link is an address, its text in lower case, and whether it says rel=next. A link counts
    only where it leads to the same list: `next` under an article leads elsewhere.
    """
    base, number = _split(url_key(url))
    numbered: dict[int, str] = {}
    said = None
    for target, text, is_next in links:
        found = _as_page_of(base, target, text)
        if found is not None:
            numbered.setdefault(found, target)
        elif is_next or not text.isdecimal():
            said = said or (target if _is_offset_of(base, url, target) else None)
    last = max(numbered, default=None)
    return numbered.get(number + 1) or said, last


def _as_page_of(base: str, target: str, text: str) -> int | None:
    """Return the page number of *target* in the list *base*; None where it is another page."""
    key = url_key(target)
    target_base, number = _split(key)
    if target_base == base and key != base:
        return number
    bare = _BARE.search(key)
    # `/news/2` may be an article: it is a page only where the link says just that number.
    if (
        bare
        and key[: bare.start()] == base.rstrip("/")
        and (text == bare[1] or text in _ONWARD)
    ):
        return int(bare[1])
    return None


def _is_offset_of(base: str, url: str, target: str) -> bool:
    """Whether *target* is the same list from a later item on."""
    here, there = _START.search(url), _START.search(target)
    if there is None or site_name(url) != site_name(target):
        return False
    is_later = int(there[1]) > (int(here[1]) if here else 0)
    return is_later and _without(url_key(target), _START) == _without(base, _START)


def _split(key: str) -> tuple[str, int]:
    for pattern in (_IN_QUERY, _IN_PATH):
        found = pattern.search(key)
        if found:
            number = next(group for group in found.groups() if group)
            return _without(key, pattern), int(number)
    return key, 1


def _without(key: str, pattern: re.Pattern[str]) -> str:
    found = pattern.search(key)
    if not found:
        return key
    head, tail = key[: found.start()], key[found.end() :]
    if found[0].startswith("?") and tail.startswith("&"):
        tail = "?" + tail[1:]
    rest = (head + tail).rstrip("/")
    return rest if "/" in rest else f"{rest}/"

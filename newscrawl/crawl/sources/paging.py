"""Page numbers of lists: `/page/2`, `?page=2`, `/2`, `/leht-2`. Nothing here reads markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newscrawl.text.urls import site_name, url_key

_IN_PATH = re.compile(
    r"/(?:page|p|pagina|seite|صفحة|الصفحة)(?:[/=_-]|%3D)?(\d{1,5})(?=/?(?:\?|$))"
    r"|[-_](?:page|p)[-_]?(\d{1,5})(?=(?:\.html?|\.php)?(?:\?|$))",
    re.IGNORECASE,
)
_IN_QUERY = re.compile(
    r"[?&](?:page|paged|p|pg|pageno|pagenum|page_no|currentpage|seite|pagina)=(\d{1,5})(?=&|$)",
    re.IGNORECASE,
)
_ENDINGS = tuple(
    re.compile(rf"/({word})(\d{{1,4}})(?=/?(?:\.html?|\.php)?(?:\?|$))", re.IGNORECASE)
    for word in ("", r"[^\W\d_]{1,20}[-_/=]")
)
_ONWARD = frozenset({"next", "older", "suivant", "التالي", "التالية", *"»›>→←«‹", ">>"})
_START = re.compile(r"[?&](?:start|offset|from|limitstart)=(\d{1,7})(?=&|$)", re.IGNORECASE)


def list_of(url: str) -> str:
    """Return the identity of the list that *url*, the address of a page of one, is of."""
    key = url_key(url)
    base = _split(key)[0]
    endings = _endings(key) if base == key else ()
    return next((stem for stem, _, _ in endings), base)


def next_page_of(
    url: str, links: Iterable[tuple[str, str, bool]]
) -> tuple[str | None, int | None]:
    """Return the page after *url* among *links*, and the highest page number they show.

    A link is an address, its text in lower case, and whether rel=next or its text says that
    it leads on. It counts only where it leads to the same list: `next` under an article leads
    elsewhere.
    """
    key = url_key(url)
    base, number = _split(key)
    numbered: dict[int, str] = {}
    said = None
    for target, text, is_next in links:
        found = _as_page_of(base, target)
        if found is None and (is_next or text.isdecimal()):
            found, number = _by_its_text(key, number, target, text)
        if found is not None:
            numbered.setdefault(found, target)
        elif is_next:
            said = said or (target if _is_offset_of(base, url, target) else None)
    last = max(numbered, default=None)
    return numbered.get(number + 1) or said, last


def _as_page_of(base: str, target: str) -> int | None:
    """Return the page number of *target* in the list *base*; None where it is another page."""
    key = url_key(target)
    target_base, number = _split(key)
    return number if target_base == base and key != base else None


def _by_its_text(key: str, number: int, target: str, text: str) -> tuple[int | None, int]:
    """Return the page number of *target* in the list that *key* is page *number* of, and that.

    `/news/2` and `/news/leht-2` may be articles: they are pages only where the link says just
    that number or that it leads on, and where they follow on *key*.
    """
    heres = {(stem, word): page for stem, word, page in _endings(key)}
    for stem, word, page in _endings(url_key(target)):
        is_number = text == str(page)
        if stem == key.rstrip("/") and (is_number or text in _ONWARD or page == 2):
            return page, number
        here = heres.get((stem, word))
        if here is not None and (is_number or page == here + 1):
            return page, here
    return None, number


def _endings(key: str) -> list[tuple[str, str, int]]:
    """Return the readings of *key* as a list, a word for page and a number, the bare first."""
    found = (pattern.search(key) for pattern in _ENDINGS)
    return [(key[: m.start()], m[1], int(m[2])) for m in found if m]


def _is_offset_of(base: str, url: str, target: str) -> bool:
    """Return whether *target* is the same list from a later item on."""
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

"""Requisites of a page, the stylesheets, images and fonts that draw it: found, and replaced.

Pure: a caller gives an address, or another one in its place. Of the scripts of a page nothing
is known, so that an image which a script would load is found by the attributes of lazy loading.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs

from newscrawl.text.urls import clean_url

Replace = Callable[["Requisite"], str | None]
"""From a requisite to the address in its place; None takes it out."""

ABSENT = "data:,"
"""An address without content, in the place of a requisite that is not there."""
MAX_CANDIDATES = 50
"""The most candidates of one `srcset` that are read."""
ENOUGH = 1000
"""Pixels: the narrowest candidate of a `srcset` that is as wide as this is the best one."""

_CSS = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|\Z))
    |(?P<import>@import\s{0,99})?(?:
        \burl\(\s{0,99}(?:"(?P<double>(?:[^"\\\n]|\\.){0,4000}+)"
            |'(?P<single>(?:[^'\\\n]|\\.){0,4000}+)'
            |(?P<bare>(?:[^\s"'()\\]|\\[0-9a-f]{1,6}\s?|\\.){0,4000}+))\s{0,99}\)
        |"(?P<string>(?:[^"\\\n]|\\.)*+)"|'(?P<quoted>(?:[^'\\\n]|\\.)*+)')""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_IN_CSS = re.compile(r"[\x00-\x20\"'()\\<>]")
_CANDIDATE = re.compile(r"[\s,]*(\S{1,4000})\s*([^,]{0,40})")
_WIDTH = re.compile(r"(\d{1,6})w")
_XLINK = "{http://www.w3.org/1999/xlink}href"
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-img-src")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "data-original-set")
_DRAWN = {
    **dict.fromkeys(("img", "source"), ("src", *_LAZY)),
    **dict.fromkeys(("body", "table", "tr", "td", "th"), ("background",)),
    "input": ("src",),
    "video": ("poster",),
    "image": ("href", "xlink:href", _XLINK),
    "use": ("href", "xlink:href", _XLINK),
}
"""Attributes with the address of an image, by tag."""
_SETS = {
    **dict.fromkeys(("img", "source"), ("srcset", *_LAZY_SETS)),
    "link": ("imagesrcset",),
}
_ICONS = frozenset({"icon", "apple-touch-icon"})


@attrs.frozen
class Requisite:
    """One requisite as a page or a stylesheet names it."""

    url: str
    """Its address, absolute."""
    is_style: bool = False
    """True of a stylesheet; else an image or a font."""


def requisites_in(root: Any, base: str) -> tuple[Requisite, ...]:
    """Return the requisites of a page, a tree of lxml at *base*: its stylesheets first.

    Of the candidates of a `srcset` the best one is returned. The tree is changed.
    """
    found: dict[Requisite, None] = {}
    replace_requisites(root, base, _noting(found), takes_best=True)
    return tuple(sorted(found, key=lambda one: not one.is_style))


def requisites_in_css(text: str, base: str) -> tuple[Requisite, ...]:
    """Return the requisites that the stylesheet *text* at *base* names."""
    found: dict[Requisite, None] = {}
    replace_in_css(text, base, _noting(found))
    return tuple(found)


def _noting(found: dict[Requisite, None]) -> Replace:
    def note(one: Requisite) -> str:
        found[one] = None
        return one.url

    return note


def replace_requisites(
    root: Any, base: str, replace: Replace, *, takes_best: bool = False
) -> None:
    """Replace each requisite in *root*, a tree of lxml of the page at *base*.

    An image that a script would load late becomes one that the page names itself. With
    *takes_best* a `srcset` is left with its best candidate.
    """
    base = base_of(root, base)
    for element in root.iter():
        if isinstance(element.tag, str):
            _replace_in(element, base, replace, takes_best=takes_best)


def base_of(root: Any, url: str) -> str:
    """Return the address that relative ones on the page at *url* start from."""
    named = next((one.get("href") for one in root.iter("base") if one.get("href")), None)
    return (clean_url(url, named) if named else None) or url


def _replace_in(element: Any, base: str, replace: Replace, *, takes_best: bool) -> None:
    """Replace the requisites in the attributes and the text of one element."""
    tag = element.tag.rpartition("}")[2].lower()
    if tag == "style":
        element.text = replace_in_css(element.text or "", base, replace)
    elif tag == "link":
        _replace_link(element, base, replace)
    for name in _DRAWN.get(tag, ()):
        if not _is_media(element, tag, name):
            _set(element, name, _replaced(element.get(name), base, replace))
    for name in _SETS.get(tag, ()):
        if element.get(name):
            element.set(name, _replaced_set(element.get(name), base, replace, takes_best))
    if tag in {"img", "source"}:
        _show_lazy(element)
    if element.get("style"):
        element.set("style", replace_in_css(element.get("style"), base, replace))


def _is_media(element: Any, tag: str, name: str) -> bool:
    """Return whether an attribute names a film, a sound, or the text of an input."""
    if tag == "source":
        parent = element.getparent()
        return name == "src" and (parent is None or parent.tag != "picture")
    return tag == "input" and (element.get("type") or "").lower() != "image"


def _replace_link(element: Any, base: str, replace: Replace) -> None:
    """Replace the address of a stylesheet or an icon; take out that of any other link."""
    relations = set((element.get("rel") or "").lower().split())
    href = element.attrib.pop("href", None)
    is_style = "stylesheet" in relations
    if href and (is_style or relations & _ICONS):
        _set(element, "href", _replaced(href, base, replace, is_style=is_style))


def _set(element: Any, name: str, value: str | None) -> None:
    if value is not None:
        element.set(name, value)
    else:
        element.attrib.pop(name, None)


def _replaced(
    href: str | None, base: str, replace: Replace, *, is_style: bool = False
) -> str | None:
    """Return the address in the place of *href*; data stays as it is."""
    href = (href or "").strip()
    if not href:
        return None
    if href[:5].lower() == "data:":
        return href
    if href.startswith("#"):  # a part of the page itself, such as a gradient
        return href
    url = clean_url(base, href)
    if url is None:
        return None
    found = replace(Requisite(url.partition("#")[0], is_style=is_style))
    fragment = href.partition("#")[2]
    return f"{found}#{fragment}" if found and fragment else found


def _replaced_set(text: str, base: str, replace: Replace, takes_best: bool) -> str:
    """Return a `srcset` with the candidates that are there, or the best of them alone."""
    candidates = _candidates(text)
    if takes_best and candidates:
        candidates = [min(candidates, key=_rank)]
    replaced = ((_replaced(href, base, replace), size) for href, size in candidates)
    return ", ".join(f"{url} {size}".strip() for url, size in replaced if url)


def _candidates(text: str) -> list[tuple[str, str]]:
    """Return address and descriptor of the candidates of a `srcset`."""
    found: list[tuple[str, str]] = []
    at = 0
    while len(found) < MAX_CANDIDATES and (match := _CANDIDATE.match(text, at)):
        url, size = match[1], match[2].strip()
        at = match.end()
        if url.endswith(",") and url.rstrip(","):
            url, size, at = url.rstrip(","), "", match.end(1)
        found.append((url, size))
    return found


def _rank(candidate: tuple[str, str]) -> tuple[bool, int]:
    """Return the order of a candidate: wide enough and narrow, then the widest."""
    width = _WIDTH.match(candidate[1])
    pixels = int(width[1]) if width else ENOUGH
    return pixels < ENOUGH, pixels if pixels >= ENOUGH else -pixels


def _show_lazy(element: Any) -> None:
    """Let an image name what a script would load in the place of its placeholder."""
    for own, others in (("src", _LAZY), ("srcset", _LAZY_SETS)):
        late = next((element.get(name) for name in others if element.get(name)), None)
        shown = element.get(own) or ""
        if late and (not shown or shown.startswith("data:")):
            element.set(own, late)
        for name in others:
            element.attrib.pop(name, None)


def replace_in_css(text: str, base: str, replace: Replace) -> str:
    """Return the stylesheet *text* at *base* with each address in it replaced."""

    def replaced(match: re.Match[str]) -> str:
        groups = match.groupdict()
        named = next((groups[one] for one in ("double", "single", "bare") if groups[one]), None)
        if named is None and match["import"]:
            named = match["string"] or match["quoted"]
        if named is None:
            return match[0]
        is_style = match["import"] is not None
        url = _replaced(_unescaped(named), base, replace, is_style=is_style)
        return f'{match["import"] or ""}url("{_in_css(url or ABSENT)}")'

    return _CSS.sub(replaced, text)


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[2]
        number = int(match[1], 16)
        return chr(number) if 0 < number < 0x110000 else "\ufffd"

    return _ESCAPE.sub(character, text) if "\\" in text else text


def _in_css(url: str) -> str:
    return _IN_CSS.sub(lambda match: f"%{ord(match[0]):02X}", url)

"""The interface's languages: which one a reader gets, and its strings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from newscrawl.resources import read_toml

LANGUAGES: Mapping[str, str] = {"ar": "العربية", "en": "English", "fr": "Français"}
"""The languages of the interface, each by its own name. The first is for nobody's default."""
DEFAULT = "en"
COOKIE = "newscrawl-language"
_MOST_WISHES = 20
# Arabic nouns by the form that they have after 11–99: for one, two, 3–10 and whole hundreds.
_NOUNS = {
    "مقالًا": ("مقال واحد", "مقالين", "مقالات", "مقال"),
    "خبرًا": ("خبر واحد", "خبرين", "أخبار", "خبر"),
    "ساعة": ("ساعة واحدة", "ساعتين", "ساعات", "ساعة"),
    "مرة": ("مرة واحدة", "مرتين", "مرات", "مرة"),
}
_COUNTED = re.compile(rf"\{{(?P<field>\w+)\}} (?P<noun>{'|'.join(_NOUNS)})(?!\w)")


def language_for(asked: str | None, kept: str | None, accepted: str) -> str:
    """Return the language for a reader: *asked* for, *kept* in a cookie, or *accepted*.

    *accepted* is the header Accept-Language (RFC 9110 §12.5.4).
    """
    for wish in (asked, kept):
        if wish is not None and wish in LANGUAGES:
            return wish
    wishes = [_wish_from(part) for part in accepted.split(",")[:_MOST_WISHES]]
    known = [(weight, tag) for weight, tag in wishes if tag in LANGUAGES and weight > 0]
    return max(known, key=lambda one: one[0])[1] if known else DEFAULT


def direction_of(language: str) -> str:
    """Return `rtl` or `ltr`."""
    return "rtl" if language == "ar" else "ltr"


def phrase(language: str, key: str, /, **values: object) -> str:
    """Return the interface string *key*, filled with *values*. Raises KeyError without one."""
    text = phrases()[key][language]
    return filled(language, text, values) if values else text


def filled(language: str, text: str, values: Mapping[str, object]) -> str:
    """Return *text* filled with *values*, with the Arabic nouns after numbers in their form."""
    if language == "ar":
        text = _COUNTED.sub(lambda found: _agreed(found, values), text)
    return text.format(**values)


def _agreed(found: re.Match[str], values: Mapping[str, object]) -> str:
    """Return a number and its noun, or the number's field with the noun in its form."""
    one, two, few, hundred = _NOUNS[found["noun"]]
    number = "".join(str(values.get(found["field"], "")).split())
    if not number.isdigit():
        return found[0]
    count = int(number)
    if count in {1, 2}:
        return one if count == 1 else two
    rest = count % 100
    noun = few if 3 <= rest <= 10 else hundred if rest < 3 else found["noun"]
    return f"{{{found['field']}}} {noun}"


def label(language: str, kind: str, value: str) -> str:
    """Return the interface's word for a *value* of the archive (an outcome, a field).

    A value that the interface has no word for is returned as it is.
    """
    known = phrases().get(f"{kind}_{value}")
    return value if known is None else known[language]


@cache
def phrases() -> Mapping[str, Mapping[str, str]]:
    """Return every interface string by key and language."""
    found: dict[str, Mapping[str, str]] = {}
    for resource in files("newscrawl.resources").joinpath("interface").iterdir():
        if resource.name.endswith(".toml"):
            found |= read_toml(f"interface/{resource.name.removesuffix('.toml')}")
    return found


def _wish_from(part: str) -> tuple[float, str]:
    tag, _, weight = part.strip().partition(";")
    try:
        value = float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        value = 0.0
    return value, tag.split("-")[0].strip().lower()

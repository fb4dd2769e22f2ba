"""What parts of a page are by their own tag, role and class: the first judgement of a part.

It is only a first one: a part that holds much of the page's text is text, whatever it is called.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from newscrawl.generic.phrases import phrase_table
from newscrawl.tree import Node

LONGEST_MARKS = 240
"""Class names are judged by so many characters."""

TAGS = {
    "nav": "navigation",
    "aside": "aside",
    "footer": "navigation",
    "form": "form",
    "figure": "caption",
    "figcaption": "caption",
    "dialog": "consent",
    "address": "byline",
    "amp-sidebar": "navigation",
    "fieldset": "form",
    "menu": "navigation",
    "header": "header",
    "time": "byline",
    "label": "form",
}
ROLES = {
    "navigation": "navigation",
    "complementary": "aside",
    "contentinfo": "navigation",
    "search": "form",
    "dialog": "consent",
    "alert": "consent",
    "menu": "navigation",
    "banner": "header",
    "tooltip": "hidden",
    "toolbar": "share",
}
_HIDING = re.compile(r"(?:display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden)", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SEPARATORS = re.compile(r"[^a-zA-Z]+")


def flag(node: Node) -> str:
    """Return why *node* may be no body text, in a word; the empty string where nothing says so."""
    tag = node.tag
    attributes = node.attributes
    if not attributes:
        return TAGS.get(tag, "")
    if tag in TAGS:
        return TAGS[tag]
    if tag in {"body", "html", "main", "article"}:
        return ""
    role = attributes.get("role")
    if role in ROLES:
        return ROLES[role]
    style = attributes.get("style")
    if (style and _HIDING.search(style[:200])) or "hidden" in attributes:
        return "hidden"
    if attributes.get("aria-hidden") == "true":
        return "hidden"
    return reason_of(node.marks) if node.marks else ""


@lru_cache(maxsize=16384)
def reason_of(marks: str) -> str:
    """Return what class names and an id say that a part is, or the empty string."""
    words = _SEPARATORS.sub(" ", _CAMEL.sub(" ", marks[:LONGEST_MARKS])).lower().strip()
    match = _words().search(f" {words} ") or _parts().search(words.replace(" ", ""))
    return match.lastgroup or "" if match else ""


@cache
def _words() -> re.Pattern[str]:
    groups = (
        f"(?P<{reason}>{'|'.join(phrase.replace('-', ' ?') for phrase in phrases)})"
        for reason, phrases in phrase_table("class_marks")["words"].items()
    )
    return re.compile(f"(?<= )(?:{'|'.join(groups)})(?= )")


@cache
def _parts() -> re.Pattern[str]:
    groups = (
        f"(?P<{reason}>{'|'.join(phrases)})"
        for reason, phrases in phrase_table("class_marks")["parts"].items()
    )
    return re.compile("|".join(groups))

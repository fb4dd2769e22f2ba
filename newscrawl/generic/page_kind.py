"""Is a page an article at all? If not, what it is, in a word, and how that is seen.

The evidence is what extraction found anyway: no second walk over the page is made. A long body
outweighs phrases, since articles are written about logins, errors and subscriptions too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from urllib.parse import unquote, urlsplit

import attrs

from newscrawl.generic.phrases import phrase_table
from newscrawl.text import search_key

LONG_BODY = 700
"""A body of so many characters is not a message: phrases in its text count no more."""
SHORT_BODY = 160
"""A body of fewer characters is an article only where the page says it is one."""
LONG_LINE = 40
"""A shorter line of a body is a sub-head or a label."""
LEAST_HEADLINE = 30
"""The name of a section or of a writer has fewer characters."""
MESSAGE = 1200
"""So much of the page's text is searched for phrases."""
SHELL_SCRIPTS = 500
MANY_LINKS = 0.5
"""Pages whose text is links by this share, and that hold little else, are listings."""
CHALLENGE_MARKS = (
    "_cf_chl_opt",
    "cf-challenge",
    "challenge-platform",
    "cf-mitigated",
    "px-captcha",
)
_PADDED = " {} "


@attrs.frozen(kw_only=True)
class Evidence:
    """What is known of a page when its kind is asked for."""

    url: str
    title: str = ""
    """The title element."""
    headline: str = ""
    body: str = ""
    """The body found, a line a paragraph."""
    text: str = ""
    """The start of all the page's text; MESSAGE characters are enough."""
    size: int = 0
    """Characters of text on the page."""
    links: int = 0
    """Of these, characters inside links."""
    scripts: int = 0
    """Characters in scripts."""
    og_type: str = ""
    types: frozenset[str] = frozenset()
    """The types of the JSON-LD's objects."""
    is_stated_article: bool = False
    """Whether the JSON-LD holds an article."""
    is_signed: bool = False
    """Whether a writer and a day of publication were found."""
    raw: str = ""
    """The start of the markup, for the marks of challenge pages; only read for short bodies."""


def page_kind(evidence: Evidence) -> tuple[str, str | None]:
    """Return `article` and None, or what else the page is and the reason for saying so."""
    stated = evidence.is_stated_article or evidence.og_type == "article"
    for found in (
        _challenge(evidence),
        _message(evidence),
        _by_address(evidence, stated),
    ):
        if found:
            return found
    typed = None if stated else _by_headline(evidence) or _by_type(evidence.types)
    return typed or _by_shape(evidence, stated) or ("article", None)


def _challenge(evidence: Evidence) -> tuple[str, str] | None:
    if len(evidence.body) < LONG_BODY:
        mark = next((mark for mark in CHALLENGE_MARKS if mark in evidence.raw), None)
        if mark and evidence.size < 2 * MESSAGE:
            return "challenge", f"the markup holds {mark}"
    return None


def _message(evidence: Evidence) -> tuple[str, str] | None:
    """Find a phrase in title or headline, and in the text of a page that has little of it."""
    if len(evidence.body) >= LONG_BODY:
        return None
    heads = _searchable(f"{evidence.title} | {evidence.headline}"[:400])
    is_short = evidence.size < MESSAGE or len(evidence.body) < SHORT_BODY
    text = (
        _searchable(f"{evidence.body[:MESSAGE]} {evidence.text[:MESSAGE]}") if is_short else ""
    )
    for kind, phrases in _phrases().items():
        for phrase, spelled in phrases:
            if phrase in heads and (is_short or len(phrase) * 2 > len(heads)):
                return kind, f"the headline says {spelled!r}"
            if phrase in text and _counts_in_text(kind, phrase, evidence):
                return kind, f"the text says {spelled!r}"
    return None


def _counts_in_text(kind: str, phrase: str, evidence: Evidence) -> bool:
    """Whether *phrase* makes the page what it says: not beside a body, nor in a menu."""
    if kind in {"login", "consent", "script_only"}:
        return len(evidence.body) < SHORT_BODY and evidence.size < MESSAGE
    return len(phrase.split()) > 1 and len(evidence.body) < 2 * SHORT_BODY


def _by_address(evidence: Evidence, stated: bool) -> tuple[str, str] | None:
    """Name a page by its address; one that states to be an article is believed."""
    if stated:
        return None
    parts = urlsplit(evidence.url[:2083])
    steps = [step for step in unquote(parts.path).lower().split("/") if step]
    if not steps or steps in (["index.html"], ["index.php"], ["home"]):
        return None if parts.query else ("home", "the address is the site's home page")
    for kind, names in phrase_table("page_kinds")["paths"].items():
        if steps[0] in names or (len(steps) > 1 and steps[-2] in names and kind != "gallery"):
            return kind, f"the address holds a step of {kind} pages"
    return None


def _by_headline(evidence: Evidence) -> tuple[str, str] | None:
    """Name a page whose whole headline is the name of a page about the site."""
    kind = _names().get(_searchable(evidence.headline[:100]))
    return (kind, f"the headline is {evidence.headline!r}") if kind else None


def _by_type(types: frozenset[str]) -> tuple[str, str] | None:
    table: Mapping[str, Sequence[str]] = phrase_table("page_kinds")["types"]
    for kind, names in table.items():
        for name in names:
            if name in types:
                return kind, f"the page's structured data says {name}"
    return None


def _by_shape(evidence: Evidence, stated: bool) -> tuple[str, str] | None:
    length = len(evidence.body)
    if not stated and _is_cut_throughout(evidence.body):
        return "listing", "every paragraph is cut short, as teasers are"
    if length >= LONG_BODY or (stated and length >= SHORT_BODY // 4):
        return None
    if evidence.size < SHORT_BODY and length < SHORT_BODY:
        if evidence.scripts > SHELL_SCRIPTS:
            return "script_only", "the page is scripts and hardly any text"
        return "empty", "the page holds hardly any text"
    if (
        evidence.size
        and evidence.links / evidence.size > MANY_LINKS
        and length < LONG_BODY // 2
        and not _is_brief(evidence)
    ):
        return "listing", "most of the text is links"
    return None if length >= SHORT_BODY else ("no_text", "no body text was found")


def _is_brief(evidence: Evidence) -> bool:
    """Whether the page is a signed item of a few lines, beside many links to others."""
    headline = evidence.headline
    return (
        evidence.is_signed
        and len(evidence.body) >= SHORT_BODY
        and len(headline) >= LEAST_HEADLINE
        and evidence.title.startswith(headline)
    )


def _is_cut_throughout(body: str) -> bool:
    """Whether *body* is several paragraphs that all end in an ellipsis."""
    lines = [line for line in body.splitlines() if len(line) >= LONG_LINE]
    return len(lines) > 1 and all(line.endswith(("…", "...", "[…]", "[...]")) for line in lines)


def _searchable(text: str) -> str:
    """Return *text* folded, words parted by one space, so that phrases match whole words."""
    words = "".join(c if c.isalnum() or c in "_/'!" else " " for c in search_key(text)).split()
    return _PADDED.format(" ".join(words))


@cache
def _names() -> Mapping[str, str]:
    """Return the kinds by the headlines that name them."""
    table = phrase_table("page_kinds")["headlines"]
    return {_searchable(name): kind for kind, names in table.items() for name in names}


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return the phrases of each kind as they are compared, and as they are spelled."""
    table = phrase_table("page_kinds")["phrases"]
    return {
        kind: tuple((_searchable(phrase), phrase) for phrase in phrases)
        for kind, phrases in table.items()
    }

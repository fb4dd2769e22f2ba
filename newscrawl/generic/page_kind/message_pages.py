"""Pages that are a message: not found, a wall, a challenge, a notice; known by their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from newscrawl.generic.page_kind.facts import LONG_BODY, MESSAGE, PageFacts
from newscrawl.text.folding import search_key
from newscrawl.text.phrases import phrase_table

SHORT_BODY = 160
"""A body of fewer characters is an article only where the page says it is one."""
LONGEST_NOTICE = 2_000
"""A longer text is no request for consent."""
LEAST_WORDS = 4
"""Least words of a vocabulary that make a page one of its kind."""
CHALLENGE_MARKS = (
    "_cf_chl_opt",
    "cf-challenge",
    "challenge-platform",
    "cf-mitigated",
    "px-captcha",
    "captcha-delivery",
    "_incapsula_resource",
)
CAPTCHA_MARKS = ("ddos-guard", "g-recaptcha", "h-captcha")
"""Forms of other pages hold these, too."""
LONGEST_TITLE = 300
MOST_PARTS = 4
TITLE_PARTS = re.compile(r"\s[|–—:·•»-]{1,2}\s|\s?[|»｜]\s?")
"""Separators between the parts of a title: its page, its section, its outlet."""
_PADDED = " {} "
_NO_WORD = re.compile(r"[^\w/'!]+")

Found = tuple[str, str] | None


def challenge(facts: PageFacts) -> Found:
    """Find the marks of services that ask a browser to prove itself."""
    if len(facts.body) >= LONG_BODY or facts.size >= 2 * MESSAGE:
        return None
    marks = (*CHALLENGE_MARKS, *CAPTCHA_MARKS) if facts.size < LONG_BODY else CHALLENGE_MARKS
    mark = next((mark for mark in marks if mark in facts.raw), None)
    return ("challenge", f"the markup holds {mark}") if mark else None


def message(facts: PageFacts) -> Found:
    """Find a phrase in title or headline, and in the text of a page that has little of it."""
    is_article = facts.is_marked_article and facts.length >= SHORT_BODY // 2
    if is_article or len(facts.body) >= LONG_BODY:
        return None
    heads = _heads(facts)
    is_short = facts.size < MESSAGE or facts.length < SHORT_BODY
    text = searchable(f"{facts.body[:MESSAGE]} {facts.text[:MESSAGE]}") if is_short else ""
    for kind, phrase, spelled in _all_phrases():
        if _is_said_in(heads, phrase, is_short=is_short):
            return kind, f"the headline says {spelled!r}"
        if phrase in text and _counts_in_text(kind, phrase, facts):
            return kind, f"the text says {spelled!r}"
    return None


def _all_phrases() -> Iterator[tuple[str, str, str]]:
    """Yield each phrase with its kind before it and its spelling in the table after it."""
    for kind, phrases in _phrases().items():
        for phrase, spelled in phrases:
            yield kind, phrase, spelled


def _is_said_in(heads: Iterable[str], phrase: str, *, is_short: bool) -> bool:
    """Return whether a title has *phrase*; of a page with much text, as most of it."""
    return any(phrase in head and (is_short or len(phrase) * 2 > len(head)) for head in heads)


def _heads(facts: PageFacts) -> list[str]:
    """Return the headline and the parts of the title: its page, its outlet."""
    parts = TITLE_PARTS.split(facts.title[:LONGEST_TITLE])[:MOST_PARTS]
    return [searchable(part) for part in (facts.headline[:LONGEST_TITLE], *parts)]


def marked(facts: PageFacts) -> Found:
    """Find the kind of a page of little text by its markup: a shop's button, a viewer."""
    if facts.is_marked_article or facts.length >= LONG_BODY:
        return None
    table: Mapping[str, Sequence[str]] = phrase_table("pages/page_kinds")["marks"]
    for kind, marks in table.items():
        for mark in marks:
            if mark in facts.raw:
                return kind, f"the markup holds {mark}"
    return None


def _counts_in_text(kind: str, phrase: str, facts: PageFacts) -> bool:
    """Return whether *phrase* decides the kind: not beside a body, nor in a menu."""
    if kind in {"login", "consent", "script_only"}:
        return facts.length < SHORT_BODY and facts.size < MESSAGE
    return len(phrase.split()) > 1 and facts.length < 2 * SHORT_BODY


def statement(facts: PageFacts) -> Found:
    """Find a consent form or a page of terms, by its vocabulary."""
    if facts.is_marked_article:
        return None
    if facts.length < LONGEST_NOTICE and facts.links * 3 < facts.size:
        words = _said("consent", f"{facts.headline} {facts.body}")
        if len(words) >= LEAST_WORDS and not facts.teasers.titles:
            return "consent", f"the text says {', '.join(words[:LEAST_WORDS])}"
    words = _said("legal", facts.body[: 10 * LONG_BODY])
    if len(words) >= LEAST_WORDS:
        return "legal", f"the text says {', '.join(words[:LEAST_WORDS])}"
    return None


def _said(kind: str, text: str) -> list[str]:
    """Return the words of the vocabulary of *kind* in *text*; none if they are too few."""
    key = search_key(text)
    # To part all words of a long text takes longer than to see that it holds few of these.
    if sum([longest in key for _, longest, _ in _vocabulary(kind)]) < LEAST_WORDS:
        return []
    found = searchable(text)
    return [spelled for word, _, spelled in _vocabulary(kind) if word in found]


def searchable(text: str) -> str:
    """Return *text* folded, words parted by one space, so that phrases match whole words."""
    return _PADDED.format(_NO_WORD.sub(" ", search_key(text)).strip())


@cache
def _vocabulary(kind: str) -> tuple[tuple[str, str, str], ...]:
    """Return each phrase as it is compared, its longest word, and its spelling."""
    words = phrase_table("pages/page_kinds")["vocabulary"][kind]
    keys = map(searchable, words)
    return tuple(
        (key, max(key.split(), key=len), word) for key, word in zip(keys, words, strict=True)
    )


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return the phrases of each kind as they are compared, and as they are spelled."""
    table = phrase_table("pages/page_kinds")["phrases"]
    return {
        kind: tuple((searchable(phrase), phrase) for phrase in phrases)
        for kind, phrases in table.items()
    }

"""The language of a text that carries no label: by its script, then by its function words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

from newscrawl.text.phrases import phrase_table

SAMPLE = 20_000
"""Most characters of a text that are examined."""
LEAST_WORDS = 20
"""Fewer words say nothing for sure."""
LEAST_SHARE = 0.08
"""Least share of a text that is small words of its language."""
LEAD = 1.3
"""Least factor by which they are more frequent than those of the next language."""
_MARKS = "'\"()[]{}.,:;!?-–—…«»“”„’‘،؛؟۔।"
_BY_WORDS = {
    "latin": re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
    "devanagari": re.compile("[\u0900-\u097f]"),
}
_EAST_ASIAN = {"kana": "\u3041-\u30ff", "han": "\u4e00-\u9fff"}


def language_from(text: str) -> str | None:
    """Return the language of *text* as a BCP 47 tag; None where it is not plain."""
    text = text[:SAMPLE]
    letters = Counter({name: len(pattern.findall(text)) for name, pattern in _scripts()})
    if not letters.total():
        return None
    script, count = letters.most_common(1)[0]
    if 2 * count < letters.total():
        return None
    if script == "han":
        # Half of what is written in Japanese is Han, the rest is not.
        return "ja" if letters["kana"] * 20 > count else "zh"
    if script == "kana":
        return "ja"
    return _by_words(script, text) if script in _BY_WORDS else script


def _by_words(script: str, text: str) -> str | None:
    # Marks of vowels part words for a regular expression, not for a reader of Hindi.
    words = Counter(word.strip(_MARKS) for word in text.lower().split())
    total = words.total()
    if total < LEAST_WORDS:
        return None
    shares = sorted(
        (sum(words[word] for word in small) / total, language)
        for language, small in _small_words(script).items()
    )
    (second, _), (best, language) = shares[-2:]
    return language if best >= LEAST_SHARE and best >= LEAD * second else None


@cache
def _small_words(script: str) -> Mapping[str, frozenset[str]]:
    table = phrase_table("languages")[script]
    return {language: frozenset(words) for language, words in table.items()}


@cache
def _scripts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    ranges: Mapping[str, str] = phrase_table("languages")["scripts"]
    others = {**_EAST_ASIAN, **ranges}
    single = [(language, re.compile(f"[{letters}]")) for language, letters in others.items()]
    return (*_BY_WORDS.items(), *single)

"""Plurals of English and French, cut so lightly that hardly two words are ever joined."""

from __future__ import annotations

_UNCUT = ("ss", "us", "is")
# Endings of plurals and what the singular has instead; the first that fits counts.
_PLURALS = (
    *(("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ies", "y")),
    *(("eaux", "eau"), ("aux", "al"), ("s", "")),
)


def latin_stem(word: str) -> str:
    """Return *word*, folded already, without a plural ending; others stay as they are."""
    if len(word) < 4 or not word.isascii() or word.endswith(_UNCUT):
        return word
    for ending, instead in _PLURALS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)] + instead
    return word

"""Plurals and elisions of English and French, cut so lightly that two words are never joined."""

from __future__ import annotations

_UNCUT = ("ss", "us", "is", "ois", "ais")


def latin_stem(word: str) -> str:
    """Return *word*, folded already, without a plural ending; other alphabets stay as they are."""
    if len(word) < 4 or not word.isascii():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux") and len(word) > 5:
        return word[:-3] + "al"
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(_UNCUT):
        return word[:-1]
    return word

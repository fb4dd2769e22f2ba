"""Numbers with their nouns, in English: 1 article was, 2 articles were."""

from __future__ import annotations

_VERBS = {"were": "was", "are": "is", "have": "has", "wait": "waits"}


def counted(count: int, things: str, verb: str = "") -> str:
    """Return a number with its noun and verb, both of which are given in the plural."""
    if count == 1:
        things, verb = _singular(things), _VERBS.get(verb, verb)
    return f"{count} {things} {verb}".rstrip()


def _singular(things: str) -> str:
    if things.endswith("sses"):  # addresses
        return things.removesuffix("es")
    return f"{things[:-3]}y" if things.endswith("ries") else things.removesuffix("s")

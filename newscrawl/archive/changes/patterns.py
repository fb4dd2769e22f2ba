"""Ways in which a field changes that are the same on many articles: the traces of a redesign.

A pattern writes the old and the new text with the texts of the article's fields as `{names}`,
so that `Ferry returns` to `Harbour Post: Ferry returns` is the same change as on any other
article. Nothing here touches a database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from newscrawl.text.normalize import squeeze

Texts = Mapping[str, str]
"""The printed texts of a version by field; empty where it has none."""

LONGEST = 160
"""A longer pattern holds text that no other article shares."""
_LONGEST_LINE = 50
"""Characters that a long pattern of a body has of each line that it gained or lost."""
_SHORTEST = 3
"""Shorter field texts are in other words by chance."""
_MOST_LINES = 4
_NO_LETTER = re.compile(r"[^\w]+", re.UNICODE)
_NAME = re.compile(r"\{[a-z_]+\}")
_CUT = 0.5
_NUMBER = re.compile(r"\d+")
_BODY = "{article_body}"


def pattern_of(field: str, old: Texts, new: Texts) -> str | None:
    """Return how *field* changed, if another article may change in the same way."""
    before, after = squeeze(old[field]), squeeze(new[field])
    if not before or not after:
        return "∅ → *" if after else "* → ∅"
    if _letters(before) == _letters(after):
        return "punctuation"
    pattern = _wrapped(field, before, after, old, new) or _by_lines(field, old, new)
    return None if pattern is None else _short_enough(pattern)


def _short_enough(pattern: str) -> str | None:
    """Return *pattern*, shortened if it may be; None if it is over LONGEST."""
    if len(pattern) > LONGEST and place_of_lines(pattern):
        pattern = _shortened(pattern)
    return pattern if len(pattern) <= LONGEST else None


def without_numbers(pattern: str) -> str:
    """Return *pattern* with `#` for numbers: `3 min read` is elsewhere `5 min read`."""
    return _NUMBER.sub("#", pattern)


def place_of_lines(pattern: str) -> str | None:
    """Return where a body gained or lost lines and stayed the same else: `+end`, `-start` …

    None for any other pattern.
    """
    if pattern[:1] in {"+", "-"}:
        signs = {line[:1] for line in pattern.splitlines()}
        return f"{pattern[0]}inside" if len(signs) == 1 else None
    old, _, new = pattern.partition(" → ")
    if old == _BODY:
        return _place_around_body("+", new)
    return _place_around_body("-", old) if new == _BODY else None


def _place_around_body(sign: str, text: str) -> str | None:
    above, name, below = text.partition(_BODY)
    if not name or below == "…":  # the body itself was cut
        return None
    places = [place for place, part in (("start", above), ("end", below)) if part.strip()]
    return f"{sign}{'+'.join(places)}" if places else None


def _shortened(pattern: str) -> str:
    """Return the pattern of lines that a body gained or lost with their beginnings alone."""
    parts = re.split(r"(\{article_body\}| → |\n)", pattern)
    return "".join(
        f"{part[:_LONGEST_LINE]}…" if len(part) > _LONGEST_LINE else part for part in parts
    )


def _wrapped(field: str, before: str, after: str, old: Texts, new: Texts) -> str | None:
    """Return the pattern of a text that holds the other one, or another field."""
    name = f"{{{field}}}"
    if before in after:
        return f"{name} → {_with_names(after, field, old)}"
    if after in before:
        if field == "article_body" and len(after) < _CUT * len(before):
            return f"{name}… → {name}"
        return f"{_with_names(before, field, new)} → {name}"
    if field == "article_body":
        return None
    written = _with_names(after, field, old)
    return f"* → {written}" if _NAME.search(written) else f"* → {after}"


def _with_names(text: str, field: str, texts: Texts) -> str:
    """Return *text* with the texts of fields as names, that of *field* first."""
    known = {name: squeeze(value) for name, value in texts.items()}
    others = sorted((one for one in known if one != field), key=lambda one: -len(known[one]))
    for name in (field, *others):
        if len(known[name]) >= _SHORTEST:
            text = text.replace(known[name], f"{{{name}}}", 1)
    return text


def _by_lines(field: str, old: Texts, new: Texts) -> str | None:
    """Return the pattern of a body that lost or gained whole lines."""
    before, after = (
        [squeeze(one) for one in texts[field].splitlines()] for texts in (old, new)
    )
    kept, had = frozenset(after), frozenset(before)
    lost = [line for line in before if line not in kept]
    gained = [line for line in after if line not in had]
    if not 0 < len(lost) + len(gained) <= _MOST_LINES:
        return None
    lines = [f"-{_named(line, new)}" for line in lost]
    return "\n".join([*lines, *(f"+{_named(line, old)}" for line in gained)])


def _named(line: str, texts: Texts) -> str:
    found = next((name for name, text in texts.items() if text and squeeze(text) == line), None)
    return f"{{{found}}}" if found else line


def is_rearranged(changed: Mapping[str, str | None], old: Texts, new: Texts) -> bool:
    """Return whether the text stays, while fields appear, disappear or move into each other.

    *changed* holds the pattern of each field that differs.
    """
    return all(
        _is_empty_now_or_before(field, old, new)
        if pattern in {"∅ → *", "* → ∅"}
        else pattern is not None and _has_names_only(pattern)
        for field, pattern in changed.items()
    )


def _is_empty_now_or_before(field: str, old: Texts, new: Texts) -> bool:
    if field in {"article_body", "headline"}:
        return False
    # The publisher may have written or deleted this field, or the page may always have had it
    # and newscrawl has only now begun or ceased to find it. The rest of the text stays, so it
    # counts as layout.
    return not old[field] or not new[field]


def _has_names_only(pattern: str) -> bool:
    """Return whether a pattern adds and removes nothing but other fields."""
    if pattern == "punctuation" or "…" in pattern or "*" in pattern:
        return False
    old, _, new = pattern.partition(" → ")
    sides = (set(_NAME.findall(old)), set(_NAME.findall(new)))
    rest = _NAME.sub("", pattern.replace(" → ", " "))
    return max(map(len, sides)) > 1 and not _letters(rest)


def _letters(text: str) -> str:
    return _NO_LETTER.sub("", text)

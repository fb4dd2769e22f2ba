"""Classes of edits by rule: the kind of change that a difference of two texts is.

Nothing here touches a database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from newscrawl.archive.changes.difference import FieldChange, Piece
from newscrawl.resources import read_toml
from newscrawl.text.folding import search_key
from newscrawl.text.phrases import openings
from newscrawl.values.gazetteer.agencies import agencies_in
from newscrawl.values.gazetteer.names import has_given_name
from newscrawl.values.gazetteer.places import is_place

CLASSES = (
    "headline",
    "number",
    "name",
    "attribution",
    "quotation",
    "correction",
    "paragraph_removed",
    "typo",
    "wording",
)
"""The classes, in the order in which they are named."""

_NUMBER = re.compile(r"\d+(?:[.,٫٬]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"\n]*\"|„[^“]*“")
_LABEL_ENDS = frozenset(":：-–—ـ|")
_ALIKE = 0.5
"""Paragraphs that share this many of the shorter one's words are one, edited."""
_TYPO_ALIKE = 0.7
_MOST_NAME_WORDS = 5

Hunk = tuple[str, str]
"""The removed and the added text at one place."""


def classes_of(change: FieldChange) -> tuple[str, ...]:
    """Return the classes of a change, in the order of CLASSES."""
    found = set(_classes(change))
    if found - {"headline", "typo"}:
        found.discard("typo")
    if not found - {"headline"} and change.field not in {"headline", "alternative_headline"}:
        found.add("wording")
    return tuple(name for name in CLASSES if name in found)


def _classes(change: FieldChange) -> Iterator[str]:
    if change.field in {"headline", "alternative_headline"}:
        yield "headline"
    if change.field in {"source_credit", "dateline"}:
        yield "attribution"
    old, new = (_side(change.pieces, kind) for kind in ("removed", "added"))
    if change.field in {"article_body", "description"}:
        yield from _line_classes(*_changed_lines(old, new))
    hunks = _hunks(change.pieces)
    yield from _quotations(old, new)
    for removed, added in hunks:
        # The source that a correction names in its own text is none of the article.
        yield from _hunk_classes((removed, _without_corrections(added)))
    if hunks and all(map(_is_typo, hunks)):
        yield "typo"


def _side(pieces: Sequence[Piece], kind: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in {"same", kind})


def _changed_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    before, after = ([line.strip() for line in text.splitlines()] for text in (old, new))
    kept, had = frozenset(after), frozenset(before)
    return (
        [line for line in before if line and line not in kept],
        [line for line in after if line and line not in had],
    )


def _line_classes(removed: Sequence[str], added: Sequence[str]) -> Iterator[str]:
    if any(map(_is_correction, added)):
        yield "correction"
    if any(not any(_are_alike(line, other) for other in added) for line in removed):
        yield "paragraph_removed"


def _without_corrections(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not _is_correction(line.strip()))


def _is_correction(line: str) -> bool:
    """Return whether a line begins as corrections do; one word alone needs a colon after it."""
    count = openings("credits/corrections", "openings").words_of(line)
    rest = line.split(maxsplit=count)
    if count != 1 or len(rest) == 1:
        return count > 0
    return rest[0][-1] in _LABEL_ENDS or rest[1][0] in _LABEL_ENDS


def _are_alike(line: str, other: str) -> bool:
    words, others = line.split(), other.split()
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    shared = sum(block.size for block in matcher.get_matching_blocks())
    return shared >= _ALIKE * min(len(words), len(others))


def _hunks(pieces: Sequence[Piece]) -> list[Hunk]:
    hunks: list[Hunk] = []
    removed = ""
    for piece in (*pieces, Piece("same", "")):
        if piece.kind == "removed":
            hunks += [(removed, "")] if removed else []
            removed = piece.text
        elif piece.kind == "added":
            hunks.append((removed, piece.text))
            removed = ""
        elif removed:
            hunks.append((removed, ""))
            removed = ""
    return hunks


def _quotations(old: str, new: str) -> Iterator[str]:
    if _quotes(old) != _quotes(new):
        yield "quotation"


def _quotes(text: str) -> list[str]:
    return [search_key(one[1:-1]).strip() for one in _QUOTED.findall(text)]


def _hunk_classes(hunk: Hunk) -> Iterator[str]:
    removed, added = hunk
    if removed and added:
        if _numbers(removed) != _numbers(added):
            yield "number"
        if _has_other_name(removed, added):
            yield "name"
    if _attributions(removed) != _attributions(added):
        yield "attribution"


def _numbers(text: str) -> list[str]:
    return sorted(_NUMBER.findall(search_key(text)))


def _has_other_name(removed: str, added: str) -> bool:
    """Return whether one name replaces another: a few words, a name on both sides."""
    words = [_WORD.findall(text) for text in (removed, added)]
    if not all(0 < len(one) <= _MOST_NAME_WORDS for one in words):
        return False
    old, new = words
    if search_key(" ".join(old)) == search_key(" ".join(new)):
        return False
    return all(map(_is_name, (removed.strip(), added.strip())))


def _is_name(text: str) -> bool:
    words = _WORD.findall(text)
    is_capital = all(word[:1].isupper() for word in words)
    return is_capital or has_given_name(text) or is_place(text)


def _attributions(text: str) -> tuple[frozenset[str], frozenset[str]]:
    words = frozenset(search_key(text).split())
    agencies = frozenset(supplier.id for _, supplier in agencies_in(text))
    return words & _verbs(), agencies


def _verbs() -> frozenset[str]:
    return frozenset(
        search_key(word) for word in read_toml("credits/corrections")["attribution"]
    )


def _is_typo(hunk: Hunk) -> bool:
    """Return whether a word or two changed by a few letters, or only signs did."""
    removed, added = (search_key(text).strip() for text in hunk)
    if removed == added:
        return True
    if not removed or not added or _numbers(removed) != _numbers(added):
        return False
    if max(len(removed.split()), len(added.split())) > 2:
        return False
    return SequenceMatcher(None, removed, added, autojunk=False).ratio() >= _TYPO_ALIKE

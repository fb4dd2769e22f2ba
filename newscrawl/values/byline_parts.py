"""The parts of a byline that name writers, told from those that name others by their labels.

`Text: Ann Lee. Photos: Bob Ray`, `Photographs by Bob Ray, words by Ann Lee`. Photographers,
editors and translators are no writers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import Openings, folded, phrase_table

OTHER_WORK = "\x00"
"""Sign behind a name that is followed by its other work in brackets: `Bob Ray (photos)`."""
_WORD = re.compile(r"\S{1,60}")
_EDGE = " \t\n|/•·⋅∙–—-*"
_SEPARATORS = tuple(".;,،؛|•·⋅)")
_SIGNS = frozenset("|/•·⋅–—-&+")
_COLON = re.compile(r"\s?：\s?")
_ACCOUNT = compiled_on_use(r"[\s(|]{0,3}[\w.+-]{0,64}@[\w.-]{2,64}\)?")
"""An account or an address of mail behind a name."""
_SLASH = compiled_on_use(r"(?<=[\u0590-\u06ff])/\s?|(?<=[^\W\d_])/(?=\s)")
_WORK = re.compile(r"\s?[(\[]([^()\[\]]{2,40})[)\]]")
MOST_WORDS = 40


def writers_parts(line: str) -> tuple[str, ...]:
    """Return the parts of *line* that may name writers; none if it names others alone."""
    line = _WORK.sub(_marked_work, without_signs(line))
    words = list(_WORD.finditer(line))[:MOST_WORDS]
    cuts = [*_cuts(line, words), (len(line), False)]
    parts = [
        line[start:stop].strip(_EDGE + ",;،؛")
        for (start, is_other), (stop, _) in pairwise(cuts)
        if not is_other
    ]
    return tuple(filter(None, parts))


def without_signs(line: str) -> str:
    """Return *line* without signs before it and accounts, with spaces behind labels."""
    line = _COLON.sub(": ", line) if "：" in line else line
    line = _ACCOUNT.sub("", line) if "@" in line else line
    line = _SLASH.sub(" / ", line) if "/" in line else line
    return line.lstrip(_EDGE)


def names_other_work(line: str) -> bool:
    """Return whether *line* begins with a label of a photographer, editor or translator."""
    line = without_signs(line)
    return _labels("others").words_of(line) > _labels("writers").words_of(line)


def name_of_other_work(line: str) -> str:
    """Return the words behind the label of other work; the empty string without one."""
    line = without_signs(line)
    count = _labels("others").words_of(line)
    return " ".join(line.split()[count:]).lstrip(" :") if count else ""


def _marked_work(match: re.Match[str]) -> str:
    """Return the sign of other work for brackets that hold a word of it, else the brackets."""
    words = folded(match[1]).split()
    is_other = bool(words) and _labels("others").words_of(match[1]) == len(words)
    return OTHER_WORK if is_other else match[0]


def _cuts(line: str, words: Sequence[re.Match[str]]) -> Iterator[tuple[int, bool]]:
    """Yield where each labelled part begins, and whether it names others than writers."""
    end = 0
    for at, word in enumerate(words):
        if at < end or (at and folded(word[0]) not in _first_words()):
            continue  # a word of the label before, or of none
        rest = line[word.start() :]
        others = _labels("others").words_of(rest)
        writers = _labels("writers").words_of(rest)
        is_other = len(words) > others > writers
        if _begins_part(words, at, max(others, writers), is_other=is_other):
            yield word.start(), is_other
            end = at + max(others, writers)


def _begins_part(
    words: Sequence[re.Match[str]], at: int, count: int, *, is_other: bool
) -> bool:
    """Return whether a part begins at *at*, with a label of *count* words or with the line."""
    if at == 0:
        return True
    return bool(count) and _is_label(words, at, count) and (is_other or _is_apart(words, at))


def _is_label(words: Sequence[re.Match[str]], at: int, count: int) -> bool:
    """Return whether *count* words at *at* are a label: by a colon, a `by`, their place."""
    last = words[at + count - 1][0]
    behind = words[at + count][0] if at + count < len(words) else ""
    if last.endswith((":", "/")) or behind.startswith((":", "/")):
        return True
    return last.lower() in phrase_table("credits/bylines")["prepositions"] and (
        count > 1 or _is_apart(words, at)
    )


def _is_apart(words: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a sign before the label at *at*, or its own colon, sets it apart."""
    before = words[at - 1]
    if before[0].endswith(_SEPARATORS) or before[0] in _SIGNS:
        return True
    is_joined = before[0].lower() in phrase_table("credits/bylines")["joiners"]
    return is_joined or words[at][0].endswith(":")


@cache
def _first_words() -> frozenset[str]:
    """Return the words that the labels of all kinds begin with."""
    return _labels("others").first_words | _labels("writers").first_words


@cache
def _labels(kind: str) -> Openings:
    table = phrase_table("credits/bylines")
    if kind == "others":
        return Openings(table["not_writers"])
    labels = table["labels"]
    return Openings([*labels["strong"], *labels["marked"], *table["openings"]])

"""A text prepared for comparison: folded words, shingles, and a sketch of them."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from heapq import nsmallest
from zlib import crc32

import attrs

from newscrawl.text.folding import search_key
from newscrawl.text.normalize import squeeze
from newscrawl.text.phrases import Openings, phrase_table

RUN = 4
"""The number of equal words in a row that count as shared; fewer are chance."""
LONGEST_NOTICE = 20
"""A line of more words is always text, also if it begins like a notice."""
LONGEST_BRIEF = 8
"""The most words of a notice that begins with a single word (`تحرير` also means liberation)."""

# Scripts that do not part words with spaces: each character is a word.
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
# 9,300 and 9.300 and 9 300 are one number.
_SEPARATOR = re.compile("(?<=[0-9])[.,٬٫'’\u00a0\u202f](?=[0-9]{3}(?![0-9]))")


@attrs.frozen
class ComparedText:
    """The words of a text that are compared, and where each line of it begins."""

    words: tuple[str, ...]
    """The folded words in order."""
    starts: tuple[int, ...]
    """The index of each line's first word."""
    shingles: tuple[int, ...]
    """The CRC-32 of each RUN words in a row; the last RUN - 1 words begin none."""

    def line_ranges(self) -> tuple[range, ...]:
        """Return the indices of the shingles within each line; lines without any left out."""
        ends = (*self.starts[1:], len(self.words))
        found = (
            range(start, end - RUN + 1) for start, end in zip(self.starts, ends, strict=True)
        )
        return tuple(one for one in found if one)


def compared_text(
    article_body: str, *, dateline: str | None = None, credit: str | None = None
) -> ComparedText:
    """Return the words of *article_body* that are compared.

    *dateline* and *credit* are as printed: the one is left out at the head of the text, the
    other where it is a line. Left out, too, are read-also lines and the notices of agencies
    (`resources/credits/wire_notices.toml`). Spellings that `search_key` evens out are one.
    """
    words: list[str] = []
    starts: list[int] = []
    for line in _lines(article_body, dateline, credit):
        found = words_of(line)
        if found and not _is_notice(line, len(found)):
            starts.append(len(words))
            words += found
    return ComparedText(tuple(words), tuple(starts), _shingles(words))


def words_of(text: str) -> list[str]:
    """Return the words of *text*, folded."""
    return _WORD.findall(_SEPARATOR.sub("", search_key(text)))


def _lines(article_body: str, dateline: str | None, credit: str | None) -> list[str]:
    lines = article_body.split("\n")
    if dateline and lines:
        first = squeeze(lines[0])
        if first.startswith(dateline):
            lines[0] = first[len(dateline) :]
    return [line for line in lines if line and line != credit]


def _is_notice(line: str, words: int) -> bool:
    if words > LONGEST_NOTICE:
        return False
    opening = _notices().words_of(line)
    return opening > 1 or (opening == 1 and words <= LONGEST_BRIEF)


def _shingles(words: list[str]) -> tuple[int, ...]:
    return tuple(
        crc32(" ".join(words[at : at + RUN]).encode()) for at in range(len(words) - RUN + 1)
    )


@cache
def _notices() -> Openings:
    """Return the openings of lines that are no part of an agency's text."""
    openings = phrase_table("pages/phrases")["openings"]
    kinds = ("related", "newsletter", "copyright", "photo")
    agencies = phrase_table("credits/wire_notices")["openings"]
    return Openings([*(phrase for kind in kinds for phrase in openings[kind]), *agencies])


METHOD = "1"
"""The version of the sketching method. Raised with every change of the words or their choice,
so that sketches of another version are made again."""
RATE = 16
LEAST = 4
FEWEST_SHARED = 2
LEAST_SHARE = 0.15
"""Two texts are worth comparing where this much of the smaller sketch is in the other."""

_MIX = 0x9E3779B1
_MASK = 0xFFFFFFFF
_SIGN = 0x80000000


def sketch_of(text: ComparedText) -> tuple[int, ...]:
    """Return the sketch of *text*: signed 32-bit numbers, in ascending order, each once."""
    numbers = [_number(shingle) for shingle in text.shingles]
    chosen = {number for number in numbers if number % RATE == 0}
    chosen.update(nsmallest(LEAST, numbers))
    chosen.update(min(numbers[line.start : line.stop]) for line in text.line_ranges())
    return tuple(sorted(chosen))


def line_numbers(text: ComparedText) -> tuple[int, ...]:
    """Return the number of the sketch that stands for each line of RUN words or more."""
    return tuple(
        min(map(_number, text.shingles[line.start : line.stop])) for line in text.line_ranges()
    )


def shingles_of_lines(text: ComparedText, numbers: Collection[int]) -> frozenset[int]:
    """Return the shingles of the lines that one of *numbers* stands for."""
    found: set[int] = set()
    for line, number in zip(text.line_ranges(), line_numbers(text), strict=True):
        if number in numbers:
            found.update(text.shingles[line.start : line.stop])
    return frozenset(found)


def is_candidate(shared: int, size: int, other_size: int) -> bool:
    """Return whether two sketches of these sizes share enough numbers to be compared."""
    return shared >= max(FEWEST_SHARED, LEAST_SHARE * min(size, other_size))


def _number(shingle: int) -> int:
    """Mix the bits of a shingle's hash: CRC-32 alone is not spread evenly."""
    return ((shingle ^ (shingle >> 15)) * _MIX & _MASK) - _SIGN

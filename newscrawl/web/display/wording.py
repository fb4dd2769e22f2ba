"""Words that distinguish two selections of articles, and lines around a word. Pure.

Words are compared by their stems (`السفينة` and `سفن` are one), and shown as they are printed
most often. The measure is Dunning's log-likelihood (1993,
https://aclanthology.org/J93-1003/): how unlikely the two frequencies would be if the
selections used the word alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from math import log

import attrs

from newscrawl.text.stems import stem, words_of

CERTAIN = 15.13
"""Least log-likelihood that is shown: chance exceeds it once in 10,000 times (chi-square)."""
LEAST = 3
"""Least number of articles that use a word: below it, one text would decide."""


@attrs.frozen(kw_only=True)
class Word:
    """A word that one selection uses more than the other."""

    text: str
    """As it is printed most often."""
    count: int
    """Number of times in the selection."""
    other_count: int
    """Number of times in the other selection."""
    articles: int
    """Number of articles of the selection that use it."""
    score: float
    """The log-likelihood."""


@attrs.frozen
class TextLine:
    """The words of a line of text, and their stems."""

    words: Sequence[str]
    stems: Sequence[str]

    def keys(self, length: int) -> Iterable[str]:
        """Return the stems, or of each group of *length* words its stems."""
        if length == 1:
            return self.stems
        return map(" ".join, zip(*(self.stems[at:] for at in range(length)), strict=False))


@attrs.frozen(kw_only=True, eq=False)
class Wording:
    """The words of a selection, or its groups of *length* words that stand in one line."""

    length: int
    texts: Sequence[Sequence[TextLine]]
    counts: Counter[str]
    """Number of times of each key: a stem, or stems with a space between them."""

    @classmethod
    def of(cls, texts: Iterable[str], length: int = 1) -> Wording:
        """Return the words of *texts*, a text for each article; *length* 2: pairs of words."""
        return cls.of_lines([list(map(_line_of, text.splitlines())) for text in texts], length)

    @classmethod
    def of_lines(cls, texts: Sequence[Sequence[TextLine]], length: int) -> Wording:
        """Return the groups of *length* words of texts that are split into lines and words."""
        counts: Counter[str] = Counter()
        for text in texts:
            for line in text:
                counts.update(line.keys(length))
        return cls(length=length, texts=texts, counts=counts)

    def uses_of(self, wanted: Collection[str]) -> dict[str, Use]:
        """Return the use of each of the keys *wanted*."""
        found = {key: Use() for key in wanted}
        for text in self.texts if found else ():
            seen = set()
            for line in text:
                for at, key in enumerate(line.keys(self.length)):
                    if key in found:
                        found[key].printed[" ".join(line.words[at : at + self.length])] += 1
                        seen.add(key)
            for key in seen:
                found[key].articles += 1
        return found


@attrs.define
class Use:
    """The use of a word in a selection: its number of articles, and its printed forms."""

    articles: int = 0
    printed: Counter[str] = attrs.field(factory=Counter)


def _line_of(text: str) -> TextLine:
    words = list(filter(_is_word, words_of(text)))
    return TextLine(words, list(map(stem, words)))


@lru_cache(maxsize=100_000)
def _is_word(word: str) -> bool:
    """Tell whether *word* has letters; the Arabic elongation alone is a dash of datelines."""
    return not word.isdigit() and bool(word.strip("\u0640"))


def telling_words(one: Wording, other: Wording, most: int) -> list[Word]:
    """Return the words that *one* uses more often than *other*, the most telling first."""
    scores = _scores(one, other)
    uses = one.uses_of(scores)
    found = [
        Word(
            text=use.printed.most_common(1)[0][0],
            count=one.counts[key],
            other_count=other.counts[key],
            articles=use.articles,
            score=scores[key],
        )
        for key, use in uses.items()
        if use.articles >= LEAST
    ]
    return sorted(found, key=lambda word: (-word.score, word.text))[:most]


def _scores(one: Wording, other: Wording) -> dict[str, float]:
    """Return the log-likelihood of the words that certainly are more frequent in *one*."""
    size, other_size = one.counts.total(), other.counts.total()
    if not size or not other_size:
        return {}
    found = {}
    for key, count in one.counts.items():
        if count < LEAST:  # so few times are so few articles
            continue
        other_count = other.counts.get(key, 0)
        if count / size > other_count / other_size:
            score = log_likelihood(count, size, other_count, other_size)
            if score >= CERTAIN:
                found[key] = score
    return found


def log_likelihood(count: int, size: int, other_count: int, other_size: int) -> float:
    """Return Dunning's G² for a word that is *count* of *size* words here, and so there."""
    share = (count + other_count) / (size + other_size)
    total = 0.0
    for found, whole in ((count, size), (other_count, other_size)):
        for part, expected in ((found, whole * share), (whole - found, whole * (1 - share))):
            total += part * log(part / expected) if part else 0.0
    return 2 * total


@attrs.frozen
class Line:
    """A place of a word, with the words before and after it."""

    before: str
    word: str
    after: str


def concordance(text: str, wanted: str, around: int = 8) -> Iterator[Line]:
    """Yield a line for each place in *text* of the word or words *wanted*, in any form."""
    keys = [stem(word) for word in words_of(wanted)]
    for line in text.splitlines():
        words, places = words_of(line), list(_places(line))
        stems = list(map(stem, words))
        for at in range(len(words) - len(keys) + 1 if keys else 0):
            if stems[at : at + len(keys)] == keys:
                after = at + len(keys)
                start = places[max(0, at - around)][0]
                end = places[min(len(places), after + around) - 1][1]
                first, last = places[at][0], places[after - 1][1]
                yield Line(line[start:first], line[first:last], line[last:end])


def _places(line: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each word of *line*."""
    end = 0
    for word in words_of(line):
        start = line.index(word, end)
        end = start + len(word)
        yield start, end

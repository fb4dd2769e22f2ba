"""Words that distinguish two selections of articles, and lines around a word. Pure.

Words are compared by their stems (`السفينة` and `سفن` are one), and shown as they are printed
most often. The measure is Dunning's log-likelihood (1993,
https://aclanthology.org/J93-1003/): how unlikely the two frequencies would be if the
selections used the word alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
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


@attrs.define
class Wording:
    """The words of a selection: number of each stem, its articles, its printed forms."""

    counts: Counter[str] = attrs.field(factory=Counter)
    articles: Counter[str] = attrs.field(factory=Counter)
    printed: dict[str, Counter[str]] = attrs.field(factory=dict)

    @classmethod
    def of(cls, texts: Iterable[str], length: int = 1) -> Wording:
        """Return the words of *texts*, a text for each article; *length* 2: pairs of words."""
        found = cls()
        for text in texts:
            seen = set()
            for line in text.splitlines():
                words = [word for word in words_of(line) if _is_word(word)]
                for at in range(len(words) - length + 1):
                    group = words[at : at + length]
                    key = " ".join(map(stem, group))
                    found.counts[key] += 1
                    found.printed.setdefault(key, Counter())[" ".join(group)] += 1
                    seen.add(key)
            found.articles.update(seen)
        return found


def _is_word(word: str) -> bool:
    """Tell whether *word* has letters; the Arabic elongation alone is a dash of datelines."""
    return not word.isdigit() and bool(word.strip("\u0640"))


def telling_words(one: Wording, other: Wording, most: int) -> list[Word]:
    """Return the words that *one* uses more often than *other*, the most telling first."""
    size, other_size = one.counts.total(), other.counts.total()
    if not size or not other_size:
        return []
    found = []
    for key, count in one.counts.items():
        other_count = other.counts[key]
        if one.articles[key] < LEAST or count / size <= other_count / other_size:
            continue
        score = log_likelihood(count, size, other_count, other_size)
        if score >= CERTAIN:
            text = one.printed[key].most_common(1)[0][0]
            found.append(
                Word(
                    text=text,
                    count=count,
                    other_count=other_count,
                    articles=one.articles[key],
                    score=score,
                )
            )
    return sorted(found, key=lambda word: (-word.score, word.text))[:most]


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

"""Fields that were found on the pages of a site and are now missing.

For each field the pages of a site are a row of yes and no. The split of the row with the
greatest likelihood is when the site changed, if it did. A fall is reported if the rate after it
is lower than in any earlier stretch of the same length, and its probability is below one in a
million. Pages come in bunches (a weekend of wire copy without authors): the variance between
stretches says how many pages count as one independent page. A slow fade is found too, since the
split lies in its middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from math import exp, lgamma, log, log1p

import attrs

from newscrawl.archive.read.page_readings import PageReading
from newscrawl.archive.write.better_values import COMPARED_FIELDS, STATED, strength
from newscrawl.text.counted import counted

BEFORE = 200
"""Least number of pages before a change."""
AFTER = 30
"""Least number of pages after a change."""
STRETCH = 200
"""The longest stretch of earlier pages that is compared: a day or two of a busy site."""
LEAST_FALL = 0.2
"""A smaller fall, as a part of the lowest earlier rate, is not reported."""
CHANCE = 1e-6
"""Probability below which a fall is not chance: daily checks of ten sites for three years."""

_COARSE_CUTS = 256

PAGE_IS_ARTICLE = "article"
LAYOUT_READS = "layout"
_LABELS = {
    PAGE_IS_ARTICLE: "articles among the pages",
    LAYOUT_READS: "pages that the layout fits",
}


@attrs.frozen(kw_only=True)
class Fall:
    """A field that is found on fewer pages of a site than before."""

    site: str
    """The name of the site."""
    field: str
    """A field; `article`: the page is one; `layout`: a layout of the site reads it."""
    before: float
    """The share of pages that had it before, 0 to 1."""
    after: float
    """The share of pages that have it since."""
    missing: int
    """Number of pages since that lack it."""
    pages: int
    """Number of pages read since."""
    last_good: PageReading
    """The last page before the change that had it."""
    first_bad: PageReading
    """The first page from then on that lacks it."""
    is_extractor: bool
    """True if newscrawl itself changed at that time, which may be the cause."""
    is_by_rule: bool = False
    """True if the field is found, but by a weaker rule: the page no longer states it."""

    @property
    def line(self) -> str:
        """One line for people: `dateline fell from 98 % to 3 % since …`."""
        since = f"{self.first_bad.fetched_at:%Y-%m-%d %H:%M}"
        rates = f"fell from {self.before:.0%} to {self.after:.0%}"
        line = f"{self.name} {rates} since {since} UTC: {self.extent}"
        return f"{line} (newscrawl itself was changed then)" if self.is_extractor else line

    @property
    def name(self) -> str:
        """Name of the field for people."""
        name = _LABELS.get(self.field, self.field)
        return f"{name} as stated by the page" if self.is_by_rule else name

    @property
    def extent(self) -> str:
        """Number of pages without it: `missing from 194 of 200 pages`."""
        how = "found by a weaker rule on" if self.is_by_rule else "missing from"
        return f"{how} {self.missing} of {counted(self.pages, 'pages')}"


def falls_in(
    site: str, readings: Sequence[PageReading], rules: Mapping[int, Mapping[str, str]]
) -> tuple[Fall, ...]:
    """Return the falls on the pages of *site*, the largest first; *readings* are oldest first.

    *rules* are the rules of the fields for each provenance id.
    """
    falls = [
        fall
        for field, pages, row in _rows(readings, rules)
        if (fall := _fall(site, field, pages, row)) is not None
    ]
    by_rule = (
        attrs.evolve(fall, is_by_rule=True)
        for field, pages, row in _rule_rows(readings, rules)
        if (fall := _fall(site, field, pages, row)) is not None
    )
    return tuple(sorted([*falls, *by_rule], key=lambda fall: fall.after - fall.before))


def _rows(
    readings: Sequence[PageReading], rules: Mapping[int, Mapping[str, str]]
) -> Iterator[tuple[str, Sequence[PageReading], list[bool]]]:
    """Yield each field with the pages that may have it, and on which of them it was found."""
    yield PAGE_IS_ARTICLE, readings, [one.is_article for one in readings]
    yield from _field_rows([one for one in readings if one.provenance is not None], rules)


def _field_rows(
    articles: Sequence[PageReading], rules: Mapping[int, Mapping[str, str]]
) -> Iterator[tuple[str, Sequence[PageReading], list[bool]]]:
    by_layout = {one for one, fields in rules.items() if _is_of_layout(fields)}
    if by_layout:
        yield LAYOUT_READS, articles, [one.provenance in by_layout for one in articles]
    for field in sorted({field for fields in rules.values() for field in fields}):
        yield field, articles, [field in rules[one.provenance or 0] for one in articles]


def _rule_rows(
    readings: Sequence[PageReading], rules: Mapping[int, Mapping[str, str]]
) -> Iterator[tuple[str, Sequence[PageReading], list[bool]]]:
    """Yield each field with the pages that have it, and on which the page itself stated it."""
    for field in COMPARED_FIELDS:
        pages = [one for one in readings if field in rules.get(one.provenance or 0, {})]
        found = (rules[one.provenance or 0][field] for one in pages)
        yield field, pages, [strength(rule) >= STATED for rule in found]


def _is_of_layout(rules: Mapping[str, str]) -> bool:
    return any(":" in rule for rule in rules.values())


def _fall(
    site: str, field: str, pages: Sequence[PageReading], row: Sequence[bool]
) -> Fall | None:
    split = split_of(row)
    if split is None or not is_fallen(row, split):
        return None
    first_bad = row.index(False, split)
    last_good = max(index for index in range(first_bad) if row[index])
    since = row[split:]
    return Fall(
        site=site,
        field=field,
        before=_share(row[:split]),
        after=_share(since),
        missing=len(since) - sum(since),
        pages=len(since),
        last_good=pages[last_good],
        first_bad=pages[first_bad],
        is_extractor=_has_new_extractor(pages, split),
    )


def _has_new_extractor(pages: Sequence[PageReading], split: int) -> bool:
    """Return whether another extractor read all pages since the change; a 404 is not read."""
    before = {one.extractor for one in pages[split - AFTER : split]}
    since = {one.extractor for one in pages[split:]} - {None}
    return bool(since) and not before & since


def split_of(row: Sequence[bool]) -> int | None:
    """Return where *row* is best cut into a part with more and one with fewer; None: nowhere.

    It is the cut of the greatest likelihood of two Bernoulli rates, with at least BEFORE values
    before it, AFTER values from it on, and no more after than before.
    """
    sums = [0, *accumulate(row)]
    first, end = max(BEFORE, len(row) // 2), len(row) - AFTER + 1
    step = max(1, (end - first) // _COARSE_CUTS)
    near = _best_cut(sums, range(first, end, step))
    if near is None or step == 1:
        return near
    return _best_cut(sums, range(max(first, near - step), min(end, near + step)))


def _best_cut(sums: Sequence[int], cuts: range) -> int | None:
    total, best, found = len(sums) - 1, 0.0, None
    for cut in cuts:
        before, after = sums[cut], sums[-1] - sums[cut]
        if before * (total - cut) <= after * cut:
            continue
        gain = _likelihood(before, cut) + _likelihood(after, total - cut)
        if found is None or gain > best:
            best, found = gain, cut
    return found


def is_fallen(row: Sequence[bool], split: int) -> bool:
    """Return whether the values from *split* on are fewer than chance or earlier days explain.

    The last values must be too: otherwise the field has recovered.
    """
    before, since = row[:split], row[split:]
    length = min(STRETCH, len(since), split // 4)
    limit = lowest_rate(before, length) * (1 - LEAST_FALL)
    recent = since[-AFTER:]
    if max(_share(recent), _share(since)) > limit:
        return False
    bunch = pages_in_a_bunch(before, length)
    found, tries = round(sum(since) / bunch), max(1, round(len(since) / bunch))
    return binomial_tail(found, tries, _share(before)) < CHANCE


def lowest_rate(row: Sequence[bool], length: int) -> float:
    """Return the lowest share that any stretch of *length* values in *row* has."""
    sums = [0, *accumulate(row)]
    return min(sums[end] - sums[end - length] for end in range(length, len(sums))) / length


def pages_in_a_bunch(row: Sequence[bool], length: int) -> float:
    """Return how many values count as one independent value: 1 if they are independent.

    It is the variance of the shares of stretches of *length* values, over the binomial one.
    """
    rate = _share(row)
    if rate in {0, 1}:
        return 1.0
    starts = range(0, len(row) - length + 1, length)
    shares = [_share(row[start : start + length]) for start in starts]
    variance = sum((share - rate) ** 2 for share in shares) / (len(shares) - 1)
    return max(1.0, variance * length / (rate * (1 - rate)))


def _share(row: Sequence[bool]) -> float:
    return sum(row) / len(row)


def _likelihood(found: int, tries: int) -> float:
    """Return the logarithm of how likely a row with these numbers is at its own rate."""
    missing = tries - found
    return sum(count * log(count / tries) for count in (found, missing) if count)


def binomial_tail(found: int, tries: int, rate: float) -> float:
    """Return the probability of *found* or fewer of *tries*, each at *rate* (0 to 1)."""
    if rate <= 0 or found >= tries:
        return 1.0
    if rate >= 1:
        rate = 1 - 0.5 / tries  # as rare as a failure that was never seen can be
    return sum(exp(_log_binomial(number, tries, rate)) for number in range(found + 1))


def _log_binomial(found: int, tries: int, rate: float) -> float:
    ways = lgamma(tries + 1) - lgamma(found + 1) - lgamma(tries - found + 1)
    return ways + found * log(rate) + (tries - found) * log1p(-rate)

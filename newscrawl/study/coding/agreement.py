"""Agreement of coders: Krippendorff's alpha, percent agreement, and disagreements.

Krippendorff (2011), Computing Krippendorff's Alpha-Reliability. Articles with one code are
left out, as missing data.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import attrs

from newscrawl.study.coding.codebook import Variable, codes, variable
from newscrawl.study.study_file import StudyFile

Units = Mapping[int, Mapping[str, Any]]
"""The codes of articles: by the article's id and the coder."""


@attrs.frozen(kw_only=True)
class Disagreement:
    """One article with different codes."""

    article: int
    """Id of the article in the study file."""
    site: str
    key: str
    url: str
    values: Mapping[str, Any]
    """The value of each coder."""


@attrs.frozen(kw_only=True)
class Agreement:
    """Agreement of coders on one variable."""

    variable: str
    level: str
    coders: tuple[str, ...]
    """The coders of the compared articles."""
    articles: int
    """The number of articles with codes of two or more coders."""
    alpha: float | None
    """Krippendorff's alpha for the level of measurement; None where it is undefined."""
    no_alpha: str | None
    """The reason why there is no alpha: no_pairs, one_value, too_many_values, no_library."""
    percent: float | None
    """Percent of pairs of codes for the same article that are equal; None without pairs."""
    disagreements: tuple[Disagreement, ...]


def agreement(study: StudyFile, name: str, coders: Sequence[str] = ()) -> Agreement:
    """Return the agreement on the variable *name*, of *coders* or of all.

    Raises UsageError if the codebook has no such variable.
    """
    coded = variable(study, name)
    rows = [row for row in codes(study, variable=name) if not coders or row["coder"] in coders]
    paired = _paired(rows)
    alpha, no_alpha = _alpha(coded, paired)
    return Agreement(
        variable=name,
        level=coded.level,
        coders=tuple(sorted({coder for given in paired.values() for coder in given})),
        articles=len(paired),
        alpha=alpha,
        no_alpha=no_alpha,
        percent=_percent(paired),
        disagreements=tuple(_disagreements(rows, paired)),
    )


def _paired(rows: Sequence[Mapping[str, Any]]) -> Units:
    """Return the codes of articles that two coders or more have coded."""
    units: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        units[row["article"]][row["coder"]] = row["value"]
    return {article: given for article, given in units.items() if len(given) > 1}


def _disagreements(rows: Sequence[Mapping[str, Any]], units: Units) -> Iterator[Disagreement]:
    names = {row["article"]: row for row in rows}
    for article, given in units.items():
        if len(set(given.values())) > 1:
            row = names[article]
            yield Disagreement(
                article=article,
                site=row["site"],
                key=row["key"],
                url=row["url"],
                values=given,
            )


def _percent(units: Units) -> float | None:
    pairs = [
        first == second
        for given in units.values()
        for first, second in combinations(given.values(), 2)
    ]
    return 100 * sum(pairs) / len(pairs) if pairs else None


def _alpha(coded: Variable, units: Units) -> tuple[float | None, str | None]:
    """Return alpha, or the reason why there is none."""
    values = [value for given in units.values() for value in given.values()]
    if not values:
        return None, "no_pairs"
    if len(set(values)) == 1:
        return None, "one_value"  # no disagreement is expected by chance: 0 / 0
    try:
        from nltk.metrics.agreement import AnnotationTask  # noqa: PLC0415 -- an extra
    except ModuleNotFoundError:
        return None, "no_library"
    data = [
        (coder, article, value)
        for article, given in units.items()
        for coder, value in given.items()
    ]
    try:
        task = AnnotationTask(data=data, distance=_distance(coded, Counter(values)))
    except ValueError:  # nltk refuses very many values: its work grows with their square
        return None, "too_many_values"
    return float(task.alpha()), None


def _distance(coded: Variable, counts: Counter[Any]) -> Callable[[Any, Any], float]:
    """Return Krippendorff's difference of two values, squared, for the level of *coded*."""
    if coded.level == "interval":
        return lambda first, second: float((first - second) ** 2)
    if coded.level == "nominal":
        return lambda first, second: float(first != second)
    order = list(coded.values)
    place = {value: at for at, value in enumerate(order)}

    def ordinal(first: str, second: str) -> float:
        low, high = sorted((place[first], place[second]))
        between = sum(counts[order[at]] for at in range(low, high + 1))
        return (between - (counts[order[low]] + counts[order[high]]) / 2) ** 2

    return ordinal

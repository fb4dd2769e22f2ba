"""Score text lines by the trained model of `resources/pages/line_model.tsv`.

The model is a sum of small decision trees over the numbers of `line_features`, and tables of
weights of tags and roles. `tools/train_line_model.py` makes it. All arithmetic is
on integers: a score is the log-odds that a line is body text, times 1,000.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from newscrawl.generic.body.line_features import FEATURES, Around, LineFeatures
from newscrawl.resources import read_lines
from newscrawl.system.value_classes import frozen

CERTAIN = 2_000
"""A score beyond this after FIRST_TREES is final: of 6,463 lines none changed its role then."""
FIRST_TREES = 8
Tree = tuple[int, int, Any, Any]
"""A feature, the most that leads left, and the two branches, trees.

A leaf has its value for the most, and None for each branch.
"""


@frozen
class LineModel:
    """The trees, and the weights of the words."""

    trees: Sequence[Tree]
    weights: Mapping[tuple[str, str], int]
    """By table and word."""

    def weigh(self, word: tuple[str, str]) -> int:
        """Return the weight of a table's *word*; 0 for one that is not in the table."""
        return self.weights.get(word, 0)

    def score(self, row: Sequence[int]) -> int:
        """Return the log-odds, times 1,000, that the line with these numbers is body text."""
        total = _sum(self.trees[:FIRST_TREES], row)
        return total if abs(total) > CERTAIN else total + _sum(self.trees[FIRST_TREES:], row)


def _sum(trees: Sequence[Tree], row: Sequence[int]) -> int:
    """Return the sum of the leaves that *row* leads to."""
    total = 0
    for tree in trees:
        feature, most, left, right = tree
        while left is not None:
            feature, most, left, right = left if row[feature] <= most else right
        total += most
    return total


@cache
def line_model() -> LineModel:
    """Return the model that newscrawl comes with."""
    rows = [line.split("\t") for line in read_lines("pages/line_model.tsv")]
    names = [row[1] for row in rows if row[0] == "feature"]
    at = {number: FEATURES.index(name) for number, name in enumerate(names)}
    weights = {(row[1], row[2]): int(row[3]) for row in rows if row[0] == "weight"}
    trees = tuple(_tree(iter(row[1].split()), at) for row in rows if row[0] == "tree")
    return LineModel(trees, weights)


def _tree(parts: Iterator[str], at: Mapping[int, int]) -> Tree:
    part = next(parts)
    if ":" not in part:
        return (0, int(part), None, None)
    feature, most = part.split(":")
    return (at[int(feature)], int(most), _tree(parts, at), _tree(parts, at))


def scores_of(around: Around, lines: Sequence[int]) -> dict[int, int]:
    """Return the score of each of the page's *lines*, by its position."""
    if not lines:
        return {}
    model = line_model()
    features = LineFeatures(around, model.weigh)
    return {at: model.score(features.row(at)) for at in lines}

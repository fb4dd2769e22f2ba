"""Score text lines by the trained model of `resources/line_model.tsv`.

The model is a sum of small decision trees over the numbers of `line_features`, and a table of
weights of class names, roles and phrases. `tools/train_line_model.py` makes it. All arithmetic
is on integers: a score is the log-odds that a line is body text, times 1,000.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import attrs

from newscrawl.generic.line_features import FEATURES, Around, rows_of

UNSCORED = -9_999
"""The score of a bare link."""
CERTAIN = 4_500
"""A score beyond this is not looked at further."""
FIRST_TREES = 40
"""So many trees say whether a score is beyond it."""
Tree = int | tuple[int, int, "Tree", "Tree"]
"""A leaf's value; or a feature, the most that leads left, and the two branches."""


@attrs.frozen
class LineModel:
    """The trees, and the weights of the tokens."""

    trees: Sequence[Tree]
    weights: dict[str, int]

    def score(self, row: Sequence[int]) -> int:
        """Return the log-odds, times 1,000, that the line with these numbers is body text."""
        total = 0
        for number, tree in enumerate(self.trees):
            if number == FIRST_TREES and not -CERTAIN < total < CERTAIN:
                break
            node = tree
            while not isinstance(node, int):
                feature, most, left, right = node
                node = left if row[feature] <= most else right
            total += node
        return total


@cache
def line_model() -> LineModel:
    """Return the model that newscrawl comes with."""
    text = files("newscrawl.resources").joinpath("line_model.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and line[0] != "#"]
    names = [row[1] for row in rows if row[0] == "feature"]
    at = {number: FEATURES.index(name) for number, name in enumerate(names)}
    return LineModel(
        tuple(_tree(iter(row[1].split()), at) for row in rows if row[0] == "tree"),
        {row[1]: int(row[2]) for row in rows if row[0] == "weight"},
    )


def _tree(parts: Iterator[str], at: Mapping[int, int]) -> Tree:
    part = next(parts)
    if ":" not in part:
        return int(part)
    feature, most = part.split(":")
    return (at[int(feature)], int(most), _tree(parts, at), _tree(parts, at))


def scores_of(around: Around) -> list[int]:
    """Return the score of each line of the page."""
    model = line_model()
    rows = rows_of(around, model.weights.get)
    return [UNSCORED if row is None else model.score(row) for row in rows]

"""The part of a page that holds its article, and what each line in it is."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from newscrawl.generic.article_node import Outline, container_of, weight_of
from newscrawl.generic.fields.access import leave_out_wall
from newscrawl.generic.fields.structured_data import Structured
from newscrawl.generic.line_features import Around
from newscrawl.generic.line_model import UNSCORED, scores_of
from newscrawl.generic.second_article import leave_out, part_before, start_of_second
from newscrawl.generic.verdicts import drop_bare_headings, verdicts_of
from newscrawl.generic.verse import keep_verse
from newscrawl.html.linked_data import text_of
from newscrawl.html.text_lines import Run
from newscrawl.html.tree import Node

LONGEST_TITLE = 1_000
TEXT_ABOVE = 0.15
"""A heading with this share of the text above it is not where the article begins."""


OUTSIDE = "outside"
UNLIKELY = "unlike text"
"""The role of a line that only its score speaks against."""
LEAST_SCORE = -300
"""A line of body text scores more: its log-odds, times 1,000."""
FINAL = frozenset({"headline", "markup", "end mark", "repeated", "second article"})
"""Roles that no score overrules: they say what a line is, not where it stands."""


@attrs.frozen(eq=False)
class Part:
    """What holds headline and body."""

    near: Node
    """The smallest such part of the page, up to where a second article begins."""
    runs: Sequence[Run]
    """Its runs of text from the headline on, those of a second article too."""
    verdicts: list[str]
    """For each of them why it is no body text; the empty string for body text."""
    scores: Sequence[int] = ()
    """For each of them the line model's score."""


@attrs.frozen(eq=False)
class FirstReading:
    """The article's part and its lines by the rules alone, before the line model."""

    near: Node
    container: Node
    runs: Sequence[Run]
    verdicts: list[str]
    second: int | None
    """Where a second article begins, as a node's index."""

    def around(self, structured: Structured, outline: Outline, heading: Node | None) -> Around:
        """Return what the line model is given."""
        roles = {
            id(run): role or "body" for run, role in zip(self.runs, self.verdicts, strict=True)
        }
        return Around(outline, heading, self.container, roles, _stated(structured))


def article_part(
    structured: Structured, outline: Outline, heading: Node | None, headline: str
) -> Part:
    """Return the part that holds the article; *heading* is the printed *headline*, folded."""
    first = first_reading(structured, outline, heading, headline)
    scores = scores_of(first.around(structured, outline, heading))
    part = rejudged(first, outline.runs, scores, outline)
    keep_verse(part.runs, part.verdicts)
    leave_out_wall(part.runs, part.verdicts)
    return part


def first_reading(
    structured: Structured, outline: Outline, heading: Node | None, headline: str
) -> FirstReading:
    """Return the article's part by the rules alone."""
    second = start_of_second(outline, heading, structured)
    if second is not None:
        leave_out(outline, second)
    container = container_of(structured.tree.root, outline, heading)
    near = _near(container, heading)
    start = _start(heading, container, near, outline)
    runs = [run for run in outline.runs if start <= run.node.index < near.end]
    reasons = _reasons(runs, outline, container, heading, second)
    verdicts = verdicts_of(runs, reasons, headline=headline)
    near = near if second is None else part_before(near, second)
    return FirstReading(near, container, runs, verdicts, second)


def rejudged(
    first: FirstReading, lines: Sequence[Run], scores: Sequence[int], outline: Outline
) -> Part:
    """Return the article's part with its lines by their *scores*, wherever they stand."""
    roles = {id(run): role for run, role in zip(first.runs, first.verdicts, strict=True)}
    end = first.second if first.second is not None else len(first.near.page)
    chosen = [
        at
        for at, (run, score) in enumerate(zip(lines, scores, strict=True))
        if run.node.index < end and _is_text(roles.get(id(run), OUTSIDE), score)
    ]
    if not any(scores[at] != UNSCORED for at in chosen):
        known = {id(run): score for run, score in zip(lines, scores, strict=True)}
        own = [known[id(run)] for run in first.runs]
        return Part(first.near, first.runs, first.verdicts, own)
    own = [at for at, run in enumerate(lines) if id(run) in roles]
    reach = range(min(*own[:1], chosen[0]), max(*own[-1:], chosen[-1]) + 1)
    texts = set(chosen)
    verdicts = []
    for at in reach:
        run = lines[at]
        role = roles.get(id(run), OUTSIDE)
        if role == OUTSIDE:
            role = outline.reason(run) or OUTSIDE
        verdicts.append("" if at in texts else role or UNLIKELY)
    runs = [lines[at] for at in reach]
    drop_bare_headings(runs, verdicts)
    near = _widened(first.near, [lines[at] for at in chosen])
    return Part(near, runs, verdicts, [scores[at] for at in reach])


def _is_text(role: str, score: int) -> bool:
    if role in FINAL:
        return False
    return role == "" if score == UNSCORED else score > LEAST_SCORE


def _widened(near: Node, chosen: Sequence[Run]) -> Node:
    """Return *near*, or the part around it that holds the text if it holds less than half."""
    inside = sum(len(run.text) for run in chosen if run.node.is_below(near))
    if inside * 2 >= sum(len(run.text) for run in chosen):
        return near
    around = (node for node in near.ancestors() if all(r.node.is_below(node) for r in chosen))
    return next(around, near)


def _stated(structured: Structured) -> str:
    """Return the longest body that the structured data state."""
    values = structured.values("articleBody")
    return max((text_of(v) for v in values if isinstance(v, str)), key=len, default="")


def _reasons(
    runs: Sequence[Run],
    outline: Outline,
    container: Node,
    heading: Node | None,
    second: int | None,
) -> list[str]:
    """Return why each of *runs* is no body text by where it stands; the empty string if not."""
    is_title = heading is not None and (heading.tag == "h1" or heading.size < LONGEST_TITLE)
    reasons = []
    for run in runs:
        if second is not None and run.node.index >= second:
            reasons.append("second article")
        elif is_title and heading is not None and run.node.is_below(heading):
            reasons.append("headline")
        else:
            inside = "" if run.node.is_below(container) else "outside"
            reasons.append(outline.reason(run) or inside)
    return reasons


def _start(heading: Node | None, container: Node, near: Node, outline: Outline) -> int:
    """Return where the article begins: at its headline, unless much text is above that."""
    if heading is None:
        return near.index
    above = sum(
        weight_of(run)
        for run in outline.runs
        if container.index <= run.node.index < heading.index and not outline.reason(run)
    )
    return heading.index if above < TEXT_ABOVE * outline.weight(container) else near.index


def _near(container: Node, heading: Node | None) -> Node:
    """Return the smallest part that holds the body and the headline."""
    if heading is None:
        above = [container, *container.ancestors()][:4]
        return next((node for node in above if node.tag in {"article", "main"}), above[-1])
    return next(
        (n for n in (container, *container.ancestors()) if heading.is_below(n)), container
    )

"""The part of a page that holds its article, and what each line in it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import attrs

from newscrawl.generic.article_node import Outline, container_of, weight_of
from newscrawl.generic.fields.access import leave_out_wall
from newscrawl.generic.fields.structured_data import Structured
from newscrawl.generic.furniture import is_unseen
from newscrawl.generic.line_features import Around
from newscrawl.generic.line_model import UNSCORED, scores_of
from newscrawl.generic.second_article import leave_out, part_before, start_of_second
from newscrawl.generic.verdicts import drop_bare_headings, is_prose, verdicts_of
from newscrawl.generic.verse import keep_verse
from newscrawl.html.linked_data import text_of
from newscrawl.html.text_lines import Run
from newscrawl.html.tree import Node
from newscrawl.text.phrases import heading_kind

LONGEST_TITLE = 1_000
TEXT_ABOVE = 0.15
"""A heading with this share of the text above it is not where the article begins."""


OUTSIDE = "outside"
UNLIKELY = "unlike text"
"""The role of a line that only its score speaks against."""
LEAST_SCORE = -300
"""A line of body text scores more: its log-odds, times 1,000."""
LEAST_SHOWN = 150
"""A text of so many characters is an article without the hidden lines beside it."""
MOST_HIDDEN = 6
"""Where more than so many times its length is hidden, a script shows it later."""
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
    known = {id(run): role for run, role in zip(first.runs, first.verdicts, strict=True)}
    roles = [_role(run, known.get(id(run), OUTSIDE), outline) for run in lines]
    end = first.second if first.second is not None else len(first.near.page)
    chosen = {
        at
        for at, (run, role, score) in enumerate(zip(lines, roles, scores, strict=True))
        if run.node.index < end and _is_text(role, score)
    }
    chosen -= _unseen(lines, chosen)
    own = [at for at, run in enumerate(lines) if id(run) in known]
    if all(scores[at] == UNSCORED for at in chosen):
        return Part(first.near, first.runs, first.verdicts, [scores[at] for at in own])
    chosen |= {at - 1 for at in chosen if at and _is_sub_head(lines, roles, at - 1)}
    reach = range(min(*own[:1], *chosen), max(*own[-1:], *chosen) + 1)
    runs = [lines[at] for at in reach]
    verdicts = ["" if at in chosen else roles[at] or UNLIKELY for at in reach]
    drop_bare_headings(runs, verdicts)
    near = _widened(first.near, [lines[at] for at in sorted(chosen)])
    return Part(near, runs, verdicts, [scores[at] for at in reach])


def _role(run: Run, role: str, outline: Outline) -> str:
    """Return a line's role by the rules; one that stands outside has that of its place."""
    return outline.reason(run) or OUTSIDE if role == OUTSIDE else role


def _is_sub_head(lines: Sequence[Run], roles: Sequence[str], at: int) -> bool:
    """Whether a heading above text only begins as that of a list: `Related damage`."""
    run = lines[at]
    if run.kind != "heading" or roles[at] != "related" or not is_prose(lines[at + 1]):
        return False
    return heading_kind(run.text) is None


def _unseen(lines: Sequence[Run], chosen: Collection[int]) -> set[int]:
    """Return the lines of *chosen* that are hidden, if the others are an article's text."""
    hidden = {
        at
        for at in chosen
        if any(reason == "hidden" and is_unseen(n.attributes) for n, reason in lines[at].flags)
    }
    shown = sum(len(lines[at].text) for at in chosen if at not in hidden)
    unseen = sum(len(lines[at].text) for at in hidden)
    return hidden if shown >= LEAST_SHOWN and shown * MOST_HIDDEN >= unseen else set()


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

"""Range of the body among the lines of a text dump, and its blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newscrawl.article import Block
from newscrawl.generic.plain_text.dump_lines import Line, weight_of
from newscrawl.system.value_classes import frozen
from newscrawl.text.list_headings import heading_kind

TRAILING_LINES = 2
"""Most last paragraphs without a full stop that still belong to the body."""


@frozen
class Span:
    """A run of lines, from *start* up to but not including *end*."""

    start: int
    end: int

    def __bool__(self) -> bool:
        """Return whether it holds any line."""
        return self.end > self.start


def body_span(lines: Sequence[Line]) -> Span:
    """Return the run of lines that weighs most as body text; an empty one where none does."""
    weights = [weight_of(line) for line in lines]
    span = _heaviest(weights)
    if not span:
        span = _heaviest([w or len(line.text) for w, line in zip(weights, lines, strict=True)])
    end = span.end
    while span and end < len(lines) and end - span.end < TRAILING_LINES and not weights[end]:
        end += 1
    return Span(span.start, end)


def _heaviest(weights: Sequence[int]) -> Span:
    """Return the run whose weights add up to most, in one pass."""
    best, best_sum, start, total = Span(0, 0), 0, 0, 0
    for index, weight in enumerate(weights):
        total += weight
        if total <= 0:
            start, total = index + 1, 0
        elif total > best_sum:
            best, best_sum = Span(start, index + 1), total
    return best


def embedded_lists(lines: Sequence[Line], span: Span) -> list[Span]:
    """Return the link lists that stand inside the body: a known heading, then short lines."""
    found, index = [], span.start
    while index < span.end:
        end = index + 1
        if heading_kind(lines[index].text) is not None:
            while end < span.end and weight_of(lines[end]) <= 0 and not lines[end].is_sentence:
                end += 1
            found.append(Span(index, end))
        index = end
    return found


def blocks_from(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Return *lines* of a body as blocks: paragraphs, sub-heads, and lists an item a line."""
    return tuple(_joined(_blocks(lines)))


def _blocks(lines: Sequence[Line]) -> Iterator[Block]:
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        if line.is_bullet:
            yield Block(kind="list", text=line.without_bullet)
        elif _is_subhead(line, following):
            yield Block(kind="heading", text=line.text)
        else:
            yield Block(kind="paragraph", text=line.text)


def _is_subhead(line: Line, following: Line | None) -> bool:
    if following is None or len(line.text) > 90 or line.text[-1] in '.,،؛;!"»”':
        return False
    return weight_of(line) <= 0 and not line.is_cut and weight_of(following) > 0


def _joined(blocks: Iterator[Block]) -> Iterator[Block]:
    """Join neighbouring list items into one block."""
    items: list[str] = []
    for block in blocks:
        if block.kind == "list":
            items.append(block.text)
            continue
        if items:
            yield Block(kind="list", text="\n".join(items))
            items = []
        yield block
    if items:
        yield Block(kind="list", text="\n".join(items))

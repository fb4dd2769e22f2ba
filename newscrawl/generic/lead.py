"""Dateline and source credit: what stands at the head and the tail of the text."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.article import Dateline, SourceCredit
from newscrawl.blocks import Run
from newscrawl.credit import parse_credit, split_credit
from newscrawl.dateline import parse_dateline, split_dateline
from newscrawl.fields import Context

LONGEST_LINE = 120
HEAD_LINES = 12
_ABOVE = frozenset({"head", "byline", "outside", "header"})
TAIL_LINES = 3


def dateline_of(
    runs: Sequence[Run], verdicts: Sequence[str], context: Context
) -> tuple[Dateline | None, str]:
    """Return the dateline above the first paragraph, else at its head, and the rule."""
    clock = context.page.fetched_at
    first = next((i for i, verdict in enumerate(verdicts) if not verdict), None)
    if first is None:
        return None, ""
    for index in range(first - 1, max(-1, first - 1 - HEAD_LINES), -1):
        if len(runs[index].text) <= LONGEST_LINE and verdicts[index] in _ABOVE:
            found = parse_dateline(runs[index].text, page_time=clock)
            if found is not None and found.place:
                return found, "dateline_line"
    found, _ = split_dateline(runs[first].text, page_time=clock)
    return found, "first_paragraph"


def credit_of(runs: Sequence[Run], verdicts: list[str]) -> tuple[SourceCredit | None, str]:
    """Return the credit below the last paragraph, else at its end, and the rule.

    A line that is no more than the credit is left out of the body; *verdicts* is told so.
    """
    kept = [index for index, verdict in enumerate(verdicts) if not verdict]
    if not kept:
        return None, ""
    last = kept[-1]
    for index in (*range(last, min(len(runs), last + 1 + TAIL_LINES)), *kept[-2:-1]):
        if (
            len(runs[index].text) <= LONGEST_LINE
            and len(kept) > 1
            and verdicts[index] in {"", "tail"}
        ):
            found = parse_credit(runs[index].text)
            if found is not None:
                verdicts[index] = "credit"
                return found, "credit_line"
    found, _ = split_credit(runs[last].text)
    return found, "last_paragraph"

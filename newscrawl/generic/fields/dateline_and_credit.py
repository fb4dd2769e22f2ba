"""Dateline and source credit, from the head and the tail of the text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from newscrawl.article import Dateline, SourceCredit
from newscrawl.generic.fields.structured_data import Structured
from newscrawl.html.text_lines import Run
from newscrawl.layouts.field_readers import Context
from newscrawl.values.credit import parse_credit, split_credit
from newscrawl.values.dateline import parse_dateline, split_dateline

LONGEST_LINE = 120
HEAD_LINES = 12
_ABOVE = frozenset({"head", "byline", "outside", "header"})
TAIL_LINES = 3
LONGEST_OUTLET = 40
_TITLE_SIGNS = (" | ", " - ", " – ", " — ", " :: ")


def outlets_of(structured: Structured) -> tuple[str, ...]:
    """Return the names that the page gives its own outlet."""
    title = structured.tree.title
    ends = (title.rpartition(sign)[2].strip() for sign in _TITLE_SIGNS if sign in title)
    names = (structured.meta("og:site_name"), structured.text("publisher.name"), *ends)
    return tuple(name for name in names if name and len(name) <= LONGEST_OUTLET)


def dateline_of(
    runs: Sequence[Run], verdicts: Sequence[str], context: Context, outlets: Collection[str]
) -> tuple[Dateline | None, str]:
    """Return the dateline above the first paragraph, else at its head, and the rule."""
    clock = context.page.fetched_at
    first = next((i for i, verdict in enumerate(verdicts) if not verdict), None)
    if first is None:
        return None, ""
    for index in range(first - 1, max(-1, first - 1 - HEAD_LINES), -1):
        if len(runs[index].text) <= LONGEST_LINE and verdicts[index] in _ABOVE:
            found = parse_dateline(runs[index].text, page_time=clock, outlets=outlets)
            if found is not None and found.place:
                return found, "dateline_line"
    found, _ = split_dateline(runs[first].text, page_time=clock, outlets=outlets)
    return found, "first_paragraph"


def credit_of(
    runs: Sequence[Run], verdicts: list[str], outlets: Collection[str]
) -> tuple[SourceCredit | None, str]:
    """Return the credit below the last paragraph, else at its end, and the rule.

    It is left out of the body: *verdicts* is told of a line that is no more than the credit,
    and a last paragraph that ends in one is cut in *runs*.
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
            found = parse_credit(runs[index].text, outlets=outlets)
            if found is not None:
                verdicts[index] = "credit"
                return found, "credit_line"
    found, rest = split_credit(runs[last].text, outlets=outlets)
    if found is not None and rest:
        runs[last].text = rest
    return found, "last_paragraph"

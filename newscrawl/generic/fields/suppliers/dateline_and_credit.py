"""Dateline and source credit, from the head and the tail of the text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from newscrawl.article import Dateline, SourceCredit
from newscrawl.generic.body.lines import Lines, roles_in, runs_in, with_rest, with_role
from newscrawl.generic.fields.structured_data import Structured
from newscrawl.html.text_lines import Run
from newscrawl.layouts.field_readers import Context
from newscrawl.text.urls import host_of
from newscrawl.values.credit import all_wires, is_labelled, parse_credit, split_credit
from newscrawl.values.dateline import parse_dateline, split_dateline
from newscrawl.values.gazetteer.agencies import supplier_named

LONGEST_LINE = 120
HEAD_LINES = 12
_ABOVE = frozenset({"head", "byline", "outside", "header"})
TAIL_LINES = 3
LONGEST_INITIALS = 2
LINES_BELOW = 4
"""Most lines between the text and a credit in a part of its own."""
_NEVER_CREDIT = frozenset(
    {
        *("caption", "comments", "related", "teasers", "hidden", "link", "advert", "form"),
        *("second article", "repeated", "consent", "newsletter", "bio"),
    }
)
_BESIDE = frozenset({"outside", "byline", "tail", "head", "header", "sidebar"})
"""Where an agency's bare name is a credit."""
LONGEST_OUTLET = 40
_TITLE_SIGNS = (" | ", " - ", " – ", " — ", " :: ")


def outlets_of(structured: Structured) -> tuple[str, ...]:
    """Return the names that the page gives its own outlet, and its host's."""
    title = structured.tree.title
    ends = (title.rpartition(sign)[2].strip() for sign in _TITLE_SIGNS if sign in title)
    host = host_of(structured.page.url).removeprefix("www.")
    label = host.rpartition(".")[0].rpartition(".")[2]
    names = (structured.meta("og:site_name"), structured.text("publisher.name"), *ends)
    return tuple(n for n in (*names, host, label) if n and len(n) <= LONGEST_OUTLET)


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


def credit_of(lines: Lines, outlets: Collection[str]) -> tuple[Lines, SourceCredit | None, str]:
    """Return the credit below the text, at its end or beside the byline, and the rule.

    The result is the lines, the credit and the rule. In the lines the credit is no body text:
    a line that is no more has its role, and a last paragraph that ends in it is cut.
    """
    runs, verdicts = runs_in(lines), roles_in(lines)
    kept = [index for index, verdict in enumerate(verdicts) if not verdict]
    if not kept:
        return lines, None, ""
    last = kept[-1]
    for index in (*range(last, min(len(runs), last + 1 + TAIL_LINES)), *kept[-2:-1]):
        if (
            len(runs[index].text) <= LONGEST_LINE
            and len(kept) > 1
            and verdicts[index] in {"", "tail"}
        ):
            found = parse_credit(runs[index].text, outlets=outlets)
            if found is not None:
                return with_role(lines, index, "credit"), found, "credit_line"
    found, rest = split_credit(runs[last].text, outlets=outlets)
    if found is not None:
        cut = with_rest(lines, last, rest) if rest else lines
        return cut, found, "last_paragraph"
    below = range(last + 1, min(len(runs), last + 1 + LINES_BELOW))
    for places, rule in ((below, "credit_below"), (lines_above(verdicts), "byline")):
        apart = _credit_apart(runs, verdicts, places, outlets)
        if apart is not None:
            return lines, apart, rule
    return lines, None, ""


def _credit_apart(
    runs: Sequence[Run],
    verdicts: Sequence[str],
    places: Iterable[int],
    outlets: Collection[str],
) -> SourceCredit | None:
    """Return the credit in a line at one of *places*, which stand apart from the text.

    There a name without a label is a credit only if it is an agency's.
    """
    for index in places:
        text, verdict = runs[index].text, verdicts[index]
        if len(text) > LONGEST_LINE or verdict in _NEVER_CREDIT:
            continue
        found = parse_credit(text, outlets=outlets)
        if found is None:
            continue
        if is_labelled(text):
            return found
        is_bare = verdict in _BESIDE and is_wire_line(text, found, outlets)
        if is_bare and not _is_dateline(text):
            return found
    return None


def _is_dateline(text: str) -> bool:
    """Whether a line of agencies names the place of a dateline as well."""
    found = parse_dateline(text)
    return found is not None and found.place is not None


def is_wire_line(text: str, credit: SourceCredit, outlets: Collection[str]) -> bool:
    """Return whether a line without a label is agencies' names for sure.

    Two letters are as often initials or a button (`AA`), and an agency's own site prints its
    name above everything.
    """
    is_own = {agency.id for agency in credit.agencies} & ids_of(outlets)
    letters = sum(map(str.isalnum, text))
    return letters > LONGEST_INITIALS and not is_own and all_wires(credit.agencies)


def ids_of(outlets: Collection[str]) -> frozenset[str]:
    """Return the ids that the table of agencies has for *outlets*, `sputniknews` too."""
    names = (*outlets, *(name.removesuffix("news") for name in outlets if name.islower()))
    return frozenset(found.id for found in map(supplier_named, names) if found)


def lines_above(verdicts: Sequence[str]) -> range:
    """Return the indexes of the lines between headline and text, without the headline."""
    first = next((at for at, verdict in enumerate(verdicts) if not verdict), None)
    if first is None:
        return range(0)
    title = max((at for at in range(first) if verdicts[at] == "headline"), default=-1)
    return range(max(title + 1, first - HEAD_LINES), first)

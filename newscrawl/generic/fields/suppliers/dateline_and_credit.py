"""Dateline and source credit, from the head and the tail of the text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from newscrawl.article import Dateline, SourceCredit
from newscrawl.generic.body.lines import Line, Lines, start_of, with_rest, with_role
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.layouts.field_readers import Context
from newscrawl.text.urls import bare_host_of
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
NEAR = 8
"""A picture so many elements before or after a line may be what it credits."""
_NEVER_CREDIT = frozenset(
    {
        *("caption", "comments", "related", "teasers", "hidden", "link", "advert", "form"),
        *("second article", "repeated", "consent", "newsletter", "bio"),
    }
)
_BESIDE = frozenset({"outside", "byline", "tail", "head", "header", "sidebar"})
"""Places where an agency's bare name is a credit."""
LONGEST_OUTLET = 40
_TITLE_SIGNS = (" | ", " - ", " – ", " — ", " :: ")


def outlets_of(structured_data: StructuredData) -> tuple[str, ...]:
    """Return the names that the page gives its own outlet, and its host's."""
    title = structured_data.tree.title
    ends = (title.rpartition(sign)[2].strip() for sign in _TITLE_SIGNS if sign in title)
    host = bare_host_of(structured_data.page.url)
    label = host.rpartition(".")[0].rpartition(".")[2]
    names = (
        structured_data.meta("og:site_name"),
        structured_data.text("publisher.name"),
        *ends,
    )
    return tuple(n for n in (*names, host, label) if n and len(n) <= LONGEST_OUTLET)


def dateline_of(
    lines: Sequence[Line], context: Context, outlets: Collection[str]
) -> tuple[Dateline | None, str]:
    """Return the dateline above the first paragraph, else at its head, and the rule."""
    for rule, found in dateline_candidates(lines, context, outlets):
        if found.place or rule == "first_paragraph":
            return found, rule
    return None, ""


def dateline_candidates(
    lines: Sequence[Line], context: Context, outlets: Collection[str]
) -> Iterator[tuple[str, Dateline]]:
    """Yield the rule of each place of a dateline and the dateline found there."""
    clock = context.page.fetched_at
    first = start_of(lines)
    if first == len(lines):
        return
    for line in reversed(lines[max(0, first - HEAD_LINES) : first]):
        if len(line.text) <= LONGEST_LINE and line.role in _ABOVE:
            found = parse_dateline(line.text, page_time=clock, outlets=outlets)
            if found is not None:
                yield "dateline_line", found
    found, _ = split_dateline(lines[first].text, page_time=clock, outlets=outlets)
    if found is not None:
        yield "first_paragraph", found


def credit_of(lines: Lines, outlets: Collection[str]) -> tuple[Lines, SourceCredit | None, str]:
    """Return the credit below the text, at its end or beside the byline, and the rule.

    The result is the lines, the credit and the rule. In the lines the credit is no body text:
    a line that is no more has its role, and a last paragraph that ends in it is cut.
    """
    nothing = ("", None, lines)
    rule, credit, lines = next(credit_candidates(lines, outlets), nothing)
    return lines, credit, rule


def credit_candidates(
    lines: Lines, outlets: Collection[str]
) -> Iterator[tuple[str, SourceCredit, Lines]]:
    """Yield the rule of each place of a credit, the credit there, and the lines without it."""
    body = [at for at, line in enumerate(lines) if not line.role]
    if not body:
        return
    last = body[-1]
    for at, credit, rule in _whole_lines(lines, body, outlets):
        yield rule, credit, with_role(lines, at, "credit")
    found, rest = split_credit(lines[last].text, outlets=outlets)
    if found is not None:
        yield "last_paragraph", found, with_rest(lines, last, rest) if rest else lines
    below = lines[last + 1 : last + 1 + LINES_BELOW]
    for around, rule in ((below, "credit_below"), (lines_above(lines), "byline")):
        for found in _credits_apart(around, outlets):
            yield rule, found, lines


def _whole_lines(
    lines: Lines, body: Sequence[int], outlets: Collection[str]
) -> Iterator[tuple[int, SourceCredit, str]]:
    """Yield the positions of lines at either end of the text that are credits, and no text."""
    if len(body) < 2:
        return
    last = body[-1]
    ends = (*range(last, min(len(lines), last + 1 + TAIL_LINES)), body[-2])
    for at, credit in _credit_lines(lines, ends, outlets):
        yield at, credit, "credit_line"
    if is_labelled(lines[body[0]].text):
        for at, credit in _credit_lines(lines, body[:1], outlets):
            yield at, credit, "byline"


def _credit_lines(
    lines: Lines, ends: Iterable[int], outlets: Collection[str]
) -> Iterator[tuple[int, SourceCredit]]:
    """Yield each of the positions *ends* whose line is a credit, and the credit."""
    for at in ends:
        found = _credit_line(lines[at], outlets)
        if found is not None:
            yield at, found


def _credit_line(line: Line, outlets: Collection[str]) -> SourceCredit | None:
    """Return the credit that a line at the end of the text holds alone."""
    if len(line.text) > LONGEST_LINE or line.role not in {"", "tail", "copyright"}:
        return None
    found = parse_credit(line.text, outlets=outlets)
    is_owner = line.role != "copyright" or (found and is_wire_line(line.text, found, outlets))
    return found if is_owner else None


def _credits_apart(lines: Iterable[Line], outlets: Collection[str]) -> Iterator[SourceCredit]:
    """Yield the credits in *lines*, which stand apart from the text.

    There a name without a label is a credit only if it is an agency's.
    """
    for line in lines:
        found = _apart(line, outlets)
        if found is not None:
            yield found


def _apart(line: Line, outlets: Collection[str]) -> SourceCredit | None:
    """Return the credit that *line*, apart from the text, is; None where it is none."""
    text, is_beside = line.text, line.role in _BESIDE or _is_lone(line)
    if len(text) > LONGEST_LINE or (line.role in _NEVER_CREDIT and not is_beside):
        return None
    found = parse_credit(text, outlets=outlets)
    if found is None or is_labelled(text):
        return found
    is_bare = is_beside and is_wire_line(text, found, outlets)
    return found if is_bare and not _is_dateline(text) else None


def _is_lone(line: Line) -> bool:
    """Return whether a line with the role of a caption, by its class, is near no picture."""
    node = line.text_line.node
    if line.role != "caption" or node.tag == "figcaption" or node.is_inside({"figure"}):
        return False
    around = node.parent or node
    near = around.page[max(0, node.index - NEAR) : node.end + NEAR]
    return not any(part.tag in {"img", "picture", "figure", "amp-img"} for part in near)


def _is_dateline(text: str) -> bool:
    """Return whether a line of agencies names the place of a dateline as well."""
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


def lines_above(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines between headline and text, without the headline."""
    first = start_of(lines)
    if first == len(lines):
        return ()
    title = max((at for at in range(first) if lines[at].role == "headline"), default=-1)
    return lines[max(title + 1, first - HEAD_LINES) : first]

"""Free access to the whole text: as the page states it, else by the paywall that it prints.

Many sites put the markup of their wall on every page and hide it by a style sheet, which is not
known here: a printed wall counts only below a body that is as short as a cut one is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from newscrawl.generic.body.lines import Line, Lines, roles_in, with_roles
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.text_lines import TextLine
from newscrawl.html.tree import Node
from newscrawl.text.phrases import folded, phrase_table

LONGEST_CUT = 3_000
"""Most characters of a cut body; a longer one is complete, even above a printed wall."""
LONGEST_LINE = 250
LINES_BELOW = 6
"""Lines below the body that may be the wall's where no class says so."""
MOST_BELOW = 200
"""Most lines below the body that are examined; a wall further down is another's."""
CLIMB = 4
_NEVER = frozenset({"hidden", "navigation", "comments", "consent"})
_WORDS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
_NO_WORD = re.compile(r"[\W_]+")


def without_wall(lines: Lines) -> Lines:
    """Mark the wall at the end of a cut body, and the lines after it, as `paywall`."""
    body = [at for at, line in enumerate(lines) if not line.role]
    if not body or sum(len(lines[at].text_line.text) for at in body) > LONGEST_CUT:
        return lines
    for at in body[1:][-LINES_BELOW:]:
        if _is_wall(lines[at].text_line, is_near=_begins(lines[at].text_line)):
            below = (line.role or "paywall" for line in lines[at:])
            return with_roles(lines, (*roles_in(lines[:at]), *below))
    return lines


def access_of(
    structured_data: StructuredData, lines: Sequence[Line]
) -> tuple[bool | None, str]:
    """Return whether the whole text is free to read, and the rule; None for unknown."""
    found = access_candidates(structured_data, lines)
    return next(((said, rule) for rule, said in found), (None, ""))


def access_candidates(
    structured_data: StructuredData, lines: Sequence[Line]
) -> Iterator[tuple[str, bool]]:
    """Yield the rule of each source that states free access, and its answer."""
    for rule, values in (
        ("jsonld", structured_data.values("isAccessibleForFree")),
        ("itemprop", structured_data.metas.get("isaccessibleforfree", ())),
    ):
        said = next((word for word in map(_word, values) if word is not None), None)
        if said is not None:
            yield rule, said
    parts = {_word(value) for value in structured_data.values("hasPart.isAccessibleForFree")}
    if parts & {True, False}:
        yield "jsonld:hasPart", False not in parts
    tier = structured_data.meta("article:content_tier")
    if tier in {"free", "metered", "locked"}:
        yield "meta:article:content_tier", tier != "locked"
    if _has_wall(lines):
        yield "printed_wall", False


def _has_wall(lines: Sequence[Line]) -> bool:
    """Return whether a wall is printed below a body that is as short as a cut one."""
    if "paywall" in roles_in(lines):
        return True
    body = [at for at, line in enumerate(lines) if not line.role]
    if not body or sum(len(lines[at].text) for at in body) > LONGEST_CUT:
        return False
    near = range(body[-1] + 1, body[-1] + 1 + LINES_BELOW)
    below = _short_between(lines, body[0] + 1, body[-1] + MOST_BELOW)
    # Most pages have none of the phrases: all lines together say so at once.
    together = _words_of("\n".join(lines[at].text_line.text for at in below))
    return any(map(together.__contains__, _phrases())) and any(
        _is_wall(lines[at].text_line, is_near=at in near) for at in below
    )


def _short_between(lines: Sequence[Line], start: int, end: int) -> list[int]:
    """Return the places of short lines outside the body from *start* up to *end*."""
    places = range(start, min(len(lines), end))
    return [
        at for at in places if lines[at].role and len(lines[at].text_line.text) <= LONGEST_LINE
    ]


def _word(value: object) -> bool | None:
    return _WORDS.get(str(value).strip().rpartition("/")[2].lower())


def _words_of(text: str) -> str:
    """Return the folded words of *text*, each between spaces."""
    return f" {_NO_WORD.sub(' ', folded(text)).strip()} "


def _begins(text_line: TextLine) -> bool:
    """Return whether a paragraph begins with a wall's phrase or holds a link.

    Any other paragraph with such a phrase is prose about paywalls.
    """
    start = _words_of(text_line.text[:LONGEST_LINE])
    return text_line.links > 0 or start.startswith(_phrases())


def _is_wall(text_line: TextLine, *, is_near: bool) -> bool:
    """Return whether *text_line* says that the text goes on for subscribers."""
    if len(text_line.text) > LONGEST_LINE:
        return False
    text = _words_of(text_line.text)
    if not any(map(text.__contains__, _phrases())):
        return False
    is_seen = not any(role in _NEVER for _, role in text_line.flags)
    return is_seen and (is_near or _is_marked(text_line.node))


def _is_marked(node: Node) -> bool:
    for part in (node, *islice(node.ancestors(), CLIMB)):
        class_and_id = part.class_and_id[:200].lower()
        if class_and_id and any(
            mark in class_and_id for mark in phrase_table("pages/paywalls")["marks"]
        ):
            return True
    return False


@cache
def _phrases() -> tuple[str, ...]:
    """Return the phrases of walls as they are compared; of scripts with spaces, whole words."""
    found = map(_words_of, phrase_table("pages/paywalls")["phrases"])
    return tuple(text.strip() if text[1] >= "\u3000" else text for text in found)

"""A team, desk or outlet in the byline of a page that names no person.

schema.org lets an author be an organization, so `By the Harbour Team` names one. What only the
metadata say is not believed: systems write the outlet into every page. Agencies are the source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Literal

from newscrawl.generic.fields.dates.printed_dates import Surroundings
from newscrawl.generic.fields.persons.bylines import cut, ends_in_date, lines_near_headline
from newscrawl.generic.fields.persons.printed_authors import Hit
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import folded, phrase_table
from newscrawl.values.gazetteer.agencies import is_agency
from newscrawl.values.person_names import is_group, without_opening

LONGEST = 60
MOST_WORDS = 6
LAST_RANK = 1
"""Rank of the places above the text (`printed_authors.Hit.rank`)."""
_END = compiled_on_use(
    r"\s(?:[|/•·–—-]{1,2}\s|(?=\d)|(?:am|on|um|le|el|vor)(?:\s|$))|\s?[|•·]\s?"
)
"""End of a name before a date or another part of the line."""
_STRANGE = compiled_on_use(r"[@:!?\"“”„«»…=<>{}#%]|//|www\.|\d{3}|\d[.:]\d|^[\W\d_]*$")

Trust = Literal["markup", "mark", "line"]
_LEAST_SIGNS: Mapping[Trust, int] = {"markup": 0, "mark": 1, "line": 2}
"""Least signs of a name by its place: two if metadata state it, one each for a label before it
and a word of a team in it."""
Names = tuple[str, ...]
_Place = tuple[str, Trust, str, str]
"""Rule, trust and text of a place, and the start of the line, in which a date must be."""


def printed_group(
    hits: Iterable[Hit],
    around: Surroundings,
    authors: Collection[str],
    outlets: Collection[str],
) -> tuple[Names, str]:
    """Return the name that the page prints as its author's, and the rule; nothing without one.

    *authors* and *outlets* are folded names that the metadata state.
    """
    for rule, trust, text, before in chain(_of_hits(hits), _of_lines(around)):
        name, is_labelled = _name_in(text, is_cut=trust != "markup")
        known = {*authors, *outlets} if trust == "mark" else authors
        signs = 2 * (folded(name) in known) + is_labelled + is_group(name)
        if signs < _LEAST_SIGNS[trust] or not _may_be_author(name):
            continue
        if not before or ends_in_date(before):
            return (name,), rule
    return (), ""


def _of_hits(hits: Iterable[Hit]) -> Iterator[_Place]:
    """Yield each marked element, from the top of the article."""
    for hit in sorted(hits, key=lambda hit: (hit.rank, hit.node.index)):
        if hit.kind in {"rel", "itemprop"}:
            yield hit.kind, "markup", hit.raw, ""
        elif hit.rank <= LAST_RANK:
            yield hit.kind, "mark", hit.raw, ""


def _of_lines(around: Surroundings) -> Iterator[_Place]:
    """Yield each line near the headline, and what stands behind a number in it."""
    for line in lines_near_headline(around):
        yield "byline_line", "line", line, ""
        for before, piece in cut(line):
            yield "byline_line", "line", piece, before


def _name_in(text: str, *, is_cut: bool) -> tuple[str, bool]:
    """Return the name in *text* and whether the label of a writer precedes it.

    With *is_cut* a date or another part of the line may follow the name.
    """
    text = " ".join(text.split())
    bare = without_opening(text)
    name = _END.split(bare, maxsplit=1)[0] if is_cut else bare
    return name.strip(" ,→»"), not text.startswith(bare)


def _may_be_author(name: str) -> bool:
    """Return whether *name* has the form of a name, and is no placeholder, date or agency."""
    words = name.split()
    if not 2 <= len(name) <= LONGEST or len(words) > MOST_WORDS or _STRANGE.search(name):
        return False
    if any(map(is_agency, (name, *words))) or _is_office(name):
        return False
    return _placeholders().isdisjoint(folded(name).split())


def _is_office(name: str) -> bool:
    """Return whether *name* is the office of one person, no team: `Staff Clinician`."""
    last_word = name.rsplit(maxsplit=1)[-1]
    return folded(last_word) in _folded("offices") or folded(name) in _folded("unnamed")


@cache
def _folded(key: str) -> frozenset[str]:
    return frozenset(map(folded, phrase_table("credits/bylines")[key]))


@cache
def _placeholders() -> frozenset[str]:
    return frozenset(phrase_table("credits/bylines")["placeholders"])

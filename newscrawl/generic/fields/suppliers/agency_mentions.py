"""The agencies that a page names, wherever it does: dateline, byline, credit, metadata.

A byline and metadata name persons and desks as well: of these only agencies of the table count.
The page's own outlet is no supplier of its own texts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from newscrawl.article import Agency, AgencyMention, AgencyPlace, mentions_from
from newscrawl.generic.body.lines import Line
from newscrawl.generic.fields.persons.authors import METAS, METAS_LATER
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.generic.fields.suppliers.dateline_and_credit import (
    LONGEST_INITIALS,
    ids_of,
    lines_above,
    outlets_of,
)
from newscrawl.html.linked_data import text_of
from newscrawl.text.phrases import Openings, phrase_table
from newscrawl.values.credit import parse_credit
from newscrawl.values.gazetteer.agencies import (
    Supplier,
    agencies_in,
    is_common,
    near_supplier,
    supplier_named,
)
from newscrawl.values.gazetteer.names import name_key

LONGEST_BYLINE = 160
MOST = 8
_NO_BYLINE = frozenset({"caption", "comments", "related", "teasers", "hidden", "advert"})
_PATHS = ("author", "creator", "contributor", "sourceOrganization", "provider")
_METAS = (*METAS, *METAS_LATER, "articleauthor", "dcterms.source", "original-source", "source")
_BETWEEN = re.compile(
    r"\s{0,3}[/|+&،,;؛•·()\[\]]\s{0,3}|\s[-–—ـ]{1,3}\s"
    r"|\s(?:on|am|le|el|em|il|op|den|в|في)\s(?=\d)"
    r"|\s(?:and|with|und|mit|et|avec|y|con|e|og|och|en|ve|và)\s"
)
_JOINER = re.compile(r"^(?:with|mit|avec|con|com|met|med|z|с)\s", re.IGNORECASE)
"""Before the agency in a part of its own: `The Post / Avec AFP`."""
_EDGES = " \t.:-–—ـ*\"'“”„«»"


def agencies_of(
    values: Mapping[str, Any],
    lines: Sequence[Line],
    structured_data: StructuredData,
) -> tuple[AgencyMention, ...]:
    """Return each agency once for each place that names it, in the order of the page.

    *values* are the article's own, of which dateline and credit count.
    """
    own = outlets_of(structured_data)
    credit = values.get("source_credit")
    byline = _named(_byline_pieces(lines), "byline")
    found = (
        *mentions_from(dateline_agencies(values, own), "dateline"),
        *byline,
        *mentions_from(credit.agencies if credit else (), "source_credit"),
        *_named(_stated_names(structured_data), "jsonld"),
        *_named(_meta_names(structured_data), "meta"),
    )
    return tuple({(one.id or name_key(one.name), one.found_in): one for one in found}.values())


def dateline_agencies(values: Mapping[str, Any], own: Collection[str] = ()) -> list[Agency]:
    """Return the agencies of the dateline in *values*, but for an outlet of the names *own*."""
    dateline = values.get("dateline")
    if dateline is None or not dateline.agency:
        return []
    credit = parse_credit(dateline.agency)
    if credit is not None:
        found = credit.agencies
    else:
        supplier = supplier_named(dateline.agency) or near_supplier(dateline.agency)
        found = (Agency(name=dateline.agency, id=supplier.id if supplier else None),)
    return [one for one in found if not _is_own(one, own)]


def _is_own(agency: Agency, own: Collection[str]) -> bool:
    """Return whether *agency* is the page's own outlet; an agency's own site is its source."""
    supplier = supplier_named(agency.name)
    if supplier is not None and supplier.kind != "outlet":
        return False
    return agency.id in ids_of(own) or name_key(agency.name) in set(map(name_key, own))


def _named(pieces: Iterable[str], place: AgencyPlace) -> Iterator[AgencyMention]:
    """Yield the agencies of the table among *pieces* of a byline."""
    for piece in pieces:
        for name, supplier in agencies_in(piece):
            if _is_agency(name, supplier):
                yield AgencyMention(name=name.strip(_EDGES), id=supplier.id, found_in=place)


def _is_agency(name: str, supplier: Supplier) -> bool:
    """Return whether *name* is an agency's; one that is a word too is so in capitals: `MAP`."""
    is_word = is_common(name, supplier) and not (name.isascii() and name.isupper())
    return supplier.kind != "outlet" and not is_word


def _byline_pieces(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the parts of the lines between headline and text."""
    for line in lines_above(lines):
        text = line.text
        is_short = LONGEST_INITIALS < len(text) <= LONGEST_BYLINE
        if is_short and line.role not in _NO_BYLINE:
            yield from _pieces(text)


def _pieces(line: str) -> Iterator[str]:
    """Yield the names in a byline, without its label."""
    count = _labels().words_of(line)
    rest = line.split(maxsplit=count)[count:] if count else [line]
    pieces = (piece.strip(_EDGES) for piece in _BETWEEN.split("".join(rest)))
    return (_JOINER.sub("", piece) for piece in pieces if piece)


@cache
def _labels() -> Openings:
    table = phrase_table("credits/bylines")
    return Openings([*table["labels"]["strong"], *table["labels"]["weak"], *table["openings"]])


def _stated_names(structured_data: StructuredData) -> Iterator[str]:
    """Yield the parts of the names that the JSON-LD gives to authors and sources."""
    for value in structured_data.values(*_PATHS):
        yield from _pieces(text_of(value)[:LONGEST_BYLINE])


def _meta_names(structured_data: StructuredData) -> Iterator[str]:
    for name in _METAS:
        for content in structured_data.metas.get(name, ())[:MOST]:
            yield from _pieces(content[:LONGEST_BYLINE])

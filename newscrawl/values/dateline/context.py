"""What the parts of a dateline are that only their neighbours explain.

A town that no table has is one before its country in brackets; a misprinted agency is one
beside a place. Nothing is decided by position alone: each rule asks the tables.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from newscrawl.values.dateline.parts import Part
from newscrawl.values.gazetteer.agencies import near_supplier
from newscrawl.values.gazetteer.places import near_country, near_place, place_kind


def resolved(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return *parts* with those that only their neighbours explain explained."""
    found = list(parts)
    has_wire = any(part.kind == "agency" and part.has_agency_kind for part in parts)
    has_place = any(part.kind == "place" for part in parts)
    for index, part in enumerate(parts):
        if part.kind == "agency" and not part.is_sure and has_wire:
            found[index] = _place_after_all(part)
        if part.kind in {"unknown", "person"} and not part.is_sure:
            found[index] = _explained(part, parts[index + 1 :], has_wire, has_place)
        if part.is_bracketed and part.kind in {"unknown", "person"}:
            found[index] = _in_brackets(part)
    return tuple(found)


def _place_after_all(part: Part) -> Part:
    """Read `الخبر - واس`: a town whose name a paper bears too, beside an agency."""
    kind = place_kind(part.text)
    return attrs.evolve(part, kind="place", place_kind=kind) if kind else part


def _explained(part: Part, after: Sequence[Part], has_wire: bool, has_place: bool) -> Part:
    if len(part.text) <= 40 and _is_within(after):
        return attrs.evolve(part, kind="place", place_kind="town")
    if (has_wire and near_place(part.text)) or (has_place and near_country(part.text)):
        return attrs.evolve(part, kind="place", place_kind="town")
    if has_place and near_supplier(part.text):
        return attrs.evolve(part, kind="agency", is_sure=True)
    return part


def _is_within(after: Sequence[Part]) -> bool:
    """Whether a country follows at once, as after a small town: `آخن (ألمانيا)`."""
    for part in after:
        if part.kind == "place":
            return part.place_kind == "country" and part.before in {"open", "comma"}
        if part.before != "comma":
            return False
    return False


def _in_brackets(part: Part) -> Part:
    """Read `(جنوب فرنسا)`; anything else in brackets is a remark."""
    words = part.text.split()
    if len(words) <= 4 and place_kind(words[-1]):
        return attrs.evolve(part, kind="place", place_kind="town")
    return attrs.evolve(part, kind="remark")

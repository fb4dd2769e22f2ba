"""Values of an article that a later reading of the same text does not degrade.

After a redesign a date may stand nowhere any more, or the names of commenters be taken for
authors. The text is the same: what a stronger rule found before, is still right.
"""

from __future__ import annotations

import re
from typing import Any

import attrs

from newscrawl.article import Article

_FIELDS = {
    "date_published": (
        *("date_published", "date_published_raw"),
        *("date_published_zone", "date_published_zone_origin"),
    ),
    "date_modified": ("date_modified", "date_modified_raw"),
    "authors": ("authors",),
    "keywords": ("keywords",),
    "breadcrumbs": ("breadcrumbs",),
    "in_language": ("in_language",),
}
"""By the field that provenance names, the fields that are found together."""
COMPARED_FIELDS = tuple(_FIELDS)
"""Fields that a weaker rule often finds wrong."""
STATED = 2
"""The strength of a rule that reads what the page itself states."""
_LAYOUT = re.compile(r"[A-Z]\w*:")
_STATED_RULE = re.compile(r"jsonld|meta|og:|twitter:|article:|microdata|itemprop|dc[.:]")


def with_better_values(old: Article, new: Article) -> Article:
    """Return *new* with the values of *old* that a stronger rule found, and their rules.

    A value that is found by a rule as strong replaces the old one: that is a correction.
    """
    taken: dict[str, Any] = {}
    provenance = dict(new.provenance)
    for name, fields in _FIELDS.items():
        before, now = old.provenance.get(name), new.provenance.get(name)
        if not getattr(old, name) or getattr(old, name) == getattr(new, name):
            continue
        if not getattr(new, name) or strength(before) > strength(now):
            taken |= {field: getattr(old, field) for field in fields}
            provenance.pop(name, None)
            if before is not None:
                provenance[name] = before
    return attrs.evolve(new, **taken, provenance=provenance) if taken else new


def strength(rule: str | None) -> int:
    """Return how much a rule is worth: of a layout 3, stated by the page 2, another 1."""
    if not rule:
        return 0
    if _LAYOUT.match(rule):
        return 3
    return STATED if _STATED_RULE.match(rule) else 1

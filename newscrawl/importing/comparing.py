"""What another extractor reads on kept pages: counted field by field, with examples."""

from __future__ import annotations

from collections import Counter
from typing import Any

import attrs

from newscrawl.article import Article

EXAMPLES = 3
"""How many examples of each change are kept."""
SHOWN = 160
"""So many characters of a value are shown in an example."""
_NOT_COMPARED = frozenset({"url", "provenance", "extractor"})


@attrs.frozen
class Example:
    """One value that is read otherwise now."""

    url: str
    was: Any
    now: Any


@attrs.define
class FieldCount:
    """What becomes of one field of one site."""

    changed: int = 0
    """Versions in which it is read otherwise."""
    filled_before: int = 0
    """Versions in which it had a value."""
    filled_after: int = 0
    """Versions in which it has one as read now."""
    examples: list[Example] = attrs.field(factory=list)


@attrs.define
class SiteReport:
    """What becomes of one site's articles."""

    versions: int = 0
    """Versions whose pages were read once more."""
    changed: int = 0
    """Of these, those that are read otherwise in any field."""
    without_evidence: int = 0
    """Articles of which no page is kept: they stay as they are."""
    joined: int = 0
    """Versions of several pages, which were joined by a crawl: they stay as they are."""
    up_to_date: int = 0
    """Articles that this extractor has read already."""
    fields: dict[str, FieldCount] = attrs.field(factory=dict)
    """By the name of the field."""
    refused_now: Counter[str] = attrs.field(factory=Counter)
    """Pages that were articles, and would be refused now, by the reason; they stay stored."""
    accepted_now: list[str] = attrs.field(factory=list)
    """The first addresses of pages that were refused, and are articles now."""
    accepted: int = 0
    """How many of them there are."""

    def compare(self, url: str, old: Article, new: Article) -> None:
        """Count what differs between what is stored of one version and what is read now."""
        was, now = old.as_dict(), new.as_dict()
        self.versions += 1
        names = [name for name in now if name not in _NOT_COMPARED]
        for name in names:
            self._count(name, url, was[name], now[name])
        self.changed += any(was[name] != now[name] for name in names)

    def _count(self, name: str, url: str, was: Any, now: Any) -> None:
        field = self.fields.setdefault(name, FieldCount())
        field.filled_before += _is_filled(was)
        field.filled_after += _is_filled(now)
        if was != now:
            field.changed += 1
            if len(field.examples) < EXAMPLES:
                field.examples.append(Example(url, *_around_difference(was, now)))

    def accept(self, url: str) -> None:
        """Count a page that is an article now."""
        self.accepted += 1
        if len(self.accepted_now) < EXAMPLES:
            self.accepted_now.append(url)


def _is_filled(value: Any) -> bool:
    return value is False or bool(value)


def _around_difference(was: Any, now: Any) -> tuple[Any, Any]:
    """Return both values, of long texts the part where they begin to differ."""
    if not (isinstance(was, str) and isinstance(now, str)):
        return was, now
    same = next(
        (at for at, (a, b) in enumerate(zip(was, now, strict=False)) if a != b),
        min(len(was), len(now)),
    )
    start = max(same - SHOWN // 4, 0)
    return _part(was, start), _part(now, start)


def _part(text: str, start: int) -> str:
    end = start + SHOWN
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


@attrs.define
class Report:
    """What reading the evidence once more comes to."""

    extractor: str
    """The identity of what reads it now."""
    is_applied: bool
    """Whether the archive was changed."""
    sites: dict[str, SiteReport] = attrs.field(factory=dict)
    """By the name of the site."""
    damages: list[str] = attrs.field(factory=list)
    """Records that could not be read, a line each."""

    def of(self, site: str) -> SiteReport:
        """Return the report of one site."""
        return self.sites.setdefault(site, SiteReport())

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as JSON types."""
        return attrs.asdict(self)

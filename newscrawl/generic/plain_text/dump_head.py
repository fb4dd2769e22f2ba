"""Lines above the body of a text dump: breadcrumbs, headline, byline, dateline, date."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import attrs

from newscrawl.article import Dateline
from newscrawl.generic.fields.persons.bylines import byline_names
from newscrawl.generic.plain_text.dump_lines import Line
from newscrawl.layouts.field_readers import Context
from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen
from newscrawl.text.list_headings import heading_kind
from newscrawl.text.phrases import after_opening, folded, openings, phrase_table
from newscrawl.values.dateline import parse_dateline
from newscrawl.values.dates import ParsedDate, parse_date

HEAD_LINES = 12
"""Most lines above the body that can be the article's; those further up are the page's."""
LONGEST_HEADLINE = 300
LONGEST_DATE = 80

_FIELD_NAMES = {
    "published": "date_published",
    "published_raw": "date_published_raw",
    "modified": "date_modified",
    "modified_raw": "date_modified_raw",
}
_CRUMB_SPLIT = compiled_on_use(r"\s{0,2}[»«›‹>→←]\s{0,2}|\s[/\\|]\s")
_TITLE_SPLIT = compiled_on_use(r"\s(?:[-–—|:»•]|::)\s|\s?\|\s?")
_HAS_YEAR_OR_DAY = re.compile(r"\d{1,4}")


@frozen(kw_only=True)
class Head:
    """Fields found above the body, with the rule that found each."""

    breadcrumbs: tuple[str, ...] = ()
    headline: str | None = None
    description: str | None = None
    dateline: Dateline | None = None
    authors: tuple[str, ...] = ()
    published: ParsedDate | None = None
    published_raw: str | None = None
    modified: ParsedDate | None = None
    modified_raw: str | None = None
    provenance: Mapping[str, str] = attrs.field(factory=dict)


@attrs.define
class _Reading:
    """Values found and lines left over while the head is read."""

    context: Context | None = None
    found: dict[str, object] = attrs.field(factory=dict)
    lines: list[Line] = attrs.field(factory=list)

    def keep(self, field: str, value: object) -> bool:
        """Keep *value* unless the field was found before; return whether there is a value."""
        if value is not None:
            self.found.setdefault(field, value)
        return value is not None


def head_from(lines: Sequence[Line], body_start: int, context: Context) -> Head:
    """Return the head of the page of *context*: the fields in *lines* before *body_start*."""
    crumb_line, crumbs = _breadcrumbs(lines[:body_start])
    first = crumb_line + 1 if crumbs else max(0, body_start - HEAD_LINES)
    reading = _Reading(context)
    for line in lines[first:body_start]:
        if not _note_field(line, reading):
            reading.lines.append(line)
    headline, rule, rest = _headline(lines, reading.lines, has_crumbs=bool(crumbs))
    crumbs = _without_title(crumbs, headline or "")
    found = reading.found
    provenance = {_FIELD_NAMES.get(key, key): "text_line" for key in found}
    for field, value, by in (
        ("headline", headline, rule),
        ("description", _description(rest), "text_line"),
    ):
        if value:
            found[field], provenance[field] = value, by
    if crumbs:
        provenance["breadcrumbs"] = "breadcrumb_line"
    return Head(breadcrumbs=crumbs, provenance=provenance, **found)  # type: ignore[arg-type]


def _without_title(crumbs: tuple[str, ...], headline: str) -> tuple[str, ...]:
    """Return *crumbs* without the last one if it is the article's own headline."""
    is_own = bool(crumbs) and folded(crumbs[-1]) == folded(headline)
    return crumbs[:-1] if is_own else crumbs


def is_about_the_article(line: Line) -> bool:
    """Return whether *line* is a dateline, byline or date."""
    return len(line.text) <= LONGEST_DATE and _note_field(line, _Reading())


def _breadcrumbs(lines: Sequence[Line]) -> tuple[int, tuple[str, ...]]:
    """Return the last of *lines* that is a trail of sections, and its steps but home."""
    homes = {folded(home) for home in phrase_table("pages/text_dumps")["home"]}
    for index in range(len(lines) - 1, -1, -1):
        steps = _steps_of(lines[index].text, homes)
        if steps:
            return index, steps
    return -1, ()


def _steps_of(text: str, homes: Collection[str]) -> tuple[str, ...]:
    """Return the sections in *text*, a trail that begins at a home or has arrows; or none."""
    if len(text) > 2 * LONGEST_HEADLINE:
        return ()
    trail = after_opening(text, openings("pages/text_dumps", "here")) or text
    steps = tuple(filter(None, (step.strip(" :") for step in _CRUMB_SPLIT.split(trail))))
    if len(steps) > 1 and folded(steps[0]) in homes:
        return steps[1:]
    is_trail = 1 < len(steps) <= 5 and not {*"»›>"}.isdisjoint(trail)
    return steps if is_trail and all(len(step) <= 30 for step in steps) else ()


def _note_field(line: Line, reading: _Reading) -> bool:
    """Store the value of *line* in *reading*; return whether its form is known."""
    text = line.text
    if line.is_furniture or heading_kind(text) is not None:
        return True
    if len(text) > LONGEST_HEADLINE:
        return False
    return (
        _note_date(text, reading)
        or _note_byline(text, reading)
        or _note_dateline(text, reading)
    )


def _note_date(text: str, reading: _Reading) -> bool:
    if len(text) > LONGEST_DATE:
        return False
    modified = after_opening(text, openings("pages/text_dumps", "modified"))
    if modified is not None:
        return _keep_date(modified, text, "modified", reading) or len(text) < LONGEST_DATE // 2
    published = after_opening(text, openings("pages/text_dumps", "published"))
    raw = text if published is None else published
    return _keep_date(raw, text, "published", reading)


def _keep_date(raw: str, line: str, field: str, reading: _Reading) -> bool:
    if not _HAS_YEAR_OR_DAY.search(raw):
        return False
    context = reading.context
    date = parse_date(
        raw,
        page_time=context.page.fetched_at if context else None,
        zone=context.zone if context else None,
        languages=context.languages if context else (),
    )
    if date is None:
        return False
    if reading.keep(field, date):
        reading.keep(f"{field}_raw", line)
    return True


def _note_byline(text: str, reading: _Reading) -> bool:
    return reading.keep("authors", byline_names(text) or None)


def _note_dateline(text: str, reading: _Reading) -> bool:
    return len(text) <= LONGEST_DATE and reading.keep("dateline", parse_dateline(text))


def _last_in_title(candidates: Sequence[Line], first: Sequence[Line], title: str) -> int | None:
    """Return the index of the last line that is a part of *title*, the first line."""
    for index in range(len(candidates) - 1, -1, -1):
        line = candidates[index]
        if not any(line is one for one in first) and _is_in_title(line.text, title):
            return index
    return None


def _headline(
    lines: Sequence[Line], untold: Sequence[Line], *, has_crumbs: bool
) -> tuple[str | None, str, Sequence[Line]]:
    """Return the headline, the rule that found it, and the lines between it and the body."""
    candidates = [
        line for line in untold if line.is_item and len(line.text) <= LONGEST_HEADLINE
    ]
    title = lines[0].text[: 2 * LONGEST_HEADLINE] if lines else ""
    named = _last_in_title(candidates, lines[:1], title)
    if named is not None:
        return candidates[named].text, "title_line", candidates[named + 1 :]
    if not has_crumbs:
        candidates = _beside_the_body(untold)
    if candidates and candidates[0] is lines[0]:
        candidates = [attrs.evolve(candidates[0], text=_without_site(title)), *candidates[1:]]
    if candidates:
        return candidates[0].text, "headline_line", candidates[1:]
    return None, "", ()


def _is_in_title(text: str, title: str) -> bool:
    """Return whether *text* is a part of the page's *title*, or begins it."""
    if len(text) < 10 or text == title:
        return len(text) >= 10 and text == title
    short, long = folded(text), folded(title)
    if not short or short not in long:
        return False
    return any(folded(part) == short for part in _TITLE_SPLIT.split(title)) or long.startswith(
        short
    )


def _without_site(title: str) -> str:
    """Return *title* without the site's name, where one separator parts them plainly."""
    parts = _TITLE_SPLIT.split(title)
    longest = max(parts, key=len)
    return longest if len(longest) * 2 > len(title) and len(longest) >= 15 else title


def _beside_the_body(untold: Sequence[Line]) -> list[Line]:
    """Return the lines next to the body that read as headline and standfirst, in order."""
    found: list[Line] = []
    for line in reversed(untold):
        if (
            not line.is_item
            or line.words < 3
            or len(line.text) > LONGEST_HEADLINE
            or len(found) == 3
        ):
            break
        found.append(line)
    return found[::-1]


def _description(rest: Sequence[Line]) -> str | None:
    """Return the standfirst among the lines between headline and body."""
    for line in rest:
        if len(line.text) >= 60:
            return line.text
    return None

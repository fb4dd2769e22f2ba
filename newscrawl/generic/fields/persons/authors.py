"""The authors of an article: from structured data or the byline, whichever says more.

They are persons; only if a page names none, a team or an outlet that it prints as its author.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import tee
from typing import Any

from newscrawl.generic.fields.dates.printed_dates import Surroundings
from newscrawl.generic.fields.persons.bylines import byline_in
from newscrawl.generic.fields.persons.printed_authors import Hit, author_hits, printed_authors
from newscrawl.generic.fields.persons.printed_groups import printed_group
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.linked_data import text_of, types_of, values_at
from newscrawl.text.phrases import folded, phrase_table
from newscrawl.text.urls import bare_host_of
from newscrawl.values.person_names import persons_in

METAS = (
    "author",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "byl",
    "dc.creator",
    "article:author",
)
METAS_LATER = (
    "og:article:author",
    "dcterms.creator",
    "article:author_name",
    "citation_author",
    "creator",
)
_OUTLETS = frozenset({"Organization", "NewsMediaOrganization", "Corporation"})
PERSON = "jsonld:person"
_NO_PEN_NAMES = frozenset({"byline", "byline_line", "labelled"})
_SURE = frozenset({"itemprop", "rel", "byline_line"})
"""Rules that find a writer who is not stated, where those stated are not on the page."""
_NAME_LAST = re.compile(r"^([^,]{1,40}), ([^,]{1,40})$")
_NO_LETTER = re.compile(r"[\W_]+")

Names = tuple[str, ...]


def authors_of(structured_data: StructuredData, around: Surroundings) -> tuple[Names, str]:
    """Return the authors and the rule that found them; a pen name where no full one stands."""
    outlets = outlet_names(structured_data)
    stated = list(stated_candidates(structured_data))
    hits = tuple(author_hits(around))
    # Places are looked at one by one: the first that names persons is mostly the last.
    printed = tee(printed_candidates(structured_data, around, outlets, hits))
    for pen_names in (False, True):
        said = _first(stated, outlets, pen_names=pen_names)
        seen = _first(printed[pen_names], outlets, pen_names=pen_names)
        if said[0] and seen[0]:
            return seen if _says_more(seen, said[0], around) else said
        if said[0] or seen[0]:
            return said if said[0] else seen
    return printed_group(hits, around, _stated_names(structured_data, stated), outlets)


def _stated_names(
    structured_data: StructuredData, stated: Iterable[tuple[str, list[str]]]
) -> frozenset[str]:
    """Return the folded names of all that the metadata call an author, of any type."""
    people = structured_data.values("author", "creator")
    names = (text_of(one.get("name") if isinstance(one, Mapping) else one) for one in people)
    texts = (*names, *(raw for _, raws in stated for raw in raws), *_on_card(structured_data))
    return frozenset(folded(text) for text in texts if text)


def _first(
    candidates: Iterable[tuple[str, list[str]]], outlets: frozenset[str], *, pen_names: bool
) -> tuple[Names, str]:
    """Return the names and the rule of the first place that names persons."""
    for rule, raws in candidates:
        if not raws or (pen_names and rule in _NO_PEN_NAMES):
            continue
        own = _names_of_sites(raws, outlets) if rule == PERSON else outlets
        names = persons_in(raws, own, pen_names=pen_names)
        if names:
            return names, rule.removesuffix(":person")
    return (), ""


def _names_of_sites(raws: Iterable[str], outlets: frozenset[str]) -> frozenset[str]:
    """Return the *outlets* that are no person's: who writes a site alone gives it his name.

    The site of Ann Lee may be called `Ann Lee`, or be at `ann.lee.example`.
    """
    own = {name for name in outlets if " " not in name}
    hosts = {word for name in own for word in name.split(".")}
    for name in map(folded, raws):
        words = name.split()
        if len(words) > 1 and (name in outlets or hosts.issuperset(words)):
            own -= {*words}
    return frozenset(own)


def _says_more(seen: tuple[Names, str], stated: Names, around: Surroundings) -> bool:
    """Return whether the byline should replace the stated names.

    It does if it names more people, or if the page's text names none of the stated ones: a
    system states the user who saved the article.
    """
    there, said = ({_bare(name) for name in names} for names in (seen[0], stated))
    if there > said:
        return seen[1] != "byline"  # its other words may be an office
    if there & said or not (seen[1] in _SURE or _is_labelled(seen[0], around)):
        return False
    text = _bare(around.article_node.text())
    return not any(name in text for name in said)


def _is_labelled(names: Names, around: Surroundings) -> bool:
    """Return whether a line with the label of a byline names the same persons."""
    line = byline_in(around)
    return line is not None and set(line[1]) == set(names)


def _bare(text: str) -> str:
    return _NO_LETTER.sub(" ", folded(text))


def author_candidates(
    structured_data: StructuredData, around: Surroundings
) -> Iterator[tuple[str, list[str]]]:
    """Yield the rule of each source of authors and the names found there."""
    yield from stated_candidates(structured_data)
    hits, outlets = tuple(author_hits(around)), outlet_names(structured_data)
    yield from printed_candidates(structured_data, around, outlets, hits)


def stated_candidates(structured_data: StructuredData) -> Iterator[tuple[str, list[str]]]:
    """Yield the authors named by structured data, with their rule."""
    persons, others = _json_ld_names(structured_data)
    yield PERSON, persons
    yield "jsonld", others
    for name in (*METAS, *METAS_LATER):
        names = structured_data.metas.get(name, ())
        if name == "citation_author":  # Scholar's metas have the surname first
            names = [_NAME_LAST.sub(r"\2 \1", one) for one in names]
        yield f"meta:{name}", list(names)


def _on_card(structured_data: StructuredData) -> list[str]:
    """Return the value that a card of Twitter labels as the writer: `Written by`, `Ann Lee`."""
    for number in "12":
        label = structured_data.meta(f"twitter:label{number}")
        if label and label.lower() in phrase_table("credits/bylines")["openings"]:
            return [structured_data.meta(f"twitter:data{number}") or ""]
    return []


def printed_candidates(
    structured_data: StructuredData,
    around: Surroundings,
    outlets: frozenset[str],
    hits: Sequence[Hit],
) -> Iterator[tuple[str, list[str]]]:
    """Yield the printed authors with their rule, the likeliest first, social cards last."""
    yield from printed_authors(around, hits, late=False)
    line = byline_in(around, outlets)
    yield "byline_line", list(line[1]) if line else []
    yield from printed_authors(around, hits, late=True)
    yield "meta:twitter:data1", _on_card(structured_data)


def _named_by_id(objects: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return the objects with a name by their `@id`."""
    return {
        identifier: item
        for item in objects
        if item.get("name") and isinstance(identifier := item.get("@id"), str)
    }


def _json_ld_names(structured_data: StructuredData) -> tuple[list[str], list[str]]:
    """Return the names that the JSON-LD gives to persons, and those that it gives no type."""
    by_id = _named_by_id(structured_data.objects)
    for item in structured_data.articles:
        people = values_at(item, "author") or values_at(item, "creator")
        persons: list[str] = []
        others: list[str] = []
        for names, is_typed in (_names_of(value, by_id) for value in people):
            (persons if is_typed else others).extend(names)
        if persons or others:
            return ([], [*persons, *others]) if others else (persons, [])
    return [], []


def _names_of(value: Any, by_id: Mapping[str, Mapping[str, Any]]) -> tuple[list[str], bool]:
    """Return the names that one author has, none for an outlet, and whether it is a Person."""
    if not isinstance(value, Mapping):
        return list(filter(None, [text_of(value)])), False
    identifier = value.get("@id")
    named: Mapping[str, Any] = by_id.get(identifier, {}) if isinstance(identifier, str) else {}
    name = value.get("name") or named.get("name") or _joined_name(value)
    types = types_of(value) | types_of(named)
    if types & _OUTLETS and not _looks_like_person(name):
        return [], False
    names = map(text_of, name if isinstance(name, list) else [name])
    return list(filter(None, names)), "Person" in types


def _joined_name(value: Mapping[str, Any]) -> str:
    """Return the name that given name and family name make; empty without either."""
    parts = (text_of(value.get(key)) for key in ("givenName", "familyName"))
    return " ".join(filter(None, parts))


def _looks_like_person(name: Any) -> bool:
    return isinstance(name, str) and 2 <= len(name.split()) <= 3 and name.istitle()


def outlet_names(structured_data: StructuredData) -> frozenset[str]:
    """Return the folded names that the page gives its publisher."""
    names = [
        structured_data.meta("og:site_name"),
        structured_data.meta("application-name"),
        structured_data.text("publisher.name"),
    ]
    found = {folded(name) for name in names if name}
    host = bare_host_of(structured_data.page.url)
    return frozenset({*found, host, host.partition(".")[0]})

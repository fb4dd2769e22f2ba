"""The persons who wrote an article: structured data first, then the printed byline.

Outlets, agencies and desks are left out: they are the publisher or the source, not a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from newscrawl.generic.fields.structured_data import Structured
from newscrawl.html.linked_data import text_of, types_of, values_at
from newscrawl.html.tree import Node
from newscrawl.text.normalize import squeeze
from newscrawl.text.phrases import folded, phrase_table
from newscrawl.text.urls import host_of
from newscrawl.values.gazetteer.agencies import is_agency

LONGEST_NAME = 50
LONGEST_BYLINE = 160
MOST_AUTHORS = 12
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
_LINES = frozenset({"p", "div", "span", "strong", "b", "em"})
_OUTLETS = frozenset({"Organization", "NewsMediaOrganization"})
_SPLIT = re.compile(r"\s{0,2}[,;|/、،؛•·&\n]\s{0,2}|\s[-–—]\s|\s\+\s")
_PARENTHESES = re.compile(r"\s?[(\[][^)\]]{0,60}[)\]]")
_MARKS = re.compile(
    r"(?<![a-z])(?:byline|author|authors|writer|autor|auteur|auteurs|autoren|autore|journalist"
    r"|reporter|signature|kalem|muharrir)(?![a-rt-z])"
)


def authors_of(structured: Structured, near: Node | None) -> tuple[tuple[str, ...], str]:
    """Return the authors and the rule that found them; *near* holds the article."""
    outlets = outlet_names(structured)
    for rule, raws in author_candidates(structured, near):
        names = persons_in(raws, outlets)
        if names:
            return names, rule
    return (), ""


def author_candidates(
    structured: Structured, near: Node | None
) -> Iterator[tuple[str, list[str]]]:
    """Yield each place where authors may be named, and what it holds."""
    yield "jsonld", list(_json_ld_names(structured))
    for name in (*METAS, *METAS_LATER):
        yield f"meta:{name}", list(structured.metas.get(name, ()))
    if near is not None:
        yield from _printed(near)
        yield "labelled", _labelled(near)


def _json_ld_names(structured: Structured) -> Iterator[str]:
    by_id = {
        identifier: item
        for item in structured.objects
        if item.get("name") and isinstance(identifier := item.get("@id"), str)
    }
    for item in structured.articles:
        names: list[str] = []
        people = values_at(item, "author") or values_at(item, "creator")
        for value in people:
            names.extend(_names_of(value, by_id))
        if any(names):
            yield from names
            return


def _names_of(value: Any, by_id: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the names that one author of the JSON-LD has; none for an outlet."""
    if not isinstance(value, Mapping):
        return [text_of(value)]
    identifier = value.get("@id")
    named = by_id.get(identifier, {}) if isinstance(identifier, str) else {}
    name = value.get("name") or named.get("name")
    if types_of(value) & _OUTLETS and not _looks_like_person(name):
        return []
    return [text_of(part) for part in (name if isinstance(name, list) else [name])]


def _looks_like_person(name: Any) -> bool:
    return isinstance(name, str) and 2 <= len(name.split()) <= 3 and name.istitle()


def _printed(near: Node) -> Iterator[tuple[str, list[str]]]:
    """Yield the names that the page prints as its authors: by rel, by microdata, by class."""
    related: list[str] = []
    microdata: list[str] = []
    marked: list[str] = []
    for node in near.iter():
        if node.size > LONGEST_BYLINE or node.size < 3:
            continue
        attributes = node.attributes
        if "author" in (attributes.get("rel") or "").split():
            related.append(node.text())
        elif attributes.get("itemprop") in {"author", "creator"}:
            name = next(
                (n for n in node.iter() if n.attributes.get("itemprop") == "name"), node
            )
            microdata.append(name.text())
        elif node.marks and len(marked) < 4 and _MARKS.search(node.marks[:200].lower()):
            marked.append(_first_line(node))
    yield "itemprop", microdata[:MOST_AUTHORS]
    yield "rel", related[:MOST_AUTHORS]
    for text in marked:
        yield "byline", [text]


def _labelled(near: Node) -> list[str]:
    """Return the name in a line that says `Interview: Name`, or that is `(Name Surname)`."""
    for node in near.iter():
        if node.tag in _LINES and 5 < node.size < LONGEST_NAME:
            text = node.text()
            label, colon, name = text.partition(":")
            if colon and label.strip().lower() in _words("openings") and len(name.split()) > 1:
                return [name]
            inside = text[1:-1].split()
            if text[:1] + text[-1:] == "()" and _is_foreign_name(inside):
                return [" ".join(inside)]
    return []


def _is_foreign_name(words: list[str]) -> bool:
    """Whether *words* can be a person's in a script without capitals, and no agency's."""
    if not 2 <= len(words) <= 3 or any(len(word) < 2 or word.isascii() for word in words):
        return False
    return not is_agency(" ".join(words))


def _first_line(node: Node) -> str:
    """Return the links in a byline, else its text."""
    anchors = [
        part.text() for part in node.iter() if part.tag == "a" and 3 < part.size < LONGEST_NAME
    ]
    return ", ".join(anchors) if anchors else node.text()


def persons_in(raws: Iterable[str], outlets: frozenset[str]) -> tuple[str, ...]:
    """Return the names of persons in *raws*, each once, without what stands around them."""
    found: dict[str, str] = {}
    for raw in raws:
        if "www." in raw or "://" in raw:
            continue
        for name in names_in(squeeze(raw)[:LONGEST_BYLINE]):
            key = folded(name)
            if not key or key in found or key in outlets or key.partition(" ")[0] in outlets:
                continue
            if is_person(name):
                found[key] = name
    return tuple(found.values())[:MOST_AUTHORS]


def names_in(text: str) -> Iterator[str]:
    """Yield what may be names in a byline, without its label and what follows each name."""
    text = _PARENTHESES.sub("", _without_opening(text))
    joiners = _words("joiners")
    for part in _SPLIT.split(text):
        words: list[str] = []
        for word in part.split():
            if word.lower() in joiners and words:
                yield _without_opening(" ".join(words))
                words = []
            elif words and word.lower().strip(".:") in _words("endings"):
                break
            else:
                words.append(word)
        if words:
            yield from _parted_by_waw(_without_opening(" ".join(words)).split())


def _parted_by_waw(words: list[str]) -> Iterator[str]:
    """Part two Arabic names at the `and` that is written together with the second one."""
    for index in range(2, len(words) - 1):
        word = words[index]
        if len(word) > 4 and word[0] == "و" and word not in _words("names_with_waw"):
            yield " ".join(words[:index])
            yield from _parted_by_waw([word[1:], *words[index + 1 :]])
            return
    yield " ".join(words)


def _without_opening(text: str) -> str:
    for _ in range(2):
        words = text.split()
        for length in (3, 2, 1):
            if (
                " ".join(words[:length]).lower().rstrip(":") in _words("openings")
                and len(words) > length
            ):
                text = " ".join(words[length:])
                break
    return text.strip(" :.,-–—|/*")


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(phrase_table("bylines")[key])


def is_person(name: str) -> bool:
    """Whether *name* can be a person's: a few words, none an office's or an outlet's."""
    if not 2 <= len(name) <= LONGEST_NAME or any(
        c.isdigit() or c in '@:/!?"“”«»=<>{}' for c in name
    ):
        return False
    words = name.split()
    if len(words) > 5 or ("." in name and len(words) == 1):
        return False
    lower = [word.lower().strip(".,'’") for word in words]
    if any(part in _words("not_persons") for word in lower for part in word.split("-")):
        return False
    if len(words) == 1:
        # One word is a name only in scripts that do not part names with spaces.
        return name[0] >= "\u3000" and 2 <= len(name) <= 8
    first = words[0][0]
    return first.isupper() or (not first.isascii() and first.upper() == first)


def outlet_names(structured: Structured) -> frozenset[str]:
    """Return the folded names that the page gives its publisher."""
    names = [
        structured.meta("og:site_name"),
        structured.meta("application-name"),
        structured.text("publisher.name"),
    ]
    found = {folded(name) for name in names if name}
    host = host_of(structured.page.url).removeprefix("www.")
    return frozenset({*found, host, host.partition(".")[0]})

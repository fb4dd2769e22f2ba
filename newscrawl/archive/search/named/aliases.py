"""Other names of agencies, countries, cities, offices and organizations, in any script.

The tables are `resources/names/agencies.toml`, `places.tsv` (GeoNames and CLDR),
`name_aliases.toml`, `given_names.txt` and `gendered_names.txt`, each with its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from newscrawl.archive.search.name_index import is_english, is_ordinary
from newscrawl.resources import read_lines, read_toml
from newscrawl.text.folding import search_key
from newscrawl.text.stems import stem, words_of
from newscrawl.values.gazetteer import agencies, places
from newscrawl.values.gazetteer.agencies import supplier_named
from newscrawl.values.gazetteer.names import name_key

_LONGEST = 60
_FEWEST_LETTERS = 3
"""Shorter names are looked for in credits only: أب is an agency there, a father in a text."""
_ARTICLE = "ال"
_OF_PERSIAN = re.compile("[\u0679-\u06d3]")
"""Letters of Persian, Urdu and their neighbours that Arabic does not have."""
_OF_PERSIAN_ALONE = re.compile("[پچژگٹڈڑ]")
"""Those that stay in a folded word."""
_LONGEST_ROOT = 3
"""Letters of most Arabic roots: a stem so short is likely a word."""


def other_names(text: str) -> tuple[str, ...]:
    """Return the other names of *text*, itself among them; empty if it is no name."""
    if len(text) > _LONGEST or not is_name(text):
        return ()
    found = dict.fromkeys(name for group in _groups_of(text) for name in group)
    found |= dict.fromkeys(_names_of_supplier(text))
    return tuple(name for name in found if _is_safe(name))


def _names_of_supplier(text: str) -> Iterator[str]:
    supplier = supplier_named(text)
    if supplier and supplier.kind != "generic" and not agencies.is_common(text, supplier):
        for name in supplier.names:
            if not agencies.is_common(name, supplier):
                yield name


def agency_of(text: str) -> str | None:
    """Return the id of the agency or outlet that *text* names, and nothing else."""
    supplier = supplier_named(text)
    if supplier is None or supplier.kind == "generic" or agencies.is_common(text, supplier):
        return None
    return supplier.id if is_name(text) else None


def is_name(text: str) -> bool:
    """Return whether *text*, as typed, stands for a name: WHO does, who does not."""
    words = words_of(text)
    if not words or text in _words_by_case():
        return False
    if len(words) > 1 or name_key(text) in _stated():
        return True
    return not (is_ordinary(text) or places.is_common(text))


def _is_safe(name: str) -> bool:
    """Return whether *name* stands for a name wherever it stands in a text."""
    if sum(map(str.isalpha, name)) < _FEWEST_LETTERS or name.casefold() in _words_by_case():
        return False
    return is_name(name) and not _is_cut_to_another(name)


def _is_cut_to_another(name: str) -> bool:
    """Return whether the stem of *name* is another word: جنیوا (Geneva, in Urdu), الجني.

    Stems are those of Arabic; they take endings of Persian and Urdu names for Arabic ones.
    """
    key, cut = search_key(name), stem(name)
    if " " in key or not _OF_PERSIAN.search(name) or _OF_PERSIAN_ALONE.search(cut):
        return False
    if cut in {key, key.removeprefix(_ARTICLE), re.sub("ه$", "ة", key)}:
        return False
    others = _groups_of(cut)
    is_of_another = bool(others) and not {*others} & {*_groups_of(name)}
    return is_of_another or len(cut) <= _LONGEST_ROOT


@cache
def _words_by_case() -> frozenset[str]:
    return frozenset(read_toml("names/name_aliases")["ordinary"])


def are_known_apart(word: str, other: str) -> bool:
    """Return whether two words are names of different things: السودان, Sweden.

    So are a name and an ordinary word: Walid, والد.
    """
    mine, others = _groups_of(word), _groups_of(other)
    if mine and others:
        return not {*mine} & {*others}
    rest = other if mine else word
    return bool(mine or others) and (is_ordinary(rest) or is_english(rest))


def _groups_of(text: str) -> tuple[tuple[str, ...], ...]:
    key = name_key(text)
    bare = key.removeprefix(_ARTICLE)
    return _groups().get(key) or _groups().get(bare) or _groups().get(_ARTICLE + key) or ()


@cache
def _groups() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for group in (*_stated_groups(), *_place_groups(), *_given_names()):
        for key in {name_key(name) for name in group}:
            found[key] = (*found.get(key, ()), group)
    return found


@cache
def _stated() -> frozenset[str]:
    return frozenset(name_key(name) for group in _stated_groups() for name in group)


def _stated_groups() -> Iterator[tuple[str, ...]]:
    return (tuple(names) for names in read_toml("names/name_aliases")["groups"])


def _place_groups() -> Iterator[tuple[str, ...]]:
    for line in read_lines("names/places.tsv"):
        kind, _country, names = line.split("\t")
        if kind != "town":
            yield tuple(names.split("|"))


def _given_names() -> Iterator[tuple[str, ...]]:
    for file in ("names/given_names.txt", "names/gendered_names.txt"):
        for line in read_lines(file):
            yield tuple(line.split())

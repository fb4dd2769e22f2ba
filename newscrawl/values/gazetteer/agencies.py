"""The suppliers of news that pages name: agencies, outlets, and `وكالات` at large.

The table is `resources/names/agencies.toml`; `use_agencies` adds a file of the user in the same
format, whose names win. Nothing here reads datelines or credits; they look names up here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import attrs

from newscrawl.errors import UsageError
from newscrawl.resources import read_toml
from newscrawl.system.value_classes import frozen
from newscrawl.values.gazetteer.names import is_one_off, name_key, words_of

SupplierKind = Literal["agency", "outlet", "generic"]
SCRIPTS = ("ar", "fa", "he", "ur", "latin", "cyrillic", "cjk")
LONGEST_NAME = 60
"""No supplier's name is longer, in characters; longer text is not looked up."""
_FUZZY_LENGTH = 7
"""A name of this many letters may be off by one (`فراس برس`); a shorter one is another name."""
_ELISION = re.compile(r"^[LlDd]['’](?=[A-Z])")
"""The French article before a name: `L'AFP`."""
_AND = re.compile(r"\s(?:و\s?|and |et |& ?)")


@frozen(kw_only=True)
class Supplier:
    """One row of the table of agencies."""

    id: str
    """Identifier that credits are grouped by, e.g. `afp`."""
    kind: SupplierKind
    """agency, outlet, or generic for words like `وكالات`."""
    country: str
    """The ISO 3166 code; XX for none."""
    names: tuple[str, ...]
    """Every name in the table, the usual one of each script first."""
    common: frozenset[str] = frozenset()
    """The keys of names that are ordinary words too, and prove nothing alone."""


@attrs.define
class _UserTable:
    path: str = ""


_user_table = _UserTable()


def use_agencies(path: str) -> None:
    """Use the table in the file *path* in this process, before our own; "" uses none.

    The file is read on first use, which raises UsageError if it cannot be read.
    """
    _user_table.path = path


def supplier_named(name: str) -> Supplier | None:
    """Return the supplier that *name* stands for in any of its spellings, or None.

    Quotes, brackets and words such as `وكالة` before the name do not matter.
    """
    if len(name) > LONGEST_NAME:
        return None
    return _supplier(name, _user_table.path)


def agencies() -> Iterator[Supplier]:
    """Yield every agency of the tables, once."""
    known = {one.id: one for one in _by_key(_user_table.path).values()}
    return (one for one in known.values() if one.kind == "agency")


def is_agency(name: str) -> bool:
    """Return whether *name* is the name of agencies or outlets and of nothing else.

    True for every name of the table (`العربية.نت`, `رويترز`, `وكالات`); a name of several
    (`العربية.نت ووكالات`) counts when each part does.
    """
    return bool(agencies_in(name))


def agencies_in(text: str) -> tuple[tuple[str, Supplier], ...]:
    """Return each name in *text* with its supplier, if *text* is suppliers' names only."""
    if len(text) > 2 * LONGEST_NAME:
        return ()
    whole = supplier_named(text)
    if whole:
        return ((text.strip(), whole),)
    for match in _AND.finditer(text):
        left = agencies_in(text[: match.start()])
        right = agencies_in(text[match.end() :]) if left else ()
        if left and right:
            return (*left, *right)
    return ()


def is_common(name: str, supplier: Supplier) -> bool:
    """Return whether *name* is also an ordinary word (`الحياة`), and no proof alone."""
    return name_key(name) in supplier.common


def is_title_case(name: str, supplier: Supplier) -> bool:
    """Return whether *name* is written as a person's, where the table has capitals: `Sana`."""
    key = name_key(name)
    spellings = [known for known in supplier.names if name_key(known) == key]
    return bool(spellings) and name.istitle() and all(map(str.isupper, spellings))


def near_supplier(name: str) -> Supplier | None:
    """Return the supplier whose name differs from *name* by one letter, as a misprint does.

    Only for text that other evidence shows to be a supplier's place in a dateline.
    """
    key = name_key(name[:LONGEST_NAME])
    if len(key) < _FUZZY_LENGTH:
        return None
    table = _by_key(_user_table.path)
    return next(
        (
            found
            for known, found in table.items()
            if len(known) >= _FUZZY_LENGTH and is_one_off(key, known)
        ),
        None,
    )


def looks_like_supplier(name: str) -> bool:
    """Return whether *name* is built as a supplier's.

    For example `وكالة …`, `… نيوز`, `خبرگزاری …`, `….com`.
    """
    words = words_of(name)
    if not 2 <= len(words) <= 5:
        return False
    heads, tails = _shape_words()
    return words[0] in heads or words[-1] in tails


@lru_cache(maxsize=4096)
def _supplier(name: str, extra: str) -> Supplier | None:
    table = _by_key(extra)
    key = name_key(name)
    found = table.get(key)
    if found is None:
        found = table.get(name_key(_without_lead(_ELISION.sub("", name))))
    if found and len(key) == 2 and not _is_spelt(name, found):
        return None
    return found


def _is_spelt(name: str, supplier: Supplier) -> bool:
    """Return whether a name of two letters is spelt as in the table.

    إب is a town, أب an agency.
    """
    spellings = (
        "".join(filter(str.isalpha, known)).casefold() for known in (name, *supplier.names)
    )
    return next(spellings) in set(spellings)


def _without_lead(name: str) -> str:
    words = name.strip("«»\"'“”() ").split()
    for size in (3, 2, 1):
        if len(words) > size and name_key(" ".join(words[:size])) in _lead_keys():
            return " ".join(words[size:])
    if words and words[0].startswith("و") and len(words[0]) > 3:
        return name.strip()[1:] if name.strip().startswith("و") else name
    return name


@cache
def _by_key(extra: str) -> Mapping[str, Supplier]:
    """Return the suppliers by the key of each name, those of the file *extra* first."""
    tables = (*((_read_user_table(extra),) if extra else ()), read_toml("names/agencies"))
    suppliers: dict[str, Supplier] = {}
    for supplier in chain.from_iterable(map(_rows, tables)):
        for name in supplier.names:
            suppliers.setdefault(name_key(name), supplier)
    return suppliers


def _read_user_table(path: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 -- few users have such a table

    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the table of agencies {path} (NEWSCRAWL_AGENCIES) cannot be read: {error}"
        ) from error


def _rows(table: Mapping[str, Any]) -> Iterator[Supplier]:
    for row in table.get("supplier", ()):
        try:
            names = dict.fromkeys(name for script in SCRIPTS for name in row.get(script, ()))
            yield Supplier(
                id=row["id"],
                kind=row.get("kind", "agency"),
                country=row.get("country", "XX"),
                names=tuple(names),
                common=frozenset(name_key(name) for name in row.get("common", ())),
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise UsageError(f"a [[supplier]] of the agencies table lacks {error}") from error


@cache
def _lead_keys() -> frozenset[str]:
    return frozenset(name_key(word) for word in read_toml("names/agencies")["words"]["lead"])


@cache
def _shape_words() -> tuple[frozenset[str], frozenset[str]]:
    words = read_toml("names/agencies")["words"]
    return (
        frozenset(part for word in words["head"] for part in words_of(word)),
        frozenset(part for word in words["tail"] for part in words_of(word)[-1:]),
    )

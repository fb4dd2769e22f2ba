"""The words of an archive that may be names, found by their sound.

The table `article_search_names` stands beside the full-text index: a row for each such word and
each row of consonants that it may be looked for by (`newscrawl.text.name_sounds`). So a name in
another script is found among some tens of words, not among all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

import attrs
from sqlite_utils import Database

from newscrawl.resources import read_lines, read_toml
from newscrawl.text.folding import search_key
from newscrawl.text.name_sounds import (
    Script,
    alignment,
    name_keys,
    script_of,
    sounds_of,
    stored_keys,
    worth,
)
from newscrawl.text.stems import is_servant, stem, stem_text, words_of

NameRow = tuple[str, str, str]
"""Row of a word that may be a name: the consonants it is found by, the word, its stem."""
_REMEMBERED = 200_000
_SHORTEST, _LONGEST = 3, 24
_ARTICLE = re.compile(r"^(?:[وفبك]?ال|[وف]?لل)(?=.{3})")
_PARTICLE = re.compile(r"^(?:[وفبلك](?=.{4})|[והבלמשכ](?=[א-ת]{3}))")
# It begins where a word begins and its parts are short: a page may be one endless word.
_COMPOUND = re.compile(
    "(?<![\u0620-\u06ff\u200c])[\u0620-\u06ff]{1,24}(?:\u200c[\u0620-\u06ff]{1,24}){1,4}"
)
_WORD_FORM = re.compile("([وفبلكس]{0,2}[يتنأ]?)(?=[\u0620-\u064a]{3,10}$)")
"""Particles and the sign of the imperfect tense before an Arabic word."""
_NAME_SCRIPTS = ("latin", "cyrillic", "arabic")
_INSERT = "INSERT OR IGNORE INTO article_search_names (key, name, stem) VALUES (?, ?, ?)"
_IS_THERE = "SELECT 1 FROM article_search WHERE article_search MATCH ? LIMIT 1"
_NAMES = "SELECT DISTINCT name, stem FROM article_search_names WHERE key IN ({}) AND {}"
_NOT_ARABIC = "(name < char(0x600) OR name >= char(0x700))"
_OTHER_SCRIPT = (0.6, 4.5)
"""Least likeness and least weight in nats, chosen on tests/name_pairs.tsv (bench/names.py)."""
_SAME_SCRIPT = (0.72, 9.0)
ORDINARY_LIKENESS = 0.76
"""Least likeness if one of two words is in the lexicon, most of whose words are no names."""
_ENGLISH_LIKENESS = 0.9
"""The same for an English word, which has a capital where a sentence begins: Help, حلب."""
_MOST_SPELLINGS = 16
_FARTHEST_FROM_BEST = 0.25
"""Most that a spelling may be less like the typed name than the best one of its script: with
Clark (1.0) in the archive, Clerk (0.78) is no spelling of كلارك."""


@attrs.frozen
class Spelling:
    """A word of the archive that is a name in another spelling."""

    name: str
    """The word, for people."""
    stem: str
    """Its key in the index."""
    likeness: float


def create_name_index(db: Database) -> None:
    """Create the table of names, empty; `reindex` fills it."""
    db.execute(
        """CREATE TABLE IF NOT EXISTS article_search_names (
        key TEXT NOT NULL, name TEXT NOT NULL, stem TEXT NOT NULL,
        PRIMARY KEY (key, name, stem)) WITHOUT ROWID"""
    )


def has_name_index(db: Database) -> bool:
    """Return whether the archive has the table of names."""
    sql = "SELECT 1 FROM sqlite_master WHERE name = 'article_search_names'"
    return bool(db.execute(sql).fetchone())


def add_names(db: Database, rows: Iterable[NameRow]) -> None:
    """Add *rows* that are not in the table yet."""
    db.conn.executemany(_INSERT, sorted(set(rows)))  # in the order of the table


def name_rows(texts: Iterable[str], stemmed: Iterable[str]) -> Iterator[NameRow]:
    """Yield the rows of the words of *texts* that may be names; *stemmed* is in the index."""
    for word in _words(texts):
        yield from _rows_of(word)
    for key in _words(stemmed):
        if is_servant(key):
            yield from _rows_of(key)


def read_names(db: Database) -> Iterator[tuple[str, str, str]]:
    """Yield every row of the table of names."""
    yield from db.execute("SELECT key, name, stem FROM article_search_names")


def forget_names(db: Database, before: Iterable[str], after: Iterable[str]) -> None:
    """Remove the words of the texts *before* if no article has a word of their stem any more.

    A spelling stays as long as any article has its stem; `reindex` removes it.
    """
    for gone in _stems_of(before) - _stems_of(after):
        if not db.conn.execute(_IS_THERE, [f'"{gone}"']).fetchone():
            db.conn.execute("DELETE FROM article_search_names WHERE stem = ?", [gone])


def _stems_of(texts: Iterable[str]) -> set[str]:
    """Return the stems of the words of *texts* that may be names."""
    return {row[2] for row in name_rows(texts, map(stem_text, texts))}


def _words(texts: Iterable[str]) -> set[str]:
    """Return the words of *texts*; the parts of a Persian compound are one word, too."""
    found: set[str] = set()
    for text in texts:
        found.update(words_of(text))
        found.update(_COMPOUND.findall(text))
    return found


def spellings_of(db: Database, word: str) -> list[Spelling]:
    """Return the words of the archive that spell the name *word* otherwise, likeliest first.

    A name matches an ordinary word only if the two are in different scripts. A word in small
    letters that is one of its language (can) is no name.
    """
    if not _SHORTEST <= len(word) <= _LONGEST or is_small_word(word):
        return []
    typed, found = _stem_of(word), dict[str, Spelling]()
    for one in _named_alike(db, word):
        if one.stem != typed and one.likeness > getattr(found.get(one.stem), "likeness", 0):
            found[one.stem] = one
    best: dict[Script | None, float] = {}
    for one in found.values():
        script = script_of(one.name)
        best[script] = max(best.get(script, 0.0), one.likeness)
    near = [
        one
        for one in found.values()
        if one.likeness >= best[script_of(one.name)] - _FARTHEST_FROM_BEST
    ]
    return sorted(near, key=lambda one: (-one.likeness, one.name))[:_MOST_SPELLINGS]


def _named_alike(db: Database, word: str) -> Iterator[Spelling]:
    """Yield the words of the archive that sound like *word*."""
    script = script_of(word)
    condition = _NOT_ARABIC if is_ordinary(word) or _is_word_form(word) else "1"
    for form in _forms(word):
        sounds = sounds_of(form)
        keys = name_keys(sounds)
        marks = ", ".join("?" * len(keys))
        for name, key in db.conn.execute(_NAMES.format(marks, condition), keys):
            if _is_no_name(name, key, is_same_script=script_of(name) == script):
                continue
            if alike := _alike(form, sounds, name):
                yield Spelling(name, key, alike)


def _is_no_name(name: str, key: str, *, is_same_script: bool) -> bool:
    """Return whether *name*, a word of an archive with the stem *key*, is no spelling."""
    if is_small_word(name):
        return True
    if key in _known_words() and key[1:] == search_key(name):  # فاطمة without its first letter
        return True
    return is_same_script and (_is_ordinary_key(key) or _is_word_form(name))


def names_alike(name: str, typed: str) -> bool:
    """Return whether each word of *typed* is a word of *name*, also in another spelling."""
    return all(
        any(
            search_key(word) == search_key(one) or _alike(word, sounds_of(word), one)
            for one in words_of(name)
        )
        for word in words_of(typed)
    )


def _alike(word: str, sounds: str, name: str) -> float:
    """Return how alike the names are; 0 if they are not one name, or both are words."""
    if _is_word(word) and _is_word(name):
        return 0.0
    other = sounds_of(name)
    is_same_script = script_of(word) == script_of(name)
    least, evidence = _SAME_SCRIPT if is_same_script else _OTHER_SCRIPT
    mine, its = worth(sounds), worth(other)
    needed = max(evidence, least * (mine + its) / 2)
    if needed > min(mine, its):
        return 0.0
    weight = alignment(sounds, other, needed)
    if weight < needed:
        return 0.0
    alike = 2 * weight / (mine + its)
    return alike if alike >= max(map(_least_likeness, (word, name))) else 0.0


def _least_likeness(word: str) -> float:
    """Return the least likeness to *word* of a name in another spelling."""
    if is_english(word):
        return _ENGLISH_LIKENESS
    return ORDINARY_LIKENESS if is_ordinary(word) else 0.0


def is_english(word: str) -> bool:
    """Return True for an English word that is no name of a person or a place."""
    return word.casefold() in _english_words()


def is_small_word(word: str) -> bool:
    """Return True for an English or French word in small letters, or any function word."""
    if word != word.casefold():
        return False
    words = _small_words()
    return word in words or search_key(word) in words or word in _english_words()


def _is_word(word: str) -> bool:
    """Return whether *word* is an Arabic, English or French word, perhaps a name, too."""
    return is_ordinary(word) or is_english(word) or word.casefold() in _small_words()


@lru_cache(maxsize=_REMEMBERED)
def _is_word_form(word: str) -> bool:
    """Return whether an Arabic word is a form of an ordinary one: ويأمل of أمل."""
    form = _WORD_FORM.match(_spelled(word))
    if not form or stem(word) in _arabic_names():
        return False
    rests = (form.string[at:] for at in range(1, form.end() + 1))
    return any(_is_ordinary_key(search_key(rest)) for rest in rests)


@lru_cache(maxsize=_REMEMBERED)
def _rows_of(word: str) -> tuple[tuple[str, str, str], ...]:
    """Return the rows of a word as printed: none if it is no name."""
    if not _SHORTEST <= len(word) <= _LONGEST or (word.isascii() and word.islower()):
        return ()
    if not word.isalpha() and any(char.isdigit() for char in word):
        return ()
    if script_of(word) in {"latin", "cyrillic"} and not word[0].isupper():
        return ()
    key = _stem_of(word)
    return tuple(
        (row, form, key) for form in _forms(word) for row in stored_keys(sounds_of(form))
    )


def _stem_of(word: str) -> str:
    """Return the key of *word* in the index; that of a Persian compound is the whole word's."""
    return words_of(stem_text(word))[-1] if "\u200c" in word else stem(word)


def _forms(word: str) -> Iterator[str]:
    """Yield a word, without its article, and without what may be a particle before it."""
    script = script_of(word)
    if script in {"latin", "cyrillic"}:
        yield word
        return
    folded = word if script == "hebrew" else _spelled(word)
    bare = _ARTICLE.sub("", folded)
    yield bare
    is_whole = bare != folded or (script == "arabic" and stem(word) in _known_words())
    if not is_whole and (cut := _PARTICLE.sub("", folded)) != folded:
        yield cut


def _spelled(word: str) -> str:
    """Return an Arabic word without marks, its letters as the rules of sounds name them."""
    return re.sub("[\u0640\u064b-\u0652\u0670\u200c]", "", word)


@lru_cache(maxsize=_REMEMBERED)
def is_ordinary(word: str) -> bool:
    """Return True for a word of the language that is a name only by chance."""
    return _is_ordinary_key(stem(word))


def _is_ordinary_key(key: str) -> bool:
    return key in _arabic_words() and key not in _arabic_names()


@cache
def _arabic_words() -> frozenset[str]:
    return frozenset(_listed("lexicon/words.txt"))


@cache
def _english_words() -> frozenset[str]:
    lines = read_lines("lexicon/english.txt")
    return frozenset(word for line in lines for word in line.split())


@cache
def _small_words() -> frozenset[str]:
    by_script = read_toml("languages")
    lists = [words for one in _NAME_SCRIPTS for words in by_script[one].values()]
    function_words = {search_key(word) for words in lists for word in words}
    lines = read_lines("lexicon/common.txt")
    return frozenset(function_words.union(*(line.split() for line in lines)))


@cache
def _known_words() -> frozenset[str]:
    return _arabic_words() | _arabic_names()


@cache
def _arabic_names() -> frozenset[str]:
    return frozenset(_listed("lexicon/names.txt"))


def _listed(file: str) -> Iterator[str]:
    for line in read_lines(file):
        for word in line.split():
            yield search_key(word)
            yield stem(word)

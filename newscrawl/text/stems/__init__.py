"""Light stemming with a lexicon, for the search index and its queries.

Particles (و ف ب ك ل), the article, sound plurals and possessives are cut from a word only if
a known word is left; an unknown word loses only endings that can hardly be part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from newscrawl.text.stems.lexicon import Lexicon, folded_word, lexicon, lexicon_digest

STEMS = "1-" + lexicon_digest()
"""The identity of the stems; an index made with others must be rebuilt."""

# Only characters that FTS5's tokenizer, in every version of SQLite, takes for part of a word:
# the text then has as many tokens after stemming as before (tests/test_stems.py asks FTS5).
_TOKEN = re.compile(
    "([0-9A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f"
    "\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u0481\u048a-\u0513"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u05d0-\u05ea"
    "\u0610-\u0615\u0621-\u063a\u0640-\u0669\u066e-\u06d3\u06d5-\u06dc\u06df-\u06e8\u06ea-\u06fc"
    "\u0750-\u076d\u1e00-\u1e9b\u1ea0-\u1ef9\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufd8f\ufd92-\ufdc7"
    "\ufdf0-\ufdfb\ufe70-\ufe74\ufe76-\ufefc]+)"
)
_ARABIC = re.compile("[\u0620-\u06ff]")
_REMEMBERED = 250_000  # words; a year of one site has fewer, and they take about 50 MB
_SPELLING_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")

_ZWNJ = "\u200c"
_WITH_ARTICLE = ("وبال", "فبال", "وكال", "ولل", "فلل", "وال", "فال", "بال", "كال", "لل", "ال")
_PARTICLES = ("و", "ف", "ب", "ل", "ك", "وب", "ول")
_FUTURE = re.compile("[وف]?س([يتن].{2,40})")
_ANY_PREFIX = frozenset({"", *_WITH_ARTICLE, *_PARTICLES})
# Endings of feminines, duals and sound plurals, and what the dictionary form has instead.
_ENDINGS = (
    *(("ه", "ة"), ("ة", ""), ("ه", "")),
    *(
        ("يات", "ية"),
        ("يات", "ي"),
        ("يتين", "ية"),
        ("يتين", "ي"),
        ("يتان", "ية"),
        ("يتان", "ي"),
    ),
    *(("اءات", "اء"), ("ات", "ة"), ("ات", "")),
    *(("تين", "ة"), ("تان", "ة"), ("تا", "ة"), ("تي", "ة")),
    *(("ون", ""), ("ين", ""), ("ان", ""), ("وا", ""), ("ت", ""), ("و", "")),
)
_LEAST = {"ان": 3, "ت": 2, "و": 3, "ه": 1, "ة": 1}
"""A word must keep more letters than this without its ending."""
_ENDINGS_BY_LETTER = {
    last: tuple(
        (ending, instead, len(ending) + _LEAST.get(ending, 1))
        for ending, instead in _ENDINGS
        if ending[-1] == last
    )
    for last in {ending[-1] for ending, _instead in _ENDINGS}
}
_POSSESSIVES = ("هما", "ها", "هم", "هن", "نا", "كم", "ه", "ك")
_SERVANT = re.compile("[وفبلك]?(عبدال.{2,40})")
_AGENT = re.compile("م.{3,}|.ا..")
_SEATED_HAMZA = re.compile("ئو(?!ن$|ا$|نه|نا$)")


def stem_text(text: str) -> str:
    """Return *text* with every word folded and stemmed, and as many tokens as it had.

    The index is built from the result; text between the words is unchanged.
    """
    return "\n".join(map(_stem_line, text.split("\n")))


def _stem_line(line: str) -> str:
    chunks = line.split(" ")
    stems = list(map(_stem_chunk, chunks))
    if not _heads().isdisjoint(stems):
        for position, word in _joined_positions(stems, chunks):
            joined = _joined(stems[position - 1], word)
            stems[position] = _TOKEN.sub(joined, stems[position], count=1)
    return " ".join(stems)


@lru_cache(maxsize=_REMEMBERED)
def _stem_chunk(chunk: str) -> str:
    """Return the text between two spaces, a word with punctuation, stemmed."""
    pieces = _TOKEN.split(chunk)
    for position in range(3, len(pieces), 2):
        if (
            pieces[position - 1] == _ZWNJ
        ):  # the last part stands for the whole: Persian compounds
            pieces[position] = pieces[position - 2] + pieces[position]
    pieces[1::2] = map(stem, pieces[1::2])
    return "".join(pieces)


def words_of(text: str) -> list[str]:
    """Return the words of *text* as they are written, as the index counts them."""
    return _TOKEN.findall(text)


@lru_cache(maxsize=_REMEMBERED // 4)
def stem(word: str) -> str:
    """Return the key under which *word*, one token, is indexed and looked for."""
    folded = folded_word(word)
    if not _ARABIC.search(folded):
        return latin_stem(folded)
    spelled = _one_hamza(word)
    return _distinct(word) or (_arabic_stem(spelled, lexicon()) if spelled else folded)


def joined_words(words: list[str]) -> list[list[str]]:
    """Return each word of a query as the stems it may stand as, عبد الله beside عبدالله.

    A pair that is also written as one word becomes one entry, and so does the one word.
    """
    stems = [stem(word) for word in words]
    entries: list[list[str]] = []
    for position, key in enumerate(stems):
        if position and _is_joined(stems[position - 1], key, words[position]):
            entries[-1] = [stems[position - 1], _joined(stems[position - 1], words[position])]
        else:
            entries.append([key])
    return entries


def is_servant(key: str) -> bool:
    """Return whether *key* is a name such as عبدالله, which is also written as two words."""
    return key.startswith("عبدال") and len(key) > 6


def _joined_positions(stems: list[str], chunks: list[str]) -> Iterator[tuple[int, str]]:
    """Yield position and word of each pair that is also written as one word."""
    heads = _heads()
    for before, key in enumerate(stems[:-1]):
        words = words_of(chunks[before + 1]) if key in heads else []
        if words and _is_joined(key, stem(words[0]), words[0]):
            yield before + 1, words[0]


@cache
def _heads() -> frozenset[str]:
    return frozenset({"عبد", *(first for first, _last in lexicon().joined)})


def _is_joined(first: str, last: str, word: str) -> bool:
    if first == "عبد":
        folded = folded_word(word)
        return folded.startswith("ال") and len(folded) > 3
    return (first, last) in lexicon().joined


def _joined(first: str, word: str) -> str:
    return first + folded_word(word) if first == "عبد" else first + stem(word)


def _distinct(word: str) -> str | None:
    """Return the key of a word that folding would take for another: آب, not أب."""
    if "أ" not in word and "آ" not in word:
        return None
    spelled = _SPELLING_MARKS.sub("", word)
    for key in lexicon().distinct:
        if spelled.endswith(key) and spelled[: -len(key)] in _ANY_PREFIX:
            return key
    return None


def _one_hamza(word: str) -> str:
    """Return *word* folded, its hamza on the seat that most writers put it on."""
    spelled = _SPELLING_MARKS.sub("", word)
    if "ئ" in spelled or "أة" in spelled or "ء" in spelled:
        spelled = _SEATED_HAMZA.sub("ؤو", spelled)
        spelled = spelled.replace("يأة", "يئة").removesuffix("\u0640")
        if spelled.endswith("يء"):
            spelled = spelled[:-2] + "ئ" if len(spelled) > 3 else spelled[:-1]
        elif spelled.endswith("ئ") and len(spelled) == 2:
            spelled = spelled[:-1] + "ي"
    return folded_word(spelled)


def _arabic_stem(word: str, known: Lexicon) -> str:
    """Return the first reading of *word* that leaves a known word, or a cautious guess."""
    if servant := _SERVANT.fullmatch(word):
        return servant[1]
    if word in known.words and not _is_article_first(word, known):
        return word
    return next(_readings(word, known), None) or _guessed(word)


def _readings(word: str, known: Lexicon) -> Iterator[str]:
    """Give the known words that *word* may be, the likeliest reading first."""
    if word in known.owned:
        yield word[:-1]
    for rest in _without(word, _WITH_ARTICLE):
        yield from _inflected(rest, known)
    yield from _inflected(word, known)
    for rest in _without(word, _PARTICLES):
        if rest in known.owned:
            yield rest[:-1]
        if len(rest) > 2:
            yield from _inflected(rest, known)
    if future := _FUTURE.fullmatch(word):
        yield from _inflected(future[1], known)


def _is_article_first(word: str, known: Lexicon) -> bool:
    """Return whether a known word may also be the article and another one: الهام, إلهام."""
    return word.startswith("ال") and len(word) > 4 and word[2:] in known.words


def _without(word: str, prefixes: tuple[str, ...]) -> Iterator[str]:
    for prefix in prefixes:
        if word.startswith(prefix) and len(word) > len(prefix) + 1:
            yield word[len(prefix) :]


def _inflected(word: str, known: Lexicon) -> Iterator[str]:
    """Give the known words that *word*, without particles, may be a form of."""
    for form in (word, *_dictionary_forms(word)):
        if form in known.words and len(form) > 1:
            yield form
        elif found := known.plurals.get(form) or known.variants.get(form):
            yield found


def _dictionary_forms(word: str) -> Iterator[str]:
    """Yield the words that *word* may be a form of, the likeliest first."""
    yield from _singulars(word)
    for suffix in _POSSESSIVES if word[-1] in "هانمك" else ():
        if word.endswith(suffix) and len(word) > len(suffix) + 2:
            owned = word[: -len(suffix)]
            if owned.endswith("ت"):
                yield owned[:-1] + "ة"
            yield owned
            if owned[-1] in "وي" and owned[-2:-1] != "ا":
                yield owned[:-1] + "اء"
            yield from _singulars(owned)
    if word.endswith("ا") and len(word) > 3:
        yield word[:-1]
        yield from _singulars(word[:-1])


def _singulars(word: str) -> Iterator[str]:
    """Give the masculine or singular that *word* may be the feminine or a plural of."""
    length = len(word)
    for ending, instead, least in _ENDINGS_BY_LETTER.get(word[-1], ()):
        if length > least and word.endswith(ending):
            yield word[: -len(ending)] + instead
    if word.endswith("ي") and _AGENT.fullmatch(word[:-1]):
        yield word[:-1]


def _guessed(word: str) -> str:
    """Return an unknown *word* without prefixes and endings that can hardly be part of it."""
    for rest in _without(word, _WITH_ARTICLE):
        if len(rest) > 2:
            word = rest
            break
    else:
        if word.startswith("و") and len(word) > 4 and word[1] not in "اوي":
            word = word[1:]
    return _without_ending(word)


def _without_ending(word: str) -> str:
    for ending, instead, least in (
        *(("يتين", "ي", 3), ("يات", "ي", 3), ("يين", "ي", 3), ("يون", "ي", 3), ("ية", "ي", 3)),
        *(("يه", "ي", 3), ("اتها", "ة", 3), ("اتهم", "ة", 3), ("اته", "ة", 3), ("ات", "ة", 3)),
        *(("تها", "ة", 3), ("تهم", "ة", 3), ("ته", "ة", 3), ("ون", "", 4), ("ين", "", 4)),
        *(("ها", "", 4), ("هم", "", 4), ("ه", "ة", 3)),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)] + instead
    return word


_UNCUT = ("ss", "us", "is")
# Endings of plurals and what the singular has instead; the first that fits counts.
_PLURALS = (
    *(("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ies", "y")),
    *(("eaux", "eau"), ("aux", "al"), ("s", "")),
)


def latin_stem(word: str) -> str:
    """Return *word*, folded already, without a plural ending; others stay as they are."""
    if len(word) < 4 or not word.isascii() or word.endswith(_UNCUT):
        return word
    for ending, instead in _PLURALS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)] + instead
    return word

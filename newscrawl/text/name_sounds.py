"""Names compared by their sound: in Arabic, Hebrew, Latin and Cyrillic letters.

A word becomes a row of sounds by the rules of `resources/names/name_sounds.toml`. Two rows are
aligned, and each pair of sounds counts as much as `resources/names/name_weights.tsv` says,
learned from names of places in several scripts: the logarithm of how much likelier the pair is
in one name than by chance. The rows of one name in two spellings reach most of what each could
reach.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import accumulate, product
from operator import add
from typing import Literal

import attrs

from newscrawl.resources import read_lines, read_toml

Script = Literal["arabic", "hebrew", "latin", "cyrillic"]

_SCRIPTS: tuple[tuple[Script, re.Pattern[str]], ...] = (
    ("arabic", re.compile("[\u0620-\u06ff]")),
    ("hebrew", re.compile("[\u05d0-\u05ea]")),
    ("cyrillic", re.compile("[\u0400-\u052f]")),
    ("latin", re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")),
)
_ARABIC_FORMS = str.maketrans("یېۍۀہۂەکڪ", "يييههههكك")
_LAST_HEH = re.compile("(?<=..)[ہۂە]$")
"""The last letter of Urdu and Kurdish names in -a, which Arabic writes with another."""
_REMEMBERED = 100_000
_TURKISH = re.compile("[ışğç]|öc|cö|üc|cü")
_DOUBLED = re.compile(r"(.)\1+")
_MOST_KEYS = 96
_SHORT_VOWEL = -0.6
_LONG_VOWEL = -2.0
_LAST_VOWEL = -6.0
_VOWELS = frozenset("aeiou")
_SHORT_WRITTEN = dict.fromkeys("aiou", -4.0) | {"e": -1.5}
"""Weights of short vowels that the other name lacks, in two scripts that write them."""
_LONG_WRITTEN = {"W": -4.0, "Y": -4.0}
"""Weights of long vowels of a Semitic script, which others write, too."""
_NEVER_SEEN = -4.0
_NEVER_LAST = frozenset("aiouAWY")
"""Vowels that no script leaves out at the end of a name; an e may be silent there."""
_PLAIN = frozenset("abdefghijklmnoprstuvz")
"""Latin letters that are a sound of their own."""

# The consonants of the blocking key, as classes; a sound that may stand for another class, or
# for none, has all of them. The first is the one that a word of the archive has.
_CLASSES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys("bp", ("B",)),
    **dict.fromkeys("BP", ("B", "F")),
    "f": ("F", "B"),
    "v": ("F", "", "B"),
    **dict.fromkeys("td5", ("T",)),
    **dict.fromkeys("4TD", ("T", "S")),
    **dict.fromkeys("s3SZc", ("S",)),
    **dict.fromkeys("z2", ("S", "T")),
    "C": ("S", "K"),
    "j": ("S", "K", ""),
    "J": ("S", "K"),
    "g": ("K", "S"),
    **dict.fromkeys("kq", ("K",)),
    "K": ("K", "S"),
    **dict.fromkeys("xX", ("K", "", "S")),
    "G": ("K", "", "S"),
    "h": ("", "K"),
    "W": ("", "F"),
    "w": ("", "F"),
    "m": ("M",),
    "n": ("N",),
    "l": ("L",),
    "r": ("R",),
}


def script_of(word: str) -> Script | None:
    """Return the script of the first letter of *word* that has one; None without any."""
    for script, letters in _SCRIPTS[-1:] if word.isascii() else _SCRIPTS:
        if letters.search(word):
            return script
    return None


@lru_cache(maxsize=_REMEMBERED)
def sounds_of(word: str) -> str:
    """Return the sounds of a name of one word, a sign each; empty if its script is unknown."""
    script = script_of(word)
    if script is None:
        return ""
    rules, pieces = _rules(script), _pieces(script).findall(_prepared(word, script))
    found = [rules.get(piece, piece if piece in _PLAIN else "") for piece in pieces]
    return _DOUBLED.sub(r"\1", "".join(found))


def likeness(left: str, right: str) -> float:
    """Return how alike two rows of sounds are: near 1 for one name, 0 or less by chance."""
    most = worth(left) + worth(right)
    return 2 * alignment(left, right) / most if most > 0 else 0.0


def worth(sounds: str) -> float:
    """Return the weight of the alignment of a row of sounds with the likeliest one for it."""
    return _costs(sounds).rest[0]


def alignment(left: str, right: str, least: float = 0.0) -> float:
    """Return the weight of the best alignment of two rows of sounds, in nats.

    Where that is below *least* it may be any value below *least*: most words that are compared
    are no names of one thing, which their first sounds show.
    """
    weights = _weights()
    mine, other = _costs(left, _has_vowels(right)), _costs(right, _has_vowels(left))
    row = [*accumulate(other.gaps, initial=0.0)]
    for sound, gap, rest in zip(left, mine.gaps, mine.rest[1:], strict=True):
        pairs, cell = weights[sound], row[0] + gap
        new = [cell]
        for diagonal, above, beside, other_gap in zip(
            row, row[1:], right, other.gaps, strict=False
        ):
            cell = max(cell + other_gap, diagonal + pairs[beside], above + gap)
            new.append(cell)
        row = new
        if least and max(map(add, row, other.rest)) < least > max(row) + rest:
            return least - 1.0
    return row[-1]


def name_keys(sounds: str) -> tuple[str, ...]:
    """Return the rows of consonants that a name with *sounds* may have in another script.

    Empty for a name with hardly a consonant, which many others would equal.
    """
    options = [_CLASSES[sound] for sound in sounds if sound in _CLASSES]
    found: dict[str, None] = {}
    for chosen in product(*options[:12]):
        key = "".join(chosen)
        if _is_enough(key, sounds):
            found.setdefault(key)
        if len(found) == _MOST_KEYS:
            break
    return tuple(found)


def stored_keys(sounds: str) -> tuple[str, ...]:
    """Return the consonants that a word of an archive is found under; none if they are few."""
    rows = dict.fromkeys((sounds, sounds.replace("G", "")))
    keys = ("".join([_CLASSES[sound][0] for sound in row if sound in _CLASSES]) for row in rows)
    return tuple(key for key in keys if _is_enough(key, sounds))


def _is_enough(key: str, sounds: str) -> bool:
    return len(key) > 1 or (len(key) == 1 and len(sounds) > 3)


@attrs.frozen
class _Costs:
    """A row of sounds in alignments."""

    gaps: tuple[float, ...]
    """The weight of each sound if the other name lacks it."""
    rest: tuple[float, ...]
    """The most that the sounds from each place on can add."""


@lru_cache(maxsize=_REMEMBERED)
def _costs(sounds: str, is_other_full: bool = False) -> _Costs:
    """Return the costs of a row beside one that has its short vowels, or has none."""
    weights = _weights()
    written = (
        (_SHORT_WRITTEN if _has_vowels(sounds) else _LONG_WRITTEN) if is_other_full else {}
    )
    gaps = [written.get(sound, weights[sound][""]) for sound in sounds]
    if sounds and sounds[-1] in _NEVER_LAST:
        gaps[-1] = _LAST_VOWEL
    worths = [weights[sound][sound] for sound in reversed(sounds)]
    return _Costs(tuple(gaps), tuple(accumulate(worths, initial=0.0))[::-1])


@lru_cache(maxsize=_REMEMBERED)
def _has_vowels(sounds: str) -> bool:
    """Return True for a name in a script that writes short vowels."""
    return not _VOWELS.isdisjoint(sounds)


def _prepared(word: str, script: Script) -> str:
    text = word.casefold() if script in {"latin", "cyrillic"} else word
    if script == "latin":
        if _TURKISH.search(text):
            text = text.replace("c", "j")
        return text if text.isascii() else "".join(_latin_letters(text))
    text = unicodedata.normalize("NFC", text)
    if script == "arabic":
        text = _LAST_HEH.sub("ة", text).translate(_ARABIC_FORMS)
    if text.isalpha():  # no letter is a combining mark
        return text
    return "".join(char for char in text if not unicodedata.combining(char))


def _latin_letters(text: str) -> Iterator[str]:
    """Give each letter of *text*, without its accent if the rules do not name it."""
    rules = _rules("latin")
    for char in unicodedata.normalize("NFC", text):
        if char in rules or char.isascii():
            yield char
        else:
            yield "".join(
                part
                for part in unicodedata.normalize("NFKD", char)
                if not unicodedata.combining(part)
            )


@cache
def _rules(script: Script) -> Mapping[str, str]:
    rules: Mapping[str, str] = read_toml("names/name_sounds")[script]
    return rules


@cache
def _pieces(script: Script) -> re.Pattern[str]:
    """Return the pattern of the longest piece of a word that a rule names, or of one letter."""
    longest_first = sorted(_rules(script), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, longest_first), "."]), re.DOTALL)


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    """Return the weight of each pair of sounds; with "" for a sound that the other lacks."""
    weights: defaultdict[str, dict[str, float]] = defaultdict(_Weights)
    vowels: Mapping[str, float] = read_toml("names/name_sounds")["vowels"]
    for line in read_lines("names/name_weights.tsv"):
        left, right, learned = line.split("\t")
        if right == "-":
            weights[left][""] = _gap(left, float(learned))
        else:
            weights[left][right] = weights[right][left] = _sharpened(float(learned))
    for pair, weight in vowels.items():
        left, right = pair[0], pair[1]
        weights[left][right] = weights[right][left] = weight
    # The training has no two names of one script: an equal sound is as good as the likeliest.
    for sound, pairs in weights.items():
        pairs[sound] = max(0.0, *(weight for other, weight in pairs.items() if other))
    return weights


def _sharpened(learned: float) -> float:
    """Return the weight of two sounds; a negative one counts twice."""
    return min(learned, 2 * learned)


def _gap(sound: str, weight: float) -> float:
    """Return the weight of a sound that the other name lacks.

    Arabic and Hebrew leave short vowels out, and write long ones.
    """
    if sound in "aeiou":
        return max(weight, _SHORT_VOWEL)
    return min(weight, _LONG_VOWEL) if sound in "AWY" else weight


class _Weights(dict[str, float]):
    """Weights of a sound, with that of a pair which no name of the training had."""

    def __missing__(self, other: str) -> float:
        return _NEVER_SEEN

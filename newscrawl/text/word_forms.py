"""Other forms of a word that is looked for, in Hebrew, Persian, Urdu and French.

Arabic and English are stemmed in the index. These languages have no lexicon here, and cutting
letters from unknown words would join words that have nothing in common. So the forms are made
from the word of the query instead: a form that is no word is in no text, and finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_HEBREW = re.compile("[א-ת]+")
_HEBREW_FINALS = str.maketrans("ךםןףץ", "כמנפצ")
_TO_FINAL = dict(zip("כמנפצ", "ךםןףץ", strict=True))
_HEBREW_PREFIXES = (
    *("", "ה", "ו", "ב", "ל", "מ", "ש", "כ", "וה", "וב", "ול", "ומ", "וש", "שה", "מה", "כש"),
    *("כשה", "שב", "של", "שמ", "ושה", "ומה"),
)
_PERSIAN = re.compile("[\u0621-\u06ff]+")
_PERSIAN_LETTERS = re.compile("[پچژگکیٹڈڑںےہھ]")
_ARABIC_LETTERS = re.compile("[يكةىأإؤء]")
_PERSIAN_PLURALS = ("ها", "های", "هایی", "هایش", "هایشان")
_PERSIAN_ENDINGS = (*_PERSIAN_PLURALS, "ی", "ان", "اش", "شان", "تر", "ترین")
_URDU_ENDINGS = (
    *(("یاں", ("ی",)), ("یوں", ("ی",)), ("وں", ("", "ا", "ہ")), ("یں", ("",))),
    *(("ے", ("ا", "ہ")), ("ات", ("",))),
)
# Endings of one French word: masculine, feminine, and their plurals.
_FRENCH = (
    *(("é", "ée", "és", "ées"), ("ais", "aise", "aises"), ("ois", "oise", "oises")),
    *(("ien", "ienne", "iens", "iennes"), ("éen", "éenne", "éens", "éennes")),
    *(("teur", "trice", "teurs", "trices"), ("if", "ive", "ifs", "ives")),
    *(("eux", "euse", "euses"), ("iel", "ielle", "iels", "ielles")),
    *(("nel", "nelle", "nels", "nelles"), ("ier", "ière", "iers", "ières")),
    *(("al", "ale", "aux", "ales"), ("ain", "aine", "ains", "aines")),
)
_LEAST = 3


@lru_cache(maxsize=4096)
def other_forms(word: str) -> tuple[str, ...]:
    """Return other forms of *word*, one word of a query; none in another language."""
    if _HEBREW.fullmatch(word):
        return _without(word, _hebrew_forms(word))
    if _PERSIAN.fullmatch(word) and not _ARABIC_LETTERS.search(word):
        return _without(word, _persian_and_urdu_forms(word))
    return _without(word, _french_forms(word.lower()))


def _without(word: str, forms: Iterator[str]) -> tuple[str, ...]:
    return tuple(form for form in dict.fromkeys(forms) if form != word)


def _hebrew_forms(word: str) -> Iterator[str]:
    """Yield *word* with each particle before it, in the singular, plural and construct."""
    bases = [word]
    if word.startswith("ה") and len(word) > _LEAST + 1:
        bases.append(word[1:])
    for base in bases:
        if len(base) < _LEAST:
            continue
        for form in _hebrew_numbers(base):
            yield from (prefix + form for prefix in _HEBREW_PREFIXES)


def _hebrew_numbers(base: str) -> tuple[str, ...]:
    if base.endswith("ה"):
        return base, f"{base[:-1]}ת", f"{base[:-1]}ות"
    if base.endswith("ות") and len(base) > _LEAST + 1:
        return base, f"{base[:-2]}ה", f"{base[:-2]}ת"
    if base.endswith("ים") and len(base) > _LEAST + 1:
        single = base[:-2]
        final = single[:-1] + _TO_FINAL.get(single[-1], single[-1])
        return base, final, f"{single}י"
    root = base.translate(_HEBREW_FINALS)
    return base, f"{root}ים", f"{root}י", f"{root}ות"


def _persian_and_urdu_forms(word: str) -> Iterator[str]:
    is_marked = bool(_PERSIAN_LETTERS.search(word))
    endings = _PERSIAN_ENDINGS if is_marked else _PERSIAN_PLURALS
    bases = [word]
    for ending in sorted(endings, key=len, reverse=True):
        if word.endswith(ending) and len(word) >= len(ending) + _LEAST:
            bases.append(word[: -len(ending)])
            break
    for base in bases:
        yield base
        yield from (base + ending for ending in endings)
    if is_marked:
        yield from _urdu_forms(word)
    else:  # endings that Arabic and Persian do not have
        yield from (f"{word}یں", f"{word}وں")


def _urdu_forms(word: str) -> Iterator[str]:
    bases = [word]
    for ending, singular in _URDU_ENDINGS:
        if word.endswith(ending) and len(word) >= len(ending) + _LEAST - 1:
            bases += [word[: -len(ending)] + letter for letter in singular]
            break
    for base in bases:
        yield base
        yield from _urdu_plurals(base)


def _urdu_plurals(base: str) -> tuple[str, ...]:
    if base.endswith("ی"):
        return f"{base}اں", f"{base[:-1]}یوں"
    if base.endswith(("ا", "ہ")):
        return f"{base[:-1]}ے", f"{base[:-1]}وں"
    return f"{base}یں", f"{base}وں", f"{base}ات"


def _french_forms(word: str) -> Iterator[str]:
    """Yield the masculine, feminine and plurals of a French adjective or noun."""
    for endings in _FRENCH:
        for ending in sorted(endings, key=len, reverse=True):
            root = word[: -len(ending)]
            if word.endswith(ending) and len(root) >= _LEAST - 1:
                yield from (root + other for other in endings)
                return

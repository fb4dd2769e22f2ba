"""Arabic, Persian, Urdu and Hebrew text as it is stored; `folding` has its search keys.

Nothing here knows about HTML, articles or SQLite. Every rule stands in docs/arabic.md with an
example, and a test reads that page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.folding import FORMS

ARABIC_LETTERS_ONLY = frozenset({"ar", "arb", "ary", "arz", "apc", "ajp", "acm", "aeb", "afb"})
"""Primary subtags of Arabic and its dialects, which write ك and ي."""
PERSIAN_LETTERS_ONLY = frozenset({"fa", "prs", "pes", "ur", "ckb", "ps"})
"""Primary subtags of the languages that write ک and ی."""
UNJOINED = ARABIC_LETTERS_ONLY | {"he", "iw"}
"""Primary subtags of the languages that have no use for a zero-width non-joiner."""

TATWEEL = "ـ"
_ZWNJ = "\u200c"
_ZWJ = "\u200d"


def _table(codes: Iterable[int], replacement: str) -> dict[int, str]:
    return dict.fromkeys(codes, replacement)


_SPACES = _table((0x09, 0x0B, 0x0C, 0xA0, 0x1680, 0x202F, 0x205F, 0x3000), " ") | _table(
    range(0x2000, 0x200B), " "
)
_LINE_ENDS = _table((0x0D, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029), "\n")
_CONTROLS = _table(
    (*range(0x09), *range(0x0E, 0x1C), 0x1F, *range(0x7F, 0x85), *range(0x86, 0xA0)), ""
)
_INVISIBLES = _table(
    (
        *(0xAD, 0x061C, 0x200B, 0x200E, 0x200F, 0xFEFF),
        *(*range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFFF9, 0xFFFC)),
    ),
    "",
)
DIRECTION_MARKS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""The invisible characters that set the direction of writing."""
_SURROGATES = _table(range(0xD800, 0xE000), "\ufffd")
_STORED = FORMS | _SPACES | _LINE_ENDS | _CONTROLS | _INVISIBLES | _SURROGATES
_CAUSES: Mapping[str, Mapping[int, str]] = {
    "presentation_forms": FORMS,
    "white_space": _SPACES | _LINE_ENDS,
    "controls": _CONTROLS,
    "invisible_characters": _INVISIBLES,
    "surrogates": _SURROGATES,
}

_ARABIC_LETTERS = {"ک": "ك", "ی": "ي", "ہ": "ه", "ھ": "ه", "ە": "ه"}
_PERSIAN_LETTERS = {"ك": "ک", "ي": "ی", "ى": "ی"}


_DIGITS = {zero + value: str(value) for zero in (0x0660, 0x06F0) for value in range(10)}


def _character_class(codes: Iterable[int]) -> str:
    """Return a regular expression for any of *codes*, in ranges, which `re` scans fastest."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "[" + "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges) + "]"


_DIRECTION_MARK = re.compile(_character_class(DIRECTION_MARKS))
_ODD = compiled_on_use(_character_class(_STORED) + "+")
_SPACES_RUN = re.compile("   *")
_LINES_RUN = re.compile("[ \n]{2,}")
_LETTER = (
    "\u0620-\u063f\u0641-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff"
    "\u0750-\u077f\u08a0-\u08ff"
)
# Each pattern begins with the character it looks for, which `re` then finds fast.
_ORNAMENT = compiled_on_use(
    # Inside a word, or behind two letters of one. `هـ` and `بـ 25` hold one letter and keep it.
    f"{TATWEEL}(?:(?<=[{_LETTER}]{TATWEEL}){TATWEEL}*(?=[{_LETTER}])"
    f"|(?<=[{_LETTER}{TATWEEL}][{_LETTER}]{TATWEEL}){TATWEEL}*)"
)
_JOINERS = f"[{_ZWNJ}{_ZWJ}]"
_NO_LETTER = r"\s!-/:-@\[-`{-~«»،؛؟…“”‘’–—" + _ZWNJ + _ZWJ
_STRAY_JOINER = compiled_on_use(
    f"{_JOINERS}(?:(?=[{_NO_LETTER}]|$)|(?<![^{_NO_LETTER}]{_JOINERS}){_JOINERS}*"
    f"|(?<=[{_LETTER}{TATWEEL}]{_ZWJ})|(?<={_ZWJ})(?=[{_LETTER}{TATWEEL}]))"
)
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def squeeze(text: str) -> str:
    """Return *text* on one line: every run of white space is one space, none at the ends."""
    return " ".join(text.split())


def without_invisible(text: str) -> str:
    """Return *text* without soft hyphens, zero-width spaces and marks of direction."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def without_direction_marks(text: str) -> str:
    """Return *text* without the invisible marks that set the direction of writing."""
    return text if text.isascii() else _DIRECTION_MARK.sub("", text)


def primary_subtag(language: str | None) -> str:
    """Return the language of a BCP 47 tag, in lower case: `ar` for `ar-EG`, '' for None."""
    return (language or "").replace("_", "-").partition("-")[0].lower()


def normalize_arabic(text: str, language: str | None = None) -> str:
    """Return *text* as it is stored: typing habits evened out, the spelling the writer's.

    *language* is the site's (BCP 47); without it no letter is exchanged for another language's.
    Line ends stay, one at a time. Normalising twice changes nothing. The rules, with an example
    each, are in docs/arabic.md.
    """
    text = _ODD.sub(_replaced, text)
    subtag = primary_subtag(language)
    for letter, own in _letters_for(subtag).items():
        text = text.replace(letter, own)
    if _ZWNJ in text or _ZWJ in text:
        text = _joined(text, subtag)
    if TATWEEL in text:
        text = _ORNAMENT.sub("", text)
    return _spaced(text)


def western_digits(text: str) -> str:
    """Return *text* with Arabic-Indic and Persian digits as 0 to 9, for numeric fields."""
    return text.translate(_DIGITS)


def arabic_changes(text: str, language: str | None = None) -> Counter[str]:
    """Return how many characters `normalize_arabic` changes in *text*, by cause."""
    changes: Counter[str] = Counter()
    if normalize_arabic(text, language) == text:
        return changes
    odd = Counter("".join(_ODD.findall(text)))
    for cause, table in _CAUSES.items():
        changes[cause] += sum(count for char, count in odd.items() if ord(char) in table)
    text = _ODD.sub(_replaced, text)
    subtag = primary_subtag(language)
    for letter, own in _letters_for(subtag).items():
        changes["letters"] += text.count(letter)
        text = text.replace(letter, own)
    for cause, changed in (
        ("joiners", _joined(text, subtag)),
        ("tatweel", _ORNAMENT.sub("", _joined(text, subtag))),
        ("white_space", _spaced(_ORNAMENT.sub("", _joined(text, subtag)))),
    ):
        changes[cause] += len(text) - len(changed)
        text = changed
    return +changes


def _replaced(match: re.Match[str]) -> str:
    return match[0].translate(_STORED)


def _letters_for(subtag: str) -> Mapping[str, str]:
    if subtag in ARABIC_LETTERS_ONLY:
        return _ARABIC_LETTERS
    return _PERSIAN_LETTERS if subtag in PERSIAN_LETTERS_ONLY else {}


def _joined(text: str, subtag: str) -> str:
    """Return *text* with its zero-width joiners only where they join or part letters."""
    if subtag in UNJOINED:
        text = text.replace(_ZWNJ, "")
    return _STRAY_JOINER.sub("", text)


def _spaced(text: str) -> str:
    """Return *text* with single spaces and single line ends, and none of either at its ends."""
    if "  " in text:
        text = _SPACES_RUN.sub(" ", text)
    if "\n\n" in text or " \n" in text or "\n " in text:
        text = _LINES_RUN.sub(lambda run: "\n" if "\n" in run[0] else " ", text)
    return text.strip(" \n")

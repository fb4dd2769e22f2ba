"""Captions of pictures: the description, and the credit beside it.

A credit has a label (`Photo: AFP`, `صورة: رويترز`), or brackets, a dash or the end of a
sentence before the name of an agency. A word such as `picture` in running text is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from newscrawl.resources import read_toml
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.normalize import squeeze
from newscrawl.values.gazetteer.agencies import is_agency, looks_like_supplier
from newscrawl.values.gazetteer.names import PARTICLES, has_given_name, is_name_shaped, name_key

LONGEST = 1_000
"""Characters of a caption that are read."""
LONGEST_CREDIT = 90
MOST_WORDS = 10
LONGEST_BARE = 60
"""A credit without a label has this many characters at most."""
LONGEST_IDEOGRAPHS = 4
"""The same for a name in Chinese, Japanese or Korean."""
_EDGES = " \t\n.,;:|/·•-–—ـ،؛()[]（）【】*"
_BRACKET = compiled_on_use(r"[(\[（【](?P<inside>[^()\[\]（）【】]{2,90})[)\]）】]\s?\.?$")
_ENDING = compiled_on_use(r"[.!?؟。…»”\"']\s?|\s?[=＝]|\s?[|•·]\s?|\s[-–—ـ/]{1,2}\s?|,\s")
"""Signs between a caption and a bare name behind it."""
_SIGN = compiled_on_use(r"(?:©|\(c\)|ⓒ)\s?(?P<who>.{2,90})$", re.IGNORECASE)
_FIRST = compiled_on_use(r"(?P<who>[^|:.]{2,60}?)(?:\s[-–—]\s|\s?\|\s?)(?P<caption>.{10,})$")
"""The name of an agency before a caption."""
_LAST_WORD = compiled_on_use(r"(?:^|\s)(?P<word>[^\s.,;:!?]+)\s$")
_SLASH = compiled_on_use(r"\s?[/|+,&،]\s?|\svia\s|\s[-–—]\s")
_CLOSED_SLASH = re.compile(r"[^\W\d_]{2}/[^\W\d_]")
_ARTICLE = compiled_on_use(r"^(?:the|la|le|les|el|los|las|der|die|das|il|het)\s", re.IGNORECASE)
_IN_CAPITALS = compiled_on_use(
    r"(?<=[.)»”])\s(?:PHOTOS?|FOTOS?|BILD|CRÉDIT)\s(?P<who>[A-ZÀ-Þ][A-ZÀ-Þ .'’/&-]{2,40})$"
)
"""A label and a name in capitals: `PHOTO SUD OUEST`."""
_NAME_AND_OUTLET = compiled_on_use(r"(?P<name>[^()]{4,40}?)\s\([^()a-zß-ÿ]{2,30}\)?")
_NEW_SENTENCE = compiled_on_use(r"[.!?؟。]\s+\S+\s+\S")


def split_caption(text: str) -> tuple[str | None, str | None]:
    """Return the caption and the credit in *text*; None for a missing one."""
    text = squeeze(text[:LONGEST])
    for start, who in _credits(text):
        credit = clean_credit(who)
        if credit:
            return _without_label(text[:start].rstrip(" |–—-(/[（【•·ـ=＝")) or None, credit
    first = _FIRST.match(text)
    if first and _is_supplier(first["who"].strip(_EDGES)):
        return first["caption"], clean_credit(first["who"])
    return _without_label(text) or None, None


def _without_label(caption: str) -> str:
    """Return *caption* without a label before what the picture shows: `Bild: Die Brücke`."""
    may_be_labelled = ":" in caption or "：" in caption
    label = _weak_label().match(caption) if may_be_labelled else None
    rest = caption[label.end() :] if label else caption
    return rest if _describes(rest) else caption


def clean_credit(text: str) -> str | None:
    """Return the name in a credit of its own, without label, brackets and signs."""
    who = squeeze(text[:LONGEST]).strip(_EDGES)
    for _ in range(2):
        patterns = (_labelled(), _firm(), _SIGN, _unsigned())
        labelled = next(filter(None, (pattern.match(who) for pattern in patterns)), None)
        if labelled is None or not (labelled.re != _unsigned() or _is_supplier_in(labelled)):
            break
        who = labelled["who"].strip(_EDGES)
    if who.count("(") > who.count(")"):
        who += ")"
    return who if 2 <= len(who) <= LONGEST_CREDIT else None


def credit_from(text: str) -> str | None:
    """Return the name in *text*, that of an element of its own that `is_credit`."""
    who = squeeze(text[:LONGEST]).strip(_EDGES)
    return clean_credit(who if _is_supplier(who) else split_caption(text)[1] or text)


def is_credit(text: str) -> bool:
    """Return whether *text*, that of an element of its own, is a credit and no caption."""
    text = squeeze(text[:LONGEST])
    if not 2 <= len(text) <= LONGEST_CREDIT + 20:
        return False
    first = next(_credits(text), None)
    return (first is not None and first[0] == 0) or _is_supplier(text.strip(_EDGES))


def is_label(text: str) -> bool:
    """Return whether *text* is a label alone, whose name stands elsewhere: `Photo:`."""
    word = text.strip().rstrip(" :：").casefold()
    return (
        text.rstrip().endswith((":", "："))
        and word in read_toml("credits/photo_words")["labels"]
    )


def is_furniture(text: str) -> bool:
    """Return whether *text* is a button or counter on a picture: `View 6 Images`, `1/5`."""
    words = [word for word in re.split(r"[\W\d_]+", text[:80].casefold()) if word]
    return not words or " ".join(words) in _furniture()


def _credits(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a credit at the end of *text* may begin and its words, the surest first."""
    bracket = _BRACKET.search(text)
    if bracket and _is_credit_inside(bracket["inside"].strip()):
        yield bracket.start(), bracket["inside"]
    yield from _labelled_credits(text)
    base = max(0, len(text) - LONGEST_BARE - 2)
    for ending in _ENDING.finditer(text, base):
        if _is_supplier(text[ending.end() :].strip(_EDGES)):
            is_sentence = text[ending.start()] in ".!?؟。…»”\"'"
            yield ending.start() + is_sentence, text[ending.end() :]
    if _is_supplier(text.strip(_EDGES)):
        yield 0, text


def _labelled_credits(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a credit with a label may begin in *text*, and its words."""
    for pattern in (_SIGN, _firm(), _labelled()):
        for match in pattern.finditer(text):
            if _is_name(match["who"]) and not _is_description(match):
                start = _start_with_agency(text, match)
                yield start, text[start:] if start < match.start() else match["who"]
    for match in _unsigned().finditer(text):
        if _is_supplier_in(match) or _is_photographer(match):
            yield match.start(), match["who"]
    for match in _IN_CAPITALS.finditer(text):
        yield match.start(), match["who"]


def _is_photographer(match: re.Match[str]) -> bool:
    """Return whether a person's name follows a photographer's label: `تصوير خالد محمود`."""
    labels = read_toml("credits/photo_words")["photographers"]
    return match["label"] in labels and has_given_name(match["who"].strip(_EDGES))


def _is_description(match: re.Match[str]) -> bool:
    """Return whether a weak label stands before what the picture shows, and no name.

    `صورة: الجسر القديم قبل الإغلاق`, `Bild: Die alte Brücke am Montagmorgen`.
    """
    words = read_toml("credits/photo_words")
    label, who = (match.groupdict().get("label") or "").casefold(), match["who"].strip(_EDGES)
    return label in words["weak"] and _describes(who)


def _describes(text: str) -> bool:
    """Return whether *text*, behind a weak label, is no name: it has words in small letters."""
    if _has_known_part(text) or looks_like_supplier(text):
        return False
    if text[:1].lower() == text[:1].upper():
        return text[:1] < "\u3000" and len(text.split()) > 2 and not _is_person(text)
    return len(_small_words(text)) > 1


def _small_words(text: str) -> list[str]:
    """Return the words in small letters of *text* that stand in no supplier's name."""
    in_names = {*read_toml("credits/photo_words")["small_words"], *PARTICLES}
    small = (word for word in text.split() if word.islower() and "." not in word)
    return [word for word in small if word not in in_names]


def _has_known_part(who: str) -> bool:
    return any(_is_known_supplier(part.strip(_EDGES)) for part in _SLASH.split(who) if part)


def _start_with_agency(text: str, label: re.Match[str]) -> int:
    """Return where a credit begins, with an agency before its *label*: `AP Photo/Ann Lee`."""
    has_slash = "/" in text[label.start() : label.start("who")]
    before = _LAST_WORD.search(text[: label.start()]) if has_slash else None
    return before.start("word") if before and is_agency(before["word"]) else label.start()


def _is_supplier_in(match: re.Match[str]) -> bool:
    return _is_supplier(match["who"].strip(_EDGES))


def _is_credit_inside(inside: str) -> bool:
    """Return whether the words in brackets at the end of a caption are a credit."""
    if _labelled().match(inside) or _firm().match(inside) or _SIGN.match(inside):
        return True
    unsigned = _unsigned().match(inside)
    if unsigned and _is_supplier_in(unsigned):
        return True
    if _is_supplier(inside) or inside.endswith(
        tuple(read_toml("credits/photo_words")["endings"])
    ):
        return True
    return _is_pair(inside) or _is_person_with_outlet(inside)


def _is_pair(inside: str) -> bool:
    """Return whether a slash without spaces parts two names: `Ann/Harbour Post`."""
    return bool(_CLOSED_SLASH.search(inside)) and inside[:1].isupper() and len(inside) <= 40


def _is_person_with_outlet(text: str) -> bool:
    """Return whether *text* is a full name and an outlet's: `Jane Roe / The Post`."""
    person, slash, outlet = map(str.strip, text.partition("/"))
    is_latin = bool(slash) and person[:1].isupper() and outlet[:1].isupper()
    return is_latin and _is_person(person) and len(outlet.split()) <= 4 and "/" not in outlet


def is_signature(text: str) -> bool:
    """Return whether *text*, in letters of its own behind a caption, is a name alone."""
    text = text.strip(_EDGES)
    pair = _NAME_AND_OUTLET.fullmatch(text)
    if pair:
        return _is_person(pair["name"])
    is_named = "/" in text and all(map(_is_capitalised, text.split("/")))
    return is_named or _is_person_with_outlet(text) or (text[:1].isupper() and _is_person(text))


def _is_capitalised(name: str) -> bool:
    words = name.split()
    return 0 < len(words) <= 4 and all(word[0].isupper() for word in words)


def _is_supplier(text: str) -> bool:
    """Return whether *text* is an agency or library, alone or beside a photographer's name."""
    if not 2 <= len(text) <= LONGEST_BARE:
        return False
    if _is_known_supplier(text):
        return True
    parts = [part for part in _SLASH.split(text) if part]
    others = [part for part in parts if not _is_known_supplier(part)]
    return len(parts) > 1 and len(others) < len(parts) and all(map(_is_person, others))


def _is_known_supplier(text: str) -> bool:
    return is_agency(text) or name_key(text) in _libraries()


def _is_person(text: str) -> bool:
    """Return whether *text* may be a photographer: a few words, capitalised if any can be."""
    name = text.strip(_EDGES)
    words = name.split()
    if name[:1] >= "\u3000":
        return len(words) == 1 and len(name) <= LONGEST_IDEOGRAPHS
    if name[:1].lower() == name[:1].upper():  # a script without capitals
        return is_name_shaped(name, is_given=has_given_name(name))
    return 2 <= len(words) <= 4 and all(
        word[0].upper() == word[0] or word in PARTICLES for word in words
    )


def _is_name(who: str) -> bool:
    """Return whether *who* has a name's form: short, one piece, with a capital if any."""
    who = who.strip(_EDGES)
    words = who.split()
    if not words or len(who) > LONGEST_CREDIT or len(words) > MOST_WORDS:
        return False
    if _NEW_SENTENCE.search(who):
        return False
    bare = _ARTICLE.sub("", who)
    first = next(filter(str.isalpha, bare), "")
    is_known = _is_known(words) or _is_known_supplier(_SLASH.split(who)[0])
    return first != "" and (not _is_small(first) or "." in who or is_known)


def _is_small(letter: str) -> bool:
    return letter != letter.upper() and not letter.isupper()


def _is_known(words: list[str]) -> bool:
    return is_agency(words[0]) or name_key(words[0]) in _libraries()


@cache
def _libraries() -> frozenset[str]:
    return frozenset(name_key(name) for name in read_toml("credits/photo_words")["libraries"])


@cache
def _furniture() -> frozenset[str]:
    phrases = read_toml("credits/photo_words")["furniture"]
    return frozenset(" ".join(re.split(r"[\W\d_]+", one.casefold())).strip() for one in phrases)


def _alternatives(words: Iterable[str]) -> str:
    """Return a pattern of any of *words*, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _labelled() -> re.Pattern[str]:
    words = read_toml("credits/photo_words")
    labels = _alternatives(words["labels"])
    short = "|".join(re.escape(one) for one in words["abbreviations"])
    joins = "|".join(sorted(words["joins"], key=len, reverse=True))
    return re.compile(
        rf"(?:^|(?<=[\s.,;|(\[（【–—/-]))"
        rf"(?:(?P<label>{labels})s?(?:\s(?:{joins}))?\s?[:：/=＝]|(?:{short}))\s?"
        rf"(?P<who>.{{2,{LONGEST_CREDIT}}})$",
        re.IGNORECASE,
    )


@cache
def _weak_label() -> re.Pattern[str]:
    labels = _alternatives(read_toml("credits/photo_words")["weak"])
    return re.compile(rf"(?:{labels})\s?[:：]\s(?=\S+\s\S)", re.IGNORECASE)


@cache
def _unsigned() -> re.Pattern[str]:
    """Return the pattern of a label without a colon, which only an agency's name may follow."""
    words = read_toml("credits/photo_words")["labels"]
    labels = _alternatives(words)
    return re.compile(
        rf"(?:^|(?<=[.!?。|(\[（【–—/-])\s?)(?P<label>{labels})\s(?P<who>.{{2,{LONGEST_BARE}}})$",
        re.IGNORECASE,
    )


@cache
def _firm() -> re.Pattern[str]:
    firm = read_toml("credits/photo_words")["firm"]
    labels = _alternatives(firm)
    return re.compile(
        rf"(?:^|(?<=[.!?|(\[–—-])\s?)(?:{labels})\s?(?P<who>.{{2,{LONGEST_CREDIT}}})$",
        re.IGNORECASE,
    )

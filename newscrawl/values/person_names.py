"""The names of persons in a byline, separated, without label and office, with degrees.

Outlets, agencies and desks are no persons. A single word is a name only to callers that accept
pen names: where a page says by its markup that it is the writer's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.normalize import squeeze
from newscrawl.text.phrases import folded, phrase_table
from newscrawl.values.byline_parts import OTHER_WORK, writers_parts
from newscrawl.values.cjk_bylines import cjk_writers
from newscrawl.values.dates import words as date_words
from newscrawl.values.gazetteer.agencies import is_agency
from newscrawl.values.gazetteer.places import is_place
from newscrawl.values.given_names import has_known_given_name, is_given_name

LONGEST_NAME = 50
LONGEST_BYLINE = 200
MOST_AUTHORS = 12
LEAST_WORDS, MOST_WORDS = 2, 5
MOST_PLACE_WORDS = 3
_SPLIT = re.compile(
    r"\s{0,2}[;|/•·⋅\n]\s{0,2}|\s{0,2}[,、،؛](?!\w)\s{0,2}|(?<=\D),"
    r"|\s[-–—ـ]\s|\s\+\s|\s?&\s|\s// "
)
_PIECES = re.compile(r"([;|•·⋅\n])")
_PARENTHESES = re.compile(r"\s?[(\[][^)\]]{0,60}[)\]]")
_DEGREE = re.compile(
    r"(?:(?:[A-Z]\.){2,4}|Ph\.? ?D\.?|M\.?D\.?|D\.?O\.?|J\.?D\.?|D\.?D\.?S\.?|M\.?P\.?H\.?"
    r"|M\.?B\.?A\.?|R\.?N\.?|D\.?V\.?M\.?|Ed\.?D\.?|Psy\.?D\.?|Pharm\.?D\.?|Esq\.?|Jr\.?|Sr\.?|II|III|IV)"
)
_TIME_WORDS = ("On", "At")
_ELISION = compiled_on_use(
    r"^(?:d|l|dall|dell|del?|al|el|ul|an|ad|ar|ash?|at|az|abd|van|von)['’-](?=[^\W\d_])"
)
"""Small letters before a name that begins with a capital: `d’Arc`, `al-Masri`."""
_DIGIT = re.compile(r"\d")
_PEN_NAME = re.compile(r"[^\W\d_][\w.-]{1,24}")
_CJK = "\u3000"


def persons_in(
    raws: Iterable[str], outlets: frozenset[str] = frozenset(), *, pen_names: bool = False
) -> tuple[str, ...]:
    """Return the names of persons in *raws*, each once, without the words around them.

    With *pen_names* a single word is one, too, where nothing but its label stands with it.
    """
    found: dict[str, str] = {}
    for raw in raws:
        if "www." in raw or "://" in raw or (len(raw) > LONGEST_BYLINE and "," not in raw):
            continue
        for name in _persons_of_line(raw, pen_names=pen_names):
            key = folded(name)
            if not _is_of_outlet(key, outlets):
                found.setdefault(key, name)
    return tuple(found.values())[:MOST_AUTHORS]


def _persons_of_line(raw: str, *, pen_names: bool) -> Iterator[str]:
    """Yield the names in *raw* that can be a person's and are no place's."""
    text = "\n".join(squeeze(line) for line in raw[: 2 * LONGEST_BYLINE].splitlines())
    found = cjk_writers(text)
    yield from found
    for part in () if found else writers_parts(text):
        yield from _persons_of_part(part, pen_names=pen_names)


def _persons_of_part(text: str, *, pen_names: bool) -> Iterator[str]:
    """Yield the names in a part of a byline that names writers."""
    names = _names_or_behind_place(text)
    may_be_pens = pen_names and _are_alone(names, text) and not _is_outlet(names)
    for name in names:
        is_known_place = " " in name and is_place(name)
        if not is_known_place and (is_person(name) or (may_be_pens and is_pen_name(name))):
            yield name


def _names_or_behind_place(text: str) -> Sequence[str]:
    """Return the names in *text*, if none is a person's those behind a place: `Leeds: Ann Lee`.

    Behind its only colon they begin with a known given name.
    """
    names = list(names_in(text))
    place, _, rest = text.partition(":")
    is_place_first = len(place.split()) <= MOST_PLACE_WORDS and "," not in place
    if any(map(is_person, names)) or not is_place_first or ":" in rest:
        return names
    return list(names_in(rest)) if has_known_given_name(rest.strip()) else names


def _is_outlet(names: Sequence[str]) -> bool:
    """Return whether *names* are an outlet and where it sits, or a firm's name twice.

    `Leben, Münster, Germany`; `Morgan & Morgan`.
    """
    return len(names) > 1 and (any(map(is_place, names)) or len({*names}) < len(names))


def _is_of_outlet(key: str, outlets: frozenset[str]) -> bool:
    """Return whether *key*, a folded name, is empty, an outlet's or begins with one's."""
    return not key or key in outlets or key.partition(" ")[0] in outlets


def _are_alone(names: Iterable[str], text: str) -> bool:
    """Return whether *text* holds only *names*, its label and joining words."""
    words = {word for name in names for word in folded(name).split()}
    rest = folded(without_opening(text)).replace(",", " ").split()
    return all(
        word in words or word in _words("joiners") or not word.isalnum() for word in rest
    )


def names_in(text: str) -> Iterator[str]:
    """Yield candidates for names in a byline, without its label and the words after a name."""
    text = _PARENTHESES.sub("", without_opening(text))
    text = "".join(map(without_date, _PIECES.split(text)))
    name = ""
    parts = _SPLIT.split(text)
    last = _last_joined(parts, text)
    for at, part in enumerate(parts[: last + 1]):
        if name and _DEGREE.fullmatch(part.strip()):
            degree = part.strip()
            name += f" {degree}" if degree.rstrip(".") in _GENERATIONS else f", {degree}"
            continue
        for found in _names_of_part(part, is_first=at == 0):
            if name:
                yield name
            name = found
    if name:
        yield name


_GENERATIONS = frozenset({"Jr", "Sr", "II", "III", "IV"})


def without_date(text: str) -> str:
    """Return *text* up to the words of a date: `Luc Petit le mercredi 6 mai 2026`.

    At least two words stand before the date; else *text* is returned as it is.
    """
    digit = _DIGIT.search(text)
    if digit is None:
        return text
    before = text[: digit.start()].split()
    if before and not text[digit.start() - 1].isspace():
        before.pop()  # `jw82`
    while len(before) > LEAST_WORDS and _is_of_date(before[-1]):
        before.pop()
    is_date = len(before) >= LEAST_WORDS and digit.start() > 0
    return " ".join(before) if is_date else text


def _is_of_date(word: str) -> bool:
    """Return whether *word* is a month, a weekday or a small word before a date."""
    bare = word.strip(".,:|/()–—-")
    if not bare:
        return True
    is_label = word.endswith(":")
    kinds = {meaning.kind for meaning in date_words.words().get(folded(bare), ())}
    if kinds & {"month", "weekday", "label"} and len(bare) > 2:
        return True
    is_small = is_label or word == word.lower() or word in _TIME_WORDS
    return is_small and bool(kinds & {"filler", "clock"})


def _last_joined(parts: Sequence[str], text: str) -> int:
    """Return the last of *parts* that may be a name.

    It is the one with `and`, if the others are parted by commas: `A, B and C, Harbour Team`.
    """
    last = len(parts) - 1
    if len(parts) < LEAST_WORDS or any(sign in text for sign in ";|/•·⋅\n"):
        return last
    joined = [at for at, part in enumerate(parts) if _joins(part)]
    if not joined:
        return last
    last_joined = joined[-1]
    while last_joined < last and _DEGREE.fullmatch(parts[last_joined + 1].strip()):
        last_joined += 1
    return last_joined


def _joins(part: str) -> bool:
    """Return whether *part* has the `and` of a list, which two words or more follow."""
    split = part.lower().split()
    return any(word in _ands() for word in split[:-1])


@cache
def _ands() -> frozenset[str]:
    """Return the joining words that end a list of names, but for particles and `with`."""
    return frozenset(phrase_table("credits/bylines")["ands"])


def _closed(words: list[str]) -> Iterator[str]:
    """Yield the name that *words* make, if there are any."""
    if words:
        yield without_opening(" ".join(words))


def _names_of_part(part: str, *, is_first: bool) -> Iterator[str]:
    """Yield the names in text between commas: `Ann Lee and Bob Ray, for The Post`."""
    joiners, endings = _words("joiners"), _words("endings")
    words: list[str] = []
    if not is_first and part.partition(" ")[0].lower() in endings:
        return  # `Ann Lee, Founder of the Post`
    for word in part.split():
        if word.lower() in joiners and (words or not is_first):
            yield from _closed(words)
            words = []
        elif words and word.lower().strip(".:") in endings:
            break
        else:
            words = _with_word(words, word)
    if words:
        yield from _parted_by_waw(without_opening(" ".join(words)).split())


def _with_word(words: list[str], word: str) -> list[str]:
    """Return *words* with *word*; none before a label: `In Brighton By Ann Lee`."""
    is_label = words and word.lower() in _words("inner_labels") and _may_be_words(words)
    return [] if is_label else [*words, word]


def _parted_by_waw(words: list[str]) -> Iterator[str]:
    """Part two Arabic names at the `and` that is written together with the second one."""
    for index in range(2, len(words) - 1):
        word = words[index]
        if _has_and(word):
            yield " ".join(words[:index])
            yield from _parted_by_waw([word[1:], *words[index + 1 :]])
            return
    yield " ".join(words)


def _has_and(word: str) -> bool:
    """Return whether *word* is a name with the `and` of Arabic or Hebrew before it."""
    if word[0] == "ו":
        return is_given_name(word[1:])
    return len(word) > 4 and word[0] == "و" and word not in _words("names_with_waw")


def without_opening(text: str) -> str:
    """Return *text* without a label before it (`By`, `Erstellt von`) and signs around it."""
    for _ in range(2):
        count = _words_of_opening(text)
        if not count:
            break
        text = text.split(maxsplit=count)[count]
    text = text.strip(" :,-–—|/*>→»\n")
    is_short = _DEGREE.fullmatch(text.rpartition(" ")[2]) is not None
    return text if is_short else text.strip(" .:,-–—|/*")


def _words_of_opening(text: str) -> int:
    """Return how many words of *text* are the label before its other words; 0 for none."""
    words = text.split(maxsplit=5)
    first = words[0].lower() if words else ""
    if first not in _first_words() and first.rstrip(":") not in _first_words():
        return 0
    for length in range(min(5, len(words) - 1), 0, -1):
        if " ".join(words[:length]).lower().rstrip(":") in _words("openings"):
            return length
    return 0


@cache
def _first_words() -> frozenset[str]:
    """Return the words that labels before names begin with."""
    return frozenset(opening.partition(" ")[0] for opening in _words("openings"))


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(phrase_table("credits/bylines")[key])


def _is_strange(sign: str) -> bool:
    """Return whether no name has *sign*."""
    return sign.isdigit() or sign in f'@:/!?"“”«»=<>{{}}→{OTHER_WORK}'


def is_person(name: str) -> bool:
    """Return whether *name* can be a person's: a few words, none an office's or an outlet's."""
    name = name.partition(", ")[0]
    if not 2 <= len(name) <= LONGEST_NAME or any(map(_is_strange, name)):
        return False
    words = name.split()
    if not _may_be_words(words) or not _words("no_name_words").isdisjoint(words):
        return False
    if sum(word not in _words("compounds") for word in words) > MOST_WORDS:
        return False
    return _is_written_as_name(words) if len(words) > 1 else _is_unspaced_name(name)


def _is_unspaced_name(name: str) -> bool:
    """Return whether *name* is of a script that does not part names with spaces."""
    return "." not in name and name[0] >= _CJK and len(name) <= 8


def _is_written_as_name(words: Sequence[str]) -> bool:
    """Return whether every word but the particles begins with a capital, where there are any.

    `Die Beamten fanden die Leiche` begins with one, too, but it is a sentence.
    """
    main = [word for word in words if word.lower() not in _words("particles")]
    main = [_ELISION.sub("", word) or word for word in main]
    if any(word[0].isalpha() and word[0] != word[0].upper() for word in main):
        return False
    first = words[0][0]
    return first.isupper() or not first.isascii()


def is_group(name: str) -> bool:
    """Return whether *name* is a team's, a desk's or that of an office: `The Harbour Team`."""
    words = re.split(r"[\s-]+", name.lower())
    is_office = len(words) == 1 and words[0] in _words("endings") - {"staff"}
    return not is_office and not _words("groups").isdisjoint(words)


def is_pen_name(name: str) -> bool:
    """Return whether *name*, stated as the writer's, can be a signature: `Maria`, `jw82`."""
    words = name.split()
    if not words or is_agency(name) or not _may_be_words(words):
        return False
    return _is_handle(name) if len(words) == 1 else _are_short_names(words)


def _is_handle(word: str) -> bool:
    is_abbreviation = word.isupper() and len(word) < 5
    return not (is_abbreviation or word.endswith(_ENDINGS)) and bool(_PEN_NAME.fullmatch(word))


def _are_short_names(words: Sequence[str]) -> bool:
    is_one_case = len({word[0].isupper() for word in words}) == 1
    return is_one_case and len(words) <= 3 and all(w.isalpha() and len(w) > 1 for w in words)


_ENDINGS = (".com", ".org", ".net", ".de", ".ch", ".at", ".fr", ".it", ".eu", ".info", ".co")


def _may_be_words(words: Iterable[str]) -> bool:
    """Return whether none of *words* is an office's, an outlet's or a button's."""
    no_names = _words("not_persons")
    bare = [word.strip(".,'’") for word in words]
    if any(part in no_names for word in bare for part in word.lower().split("-")):
        return False
    agencies = [word for word in bare if word.lower() in _words("agencies_like_names")]
    return not agencies or _are_given_names(agencies, [w for w in bare if w not in agencies])


def _are_given_names(agencies: Sequence[str], others: Sequence[str]) -> bool:
    """Return whether names of *agencies* are persons' by their case and by *others* beside."""
    are_surnames = bool(others) and not any(map(is_place, others))
    return are_surnames and all(map(str.istitle, agencies))

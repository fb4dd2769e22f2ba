"""The names behind the label of a byline: `By Ann Lee`, `Par Jean Dupont`, `كتب: منى حسن`.

Other lines begin with such words, too (`By Monday Night`, `De Paris à Lyon`): the words behind
the label must be a person's full name, letter by letter, and more if the label is weak.
"""

from __future__ import annotations

from functools import cache
from itertools import takewhile

from newscrawl.generic.fields.persons.full_names import is_full_name, is_known_name
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import Openings, folded, phrase_table
from newscrawl.values.dates.words import is_weekday
from newscrawl.values.given_names import has_known_given_name, is_english_word
from newscrawl.values.person_names import names_in

LONGEST_BYLINE = 110
MOST_WORDS = 5
LONGEST_REST = 4
"""After a weak label this many words at most follow the names: an office, a town."""
JOINER = compiled_on_use(r"\s(?:and|et|und|y|e|en|og|och|i|ve|и|dan|&|و)\s|\s[وו]")
_ASIDE = compiled_on_use(r"\s?[|•·]\s?|\s[-–—]\s")
_NO_BYLINE = ("!", "?", "؟", ":")
_SIGNS = " :：-–—ـ|/"

Names = tuple[str, ...]


def names_behind_label(line: str, outlets: frozenset[str]) -> Names:
    """Return the names behind the label that *line* begins with.

    Names after a comma count only in a list that ends with `and`, or where they begin with a
    known given name: an office or an outlet stands there as well.
    """
    rest, is_weak = _after_verb(line) or _after_label(line)
    rest = rest.strip()
    if not rest or len(line) > LONGEST_BYLINE or line.rstrip().endswith(_NO_BYLINE):
        return ()
    names = list(takewhile(lambda name: is_writer(name, outlets), names_in(rest)))
    if not JOINER.search(rest):
        del names[1 + sum(1 for _ in takewhile(is_known_name, names[1:])) :]
    is_byline = not is_weak or _holds_little_else(rest, names)
    return tuple(dict.fromkeys(names)) if is_byline and _may_follow(names, is_weak) else ()


def is_writer(name: str, outlets: frozenset[str]) -> bool:
    """Return whether *name* has the form of a full name, and is not the outlet's."""
    return is_full_name(name) and folded(name) not in outlets


def is_strong_label(line: str) -> bool:
    """Return whether *line* is a label alone: `Written by`."""
    return _labels()[0].words_of(line) == len(line.split())


def _holds_little_else(rest: str, names: list[str]) -> bool:
    """Return whether few words follow the *names* in *rest*, up to a dash or a bar."""
    first = _ASIDE.split(rest, maxsplit=1)[0]
    left = len(first.split()) - sum(len(name.split()) for name in names)
    return left <= LONGEST_REST and not rest.endswith(".")


def _may_follow(names: list[str], is_weak: bool) -> bool:
    """Return whether the first of *names* is no time, place or thing that a label may precede.

    `By Monday Night`, `By Popular Demand`, `كتبت الصحافة الإسرائيلية`.
    """
    if not names or has_known_given_name(names[0]):
        return bool(names)
    words = names[0].split()
    if is_weekday(words[0]) or words[-1].lower() in _words("no_surnames"):
        return False
    if is_weak and words[0][0] == words[0][0].lower():
        return False
    return not all(map(is_english_word, words))


def _after_verb(line: str) -> tuple[str, bool] | None:
    """Return the text after `berichtet` in `Aus Brüssel berichtet Ann Lee`; None without it."""
    words = line.split()
    for at, word in enumerate(words[1:MOST_WORDS], 1):
        if word.lower() in _words("reporting_verbs"):
            rest = " ".join(words[at + 1 :])
            return (rest, True) if has_known_given_name(rest) else None
    return None


def _after_label(line: str) -> tuple[str, bool]:
    """Return the text after the label at the start of *line*, and whether the label is weak."""
    strong, weak, marked = _words_of_labels(line)
    count = max(strong, weak, marked)
    words = line.split(maxsplit=count)
    if not count or len(words) <= count:
        return "", False
    label, rest = words[:count], words[count]
    if label[-1].endswith((":", "/")) or rest[0] in ":/-–—":
        return rest.lstrip(_SIGNS), False
    if strong == count and _needs_no_sign(label, rest):
        return rest.lstrip(_SIGNS), False
    is_label = marked < count and _may_be_label(label[0], rest)
    return (rest.lstrip(_SIGNS), True) if is_label else ("", False)


def _words_of_labels(line: str) -> tuple[int, int, int]:
    """Return how many words of *line* are a label of each kind."""
    first = line.split(maxsplit=1)[:1]
    if not first or folded(first[0]) not in _first_words():  # as of most lines
        return 0, 0, 0
    strong, weak, marked = _labels()
    return strong.words_of(line), weak.words_of(line), marked.words_of(line)


def _needs_no_sign(label: list[str], rest: str) -> bool:
    """Return whether names may follow *label* without a sign.

    In a script without capitals nothing else tells prose from a name: `إعداد خطة جديدة`.
    """
    is_plain = " ".join(label) in _words("plain_labels")
    return is_plain or rest[0] != rest[0].lower() or has_known_given_name(rest)


def _may_be_label(label: str, rest: str) -> bool:
    """Return whether a weak *label* begins no line about a place: `From Harwick to Leeds`."""
    return label.lower() not in _words("labels_of_places") or has_known_given_name(rest)


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(phrase_table("credits/bylines")[key])


@cache
def _first_words() -> frozenset[str]:
    """Return the words that labels of all kinds begin with."""
    return frozenset[str]().union(*(kind.first_words for kind in _labels()))


@cache
def _labels() -> tuple[Openings, Openings, Openings]:
    """Return the labels that are strong, weak, and labels only with a sign behind them."""
    table = phrase_table("credits/bylines")["labels"]
    strong, weak, marked = (Openings(table[key]) for key in ("strong", "weak", "marked"))
    return strong, weak, marked

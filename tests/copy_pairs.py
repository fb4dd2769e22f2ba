"""Pairs of texts, copies and what looks like copies, made of the texts in copy_pairs_*.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import attrs

FOLDER = Path(__file__).parent
_ARABIC_INDIC = str.maketrans("0123456789,.", "٠١٢٣٤٥٦٧٨٩٬٫")
_ACCENTS = str.maketrans("éèêàâîôûçÉÀ", "eeeaaioucEA")
_BRITISH = {
    "organiz": "organis", "kilometers": "kilometres", "meters": "metres", "labelled": "labeled",
    "grey": "gray", "harbor": "harbour",
}  # fmt: skip


@attrs.frozen(kw_only=True)
class Text:
    """A text as an outlet prints it."""

    dateline: str
    paragraphs: tuple[str, ...]

    @property
    def body(self) -> str:
        """The body as the archive has it: the dateline runs into its first line."""
        first = f"{self.dateline} {self.paragraphs[0]}".strip()
        return "\n".join([first, *self.paragraphs[1:]])


@attrs.frozen(kw_only=True)
class Pair:
    """Two texts, and whether they are the same agency text."""

    name: str
    group: int
    """The number of the story; thresholds were set on the even ones."""
    one: Text
    other: Text
    is_copy: bool
    kind: str


@attrs.frozen(kw_only=True)
class Story:
    """An agency text, its copies, and texts that are none."""

    name: str
    base: Text
    copies: tuple[Text, ...]
    others: Mapping[str, Text]
    """By kind: independent, next_day, follow_up."""


def stories() -> Iterator[Story]:
    """Yield every story, in the order of the files."""
    for tables in _files():
        for story in tables["story"]:
            base = Text(dateline=story["dateline"], paragraphs=_paragraphs(story["text"]))
            yield Story(
                name=story["name"],
                base=base,
                copies=tuple(edited(base, edits) for edits in story["copies"]),
                others={other["kind"]: _other(base, other) for other in story["others"]},
            )


def pairs() -> Iterator[Pair]:
    """Yield every pair, in the order of the files."""
    group = -1
    for group, story in enumerate(stories()):
        for name, one, other, kind in _story_pairs(story):
            yield _pair(f"{story.name}-{name}", group, one, other, kind)
    for number, (name, texts) in enumerate(_templates(), group + 1):
        for place, (one, other) in enumerate(combinations(texts, 2)):
            yield _pair(f"{name}-{place}", number, one, other, "template")


def template_texts() -> Iterator[Text]:
    """Yield every text that was made after a pattern."""
    for _, texts in _templates():
        yield from texts


def _templates() -> Iterator[tuple[str, list[Text]]]:
    for tables in _files():
        for template in tables.get("template", []):
            lines = map(_paragraphs, template["texts"])
            yield template["name"], [Text(dateline="", paragraphs=one) for one in lines]


def _files() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("copy_pairs_*.toml")):
        yield tomllib.loads(path.read_text("utf-8"))


def _story_pairs(story: Story) -> Iterator[tuple[str, Text, Text, str]]:
    for number, copy in enumerate(story.copies, 1):
        yield f"0-{number}", story.base, copy, "copy"
    for number, (copy, following) in enumerate(pairwise(story.copies), 1):
        yield f"{number}-{number + 1}", copy, following, "copy"
    for kind, other in story.others.items():
        for number, one in enumerate([story.base, story.copies[0], story.copies[3]]):
            yield f"{kind}-{number}", one, other, kind


def _pair(name: str, group: int, one: Text, other: Text, kind: str) -> Pair:
    return Pair(name=name, group=group, one=one, other=other, is_copy=kind == "copy", kind=kind)


def _other(base: Text, other: dict[str, Any]) -> Text:
    """Return a text of another reporter, with the paragraphs of *base* that it keeps."""
    paragraphs = list(_paragraphs(other["text"]))
    paragraphs += [base.paragraphs[number - 1] for number in other.get("keep", [])]
    if "quote" in other:
        paragraphs.insert(2, base.paragraphs[other["quote"] - 1])
    return Text(dateline=base.dateline, paragraphs=tuple(paragraphs))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(text.strip().split("\n"))


def edited(text: Text, edits: list[str]) -> Text:
    """Return *text* as an outlet edits it; _EDITS has what each edit does."""
    for edit in edits:
        name, _, value = edit.partition(":")
        value = value.strip()
        if name == "dateline":
            text = attrs.evolve(text, dateline=value)
        else:
            text = attrs.evolve(
                text, paragraphs=tuple(_EDITS[name](list(text.paragraphs), value))
            )
    return text


def _without(paragraphs: list[str], value: str) -> list[str]:
    return [one for number, one in enumerate(paragraphs, 1) if str(number) not in value.split()]


def _swapped(paragraphs: list[str], value: str) -> list[str]:
    old, _, new = value.partition(" => ")
    text = "\n".join(paragraphs)
    assert old in text, f"no {old!r} to put {new!r} for"
    return text.replace(old, new).split("\n")


def _spelled(paragraphs: list[str], _value: str) -> list[str]:
    """Write hamza, ta marbuta and alif maqsura as hasty typists do, in two words of three."""
    return _each_word(
        paragraphs, lambda word: word.translate(str.maketrans("أإآةى", "اااهي")), {0, 1}
    )


def _marked(paragraphs: list[str], _value: str) -> list[str]:
    """Put vowel signs and tatweel into every third word."""
    return _each_word(
        paragraphs,
        lambda word: re.sub(
            "^([ء-ي])([ء-ي])([بتسعفلمن])(?=[ء-ي])", "\\1\u064e\\2\u0651\\3ـ", word
        ),
        {2},
    )


def _each_word(
    paragraphs: list[str], change: Callable[[str], str], thirds: set[int]
) -> list[str]:
    return [
        " ".join(
            change(word) if at % 3 in thirds else word for at, word in enumerate(line.split())
        )
        for line in paragraphs
    ]


def _numerals(paragraphs: list[str], _value: str) -> list[str]:
    return [
        re.sub("[0-9][0-9,.]*", lambda found: found[0].translate(_ARABIC_INDIC), line)
        for line in paragraphs
    ]


def _british(paragraphs: list[str], _value: str) -> list[str]:
    text = "\n".join(paragraphs)
    for american, british in _BRITISH.items():
        text = text.replace(american, british)
    return text.replace('"', "'").split("\n")


_EDITS: dict[str, Callable[[list[str], str], list[str]]] = {
    "keep": lambda lines, value: lines[: int(value)],
    "cut": lambda lines, value: lines[: -int(value)],
    "drop": _without,
    "order": lambda lines, value: [lines[int(number) - 1] for number in value.split()],
    "lead": lambda lines, value: [value, *lines[1:]],
    "above": lambda lines, value: [value, *lines],
    "below": lambda lines, value: [*lines, value],
    "also": lambda lines, value: [lines[0], value, *lines[1:]],
    "merge": lambda lines, _value: [" ".join(lines[:2]), " ".join(lines[2:])],
    "swap": _swapped,
    "spelling": _spelled,
    "marks": _marked,
    "digits": _numerals,
    "british": _british,
    "unaccented": lambda lines, _value: [line.translate(_ACCENTS) for line in lines],
}

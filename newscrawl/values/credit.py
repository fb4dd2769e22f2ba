"""Credits: who supplied the story, as printed below it or at the end of its last paragraph.

Call

- `parse_credit` for the text of an element or line of its own;
- `split_credit` for the last paragraph of a body, which may end in a credit or an end mark;
- `is_end_mark` for a line that only says that the text ends (`انتهای پیام/ی`): it names nobody,
  and is no part of the body.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from newscrawl.article import Agency, SourceCredit
from newscrawl.resources import read_toml
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.normalize import squeeze, without_invisible
from newscrawl.values.gazetteer.agencies import (
    Supplier,
    agencies_in,
    is_agency,
    is_common,
    is_title_case,
    looks_like_supplier,
    supplier_named,
)
from newscrawl.values.gazetteer.names import keys, name_key, phrases, words_of
from newscrawl.values.gazetteer.places import place_kind

__all__ = [
    "agencies_in",
    "all_wires",
    "is_agency",
    "is_end_mark",
    "is_labelled",
    "parse_credit",
    "split_credit",
]

LONGEST_CREDIT = 160
"""Most characters of a credit, and of a paragraph's end that are searched for one."""
_EDGES = " \t-‐‑‒–—―−_ـ/|*•·()[]{}«»\"'“”„‹›.،,؛;:#©<>"
_BETWEEN = re.compile(
    r"\s?[/|+&،؛;,•·×]{1,3}\s?|\s[-‐‑‒–—―−_ـ]{1,3}\s|[–—―]|\)\s?\(|(?<=\w)-(?=\w)"
)
_INITIALS = re.compile(r"[a-zäöüß]{2,4}")
"""An editor or a desk beside an agency: `dpa/lno`, `nto/dpa`."""
_CODE = compiled_on_use(r"[,;]?\s?\b[a-z]{2,5}:\d{6}-\d[\d-]{2,20}(?:/\d{1,3})?")
"""The number of a text of an agency: `dpa:260305-99-123456/2`."""
_AND = compiled_on_use(r"\s(?:and|und|et|y|e)\s")
_TAIL_BRACKET = re.compile(r"[-‐‑–—ـ\s]{0,6}\((?P<inside>[^()]{2,90})\)\s?\.?$")
_TAIL_DASHES = re.compile(r"(?:\s[-–—ـ]{1,4}|[-–—ـ]{2,4})\s?(?P<inside>[^-–—ـ]{2,60})$")
_SENTENCE_END = re.compile(r"[.!?؟۔…»\"”)]\s")
_MOST_AGENCIES = 8
_OWN = "own outlet"
"""Stands for a label where the page's own outlet is named beside others: `Post / Gazette`."""
_LONGEST_BESIDE_OWN = 3


def parse_credit(raw: str, *, outlets: Collection[str] = ()) -> SourceCredit | None:
    """Read *raw*, the whole text of an element or line, as a credit, or return None.

    It must be nothing but suppliers' names, with a label before them or without; after a label
    that is a credit's own (`المصدر:`) a supplier that the table does not know is returned, with
    id None. A sentence that quotes an agency is no credit; nor is an end mark. `raw` is the
    string as printed, the agencies are in printed order, their names as printed without quotes.
    *outlets* are the names of the page's own outlet, which may stand beside agencies: it is no
    supplier.
    """
    line = squeeze(without_invisible(raw[: 2 * LONGEST_CREDIT]))
    if not line or len(line) > LONGEST_CREDIT:
        return None
    label, names = _label_and_names(_without_end_mark(_without_notice(line)))
    agencies = _agencies(names, label, frozenset(map(name_key, filter(None, outlets))))
    return SourceCredit(raw=line, agencies=agencies) if agencies else None


def split_credit(
    paragraph: str, *, outlets: Collection[str] = ()
) -> tuple[SourceCredit | None, str]:
    """Part the credit from the end of *paragraph*, the last of a body.

    It is the last line, the brackets or the words after a dash at the end, or the sentence
    after the last full stop. The rest is the paragraph without it, and without an end mark;
    without either the answer is None and *paragraph* unchanged.
    """
    body, mark = _parted(paragraph, _end_mark_start(paragraph))
    if mark and not is_end_mark(mark):
        return parse_credit(mark, outlets=outlets), body
    for start in _starts(body):
        credit = parse_credit(body[start:], outlets=outlets)
        if credit:
            return credit, body[:start].rstrip()
    return None, body


def is_labelled(line: str) -> bool:
    """Return whether *line* begins with a label of credits alone: `المصدر:`, `Source:`."""
    return _label_and_names(squeeze(line))[0] in keys("firm", "credit")


def is_end_mark(text: str) -> bool:
    """Return whether *text* only marks the end, with an editor's code or without.

    For example `انتهای پیام/ی`.
    """
    line = squeeze(without_invisible(text[:80])).strip(_EDGES)
    words, _, code = line.partition("/")
    return (
        name_key(words) in keys("end_marks", "credit")
        and len(code) <= 12
        and not is_agency(code)
    )


def _parted(text: str, at: int) -> tuple[str, str]:
    return (text[:at].rstrip(), text[at:]) if at < len(text) else (text, "")


def _end_mark_start(paragraph: str) -> int:
    """Return where the end mark begins that *paragraph* ends with, or its length."""
    base = max(0, len(paragraph) - 60)
    tail = paragraph[base:]
    for mark in phrases("end_marks", "credit"):
        at = tail.rfind(mark)
        if at >= 0 and _is_mark_at(tail, at):
            return base + at
    return len(paragraph)


def _is_mark_at(tail: str, at: int) -> bool:
    is_apart = at == 0 or tail[at - 1] in " \n.۔/-"
    return is_apart and (is_end_mark(tail[at:]) or parse_credit(tail[at:]) is not None)


def _starts(body: str) -> Iterator[int]:
    """Yield where a credit at the end of *body* may begin, the longest form first."""
    base = max(0, len(body) - LONGEST_CREDIT)
    tail = body[base:]
    newline = tail.rfind("\n")
    if newline >= 0:
        yield base + newline + 1
    elif not base:
        yield 0
    bracket = _TAIL_BRACKET.search(tail)
    if bracket and _is_tail(bracket["inside"]):
        yield base + bracket.start()
    ends = [match.end() for match in _SENTENCE_END.finditer(tail)]
    yield from (base + end for end in ends[-3:])
    dashes = _TAIL_DASHES.search(tail)
    if dashes:
        yield base + dashes.start()


def _is_tail(inside: str) -> bool:
    """Return whether brackets that end a sentence can be its credit; `(العالم)` is a word."""
    return bool(_agencies(inside.strip(), label="(")) or ":" in inside


def _without_notice(line: str) -> str:
    """Return *line* without an agency's number of the text, and the end of a notice."""
    text = _CODE.sub("", line) if ":" in line else line
    bare = text.rstrip(" .)")
    if not bare.endswith(_closings()):
        return text
    for closing in phrases("closings", "credit"):
        if bare.endswith(" " + closing):
            return bare.removesuffix(closing).rstrip().removeprefix("(")
    return text


@cache
def _closings() -> tuple[str, ...]:
    """Return the ends of notices, with the space before them."""
    return tuple(f" {closing}" for closing in phrases("closings", "credit"))


def _without_end_mark(line: str) -> str:
    """Return *line* without an end mark that a slash parts from a credit."""
    for mark in () if "/" not in line else phrases("end_marks", "credit"):
        if line.startswith(mark + "/"):
            return line[len(mark) + 1 :]
    return line


def _label_and_names(line: str) -> tuple[str, str]:
    """Part the words that announce a credit from the names: `المصدر:`, `نقلًا عن`, `Avec`."""
    text = line.lstrip(_EDGES)
    first = text.partition(" ")[0].partition(":")[0]
    if name_key(first) not in _beginnings():
        return "", text
    for size, labels in _labels():
        words = text.split(maxsplit=size)
        head = " ".join(words[:size])
        if ":" in head[:-1] and size == 1:
            head = head[: head.index(":") + 1]
        key = name_key(head)
        if key in labels and len(text) > len(head):
            return key, text[len(head) :].lstrip(" :：-–—")
    return "", text


@cache
def _beginnings() -> frozenset[str]:
    """Return each beginning of the key of a label: the key of its first word is one."""
    keys_of_labels = (key for _, labels in _labels() for key in labels)
    return frozenset(key[:end] for key in keys_of_labels for end in range(len(key) + 1))


@cache
def _labels() -> tuple[tuple[int, frozenset[str]], ...]:
    """Return the labels' keys by their number of words, the longest first."""
    by_size: dict[int, set[str]] = {}
    for label in (*phrases("labels", "credit"), *phrases("notices", "credit")):
        by_size.setdefault(len(label.split()), set()).add(name_key(label))
    return tuple((size, frozenset(by_size[size])) for size in sorted(by_size, reverse=True))


def _pieces_of(names: str) -> list[str]:
    """Return the pieces of *names* that may be suppliers; empty if there are too many."""
    whole = supplier_named(names.strip(_EDGES))
    parts = [names] if whole else _BETWEEN.split(names)
    if len(parts) > _MOST_AGENCIES:
        return []
    pieces = [piece for part in parts if (piece := part.strip(_EDGES))]
    known = [piece for piece in pieces if not _INITIALS.fullmatch(piece) or is_agency(piece)]
    return known if "/" in names and any(map(_is_wire, known)) else pieces


def _is_wire(piece: str) -> bool:
    found = supplier_named(piece)
    return found is not None and found.kind == "agency"


def _agencies(names: str, label: str, own: frozenset[str] = frozenset()) -> tuple[Agency, ...]:
    """Return the suppliers that *names* consists of; nothing where any part is not one."""
    pieces = _pieces_of(names)
    others = [piece for piece in pieces if name_key(piece) not in own]
    if not label and "/" in names and len(others) < len(pieces):
        label = _OWN
    found = _agencies_of_pieces(pieces, label, own) if others else ()
    return found if found and _are_sure(pieces, names, label, found) else ()


def _are_sure(pieces: Iterable[str], names: str, label: str, found: tuple[Agency, ...]) -> bool:
    """Return whether a label, a name or the signs around them prove *found* to be suppliers."""
    is_sure = label not in {"", "(", _OWN} or any(map(_has_sure_name, pieces))
    return is_sure or _are_marked_wires(names, label, found)


def _are_marked_wires(names: str, label: str, found: tuple[Agency, ...]) -> bool:
    return (names[:1] in '"«“(' or label == "(") and all_wires(found)


def _agencies_of_pieces(
    pieces: Iterable[str], label: str, own: frozenset[str]
) -> tuple[Agency, ...]:
    found: list[Agency] = []
    for piece in pieces:
        read = _agencies_of_piece(piece, label, own)
        if read is None:
            return ()
        found += read
    return tuple(found)


def _agencies_of_piece(piece: str, label: str, own: frozenset[str]) -> list[Agency] | None:
    """Return the suppliers of *piece*, none for a place or the page's own outlet.

    None if it is anything else.
    """
    if _is_own(piece, own):
        return []
    read = _read(piece)
    if read or _is_place(piece):
        return [Agency(name=name.strip(_EDGES), id=supplier.id) for name, supplier in read]
    names = _AND.split(piece) if label in keys("reports", "credit") else [piece]
    found = [_unknown(name, label) for name in names]
    return None if None in found else [one for one in found if one is not None]


def _is_own(piece: str, own: frozenset[str]) -> bool:
    """Return whether *piece* names the page's own outlet, and that is no agency."""
    supplier = supplier_named(piece)
    return name_key(piece) in own and (supplier is None or supplier.kind == "outlet")


def _has_sure_name(piece: str) -> bool:
    return any(
        not (is_common(name, supplier) or _is_given_name(name, supplier))
        for name, supplier in _read(piece)
    )


def _is_given_name(name: str, supplier: Supplier) -> bool:
    """Return whether *name* alone is a person's as often as an agency's: `Sana`, not `SANA`."""
    names = read_toml("credits/bylines")["agencies_like_names"]
    return name.lower() in names and is_title_case(name, supplier)


def _read(piece: str) -> tuple[tuple[str, Supplier], ...]:
    """Return the suppliers of one piece: `رويترز`, `رويترز ووكالات`, `Reuters, with AP`."""
    words = piece.split(maxsplit=1)
    if len(words) > 1 and name_key(words[0]) in keys("labels", "credit"):
        return agencies_in(words[1]) or agencies_in(piece)
    return agencies_in(piece)


def _is_place(piece: str) -> bool:
    """Return whether *piece* is the place beside an agency: `(رويترز - لندن)`."""
    return len(piece) <= 40 and place_kind(piece) is not None


def all_wires(agencies: Collection[Agency]) -> bool:
    """Return whether each of *agencies* is an agency of the table, and no outlet."""
    return bool(agencies) and all(
        (found := supplier_named(agency.name)) is not None and found.kind != "outlet"
        for agency in agencies
    )


def _unknown(piece: str, label: str) -> Agency | None:
    """Return a supplier that the table lacks, where a label or its form shows it."""
    words = words_of(piece)
    if not words or len(piece) > 60 or len(words) > 6:
        return None
    known = supplier_named(piece)
    if known is not None:
        return Agency(name=piece, id=known.id)
    is_beside_own = label == _OWN and len(words) <= _LONGEST_BESIDE_OWN and piece.istitle()
    return Agency(name=piece, id=None) if is_beside_own or _is_labelled(piece, label) else None


def _is_labelled(piece: str, label: str) -> bool:
    return label in keys("firm", "credit") or (label != "" and looks_like_supplier(piece))

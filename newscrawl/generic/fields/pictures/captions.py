"""Captions and credits printed with a picture, distinguished by element and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

import attrs

from newscrawl.generic.body.furniture import is_captioned
from newscrawl.html.text_lines import INLINE
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.values.caption import (
    clean_credit,
    credit_from,
    is_credit,
    is_furniture,
    is_label,
    is_signature,
    split_caption,
)

LONGEST_CAPTION = 600
LONGEST_BOX = 2 * LONGEST_CAPTION
LONGEST_BETWEEN = 60
"""No more text stands between a picture and its caption."""
NEIGHBOURS = 2
"""Elements after a picture that may be its caption."""
CLIMB = 5
"""Most elements between a caption and the picture below it."""
_CREDIT_MARKS = compiled_on_use(
    r"(?<![a-z])(?:credits?|copyright|photographer|fotograf|source|quelle|byline|author|rights"
    r"|agency|autor|kredit|nachweis)(?![a-z])"
)
_CAPTION_MARKS = re.compile(
    r"caption|legend(?![a-z])|bildtext|bildunterschrift|bildetekst|didascalia|pie-?(?:de-?)?foto"
    r"|cutline|media-+lead|leyenda|descripcion|(?<![a-z])(?:img|image|photo|pic|picture)[-_]?desc"
)
_CAPTION_WORDS = (
    *("caption", "legend", "bildtext", "bildunterschrift", "bildetekst", "didascalia", "foto"),
    *("cutline", "lead", "leyenda", "descripcion", "desc"),
)
"""Each of these marks holds one of the words."""
_LETTERS = frozenset({"cite", "small", "em", "i", "span"})
_SILENT = frozenset({"button", "noscript", "script", "style", "svg", "time"})
_WHOLE = frozenset({"body", "html", "main"})


@attrs.define
class _Unit:
    """A piece of text in the box of a picture, with the element that it is of."""

    node: Node
    text: str


def caption_in(box: Node) -> tuple[str | None, str | None]:
    """Return the caption and the credit printed in *box*, which holds one picture."""
    units = _joined_labels(list(_units(box)))
    signed = [unit for unit in units if _is_credit(unit, box)]
    text = _text_in([unit for unit in units if unit not in signed], box)
    credit = _credit_in(signed)
    if credit:
        return text.rstrip(" |–-(/") or None, credit
    return split_caption(text) if text else (None, None)


def _text_in(units: Iterable[_Unit], box: Node) -> str:
    """Return the text of *units*, of those marked as a caption if there are any."""
    others = [unit for unit in units if not is_furniture(unit.text)]
    marked = [unit for unit in others if _is_marked(unit.node, box)]
    texts = dict.fromkeys(unit.text for unit in marked or others)
    return " ".join(texts)[:LONGEST_CAPTION].strip(" |")


def _credit_in(signed: Iterable[_Unit]) -> str | None:
    """Return the first name in the texts that are marked or worded as credits."""
    names = (unit.text for unit in signed if not is_label(unit.text.rstrip(".… ") + ":"))
    named = map(credit_from, names)
    return next((name for name in named if name), None)


def box_of(picture: Node, plain: set[str]) -> Node | None:
    """Return the part around *picture* that holds its caption and no other picture.

    *plain* are texts of the page that are known to be no credits; further ones are added.
    """
    for number, node in enumerate(picture.ancestors()):
        if number >= CLIMB or node.tag in _WHOLE or node.size > LONGEST_BOX:
            return None
        if len({_file(other) for other in node.tagged("img")}) > 1 or node.tagged("h1"):
            return None
        if node.size > 2 and _has_caption(node, plain):
            return node
    return None


def _has_caption(box: Node, plain: set[str]) -> bool:
    """Return whether a text in *box* is marked or set apart as a caption, or is a credit."""
    if is_captioned(box) or any(map(_is_caption_element, box.iter()[1:])):
        return True
    return any(_is_new_credit(unit, box, plain) for unit in _units(box))


def _is_new_credit(unit: _Unit, box: Node, plain: set[str]) -> bool:
    """Return whether *unit* is a credit, and add its text to *plain* if its words are none.

    The parts around a picture, each within the next, hold the same texts.
    """
    if unit.text in plain:
        return _may_be_marked(unit, box) and _is_credit(unit, box)
    is_one = _is_credit(unit, box)
    if not is_one and not _may_be_marked(unit, box):
        plain.add(unit.text)
    return is_one


def caption_after(picture: Node) -> tuple[str | None, str | None]:
    """Return caption and credit of a part that follows *picture*, or a box around it."""
    node = picture
    for _ in range(CLIMB):
        parent = node.parent
        if parent is None or parent.tag in _WHOLE:
            break
        following = (part for part in parent.elements() if part.index >= node.end)
        for part in islice(following, NEIGHBOURS):
            if is_caption(part):
                return caption_in(part)
            if part.size > LONGEST_BETWEEN or part.tagged("img"):
                return None, None
        node = parent
    return None, None


def caption_in_attributes(picture: Node) -> tuple[str | None, str | None]:
    """Return caption and credit that a script is to show with *picture*."""
    for node in (picture, *islice(picture.ancestors(), NEIGHBOURS)):
        text = node.attributes.get("data-caption")
        if text and "<" not in text and len(text) <= LONGEST_BOX:
            return split_caption(text)
    return None, None


def is_caption(node: Node) -> bool:
    """Return whether *node* is marked as a caption and holds no picture."""
    if not 3 < node.size <= LONGEST_BOX or node.tag in _WHOLE or node.tagged("img"):
        return False
    return _is_caption_element(node) and node.links * 2 <= node.size


def captions_in(part: Node) -> list[Node]:
    """Return the elements below *part* with class or id that are captions, in page order."""
    marked = part.marked(_is_caption_mark, _CAPTION_WORDS)
    named = [node for node in part.tagged("figcaption") if node.class_and_id]
    found = {node.index: node for node in (*marked, *named)}
    return [found[index] for index in sorted(found) if is_caption(found[index])]


@lru_cache(maxsize=8192)
def _is_caption_mark(class_and_id: str) -> bool:
    """Return whether class names or an id mark an element as a caption."""
    return _CAPTION_MARKS.search(class_and_id[:200].lower()) is not None


@lru_cache(maxsize=8192)
def _is_credit_mark(class_and_id: str) -> bool:
    """Return whether class names or an id mark an element as a credit."""
    return _CREDIT_MARKS.search(class_and_id[:200].lower()) is not None


def _file(picture: Node) -> str:
    """Return the name of a picture's file, which its sizes share."""
    source = picture.attributes.get("data-src") or picture.attributes.get("src") or ""
    return source.partition("?")[0].rpartition("/")[2]


def _units(box: Node) -> Iterator[_Unit]:
    """Yield the texts of *box* by the element that each is of, in page order."""
    stack = [box]
    silent = int(box.tag in _SILENT)
    owner, text = box, ""
    for piece in box.pieces():
        if isinstance(piece, str):
            text += "" if silent else piece
            continue
        if piece is not None:
            stack.append(piece)
            node = inner = piece
            silent += node.tag in _SILENT
        else:
            node, inner = stack.pop(), stack[-1]
            silent -= node.tag in _SILENT
        if _has_text_of_its_own(node):
            if text.strip():  # as of few
                yield _Unit(owner, " ".join(text.split()))
            owner, text = inner, ""
    if text.strip():
        yield _Unit(owner, " ".join(text.split()))


def _has_text_of_its_own(node: Node) -> bool:
    if node.tag not in INLINE or node.class_and_id or node.tag in {"cite", "small"}:
        return True
    is_owner = _is_owner(node) or (node.parent is not None and _is_owner(node.parent))
    return is_owner or _is_last_in_caption(node)


def _is_owner(node: Node) -> bool:
    return node.attributes.get("itemprop") in {"copyrightHolder", "creditText"}


def _is_last_in_caption(node: Node) -> bool:
    """Return whether *node* ends a caption that has other text before it."""
    caption = node.parent
    if caption is None or node.tag not in _LETTERS or node.end != caption.end:
        return False
    is_behind = caption.tag == "figcaption" and node.size < caption.size
    return is_behind and caption.text().endswith(node.text())


def _is_signature(unit: _Unit) -> bool:
    """Return whether *unit* is a name in letters of its own behind the caption's text."""
    node, caption = unit.node, unit.node.parent
    if not _is_last_in_caption(node) or caption is None or not is_signature(unit.text):
        return False
    before = caption.text().removesuffix(node.text()).rstrip()
    is_firm = node.tag in {"cite", "small"} or "/" in unit.text
    return is_firm or before.endswith((".", "!", "?", "»", "”", "؟", "。"))


def _joined_labels(units: list[_Unit]) -> list[_Unit]:
    """Return *units* with a label that stands alone joined to the name after it."""
    joined: list[_Unit] = []
    for unit in units:
        if joined and is_label(joined[-1].text):
            joined[-1] = _Unit(unit.node, f"{joined[-1].text.rstrip(' :')}: {unit.text}")
        else:
            joined.append(unit)
    return joined


def _is_credit(unit: _Unit, box: Node) -> bool:
    if _may_be_marked(unit, box):
        return clean_credit(unit.text) is not None
    return is_credit(unit.text) or _is_signature(unit)


def _may_be_marked(unit: _Unit, box: Node) -> bool:
    """Return whether *unit* is as short as a credit, and of an element marked as one."""
    return len(unit.text) < 2 * LONGEST_CAPTION // 10 and _has_credit_mark(unit.node, box)


def _is_marked(node: Node, box: Node) -> bool:
    """Return whether *node* is of an element that is a caption by its tag or class."""
    part: Node | None = node
    while part is not None and part is not box:
        if _is_caption_element(part):
            return True
        part = part.parent
    return False


def _is_caption_element(part: Node) -> bool:
    """Return whether *part* is a caption by its tag or class."""
    return part.tag == "figcaption" or (
        part.class_and_id != "" and _is_caption_mark(part.class_and_id)
    )


def _has_credit_mark(node: Node, box: Node) -> bool:
    part: Node | None = node
    while part is not None and part is not box:
        if _is_owner(part):
            return True
        if part.class_and_id and (
            _is_credit_mark(part.class_and_id) or _is_attribution_in_figure(part)
        ):
            return True
        part = part.parent
    return False


def _is_attribution_in_figure(node: Node) -> bool:
    return "attribution" in node.class_and_id.lower() and node.is_inside({"figure"})

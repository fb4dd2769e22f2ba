"""The line just above the headline: a trail of sections, or the kicker."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import islice

from newscrawl.generic.body.furniture import flag
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen
from newscrawl.text.phrases import Openings, folded, phrase_table
from newscrawl.values.dates import parse_date

LONGEST_LINE = 110
LONGEST_LABEL = 40
"""A link of a trail has this many characters at most."""
CLIMB = 6
_OUT = frozenset(
    {"hidden", "navigation", "form", "share", "advert", "consent", "byline", "comments"}
)
_BOXES = frozenset({"nav", "ol", "ul", "div"})
_TRAIL_ATTRIBUTES = ("itemtype", "typeof", "aria-label")
_WHOLE = frozenset({"body", "html", "nav", "#document"})
_SIGNS = re.compile(r"[\s/|»›>→«‹·•–—:،-]+")
_LAST = compiled_on_use(r"\s{0,3}[/»›>→«‹]\s{0,3}([^/|»›>→«‹]{2,25})")
"""The end of a trail behind its last link: a sign and a short text."""
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_NUMBERS = compiled_on_use(r"[\d٠-٩۰-۹][\d٠-٩۰-۹.,٬K]{0,9}|[()|•·]")
_SLOGAN = compiled_on_use(r"(?<![a-z])(?:slogan|tag-?line|motto|strapline)(?![a-z])")
_NAME_SIGNS = re.compile(r"[-_]")
LONGEST_NAME = 200
_CRUMB_TYPES = (":Breadcrumb", "/Breadcrumb")
"""A section in RDFa or microdata of data-vocabulary.org: `v:Breadcrumb`."""
_READING_TIME = compiled_on_use(
    r"\d{1,3}\s?[-'’]?\s?(?:min|mins|minutes?|minuten|minuti|minutos|minut|dk|dakika|мин|минут"
    r"|دقائق|دقيقة|دقیقه|منٹ|דקות)\b",
    re.IGNORECASE,
)


@frozen
class Crumb:
    """One section of a trail."""

    text: str
    url: str = ""
    """Its address as written; the empty string where it is no link."""


@frozen
class LineAbove:
    """The text between a headline and the part before it."""

    text: str
    crumbs: tuple[Crumb, ...]
    """Its links."""
    rest: str
    """Its text outside links, without signs."""
    is_one: bool = True
    """True if all of it is in one element."""
    is_marked: bool = False
    """True if its elements are marked as breadcrumbs."""

    @property
    def trail(self) -> tuple[Crumb, ...]:
        """Its sections: several links, or links and a last section, and nothing else."""
        last = unlinked_last(self.text, self.crumbs)
        is_trail = self.rest == (last.text if last else "")
        crumbs = (*self.crumbs, last) if last else self.crumbs
        return crumbs if is_trail and len(crumbs) > 1 else ()

    @property
    def kicker(self) -> str | None:
        """The topic that the line names, unless it is a trail."""
        if len(self.crumbs) > 1 or self.trail or self.is_marked:
            return None
        if not self.crumbs and not self.is_one:
            return None
        text = self.crumbs[0].text if self.crumbs else self.text
        return text if is_topic(text) else None


def is_topic(text: str) -> bool:
    """Return whether *text* has letters, and is no byline, date, button or counter."""
    if not _LETTER.search(text) or len(_DIGIT.findall(text)) * 3 > len(text):
        return False
    if is_button(text) or _is_dated(text):
        return False
    is_byline = _bylines().words_of(text) > 0 or _READING_TIME.match(text) is not None
    return not is_byline and parse_date(text) is None


def is_button(text: str) -> bool:
    """Return whether *text* is a button, or a counter with its number: `12 comments`."""
    return folded(_NUMBERS.sub(" ", text)) in _words("no_topics")


def _is_dated(text: str) -> bool:
    """Return whether *text* says when the page was changed: `Updated 5 minutes ago`."""
    count = _dated().words_of(text)
    return count == len(text.split()) or (count > 0 and _DIGIT.search(text) is not None)


def unlinked_last(text: str, crumbs: Sequence[Crumb]) -> Crumb | None:
    """Return the section that a sign parts from the last of *crumbs*, the links in *text*."""
    if not crumbs or not crumbs[-1].text:
        return None
    match = _LAST.fullmatch(text.rpartition(crumbs[-1].text)[2].strip())
    return Crumb(match[1]) if match and is_topic(match[1]) else None


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(map(folded, phrase_table("pages/above_headline")[key]))


@cache
def _dated() -> Openings:
    return Openings(phrase_table("pages/above_headline")["dated"])


@cache
def _bylines() -> Openings:
    return Openings(phrase_table("credits/bylines")["labels"]["strong"])


def line_above(heading: Node) -> LineAbove | None:
    """Return the line above *heading* in the smallest part around it with text before it."""
    for box in islice(heading.ancestors(), CLIMB):
        if box.tag in _WHOLE:
            return None
        before = heading.page[box.index + 1 : heading.index]
        parts = [node for node in before if node.end <= heading.index]
        text = box.text_before(heading)
        if any(node.size > 1 and node.tag == "h1" for node in parts):
            return None
        if len(_SIGNS.sub("", text)) > 1:
            return _line_of(text, parts) if len(text) <= LONGEST_LINE else _last_line(parts)
    return None


def marked_trails(root: Node) -> list[Node]:
    """Return the elements below *root* that say that they hold breadcrumbs, in page order."""
    found = {node.index: node for node in root.marked(_names_trail, _parts_of_trail_words())}
    for name in _TRAIL_ATTRIBUTES:
        found.update((node.index, node) for node in root.having(name) if is_marked_trail(node))
    return [found[index] for index in sorted(found)]


def is_marked_trail(node: Node) -> bool:
    """Return whether the attributes of *node* say that it holds breadcrumbs, or is one."""
    attributes = node.attributes
    if not attributes:
        return False
    if node.class_and_id and _names_trail(node.class_and_id):
        return True
    if is_typed_crumb(node):
        return True
    label = attributes.get("aria-label")
    if node.tag not in _BOXES:
        return False
    return "BreadcrumbList" in _type_of(node) or (label is not None and _names_trail(label))


def is_typed_crumb(node: Node) -> bool:
    """Return whether *node* is stated to be one section of a trail, in RDFa or microdata."""
    return _type_of(node).endswith(_CRUMB_TYPES)


def _type_of(node: Node) -> str:
    return node.attributes.get("itemtype") or node.attributes.get("typeof", "")


@lru_cache(maxsize=8192)
def _names_trail(name: str) -> bool:
    """Return whether *name*, class names, an id or an ARIA label, has a word for a trail."""
    text = folded(_NAME_SIGNS.sub(" ", name[:LONGEST_NAME]))
    return any(word in text and _word_pattern(word).search(text) for word in _trail_words())


@cache
def _trail_words() -> tuple[str, ...]:
    """Return the words for a trail; most texts hold none of them."""
    return tuple(map(folded, phrase_table("pages/above_headline")["trails"]))


@cache
def _parts_of_trail_words() -> frozenset[str]:
    """Return the longest part of each word for a trail: a name without them holds no word.

    Of two parts, one of which holds the other, the shorter one is enough.
    """
    printed = phrase_table("pages/above_headline")["trails"]
    forms = (*map(str.lower, printed), *map(folded, printed))
    parts = {max(re.split(r"[\s'’]", form), key=len) for form in forms}
    return frozenset(one for one in parts if not any(o in one and o != one for o in parts))


@cache
def _word_pattern(word: str) -> re.Pattern[str]:
    """Return a pattern of *word* at the start of a word, where its script parts words."""
    is_apart = word != "breadcrumb" and word < "\u3000"
    return re.compile(rf"(?<!\w){re.escape(word)}" if is_apart else re.escape(word))


def _last_line(parts: list[Node]) -> LineAbove | None:
    """Return the last of *parts* that holds text and is no part of a larger one."""
    places = {part.index for part in parts}
    for node in reversed(parts):
        is_outer = node.parent is None or node.parent.index not in places
        if is_outer and node.size > 2:
            inside = [part for part in parts if part.is_below(node)]
            return _line_of(node.text(), inside) if node.size <= LONGEST_LINE else None
    return None


def _line_of(text: str, parts: list[Node]) -> LineAbove | None:
    with_text = [node for node in parts if node.size > 1]
    links = [node for node in with_text if node.tag == "a"]
    if any(map(_is_out, with_text)) or _has_long(links):
        return None
    rest = text
    for link in links:
        rest = rest.replace(link.text(), " ", 1)
    crumbs = tuple(Crumb(link.text(), link.attributes.get("href", "")) for link in links)
    is_marked = any(map(is_marked_trail, with_text))
    rest = _SIGNS.sub(" ", rest).strip()
    return LineAbove(text, crumbs, rest, _is_one(text, parts), is_marked)


def _is_out(node: Node) -> bool:
    """Return whether *node* is marked as another part of the page, or as a slogan."""
    return flag(node) in _OUT or _SLOGAN.search(node.class_and_id.lower()) is not None


def _has_long(links: list[Node]) -> bool:
    return any(link.size > LONGEST_LABEL for link in links)


def _is_one(text: str, parts: list[Node]) -> bool:
    """Return whether the innermost of *parts* with all of *text* has no parts with text."""
    whole = [node for node in parts if node.text() == text]
    if not whole:
        return False
    return not any(part.size > 2 for part in whole[-1].elements())

"""Printed days of publication and of the last change, each with a weight for its place.

A page prints other dates too: today's in its head, those of other articles beside it, of
readers below it, of events within the text. Nothing in the date itself tells them apart, so its
place on the page decides; dates between headline and text count most.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from itertools import accumulate, chain, islice, takewhile
from math import inf
from operator import attrgetter
from typing import Literal, NamedTuple

import attrs

from newscrawl.generic.body.article_node import Outline
from newscrawl.generic.body.lines import Lines, body_of
from newscrawl.html.text_lines import INLINE, TextLine
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen
from newscrawl.text.phrases import Openings, first_word, phrase_table
from newscrawl.values.dates import dates_in
from newscrawl.values.dates.grammar import is_amid_prose
from newscrawl.values.dates.words import is_month

LONGEST_DATE = 90
LONGEST_LINE = 160
LONGEST_WAY = 200
"""Most characters of other text between the article and a date outside of it."""
MOST_DATES = 60
MOST_AHEAD = 6
"""Most lines between headline and text in the element of the text."""
LONGEST_PART = 500
"""A part between headline and text is the article's own up to this size, of any class."""
PROSE = 80
"""A line of the body with this many characters outside links is where the text begins."""
_MARKS = (
    *("publi", "date", "time", "posted", "created", "fecha", "datum", "tarih", "tarikh"),
    "تاريخ",
)
# A pattern that begins with a letter is found faster than one that first looks back.
_GLUED = re.compile(r"[A-Z](?<=[^\W\d_A-Z][A-Z])[a-zà-ÿ]{2,9}(?=\.? \d)")
_BEFORE_LABEL = compiled_on_use(r"^.*(?:\d\S*\s?|[|•·]\s?)")
"""Text before a label, which belongs to another date: `Updated 5 May. Published: `."""
_DIGIT = re.compile(r"\d")
_PRESS_DATELINE = re.compile(
    r"[^\W\d_a-z]{3}[^\d.]{0,60}?"
    r"(?P<date>(?:[0-9]{1,2}\.? [^\W\d]{3,12}\.?,? |[^\W\d]{3,12}\.? [0-9]{1,2},? )"
    r"(?:19|20)[0-9]{2})"
    r"[^.\d]{0,40}?(?:[–—-]|/)"
)
"""A date with its year between a town in capitals and a dash: `LEEDS, 3 June 2026 – `."""
_HEAD_OF_TEXT = re.compile(
    r"\(([^()]{6,30}\b(?:19|20)[0-9]{2})\)"
    r"|((?:[0-9]{1,2}\.?|[^\W\d]{3,12}\.?) [^().:–—]{3,20}\b(?:19|20)[0-9]{2})"
    r"(?:[.:]\s| [–—-] )"
)
"""A date with its year in brackets, or with a stop or a dash after it."""
_DATED_HEAD = compiled_on_use(r"\d[^:]{5,30}(?::\d\d)?\s[^\W\d_]{3,20}:\s")
"""A date with a label behind it: `1 May 2026, 12:44 Author: …`."""
_DASH = re.compile(r"\s[-–—]\s")
_OF_CHANGE = compiled_on_use(
    r"updat(?:ed|e(?!s))|modif|changed|lastmod|revis|aktualis|actuali[sz]|atualiz"
)
_OF_PUBLICATION = compiled_on_use(r"publi|posted|pub-?date|created|entry-date|erschien")
_OTHERS = frozenset({"navigation", "aside", "sidebar", "teasers", "related", "comments"})
"""Parts whose dates are those of other articles, or of readers."""
_MAY_BE_OWN = frozenset({"navigation", "aside", "sidebar", "header"})
"""Parts that may be the article's own if they are small and between headline and text."""
_MAY_HOLD_MARKS = _MAY_BE_OWN | {"teasers", "related"}
"""The same for marked dates: a card's class may be that of the article's own head."""

_PARAGRAPHS = frozenset({"p", "li", "td", "dd", "blockquote"})

Role = Literal["published", "updated", ""]
Zone = Literal["head", "above", "inside", "below", "far"]
_BEFORE_TEXT = frozenset({"head", "above"})
"""Places of a date that needs no label."""
WEIGHTS = {"head": 0.7, "above": 0.5, "inside": 0.4, "below": 0.4, "far": 0.0}
"""Weight of a marked date by its place."""
LONGEST_LABEL = 30
LONGEST_CAPTION = 40
"""A caption of this many characters may be a date alone."""
MOST_WORDS = 9
"""A line of more words than a byline has is a sentence or a caption."""
MOST_DATE_WORDS = 5
LETTERS_A_DIGIT = 7
"""A line of dates has a digit for this many characters at least."""
FAR = 0.38
"""Weight of a labelled date far below the text, in the article node."""
MOST_BARE = 4
"""More dates in or below the text that nothing labels are those of a list."""
LONGEST_HEAD = 1_000
"""Characters below the headline that are the article's head, if no paragraph ends it before."""


_place = attrgetter("node.index")


class _Limits(NamedTuple):
    """Element numbers up to which little text stands between an element and the article."""

    head: float
    """The last one below the headline that is of the article's head."""
    above: int
    """An element above the article is near it if it ends behind this one."""
    below: float
    """The last one below the text that is near it."""


@attrs.define(kw_only=True, slots=False)
class Surroundings:
    """Nodes and lines around the article, for finding its dates and authors."""

    root: Node
    article_node: Node
    """The part of the page that holds headline and body."""
    heading: Node | None
    """The printed headline."""
    outline: Outline
    lines: Lines = ()
    """The lines of the article's part, with their roles."""

    @cached_property
    def first(self) -> int:
        """Start of the article: its headline, else its part of the page."""
        return self.heading.index if self.heading else self.article_node.index

    @property
    def is_whole_page(self) -> bool:
        """True if the article node is the whole page, its head the site's."""
        return self.article_node.tag in {"body", "html", ""} or self.article_node.parent is None

    @cached_property
    def text(self) -> tuple[int, int]:
        """Places of the first and the last paragraph of the text."""
        prose = [
            text_line.node.index
            for text_line in body_of(self.lines)
            if text_line.kind != "heading"
            and len(text_line.text) - text_line.links >= PROSE
            and not _is_dated_line(text_line.text)
            if self.outline.role(text_line) != "header"
        ]
        prose = [index for index in prose if index > self.first]
        return (
            (prose[0], prose[-1]) if prose else (self.article_node.end, self.article_node.end)
        )

    def zone(self, node: Node) -> Zone:
        """Return where *node* stands: between headline and text, in the text, around it."""
        index, (begin, end) = node.index, self.text
        if self.first <= index < begin:
            return "head" if index <= self._limits.head else "inside"
        if begin <= index <= end:
            return "inside"
        if index < self.first:
            return "above" if node.end > self._limits.above else "far"
        return "below" if index <= self._limits.below else "far"

    @cached_property
    def _limits(self) -> _Limits:
        """Return how far the article's head and the parts beside it reach."""
        return _Limits(
            head=self._last_within(self.first, LONGEST_HEAD),
            above=self._first_within(self.first, LONGEST_WAY),
            below=self._last_within(self.text[1], LONGEST_WAY),
        )

    def _last_within(self, low: int, length: int) -> float:
        """Return the last element number with at most *length* of text between *low* and it."""
        indexes, lengths = self._lengths
        start = lengths[bisect_right(indexes, low) - 1]
        beyond = bisect_right(lengths, start + length)
        return indexes[beyond] if beyond < len(indexes) else inf

    def _first_within(self, high: int, length: int) -> int:
        """Return the first element number with at most *length* of text from it to *high*."""
        indexes, lengths = self._lengths
        end = lengths[max(bisect_left(indexes, high) - 1, 0)]
        return indexes[bisect_left(lengths, end - length)]

    @cached_property
    def _lengths(self) -> tuple[list[int], list[int]]:
        """Return where the page's text lines stand, and how much text there is up to each."""
        text_lines = sorted(self.outline.text_lines, key=_place)
        lengths = [len(text_line.text) for text_line in text_lines]
        return [-1, *map(_place, text_lines)], [0, *accumulate(lengths)]


@frozen(kw_only=True)
class PrintedDate:
    """A text that may state a day of publication or of change."""

    rule: str
    """Rule that found it: time, itemprop, date_mark or date_line."""
    raw: str
    role: Role = ""
    """Role by its label or its markup: published, updated, or empty if unknown."""
    weight: float
    is_apart: bool = False
    """True if it stands where today's date may stand as well."""


def printed_dates(around: Surroundings) -> Iterator[PrintedDate]:
    """Yield the dates printed in *around*: marked ones first, then dated lines."""
    marked = list(_marked_dates(around))
    of_lists = _ids_of_lists(marked)
    yield from (one for one in marked if id(one) not in of_lists)
    changes = {one.raw for one in marked if one.role == "updated"}
    yield from (line for line in _lines(around) if line.role or line.raw not in changes)
    yield from _at_head_of_text(around)


def _ids_of_lists(marked: Sequence[PrintedDate]) -> set[int]:
    """Return the ids of the marked dates that are those of other articles."""
    return {
        *_ids_of_list(
            one for one in marked if not one.role and one.weight <= WEIGHTS["inside"]
        ),
        *_ids_of_list(one for one in marked if one.weight == FAR),
    }


def _at_head_of_text(around: Surroundings) -> Iterator[PrintedDate]:
    """Yield the date that the text begins with, parted from it: `(18.01.2018) …`."""
    body = body_of(around.lines)
    lines = [text_line.text for text_line in body[:3] if text_line.kind != "heading"]
    match = _HEAD_OF_TEXT.match(lines[0]) if lines else None
    if match is not None:
        yield PrintedDate(rule="text_head", raw=match[1] or match[2], weight=WEIGHTS["inside"])
    for match in filter(None, map(_PRESS_DATELINE.match, lines[:2])):
        yield PrintedDate(rule="text_head", raw=match["date"], weight=WEIGHTS["inside"])


def _ids_of_list(dates: Iterable[PrintedDate]) -> Iterator[int]:
    """Yield the ids of *dates* if so many differ that they are those of other articles."""
    dates = list(dates)
    if len({one.raw for one in dates}) > MOST_BARE:
        yield from map(id, dates)


def _weight_of(role: Role, zone: Zone) -> float:
    """Return the weight of a marked date; 0 for one far from the text without a role."""
    if zone == "far":
        return FAR if role else 0
    return WEIGHTS[zone] + (0.2 if role else 0)


def _marked_dates(around: Surroundings) -> Iterator[PrintedDate]:
    """Yield the dates marked by an element, microdata or a class name."""
    for rule, node, raw in _marked(around.root):
        zone, is_near = around.zone(node), node.is_below(around.article_node)
        if zone == "far" and not is_near:
            continue
        role = _role(node)
        if _is_word(node, role, zone) or _is_anothers(node, around, zone, own=_MAY_HOLD_MARKS):
            continue
        weight = _weight_of(role, zone)
        if weight and (role or is_near or zone in {"head", "above"}):
            yield PrintedDate(
                rule=rule,
                raw=raw,
                role=role,
                weight=weight,
                is_apart=_is_apart(node, around, zone),
            )


def _is_word(node: Node, role: Role, zone: Zone) -> bool:
    """Return whether a marked date is a word of the text rather than the article's own."""
    return (zone == "inside" or role != "published") and _is_in_prose(node, zone)


def _is_apart(node: Node, around: Surroundings, zone: Zone) -> bool:
    if zone != "above":
        return not node.is_below(around.article_node)
    return around.is_whole_page or not node.is_below(around.article_node)


def is_of_update(raw: str) -> bool:
    """Return whether *raw* begins with a label such as `Last updated`."""
    return bool(_labels("updated").words_of(raw))


def is_of_event(text: str) -> bool:
    """Return whether *text* begins with the label of an event: `Concert: Saturday 12 May`."""
    return bool(_labels("event").words_of(text))


def is_sentence(text: str) -> bool:
    """Return whether *text* has so many words that a date among them may be of anything."""
    pieces = _DASH.split(text)
    if _is_credit(text) or _labels("issue").words_of(text) or any(map(label_of, pieces)):
        return False
    if len(pieces) > 1 and any(map(_is_date_alone, pieces)):
        return False
    is_short = len(text.split()) <= MOST_WORDS or any(sign in text for sign in "|/•·⋅∙・")
    return is_amid_prose(text) if is_short else not _DATED_HEAD.match(text)


def _is_dated_line(text: str) -> bool:
    """Return whether *text* is a long line of dates with their labels, and no paragraph."""
    if len(text) >= LONGEST_LINE or not (label_of(text) or _is_credit(text)):
        return False
    is_of_digits = sum(map(str.isdigit, text)) * LETTERS_A_DIGIT > len(text)
    return is_of_digits or (len(dates_in(text)) > 1 and not text.endswith("."))


def _is_date_alone(piece: str) -> bool:
    """Return whether a piece of a line between dashes is a date and little else."""
    return len(piece.split()) <= MOST_DATE_WORDS and bool(dates_in(piece))


def _is_credit(text: str) -> bool:
    """Return whether *text* begins like a byline: `Von Christian am 03.05.2013`."""
    return bool(_labels("credit").words_of(text))


@cache
def _labels(role: str) -> Openings:
    return Openings(phrase_table("dates/date_words")["labels"][role])


_DATE_PROPERTY = compiled_on_use("datePublished|dateCreated|dateModified")


def _times_of(node: Node) -> Iterator[str]:
    """Yield the time in the attribute of a time element, and the one it prints."""
    text = node.text() if node.size < LONGEST_DATE else ""
    yield from filter(None, (node.attributes.get("datetime"), text))


def _marked(root: Node) -> list[tuple[str, Node, str]]:
    """Return time elements and microdata, then elements with a date's class name."""
    times = (*root.tagged("time"), *root.having("datetime"))
    rules = dict.fromkeys((node.index for node in times), "time")
    rules.update((node.index, "itemprop") for node in root.having("itemprop") if _has_day(node))
    stated = [
        (rules[index], root.page[index], raw)
        for index in sorted(rules)
        for raw in _stated_at(root.page[index], rules[index])
    ]
    marked = (
        ("date_mark", node, node.text())
        for node in root.marked(_is_date_mark, _MARKS)
        if 5 < node.size < LONGEST_DATE and node.index not in rules
    )
    dated = [item for item in marked if _DIGIT.search(item[2])]
    return [*stated[:MOST_DATES], *dated[:MOST_DATES]]


def _has_day(node: Node) -> bool:
    """Return whether *node* states a day as microdata."""
    return _DATE_PROPERTY.search(node.attributes["itemprop"]) is not None


def _stated_at(node: Node, rule: str) -> Iterable[str]:
    """Return the times that a time element or microdata states."""
    if rule == "time":
        return _times_of(node)
    attributes = node.attributes
    return (attributes.get("content") or attributes.get("datetime") or node.text(),)


def _is_date_mark(class_and_id: str) -> bool:
    class_and_id = class_and_id[:200].lower()
    return any(map(class_and_id.__contains__, _MARKS))


def _role(node: Node) -> Role:
    """Return a date's role by its microdata, its label, its class or the text before it."""
    prop = node.attributes.get("itemprop", "")
    if "dateModified" in prop:
        return "published" if "datePublished" in prop else "updated"
    if prop:
        return "published"
    text = node.text() if node.size < LONGEST_LINE else ""
    return (
        label_of(text)
        or label_of(node.attributes.get("title", ""))
        or _marked_role(node)
        or label_of(_before(node))
    )


def label_of(text: str) -> Role:
    """Return the role named by the label at the start of *text*; empty without one."""
    if not text:
        return ""
    if _labels("updated").words_of(text):
        return "updated"
    return "published" if _labels("published").words_of(text) else ""


def _marked_role(node: Node) -> Role:
    """Return the role named by class names; publication where they name both (WordPress)."""
    part: Node | None = node
    for _ in range(3):
        if part is None or part.size > LONGEST_DATE:
            break
        class_and_id = part.class_and_id.lower()
        if class_and_id and _OF_PUBLICATION.search(class_and_id):
            return "published"
        if class_and_id and _OF_CHANGE.search(class_and_id):
            return "updated"
        part = part.parent
    return ""


def _before(node: Node) -> str:
    """Return the short text just before *node* in the same small part of the page."""
    part = node
    for _ in range(3):
        parent = part.parent
        if parent is None or parent.size > 2 * LONGEST_DATE:
            return ""
        before = parent.text_before(part)
        if before:
            return _BEFORE_LABEL.sub("", before) if len(before) < LONGEST_DATE else ""
        part = parent
    return ""


def _lines(around: Surroundings) -> Iterator[PrintedDate]:
    """Yield the lines between headline and text, and those below it that a label begins."""
    ahead = _lines_ahead_of_text(around)
    before = ""
    for text_line in around.outline.text_lines:
        text = text_line.text
        if len(text) < LONGEST_LINE and _DIGIT.search(text):
            zone = "head" if id(text_line) in ahead else around.zone(text_line.node)
            if _may_stand_there(text_line, zone, around):
                yield from _dated_line(text_line, before, zone, around)
        before = text


def _may_stand_there(text_line: TextLine, zone: Zone, around: Surroundings) -> bool:
    """Return whether a line of any label may have the article's date in its place."""
    if zone == "inside":
        return len(text_line.text) <= LONGEST_CAPTION
    return zone != "far" or text_line.node.is_below(around.article_node)


def _dated_line(
    text_line: TextLine, before: str, zone: Zone, around: Surroundings
) -> Iterator[PrintedDate]:
    """Yield the date in a line that may state the article's; *before* is the line above it."""
    text = parted_at_month(text_line.text)
    before = parted_at_month(before) if len(before) < LONGEST_LABEL else ""
    if zone not in _BEFORE_TEXT and not _may_be_labelled((text_line.text, text, before)):
        return
    if len(text) >= LONGEST_LINE or _is_event(before, text):
        return
    role = label_of(text) or (label_of(before) if len(before) < LONGEST_LABEL else "")
    if _may_be_dated(text_line, role, zone, around):
        yield PrintedDate(
            rule=_rule_of(text_line, around),
            raw=text,
            role=role,
            weight=_weight_of_line(role, zone),
            is_apart=_is_apart(text_line.node, around, zone),
        )


def _may_be_labelled(texts: Iterable[str]) -> bool:
    """Return whether one of *texts* begins with the first word of a label, as few lines do."""
    return not _first_words().isdisjoint(map(first_word, texts))


@cache
def _first_words() -> frozenset[str]:
    """Return the first words of the labels that a date away from the headline needs."""
    roles = ("updated", "published", "credit")
    return frozenset(chain.from_iterable(_labels(role).first_words for role in roles))


def _rule_of(text_line: TextLine, around: Surroundings) -> str:
    is_heading = text_line.kind == "heading" or text_line.node is around.heading
    return "date_heading" if is_heading else "date_line"


def _lines_ahead_of_text(around: Surroundings) -> frozenset[int]:
    """Return the ids of the lines in the element of the first paragraph that precede it.

    Old pages part headline, day and text by `<br>` alone.
    """
    begin = around.text[0]
    same = [line for line in around.outline.text_lines if line.node.index == begin]
    ahead = takewhile(lambda line: len(line.text) < PROSE, same)
    return frozenset(map(id, islice(ahead, MOST_AHEAD)))


def _is_event(before: str, text: str) -> bool:
    """Return whether the label of an event begins *text* or is the line before it."""
    is_label = len(before) < LONGEST_LABEL and not _DIGIT.search(before)
    return is_of_event(text) or (is_label and is_of_event(before))


def parted_at_month(text: str) -> str:
    """Return *text* with a space before a month that only an element parts from a name."""
    if len(text) > LONGEST_LINE or not _GLUED.search(text):
        return text
    return _GLUED.sub(lambda match: f" {match[0]}" if is_month(match[0]) else match[0], text)


def _may_be_dated(text_line: TextLine, role: Role, zone: Zone, around: Surroundings) -> bool:
    """Return whether a line stands where the article's date may stand."""
    if zone == "inside" and role != "published":
        return False
    if zone in {"far", "below"} and not (role or _is_credit(text_line.text)):
        return False
    is_long = len(text_line.text) > LONGEST_CAPTION
    if is_long and around.outline.role(text_line) == "caption":
        return False
    return not _is_anothers(
        text_line.node, around, zone, is_labelled=_is_labelled(text_line, role)
    )


def _is_labelled(text_line: TextLine, role: Role) -> bool:
    return role == "published" or _is_credit(text_line.text)


def _weight_of_line(role: Role, zone: Zone) -> float:
    """Return how much a line counts that nothing but its words makes a date."""
    if zone == "far":
        return FAR
    return WEIGHTS[zone] - (0.1 if zone == "head" else 0.05) + (0.2 if role else 0)


def _is_in_prose(node: Node, zone: Zone) -> bool:
    """Return whether *node* is part of a sentence: `it left on <time>14 June</time>`."""
    part: Node | None = node
    while part is not None and part.tag in INLINE:
        part = part.parent
    if part is None or part is node or (zone != "inside" and part.tag not in _PARAGRAPHS):
        return False
    return part.size > node.size + (LONGEST_DATE if zone == "inside" else LONGEST_LINE)


def parts_beside(node: Node, around: Surroundings) -> Iterator[tuple[Node, str]]:
    """Yield *node* and each part around it, with its class, up to the one with the headline.

    The footer of an `<article>` is left out: some systems print the byline there.
    """
    heading, article_node = around.heading or around.article_node, around.article_node
    part: Node | None = node
    while part is not None and not heading.is_below(part):
        is_footer = (
            part.tag == "footer"
            and article_node.tag == "article"
            and part.is_below(article_node)
        )
        if not is_footer:
            yield part, around.outline.flag(part)
        part = part.parent


def _is_anothers(
    node: Node,
    around: Surroundings,
    zone: Zone,
    *,
    is_labelled: bool = False,
    own: frozenset[str] = _MAY_BE_OWN,
) -> bool:
    """Return whether *node* stands in a part that does not belong to the article.

    Small parts of a role in *own* may belong to it. A small part just below the text may be its
    foot, if a label says so.
    """
    heading = around.heading or around.article_node
    is_foot = is_labelled and zone == "below"
    return any(
        role in _OTHERS or (role == "header" and node.index < heading.index)
        for part, role in parts_beside(node, around)
        if not (
            role in own
            and part.size < LONGEST_PART
            and (is_foot or _is_near(part, around, zone))
        )
    )


def _is_near(part: Node, around: Surroundings, zone: Zone) -> bool:
    """Return whether *part* is between headline and text, or above them in the article node."""
    if zone != "above":
        return zone == "head"
    return not around.is_whole_page and part.is_below(around.article_node)

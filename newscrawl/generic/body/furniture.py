"""Classification of page elements (navigation, advert, comments …) by tag, role and class name.

It is only a first one: a part that holds much of the page's text is text after all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain

from newscrawl.html.text_lines import HEADINGS
from newscrawl.html.tree import Flow, Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import phrase_table
from newscrawl.text.urls import domain_of

LONGEST_MARKS = 240
"""Class names are judged by this many characters."""

LONGEST_CARD = 600
MOST_ABOVE = 8
"""The heading of a section is one of this many elements at its beginning."""
LEAST_LINK = 12
"""A card's link has this many characters at least."""
LEAST_CARDS = 3
"""A row of cards has this many."""
LONGEST_SET_APART = 300
"""A line in small or slanted letters below a picture is a caption up to here."""
MOST_IN_FRAME = 10
"""A frame of a picture and its caption holds this many elements at most."""
SMALLEST = 90
"""A picture that states fewer pixels in width or height is an icon."""
_FRAMES = frozenset({"p", "div", "td", "table"})
_SET_APART = frozenset({"small", "em", "i"})
PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "table", "tbody", "tr"})
CARDS = frozenset({"li", "div", "article", "section", "a", "td", "tr"})
TAGS = {
    "nav": "navigation",
    "aside": "aside",
    "footer": "navigation",
    "form": "form",
    "figure": "caption",
    "figcaption": "caption",
    "dialog": "consent",
    "address": "byline",
    "amp-sidebar": "navigation",
    "fieldset": "form",
    "menu": "navigation",
    "header": "header",
    "time": "byline",
    "label": "form",
}
ROLES = {
    "navigation": "navigation",
    "complementary": "aside",
    "contentinfo": "navigation",
    "search": "form",
    "dialog": "consent",
    "alert": "consent",
    "menu": "navigation",
    "banner": "header",
    "tooltip": "hidden",
    "toolbar": "share",
}
_WHOLE = frozenset({"body", "html", "main", "article"})
_HIDING = compiled_on_use(
    r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden"
    r"|(?<!-)clip\s{0,3}:\s{0,3}rect\(\s{0,3}[01](?:px)?[\s,]"
    r"|clip-path\s{0,3}:\s{0,3}inset\((?:50|100)%",
    re.IGNORECASE,
)
_HIDING_WORDS = ("none", "hidden", "rect", "inset")
"""A style without any of these, as most are, holds nothing that the pattern above finds."""
_JUDGED = frozenset({"role", "style", "hidden", "aria-hidden"})
"""The attributes other than class and id that say what a part is; most parts have none."""
_STATES = re.compile(r"(?:^| )(?:has|have|no|with|without|is|not|hide|show) [a-z]{1,30}(?= |$)")
# Classes of frameworks that hide a part on some widths of screen only.
_WIDTHS = compiled_on_use(
    r"hidden (?:xs|sm|ms|md|lg|xl|phone|tablet|desktop|mobile)(?= |$)"
    r"|d none(?= (?:[a-z]+ ){0,9}?d (?:xs|sm|md|lg|xl) )"
    r"|overflow(?: [xy])? hidden"
)
_STATE_WORDS = frozenset(
    ("has", "have", "no", "with", "without", "is", "not", "hide", "show", "hidden", "d")
)
"""A name without any of these holds nothing that the two patterns above find."""
_WORD = re.compile(r"[A-Z]+[a-z]*|[a-z]+")
_SMALL_WORD = re.compile(r"[a-z]+")
# A number in hexadecimal digits, as page builders give one to each element: `3ad9f1`.
_HASH = compiled_on_use(
    r"(?<![A-Za-z0-9])(?=[0-9a-f]{0,40}[0-9][a-f])[0-9a-f]{5,40}(?![A-Za-z0-9])"
)
_IN_HASH = re.compile(r"[0-9][a-f]")


def flag(node: Node) -> str:
    """Return the role of the text in *node* by its markup; the empty string for body text."""
    return flagged(node).get(node.index, "")


def flagged(node: Node) -> Mapping[int, str]:
    """Return the roles of elements of the page of *node*, by number, but those of body text.

    The elements of a page are judged at once: each class name is judged once, and few elements
    hold cards, a picture or an attribute that says what they are.
    """
    return node.flags(_judged)


def _judged(flow: Flow) -> Mapping[int, str]:
    """Return the roles of the elements of *flow*: what is named last counts most."""
    named = chain(_by_marks(flow), _by_attributes(flow), _captioned(flow), _cards(flow))
    return {index: role for index, role in dict(chain(named, _by_tags(flow))).items() if role}


def _by_marks(flow: Flow) -> Iterator[tuple[int, str]]:
    """Yield the numbers of elements with a role by class names and id."""
    for mark, nodes in flow.by_mark.items():
        role = role_of_class_and_id(mark)
        for node in nodes if role else ():
            if node.tag not in _WHOLE and node.tag not in HEADINGS:
                has_id = "id" in node.attributes
                yield node.index, _by_class_and_id(node, role) if has_id else role
    for heading in chain.from_iterable(map(flow.tagged, HEADINGS)):
        classes = heading.attributes.get("class")
        role = role_of_class_and_id(classes) if classes else ""
        # The heading of a side bar stands in it; a sub-head with a widget in it is none.
        yield heading.index, "" if role == "sidebar" else role


def _by_attributes(flow: Flow) -> Iterator[tuple[int, str]]:
    """Yield the numbers of elements with a role by other attributes."""
    for names, nodes in flow.by_names.items():
        for node in nodes if not _JUDGED.isdisjoint(names) else ():
            role = ROLES.get(node.attributes.get("role", ""), "")
            if (role or _is_hidden(node.attributes)) and node.tag not in _WHOLE:
                yield node.index, role or "hidden"


def _captioned(flow: Flow) -> Iterator[tuple[int, str]]:
    """Yield the numbers of elements that hold a picture and its caption alone."""
    for picture in flow.tagged("img"):
        node = picture.parent
        while node is not None and node.end - node.index <= MOST_IN_FRAME:
            if node.tag in _FRAMES and is_captioned(node):
                yield node.index, "caption"
            node = node.parent


def _cards(flow: Flow) -> Iterator[tuple[int, str]]:
    """Yield the numbers of rows of cards."""
    cards = Counter(
        [
            node.parent.index
            for node in chain.from_iterable(map(flow.tagged, CARDS))
            if node.links >= LEAST_LINK
            and node.size <= LONGEST_CARD
            and node.parent is not None
        ]
    )
    for index, count in cards.items():
        if count >= LEAST_CARDS and is_cards(flow.nodes[index]):
            yield index, "teasers"


def _by_tags(flow: Flow) -> Iterator[tuple[int, str]]:
    """Yield the numbers of elements whose tags have a role."""
    for tag, role in TAGS.items():
        for node in flow.tagged(tag):
            yield node.index, role if tag != "figure" or not _is_of_text(node) else ""


def is_captioned(node: Node) -> bool:
    """Return whether *node* is one picture and a line set apart below it: `<small>`, `<em>`."""
    is_frame = 2 < node.end - node.index <= MOST_IN_FRAME
    if not is_frame or not LEAST_LINK < node.size <= LONGEST_SET_APART:
        return False
    pictures = node.tagged("img")
    if len(pictures) != 1 or is_small(pictures[0]):
        return False
    below = node.page[pictures[0].end : node.end]
    line = next((part for part in below if _is_set_apart(part, pictures[0])), None)
    return line is not None and line.links * 2 <= line.size and line.text() == node.text()


def _is_set_apart(part: Node, picture: Node) -> bool:
    """Return whether *part* is in small or slanted letters, or in a row below *picture*'s."""
    if part.size <= LEAST_LINK:
        return False
    is_row = part.tag == "tr" and not picture.is_below(part)
    return is_row or part.tag in _SET_APART


def is_small(picture: Node) -> bool:
    """Return whether *picture* states a width or height of an icon, in pixels."""
    for name in ("width", "height"):
        value = picture.attributes.get(name, "").removesuffix("px")
        if value.isdecimal() and len(value) < 6 and int(value) < SMALLEST:
            return True
    return "emoji" in picture.class_and_id


def _by_class_and_id(node: Node, role: str) -> str:
    """Return the role of *node*, which has an id, if *role* is that in its names together."""
    # The id of a section is often made of the words of its heading.
    if _is_named_by_heading(node):
        classes = node.attributes.get("class")
        return role_of_class_and_id(classes) if classes else ""
    return role


def _is_named_by_heading(node: Node) -> bool:
    """Return whether the id of *node* holds the words of its heading: `related-damage`."""
    names = set(_WORD.findall(node.attributes["id"].lower()))
    first = node.iter()[:MOST_ABOVE]
    heading = next((part for part in first if part.tag in HEADINGS), None)
    if heading is None or len(names) < 2 or heading.size > LONGEST_MARKS:
        return False
    return names <= set(_WORD.findall(heading.text().lower()))


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return is_unseen(attributes) or attributes.get("aria-hidden") == "true"


def is_unseen(attributes: Mapping[str, str]) -> bool:
    """Return whether a style or an attribute hides an element from the eye."""
    style = attributes.get("style", "")[:200]
    if style and any(map(style.lower().__contains__, _HIDING_WORDS)) and _HIDING.search(style):
        return True
    return attributes.get("hidden") is not None


def _is_of_text(figure: Node) -> bool:
    """Return whether a *figure* holds a part of the text instead of a picture."""
    return any(figure.tagged(tag) for tag in ("blockquote", "table", "pre"))


def is_cards(node: Node) -> bool:
    """Return whether *node* is a row of cards: parts alike, each a link and little more."""
    if node.links < LEAST_CARDS * LEAST_LINK or node.links * 8 < node.size:
        return False
    if node.tag in PARAGRAPHS:
        return False
    cards = within = 0
    for child in node.elements():
        if child.links >= LEAST_LINK and _is_card(child):
            cards += 1
            within += child.size
    # What holds the page's headline is no row of cards; a row of articles has several.
    is_row = cards >= LEAST_CARDS and within * 4 > node.size * 3 and len(node.tagged("h1")) != 1
    return is_row and not _leads_elsewhere(node)


def _leads_elsewhere(node: Node) -> bool:
    """Return whether the links of a row lead to other sites, or open parts of a text.

    So do the finds of a buying guide, the sources of a text, and questions with their answers.
    """
    links = [part.attributes.get("href", "") for part in node.tagged("a")]
    if node.site and _lead_away(links, node.site):
        return True
    within = [href for href in links if href.startswith("#")]
    return len(within) * 2 > len(links) and node.links * 2 < node.size


def _lead_away(links: Sequence[str], site: str) -> bool:
    """Return whether most of *links* are addresses of other sites than *site*."""
    whole = [href for href in links if href.startswith("http")]
    if len(whole) * 2 <= len(links):
        return False
    # Most of them share a few hosts.
    origins = Counter(["/".join(href.split("/", 3)[:3]) for href in whole])
    away = sum([count for origin, count in origins.items() if domain_of(origin) != site])
    return away * 2 > len(links)


def _is_card(node: Node) -> bool:
    """Return whether *node*, which holds a link, is little more than that link."""
    if node.tag not in CARDS or node.size > LONGEST_CARD:
        return False
    return node.links * 2 >= node.size or _begins_with_link(node)


def _begins_with_link(node: Node) -> bool:
    """Return whether the first text in *node* is a link's, after a picture or without."""
    for part in node.iter():
        if part.tag == "a" and part.links >= LEAST_LINK:
            return True
        if part.stop > part.start + 1 and any(map(_is_words, part.children)):
            return False
    return False


def _is_words(child: Node | str) -> bool:
    return isinstance(child, str) and len(child) > 2 and not child.isspace()


@lru_cache(maxsize=16384)
def role_of_class_and_id(class_and_id: str) -> str:
    """Return the kind of part named by class names and an id, or the empty string."""
    names = class_and_id[:LONGEST_MARKS]
    if _IN_HASH.search(names):
        names = _HASH.sub(" ", names)
    if names.islower():  # as most are
        tokens = _SMALL_WORD.findall(names)
    else:
        tokens = [word.lower() for word in _WORD.findall(names)]
    if "hentry" in tokens:  # a whole entry, by its microformat; its tags are class names, too
        return ""
    if not _first_of_neutral().isdisjoint(tokens):
        tokens = _neutral().sub(" ", " ".join(tokens)).split()
    if not _STATE_WORDS.isdisjoint(tokens):
        tokens = _without_states(" ".join(tokens)).split()
    return _role_of_words(tokens) or _role_of_longer(tokens) or _role_of_parts(tokens)


def _role_of_words(tokens: Sequence[str]) -> str:
    """Return the role that a word or two name, or the empty string."""
    singles, pairs = _words()
    for index, token in enumerate(tokens):
        role = singles.get(token)
        if role is None and token in pairs:
            role = pairs[token].get(" ".join(tokens[index + 1 : index + 2]))
        if role:
            return role
    return ""


def _role_of_longer(tokens: Sequence[str]) -> str:
    """Return the role that a phrase of more than two words names, or the empty string."""
    if _first_of_longer().isdisjoint(tokens):
        return ""
    match = _longer().search(f" {' '.join(tokens)} ")
    return _roles_of_longer()[match[0]] if match else ""


def _role_of_parts(tokens: Sequence[str]) -> str:
    """Return the role that a phrase anywhere in the joined *tokens* names, or nothing."""
    pattern, roles = _parts()
    match = pattern.search("".join(tokens))
    return roles[match[0]] if match else ""


def _without_states(words: str) -> str:
    """Return *words* without those on how a part is, or when: `has image`, `hidden xs`."""
    if "hidden" in words or "d none" in words:
        words = _WIDTHS.sub(" ", words)
    return _STATES.sub(" ", words)


@cache
def _words() -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]:
    """Return the roles of single words, and of pairs by their first word."""
    singles: dict[str, str] = {}
    pairs: dict[str, dict[str, str]] = {}
    for role, phrases in phrase_table("pages/class_marks")["words"].items():
        for phrase in phrases:
            first, *rest = phrase.split("-")
            if not rest:
                singles.setdefault(first, role)
            elif len(rest) == 1:
                pairs.setdefault(first, {}).setdefault(rest[0], role)
                singles.setdefault(first + rest[0], role)
            else:
                singles.setdefault("".join((first, *rest)), role)
    return singles, pairs


@cache
def _neutral() -> re.Pattern[str]:
    """Return a pattern of the phrases that say nothing of a part."""
    phrases = phrase_table("pages/class_marks")["neutral"]["phrases"]
    return re.compile(rf"\b(?:{'|'.join(p.replace('-', ' ') for p in phrases)})\b")


@cache
def _first_of_neutral() -> frozenset[str]:
    """Return the first words of those phrases."""
    phrases = phrase_table("pages/class_marks")["neutral"]["phrases"]
    return frozenset(phrase.partition("-")[0] for phrase in phrases)


@cache
def _longer() -> re.Pattern[str]:
    """Return a pattern of the phrases of more than two words."""
    return re.compile(f"(?<= )(?:{'|'.join(_roles_of_longer())})(?= )")


@cache
def _roles_of_longer() -> Mapping[str, str]:
    """Return the role of each phrase of more than two words."""
    return {
        phrase.replace("-", " "): role
        for role, phrases in phrase_table("pages/class_marks")["words"].items()
        for phrase in phrases
        if phrase.count("-") > 1
    }


@cache
def _first_of_longer() -> frozenset[str]:
    """Return the first word of each phrase of more than two."""
    return frozenset(phrase.partition(" ")[0] for phrase in _roles_of_longer())


@cache
def _parts() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Return a pattern of phrases found anywhere in class names, and the role of each.

    Phrases are grouped by their first letter, since `re` tries each alternative everywhere.
    """
    roles = {
        phrase: role
        for role, phrases in phrase_table("pages/class_marks")["parts"].items()
        for phrase in phrases
    }
    rests: dict[str, list[str]] = {}
    for phrase in roles:
        rests.setdefault(phrase[0], []).append(phrase[1:])
    pattern = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items())
    return re.compile(pattern), roles

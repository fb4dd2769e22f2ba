"""Role of each line in the article node: body text, or a kind of furniture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter

from newscrawl.generic.body.article_node import ENDINGS, length_of
from newscrawl.generic.body.edges import (
    DATED,
    announces,
    begins_paragraph,
    last_of_closing_lines,
)
from newscrawl.generic.body.lines import Line, Lines
from newscrawl.html.text_lines import TextLine
from newscrawl.html.tree import Node
from newscrawl.text.list_headings import heading_kind
from newscrawl.text.phrases import Openings, folded, phrase_table

_STOPS = (".", "。", "۔")
_OFTEN_EQUAL = frozenset({"list", "table", "heading"})
_OF_CODE = frozenset({"pre", "code", "li"})
"""Parts of a text about markup."""
_BACK = "↩↑⏎⤴^\ufe0e\ufe0f "
"""Signs of the link from a note back to its place in the text."""
_ADDRESSING = frozenset({"newsletter", "copyright", "invitation"})
"""Roles of lines that address the readers."""
LONGEST_NOTICE = 100
_WIDE = re.compile("([：】])(?=[^ ])")
"""Signs behind a label that no space follows in Chinese and Japanese."""
Roles = tuple[str, ...]
"""For each line its role; empty for body text."""
SHORT = 20
PARAGRAPH = 60
"""A text line of this many characters outside links is a paragraph even without a full stop."""
LEAST_TEXT = 300
"""A headline after this many characters of text belongs to another article."""
SIGNS_BEFORE_LABEL = " >»›▶►•●*"
LONGEST_PHRASED = 200
"""Most characters of a text line that is furniture because it begins with a phrase."""


@cache
def _openings() -> Mapping[str, tuple[tuple[str, Openings], ...]]:
    """Return, for each first word, the roles of phrases with the phrases that begin so."""
    first: dict[str, dict[str, list[str]]] = {}
    for role, phrases in phrase_table("pages/phrases")["openings"].items():
        for phrase in phrases:
            words = folded(phrase).split()
            if words:
                first.setdefault(words[0], {}).setdefault(role, []).append(phrase)
    return {
        word: tuple((role, Openings(phrases)) for role, phrases in kinds.items())
        for word, kinds in first.items()
    }


@cache
def _whole() -> frozenset[str]:
    table = phrase_table("pages/phrases")["whole"]
    return frozenset((*table["end"], *table["edit"]))


@cache
def _contained() -> tuple[str, ...]:
    """Return the parts of notices that may stand anywhere in a short line."""
    return tuple(phrase_table("pages/phrases")["contained"]["parts"])


@cache
def _contained_in_ascii() -> tuple[str, ...]:
    """Return those of them that may stand in a line of ASCII: a third."""
    return tuple(filter(str.isascii, _contained()))


def is_prose(text_line: TextLine) -> bool:
    """Return whether *text_line* is a paragraph: long enough, or with a sentence's end."""
    own = len(text_line.text) - text_line.links
    if text_line.kind == "heading" or own < text_line.links:
        return False
    if own >= PARAGRAPH:
        return True
    own = own * length_of(text_line.text) // len(text_line.text)
    if own >= PARAGRAPH:
        return True
    if own < 25 or not text_line.text.endswith(ENDINGS):
        return False
    return sum(map(str.isdigit, text_line.text)) * 5 <= len(text_line.text)


def phrase_role(text_line: TextLine) -> str:
    """Return the role of *text_line* by its first phrase, or the empty string."""
    text = text_line.text.lstrip(SIGNS_BEFORE_LABEL) or text_line.text
    if len(text) > LONGEST_PHRASED:
        return ""
    if text.casefold() in _whole():
        return "end mark"
    if len(text) < LONGEST_NOTICE and _holds_notice(text):
        return "notice"
    if not text.isascii():
        text = _WIDE.sub(r"\1 ", text, count=1)
    return _role_by_opening(text, text_line.links)


def _holds_notice(text: str) -> bool:
    parts = _contained_in_ascii() if text.isascii() else _contained()
    return any(map(text.lower().__contains__, parts))


def _role_by_opening(text: str, links: int) -> str:
    """Return the role of the longest phrase that *text* begins with, where it is furniture."""
    begun = _openings().get(folded(text.split(maxsplit=1)[0]))
    if begun is None:  # as for most lines
        return ""
    counts = ((openings.words_of(text), role) for role, openings in begun)
    for count, role in sorted(counts, key=itemgetter(0), reverse=True):
        if role == "advert" and count == len(text.split()):
            return "notice"  # alone in its line it is sure
        if count and _is_furniture(text, links, role, count):
            return role
    return ""


def _is_furniture(text: str, links: int, role: str, count: int) -> bool:
    """Return whether a *text* that begins with *count* words of a phrase is no sentence."""
    words = text.split()
    if len(words) == count or _is_label(" ".join(words[:count]), text):
        return True
    if role == "related":
        return links * 2 > len(text) or len(words) <= count + 2
    if role in _ADDRESSING:
        return links > 0 or _is_addressed(text, role, count)
    if text.endswith("."):
        return False
    if role == "byline":
        return len(text) < 60 or sum(map(str.isdigit, text)) * DATED > len(text)
    return len(words) <= count + 3


def _is_addressed(text: str, role: str, count: int) -> bool:
    """Return whether a phrase without a link is one that no sentence begins with."""
    if role == "copyright" and text.split()[1][:4].isdigit():
        return True
    return role != "invitation" and (count > 1 or not text[:1].isascii())


def _is_label(head: str, text: str) -> bool:
    """Return whether a sign parts *head*, the first words of *text*, from the rest."""
    after = text[len(head) : len(head) + 2].strip()[:1]
    return head[-1] in ":：" or after in (":", "|", "-", "–", "»", ">", "：")


def classify_lines(
    text_lines: Sequence[TextLine], known: Sequence[str], *, headline: str
) -> Lines:
    """Return *text_lines* as lines with their roles.

    *known* are the roles already known, from the parts of the page that hold the lines.
    """
    return tuple(map(Line, text_lines, roles_of(text_lines, known, headline=headline)))


def roles_of(text_lines: Sequence[TextLine], known: Sequence[str], *, headline: str) -> Roles:
    """Return the roles of *text_lines*; *known* are those already known."""
    roles: Roles = tuple(
        [
            role or _role_of(text_line, headline)
            for text_line, role in zip(text_lines, known, strict=True)
        ]
    )
    for step in _STEPS:
        roles = step(text_lines, roles)
    return roles


def _role_of(text_line: TextLine, headline: str) -> str:
    text = text_line.text
    if headline and len(text) <= 2 * len(headline) and folded(text) == headline:
        return "headline"
    if _is_markup(text_line):
        return "markup"
    if not (text[0].isalnum() or any(map(str.isalnum, text[:40]))):
        return "end mark"
    if _is_link(text_line):
        return _role_of_link(text_line)
    return phrase_role(text_line) or ("related" if _heads_a_list(text_line) else "")


def _role_of_link(text_line: TextLine) -> str:
    """Return `related` for a link behind a label, `Read also: Ferry runs at night`."""
    return "related" if phrase_role(text_line) == "related" else "link"


def _is_markup(text_line: TextLine) -> bool:
    """Return whether *text_line* begins with a tag, or is an unfilled part of a template.

    Code of a text about markup is neither.
    """
    text, node = text_line.text, text_line.node
    is_tag = text[0] == "<" and text[1:2].isalpha()
    if not is_tag and not (text.startswith("{{") and text.endswith("}}")):
        return False
    return node.tag not in _OF_CODE and not node.is_inside(_OF_CODE)


def _heads_a_list(text_line: TextLine) -> bool:
    """Return whether *text_line* is the heading of a list of links: `Read also`."""
    is_short = text_line.kind in {"heading", "list"} or len(text_line.text) < 80
    return is_short and heading_kind(text_line.text) is not None


def _is_linked_text(text_line: TextLine) -> bool:
    """Return whether a linked line is a sentence, or a sub-head that leads to itself."""
    text, node = text_line.text, text_line.node
    if text_line.kind == "paragraph" and len(text) >= PARAGRAPH and text.endswith(_STOPS):
        return node.tag != "a" and not node.is_inside({"a"})
    return _leads_to_itself(node)


def _leads_to_itself(node: Node) -> bool:
    """Return whether the link of *node* leads to the id of it or of the part around it."""
    link = next((part for part in (node, *node.elements()) if part.tag == "a"), None)
    href = link.attributes.get("href", "") if link is not None else ""
    around = (node, node.parent or node)
    return len(href) > 1 and href in {f"#{part.attributes.get('id', '')}" for part in around}


def _is_link(text_line: TextLine) -> bool:
    """Return whether *text_line* is only a link to something else."""
    length = len(text_line.text)
    if text_line.links * 10 >= length * 9:
        is_short = length < 160 and not _is_linked_text(text_line)
        return is_short or text_line.kind == "list"
    if length >= 120 or text_line.text.endswith(ENDINGS):
        return False
    share = 2 if text_line.kind == "list" else 4 / 3
    return text_line.links * share > length


def _without_repeated(text_lines: Sequence[TextLine], roles: Roles) -> Roles:
    """Leave out a line printed again in another part, and every copy of one printed thrice.

    Items, rows and sub-heads may be equal in a text: they are out among paragraphs that are.
    """
    places = _places(text_lines)
    seen: set[str] = set()
    found = []
    is_in_copy = True
    for text_line, role in zip(text_lines, roles, strict=True):
        count = places.get(text_line.text, 0)
        is_repeated = count > 2 or (count > 1 and text_line.text in seen)
        if text_line.kind not in _OFTEN_EQUAL:
            is_in_copy = is_repeated
        found.append(role or ("repeated" if is_repeated and is_in_copy else ""))
        if not found[-1]:
            seen.add(text_line.text)
    return tuple(found)


def _places(text_lines: Sequence[TextLine]) -> Mapping[str, int]:
    """Return for each text that is not short in how many elements it is printed."""
    parents: dict[str, set[int]] = {}
    for text_line in text_lines:
        if len(text_line.text) > SHORT and text_line.node.parent is not None:
            parents.setdefault(text_line.text, set()).add(text_line.node.parent.index)
    return {text: len(found) for text, found in parents.items()}


def _with_linked_lines(text_lines: Sequence[TextLine], roles: Roles) -> Roles:
    """Keep a linked sub-head above text, and a linked item between two items of text."""
    found = list(roles)
    for at in range(len(found) - 2, 0, -1):
        if found[at] == "link" and not found[at + 1]:
            kinds = [text_line.kind for text_line in text_lines[at - 1 : at + 2]]
            is_item = kinds == ["list"] * 3 and not found[at - 1]
            if is_item or kinds[1] == "heading":
                found[at] = ""
    return _with_announced_links(text_lines, found)


def _with_announced_links(text_lines: Sequence[TextLine], roles: Sequence[str]) -> Roles:
    """Keep the items of a list of links below a line of text that announces it by a colon."""
    found = list(roles)
    for at in range(1, len(found)):
        is_item = found[at] == "link" and text_lines[at].kind == "list"
        if is_item and not found[at - 1] and announces(text_lines[at - 1], text_lines[at]):
            found[at] = ""
    return tuple(found)


def _without_second_article(text_lines: Sequence[TextLine], roles: Roles) -> Roles:
    """Leave out all below a second headline, unless the line model takes it for text."""
    length = 0
    last: Node | None = None
    for index, text_line in enumerate(text_lines[: _end_of_titles(text_lines)]):
        if (
            text_line.node.tag == "h1"
            and length > LEAST_TEXT
            and _stands_apart(text_line.node, last)
        ):
            below = (role or "below another headline" for role in roles[index:])
            return (*roles[:index], *below)
        if not roles[index] and is_prose(text_line):
            length += len(text_line.text)
            last = text_line.node.parent
    return roles


def _end_of_titles(text_lines: Sequence[TextLine]) -> int:
    """Return the position behind the last h1 of *text_lines*; 0 without one."""
    tags = [text_line.node.tag for text_line in text_lines]
    return len(tags) - tags[::-1].index("h1") if "h1" in tags else 0


def _stands_apart(heading: Node, paragraphs: Node | None) -> bool:
    """Return whether a heading is outside the part that holds the paragraphs above it."""
    return paragraphs is None or not heading.is_below(paragraphs)


def _without_head(text_lines: Sequence[TextLine], roles: Roles) -> Roles:
    """Leave out the lines above the first paragraph that are no headings."""
    body = (at for at, role in enumerate(roles) if not role)
    first = next((at for at in body if is_prose(text_lines[at])), len(text_lines))
    following = text_lines[first].node if first < len(text_lines) else None
    head = (
        role or ("" if _is_sub_head(text_line, following) else "head")
        for text_line, role in zip(text_lines[:first], roles[:first], strict=True)
    )
    return (*head, *roles[first:])


def _is_sub_head(text_line: TextLine, paragraph: Node | None) -> bool:
    """Return whether *text_line* is a heading, or a line of the text above *paragraph*."""
    if text_line.kind == "heading":
        return True
    return begins_paragraph(text_line, paragraph)


def _without_tail(text_lines: Sequence[TextLine], roles: Roles) -> Roles:
    """Leave out the lines below the last paragraph."""
    body = (at for at in range(len(text_lines) - 1, -1, -1) if not roles[at])
    last = next((at for at in body if _ends_text(text_lines[at])), -1)
    last = last_of_closing_lines(text_lines, roles, last)
    return (*roles[: last + 1], *(role or "tail" for role in roles[last + 1 :]))


def _ends_text(text_line: TextLine) -> bool:
    return is_prose(text_line) or text_line.text.rstrip(_BACK).endswith(ENDINGS)


def without_bare_headings(text_lines: Sequence[TextLine], roles: Roles) -> Roles:
    """Leave out sub-heads whose text was left out."""
    following = ""
    found = []
    for text_line, role in zip(reversed(text_lines), reversed(roles), strict=True):
        is_bare = not role and text_line.kind == "heading" and following == ""
        found.append("bare heading" if is_bare else role)
        if not found[-1]:
            following = text_line.kind
    return tuple(reversed(found))


_STEPS = (
    *(_without_repeated, _without_second_article, _without_head, _without_tail),
    *(_with_linked_lines, without_bare_headings),
)
"""The steps after each line was judged by itself, in order."""

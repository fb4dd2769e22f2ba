"""Places where a page prints its authors: by rel, microdata, the link's address or a class.

Pages print other persons as well: readers below the text, photographers in captions, authors of
the articles beside. Their place tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from newscrawl.generic.fields.dates.printed_dates import Surroundings, Zone, parts_beside
from newscrawl.generic.fields.persons.author_boxes import (
    box_names,
    end_line_name,
    icon_names,
    lone_author,
)
from newscrawl.generic.fields.persons.full_names import is_known_name
from newscrawl.html.text_lines import INLINE
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen
from newscrawl.text.phrases import Openings, folded, phrase_table
from newscrawl.values.gazetteer.agencies import is_agency
from newscrawl.values.person_names import LONGEST_NAME, MOST_AUTHORS

LONGEST_BYLINE = 200
LONGEST_BOX = 400
"""A box around several authors holds this many characters at most."""
_COMPONENTS = ("data-component", "data-testid")
"""Attributes that name a part of a page built from components: `byline-block`."""
_LINES = frozenset({"p", "div", "span", "strong", "b", "em"})
_WRITERS = (
    *("byline", "author", "authors", "writer", "autor", "auteur", "auteurs", "autoren"),
    *("autore", "journalist", "reporter", "signature", "kalem", "muharrir"),
)
_WRITER_WORDS = tuple(
    word for word in _WRITERS if not any(one in word and one != word for one in _WRITERS)
)
"""Those that hold none of the others: each name of a writer holds one of them."""
_MARKS = re.compile(rf"(?<![a-z])(?:{'|'.join(_WRITERS)})(?![a-rt-z])")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Between the words of `documentAuthor`."""
_NO_NAMES = compiled_on_use(
    r"(?<![a-z])(?:bio|image|img|photo|avatar|social|share|follow|quote|cite|caption|testimonial)"
    r"(?![a-z])"
    r"|(?:author|writer|byline)[-_]{1,2}(?:title|role|job|position|desc|info-title)"
)
_PROFILE = re.compile(
    r"/(?:authors?|autor|autore|autores|autori|autoren|auteurs?|by|profile|profil|people|persons?|staff"
    r"|writers?|journalists?|contributors?|editors?|redakteure?|reporters?|columnists?|yazar|penulis)"
    r"/[^/?#]+",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"/@[\w.-]{2,40}(?:$|\?)")
"""Address of a member of the same site."""
_SUBJECT = compiled_on_use(r"/(?:people|persons?)/", re.IGNORECASE)
_ABOUT = re.compile(
    r"/(?:about|team|our-team|ueber-uns|redaktion|info|company|who-we-are|experts?)/"
)
_OTHERS = frozenset(
    {
        "navigation",
        "related",
        "comments",
        "teasers",
        "caption",
        "consent",
        "newsletter",
        "hidden",
    }
)
_CARDS = frozenset({"related", "teasers", "comments"})
_QUOTES = frozenset({"blockquote", "q"})
_ASIDE = frozenset({"aside", "sidebar", "header"})
_RANKS: dict[Zone, int] = {"head": 0, "above": 1, "below": 2, "inside": 3, "far": 4}
_KINDS = ("itemprop", "rel", "byline", "profile")


@frozen
class Hit:
    """An element that may name an author."""

    rank: int
    kind: str
    node: Node
    raw: str

    def is_like(self, other: Hit) -> bool:
        """Return whether both name authors of one article: same markup, same kind of place."""
        if self.rank != other.rank or self.kind != other.kind:
            return False
        return self.kind != "byline" or self.node.class_and_id == other.node.class_and_id


def printed_authors(
    around: Surroundings, found: Iterable[Hit], *, late: bool
) -> Iterator[tuple[str, list[str]]]:
    """Yield the rule and the names of each box that names authors, the likeliest first.

    Those of the hits *found* between headline and text come first; *late* gives the others.
    """
    hits = [hit for hit in found if (hit.rank >= _RANKS["below"]) == late]
    hits.sort(key=lambda hit: (hit.rank, _KINDS.index(hit.kind), hit.node.index))
    taken: set[int] = set()
    for hit in hits[:MOST_AUTHORS]:
        if hit.node.index not in taken:
            together = _together(hit, hits)
            taken.update(other.node.index for other in together)
            yield hit.kind, [other.raw for other in together]
    if late:
        yield "labelled", _labelled(around)
        yield from box_names(around)
        yield from lone_author(around)
        yield from end_line_name(around)
    else:
        yield from icon_names(around)


def author_hits(around: Surroundings) -> Iterator[Hit]:
    """Yield the elements that may name an author, in page order."""
    article_node = around.article_node if not around.is_whole_page else around.root
    marked = article_node.marked(_is_byline_mark, _WRITER_WORDS)
    stated = chain.from_iterable(map(article_node.having, ("rel", "itemprop", *_COMPONENTS)))
    profiles = filter(_is_profile_link, article_node.tagged("a"))
    nodes = {node.index: node for node in chain(marked, stated, profiles)}
    for index in sorted(nodes):
        node = nodes[index]
        if not (node.attributes and 2 <= node.size <= LONGEST_BYLINE):
            continue
        kind = _kind_of(node)
        if not kind:
            continue
        zone = around.zone(node)
        if kind == "profile" and (zone == "far" or (zone == "inside" and _is_subject(node))):
            continue
        if _is_anothers(node, around, zone) or _is_no_writer(node):
            continue
        yield Hit(_RANKS[zone], kind, node, _raw_of(node, kind))


def _together(hit: Hit, hits: Sequence[Hit]) -> Sequence[Hit]:
    """Return the hits in the box of *hit* that name authors of the same article."""
    box = _box_of(hit.node)
    return [o for o in hits if o.is_like(hit) and o.node.is_below(box)] or [hit]


def _kind_of(node: Node) -> str:
    """Return how *node* is marked as naming an author; the empty string where it is not."""
    attributes = node.attributes
    if "rel" in attributes and "author" in attributes["rel"].split():
        return "rel"
    if attributes.get("itemprop") in {"author", "creator"}:
        return "itemprop"
    if node.tag == "a" and _is_profile_link(node):
        return "profile"
    if _is_byline_component(node):
        return "byline"
    return "byline" if node.class_and_id and _is_byline_mark(node.class_and_id) else ""


def _is_byline_component(node: Node) -> bool:
    attributes = node.attributes
    named = [attributes[name] for name in _COMPONENTS if name in attributes]
    return any("byline" in name.lower() for name in named) if named else False


def _is_byline_mark(class_and_id: str) -> bool:
    """Return whether class names or an id mark an element as a byline."""
    class_and_id = _CAMEL.sub("-", class_and_id[:200]).lower()
    return _MARKS.search(class_and_id) is not None and _NO_NAMES.search(class_and_id) is None


def _is_profile_link(link: Node) -> bool:
    """Return whether *link* may be a name that leads to a page about the person."""
    href = link.attributes.get("href") or ""
    if link.size >= LONGEST_NAME or "/" not in href:
        return False
    if _PROFILE.search(href) or (_ACCOUNT.match(href) and " " in link.text()):
        return True
    return _ABOUT.search(href) is not None and _is_slug_of(href, link)


def _is_subject(link: Node) -> bool:
    """Return whether a link in the text may lead to a page about a person whom it is about."""
    return bool(_SUBJECT.search(link.attributes.get("href") or "")) or " " not in link.text()


def _is_slug_of(href: str, node: Node) -> bool:
    """Return whether an address ends in its link's text: `/team/ann-lee` for Ann Lee."""
    slug = href.rstrip("/").rpartition("/")[2].lower()
    if slug.count("-") not in (1, 2) or len(slug) > LONGEST_NAME:
        return False
    return slug == "-".join(folded(node.text()).split())


def _raw_of(node: Node, kind: str) -> str:
    """Return the names in a byline, one a line: its links' text, or its elements' text."""
    named = [n for n in node.iter() if n.attributes.get("itemprop") == "name"]
    parts = (named if kind == "itemprop" else []) or _linked_names(node, kind)
    if parts:
        return "\n".join(map(lines_of, parts))
    if cards := _cards_in(node):
        return "\n".join(_first_lines(lines_of(card)) for card in cards)
    return _known_lines(node) or _first_lines(lines_of(node))


def _known_lines(node: Node) -> str:
    """Return the lines in a component of a byline that are names with a known given name."""
    if not _is_byline_component(node):
        return ""
    return "\n".join(filter(is_known_name, map(str.strip, lines_of(node).splitlines())))


def _cards_in(node: Node) -> list[Node]:
    """Return the boxes in a byline that hold an author each, with the same class."""
    marked = node.marked(_is_byline_mark, _WRITER_WORDS)[1:]
    first = next(iter(marked), None)
    cards = [one for one in marked if first and one.class_and_id == first.class_and_id]
    return cards if len(cards) > 1 and first is not node else []


def _linked_names(node: Node, kind: str) -> list[Node]:
    """Return the links in a byline to profiles, else all if it is mostly links."""
    anchors = [p for p in node.iter() if p.tag == "a" and 2 < p.size < LONGEST_NAME]
    profiles = [p for p in anchors if _PROFILE.search(p.attributes.get("href") or "")]
    is_links = kind != "profile" and node.links * 2 > node.size
    return profiles or (anchors if is_links else [])


def _first_lines(text: str) -> str:
    """Return a byline's first line that is no label, and those that `and` or a comma add."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    kept: list[str] = []
    for line in lines:
        is_added = bool(kept) and (_ends_open(kept[-1]) or _begins_added(line))
        if kept and not is_added and folded(" ".join(kept)) not in _openings():
            break
        kept.append(line)
    return " ".join(kept)


def _ends_open(line: str) -> bool:
    return line.endswith((",", "،", "&", "/", "|")) or _is_joiner(line.rpartition(" ")[2])


def _begins_added(line: str) -> bool:
    return line.startswith((",", "،", "&")) or _is_joiner(line.partition(" ")[0])


def _is_joiner(word: str) -> bool:
    return word.lower() in phrase_table("credits/bylines")["joiners"]


def _is_no_writer(node: Node) -> bool:
    """Return whether *node* names somebody who is quoted, or who did other work."""
    is_quoted = node.tag == "cite" or node.is_inside(_QUOTES)
    return is_quoted or _is_other_work(node)


def _is_other_work(node: Node) -> bool:
    """Return whether *node* names an editor, fact checker, translator or photographer."""
    if _others().words_of(node.text()):
        return True
    part = node
    for _ in range(3):
        parent = part.parent
        if parent is None or parent.size > LONGEST_BYLINE:
            return False
        before = parent.text_before(part)
        if before:
            words = before.split()
            ends = (" ".join(words[-count:]) for count in (3, 2, 1))
            return any(_others().words_of(end) == len(end.split()) for end in ends)
        part = parent
    return False


@cache
def _others() -> Openings:
    return Openings(phrase_table("credits/bylines")["not_writers"])


def lines_of(node: Node) -> str:
    """Return the text below *node*, a line for each part that stands for itself.

    Often only elements part a name from the words beside it: `<b>By</b><i>Ann</i>`.
    """
    out: list[str] = []
    for piece in node.pieces():
        if isinstance(piece, str):
            is_glued = out and out[-1] == "" and piece[:1].isalnum()
            out.append(f"\n{piece}" if is_glued else piece)
        elif isinstance(piece, Node) and piece.tag not in INLINE:
            out.append("\n")
        elif out and out[-1][-1:].isalnum():
            out.append("")
    return "".join(out).strip()


def _box_of(node: Node) -> Node:
    """Return the part that holds all authors of the article: up to LONGEST_BOX characters."""
    box = node
    for part in node.ancestors():
        if part.size > LONGEST_BOX:
            break
        box = part
    return box


def _is_anothers(node: Node, around: Surroundings, zone: Zone) -> bool:
    """Return whether *node* stands in a part that does not belong to the article."""
    for _, role in parts_beside(node, around):
        if role in _OTHERS and not (role == "navigation" and zone == "head"):
            return True
        if role in _ASIDE and zone not in {"head", "above"}:
            return True
    return False


def _labelled(around: Surroundings) -> list[str]:
    """Return the name in a line that says `Interview: Name`, or that is `(Name Surname)`."""
    for node in around.article_node.iter():
        if 5 < node.size < LONGEST_NAME and node.tag in _LINES:
            text = node.text()
            # Most lines have neither sign.
            name = _name_in(text) if ":" in text or text[:1] == "(" else ""
            if name and not around.outline.flags_above(node) & _CARDS:
                return [name]
    return []


def _name_in(text: str) -> str:
    """Return the name in a line; the empty string for any other line."""
    label, colon, name = text.partition(":")
    if colon and label.strip().lower() in _openings() and len(name.split()) > 1:
        return name
    if text.startswith("(") and text.endswith(")"):
        inside = text[1:-1].split()
        return " ".join(inside) if _is_foreign_name(inside) else ""
    return ""


@cache
def _openings() -> frozenset[str]:
    return frozenset(phrase_table("credits/bylines")["openings"])


def _is_foreign_name(words: list[str]) -> bool:
    """Return whether *words* can be a person's name in a script without capitals."""
    if not 2 <= len(words) <= 3 or any(len(word) < 2 or word.isascii() for word in words):
        return False
    return not is_agency(" ".join(words))

"""The links of a page that are entries of lists: the title of an article, and its card.

A card is the largest part of the page that leads to one article only: picture, title, summary
and time belong to it. Links to sections, authors and buttons are no entries.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from newscrawl.generic.link_lists.words import is_button
from newscrawl.html.text_lines import HEADINGS, INLINE
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen
from newscrawl.text.list_headings import heading_kind
from newscrawl.text.normalize import without_direction_marks
from newscrawl.text.urls import host_of
from newscrawl.values.dates import parse_date

LONGEST_LINK = 400
LONGEST_CARD = 1_500
LEAST_LINK = 12
"""A link of fewer characters is a section's name or a button, not an article's title."""
LEAST_WORDS = 3
LONGEST_TIME = 40
LONGEST_AGO = 24
"""A time ago, whose digits are few, has no more characters: `il y a 3 heures`."""
ANY_TIME = dt.datetime(2100, 1, 1, 12, tzinfo=dt.UTC)
"""A clock after every printed day, by which `2 hours ago` is a time."""
LONGEST_LABEL = 20
"""A paragraph with this much text beside a link is prose, and with less a label and a link."""
LONGEST_SECTION = 30
"""A link of fewer characters to no article's address is a section's or a topic's."""
MOST_WORDS = 4
LEAST_DIGITS = 4
CLIMB = 12
PICTURE_FILES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")
_PICTURES = frozenset({"img", "amp-img"})
_MINOR = re.compile(
    r"(?<![a-z])(?:author|authors|byline|autor|auteur|category|categories|tag|tags|share|social"
    r"|comment|comments|breadcrumb|read-?more|more-?link|pagination|rubrik|channel|section-?name)"
    r"(?![a-z])"
)
_PERSONS = frozenset(
    (
        *("author", "authors", "autor", "autore", "autores", "auteur", "auteurs", "profile"),
        *("profil", "people", "person", "persons", "staff", "writer", "writers", "contributor"),
        *("contributors", "redakteur", "redakteure", "columnist", "columnists", "yazar"),
        *("penulis", "tag", "tags", "topic", "topics", "category", "categories", "thema"),
        *("user", "users", "kategori"),
    )
)
"""Folders of the pages of persons and topics."""
_SHARING = ("/sharer", "/share?", "/share-", "t.me/share", "/sharearticle")
_APPS = (
    *("/intent/", "api.whatsapp", "wa.me/"),
    *("play.google.com", "apps.apple.com", "itunes.apple.com"),
)
_NAME = re.compile(r"[^/?#]+")
_PIN = compiled_on_use(r"pinterest\.[a-z.]+/pin/create")
_TITLE = re.compile(r"title|headline|titre|titulo|titolo")
_NO_TITLE_MARK = compiled_on_use(
    r"(?:pre|sub|over|super)[-_]{0,2}(?:title|headline)|kicker|eyebrow|overline|rubric|(?<![a-z])label"
)
_NO_TITLE = frozenset({"time", "figcaption", "button", "svg", "noscript", "label", "small"})
_MENUS = ("nav", "menu")
_LAST = 1 << 60
_WHOLE = frozenset({"body", "html", "main", "#document"})


@frozen(eq=False)
class Card:
    """One entry of a list."""

    root: Node
    """The part of the page that is about this article alone."""
    key: str
    """Key that its links share."""
    href: str
    text: str
    """The title, as printed."""
    anchor: Node
    """The link of its title."""


@frozen(eq=False)
class Entry:
    """A link that may be an entry of a list."""

    anchor: Node
    key: str
    """Key that the links to one article share."""
    href: str
    text: str
    is_printed: bool
    """True if the link has a text of its own, and no picture's."""
    rank: int
    """Certainty that its text is the title: 0 in a heading, 1 if marked as one, 2 otherwise."""


def entries_of(root: Node, host: str = "") -> list[Entry]:
    """Return the links under *root*, a page of *host*, that may be entries, in page order."""
    found = []
    menus = iter(sorted((n.index, n.end) for tag in _MENUS for n in root.tagged(tag)))
    start, stop = next(menus, (_LAST, _LAST))
    for anchor in root.tagged("a"):
        while anchor.index >= stop:
            start, stop = next(menus, (_LAST, _LAST))
        if anchor.index < start and (entry := _entry_of(anchor, host)):
            found.append(entry)
    return found


def cards_of(entries: Sequence[Entry], outside: Iterable[int]) -> list[Card]:
    """Return the cards of *entries*, in page order; the elements *outside* are in none."""
    places = [entry.anchor.index for entry in entries]
    bounds = sorted(outside)
    cards: list[Card] = []
    at = 0
    while at < len(entries):
        card = _card_root(entries, places, at, bounds)
        last = bisect_left(places, card.end)
        cards.append(_card_of(card, entries[at:last]))
        at = max(last, at + 1)
    return cards


def _entry_of(anchor: Node, host: str = "") -> Entry | None:
    if anchor.size > 3 * LONGEST_LINK or _is_short_string(anchor):
        return None
    text, is_heading = title_of(anchor)
    text = without_direction_marks(text)
    href = address_of(anchor) if _has_length(text, is_heading=is_heading) else ""
    if not href or not _is_title(text, href):
        return None
    if _is_minor(anchor, href) or _is_in_prose(anchor):
        return None
    rank = 0 if is_heading else 2 - _is_marked(anchor)
    key = page_key(href, host)
    return Entry(anchor, key, href, text[:LONGEST_LINK], _is_printed(anchor), rank)


def reason_against(anchor: Node) -> str:
    """Return why a link is no entry of a list; the empty string for an entry."""
    if _entry_of(anchor) is not None:
        return ""
    href, (text, _) = address_of(anchor), title_of(anchor)
    reasons = {
        "it leads to no other page": not href,
        "it is marked as an author's, a section's or a button": _is_minor(anchor, href),
        "it is a button": is_button(text),
        "it is a time": _is_time(text),
        "it stands in running text": _is_in_prose(anchor),
    }
    short = "it is too short for a title, as a topic or a section's name"
    return next((reason for reason, holds in reasons.items() if holds), short)


def _is_printed(anchor: Node) -> bool:
    """Return whether a link has a text of its own, and no picture's."""
    is_string = anchor.stop == anchor.start + 2
    return anchor.size > 2 and (is_string or anchor.text() != "")


def _is_marked(anchor: Node) -> bool:
    """Return whether a link, or the element that holds it, is marked as a title."""
    around = anchor.parent or anchor
    return _is_title_mark(anchor.class_and_id) or _is_title_mark(around.class_and_id)


def _is_short_string(anchor: Node) -> bool:
    """Return whether a link is one string that is too short for any title outside headings."""
    if not 2 < anchor.size < LEAST_LINK // 2 or anchor.stop != anchor.start + 2:
        return False
    return anchor.parent is None or anchor.parent.tag not in HEADINGS


def _is_title(text: str, href: str) -> bool:
    """Return whether the *text* of a link to *href*, which is long enough, may be a title."""
    # Most links that are no titles are sections'.
    if _is_section(text, href) and not _is_wide(text):
        return False
    return not (is_button(text) or _is_time(text) or _leads_to_list(text, href))


def _has_length(text: str, *, is_heading: bool) -> bool:
    """Return whether *text* has as many letters or words as a title; fewer do in a heading."""
    if len(text) >= LEAST_LINK or text.count(" ") >= LEAST_WORDS - 1:
        return True
    return _is_wide(text) or (is_heading and len(text) > 3)


def _leads_to_list(text: str, href: str) -> bool:
    """Return whether a link to no article has the words of a list's heading: `More news`."""
    return heading_kind(text) is not None and not is_article_address(href)


def _is_wide(text: str) -> bool:
    """Return whether *text* is of ideographs, and as long as a title of these."""
    return len(text) >= LEAST_LINK // 2 and text[:1] >= "\u3000"


def address_of(anchor: Node) -> str:
    """Return the address of a link without its fragment; the empty string for no page."""
    href = anchor.attributes.get("href", "").partition("#")[0].strip()
    return "" if href.startswith(("javascript:", "mailto:", "tel:", "data:")) else href


def _is_minor(anchor: Node, href: str) -> bool:
    """Return whether a link is an author's, a section's or a button, by class or address."""
    attributes, href = anchor.attributes, href.lower()
    if attributes.get("rel") in {"author", "tag", "category", "category tag"}:
        return True
    if attributes.get("role") == "button" or _leads_to_person(href) or _shares(href):
        return True
    node: Node | None = anchor
    for _ in range(2):
        if node is None or node.size > 2 * anchor.size + 10:
            return False
        if node.class_and_id and _is_minor_mark(node.class_and_id):
            return True
        node = node.parent
    return False


def _leads_to_person(href: str) -> bool:
    """Return whether *href* ends in the folder of persons or topics and one name in it."""
    folders, _, name = href.removesuffix("/").rpartition("/")
    _, slash, folder = folders.rpartition("/")
    return folder in _PERSONS and slash != "" and _NAME.fullmatch(name) is not None


def _shares(href: str) -> bool:
    """Return whether *href* shares a page, or leads to a shop for apps."""
    if "/share" in href and (href.endswith("/share") or any(map(href.__contains__, _SHARING))):
        return True
    if any(map(href.__contains__, _APPS)):
        return True
    return "/pin/create" in href and _PIN.search(href) is not None


@lru_cache(maxsize=8192)
def _is_minor_mark(class_and_id: str) -> bool:
    """Return whether class names or an id mark an element as beside an article's title."""
    return _MINOR.search(class_and_id[:160].lower()) is not None


def _is_in_prose(anchor: Node) -> bool:
    """Return whether a link stands inside a paragraph of text."""
    node = anchor.parent
    for _ in range(3):
        if node is None or (node.tag not in INLINE and node.tag not in {"p", "blockquote"}):
            return False
        if node.size > (node.links if node.tag == "p" else 2 * node.links) + LONGEST_LABEL:
            return True
        node = node.parent
    return False


def _is_section(text: str, href: str) -> bool:
    """Return whether a link is a section's or topic's: few words, no article's address."""
    if len(text) > LONGEST_SECTION or text.count(" ") >= MOST_WORDS:
        return False
    has_digit = any(map(str.isdigit, href.rstrip("/").rpartition("/")[2]))
    return not has_digit and not is_article_address(href)


@lru_cache(maxsize=1024)
def is_article_address(href: str) -> bool:
    """Return whether an address looks like an article's: a long slug, or a number in it."""
    path = href.partition("://")[2].partition("/")[2] if "://" in href else href
    slug = path.rstrip("/").rpartition("/")[2]
    if slug.count("-") + slug.count("_") > 1 or "%" in slug:
        return True
    return sum(map(str.isdigit, path)) >= LEAST_DIGITS


def page_key(href: str, host: str = "") -> str:
    """Return the key that the links to one article share; an article's path is enough.

    An absolute address on *host*, the page's own, has the key of the relative one.
    """
    start, _, rest = href.partition("//")
    name, _, below = rest.partition("/")
    if (
        name
        and host
        and start.lower() in {"", "http:", "https:"}
        and (name == host or host_of(href) == host)
    ):
        href = "/" + below
    path = href.partition("?")[0]
    return path if is_article_address(path) else href


def title_of(anchor: Node) -> tuple[str, bool]:
    """Return the title in a link, and whether it is of a heading.

    It is the text of a heading in or around the link, else of a part marked as a title, else
    the first line that is no time or label, else what the picture says.
    """
    is_in_heading = (anchor.parent or anchor).tag in HEADINGS
    if anchor.end == anchor.index + 1:  # as of most
        return anchor.text() or _unprinted(anchor, []), is_in_heading
    inside = anchor.iter()
    headings = [part for part in inside if part.tag in HEADINGS and part.size > 3]
    if headings:
        # Of several the main one is the title, and the other a kicker.
        return min(headings, key=lambda part: (part.tag, -part.size)).text(), True
    return _title_without_heading(anchor, inside), is_in_heading


def _title_without_heading(anchor: Node, inside: Sequence[Node]) -> str:
    """Return the text of the part marked as a title, else the first line, else other words."""
    pieces = [piece for piece in anchor.pieces() if type(piece) is str and not piece.isspace()]
    is_one = not pieces or (len(pieces) == 1 and "\n" not in pieces[0])
    text = "" if is_one else _marked(inside) or _first_line(anchor)
    return text or anchor.text() or _unprinted(anchor, inside)


def _unprinted(anchor: Node, inside: Sequence[Node]) -> str:
    """Return the title in the attributes of a link, else of the first picture in it."""
    said = anchor.attributes.get("title") or anchor.attributes.get("aria-label")
    if not said:
        picture = next((part for part in inside if part.tag in _PICTURES), None)
        said = picture.attributes.get("alt") or _caption_beside(anchor) if picture else ""
    return " ".join((said or "").split())


def _caption_beside(anchor: Node) -> str:
    """Return the caption in the figure of a picture's link to a page, where it is the title."""
    href = address_of(anchor).partition("?")[0].lower()
    figure = next((one for one in anchor.ancestors() if one.tag == "figure"), None)
    if figure is None or href.endswith(PICTURE_FILES):
        return ""
    links, captions = figure.tagged("a"), figure.tagged("figcaption")
    return captions[0].text() if len(links) == len(captions) == 1 else ""


@lru_cache(maxsize=8192)
def _is_title_mark(class_and_id: str) -> bool:
    """Return whether class names or an id mark a card's title, not a line beside it."""
    lower = class_and_id[:160].lower()
    return bool(lower and _TITLE.search(lower)) and not _NO_TITLE_MARK.search(lower)


def _marked(inside: Sequence[Node]) -> str:
    """Return the text of the longest part of a link that is marked as its title."""
    texts = [
        part.text()
        for part in inside[1:]
        if part.size >= LEAST_LINK and _is_title_mark(part.class_and_id)
    ]
    return min((text for text in texts if len(text) >= LEAST_LINK), key=len, default="")


def _first_line(anchor: Node) -> str:
    """Return the first line in a link that is no time or label, or all of its text."""
    lines = [line for line in _lines(anchor) if len(line) > 2]
    if len(lines) < 2:
        return lines[0] if lines else ""
    titles = [line for line in lines if not _is_label(line)]
    return titles[0] if titles else " ".join(lines)


def _lines(anchor: Node) -> Iterator[str]:
    """Yield the texts of the blocks in a link; a break parts a label from a title alone."""
    text: list[str] = []
    skip = 0
    for at, piece in enumerate(anchor.pieces(), anchor.start + 1):
        if at <= skip:
            continue
        if isinstance(piece, str):
            text.append(piece)
            continue
        skip = piece.stop if piece is not None and piece.tag in _NO_TITLE else skip
        if piece is None:
            text.append("\n")
        elif piece.tag == "br" and not _is_label(_squeezed(text)):
            text.append("" if text and text[-1][-1:] >= "\u3000" else " ")
            skip = piece.stop
        elif _begins_line(piece) and text:
            yield _squeezed(text)
            text = []
    yield from (" ".join(line.split()) for line in "".join(text).split("\n") if line.strip())


def _squeezed(text: Sequence[str]) -> str:
    return " ".join("".join(text).split())


def _begins_line(part: Node) -> bool:
    return part.tag not in INLINE or part.tag == "span"


def _is_label(line: str) -> bool:
    """Return whether a line of a link is a time, a section's name or a count, and no title."""
    width = 2 * len(line) if line[:1] >= "\u3000" else len(line)
    if width < LEAST_LINK and line.count(" ") < LEAST_WORDS:
        return True
    return width <= LONGEST_TIME and _is_time(line)


def _is_time(text: str) -> bool:
    """Return whether *text* is a day, an hour or a time ago, and nothing else."""
    if len(text) > LONGEST_TIME:  # as most titles are
        return False
    digits = sum(map(str.isdigit, text))
    if not digits or len(text) > (LONGEST_TIME if digits * 4 > len(text) else LONGEST_AGO):
        return False
    return parse_date(text, page_time=ANY_TIME) is not None


def _card_root(
    entries: Sequence[Entry], places: Sequence[int], at: int, bounds: Sequence[int]
) -> Node:
    """Return the largest part around an entry that has no entry of another address."""
    entry = entries[at]
    node = entry.anchor
    outside = _number_within(bounds, node)
    for _ in range(CLIMB):
        parent = node.parent
        if parent is None or parent.tag in _WHOLE or parent.size > LONGEST_CARD:
            break
        low, high = bisect_left(places, parent.index), bisect_left(places, parent.end)
        if high - low > 1 and any(other.key != entry.key for other in entries[low:high]):
            break
        if _number_within(bounds, parent) > outside:
            break
        node = parent
    return node


def _number_within(places: Sequence[int], part: Node) -> int:
    """Return how many of *places* are within *part*."""
    first = bisect_left(places, part.index)
    return bisect_left(places, part.end, first) - first


def _card_of(root: Node, entries: Sequence[Entry]) -> Card:
    """Return the card with the title of its heading, else of its first link with a text."""
    printed = [entry for entry in entries if entry.is_printed] or entries
    best = min(printed, key=lambda entry: entry.rank)
    return Card(root, best.key, best.href, best.text, best.anchor)

"""The headline: the one printed above the text, else the one in structured data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import attrs

from newscrawl.generic.body.article_node import Outline, length_of
from newscrawl.generic.fields.headlines.above_headline import is_button, line_above
from newscrawl.generic.fields.headlines.site_name import SiteName, bare, site_name_of
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.text_lines import HEADINGS, text_lines_of
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.system.value_classes import frozen
from newscrawl.values.dates import parse_date

LONGEST = 1_000
"""A headline is cut at this many characters; the page itself stays in the archive."""
LONGEST_PRINTED = 300
MOST_OF_BADGE = 2
"""Words of a badge; more are a kicker."""
LEAST_REST = 10
"""A headline without its kicker has this many characters."""
DATE = (6, 30)
"""A date in a heading has this many characters."""
LEAST_BEFORE_BAR = 20
"""The part of a title before a bar is the headline from this many characters."""
LEAST = 15
"""An h1 that nothing else agrees with is the headline from this many characters."""
LONGEST_KICKER = 100
LEAST_SHARED = 3
"""An h1 shares this many words with a stated headline to come before a section's heading."""
LONGEST_JOINER = 3
"""Letters between the names of several authors at most: `and`, `und`, `et`."""
MOST_HEADINGS = 12
"""The site's name is among this many headings."""
MANY_H1 = 3
"""This many h1 of which none agrees with the title are the headings of sections."""
_EXACT = frozenset({"jsonld", "meta:headline"})
_OWN = frozenset({"jsonld", "meta:headline", "og:title", "twitter:title"})
KICKER_AWAY = 12
"""Elements above the headline that may be its kicker."""
_KICKER = re.compile(
    r"(?<![a-z])(?:kicker|overline|eyebrow|surtitre|supertitle|dachzeile|roofline|antetitulo"
    r"|occhiello|pre-?title|top-?title|top-?line|over-?title|spitzmarke|volanta|h1-?small)(?![a-z])"
)
_BADGE = compiled_on_use(r"label|badge|premium|icon|paywall")
_DAY = re.compile(
    r"(?=.{0,20}\d)(?:[^\W\d_]{3,9}\.?|\d{1,4}[.,]?)"
    r"(?:[ ./-](?:[^\W\d_]{3,9}\.?|\d{1,4}[.,]?)){1,2}"
)
"""A day before a headline: `Dec 18 2025`, `Jun 17`."""
_SPLIT = compiled_on_use(r"\s[|–—:·•»-]{1,2}\s|\s?[|»｜ㅣ]\s?|\s?–\s(?=[^ ]{1,40}$)")
_MARKS = "\u200e\u200f"
"""Marks of direction at the ends of a headline, which say nothing."""
_TITLED = frozenset({"div", "span", "p", "h4"})
_NOT_ABOVE = frozenset(
    {"navigation", "aside", "related", "comments", "teasers", "consent", "form", "newsletter"}
)
IN_HEADING = "heading"
"""Rule of a kicker that stands in the heading of the headline itself."""


@frozen
class Candidate:
    """A text that may be the headline."""

    text: str
    source: str
    node: Node | None = None
    is_visible: bool = True
    is_part: bool = False
    is_bared: bool = False
    """True if the site's name was removed from it."""


def headline_of(
    structured_data: StructuredData, outline: Outline
) -> tuple[Candidate | None, list[Candidate]]:
    """Return the headline and all that competed for it, in the order of their standing."""
    said = list(_stated(structured_data))
    printed = list(_printed(outline))
    site = _site_of(structured_data, printed, said)
    stated = [_bared(c, site) for c in said]
    chosen = _chosen(printed, stated, site)
    if chosen is not None and chosen.node is not None:
        text = _without_badge(site.without(chosen.text), chosen.node, stated)
        chosen = attrs.evolve(chosen, text=_without_label(text, stated).strip(_MARKS))
    return chosen, [*printed, *said]


def _without_badge(text: str, heading: Node, stated: Sequence[Candidate]) -> str:
    """Return a headline without the first element of *heading* if the titles have none of it.

    `<h1><span>Exclusive</span> The ferry stops</h1>` under `The ferry stops | The Post`.
    """
    first = next(heading.elements(), None)
    badge = first.text() if first is not None else ""
    rest = text[len(badge) :].strip()
    is_badge = 0 < len(badge.split()) <= MOST_OF_BADGE and text.startswith(badge)
    if not is_badge or len(rest) < LEAST_REST:
        return text
    titles = (part for one in stated for part in (one.text, *_SPLIT.split(one.text)))
    return rest if any(part and part.strip() == rest for part in titles) else text


def _without_label(text: str, stated: Sequence[Candidate]) -> str:
    """Return a printed headline without a label or a date before it that is stated nowhere.

    `Blog: The ferry stops`, `Dec 18 2025 The ferry stops`.
    """
    for said in (candidate.text for candidate in stated if candidate.source in _OWN):
        before = text[: len(text) - len(said)].strip()
        is_end = len(said) >= LEAST and text.casefold().endswith(said.casefold())
        if is_end and _is_label(before):
            is_stated = any(bare(before) in bare(candidate.text) for candidate in stated)
            return text if is_stated else text[len(text) - len(said) :]
    return text


def _is_label(before: str) -> bool:
    """Return whether the words before a headline are a label or a day."""
    is_word = before.endswith(":") and " " not in before
    return is_word or _DAY.fullmatch(before) is not None


def _bared(candidate: Candidate, site: SiteName) -> Candidate:
    """Return a stated headline without the site's name."""
    text = site.without(candidate.text)
    if text == candidate.text:
        return candidate
    return attrs.evolve(candidate, text=text, is_bared=True)


def _site_of(
    structured_data: StructuredData, printed: Sequence[Candidate], said: Sequence[Candidate]
) -> SiteName:
    headings = [
        (c.text, c.node)
        for c in printed[:MOST_HEADINGS]
        if c.node is not None and c.source in HEADINGS and not c.is_part
    ]
    title = next((c.text for c in said if c.source == "title"), "")
    titles = [c.text for c in said if c.source in _OWN]
    return site_name_of(structured_data, headings, title, titles)


def _stated(structured_data: StructuredData) -> Iterator[Candidate]:
    """Yield the headlines in structured data."""
    for name, text in (
        ("jsonld", structured_data.text("headline")),
        ("meta:headline", structured_data.meta("headline")),
        ("og:title", structured_data.meta("og:title")),
        ("twitter:title", structured_data.meta("twitter:title")),
        ("meta", structured_data.meta("dc.title", "title", "dcterms.title")),
        ("title", " ".join(structured_data.tree.title.split())),
    ):
        if text:
            yield Candidate(text[:LONGEST], name)


def _printed(outline: Outline) -> Iterator[Candidate]:
    """Yield the headings of the page that may be the headline: each h1, then the h2s."""
    second: list[Candidate] = []
    for node in outline.titled:
        if node.tag == "h1" and node.size:
            yield from _of_heading(node, outline)
        elif (
            10 < node.size < LONGEST_PRINTED
            and len(second) < 40
            and (node.tag in {"h2", "h3"} or (node.class_and_id and _is_titled(node)))
        ):
            second.extend(_of_heading(node, outline))
    yield from second


def _is_titled(node: Node) -> bool:
    if node.tag not in _TITLED or not _is_headline_mark(node.class_and_id):
        return node.attributes.get("itemprop") == "headline"
    parent = node.parent
    return parent is None or (
        parent.tag != "h1" and (parent.parent is None or parent.parent.tag != "h1")
    )


@lru_cache(maxsize=8192)
def _is_headline_mark(class_and_id: str) -> bool:
    """Return whether class names or an id mark an element as a title."""
    lower = class_and_id[:200].lower()
    return "headline" in lower or "title" in lower


def _of_heading(node: Node, outline: Outline) -> Iterator[Candidate]:
    is_visible = _is_visible(node, outline)
    if _is_one_string(node):
        if text := node.text():
            yield Candidate(text[:LONGEST], node.tag, node, is_visible)
        return
    text = _text_of(node)
    rest = _without_kicker(node, text)
    if rest:
        yield Candidate(rest[:LONGEST], node.tag, node, is_visible)
        yield Candidate(text[:LONGEST], node.tag, node, is_visible, is_part=True)
    elif text:
        yield Candidate(text[:LONGEST], node.tag, node, is_visible)
    for part in _parts_of(node):
        if part and part != text:
            yield Candidate(part[:LONGEST], node.tag, node, is_visible, is_part=True)


def _parts_of(heading: Node) -> list[str]:
    """Return the lines of a heading; the texts of its elements where it is one line."""
    lines = [text_line.text for text_line in text_lines_of([heading])]
    return [part.text() for part in heading.elements()] if len(lines) == 1 else lines


def _is_one_string(node: Node) -> bool:
    """Return whether *node* holds one string at most, in however many elements."""
    if node.stop <= node.start + 2:
        return True
    return sum(type(piece) is str and piece != " " for piece in node.pieces()) <= 1


def _without_kicker(node: Node, text: str) -> str:
    """Return *text* without the kicker in the heading's first element; empty without one."""
    if node.end == node.index + 1:
        return ""
    first = next(node.elements())
    if not first.class_and_id or not 2 < first.size < LONGEST_KICKER:
        return ""
    kicker = first.text()
    if not _KICKER.search(first.class_and_id[:200].lower()) or not text.startswith(kicker):
        return ""
    rest = text[len(kicker) :].strip(" :|-–—")
    return rest if len(rest) >= LEAST_REST else ""


def _is_added(part: Node, heading: Node) -> bool:
    """Return whether *part* is a date in *heading*, or a reading above its signs."""
    if part.tag in {"rt", "rp"}:
        return True
    may_be_date = DATE[0] <= part.size <= DATE[1] and part.size < heading.size
    return may_be_date and parse_date(part.text()) is not None


def _text_of(node: Node) -> str:
    """Return the text of a heading without a date in it and readings above its signs."""
    left_out = [part for part in node.iter()[1:] if _is_added(part, node)]
    if not left_out:
        return node.text()
    return _text_without(node, left_out) or node.text()


def _text_without(node: Node, left_out: Sequence[Node]) -> str:
    pieces, skip = [], 0
    for at, piece in enumerate(node.pieces(), node.start + 1):
        if isinstance(piece, Node) and piece in left_out:
            skip = max(skip, piece.stop)
        elif isinstance(piece, str) and at > skip:
            pieces.append(piece)
    return " ".join("".join(pieces).split())


def _chosen(
    printed: list[Candidate], stated: list[Candidate], site: SiteName
) -> Candidate | None:
    own = _not_names(stated, site)
    best = _best_match(printed, own, site)
    if best is None:
        return _unmatched(printed, stated, own, site)
    if best.is_visible:
        return _h1_above(best, printed, own, site) or best
    return _stated_or_hidden(best, stated)


def _stated_or_hidden(best: Candidate, stated: list[Candidate]) -> Candidate:
    """Return the stated headline where the best heading, *best*, is hidden; else that.

    A heading in a breadcrumb or menu is printed there for search engines. It tells which of two
    statements is the shorter headline.
    """
    exact = next((c for c in stated if c.source in _EXACT), None)
    if exact is None or best.text not in exact.text:
        return exact or best
    like = (c for c in stated if c.source in _OWN and bare(c.text) == bare(best.text))
    return next(like, exact)


def _best_match(
    printed: list[Candidate], own: list[Candidate], site: SiteName
) -> Candidate | None:
    """Return the printed heading that agrees best with *own*, the stated titles, or None."""
    names = _words_of([*own, *_before_bar(own)])
    # A part of a heading is the headline only where the headline is stated so.
    exact = _words_of([c for c in own if c.source in _EXACT])
    best, best_score = None, 0.0
    for order, candidate in enumerate(printed):
        compared = exact if candidate.is_part and bare(candidate.text) not in names else names
        score = _score(candidate, compared) - order * 0.0005
        if score > best_score and not site.is_name(candidate.text):
            best, best_score = candidate, score
    return best if best_score >= 0.5 else None


def _before_bar(own: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the part of the title before a bar, if nothing else states the headline.

    Behind the bar are sections and the site.
    """
    titles = list(own)
    if all(candidate.source == "title" for candidate in titles):
        for candidate in titles:
            head, bar, _ = candidate.text.partition(" | ")
            if bar and len(head) >= LEAST_BEFORE_BAR:
                yield attrs.evolve(candidate, text=head)


def _h1_above(
    best: Candidate, printed: list[Candidate], own: list[Candidate], site: SiteName
) -> Candidate | None:
    """Return the only h1, if it shares words with *own* and stands above *best*, a near match.

    A heading of a section often has more words of the title (`What is a ferry?`).
    """
    if best.source == "h1":
        return None
    names = _words_of(own)
    whole = _not_names(filter(_is_whole_h1, printed), site)
    if bare(best.text) in names or len(whole) != 1 or len(whole[0].text) < LEAST:
        return None
    words = bare(whole[0].text).split()
    is_like = any(len(others.intersection(words)) >= LEAST_SHARED for others in names.values())
    return whole[0] if is_like and _is_above(whole[0], best) else None


def _is_above(candidate: Candidate, other: Candidate) -> bool:
    """Return whether *candidate* is printed above *other*."""
    nodes = candidate.node, other.node
    return nodes[0] is not None and nodes[1] is not None and nodes[0].index < nodes[1].index


def _is_whole_h1(candidate: Candidate) -> bool:
    return candidate.source == "h1" and candidate.is_visible and not candidate.is_part


def _unmatched(
    printed: list[Candidate], stated: list[Candidate], own: list[Candidate], site: SiteName
) -> Candidate | None:
    """Return the headline where no printed heading agrees with *own*, the stated titles."""
    visible = list(filter(_is_whole_h1, printed))
    named = [c for c in _not_names(visible, site) if bare(c.text)]
    is_section = bool(own) and len(visible) >= MANY_H1
    if not is_section and any(length_of(c.text) >= LEAST for c in named[:1]):
        return named[0]
    if own:
        return _without_site(own)
    return next(iter([*named, *_not_names([*printed, *stated], site)]), None)


def _not_names(candidates: Iterable[Candidate], site: SiteName) -> list[Candidate]:
    """Return the candidates without the site's name, which alone is no headline."""
    return [one for one in candidates if not site.is_name(one.text)]


def _words_of(stated: Iterable[Candidate]) -> Mapping[str, frozenset[str]]:
    """Return the headlines that are stated, as they are compared, each once with its words."""
    names = {bare(text) for text in {candidate.text for candidate in stated}}
    return {name: frozenset(name.split()) for name in names}


def _score(candidate: Candidate, names: Mapping[str, frozenset[str]]) -> float:
    """Return the agreement of a printed heading with the stated titles, from 0 to about 1.5."""
    key = bare(candidate.text)
    if not key or not names:
        return 0.6 if candidate.source == "h1" and key and not candidate.is_part else 0
    words = frozenset(key.split())
    agreement = max(_agreement(key, words, name, other) for name, other in names.items())
    return agreement + _bonus_of(candidate) if agreement > 0.3 else 0


def _bonus_of(candidate: Candidate) -> float:
    if not candidate.is_visible:
        return 0
    if candidate.source == "h1":
        return 0.35
    return 0.05 if candidate.source in HEADINGS else 0.03


def _agreement(key: str, words: frozenset[str], name: str, others: frozenset[str]) -> float:
    """Return how much of two folded headlines, each with its words, is the same words."""
    if key == name:
        return 1.05
    shared = len(words & others)
    if length_of(key) > 15 and len(key) * 2 > len(name) and key in name:
        return 0.9
    if not shared:
        return 0
    return shared / len(words) * 0.6 + shared / len(others) * 0.4 if len(words) > 1 else 0


def _is_visible(node: Node, outline: Outline) -> bool:
    """Return whether a heading stands above a text, outside menus, lists and boxes."""
    if outline.flag(node) == "hidden" or outline.flags_above(node.parent) & _NOT_ABOVE:
        return False
    return not node.is_inside({"li"})


def _without_site(stated: list[Candidate]) -> Candidate:
    """Return the first stated headline, without the site's name at its end."""
    first = stated[0]
    if first.is_bared or first.source in _EXACT:
        return first
    head, bar, _ = first.text.partition(" | ")
    if bar and len(head) >= LEAST_BEFORE_BAR:
        return attrs.evolve(first, text=head.strip())
    return attrs.evolve(first, text=_longest_part(first.text))


def _longest_part(title: str) -> str:
    """Return the longest part of *title* between signs, if it is most of it, else all."""
    parts = [part for part in _SPLIT.split(title) if part and part.strip()]
    longest = max(parts, key=len, default=title).strip()
    is_most = len(parts) > 1 and len(longest) * 2 > len(title) and len(longest) >= 12
    return longest if is_most else title


def kicker_of(
    chosen: Candidate | None,
    candidates: Sequence[Candidate],
    outlets: Iterable[str],
    authors: Iterable[str] = (),
) -> str | None:
    """Return the text before the headline in the same heading, else the topic above it.

    None without any; a name of the page's own *outlets* or of its *authors* is no topic.
    """
    names = list(map(bare, authors))
    topics = (
        (rule, text)
        for rule, text in kicker_candidates(chosen, candidates)
        if not _is_of_authors(text, names)
    )
    rule, kicker = next(topics, ("", None))
    is_name = rule != IN_HEADING and kicker and bare(kicker) in set(map(bare, outlets))
    return None if is_name else kicker


def _is_of_authors(text: str, names: Iterable[str]) -> bool:
    """Return whether *text* is one or more of *names*, which are bare, and a joining word."""
    whole = rest = bare(text)
    for name in filter(None, names):
        rest = rest.replace(name, "")
    return rest != whole and len(rest.strip()) <= LONGEST_JOINER


def kicker_candidates(
    chosen: Candidate | None, candidates: Sequence[Candidate]
) -> Iterator[tuple[str, str]]:
    """Yield the rule of each place of a kicker of the *chosen* headline, and the text there."""
    if chosen is None or chosen.node is None:
        return
    for rest in _kickers_in_heading(chosen, candidates):
        yield IN_HEADING, rest
    marked = _kicker_above(chosen.node)
    if marked:
        yield "kicker", marked
    line = line_above(chosen.node)
    if line is not None and line.kicker:
        yield "above_headline", line.kicker


def _kickers_in_heading(chosen: Candidate, candidates: Sequence[Candidate]) -> Iterator[str]:
    """Yield the words before the headline that other candidates of its heading hold."""
    whole = bare(chosen.text)
    is_whole = any(whole in bare(one.text) for one in candidates if one.node is None)
    for candidate in candidates:
        if (
            candidate.node is chosen.node
            and candidate.text != chosen.text
            and not (is_whole and candidate.text in chosen.text)
        ):
            rest = _before(candidate.text, chosen).strip(" :|-–")
            if 2 < len(rest) < LONGEST_KICKER:
                yield rest


def _before(text: str, chosen: Candidate) -> str:
    """Return the words before the headline in *text*, a part or all of its heading."""
    if chosen.text in text:
        return text.removesuffix(chosen.text) if text.endswith(chosen.text) else ""
    whole = chosen.node.text() if chosen.node else ""
    return text if whole.startswith(text) and text != whole else ""


def _kicker_above(heading: Node) -> str | None:
    """Return the text of an element marked as a kicker just above the headline."""
    for node in reversed(heading.page[max(0, heading.index - KICKER_AWAY) : heading.index]):
        is_short = 2 < node.size < LONGEST_KICKER and not heading.is_below(node)
        class_and_id = node.class_and_id[:200].lower() if is_short else ""
        if _KICKER.search(class_and_id) and not _BADGE.search(class_and_id):
            text = node.text()
            return text if text and not is_button(text) else None
    return None

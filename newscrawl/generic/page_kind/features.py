"""Collection of the facts for a page's kind from the result of extraction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import attrs

from newscrawl.generic.body.article_node import Outline, length_of
from newscrawl.generic.body.part import Part
from newscrawl.generic.body.roles import is_prose
from newscrawl.generic.fields.headlines.headline_source import leads_away, states_headline
from newscrawl.generic.fields.persons.authors import outlet_names
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.generic.fields.suppliers.dateline_and_credit import outlets_of
from newscrawl.generic.page_kind.facts import LONG_BODY, MESSAGE, PageFacts
from newscrawl.generic.page_kind.teasers import teasers_of
from newscrawl.html.linked_data import types_of
from newscrawl.html.text_lines import TextLine, cells_of
from newscrawl.html.tree import Node
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import folded

RAW = 20_000
"""Characters of markup, of a page with little text, that are searched for a challenge."""
LONGEST_CLASSES = 2_000
LONGEST_LABEL = 40
"""Most characters of a label; a longer line is text, with any ending."""
MOST_ABOVE = 4
"""The main part of a page is at most this many elements above its text."""
_ALIEN = frozenset({"consent", "newsletter"})
_FEEDS = ("/feed", "/feed/", ".rss", "/rss", "/rss/", "rss.xml", "feed.xml", ".atom")
_TIME = compiled_on_use(r"[0-2]?[0-9] ?[:hH.] ?[0-5][0-9](?![0-9])")
_COUNTED = frozenset({"video", "embed", "object", "iframe", "item", "entry"})
_RADIO = compiled_on_use(r"""(?i)<input\s[^<>]{0,400}?type\s?=\s?["']?radio""")
_NUMBERED = compiled_on_use(
    r"(?:[^\W\d]{1,9} )?([0-9٠-٩۰-۹]{1,3}) ?(?:/|of|von|de|sur|di|من|از|מתוך) ?"
    r"([0-9٠-٩۰-۹]{1,3})(?![0-9/])"
)


def evidence_of(
    structured_data: StructuredData,
    outline: Outline,
    values: Mapping[str, Any],
    part: Part,
    heading: Node | None,
) -> PageFacts:
    """Return the facts for a page's kind; *values* are the fields read so far.

    Counts that only doubtful pages, or pages of little text, need are not made for others.
    """
    body = [line.text_line for line in part.lines if not line.role]
    own = _without_alien(body, outline)
    known = _stated(structured_data, values, heading)
    # A text that a script draws was read from the JSON-LD, not from these text lines.
    is_printed = len(known.body) <= 2 * sum(len(text_line.text) for text_line in body)
    known = attrs.evolve(
        known,
        types=known.types | _types_around(part.article_node),
        is_headed=_is_headed(part.article_node, heading, structured_data.tree.root),
        prose=_prose(own) if is_printed else None,
    )
    if len(known.body) < LONG_BODY:
        known = _with_start(known, outline)
    elif known.is_certain:
        return known
    known = _with_counts(known, structured_data, outline, own)
    if not known.may_be_offer:
        return known
    return _with_offers(known, structured_data.page.text, part.article_node)


def _stated(
    structured_data: StructuredData, values: Mapping[str, Any], heading: Node | None
) -> PageFacts:
    """Return the facts from the page's statements and the fields read so far."""
    tree, headline = structured_data.tree, values.get("headline") or ""
    away = heading is not None and leads_away(heading, structured_data)
    return PageFacts(
        url=structured_data.page.url,
        title=tree.title,
        headline=headline,
        body=values.get("article_body") or "",
        size=tree.root.size,
        links=tree.root.links,
        scripts=tree.scripts,
        og_type=structured_data.meta("og:type") or "",
        types=frozenset(name for item in structured_data.objects for name in types_of(item)),
        is_stated_article=structured_data.states_article,
        is_headline_stated=not away and states_headline(structured_data, folded(headline)),
        is_dated="date_published" in values,
        is_signed="authors" in values and "date_published" in values,
        is_published=bool(structured_data.meta("article:published_time")),
        is_walled=values.get("is_accessible_for_free") is False,
        leads_away=away,
        **_names_of(structured_data),
    )


def _types_around(part: Node) -> frozenset[str]:
    """Return the types that microdata give *part* and the elements that it stands in."""
    names = (node.attributes.get("itemtype") for node in (part, *part.ancestors()))
    return frozenset(name.strip().rpartition("/")[2] for name in names if name)


def _is_headed(part: Node, heading: Node | None, root: Node) -> bool:
    """Return whether the page's only h1 and *part* stand in one element of few links."""
    if heading is None or heading.tag != "h1" or len(list(root.tagged("h1"))) > 1:
        return False
    around = {id(node) for node in (part, *part.ancestors())}
    common = next((node for node in heading.ancestors() if id(node) in around), None)
    return common is not None and common.links * 2 < common.size


def _names_of(structured_data: StructuredData) -> dict[str, Any]:
    """Return the names of the outlet, the page's class names and its refresh meta tag."""
    return {
        "outlets": outlet_names(structured_data),
        "signatures": outlets_of(structured_data),
        "classes": _classes_of(structured_data.tree.root),
        "refresh": structured_data.meta("refresh") or "",
    }


def _with_start(known: PageFacts, outline: Outline) -> PageFacts:
    """Add the facts for a page of little text: its first words and its captions."""
    return attrs.evolve(
        known,
        text=_start_of_text(outline.text_lines),
        captions=outline.roles.count("caption"),
        numbered=_numbered(outline.text_lines),
    )


def _with_counts(
    known: PageFacts, structured_data: StructuredData, outline: Outline, own: Sequence[TextLine]
) -> PageFacts:
    """Add the facts for a page that states no article: counts of its parts."""
    has_comments = any(key[2] == "comments" for key in outline.cleared)
    data, recordings = _data_tables(own), _recordings(known, structured_data)
    return attrs.evolve(
        known,
        tables=sum(len(text_line.text) for text_line in own if text_line.node.index in data),
        timed=_timed(own),
        comments=_comments(own) if has_comments else 0,
        teasers=teasers_of(outline, own, known.url),
        parts={**_parts_of(structured_data.tree.root), "audio": recordings},
        raw=structured_data.page.text[:RAW].lower(),
    )


def _with_offers(known: PageFacts, markup: str, part: Node) -> PageFacts:
    """Add the facts for a page that may offer something: its buttons, and choices of a poll."""
    has_inputs = "<input" in markup or "<INPUT" in markup
    choices = len(_RADIO.findall(markup)) if has_inputs else 0
    parts = {**known.parts, "radio": choices}
    return attrs.evolve(known, calls=_calls_in(part), parts=parts)


def _calls_in(part: Node) -> frozenset[str]:
    """Return the folded texts of the short links and buttons in the main part around *part*."""
    around = (part, *islice(part.ancestors(), MOST_ABOVE))
    main = next((node for node in around if node.tag in {"main", "article"}), part)
    found = chain(main.tagged("a"), main.tagged("button"))
    return frozenset(folded(node.text()) for node in found if node.size <= LONGEST_LABEL)


def _start_of_text(text_lines: Iterable[TextLine]) -> str:
    """Return the page's first text outside links and notices about cookies."""
    text: list[str] = []
    length = 0
    for text_line in text_lines:
        # What links say is what other pages are: each page of a site links to its login.
        if text_line.links * 2 <= len(text_line.text) and not _is_notice(text_line):
            text.append(text_line.text)
            length += len(text_line.text)
        if length > MESSAGE:
            break
    return "\n".join(text)[:MESSAGE]


def _without_alien(body: Sequence[TextLine], outline: Outline) -> list[TextLine]:
    """Return *body* without notices that are most of the text of a page without an article."""
    if not any(key[2] in _ALIEN for key in outline.cleared):
        return list(body)
    own = [text_line for text_line in body if not _is_alien(text_line)]
    left_out = sum(len(text_line.text) for text_line in body) - sum(
        len(text_line.text) for text_line in own
    )
    return own if left_out < LONG_BODY else list(body)


def _is_notice(text_line: TextLine) -> bool:
    return any(reason == "consent" for _, reason in text_line.flags)


def _is_alien(text_line: TextLine) -> bool:
    return any(reason in _ALIEN for _, reason in text_line.flags)


def _prose(body: Iterable[TextLine]) -> int:
    """Return how many characters of *body* stand in paragraphs, or in verses without any.

    An ideograph counts twice.
    """
    body = list(body)
    data = _data_tables(body)
    lines = [
        (
            (length := length_of(text_line.text)) - text_line.links,
            length >= LONGEST_LABEL or is_prose(text_line),
        )
        for text_line in body
        if text_line.kind != "heading" and text_line.node.index not in data
    ]
    paragraphs = sum(length for length, is_long in lines if is_long)
    return paragraphs or sum(length for length, _ in lines)


def _data_tables(body: Iterable[TextLine]) -> frozenset[int]:
    """Return the places of the tables among *body* with several cells in a row.

    A table of one column is the layout of a page.
    """
    tables = {
        text_line.node.index: text_line.node for text_line in body if text_line.kind == "table"
    }
    return frozenset(
        index
        for index, table in tables.items()
        if any(len(list(filter(_holds_text, cells_of(row)))) > 1 for row in table.tagged("tr"))
    )


def _holds_text(cell: Node) -> bool:
    return bool(cell.text())


def _numbered(text_lines: Iterable[TextLine]) -> int:
    """Return how many lines count the pictures of one gallery: `1/12`, `2 of 12`."""
    pairs = {
        match.groups() for text_line in text_lines if (match := _NUMBERED.match(text_line.text))
    }
    counts = Counter(total for number, total in pairs if int(number) <= int(total))
    return max(counts.values(), default=0)


def _timed(text_lines: Iterable[TextLine]) -> int:
    """Return how many lines begin with a time of day: `20:50 News`."""
    return sum(_TIME.match(text_line.text) is not None for text_line in text_lines)


def _comments(body: Iterable[TextLine]) -> int:
    """Return how many comments *body* is made of: parts that are marked so."""
    inner = (
        [node.index for node, reason in text_line.flags if reason == "comments"]
        for text_line in body
    )
    return len({indexes[-1] for indexes in inner if indexes})


def _classes_of(root: Node) -> frozenset[str]:
    """Return the class names of the body element."""
    body = next((node for node in root.page if node.tag == "body"), None)
    names = body.attributes.get("class") if body else None
    return frozenset((names or "")[:LONGEST_CLASSES].lower().split())


def _recordings(known: PageFacts, structured_data: StructuredData) -> int:
    """Return the number of recordings on a page that does not say it is an article.

    As elements whose content only a script shows they are no part of the tree.
    """
    return 0 if known.is_marked_article else structured_data.page.text.count("<audio")


def _parts_of(root: Node) -> dict[str, int]:
    """Return the number of parts of each significant kind on the page."""
    links = [anchor.attributes.get("href") or "" for anchor in root.tagged("a")]
    feeds = sum([href.lower().endswith(_FEEDS) for href in links])
    found = Counter(a=len(links), feed_link=feeds)
    for node in chain.from_iterable(map(root.tagged, _COUNTED)):
        found[node.tag] += 1
        if ".pdf" in (node.attributes.get("src") or node.attributes.get("data") or ""):
            found["pdf"] += 1
    return found

"""The body that only the state of a script holds, for pages that print none or its beginning.

No framework has one shape for articles, so the shape is found: an object that has the page's
headline or address, and below it the longest text, as markup, as plain text or as a list of
blocks. A text that is not this page's, by headline, address or printed beginning, is no body.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from newscrawl.article import Block
from newscrawl.generic.body.furniture import flagged
from newscrawl.generic.body.lines import body_of
from newscrawl.generic.body.roles import classify_lines
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.generic.stated.linked_body import stated_bodies
from newscrawl.html.blocks import blocks_from
from newscrawl.html.parse_limits import OverLimit
from newscrawl.html.parser import parse_tree
from newscrawl.html.script_states import script_states
from newscrawl.html.text_lines import text_lines_of
from newscrawl.system.value_classes import frozen
from newscrawl.text.phrases import folded
from newscrawl.text.urls import url_key

LEAST_TEXT = 300
"""A text of fewer characters is a summary."""
LEAST_GAIN = 1.5
"""Beside a printed beginning the text is this many times as long."""
BEGINNING = 40
"""Characters of the printed text that must stand in the script's text too."""
LEAST_ALIKE = 20
"""Headlines of which one begins the other agree from this many characters."""
LONGEST_TEXT = 1_000_000
MOST_MARKUP = 3_000_000
"""Most characters of possible texts that are read."""
LONGEST_NAME = 500
MOST_VALUES = 300_000
"""Most values of the scripts that are searched."""
MOST_CANDIDATES = 40
MOST_PARTS = 20_000
"""Most values of one text that are read."""
DEEPEST = 24
STORE_DEPTH = 3
MOST_STORES = 50
"""Most objects at each of the first STORE_DEPTH levels that are taken for stores."""
_ELLIPSES = ("…", "...", "[…]", "[...]")
_NAMES = frozenset({"headline", "title", "name", "headlines", "heading", "basic"})
_ADDRESSES = frozenset(
    {"url", "canonicalUrl", "canonical_url", "canonical", "link", "webUrl", "href"}
)
_BODIES = (
    *("articleBody", "body", "bodyHtml", "body_html", "bodyText", "htmlBody", "articleContent"),
    *(
        "content_elements",
        "contentElements",
        "contentHtml",
        "content",
        "contents",
        "paragraphs",
    ),
    *("blocks", "components", "elements", "story", "storyBody", "text", "html", "fullText"),
    *("articleText", "rendered", "document", "model", "value", "data", "main", "richText"),
)
_TEXTS = (
    *("text", "value", "html", "content", "markup", "rawText", "innerHtml"),
    *("rendered", "data"),
)
_INNER = (
    *(
        "content",
        "children",
        "items",
        "blocks",
        "elements",
        "content_elements",
        "model",
        "nodes",
    ),
    *("json", "data", "props", "paragraphs", "components", "body", "document", "listItems"),
)
_OMITTED = (
    *("image", "video", "gallery", "embed", "ad", "promo", "newsletter", "related", "caption"),
    *("interstitial", "audio", "widget", "script", "iframe", "photo", "figure", "media"),
    *("teaser", "recirculation", "byline", "author", "credit", "share", "comment"),
)
_HEADINGS = frozenset(
    ("heading", "header", "subheading", "subheader", "subheadline", "h2", "h3", "h4", "title")
)
_ITEMS = frozenset({"li", "listitem", "item", "list_item"})
_PARAGRAPHS = frozenset({"p", "paragraph", "block", "blockquote", "quote", *_ITEMS, *_HEADINGS})


@frozen
class ScriptBody:
    """A body from the state of a script."""

    blocks: tuple[Block, ...] = ()
    rule: str = ""
    """Its source: `script_data`, or `jsonld`."""
    is_cut: bool = False
    """True if the text is longer than what is read, or ends in an ellipsis."""


def script_body(
    structured_data: StructuredData, headline: str, printed: Sequence[str]
) -> ScriptBody:
    """Return the body of the page's script; without blocks if there is none.

    *headline* is folded; *printed* are the lines that the page prints as its body.
    """
    if _is_walled(structured_data):
        return ScriptBody()
    page = _Known(
        headline, _own_addresses(structured_data), folded(printed[0]) if printed else ""
    )
    least = max(LEAST_TEXT, LEAST_GAIN * sum(map(len, printed)))
    best, longest, left = ScriptBody(), 0, MOST_MARKUP
    for rule, markup in _markups(structured_data, page):
        left -= len(markup)
        if left < 0:
            break
        blocks = _blocks(markup[:LONGEST_TEXT], headline)
        length = sum(len(block.text) for block in blocks)
        if length >= least and length > longest and _continues(blocks, page.beginning):
            is_cut = len(markup) > LONGEST_TEXT or blocks[-1].text.endswith(_ELLIPSES)
            best, longest = ScriptBody(blocks, rule, is_cut), length
    return best


def _is_walled(structured_data: StructuredData) -> bool:
    states = (str(value).lower() for value in structured_data.values("isAccessibleForFree"))
    return "false" in states


@frozen
class _Known:
    """Facts by which a text is known as the page's own."""

    headline: str
    addresses: frozenset[str]
    beginning: str
    """The first line that the page prints, folded."""

    def is_of(self, item: Mapping[str, Any]) -> bool:
        """Return whether an object has the page's headline or address."""
        named = [item[name] for name in _NAMES.intersection(item)]
        if named and any(self._agrees(name) for value in named for name in _texts_in(value)):
            return True
        found = [item[name] for name in _ADDRESSES.intersection(item)]
        return any(isinstance(one, str) and url_key(one) in self.addresses for one in found)

    def _agrees(self, name: str) -> bool:
        stated = folded(name[:LONGEST_NAME])
        if not stated or not self.headline:
            return False
        return stated == self.headline or (
            min(len(stated), len(self.headline)) >= LEAST_ALIKE
            and (stated.startswith(self.headline) or self.headline.startswith(stated))
        )


def _own_addresses(structured_data: StructuredData) -> frozenset[str]:
    found = (structured_data.page.url, structured_data.canonical)
    return frozenset(url_key(url) for url in found if url)


def _texts_in(value: Any) -> Iterator[str]:
    """Yield a name: a text, or the texts of an object such as `{"basic": …}`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        inner = (value.get(name) for name in (*_NAMES, "rendered", "text"))
        yield from (one for one in inner if isinstance(one, str))


def _continues(blocks: Sequence[Block], beginning: str) -> bool:
    """Return whether the printed *beginning* stands in the text, too."""
    return not beginning or beginning[:BEGINNING] in folded(
        " ".join(block.text for block in blocks)[:LONGEST_TEXT]
    )


def _markups(structured_data: StructuredData, page: _Known) -> Iterator[tuple[str, str]]:
    """Yield the texts of the page's own objects as markup, each with its source."""
    for text in stated_bodies(structured_data):
        yield "jsonld", _Writer({}).markup_of(text)
    count = 0
    for state in script_states(structured_data.page.text):
        entities = _entities_of(state)
        for item in filter(page.is_of, _objects(state)):
            count += 1
            if count > MOST_CANDIDATES:
                return
            yield from (("script_data", text) for text in _bodies_of(item, entities))


def _entities_of(state: Any) -> Mapping[str, Any]:
    """Return the objects that others name by a key, as in the store of Apollo."""
    stores, level = list[Mapping[str, Any]](), [state]
    for _ in range(STORE_DEPTH):
        level = [one for one in level if isinstance(one, dict)][:MOST_STORES]
        stores += level
        level = [one for store in level for one in store.values()]
    return {
        key: value
        for store in stores
        for key, value in store.items()
        if isinstance(value, dict)
    }


def _objects(state: Any) -> Iterator[Mapping[str, Any]]:
    """Yield each object in the state of a script once, the outermost first."""
    queue, seen, left = [state], set[int](), MOST_VALUES
    for item in queue:
        if not isinstance(item, (dict, list)) or id(item) in seen:
            continue
        seen.add(id(item))
        left -= 1 + len(item)
        if left < 0:
            return
        if isinstance(item, dict):
            yield item
        inner = item.values() if isinstance(item, dict) else item
        queue += [one for one in inner if isinstance(one, (dict, list))]


def _bodies_of(item: Mapping[str, Any], entities: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of an object under the names that bodies have, with any arguments."""
    for name, value in item.items():
        if name.partition("(")[0] not in _BODIES or not isinstance(value, (str, dict, list)):
            continue
        markup = _Writer(entities).markup_of(value)
        if len(markup) >= LEAST_TEXT:
            yield markup


class _Writer:
    """Writes a text of any shape as markup, within limits."""

    def __init__(self, entities: Mapping[str, Any]) -> None:
        self.entities = entities
        self.left = MOST_PARTS
        self.size = 0

    def markup_of(self, value: Any) -> str:
        """Return *value* as markup: blocks as elements, inline texts joined."""
        return "".join(self._blocks(value, 0))

    def _blocks(self, value: Any, depth: int) -> Iterator[str]:
        self.left -= 1
        if self.left < 0 or depth > DEEPEST or self.size > LONGEST_TEXT:
            return
        if isinstance(value, str):
            yield self._written(value)
        elif isinstance(value, list):
            for one in value:
                yield from self._blocks(one, depth + 1)
        elif isinstance(value, dict):
            yield from self._of_object(value, depth)

    def _of_object(self, item: Mapping[str, Any], depth: int) -> Iterator[str]:
        entity = self.entities.get(_reference(item))
        item = entity if isinstance(entity, dict) else item
        kind = _kind_of(item)
        if _is_omitted(kind):
            return
        text = next((item[n] for n in _TEXTS if _is_text(item.get(n))), None)
        inner = _inner_of(item)
        if kind in _PARAGRAPHS:
            yield _element(kind, self._words_of(kind, text, inner, depth))
        elif text is not None:
            yield self._written(text)
        elif inner is not None:
            yield from self._blocks(inner, depth + 1)

    def _words_of(self, kind: str, text: str | None, inner: Any, depth: int) -> str:
        """Return the content of a paragraph, as markup: its parts before its plain text."""
        if text is not None and inner is None:
            return text
        words = self._inline(inner, depth + 1)
        return words if words or kind in _ITEMS else escape(text or "")

    def _inline(self, value: Any, depth: int) -> str:
        """Return the texts of one block on one line."""
        self.left -= 1
        if self.left < 0 or depth > DEEPEST:
            return ""
        if isinstance(value, str):
            return escape(value)
        if isinstance(value, list):
            return "".join(self._inline(one, depth + 1) for one in value)
        return self._inline_object(value, depth) if isinstance(value, dict) else ""

    def _inline_object(self, value: Mapping[str, Any], depth: int) -> str:
        kind = _kind_of(value)
        if _is_omitted(kind):
            return ""
        text = next((value[n] for n in _TEXTS if isinstance(value.get(n), str)), None)
        if text is None:
            words = self._inline(_inner_of(value), depth + 1)
        else:
            words = text if "<" in text else escape(text)
        return _element(kind, words) if kind in _PARAGRAPHS else words

    def _written(self, text: str) -> str:
        """Return a text, which may be markup, as markup."""
        self.size += len(text)
        if "</" in text or "<br" in text or "<p>" in text:
            return text if text.lstrip().startswith("<") else f"<p>{text}</p>"
        return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


def _reference(item: Mapping[str, Any]) -> str:
    """Return the key by which an object names another; empty if it names none."""
    key = item.get("__ref") or (item.get("id") if item.get("type") == "id" else "")
    return key if isinstance(key, str) else ""


def _kind_of(item: Mapping[str, Any]) -> str:
    """Return the word that says which kind of block an object is; empty without one."""
    found = (item.get(name) for name in ("type", "nodeType", "_type", "tag", "__typename"))
    return next((one.lower() for one in found if isinstance(one, str)), "")


def _inner_of(item: Mapping[str, Any]) -> Any:
    """Return the part of a block's object that holds further blocks; None without one."""
    return next((item[n] for n in _INNER if isinstance(item.get(n), (list, dict))), None)


def _is_omitted(kind: str) -> bool:
    """Return whether blocks of a kind are no text: adverts, pictures, boxes."""
    return any(word in kind for word in _OMITTED)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _element(kind: str, words: str) -> str:
    tag = "h2" if kind in _HEADINGS else "li" if kind in _ITEMS else "p"
    if kind in {"quote", "blockquote"}:
        tag = "blockquote"
    return f"<{tag}>{words}</{tag}>"


def _blocks(markup: str, headline: str) -> tuple[Block, ...]:
    """Return a text as blocks, without the captions, boxes and links that stand in it."""
    try:
        tree = parse_tree(markup)
    except OverLimit:
        return ()
    with tree:
        text_lines = text_lines_of([tree.root], flagged)
        known = [next((role for _, role in text_line.flags), "") for text_line in text_lines]
        return blocks_from(body_of(classify_lines(text_lines, known, headline=headline)))

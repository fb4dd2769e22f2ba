"""Feeds and sitemaps as XML documents: their encoding, their root and their items.

A well-formed document is read as it is. Of a broken one each item is read by itself, so that
one broken item costs itself; a value in such an item counts only if it is written there.
Nothing that a DOCTYPE declares is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import attrs
from lxml import etree

from newscrawl.errors import NewscrawlError
from newscrawl.html.charset import decode
from newscrawl.warc.content_encoding import PackingError, unpack_gzip

MAX_UNPACKED = 52_428_800
"""The most bytes of an unpacked document: the limit of the sitemap protocol."""
MAX_TAGS = 1_500_000
"""The most tags of a document; a sitemap of 50,000 news articles has 1,400,000."""
_MAX_CHUNKS = 32
"""An element that goes on for longer is read only at its beginning."""
_MAX_PIECE = 200_000

_HEAD = 100_000
_CHUNK = 65_536
_ROOT = re.compile(
    r"<(?:([\w.-]{1,40}):)?(rss|rdf|feed|channel|urlset|sitemapindex)(?=[\s/>])[^>]{0,5000}>",
    re.IGNORECASE,
)
_PAGE = re.compile(r"<(?:html|head|body)\b", re.IGNORECASE)
_ENTITY = re.compile(r"<!entity\b", re.IGNORECASE)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""The characters that no document of XML may hold."""
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
# Also before names that XML does not know (&nbsp;), which would otherwise vanish from a link.
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});)")
_BARE_LESS = re.compile(r"<(?![A-Za-z_:/!?])")
_PREFIX = re.compile(r"[<\s/]([A-Za-z_][\w.-]{0,40}):[A-Za-z_]")
_MAX_PREFIXES = 50
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}
_NAME = re.compile(r"<([^\s/>]+)")
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_END_OF_TEXT = re.compile(r"\s*(?:</|\]\]>|[\"'])")


class UnreadableSourceError(NewscrawlError):
    """An answer that is no feed or sitemap; the message names its kind."""


class _TooLongError(Exception):
    """One element is so long that it cannot be held in memory with all that is in it."""


@attrs.frozen(kw_only=True)
class Item:
    """One item of a document."""

    element: etree._Element
    """The element with its content."""
    source: str | None = None
    """Its source text, in a broken document; None in a well-formed one."""


@attrs.frozen(kw_only=True)
class Document:
    """A document of XML, from its root on."""

    text: str
    root: str
    """The start tag of the root."""
    prefix: str
    """The namespace prefix of the root; empty for none."""
    name: str
    """The name of the root in small letters, without its prefix."""

    def items(self, names: tuple[str, ...], most: int) -> Iterator[Item]:
        """Yield the first *most* elements that have one of *names*.

        Those of a broken document are read each by itself.
        """
        try:
            # The first pass finds out, so that nothing of a broken document is taken twice.
            is_whole = all(True for _ in islice(_elements(self.text, names), most))
        except (etree.XMLSyntaxError, _TooLongError):
            is_whole = False
        if is_whole:
            for element in islice(_elements(self.text, names), most):
                yield Item(element=element)
        else:
            yield from self._broken_items(names, most)

    def _broken_items(self, names: tuple[str, ...], most: int) -> Iterator[Item]:
        prefix = rf"{re.escape(self.prefix)}:" if self.prefix else ""
        begins = re.compile(rf"<{prefix}({'|'.join(names)})(?=[\s/>])", re.IGNORECASE)
        starts = [found.start() for found in islice(begins.finditer(self.text), most + 1)]
        root = _with_prefixes(self.root, self.text)
        stops = [*starts[1:], len(self.text)] if starts else []
        for start, stop in islice(zip(starts, stops, strict=True), most):
            piece = self.text[start : min(stop, start + _MAX_PIECE)]
            element = _read_alone(root, piece, names)
            if element is not None:
                yield Item(element=element, source=piece)


def document_from(body: bytes, content_type: str | None = None) -> Document | None:
    """Return the feed or sitemap of XML in *body*, packed or not; None if it is none.

    Anything before the root is left out: warnings of a server, marks of byte order, the XML
    declaration, a DOCTYPE. Raises UnreadableSourceError if *body* cannot be unpacked, declares
    entities or is too large.
    """
    text = text_from(body, content_type)
    root = _ROOT.search(text, 0, _HEAD)
    before = text[: root.start()] if root else ""
    if root is None or _PAGE.search(before):
        return None
    if _ENTITY.search(before):
        raise UnreadableSourceError("it declares entities")
    if text.count("<") > MAX_TAGS:
        raise UnreadableSourceError(f"it has over {MAX_TAGS} tags")
    text = CONTROLS.sub("\ufffd", text[root.start() :])
    return Document(text=text, root=root[0], prefix=root[1] or "", name=root[2].lower())


def text_from(body: bytes, content_type: str | None = None) -> str:
    """Return the text of *body*, packed or not. Raises UnreadableSourceError if broken."""
    try:
        unpacked = unpack_gzip(body, MAX_UNPACKED)
    except PackingError as error:
        raise UnreadableSourceError(error.reason) from error
    return decode(unpacked, content_type).text.lstrip("\ufeff \t\r\n")


def is_written(url: str, source: str) -> bool:
    """Return whether *url* is written whole in *source*, or its path, or the end of that.

    A parser that recovers from errors may drop or change a part of an address.
    """
    plain = unescaped(unescaped(source))
    path = url[url.find("/", url.find("//") + 2) :]
    folders, mark, query = path.partition("?")
    forms = (url, path, f"{folders.rpartition('/')[2]}{mark}{query}")
    return "\ufffd" not in url and any(_stands_in(form, plain) for form in forms if form)


def escaped(piece: str) -> str:
    """Return *piece* with the ampersands and `<` outside CDATA escaped that are only text."""
    parts = _CDATA.split(piece)
    parts[::2] = [
        _BARE_LESS.sub("&lt;", _BARE_AMPERSAND.sub("&amp;", part)) for part in parts[::2]
    ]
    return "".join(parts)


def unescaped(text: str) -> str:
    """Return *text* with the character references of XML undone, and no others."""
    return _REFERENCE.sub(_character, text)


def local_name(element: etree._Element) -> str:
    """Return the name of *element* without its namespace; empty for a comment."""
    tag = element.tag
    name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
    return name.rpartition(":")[2].lower()


def _stands_in(form: str, text: str) -> bool:
    at = text.find(form)
    while at >= 0:
        if _END_OF_TEXT.match(text, at + len(form)):
            return True
        at = text.find(form, at + 1)
    return False


def _character(found: re.Match[str]) -> str:
    if found[1]:
        return _NAMED[found[1]]
    code = int(found[2]) if found[2] else int(found[3], 16)
    return chr(code) if 0 < code < 0x110000 else "\ufffd"


def _elements(text: str, names: tuple[str, ...]) -> Iterator[etree._Element]:
    """Yield each element of *text* with one of *names*, freed when the next is taken.

    Raises XMLSyntaxError if *text* is not well-formed.
    """
    parser = _parser_for(text, names)
    root: etree._Element | None = None
    outer: etree._Element | None = None
    first = 0
    for number, start in enumerate(range(0, len(text), _CHUNK)):
        parser.feed(text[start : start + _CHUNK].encode("utf-8", "replace"))
        for element in _elements_of(parser):
            root = element if root is None else root
            if local_name(element) not in names:
                continue  # the root, or another of its name
            if outer is None:
                outer, first = element, number
            elif element is outer:
                yield element
                element.clear()
                outer = None
        if outer is not None and number - first >= _MAX_CHUNKS:
            raise _TooLongError
        _free(root, outer)
    parser.close()


def _parser_for(text: str, names: tuple[str, ...]) -> etree.XMLPullParser:
    """Return a parser with events for the elements of *names* and the root of *text*."""
    spelt = {
        found[1] for found in re.finditer(rf"[<:]({'|'.join(names)})\b", text, re.IGNORECASE)
    }
    spelt.add(_NAME.match(text)[1].rpartition(":")[2])  # type: ignore[index]  # the root
    return etree.XMLPullParser(
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in spelt],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )


def _elements_of(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    """Yield the elements that have begun or ended since the last call, twice if both."""
    found = (element for _, element in parser.read_events())
    return (element for element in found if isinstance(element, etree._Element))


def _read_alone(root: str, piece: str, names: tuple[str, ...]) -> etree._Element | None:
    """Return the element that *piece* begins with, under *root*, as far as it can be read."""
    root_name, name = _NAME.match(root), _NAME.match(piece)
    if root_name is None or name is None:
        return None
    ends = [one.end() for one in re.finditer(rf"</{re.escape(name[1])}\s*>", piece)]
    text = f"{root}{escaped(piece[: ends[-1]] if ends else piece)}</{root_name[1]}>"
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        whole = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # of nothing at all
        return None
    if whole is None:
        return None
    element = next((one for one in whole if local_name(one) in names), None)
    if element is not None:
        # What a stray end tag has put behind the element is of it.
        element.extend(list(element.itersiblings()))
    return element


def _free(root: etree._Element | None, outer: etree._Element | None) -> None:
    """Delete the parsed part of *root*: all but its last branch, as far as *outer*."""
    node = root
    while node is not None and node is not outer and len(node):
        del node[:-1]
        node = node[-1]


def _with_prefixes(root: str, text: str) -> str:
    """Return the start tag *root* with a declaration of each prefix that *text* uses."""
    used = dict.fromkeys(found[1] for found in _PREFIX.finditer(text))
    unknown = (
        name
        for name in used
        if name.lower() not in {"xml", "xmlns"} and f"xmlns:{name}=" not in root
    )
    declared = "".join(
        f' xmlns:{name}="{_NAMESPACES.get(name, f"urn:{name}")}"'
        for name in islice(unknown, _MAX_PREFIXES)
    )
    return root.removesuffix(">").rstrip("/") + declared + ">"

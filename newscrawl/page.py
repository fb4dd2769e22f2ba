"""A page as received, from a crawl, a WARC file, a saved file or a text dump.

Nothing here fetches or extracts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from codecs import BOM_UTF8
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
import lxml.html
from lxml import etree

from newscrawl.errors import ExtractionError
from newscrawl.formats.content_type import media_type
from newscrawl.html.charset import Decoded, decode
from newscrawl.html.parse_limits import OverLimit, check_limits
from newscrawl.html.parser import parse_tree
from newscrawl.html.tree import Tree
from newscrawl.system.value_classes import frozen
from newscrawl.text.urls import domain_of

if TYPE_CHECKING:
    from parsel import Selector

_MOST_HEAD_TAGS = 300
_NO_MARKUP = "the page has no markup that a parser can read"


@frozen
class HeadTags:
    """The first metas and links of a page: they state the wishes of its publisher."""

    metas: tuple[tuple[str, str], ...] = ()
    """Names, in lower case, and contents."""
    links: tuple[Mapping[str, str], ...] = ()
    """The attributes of each."""


@attrs.define(kw_only=True, eq=False, slots=False)
class Page:
    """The bytes of one page with address, time and content type, decoded and parsed once."""

    url: str
    """The address, after redirects."""
    body: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")
    """The bytes, with any transfer and content encoding undone."""
    fetched_at: dt.datetime | None = None
    """When it was fetched (aware); None where unknown, and then relative dates are not read."""
    content_type: str | None = None
    """The Content-Type header; `text/plain` means a text dump, which has its own reader."""

    @cached_property
    def text(self) -> str:
        """The page decoded to text."""
        return self.decoded.text

    @cached_property
    def decoded(self) -> Decoded:
        """The text, its encoding and why that one was chosen."""
        return decode(self.body, self.content_type)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the body, in hexadecimal. May be set to what another process computed."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def is_plain_text(self) -> bool:
        """Return whether the page is a text dump rather than HTML."""
        return media_type(self.content_type) == "text/plain"

    @cached_property
    def root(self) -> lxml.html.HtmlElement:
        """The tree of lxml. Raises ExtractionError if it is over a limit or has no markup."""
        body = self.text.encode("utf-8", "replace")
        try:
            check_limits(body)
            parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
            root = lxml.html.document_fromstring(body or b"<html/>", parser=parser)
        except OverLimit as error:
            raise ExtractionError(self.url, error.reason, error.detail) from error
        except etree.ParserError as error:
            raise ExtractionError(self.url, "no_markup", _NO_MARKUP) from error
        if root is None:
            raise ExtractionError(self.url, "no_markup", _NO_MARKUP)
        return root

    @cached_property
    def tree(self) -> Tree:
        """The page as a light tree. Raises ExtractionError if it is over a limit."""
        try:
            markup = self.body if self._is_plain_utf8 else self.text
            return parse_tree(markup, domain_of(self.url))
        except OverLimit as error:
            raise ExtractionError(self.url, error.reason, error.detail) from error

    @cached_property
    def head_tags(self) -> HeadTags:
        """The first metas and links; none of a page that is over a limit.

        May be set to those that another process has found.
        """
        try:
            tree = self.tree
        except ExtractionError:
            return HeadTags()
        return HeadTags(tree.metas[:_MOST_HEAD_TAGS], tree.heads[:_MOST_HEAD_TAGS])

    def let_go_of_tree(self) -> None:
        """Free the tree, ten times as large as the page; the next use parses it again."""
        self.__dict__.pop("tree", None)

    @property
    def _is_plain_utf8(self) -> bool:
        """True if encoding the text gives the same bytes."""
        if self.decoded.encoding != "utf-8" or self.body.startswith(BOM_UTF8):
            return False
        return "\ufffd" not in self.text

    @cached_property
    def selector(self) -> Selector:
        """A parsel selector over `root`, for the rules of layouts."""
        from parsel import Selector  # noqa: PLC0415 (it imports an HTTP client)

        return Selector(root=self.root, type="html")

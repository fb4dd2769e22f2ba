"""Rules: where on a page a field stands. Nothing here knows how a field's text is read.

A rule is a frozen value. Called with a page it returns its matches, in page order:
elements, strings, JSON values or `HeadedLinks`; nothing matched is the empty tuple. Of several
queries the first that hits wins, so that variants of one template need no layout of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol

from cssselect import FunctionalPseudoElement, HTMLTranslator, SelectorError, parse
from lxml.etree import XPath, XPathSyntaxError

from newscrawl.article import LinkListKind
from newscrawl.errors import LayoutError
from newscrawl.html.linked_data import json_ld_objects, meta_values, values_at
from newscrawl.limits import LONGEST_ADDRESS
from newscrawl.page import Page
from newscrawl.system.value_classes import frozen
from newscrawl.text.normalize import squeeze

Matches = tuple[Any, ...]


class Rule(Protocol):
    """A callable that finds a field: from a page to its matches."""

    def __call__(self, page: Page) -> Matches:
        """Return the matches on *page*; the empty tuple for none."""


@frozen
class HeadedLinks:
    """A list of links as a rule found it: the heading's text and the anchors."""

    heading: str
    links: tuple[Any, ...]
    kind: LinkListKind | None = None


def _queries(queries: tuple[str, ...]) -> tuple[str, ...]:
    if not queries or not all(isinstance(query, str) and query.strip() for query in queries):
        raise LayoutError(f"a rule needs at least one query, each a string: {queries!r}")
    return queries


def _is_hit(match: Any) -> bool:
    return bool(match.strip()) if isinstance(match, str) else match is not None


def check_css(query: str) -> None:
    """Raise SelectorError if *query* is no CSS that parsel reads.

    parsel itself is imported when a page is queried: it imports an HTTP client.
    """
    for selector in parse(query):
        HTMLTranslator().selector_to_xpath(selector)
        part = selector.pseudo_element
        is_attribute = (
            isinstance(part, FunctionalPseudoElement)
            and part.name == "attr"
            and part.argument_types() in (["STRING"], ["IDENT"])
        )
        if part not in {None, "text"} and not is_attribute:
            raise SelectorError(f"only ::text and ::attr(name) are known: {query}")


@frozen(init=False)
class css:
    """Elements, attributes (`::attr(name)`) or text nodes (`::text`) by CSS."""

    queries: tuple[str, ...]

    def __init__(self, *queries: str) -> None:
        for query in _queries(queries):
            try:
                check_css(query)
            except SelectorError as error:
                raise LayoutError(f"css({query!r}): {error}") from error
        self.__attrs_init__(queries)

    def __call__(self, page: Page) -> Matches:
        """Return the matches of the first query that has any."""
        found = (tuple(hit.root for hit in page.selector.css(query)) for query in self.queries)
        return _first_hit(found)


@frozen(init=False)
class xpath:
    """Elements or strings by XPath 1.0."""

    queries: tuple[str, ...]

    def __init__(self, *queries: str) -> None:
        for query in _queries(queries):
            try:
                XPath(query)
            except XPathSyntaxError as error:
                raise LayoutError(f"xpath({query!r}): {error}") from error
        self.__attrs_init__(queries)

    def __call__(self, page: Page) -> Matches:
        """Return the matches of the first query that has any."""
        found = (
            tuple(hit.root for hit in page.selector.xpath(query)) for query in self.queries
        )
        return _first_hit(found)


@frozen(init=False)
class jsonld:
    """Values in the page's JSON-LD, by dotted path: `jsonld("author.name")`, in any object."""

    queries: tuple[str, ...]

    def __init__(self, *queries: str) -> None:
        self.__attrs_init__(_queries(queries))

    def __call__(self, page: Page) -> Matches:
        """Return the values at the first path that holds any."""
        objects = json_ld_objects(page.tree.json_ld)
        found = (
            tuple(value for item in objects for value in values_at(item, query))
            for query in self.queries
        )
        return _first_hit(found)


@frozen(init=False)
class meta:
    """The content of meta tags by `property`, `name` or `itemprop`: `meta("og:title")`."""

    queries: tuple[str, ...]

    def __init__(self, *queries: str) -> None:
        self.__attrs_init__(_queries(queries))

    def __call__(self, page: Page) -> Matches:
        """Return the contents of the first name that is on the page."""
        return _first_hit(meta_values(page.tree.metas, query) for query in self.queries)


@frozen(init=False)
class address:
    """A part of the page's address, by a regular expression with one group."""

    pattern: re.Pattern[str]

    def __init__(self, pattern: str) -> None:
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise LayoutError(f"address({pattern!r}): {error}") from error
        if compiled.groups != 1:
            raise LayoutError(f"address({pattern!r}): the pattern needs exactly one group")
        self.__attrs_init__(compiled)

    def __call__(self, page: Page) -> Matches:
        """Return the group as the page's address holds it."""
        match = self.pattern.search(page.url[:LONGEST_ADDRESS])
        return (match[1],) if match and match[1] else ()


@frozen(init=False)
class links:
    """Link lists: each element that *container* selects is one, with heading and anchors."""

    container: str
    heading: str | None
    item: str
    kind: LinkListKind | None

    def __init__(
        self,
        container: str,
        *,
        heading: str | None = None,
        item: str = "a",
        kind: LinkListKind | None = None,
    ) -> None:
        css(
            container, item, *([heading] if heading else [])
        )  # a query that is wrong fails here
        self.__attrs_init__(container, heading, item, kind)

    def __call__(self, page: Page) -> Matches:
        """Return one HeadedLinks for each container that holds an item."""
        return tuple(self._lists(page))

    def _lists(self, page: Page) -> Iterator[HeadedLinks]:
        for box in page.selector.css(self.container):
            headings = box.css(self.heading).xpath("string()").getall() if self.heading else []
            heading = next((squeeze(text) for text in headings if text.strip()), "")
            found = tuple(hit.root for hit in box.css(self.item))
            if found:
                yield HeadedLinks(heading, found, self.kind)


@frozen(init=False)
class first_of:
    """The first of several rules that hits, for a field that stands in different sources."""

    rules: tuple[Rule, ...]

    def __init__(self, *rules: Rule) -> None:
        if not rules or not all(is_rule(rule) for rule in rules):
            raise LayoutError(f"first_of needs rules: {rules!r}")
        self.__attrs_init__(rules)

    def __call__(self, page: Page) -> Matches:
        """Return the matches of the first rule that has any."""
        return _first_hit(rule(page) for rule in self.rules)


def is_rule(value: object) -> bool:
    """Return whether *value* can stand in a layout.

    One of the rules here, or a function of a page.
    """
    return callable(value) and not isinstance(value, type)


def name_of(rule: Rule) -> str:
    """Return the name of *rule* in provenance: `css`, `jsonld`, or the name of a function."""
    return getattr(rule, "__name__", None) or type(rule).__name__


def _first_hit(found: Any) -> Matches:
    for matches in found:
        hits = tuple(match for match in matches if _is_hit(match))
        if hits:
            return hits
    return ()

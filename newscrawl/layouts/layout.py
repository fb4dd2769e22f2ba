"""The base class of layouts, the form of a site's pages from some day on.

    class Shams2021(Layout):
        '''Shams Daily, WordPress theme seen from March 2021.'''

        since = date(2021, 3, 1)
        signature = "body.theme-2021"
        headline = css("h1.entry-title")
        article_body = css(".entry > p")

A misspelt field is a LayoutError while the module is imported. Layouts never inherit from one
another: old rules would silently fill new gaps. Sister sites that share one template share one
layout, with many hosts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, ClassVar

from cssselect import SelectorError

from newscrawl.errors import LayoutError
from newscrawl.layouts.field_readers import FIELDS
from newscrawl.layouts.rules import Rule, check_css, is_rule
from newscrawl.page import Page

SETTINGS = frozenset({"hosts", "since", "signature", "without"})
"""The settings of a layout besides its fields."""


class Layout:
    """Rules for the fields of one site's pages; a declaration, of which nothing is made."""

    hosts: ClassVar[tuple[str, ...]] = ()
    """The hosts it serves; empty for those of the site that lists it."""
    since: ClassVar[dt.date | None] = None
    """The earliest day it was seen on; pages fetched before are another layout's."""
    signature: ClassVar[str | None] = None
    """A CSS query that is on its pages and on no other layout's; it decides, `since` bounds."""
    without: ClassVar[tuple[str, ...]] = ()
    """CSS queries of elements inside the body that are not part of it."""
    rules: ClassVar[Mapping[str, Rule]] = MappingProxyType({})
    """The rules by field, gathered when the class is made."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Check the declaration and gather its rules. Raises LayoutError if it is wrong."""
        super().__init_subclass__(**kwargs)
        if cls.__bases__ != (Layout,):
            raise LayoutError(f"{cls.__name__}: a layout inherits from Layout alone")
        if not (cls.__doc__ or "").strip():
            raise LayoutError(f"{cls.__name__}: say in a docstring which pages it is for")
        declared = {
            name: value for name, value in vars(cls).items() if not name.startswith("_")
        }
        settings = {name: declared.pop(name) for name in SETTINGS & declared.keys()}
        _check_settings(cls.__name__, settings)
        for name, value in declared.items():
            _check_field(cls.__name__, name, value)
        cls.rules = MappingProxyType(declared)

    @classmethod
    def recognizes(cls, page: Page) -> bool:
        """Return whether *page* is this layout's.

        Fetched since then, and bearing its signature.
        """
        if cls.since and page.fetched_at and page.fetched_at.date() < cls.since:
            return False
        return cls.signature is None or bool(page.selector.css(cls.signature))


def _check_field(layout: str, name: str, value: object) -> None:
    if name not in FIELDS:
        near = get_close_matches(name, [*FIELDS, *SETTINGS], 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise LayoutError(f"{layout}: no such field: {name}{hint}")
    if not is_rule(value):
        raise LayoutError(f"{layout}: {name} needs a rule such as css(…), not {value!r}")


def _check_settings(layout: str, settings: Mapping[str, Any]) -> None:
    for name in ("hosts", "without"):
        value = settings.get(name, ())
        if isinstance(value, str) or not all(isinstance(part, str) for part in value):
            raise LayoutError(f"{layout}: {name} is a tuple of strings, not {value!r}")
    since = settings.get("since")
    if since is not None and (isinstance(since, dt.datetime) or not isinstance(since, dt.date)):
        raise LayoutError(f"{layout}: since is a date, not {since!r}")
    signature = settings.get("signature")
    _check_queries(layout, [*([signature] if signature else []), *settings.get("without", ())])


def _check_queries(layout: str, queries: Sequence[str]) -> None:
    for query in queries:
        try:
            check_css(query)
        except (SelectorError, TypeError) as error:
            raise LayoutError(f"{layout}: {query!r} is no CSS query: {error}") from error

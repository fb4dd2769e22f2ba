"""What is known of a page when its kind is asked for."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from newscrawl.generic.page_kind.teasers import Teasers
from newscrawl.text.phrases import phrase_table

LONG_BODY = 700
"""A body of so many characters is not a message: phrases in its text count no more."""
MESSAGE = 1200
"""So much of the page's text is searched for phrases."""


@attrs.frozen(kw_only=True)
class Evidence:
    """What is known of a page when its kind is asked for."""

    url: str
    title: str = ""
    """The title element."""
    headline: str = ""
    body: str = ""
    """The body found, a line a paragraph."""
    text: str = ""
    """The start of all the page's text; MESSAGE characters are enough."""
    size: int = 0
    """Characters of text on the page."""
    links: int = 0
    """Of these, characters inside links."""
    scripts: int = 0
    """Characters in scripts."""
    og_type: str = ""
    types: frozenset[str] = frozenset()
    """The types of the JSON-LD's objects."""
    is_stated_article: bool = False
    """Whether the JSON-LD holds an article."""
    is_vouched: bool = False
    """Whether the JSON-LD's article has the page's headline."""
    is_signed: bool = False
    """Whether a writer and a day of publication were found."""
    is_dated: bool = False
    """Whether a day of publication was found."""
    is_published: bool = False
    """Whether a meta tag states when the article was published."""
    leads_away: bool = False
    """Whether the headline is printed as a link to another page."""
    outlets: frozenset[str] = frozenset()
    """The folded names of the outlet."""
    signatures: tuple[str, ...] = ()
    """What may be its name, since titles end in it."""
    classes: frozenset[str] = frozenset()
    """The class names of the body element."""
    prose: int | None = None
    """Characters of the body in paragraphs; None where that was not counted."""
    tables: int = 0
    """Characters of the body in tables."""
    captions: int = 0
    """Captions on the page."""
    numbered: int = 0
    """Lines that begin as the captions of a gallery do: `1/12`."""
    timed: int = 0
    """Lines of the body that begin with a time of day."""
    is_walled: bool = False
    """Whether the text is not free to read."""
    comments: int = 0
    """How many comments the body is made of, where they hold most of the page's text."""
    teasers: Teasers = attrs.field(factory=Teasers)
    parts: Mapping[str, int] = attrs.field(factory=dict)
    """How many players, frames, password fields, links to feeds … a page of little text has."""
    refresh: str = ""
    """What a meta tag says of where a browser is sent on."""
    raw: str = ""
    """The start of the markup, for the marks of challenge pages; only read for short bodies."""

    @property
    def length(self) -> int:
        """Characters of prose in the body."""
        return len(self.body) if self.prose is None else self.prose

    @property
    def is_claimed(self) -> bool:
        """Whether the page says in its markup that it is one article, not only in og:type."""
        return self.is_certain or (self.is_stated_article and not self.types & list_types())

    @property
    def is_certain(self) -> bool:
        """Whether it says so of the headline, with a date, or by its publishing system."""
        return (
            self.is_vouched or self.is_published or bool(self.classes & class_names("article"))
        )


def class_names(kind: str) -> frozenset[str]:
    """Return the class names by which pages of *kind* are marked."""
    return frozenset(phrase_table("page_kinds")["classes"][kind])


def list_types() -> frozenset[str]:
    """Return the types of JSON-LD that are lists."""
    return frozenset(phrase_table("page_kinds")["types"]["listing"])

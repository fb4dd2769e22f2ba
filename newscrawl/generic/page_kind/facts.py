"""PageFacts for the kind of a page."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from newscrawl.article import Certainty
from newscrawl.generic.page_kind.teasers import Teasers
from newscrawl.system.value_classes import frozen
from newscrawl.text.phrases import phrase_table

LONG_BODY = 700
"""A body of this many characters is not a message: phrases in its text count no more."""
LONGEST_OFFER = 1_500
"""A page with an offer to act on has less text of its own."""
MESSAGE = 1200
"""Characters of the page's text that are searched for phrases."""


@frozen
class PageKind:
    """Kind of a page, and how sure it is."""

    name: str
    """`article`, or another kind."""
    reason: str | None = None
    """Why it is no article; None for an article."""
    certainty: Certainty = "certain"
    """`doubtful` where the page has an article's headline and text all the same."""


@frozen(kw_only=True)
class PageFacts:
    """Facts about a page from which its kind is decided."""

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
    """True if the JSON-LD holds an article."""
    is_headline_stated: bool = False
    """True if the JSON-LD's article has the page's headline."""
    is_signed: bool = False
    """True if a writer and a day of publication were found."""
    is_dated: bool = False
    """True if a day of publication was found."""
    is_published: bool = False
    """True if a meta tag states when the article was published."""
    is_headed: bool = False
    """True if the only h1 and the body stand in one element that is mostly text of its own."""
    leads_away: bool = False
    """True if the headline is printed as a link to another page."""
    outlets: frozenset[str] = frozenset()
    """The folded names of the outlet."""
    signatures: tuple[str, ...] = ()
    """Possible names of the outlet, from the ends of titles."""
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
    """True if the text is not free to read."""
    comments: int = 0
    """Number of comments in the body, where they hold most of the page's text."""
    calls: frozenset[str] = frozenset()
    """Folded texts of the buttons and links around a text without a writer: `apply now`."""
    teasers: Teasers = attrs.field(factory=Teasers)
    parts: Mapping[str, int] = attrs.field(factory=dict)
    """Counts of players, frames, password fields, links to feeds … on a page of little text."""
    refresh: str = ""
    """Content of a refresh meta tag, which sends a browser elsewhere."""
    raw: str = ""
    """The start of the markup, in small letters, of a page of little text."""

    @property
    def length(self) -> int:
        """Characters of prose in the body."""
        return len(self.body) if self.prose is None else self.prose

    @property
    def may_be_offer(self) -> bool:
        """True if the page may offer something to act on: a short text without a writer."""
        return not (self.is_marked_article or self.is_signed or self.length >= LONGEST_OFFER)

    @property
    def is_marked_article(self) -> bool:
        """True if the page says in its markup that it is one article, not only in og:type."""
        return self.is_certain or (self.is_stated_article and not self.types & list_types())

    @property
    def is_certain(self) -> bool:
        """True if it says so of the headline, with a date, or by its publishing system."""
        return (
            self.is_headline_stated
            or self.is_published
            or bool(self.classes & class_names("article"))
        )


def class_names(kind: str) -> frozenset[str]:
    """Return the class names that mark pages of *kind*."""
    return frozenset(phrase_table("pages/page_kinds")["classes"][kind])


def list_types() -> frozenset[str]:
    """Return the types of JSON-LD that are lists."""
    return frozenset(phrase_table("pages/page_kinds")["types"]["listing"])

"""The result of extraction. Nothing here knows about HTML, SQLite or Scrapy.

Field names are schema.org's NewsArticle, in snake_case. A value that a parser can get wrong
keeps the text it was read from beside it, in `raw` or `…_raw`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

import attrs

from newscrawl.system.value_classes import frozen

LinkListKind = Literal[
    "related",
    "latest",
    "most_read",
    "editors_picks",
    "sponsored",
    "section",
    "other",
    "lead",
    "grid",
    "strip",
    "list",
]
BlockKind = Literal["paragraph", "heading", "quote", "list", "table", "code", "embed"]
MarkKind = Literal["link", "strong", "emphasis", "code"]
Precision = Literal["day", "minute", "second"]
ZoneOrigin = Literal["stated", "site", "guessed"]
Certainty = Literal["certain", "doubtful"]
AgencyPlace = Literal["dateline", "byline", "source_credit", "jsonld", "meta"]

NO_PROVENANCE: Mapping[str, str] = MappingProxyType({})


@frozen(kw_only=True)
class Dateline:
    """Place and supplier of a story, as printed above or at the head of the text."""

    raw: str
    """The dateline as printed, e.g. `بروكسل ـ المغرب اليوم`."""
    place: str | None = None
    """The place, as printed."""
    agency: str | None = None
    """The agency or outlet, as printed."""
    author: str | None = None
    """The reporter, where the dateline names a person."""
    day: dt.date | None = None
    """The day, where the dateline prints one."""


@frozen(kw_only=True)
class Agency:
    """A supplier of news, as one credit names it."""

    name: str
    """The name as printed, without quotes, e.g. `أ.ف.ب`."""
    id: str | None = None
    """Id in `resources/names/agencies.toml`, e.g. `afp`; None if the agency is unknown."""


@frozen(kw_only=True)
class AgencyMention(Agency):
    """A supplier of news, as one place of the page names it."""

    found_in: AgencyPlace
    """The place that names it: dateline, byline, source_credit, jsonld or meta."""


def mentions_from(
    agencies: Iterable[Agency], found_in: AgencyPlace
) -> tuple[AgencyMention, ...]:
    """Return *agencies* as the place *found_in* names them."""
    return tuple(
        AgencyMention(name=agency.name, id=agency.id, found_in=found_in) for agency in agencies
    )


@frozen(kw_only=True)
class SourceCredit:
    """Who supplied the story: an agency, several, or another outlet."""

    raw: str
    """The credit as printed, e.g. `نقلًا عن "أ.ف.ب"`."""
    agencies: tuple[Agency, ...] = ()
    """Each supplier, in printed order."""


@frozen(kw_only=True)
class Link:
    """One entry of a link list."""

    text: str
    """The link's text as printed, with the ellipsis that the page cut it with."""
    url: str | None = None
    """The absolute address; None in plain text, and where the page's own is not known."""
    position: int
    """The rank in its list, from 1."""
    is_cut: bool = False
    """True if the page cut the text short (`…`)."""
    kicker: str | None = None
    """The topic line above it, as printed, on a home or section page."""
    has_picture: bool | None = None
    """True if a picture stands with it on a home or section page; None on other pages."""


@frozen(kw_only=True)
class LinkList:
    """A headed list of links beside or below the text."""

    heading: str
    """The heading as printed, e.g. `الأخبار الأكثر قراءة`."""
    kind: LinkListKind = "other"
    """The kind of the list: related, latest, most_read, editors_picks, sponsored, section or
    other. Zones of front pages without a heading are lead, grid, strip or list."""
    is_inside_body: bool = False
    """True if the list stands between the paragraphs of the text."""
    links: tuple[Link, ...] = ()
    """The links in printed order."""


@frozen(kw_only=True)
class Image:
    """A picture of the article."""

    url: str | None = None
    """The absolute address; None where only its caption is known."""
    caption: str | None = None
    """The caption as printed."""
    credit: str | None = None
    """The photographer or agency credited."""


@frozen(kw_only=True)
class Mark:
    """A link, or words that are set off, in the text of a block."""

    kind: MarkKind
    """link, strong, emphasis or code."""
    start: int
    """Its start in the text of its block, in characters."""
    end: int
    """Its end."""
    url: str | None = None
    """The absolute address of a link."""

    def moved(self, by: int) -> Mark:
        """Return the mark *by* characters further on."""
        return Mark(kind=self.kind, start=self.start + by, end=self.end + by, url=self.url)


@frozen(kw_only=True)
class Block:
    """One piece of the body, as a reader sees it."""

    kind: BlockKind
    """paragraph, heading, quote, list (an item a line), table (a row a line), code, or embed: a
    video, a post or a recording of another service."""
    text: str
    """Its text; empty for an embed."""
    marks: tuple[Mark, ...] = ()
    """The links and emphasis in it, in the order of their beginnings."""
    rows: tuple[tuple[str, ...], ...] = ()
    """The cells of a table, a row each."""
    url: str | None = None
    """The address of an embed."""


def body_from(blocks: Iterable[Block]) -> str:
    """Return the text of *blocks*, a line a paragraph; embeds have none."""
    return "\n".join(block.text for block in blocks if block.kind != "embed")


@frozen(kw_only=True)
class LiveBlogUpdate:
    """One entry of a live blog."""

    headline: str | None = None
    """The entry's own headline."""
    date_published: dt.datetime | dt.date | None = None
    """When it was posted: an aware datetime, or a date where only the day is known."""
    date_published_raw: str | None = None
    """The text it was read from, e.g. `14:05`."""
    article_body: str = ""
    """The entry's text, a line a paragraph."""
    url: str | None = None
    """The entry's own address."""


@frozen(kw_only=True)
class Article:
    """All fields of one page.

    Two articles are equal if these are, except for `provenance` and `extractor`.
    """

    url: str
    """The address the page was fetched from, after redirects."""
    canonical_url: str | None = None
    """The address the page names as its own."""
    page_kind: str = "article"
    """`article`, or another kind of page: listing, gallery, tag, soft_404, consent, login …"""
    page_kind_reason: str | None = None
    """Why the page is not an article; None for an article."""
    page_kind_certainty: Certainty = "certain"
    """`doubtful` for a page that seems another kind and has an article's headline and text."""
    headline: str | None = None
    """The headline printed above the text."""
    alternative_headline: str | None = None
    """The kicker or second headline."""
    description: str | None = None
    """The standfirst; never part of the body."""
    breadcrumbs: tuple[str, ...] = ()
    """The sections that the page stands in, outermost first, without `home`."""
    dateline: Dateline | None = None
    """Place and supplier of the story."""
    date_published: dt.datetime | dt.date | None = None
    """When it was published: an aware datetime, or a date where only the day is known."""
    date_published_raw: str | None = None
    """The text it was read from."""
    date_published_zone: str | None = None
    """The zone the time was read in, e.g. `Africa/Casablanca` or `+01:00`."""
    date_published_zone_origin: ZoneOrigin | None = None
    """`stated` on the page, the `site`'s own, or `guessed`."""
    date_modified: dt.datetime | dt.date | None = None
    """When it was last changed, in the same form."""
    date_modified_raw: str | None = None
    """The text it was read from."""
    authors: tuple[str, ...] = ()
    """The persons who wrote it; if the page names none, the team or outlet in its byline."""
    article_body: str = ""
    """The text, a line a paragraph; no captions, credits or read-also boxes.

    A dateline that begins the first sentence is part of it; one on a line of its own is not.
    """
    is_body_cut: bool = False
    """True if the body is known to be only the beginning of the text."""
    blocks: tuple[Block, ...] = ()
    """The body's paragraphs, sub-heads, quotes, lists and tables, in order."""
    live_blog_updates: tuple[LiveBlogUpdate, ...] = ()
    """The dated entries of a live blog, in printed order; their text is in the body as well."""
    pages: tuple[str, ...] = ()
    """The addresses of the pages that it was joined from; empty where it is on one page."""
    missing_pages: tuple[str, ...] = ()
    """Further pages of it that are not in the body: with any, the text is not whole."""
    source_credit: SourceCredit | None = None
    """Who supplied the story."""
    agencies: tuple[AgencyMention, ...] = attrs.field()
    """Every agency that the page names as its source, once for each place that names it:
    dateline, byline, credit, JSON-LD and meta tags. By default those of dateline and credit."""
    publisher: str | None = None
    """The name of the publisher, as the page states or prints it."""
    main_image: Image | None = None
    """The picture above the text."""
    images: tuple[Image, ...] = ()
    """All pictures of the article, the main one first."""
    keywords: tuple[str, ...] = ()
    """The publisher's own tags."""
    in_language: str | None = None
    """The language as a BCP 47 tag, e.g. `ar`."""
    link_lists: tuple[LinkList, ...] = ()
    """The related, latest, most read and section lists around the article."""
    is_accessible_for_free: bool | None = None
    """True if the whole text is free to read; None if the page does not say."""
    provenance: Mapping[str, str] = attrs.field(default=NO_PROVENANCE, eq=False, repr=False)
    """For each field found, the rule that found it, e.g. `Almaghribtoday2016:css`, `jsonld`."""
    extractor: str = attrs.field(default="", eq=False)
    """The identity of the extractor: version and a digest of its code and tables."""

    @agencies.default
    def _agencies_of_dateline_and_credit(self) -> tuple[AgencyMention, ...]:
        name = self.dateline.agency if self.dateline else None
        credited = self.source_credit.agencies if self.source_credit else ()
        return (
            *mentions_from([Agency(name=name)] if name else (), "dateline"),
            *mentions_from(credited, "source_credit"),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as JSON types: dates as ISO 8601 text, tuples as lists."""
        row: dict[str, Any] = _json_value(self)
        row["provenance"] = row.pop("provenance")  # it stands last
        return row


_PLAIN = frozenset({str, bool, int, float, type(None)})


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind))


def _json_value(value: Any) -> Any:
    """Return *value* as JSON can say it: `attrs.asdict` takes three times as long."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_json_value(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _json_value(one) for key, one in value.items()}
    if attrs.has(kind):
        return {name: _json_value(getattr(value, name)) for name in _field_names(kind)}
    return value


def precision_of(value: dt.datetime | dt.date | None) -> Precision | None:
    """Return how exactly *value* is known: a date is a day, a datetime a minute or a second."""
    if value is None:
        return None
    if not isinstance(value, dt.datetime):
        return "day"
    return "second" if value.second else "minute"

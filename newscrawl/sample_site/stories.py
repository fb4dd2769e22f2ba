"""The stories of the sample newsroom, as written in `content/*.toml`."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import attrs

from newscrawl.article import Agency, Block, BlockKind, Dateline, SourceCredit

PieceKind = Literal["paragraph", "heading", "quote", "list", "read_also", "figure"]
BLOCK_KINDS: Mapping[str, BlockKind] = {
    "paragraph": "paragraph",
    "heading": "heading",
    "quote": "quote",
    "list": "list",
}
MARKS: Mapping[str, PieceKind] = {
    "## ": "heading",
    "> ": "quote",
    "- ": "list",
    "[read-also] ": "read_also",
    "[figure] ": "figure",
}


@attrs.frozen(kw_only=True)
class Section:
    """One section of the newspaper."""

    key: str
    title: str
    language: str
    template: Literal["press", "tables"]
    charset: str = "utf-8"
    zone: str = ""
    """The offset that its pages state in their metadata; empty where they state none."""


@attrs.frozen
class Piece:
    """One piece of a printed story: a block of its body, or a box between two blocks."""

    kind: PieceKind
    text: str


@attrs.frozen(kw_only=True)
class Picture:
    """The picture above a story."""

    name: str
    caption: str
    credit: str | None = None


@attrs.frozen(kw_only=True)
class Story:
    """One story: the printed text, and the fields that a reader finds in it."""

    id: int
    section: Section
    slug: str
    headline: str
    picture: Picture
    pieces: tuple[Piece, ...]
    published: dt.datetime | dt.date
    """When it was published; without a zone where the page states none."""
    printed_date: str
    modified: dt.datetime | None = None
    kicker: str | None = None
    standfirst: str | None = None
    byline: str | None = None
    authors: tuple[str, ...] = ()
    dateline: Dateline | None = None
    dateline_form: Literal["line", "paragraph", "byline", ""] = ""
    credit: SourceCredit | None = None
    credit_form: Literal["line", "inline", "element", ""] = ""
    keywords: tuple[str, ...] = ()
    related: tuple[int, ...] = ()
    has_amp: bool = False
    typed: tuple[tuple[str, str], ...] = ()
    """Misspelt words: (as it should be stored, as printed)."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The body as a reader sees it."""
        return tuple(
            Block(kind=BLOCK_KINDS[piece.kind], text=piece.text)
            for piece in self.pieces
            if piece.kind in BLOCK_KINDS
        )

    @property
    def article_body(self) -> str:
        """The body's text, a line a paragraph."""
        return "\n".join(block.text for block in self.blocks)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The picture above the story, then those between its paragraphs."""
        figures = [piece.text for piece in self.pieces if piece.kind == "figure"]
        return (
            self.picture,
            *(self.inner_picture(n, text) for n, text in enumerate(figures, 2)),
        )

    def inner_picture(self, number: int, text: str) -> Picture:
        """Return the story's picture of that *number*, described by `caption | credit`."""
        caption, _, credit = text.partition(" | ")
        return Picture(
            name=f"{self.picture.name}-{number}", caption=caption, credit=credit or None
        )

    @property
    def path(self) -> str:
        """The address of the story on its site, not percent-encoded."""
        if not self.slug:
            return f"/{self.section.key}/news.php?id={self.id}"
        if self.section.template == "tables":
            return f"/{self.section.key}/{self.id}-{self.slug}"
        return f"/{self.section.key}/{self.published:%Y/%m/%d}/{self.slug}/"

    def as_typed(self, text: str) -> str:
        """Return *text* as the typist printed it."""
        for right, printed in self.typed:
            text = text.replace(right, printed)
        return text


@cache
def site_content() -> Mapping[str, Any]:
    """Return `site.toml`: names, sections, words and the pages that are not stories."""
    return content("site")


@cache
def all_sections() -> tuple[Section, ...]:
    """Return every section, in the order of the navigation."""
    return tuple(Section(**row) for row in site_content()["section"])


@cache
def all_stories(edition: int = 1) -> tuple[Story, ...]:
    """Return every story, newest first, as it stands in *edition* 1, or 2 once edited."""
    stories = [
        _story(row, section, edition)
        for section in all_sections()
        for row in content(section.key)["story"]
    ]
    return tuple(
        sorted(stories, key=lambda story: (str(story.published), story.id), reverse=True)
    )


@cache
def content(name: str) -> dict[str, Any]:
    """Return one of the tables of `content/`; do not change it."""
    path = files("newscrawl.sample_site") / "content" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _story(row: Mapping[str, Any], section: Section, edition: int) -> Story:
    edited = row.get("edition2", {}) if edition > 1 else {}
    text = row["text"]
    for old, new in edited.get("replace", ()):
        text = text.replace(old, new)
    row = {**row, **edited}
    dateline, credit = row.get("dateline", {}), row.get("credit", {})
    modified = row.get("modified")
    return Story(
        id=row["id"],
        section=section,
        slug=row["slug"],
        headline=row["headline"],
        picture=Picture(**row["image"]),
        pieces=tuple(_piece(part) for part in text.strip().split("\n\n")),
        published=_moment(row["published"], section.zone),
        printed_date=row["printed_date"],
        modified=dt.datetime.fromisoformat(modified + section.zone) if modified else None,
        dateline=_dateline(dateline) if dateline else None,
        dateline_form=dateline.get("form", ""),
        credit=_credit(credit) if credit else None,
        credit_form=credit.get("form", ""),
        has_amp=row.get("amp", False),
        typed=tuple((right, printed) for right, printed in row.get("typed", ())),
        kicker=row.get("kicker"),
        standfirst=row.get("standfirst"),
        byline=row.get("byline"),
        authors=tuple(row.get("authors") or filter(None, [dateline.get("author")])),
        keywords=tuple(row.get("keywords", ())),
        related=tuple(row.get("related", ())),
    )


def _piece(part: str) -> Piece:
    for mark, kind in MARKS.items():
        if part.startswith(mark):
            return Piece(kind, "\n".join(line.removeprefix(mark) for line in part.split("\n")))
    return Piece("paragraph", part)


def _moment(text: str, zone: str) -> dt.datetime | dt.date:
    """Return a day, a time without zone, or a moment where text or section has an offset."""
    if "T" not in text:
        return dt.date.fromisoformat(text)
    value = dt.datetime.fromisoformat(text)
    return value if value.tzinfo or not zone else dt.datetime.fromisoformat(text + zone)


def _dateline(row: Mapping[str, Any]) -> Dateline:
    parts = {name: row.get(name) for name in ("place", "agency", "author")}
    day = dt.date.fromisoformat(row["day"]) if "day" in row else None
    return Dateline(raw=row["raw"], day=day, **parts)


def _credit(row: Mapping[str, Any]) -> SourceCredit:
    agencies = tuple(Agency(name=name, id=key or None) for name, key in row["agencies"])
    return SourceCredit(raw=row["raw"], agencies=agencies)

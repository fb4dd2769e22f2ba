"""An article on a terminal: its facts, its text and its link lists."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from newscrawl.article import Article, Block, Image, LinkList
from newscrawl.cli.console import fact_table, shown
from newscrawl.text.counted import counted
from newscrawl.text.urls import readable_url

ARROW = " › "


def article_view(article: Article) -> RenderableType:
    """Return everything that is known of *article*, for a console."""
    parts: list[RenderableType] = [_heading(article), "", fact_table(_named_facts(article))]
    if article.blocks or article.article_body:
        parts += ["", Rule("article_body", style="dim", align="left"), *_body(article)]
    for block in article.link_lists:
        parts += ["", *_link_list(block)]
    return Group(*parts)


def _heading(article: Article) -> RenderableType:
    lines = [shown(article.headline or "(no headline)", "bold")]
    if article.alternative_headline:
        lines.insert(0, shown(article.alternative_headline, "yellow"))
    if article.description:
        lines.append(shown(article.description, "italic"))
    return Group(*lines)


def _named_facts(article: Article) -> Iterator[tuple[str, Text | None]]:
    yield "url", shown(readable_url(article.url))
    if article.page_kind != "article":
        known = f"{article.page_kind} ({article.page_kind_certainty})"
        why = f"{known}: {article.page_kind_reason or ''}"
        yield "page_kind", shown(why, "bold red")
    if article.missing_pages:
        yield "missing_pages", shown(" ".join(article.missing_pages), "bold red")
    yield "breadcrumbs", _joined(article.breadcrumbs, ARROW)
    yield from _dateline(article)
    yield "date_published", _published(article)
    if article.date_modified:
        yield "date_modified", Text(str(article.date_modified))
    yield "authors", _joined(article.authors)
    yield from _source_credit(article)
    yield from _agencies(article)
    yield "main_image", _image(article.main_image)
    yield "keywords", _joined(article.keywords)
    yield "in_language", shown(article.in_language) if article.in_language else None


def _joined(values: tuple[str, ...], between: str = ", ") -> Text | None:
    return Text(between).join(shown(value) for value in values) if values else None


def _dateline(article: Article) -> Iterator[tuple[str, Text | None]]:
    dateline = article.dateline
    if dateline is None:
        return
    yield "dateline", shown(dateline.raw)
    for name in ("place", "agency", "author", "day"):
        value = getattr(dateline, name)
        if value:
            yield f"  {name}", shown(str(value))


def _source_credit(article: Article) -> Iterator[tuple[str, Text | None]]:
    credit = article.source_credit
    if credit is None:
        return
    yield "source_credit", shown(credit.raw)


def _agencies(article: Article) -> Iterator[tuple[str, Text | None]]:
    for agency in article.agencies:
        known = (f"  ({agency.id or 'unknown'}, {agency.found_in})", "dim")
        yield "agency", Text.assemble(shown(agency.name), known)


def _published(article: Article) -> Text | None:
    value = article.date_published
    if value is None:
        return None
    text = Text(str(value))
    origin = article.date_published_zone_origin
    if origin:
        text.append(f"  zone {origin}", "dim")
    if article.date_published_raw:
        text.append("  ← ", "dim").append_text(shown(article.date_published_raw[:60], "dim"))
    return text


def _image(image: Image | None) -> Text | None:
    if image is None:
        return None
    parts = [
        part for part in (image.caption, image.credit, readable_url(image.url or "")) if part
    ]
    return Text(" · ").join(shown(part) for part in parts)


def _body(article: Article) -> Iterator[RenderableType]:
    blocks = article.blocks or tuple(
        Block(kind="paragraph", text=line) for line in article.article_body.split("\n")
    )
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[RenderableType]:
    if block.kind == "embed":
        yield Padding(shown(f"▶ {readable_url(block.url or '')}", "dim"), (1, 0, 0, 0))
        return
    style = {"heading": "bold", "quote": "italic"}.get(block.kind, "")
    indent = {"quote": 4, "list": 2}.get(block.kind, 0)
    mark = "• " if block.kind == "list" else ""
    yield ""
    for line in block.text.split("\n"):
        yield Padding(Text.assemble(mark, shown(line, style)), (0, 0, 0, indent))


def _link_list(block: LinkList) -> Iterator[RenderableType]:
    count = f"  {block.kind} · {counted(len(block.links), 'links')}"
    yield Text.assemble(shown(block.heading, "bold cyan"), (count, "dim"))
    for link in block.links:
        cut = "  (cut)" if link.is_cut else ""
        rank = f"{link.position:>4}  "
        yield Text.assemble((rank, "dim"), shown(link.text), (cut, "dim"))

"""`newscrawl search` and `show`: find articles in the archive, and read one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from newscrawl.archive.search.hits import Hit
from newscrawl.article import Article, Block, Image, LinkList
from newscrawl.cli.console import (
    FIRST_STRONG_ISOLATE,
    POP_ISOLATE,
    archive_option,
    fact_table,
    harmless,
    is_terminal,
    json_option,
    one_line,
    open_archive,
    print_json,
    print_view,
    readable_url,
    refuse_mistyped,
    shown,
    titled_table,
)
from newscrawl.cli.gone import absence_text


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
@archive_option
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--sort", type=click.Choice(["rank", "date"]), default="rank", show_default=True)
@click.option(
    "--count-by",
    type=click.Choice(["site", "agency", "month", "language"]),
    help="Count what is found instead of listing it.",
)
@json_option
def search(
    words: tuple[str, ...],
    archive_path: Path | None,
    limit: int,
    sort: Any,
    count_by: Any,
    *,
    is_json: bool,
) -> None:
    """Find the articles that have all WORDS, in any spelling.

    Also "a phrase", OR, -without, begin*, =exact, site:, agency:, section:,
    author:, lang:, after:, before:, headline:.
    """
    refuse_mistyped(words)
    if count_by:
        _count(" ".join(words), archive_path, count_by, is_json=is_json)
        return
    with open_archive(archive_path) as archive:
        hits = archive.search(" ".join(words), limit=limit, sort=sort)
    if is_json:
        print_json([hit.as_dict() for hit in hits])
    else:
        print_view(hits_view(hits))


def _count(query: str, archive_path: Path | None, by: Any, *, is_json: bool) -> None:
    """Print how many articles *query* finds, by site, agency, month or language."""
    with open_archive(archive_path) as archive:
        counts = archive.count_hits(query, by)
    if is_json:
        print_json(counts)
        return
    table = titled_table(by, "articles")
    for name, count in counts.items():
        table.add_row(one_line(name) or "not known", str(count))
    print_view(table)


@click.command()
@click.argument("article", metavar="URL|ID")
@archive_option
@json_option
def show(article: str, archive_path: Path | None, *, is_json: bool) -> None:
    """Print one article of the archive, split into its parts."""
    with open_archive(archive_path) as archive:
        found = archive.get(article)
        absences = archive.absences(url_or_id=article, is_open=True)
    if is_json:
        since = absences[0].first_missed if absences else None
        print_json(found.as_dict() | {"gone_since": since})
    else:
        print_view(Group(*map(absence_text, absences), article_view(found)))


FOUND = "bold black on yellow"


def hits_view(hits: Sequence[Hit]) -> RenderableType:
    """Return *hits* numbered, the words that were found marked where the page has them."""
    parts: list[RenderableType] = []
    for number, hit in enumerate(hits, start=1):
        title = marked(hit.headline or hit.url, hit.headline_spans, "bold")
        parts.append(Text.assemble((f"{number:>2}. ", "dim"), title))
        parts.append(Padding(marked(hit.snippet, hit.snippet_spans), (0, 0, 0, 4)))
        when = str(hit.date_published or "no date")[:10]
        where = Text.assemble((f"{when}  ", "dim"), shown(readable_url(hit.url), "dim"))
        parts.append(Padding(where, (0, 0, 1, 4)))
    return Group(*parts) if parts else Text("Nothing was found.")


def marked(text: str, spans: Sequence[tuple[int, int]], style: str = "") -> Text:
    """Return *text* with its *spans* in colour; where there is no colour, in brackets."""
    is_coloured = is_terminal()
    found, at = Text(FIRST_STRONG_ISOLATE if is_coloured else "", style), 0
    for start, end in spans:
        word = harmless(text[start:end])
        found.append(harmless(text[at:start]))
        found.append(word if is_coloured else f"[{word}]", FOUND)
        at = end
    found.append(harmless(text[at:]))
    return found.append(POP_ISOLATE if is_coloured else "")


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
        why = f"{article.page_kind}: {article.page_kind_reason or ''}"
        yield "page_kind", shown(why, "bold red")
    yield "breadcrumbs", _joined(article.breadcrumbs, ARROW)
    yield from _dateline(article)
    yield "date_published", _published(article)
    if article.date_modified:
        yield "date_modified", Text(str(article.date_modified))
    yield "authors", _joined(article.authors)
    yield from _source_credit(article)
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
    for agency in credit.agencies:
        known = (f"  ({agency.id or 'unknown'})", "dim")
        yield "  agency", Text.assemble(shown(agency.name), known)


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
    style = {"heading": "bold", "quote": "italic"}.get(block.kind, "")
    indent = {"quote": 4, "list": 2}.get(block.kind, 0)
    mark = "• " if block.kind == "list" else ""
    yield ""
    for line in block.text.split("\n"):
        yield Padding(Text.assemble(mark, shown(line, style)), (0, 0, 0, indent))


def _link_list(block: LinkList) -> Iterator[RenderableType]:
    count = f"  {block.kind} · {len(block.links)} links"
    yield Text.assemble(shown(block.heading, "bold cyan"), (count, "dim"))
    for link in block.links:
        cut = "  (cut)" if link.is_cut else ""
        rank = f"{link.position:>4}  "
        yield Text.assemble((rank, "dim"), shown(link.text), (cut, "dim"))

"""An article as Markdown: headline, standfirst, body with its sub-heads, lists and quotes."""

from __future__ import annotations

import re

from newscrawl.article import Article, Block

# What Markdown would take for its own marks in other people's text.
_MARKS = re.compile(r"[\\`*_\[\]<>]")
_LINE_START = re.compile(r"(?:[#>+-]|[0-9]{1,9}[.)])(?=\s|$)", re.ASCII)


def markdown_from(article: Article) -> str:
    """Return *article* as Markdown, with the page's own marks escaped."""
    parts = [f"# {_escaped(article.headline)}"] if article.headline else []
    if article.description:
        parts.append(f"*{_escaped(article.description)}*")
    if article.dateline:
        parts.append(f"**{_escaped(article.dateline.raw)}**")
    blocks = article.blocks or tuple(
        Block(kind="paragraph", text=line) for line in article.article_body.split("\n") if line
    )
    parts += [_block(block) for block in blocks]
    if article.source_credit:
        parts.append(_escaped(article.source_credit.raw))
    return "\n\n".join(parts)


def _block(block: Block) -> str:
    lines = [_escaped(line) for line in block.text.split("\n")]
    mark = {"heading": "## ", "quote": "> ", "list": "- "}.get(block.kind, "")
    if block.kind == "table":
        return "\n".join(f"    {line}" for line in block.text.split("\n"))
    return "\n".join(f"{mark}{line}" for line in lines)


def _escaped(text: str) -> str:
    """Return *text* so that Markdown prints it as it is."""
    text = _MARKS.sub(r"\\\g<0>", text)
    start = _LINE_START.match(text)
    if start is None:
        return text
    end = start.end() - 1
    return f"{text[:end]}\\{text[end:]}"

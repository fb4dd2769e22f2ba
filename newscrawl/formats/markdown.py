"""An article as Markdown: headline, standfirst, and the body with its structure and links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newscrawl.article import Article, Block, Mark

# What Markdown would take for its own marks in other people's text.
_MARKS = re.compile(r"[\\`*_\[\]<>]")
_BACKTICKS = re.compile("`+")
_PIPE = r"\|"
_CODED = str.maketrans({"<": "%3C", ">": "%3E", " ": "%20", "\n": "%0A"})
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
    if block.kind == "embed":
        return f"<{_address(block.url)}>"
    if block.kind == "code":
        fence = "`" * max(3, 1 + _longest(block.text))
        return f"{fence}\n{block.text}\n{fence}"
    if block.kind == "table" and block.rows:
        return _table(block.rows)
    mark = {"heading": "## ", "quote": "> ", "list": "- "}.get(block.kind, "")
    if block.kind == "table":
        return "\n".join(f"    {line}" for line in block.text.split("\n"))
    return "\n".join(f"{mark}{line}" for line in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    """Yield each line of a block with its marks; a mark over several lines is left out."""
    start = at = 0
    for line in block.text.split("\n"):
        end = start + len(line)
        first = at
        while at < len(block.marks) and block.marks[at].start < end:
            at += 1
        inside = [mark for mark in block.marks[first:at] if mark.end <= end]
        yield _escaped_start(_marked(line, [mark.moved(-start) for mark in inside]))
        start = end + 1


def _marked(line: str, marks: Sequence[Mark]) -> str:
    """Return *line* with *marks* written around their words; one that crosses is left out."""
    written, at = "", 0
    for place, mark in enumerate(marks):
        if mark.start < at:
            continue
        inner = [one.moved(-mark.start) for one in marks[place + 1 :] if one.end <= mark.end]
        words = line[mark.start : mark.end]
        written += _inline_escaped(line[at : mark.start]) + _set_off(mark, words, inner)
        at = mark.end
    return written + _inline_escaped(line[at:])


def _set_off(mark: Mark, words: str, inner: Sequence[Mark]) -> str:
    """Return *words* as link, strong, emphasised or code, with the marks inside them."""
    if mark.kind == "code":
        fence = "`" * (1 + _longest(words))
        gap = " " if words.startswith("`") or words.endswith("`") else ""
        return f"{fence}{gap}{words}{gap}{fence}"
    text = _marked(words, [one for one in inner if one.kind != mark.kind])
    if mark.kind == "link":
        return f"[{text}](<{_address(mark.url)}>)"
    sign = "**" if mark.kind == "strong" else "*"
    return f"{sign}{text}{sign}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return *rows* as a table, the first one as its head."""
    width = max(map(len, rows))
    written = [
        f"| {' | '.join(_inline_escaped(cell).replace('|', _PIPE) for cell in row)} |"
        for row in ([*row, *[""] * (width - len(row))] for row in rows)
    ]
    return "\n".join([written[0], f"|{' --- |' * width}", *written[1:]])


def _address(url: str | None) -> str:
    """Return an address that ends no bracket of Markdown."""
    return (url or "").translate(_CODED)


def _longest(text: str) -> int:
    """Return the length of the longest row of backticks in *text*."""
    return max(map(len, _BACKTICKS.findall(text)), default=0)


def _escaped(text: str) -> str:
    """Return *text* so that Markdown prints it as it is."""
    return _escaped_start(_inline_escaped(text))


def _inline_escaped(text: str) -> str:
    return _MARKS.sub(r"\\\g<0>", text)


def _escaped_start(text: str) -> str:
    """Return a line so that it begins no list and no heading."""
    start = _LINE_START.match(text)
    if start is None:
        return text
    end = start.end() - 1
    return f"{text[:end]}\\{text[end:]}"

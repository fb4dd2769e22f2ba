"""`newscrawl versions` and `diff`: versions of an article, and their differences by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import click
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newscrawl.archive import Difference, FieldChange, Version
from newscrawl.archive.changes.difference import Kind, Piece
from newscrawl.cli.articles.gone import absence_text
from newscrawl.cli.console import (
    FIRST_STRONG_ISOLATE,
    POP_ISOLATE,
    archive_option,
    harmless,
    is_terminal,
    json_option,
    minute,
    open_archive,
    print_json,
    print_view,
    shown,
    titled_table,
)
from newscrawl.errors import ArchiveError, UsageError
from newscrawl.text.folding import search_key

HEADLINES = ("headline", "alternative_headline")


@click.command()
@click.argument("article", metavar="URL|ID")
@archive_option
@json_option
def versions(article: str, archive_path: Path | None, *, is_json: bool) -> None:
    """List the versions of an article: times, cause, and changed fields.

    The cause is publisher (an edit), extractor (how pages are read has changed), or
    undecided (both at once).
    """
    with open_archive(archive_path) as archive:
        found = archive.versions(article)
        absences = archive.absences(url_or_id=article)
    if not found:
        raise ArchiveError(f"{article} was withdrawn: no version is left")
    if is_json:
        print_json([attrs.asdict(version) for version in found])
    else:
        print_view(Group(versions_view(found), *map(absence_text, absences[::-1])))


@click.command()
@click.argument("article", metavar="URL|ID")
@click.argument("numbers", nargs=-1, type=int, metavar="[A [B]]")
@archive_option
@click.option("--headline-only", is_flag=True, help="Only the headlines.")
@click.option(
    "--min-change",
    type=click.FloatRange(0, 100),
    default=0,
    metavar="PERCENT",
    help="Only fields of which this much or more has changed, counted in letters.",
)
@json_option
def diff(
    article: str,
    numbers: tuple[int, ...],
    archive_path: Path | None,
    min_change: float,
    *,
    headline_only: bool,
    is_json: bool,
) -> None:
    """Show the differences of two versions, word by word.

    Without A and B these are the last two; with A alone, A and the last. Removed text
    is printed as [-…-], added text as {+…+}.
    """
    if len(numbers) > 2:
        raise UsageError("a diff is between two versions: URL A B")
    with open_archive(archive_path) as archive:
        found = archive.diff(article, *numbers)
    wanted = _without_small(found, min_change, headline_only=headline_only)
    if is_json:
        print_json(_as_dict(wanted))
    else:
        print_view(difference_view(wanted))


def _without_small(found: Difference, min_change: float, *, headline_only: bool) -> Difference:
    changes = tuple(
        change
        for change in found.changes
        if change.share * 100 >= min_change and (change.field in HEADLINES or not headline_only)
    )
    return attrs.evolve(found, changes=changes)


def _as_dict(found: Difference) -> dict[str, object]:
    return {
        "old": attrs.asdict(found.old),
        "new": attrs.asdict(found.new),
        "changes": [
            attrs.asdict(change) | {"share": round(change.share, 4)} for change in found.changes
        ],
    }


def versions_view(versions: Sequence[Version]) -> RenderableType:
    """Return *versions*, the oldest first, and below them each headline there was."""
    return Group(_table(versions), "", *_headlines(versions))


def _table(versions: Sequence[Version]) -> Table:
    table = titled_table("version", "first seen (UTC)", "last seen (UTC)", "cause", "changed")
    for version in versions:
        seen = minute(version.first_seen), minute(version.last_seen)
        cause = "" if version.cause == "first" else version.cause
        table.add_row(str(version.number), *seen, cause, ", ".join(version.changed))
    return table


def _headlines(versions: Sequence[Version]) -> Iterator[Text]:
    for version in versions:
        if version.number == 1 or "headline" in version.changed:
            headline = shown(version.headline or "(no headline)", "bold")
            yield Text.assemble((f"{version.number:>7}  ", "dim"), headline)


NOTHING = "Nothing differs in these fields."
_MARKS: dict[Kind, tuple[str, str]] = {
    "same": ("", ""),
    "removed": ("[-", "-]"),
    "added": ("{+", "+}"),
}
_STYLES: dict[Kind, str] = {
    "same": "",
    "removed": "bold red strike",
    "added": "bold green underline",
}
LINE_END = "¶"


def difference_view(difference: Difference) -> RenderableType:
    """Return the changed paragraphs of each field, and the number of unchanged ones."""
    parts: list[RenderableType] = [Text(title_of(difference), "bold")]
    for change in difference.changes:
        parts += ["", Text(name_of(change), "cyan")]
        parts += [Padding(line, (0, 0, 0, 2)) for line in changed_lines(change.pieces)]
    if not difference.changes:
        parts += ["", NOTHING]
    return Group(*parts)


def title_of(difference: Difference) -> str:
    """Return the versions compared, the time within which the text changed, and its cause."""
    old, new = difference.old, difference.new
    cause = f", cause: {new.cause}" if new.number == old.number + 1 else ""
    times = f"{minute(difference.not_before)} → {minute(new.first_seen)} UTC"
    return f"version {old.number} → {new.number}  {times}{cause}"


def name_of(change: FieldChange) -> str:
    """Return the field, how much of it changed, and whether only its spelling did."""
    old, new = (
        "".join(piece.text for piece in change.pieces if piece.kind != other)
        for other in ("added", "removed")
    )
    only = ", spelling only" if search_key(old) == search_key(new) else ""
    return f"{change.field}  {change.share:.0%} changed{only}"


def paragraphs_of(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
    """Yield the pieces of each paragraph; a line end that was removed or added is a ¶."""
    paragraph: list[Piece] = []
    for piece in pieces:
        first, *others = piece.text.split("\n")
        mark = "" if piece.kind == "same" else LINE_END
        for text in others:
            paragraph.append(Piece(piece.kind, first + mark))
            yield tuple(one for one in paragraph if one.text)
            paragraph, first = [], text
        paragraph.append(Piece(piece.kind, first))
    yield tuple(one for one in paragraph if one.text)


def is_changed(paragraph: Sequence[Piece]) -> bool:
    """Return whether anything in *paragraph* was removed or added."""
    return any(piece.kind != "same" for piece in paragraph)


def changed_lines(pieces: Sequence[Piece]) -> Iterator[Text]:
    """Yield the changed paragraphs, with a number for those between that did not change."""
    same = 0
    for paragraph in (*paragraphs_of(pieces), None):
        if paragraph is not None and not is_changed(paragraph):
            same += 1
            continue
        if same:
            yield Text(f"… {same} paragraph{'s' * (same > 1)} unchanged", "dim")
        if paragraph is not None:
            yield _line(paragraph)
        same = 0


def _line(paragraph: Sequence[Piece]) -> Text:
    is_isolated = is_terminal()
    line = Text(FIRST_STRONG_ISOLATE if is_isolated else "")
    for piece in paragraph:
        text = harmless(piece.text)
        words = text.strip() or text
        before, after = text.split(words, 1)
        opening, closing = _MARKS[piece.kind]
        line.append(before).append(f"{opening}{words}{closing}", _STYLES[piece.kind])
        line.append(after)
    return line.append(POP_ISOLATE if is_isolated else "")

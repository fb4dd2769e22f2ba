"""The outlets of an agency text, for a console."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newscrawl.archive import ClusterSummary, Copy, CopyCluster, FieldChange
from newscrawl.cli.difference_view import changed_lines, name_of
from newscrawl.cli.tables import counted, minute, titled_table
from newscrawl.cli.terminal import readable_url, shown

_SOURCES = {"published": "printed", "version": "new text", "first_seen": "seen by"}
NOTHING = "No text in the archive was found on several sites."


def cluster_view(found: CopyCluster) -> RenderableType:
    """Return the outlets in the order in which they had the text, and their headlines."""
    return Group(_title(found), "", _table(found.copies), "", *_headlines(found.copies))


def changes_view(
    found: CopyCluster, changes: Sequence[tuple[FieldChange, ...]]
) -> RenderableType:
    """Return what each outlet made of the text of the first one, word by word."""
    first, *others = found.copies
    parts: list[RenderableType] = [_title(found), _outlet(1, first)]
    for number, (copy, changed) in enumerate(zip(others, changes, strict=True), 2):
        parts += ["", _outlet(number, copy)]
        for change in changed:
            parts.append(Padding(Text(name_of(change), "cyan"), (0, 0, 0, 2)))
            parts += [Padding(line, (0, 0, 0, 4)) for line in changed_lines(change.pieces)]
        if not changed:
            parts.append(Padding("the same in every word", (0, 0, 0, 2)))
    return Group(*parts)


def clusters_view(found: Sequence[ClusterSummary]) -> RenderableType:
    """Return the texts that most sites had, one below the other."""
    if not found:
        return Text(NOTHING)
    parts: list[RenderableType] = []
    for one in found:
        about = f"{counted(one.sites, 'sites')}, {counted(one.articles, 'articles')}"
        agencies = f", {'; '.join(one.agencies)}" if one.agencies else ""
        parts.append(shown(one.first_headline or one.first_url, "bold"))
        parts.append(Padding(Text.assemble(about, shown(agencies)), (0, 0, 0, 4)))
        first = f"{'first' if one.is_first_certain else 'first, as far as is known'}: "
        who = f"{minute(one.first_had_by)}  {one.first_site}  "
        url = shown(readable_url(one.first_url), "dim")
        parts.append(Padding(Text.assemble(first, who, url), (0, 0, 1, 4)))
    return Group(*parts)


def _title(found: CopyCluster) -> Text:
    certain = "" if found.is_first_certain else "; who had it first is not certain"
    articles = counted(len(found.copies), "articles")
    return Text(f"{articles} of {counted(found.sites, 'sites')}{certain}", "bold")


def _table(copies: Sequence[Copy]) -> Table:
    table = titled_table("", "outlet", "had it by (UTC)", "known", "credit", "same", "of first")
    for number, copy in enumerate(copies, 1):
        table.add_row(
            str(number),
            shown(copy.site),
            minute(copy.had_by),
            _SOURCES[copy.had_by_source],
            shown("; ".join(copy.agencies)),
            f"{copy.share:.0%}",
            f"{copy.kept:.0%}",
        )
    return table


def _headlines(copies: Sequence[Copy]) -> Iterator[RenderableType]:
    for number, copy in enumerate(copies, 1):
        if number == 1 or copy.is_headline_changed:
            headline = shown(copy.headline or "(no headline)", "bold")
        else:
            headline = Text("the same headline", "dim")
        yield Text.assemble((f"{number:>3}  ", "dim"), headline)
        yield Padding(shown(readable_url(copy.url), "dim"), (0, 0, 0, 5))


def _outlet(number: int, copy: Copy) -> Text:
    when = f"  {minute(copy.had_by)}  "
    return Text.assemble(
        (f"{number}. ", "dim"),
        (copy.site, "bold"),
        when,
        shown(readable_url(copy.url), "dim"),
    )

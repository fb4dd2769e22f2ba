"""`newscrawl search`: find articles in the archive."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import attrs
import click
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from newscrawl.archive import Archive
from newscrawl.archive.search.hits import CountBy, Hit, Sort
from newscrawl.archive.search.semantic.ranking import By
from newscrawl.cli.console import (
    FIRST_STRONG_ISOLATE,
    POP_ISOLATE,
    archive_option,
    harmless,
    is_terminal,
    json_option,
    model_named,
    model_option,
    one_line,
    open_archive,
    print_json,
    print_view,
    refuse_mistyped,
    shown,
    titled_table,
)
from newscrawl.cli.query_words import QueryCommand, query_word
from newscrawl.errors import UsageError
from newscrawl.text.counted import counted
from newscrawl.text.urls import readable_url


@click.command(cls=QueryCommand, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, required=True, type=query_word)
@archive_option
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option("--sort", type=click.Choice(get_args(Sort)), default="rank", show_default=True)
@click.option("--one-per-text", is_flag=True, help="One outlet of each agency text.")
@click.option(
    "--semantic", "by", flag_value="meaning", help="Order by meaning (`newscrawl embed`)."
)
@click.option("--hybrid", "by", flag_value="both", help="Order by words and meaning together.")
@model_option
@click.option(
    "--count-by",
    type=click.Choice(get_args(CountBy)),
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
    **chosen: Any,
) -> None:
    """Find the articles that have all WORDS, in any spelling.

    Also "a phrase", AND, OR, NOT, ( ), -without, NEAR(a b, 10), begin*, =exact,
    headline:, site:, agency:, section:, author:, place:, lang:, after:, before:,
    and of the study beside the archive collection:, tag:, note:.
    A name finds its other names as well; names:off turns that off.
    --semantic and --hybrid need vectors (`newscrawl embed`) and the same --model.
    """
    refuse_mistyped(words)
    query = " ".join(words)
    by = chosen["by"]
    if by:
        _refuse_beside_meaning(sort, count_by, one_per_text=chosen["one_per_text"])
    if count_by and chosen["one_per_text"]:
        raise UsageError("--count-by counts all articles: leave out --one-per-text")
    with open_archive(archive_path) as archive:
        if by:
            found = _by_meaning(archive, query, by, limit, chosen["model"])
        elif count_by:
            counts = archive.count_hits(query, count_by)
            _print_problems(archive.query_problems(query, is_found=bool(counts)))
        else:
            found = _by_words(
                archive, query, limit=limit, sort=sort, one_per_text=chosen["one_per_text"]
            )
    if count_by:
        _print_counts(counts, count_by, is_json=is_json)
    elif is_json:
        print_json(found.as_dict(query))
    else:
        shown_total = found.total if found.counted_hits is None else found.counted_hits
        print_view(hits_view(found.hits, shown_total, found.also, found.kind))


@attrs.frozen(kw_only=True)
class _Found:
    hits: Sequence[Hit]
    total: int
    """Articles that are found, or that have a vector."""
    also: Sequence[str] = ()
    """Names that were found beside those of the query."""
    kind: str = "found"
    counted_hits: int | None = None
    """The number that stands before *kind*, if that is not the total."""
    problems: Sequence[str] = ()
    """The mistakes of the query."""

    def as_dict(self, query: str) -> dict[str, Any]:
        """Return it as JSON types."""
        return {
            "query": query,
            "total": self.total,
            "problems": list(self.problems),
            "also_found": list(self.also),
            "results": [hit.as_dict() for hit in self.hits],
        }


def _by_words(
    archive: Archive, query: str, *, limit: int, sort: Sort, one_per_text: bool
) -> _Found:
    hits = archive.search(query, limit=limit, sort=sort, one_per_text=one_per_text)
    problems = archive.query_problems(query, is_found=bool(hits))
    _print_problems(problems)
    total, kind, counted_hits = archive.number_of_hits(query), "found", None
    if one_per_text:
        kind = f"shown, one of each agency text, of {counted(total, 'articles')} found"
        counted_hits = len(hits)
    also = archive.also_found(query)
    return _Found(
        hits=hits,
        total=total,
        also=also,
        kind=kind,
        counted_hits=counted_hits,
        problems=problems,
    )


def _by_meaning(archive: Archive, query: str, by: By, limit: int, model: str | None) -> _Found:
    hits = archive.search_by_meaning(query, model_named(model), by=by, limit=limit)
    problems = archive.query_problems(query)
    vectors = archive.vectors()
    if vectors is not None and vectors.missing:
        missing = counted(vectors.missing, "articles")
        problems = (*problems, f"{missing} without a vector: newscrawl embed adds them")
    _print_problems(problems)
    total = vectors.count if vectors else 0
    return _Found(hits=hits, total=total, kind="compared", problems=problems)


def _refuse_beside_meaning(sort: Sort, count_by: CountBy | None, *, one_per_text: bool) -> None:
    """Raise UsageError if an option is given that a search by meaning does not have."""
    others = {"--sort": sort != "rank", "--count-by": count_by, "--one-per-text": one_per_text}
    for name, is_given in others.items():
        if is_given:
            raise UsageError(f"{name} is for a search by words alone, without --semantic")


def _print_problems(problems: Sequence[str]) -> None:
    """Print the mistakes of a query on standard error."""
    for problem in problems:
        click.echo(f"newscrawl: {one_line(problem)}", err=True)


def _print_counts(counts: dict[str, int], by: str, *, is_json: bool) -> None:
    if is_json:
        print_json(counts)
        return
    table = titled_table(by, "articles")
    for name, count in counts.items():
        table.add_row(one_line(name) or "not known", str(count))
    print_view(table)


FOUND = "bold black on yellow"


def hits_view(
    hits: Sequence[Hit], total: int, also: Sequence[str] = (), kind: str = "found"
) -> RenderableType:
    """Return *hits* numbered, of *total*, the words that were found marked in their text.

    *also* are names that were found beside those of the query.
    """
    parts: list[RenderableType] = []
    for number, hit in enumerate(hits, start=1):
        title = marked(hit.headline or hit.url, hit.headline_spans, "bold")
        parts.append(Text.assemble((f"{number:>2}. ", "dim"), title))
        parts.append(Padding(marked(hit.snippet, hit.snippet_spans), (0, 0, 0, 4)))
        when = str(hit.date_published or "no date")[:10]
        where = Text.assemble(
            (f"{when}  ", "dim"),
            shown(hit.site),
            (f"  id {hit.article_id}  ", "dim"),
            shown(readable_url(hit.url), "dim"),
        )
        parts.append(Padding(where, (0, 0, 1, 4)))
    if not parts:
        return Text("Nothing was found.")
    of_all = f", the first {len(hits)} are shown" if len(hits) < total else ""
    if also:
        names = Text(", ").join(map(shown, also))
        parts.append(Text.assemble("Also found: ", names, "  (names:-NAME leaves one out)"))
    return Group(*parts, Text(f"{counted(total, 'articles')} {kind}{of_all}"))


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

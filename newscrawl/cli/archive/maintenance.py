"""`newscrawl check`, `reindex`, `backup`, `vacuum`, `merge`, `withdraw`: care of an archive."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import attrs
import click
from rich import filesize

from newscrawl.archive import Archive
from newscrawl.archive.maintenance.upgrade import read_upgrade, rehearse
from newscrawl.archive.maintenance.withdraw import Teaser, Withdrawal
from newscrawl.archive.search.index import is_index_complete
from newscrawl.cli.console import (
    archive_file,
    archive_option,
    json_option,
    one_line,
    open_archive,
    open_archive_to_write,
    print_json,
)
from newscrawl.errors import ArchiveError, UsageError, WarcError
from newscrawl.evidence import evidence_problems
from newscrawl.outcomes import Evidence
from newscrawl.text.counted import counted
from newscrawl.text.urls import readable_url
from newscrawl.warc import erase_record, erase_unpointed, read_answer

_SHOWN_TEASERS = 20


@click.command()
@archive_option
@json_option
def check(archive_path: Path | None, *, is_json: bool) -> None:
    """Check for damage: structures, texts, search index, evidence. Status 1 if there is any.

    Each problem is a line on stdout.
    """
    with open_archive(archive_path) as archive:
        problems = (*archive.check(looks_at_evidence=False), *evidence_problems(archive))
        counts = {} if problems else archive.counts()
    if is_json:
        print_json({"problems": problems, **counts})
    else:
        for problem in problems:
            click.echo(one_line(problem))
    if problems:
        raise ArchiveError(_found_in(archive.path, len(problems)))
    if not is_json:
        click.echo(f"{archive.path} is sound: {_counts_text(counts)}")


@click.command()
@archive_option
def reindex(archive_path: Path | None) -> None:
    """Rebuild the search index, as after an upgrade with a newer list of words."""
    with open_archive_to_write(archive_path) as archive:
        count = archive.reindex()
    click.echo(f"{archive.path}: {counted(count, 'articles')} indexed")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@archive_option
def backup(file: Path, archive_path: Path | None) -> None:
    """Copy the archive to FILE while crawls go on writing it, and check the copy.

    FILE must not exist yet. If the archive is damaged, no copy is left.
    """
    with open_archive(archive_path) as archive:
        archive.backup(file)
    counts = _rehearsed(file)
    click.echo(f"{file}: {filesize.decimal(file.stat().st_size)}, {_counts_text(counts)}")
    if counts["captures"]:
        click.echo("The WARC files that it points to are not in it: copy them as well.")


def _rehearsed(file: Path) -> dict[str, int]:
    """Open the copy in *file* as a restored archive, and return its counts.

    Removes it and raises ArchiveError if it is damaged.
    """
    try:
        with Archive.open_read_only(file) as copy:
            problems = copy.check(looks_at_evidence=False)
            if not problems:
                return copy.counts()
    except ArchiveError as error:
        problems = (str(error),)
    file.unlink()
    raise ArchiveError(
        f"no backup was made, since the archive is damaged: {problems[0]}. Keep the last good "
        "one; newscrawl check lists all damage"
    )


@click.command()
@click.option("--dry-run", "is_rehearsal", is_flag=True, help="Upgrade a copy, and remove it.")
@archive_option
def upgrade(archive_path: Path | None, *, is_rehearsal: bool) -> None:
    """Upgrade the archive to the schema of this newscrawl, or try that on a copy.

    A copy of the archive as it was stays beside it.
    """
    path = archive_file(archive_path)
    needed = read_upgrade(path)
    if not needed.is_needed:
        with Archive.open_read_only(path) as archive:
            is_complete = is_index_complete(archive.db)
        if not is_complete and not is_rehearsal:
            open_archive_to_write(archive_path).close()  # rebuilds its search index
        click.echo(f"{path} has schema {needed.schema}: there is nothing to upgrade")
        return
    steps = f"from schema {needed.schema} to {needed.wanted}"
    if not is_rehearsal:
        with open_archive_to_write(archive_path) as archive:
            archive.reindex()
            counts = archive.counts()
        click.echo(f"{path}: upgraded {steps}: {_counts_text(counts)}")
        return
    problems = rehearse(path)
    for problem in problems:
        click.echo(one_line(problem))
    if problems:
        raise ArchiveError(f"a copy of {path} upgraded {steps} is not sound")
    size = filesize.decimal(needed.size)
    click.echo(f"{path}: a copy was upgraded {steps}, and is sound.")
    click.echo(f"The upgrade leaves the archive as it was beside it: {size}.")


@click.command()
@archive_option
def vacuum(archive_path: Path | None) -> None:
    """Return unused space in the archive to the disk."""
    with open_archive_to_write(archive_path) as archive:
        given = archive.vacuum()
    size = filesize.decimal(archive.path.stat().st_size)
    click.echo(f"{archive.path}: {filesize.decimal(max(given, 0))} given back, now {size}")


@click.command()
@click.argument("other", type=click.Path(path_type=Path), metavar="OTHER.db")
@archive_option
def merge(other: Path, archive_path: Path | None) -> None:
    """Add everything of OTHER.db to this archive.

    OTHER.db is not changed, and doing it twice changes nothing. Articles that either
    archive has withdrawn stay withdrawn.
    """
    if other.exists() and archive_file(archive_path).resolve() == other.resolve():
        raise UsageError(f"{other} is the archive itself; name another one")
    with open_archive_to_write(archive_path) as archive:
        before = archive.counts()
        archive.merge(other)
        after = archive.counts()
    came = {name: after[name] - before[name] for name in after}
    click.echo(f"{archive.path}: {_counts_text(after)}")
    click.echo(f"from {other} came {_counts_text(came)}")


def _counts_text(counts: dict[str, int]) -> str:
    return ", ".join(counted(count, name) for name, count in counts.items())


def _found_in(path: Path, count: int) -> str:
    return f"{counted(count, 'things', 'are')} wrong with {path}"


@attrs.frozen
class Erasure:
    """The overwritten records of evidence, and the failures."""

    erased: frozenset[Evidence]
    failures: tuple[str, ...] = ()
    teasers: tuple[Teaser, ...] = ()
    """Records of other pages that are left, with links to the article."""


@click.command()
@click.argument("article", metavar="URL|ID")
@click.option("--reason", required=True, help="Why; it is stored with the address.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@archive_option
def withdraw(article: str, reason: str, archive_path: Path | None, *, is_sure: bool) -> None:
    """Remove an article, its versions and its evidence permanently.

    Its address, the time and the reason stay, so that no crawl, import or merge brings it
    back. Copies made before (backups, exports) still hold it.
    """
    if not reason.strip():
        raise UsageError("a withdrawal needs a reason")
    with open_archive_to_write(archive_path) as archive:
        what = _described(archive, article)
        _confirm(what, is_sure=is_sure)
        done = _withdraw(archive, article, reason)
    records = counted(len(done.erased), "records")
    click.echo(f"Withdrawn: {what}. Evidence erased: {records}.")
    for line in _teaser_lines(done.teasers):
        click.echo(one_line(line))
    if done.failures:
        raise ArchiveError(f"evidence is left that was not erased: {'; '.join(done.failures)}")


def _described(archive: Archive, article: str) -> str:
    versions = archive.versions(article)
    if not versions:
        raise ArchiveError(f"{article} was withdrawn before: no text of it is left")
    headline = one_line(versions[-1].headline or "(no headline)")
    url = readable_url(archive.get(article).url)
    return f"{headline} <{one_line(url)}>, {counted(len(versions), 'versions')}"


def _confirm(question: str, *, is_sure: bool) -> None:
    """Confirm on a terminal. Raises UsageError if there is no terminal."""
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm the withdrawal: add --yes")
    click.confirm(f"{question}\nRemove it permanently?", abort=True)


def _teaser_lines(teasers: tuple[Teaser, ...]) -> Iterator[str]:
    """Yield the records of other pages that still show the article; they stay."""
    if not teasers:
        return
    yield f"{counted(len(teasers), 'records')} of other pages may still show its headline:"
    for one in teasers[:_SHOWN_TEASERS]:
        yield f"  {one.file}, byte {one.offset}: {readable_url(one.url)} of {one.fetched_at}"
    if len(teasers) > _SHOWN_TEASERS:
        yield f"  and {len(teasers) - _SHOWN_TEASERS} more"


def _withdraw(archive: Archive, article: str, reason: str) -> Erasure:
    """Erase first: once the text is withdrawn, nothing points at the evidence any more."""
    folder = archive.path.parent
    before = _erase(folder, archive.evidence.of_article(article))
    withdrawal = archive.withdraw(article, reason=reason)
    after = _erase(folder, set(withdrawal.evidence) - before.erased)
    ours = {record.file for record in before.erased | after.erased}
    left = _erase_between(folder, withdrawal, ours)
    failures = (*after.failures, *left)
    return Erasure(before.erased | after.erased, failures, withdrawal.teasers)


def _erase_between(folder: Path, withdrawal: Withdrawal, ours: set[str]) -> tuple[str, ...]:
    """Erase records of the article that killed crawls never acknowledged.

    Only in files that hold a record which the archive knows, or held one of *ours*: the archive
    may come from anyone.
    """
    failures = []
    for gap in withdrawal.gaps:
        try:
            if gap.file not in ours and not any(map(partial(_is_there, folder), gap.known)):
                continue
            erase_unpointed(folder, gap.file, gap.start, gap.end, withdrawal.urls)
        except WarcError as error:
            failures.append(str(error))
    return tuple(failures)


def _is_there(folder: Path, record: Evidence) -> bool:
    try:
        read_answer(folder / record.file, record)
    except WarcError:
        return False
    return True


def _erase(folder: Path, records: Iterable[Evidence]) -> Erasure:
    erased, failures = set(), []
    for record in sorted(records, key=lambda record: (record.file, record.offset)):
        try:
            erase_record(folder, record)
        except WarcError as error:
            failures.append(str(error))
        else:
            erased.add(record)
    return Erasure(frozenset(erased), tuple(failures))

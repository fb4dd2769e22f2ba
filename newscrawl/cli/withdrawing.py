"""`newscrawl withdraw`: take an article out of the archive and its evidence for good."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import attrs
import click

from newscrawl.archive import Archive
from newscrawl.archive.maintenance.withdraw import Withdrawal, evidence_of
from newscrawl.archive.read.articles import article_id_for
from newscrawl.cli.options import archive_option, open_archive_to_write
from newscrawl.cli.tables import counted
from newscrawl.cli.terminal import one_line, readable_url
from newscrawl.errors import ArchiveError, UsageError, WarcError
from newscrawl.outcomes import Evidence
from newscrawl.warc import erase_record, erase_unpointed


@attrs.frozen
class Erasure:
    """Which records of evidence were overwritten, and which could not be."""

    erased: frozenset[Evidence]
    failures: tuple[str, ...] = ()


@click.command()
@click.argument("article", metavar="URL|ID")
@click.option("--reason", required=True, help="Why; it is kept with the address.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@archive_option
def withdraw(article: str, reason: str, archive_path: Path | None, *, is_sure: bool) -> None:
    """Remove an article, its versions and its evidence for good.

    Its address, the time and the reason stay, so that no crawl, import or merge brings it
    back. Copies made before (backups, exports) still hold it.
    """
    if not reason.strip():
        raise UsageError("a withdrawal needs a reason")
    with open_archive_to_write(archive_path) as archive:
        what = _described(archive, article)
        _ask(what, is_sure=is_sure)
        done = _withdraw(archive, article, reason)
    records = counted(len(done.erased), "records")
    click.echo(f"Withdrawn: {what}. Evidence erased: {records}.")
    if done.failures:
        raise ArchiveError(f"evidence is left that was not erased: {'; '.join(done.failures)}")


def _described(archive: Archive, article: str) -> str:
    versions = archive.versions(article)
    if not versions:
        raise ArchiveError(f"{article} was withdrawn before: no text of it is left")
    found = archive.get(article)
    headline = one_line(versions[-1].headline or "(no headline)")
    url = readable_url(found.url) if found else article
    return f"{headline} <{one_line(url)}>, {counted(len(versions), 'versions')}"


def _ask(what: str, *, is_sure: bool) -> None:
    """Ask on a terminal whether to go on. Raise UsageError where there is nobody to ask."""
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm the withdrawal: add --yes")
    click.confirm(f"{what}\nRemove it for good?", abort=True)


def _withdraw(archive: Archive, article: str, reason: str) -> Erasure:
    """Erase first: once the text is withdrawn, nothing points at the evidence any more."""
    folder = archive.path.parent
    before = _erase(folder, _evidence_of(archive, article))
    withdrawal = archive.withdraw(article, reason=reason)
    after = _erase(folder, set(withdrawal.evidence) - before.erased)
    left = _erase_between(folder, withdrawal)
    return Erasure(before.erased | after.erased, (*after.failures, *left))


def _evidence_of(archive: Archive, article: str) -> tuple[Evidence, ...]:
    article_id = article_id_for(archive.db, article)
    return () if article_id is None else evidence_of(archive.db, article_id)


def _erase_between(folder: Path, withdrawal: Withdrawal) -> tuple[str, ...]:
    """Erase what killed crawls wrote of the article and never acknowledged."""
    failures = []
    for gap in withdrawal.gaps:
        try:
            erase_unpointed(folder, gap.file, gap.start, gap.end, withdrawal.urls)
        except WarcError as error:
            failures.append(str(error))
    return tuple(failures)


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

"""Every error newscrawl raises on purpose, drawn as a tree.

NewscrawlError
├── UsageError           a command, setting or spider argument is wrong
├── LayoutError          a layout or site declaration is wrong (raised at import)
├── ExtractionError      a page cannot be read at all (has .url, .reason and .detail)
├── FetchError           an address could not be fetched (has .url, .outcome and .detail)
├── WarcError            a WARC or WET file cannot be read or written
├── FrontierError        the frontier that several machines share does not answer
├── StudyError           the study file beside the archive refused
└── ArchiveError         the SQLite archive refused
    └── NotInArchive     the archive has no such article

Commands print the message of a NewscrawlError on one line and end with status 1 (2 for
UsageError). A missing *field* is never an error: it is None, with no provenance.
"""

from __future__ import annotations

from pathlib import Path


class NewscrawlError(Exception):
    """Something went wrong that its reader can act upon; the message says how."""


class UsageError(NewscrawlError):
    """A command, setting or spider argument is wrong. The crawl does not start (status 2)."""


class LayoutError(NewscrawlError):
    """A layout or site declaration is wrong. Raised while its module is imported."""


class ExtractionError(NewscrawlError):
    """A page cannot be parsed or is over a limit. The crawl records it and goes on.

    *reason* is a word for programs, or a sentence; *detail* is the sentence of such a word,
    with the number and the limit.
    """

    def __init__(self, url: str, reason: str, detail: str = "") -> None:
        super().__init__(f"{url}: {detail or reason}")
        self.url = url
        self.reason = reason
        self.detail = detail or reason


class FetchError(NewscrawlError):
    """An address could not be fetched. *outcome* is an `Outcome`, *detail* is for people."""

    def __init__(self, url: str, outcome: str, detail: str = "") -> None:
        super().__init__(f"{url}: {detail or outcome}")
        self.url = url
        self.outcome = outcome
        self.detail = detail or outcome


class WarcError(NewscrawlError):
    """A WARC or WET file cannot be read or written."""


class FrontierError(NewscrawlError):
    """The shared queue of a crawl cannot be reached. Each worker keeps its articles."""


class FrontierSpoiledError(FrontierError):
    """Another program has written keys of the shared queue. Waiting does not help."""


class StudyError(NewscrawlError):
    """The study file cannot be opened, read or written. Nothing half-done stays in it."""


class ArchiveError(NewscrawlError):
    """The archive cannot be opened, read or written. Nothing half-done stays in it."""


class NotInArchive(ArchiveError):
    """The archive has no article with this id or address, or it was withdrawn."""


def not_writable(path: Path, error: OSError) -> str:
    """Return the message for a file that this user may not write, or that the disk refuses."""
    reason = f"cannot write {error.filename or path}: {error.strerror or error}"
    if not isinstance(error, PermissionError):
        return reason
    return f"{reason}. Its owner is another user: chown it, or run as that user"

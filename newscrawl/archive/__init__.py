"""The archive: one SQLite file of articles, versions, and requests with their outcomes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newscrawl.archive import without_pandas  # noqa: F401

if TYPE_CHECKING:
    from newscrawl.archive.archive import Archive
    from newscrawl.archive.changes.difference import FieldChange
    from newscrawl.archive.copies.outlets import ClusterSummary, Copy, CopyCluster
    from newscrawl.archive.export.tables import Exported, Selection
    from newscrawl.archive.links.front_pages import FrontPage, Slot
    from newscrawl.archive.read.articles import Seen
    from newscrawl.archive.read.captures import Capture
    from newscrawl.archive.read.stats import Reason, Stats
    from newscrawl.archive.read.versions import Difference, Version
    from newscrawl.archive.search.hits import Hit
    from newscrawl.archive.write.article_versions import Saved
    from newscrawl.errors import NotInArchive

__all__ = [
    "Archive",
    "Capture",
    "ClusterSummary",
    "Copy",
    "CopyCluster",
    "Difference",
    "Exported",
    "FieldChange",
    "FrontPage",
    "Hit",
    "NotInArchive",
    "Reason",
    "Saved",
    "Seen",
    "Selection",
    "Slot",
    "Stats",
    "Version",
]

_HOMES = {
    "Archive": "archive.archive",
    "Capture": "archive.read.captures",
    "ClusterSummary": "archive.copies.outlets",
    "Copy": "archive.copies.outlets",
    "CopyCluster": "archive.copies.outlets",
    "Difference": "archive.read.versions",
    "Exported": "archive.export.tables",
    "FieldChange": "archive.changes.difference",
    "FrontPage": "archive.links.front_pages",
    "Hit": "archive.search.hits",
    "NotInArchive": "errors",
    "Reason": "archive.read.stats",
    "Saved": "archive.write.article_versions",
    "Seen": "archive.read.articles",
    "Selection": "archive.export.tables",
    "Slot": "archive.links.front_pages",
    "Stats": "archive.read.stats",
    "Version": "archive.read.versions",
}
"""Modules of the public names, in newscrawl."""


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that each command loads only its own modules."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"newscrawl.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, those not imported yet too."""
    return list(__all__)

"""The archive: one SQLite file of articles, versions, and requests with their outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.archive import without_pandas  # noqa: F401
from newscrawl.system.deferred import imported_on_use

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
    "Archive": "newscrawl.archive.archive",
    "Capture": "newscrawl.archive.read.captures",
    "ClusterSummary": "newscrawl.archive.copies.outlets",
    "Copy": "newscrawl.archive.copies.outlets",
    "CopyCluster": "newscrawl.archive.copies.outlets",
    "Difference": "newscrawl.archive.read.versions",
    "Exported": "newscrawl.archive.export.tables",
    "FieldChange": "newscrawl.archive.changes.difference",
    "FrontPage": "newscrawl.archive.links.front_pages",
    "Hit": "newscrawl.archive.search.hits",
    "NotInArchive": "newscrawl.errors",
    "Reason": "newscrawl.archive.read.stats",
    "Saved": "newscrawl.archive.write.article_versions",
    "Seen": "newscrawl.archive.read.articles",
    "Selection": "newscrawl.archive.export.tables",
    "Slot": "newscrawl.archive.links.front_pages",
    "Stats": "newscrawl.archive.read.stats",
    "Version": "newscrawl.archive.read.versions",
}
"""Modules of the public names."""


__getattr__ = imported_on_use(globals(), _HOMES)


def __dir__() -> list[str]:
    """List the public names, those not imported yet too."""
    return list(__all__)

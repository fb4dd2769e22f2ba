"""The archive: one SQLite file of articles, versions, and requests with their outcomes."""

from newscrawl.archive import without_pandas  # noqa: F401

# isort: split
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

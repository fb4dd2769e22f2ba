"""The archive: one SQLite file of what was on pages and what became of every request."""

from newscrawl.archive.archive import Archive
from newscrawl.archive.captures import Capture
from newscrawl.archive.copies import ClusterSummary, Copy, CopyCluster
from newscrawl.archive.difference import FieldChange
from newscrawl.archive.exporting import Exported, Selection
from newscrawl.archive.reading import Seen
from newscrawl.archive.saving import Saved
from newscrawl.archive.stats import Reason, Stats
from newscrawl.archive.versions import Difference, Version

__all__ = [
    "Archive",
    "Capture",
    "ClusterSummary",
    "Copy",
    "CopyCluster",
    "Difference",
    "Exported",
    "FieldChange",
    "Reason",
    "Saved",
    "Seen",
    "Selection",
    "Stats",
    "Version",
]

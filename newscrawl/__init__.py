"""newscrawl: read news pages into articles, and keep them in an archive.

>>> from newscrawl import Page, extract
>>> extract(Page(url="https://news.example/1", body=b"<h1>A headline</h1>")).headline
'A headline'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from newscrawl.article import (
    Agency,
    Article,
    Block,
    Dateline,
    Image,
    Link,
    LinkList,
    SourceCredit,
)
from newscrawl.errors import NewscrawlError
from newscrawl.extraction import extract
from newscrawl.page import Page

if TYPE_CHECKING:
    from newscrawl.archive import Archive

__version__ = "0.1.0"
__all__ = [
    "Agency",
    "Archive",
    "Article",
    "Block",
    "Dateline",
    "Image",
    "Link",
    "LinkList",
    "NewscrawlError",
    "Page",
    "SourceCredit",
    "extract",
]


def __getattr__(name: str) -> Any:
    """Import Archive on first use, so that extraction alone never loads sqlite3."""
    if name == "Archive":
        from newscrawl.archive import Archive  # noqa: PLC0415

        return Archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""newscrawl: read news pages into articles, and keep them in an archive.

>>> from newscrawl import Page, extract
>>> extract(Page(url="https://news.example/1", body=b"<h1>A headline</h1>")).headline
'A headline'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newscrawl.system.version import VERSION

if TYPE_CHECKING:
    from newscrawl.archive import Archive
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

__version__ = VERSION
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

_HOMES = {
    "Archive": "newscrawl.archive",
    "NewscrawlError": "newscrawl.errors",
    "Page": "newscrawl.page",
    "extract": "newscrawl.extraction",
}
"""Modules of the public names; those not listed are in newscrawl.article."""


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that each command loads only its own modules."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES.get(name, "newscrawl.article")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, those not imported yet too."""
    return [*__all__, "__version__"]

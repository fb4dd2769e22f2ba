"""newscrawl: read news pages into articles, and keep them in an archive.

>>> from newscrawl import Page, extract
>>> extract(Page(url="https://news.example/1", body=b"<h1>A headline</h1>")).headline
'A headline'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.system.deferred import imported_on_use
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


__getattr__ = imported_on_use(
    globals(), {name: _HOMES.get(name, "newscrawl.article") for name in __all__}
)


def __dir__() -> list[str]:
    """List the public names, those not imported yet too."""
    return [*__all__, "__version__"]

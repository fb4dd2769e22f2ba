"""Sources of earlier captures by their names: an index, and the store of what it lists.

Addresses of services are settings: NEWSCRAWL_WAYBACK, NEWSCRAWL_COMMON_CRAWL_INDEX and
NEWSCRAWL_COMMON_CRAWL_DATA. Any other address is that of a pywb collection.
"""

from __future__ import annotations

from pathlib import Path

import attrs

from newscrawl.errors import UsageError
from newscrawl.history.capture_indexes import (
    CommonCrawlIndex,
    FileIndex,
    Index,
    PywbIndex,
    WaybackIndex,
)
from newscrawl.history.cdx import IndexedCapture
from newscrawl.history.client import Client
from newscrawl.history.stores import FolderStore, RangeStore, ReplayStore, Store, Taken
from newscrawl.system.environment import variable

_CRAWL_FILES = "crawl-data/"
"""The beginning of the names of Common Crawl's files."""


@attrs.frozen(kw_only=True)
class Source:
    """An index with the store of its captures."""

    name: str
    """wayback, commoncrawl, the address of a pywb collection, or the path of a file."""
    index: Index
    store: Store


@attrs.frozen
class StoreOfFile:
    """The store of captures that a file lists: WARC files beside it, else the services."""

    beside: FolderStore
    crawls: Store
    wayback: Store

    def take(self, capture: IndexedCapture) -> Taken:
        """Return a capture from where it lies."""
        if self.beside.path_of(capture) is not None:
            return self.beside.take(capture)
        is_of_crawl = capture.file.startswith(_CRAWL_FILES)
        return (self.crawls if is_of_crawl else self.wayback).take(capture)


def source_named(name: str, client: Client) -> Source:
    """Return the source called *name*. Raises UsageError if there is none."""
    if name == "wayback":
        index: Index = WaybackIndex(wayback_address(), client)
        return Source(name=name, index=index, store=_wayback(client))
    if name == "commoncrawl":
        index = CommonCrawlIndex(_address("NEWSCRAWL_COMMON_CRAWL_INDEX"), client)
        return Source(name=name, index=index, store=_crawls(client))
    if name.startswith(("http://", "https://")):
        address = name.rstrip("/")
        store = ReplayStore(address, client)
        return Source(name=address, index=PywbIndex(address, client), store=store)
    path = Path(name)
    if not path.is_file():
        raise UsageError(
            f"--source {name}: it is wayback, commoncrawl, the address of a pywb collection,"
            " or a file of CDX or CDXJ"
        )
    beside = FolderStore(path.parent)
    stores = StoreOfFile(beside, _crawls(client), _wayback(client))
    return Source(name=str(path), index=FileIndex(path), store=stores)


_DEFAULTS = {
    "NEWSCRAWL_WAYBACK": "https://web.archive.org",
    "NEWSCRAWL_COMMON_CRAWL_INDEX": "https://index.commoncrawl.org",
    "NEWSCRAWL_COMMON_CRAWL_DATA": "https://data.commoncrawl.org",
}


def common_crawl_data() -> str:
    """Return the address of Common Crawl's files."""
    return _address("NEWSCRAWL_COMMON_CRAWL_DATA")


def _address(name: str) -> str:
    return variable(name, _DEFAULTS[name]).rstrip("/")


def wayback_address() -> str:
    """Return the address of the Wayback Machine."""
    return _address("NEWSCRAWL_WAYBACK")


def _wayback(client: Client) -> Store:
    return ReplayStore(f"{wayback_address()}/web", client)


def _crawls(client: Client) -> Store:
    return RangeStore(common_crawl_data(), client)

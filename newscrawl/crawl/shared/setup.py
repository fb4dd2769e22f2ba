"""Set-up of a shared crawl, by NEWSCRAWL_FRONTIER."""

from __future__ import annotations

import importlib.util
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings

from newscrawl.errors import FrontierError, UsageError
from newscrawl.system.programs import install_command
from newscrawl.text.urls import without_passwords

_SCHEMES = ("redis", "rediss", "unix")


def use_shared_frontier(settings: BaseSettings) -> None:
    """Make the crawl of *settings* take its requests from NEWSCRAWL_FRONTIER.

    Raises UsageError if that is no address of a Redis, or the extra is missing, and
    FrontierError if nobody answers there.
    """
    place = str(settings["NEWSCRAWL_FRONTIER"])
    if urlsplit(place).scheme not in _SCHEMES:
        raise UsageError(
            f"NEWSCRAWL_FRONTIER: {without_passwords(place)!r} is not like "
            "redis://host:6379/0; leave it empty to keep what waits in the archive"
        )
    if importlib.util.find_spec("scrapy_redis") is None:
        raise UsageError(f"a shared frontier needs more: {install_command('redis')}")
    if "playwright" in str(settings.getdict("DOWNLOAD_HANDLERS")):
        raise UsageError(
            "NEWSCRAWL_FRONTIER: pages drawn by a browser keep no common pace; "
            "crawl such a site with one machine"
        )
    _check_answer(settings)
    handlers = settings.getdict("DOWNLOAD_HANDLERS")
    turns = dict.fromkeys(("http", "https"), "newscrawl.crawl.shared.turns.TurnHandler")
    settings.set("DOWNLOAD_HANDLERS", {**handlers, **turns}, "spider")
    settings.set(
        "SCHEDULER", "newscrawl.crawl.shared.shared_scheduler.SharedScheduler", "spider"
    )


def _check_answer(settings: BaseSettings) -> None:
    from redis import RedisError  # noqa: PLC0415 (an extra)

    from newscrawl.crawl.shared.queue import connect  # noqa: PLC0415 (the same)

    try:
        connect(settings).ping()
    except RedisError as error:
        raise FrontierError(
            f"NEWSCRAWL_FRONTIER: nobody answers: {without_passwords(str(error))}"
        ) from error

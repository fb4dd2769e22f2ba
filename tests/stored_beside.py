"""Crawls that store in a process on any machine, and Scrapy add-ons that disturb them."""

from __future__ import annotations

import json
from typing import Any

import attrs
from scrapy.settings import BaseSettings

from newscrawl.article import Article
from newscrawl.crawl.run.storage import Answer
from newscrawl.crawl.run.storage_process import StorageProcess

BATCHES = 4
"""Transactions before `Dying` has the process killed."""


BESIDE = ("-s", "NEWSCRAWL_EXTRACTION_PROCESSES=1")
"""Arguments of `scrapy` with which processes extract and store, also on a single core."""
ALONE = ("-s", "NEWSCRAWL_EXTRACTION_PROCESSES=0")
"""Arguments with which the event loop does both."""


class Dying:
    """Add-on: the process is killed after some transactions."""

    def update_settings(self, settings: BaseSettings) -> None:
        answers_to = StorageProcess._answers_to
        given = 0

        def until_killed(self: StorageProcess, commands: list[bytes]) -> list[Answer]:
            nonlocal given
            given += 1
            if given > BATCHES and self._worker is not None:
                self._worker.process.kill()
            return answers_to(self, commands)

        StorageProcess._answers_to = until_killed  # type: ignore[method-assign]


class Odd:
    """Add-on: a pipeline gives one article a value that no process can be handed."""

    def update_settings(self, settings: BaseSettings) -> None:
        settings["ITEM_PIPELINES"][f"{__name__}.OddValue"] = 1


class OddValue:
    """Pipeline that gives the article about day 7 a function as a keyword."""

    def process_item(self, item: Any) -> Any:
        is_odd = isinstance(item, Article) and item.url.endswith("-7")
        return attrs.evolve(item, keywords=(lambda: "",)) if is_odd else item


def options(addon: type[object]) -> tuple[str, ...]:
    """Return the arguments of `scrapy` that switch *addon* on."""
    name = f"{addon.__module__}.{addon.__name__}"
    return (*BESIDE, "-s", "ADDONS=" + json.dumps({name: 1}))

"""Scrapy add-ons for crawls that store in their process from the first page on.

A crawl of this size would store everything in the event loop.
"""

from __future__ import annotations

import json
from typing import Any

import attrs
from scrapy.settings import BaseSettings

from newscrawl.article import Article
from newscrawl.crawl.run.recorder import Recorder
from newscrawl.crawl.run.storage import Answer
from newscrawl.crawl.run.storage_process import StorageProcess

BATCHES = 4
"""Transactions before `Dying` has the process killed."""


class Beside:
    """Add-on: the process stores all of it."""

    def update_settings(self, settings: BaseSettings) -> None:
        Recorder.START_AFTER = 0


class Dying(Beside):
    """Add-on: the process is killed after some transactions."""

    def update_settings(self, settings: BaseSettings) -> None:
        super().update_settings(settings)
        answers_to = StorageProcess._answers_to
        given = 0

        def until_killed(self: StorageProcess, commands: list[bytes]) -> list[Answer]:
            nonlocal given
            given += 1
            if given > BATCHES and self._worker is not None:
                self._worker.process.kill()
            return answers_to(self, commands)

        StorageProcess._answers_to = until_killed  # type: ignore[method-assign]


class Odd(Beside):
    """Add-on: a pipeline gives one article a value that no process can be handed."""

    def update_settings(self, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings["ITEM_PIPELINES"][f"{__name__}.OddValue"] = 1


class OddValue:
    """Pipeline that gives the article about day 7 a function as a keyword."""

    def process_item(self, item: Any) -> Any:
        is_odd = isinstance(item, Article) and item.url.endswith("-7")
        return attrs.evolve(item, keywords=(lambda: "",)) if is_odd else item


def options(addon: type[Beside]) -> tuple[str, ...]:
    """Return the arguments of `scrapy` that switch *addon* on."""
    name = f"{addon.__module__}.{addon.__name__}"
    # On a machine with one core nothing would run beside.
    settings = ("ADDONS=" + json.dumps({name: 1}), "NEWSCRAWL_EXTRACTION_PROCESSES=1")
    return tuple(part for setting in settings for part in ("-s", setting))

"""The chain of item pipelines: every article that enters it gets an outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from scrapy.exceptions import DropItem
from scrapy.pipelines import ItemPipelineManager
from scrapy.utils.defer import ensure_awaitable
from scrapy.utils.python import global_object_name

from newscrawl.article import Article
from newscrawl.crawl.run.recorder import Recorder
from newscrawl.outcomes import Outcome

logger = logging.getLogger(__name__)


class ArticlePipelines(ItemPipelineManager):
    """Scrapy's chain of pipelines, which knows the article that each of them was given."""

    async def process_item_async(self, item: Any) -> Any:
        """Return *item* as the pipelines leave it.

        An article that is still to be stored when a pipeline returns something else gets the
        outcome `error`. Raises DropItem then.
        """
        recorder = self.crawler.get_extension(Recorder) if self.crawler is not None else None
        if not isinstance(item, Article) or recorder is None:
            return await super().process_item_async(item)
        made: Any = item
        try:
            for method in self.methods["process_item"]:
                assert method is not None  # noqa: S101 (only of spider middlewares)
                given, made = made, await self._made_by(method, made)
                _follow(recorder, method, given, made)
        except BaseException:
            recorder.replace(made, item)  # Scrapy's signals name the article as it came
            raise
        return made

    async def _made_by(self, method: Callable[..., Any], item: Any) -> Any:
        name = _name_of(method)
        arguments = (self._spider,) if method in self._mw_methods_requiring_spider else ()
        try:
            return await ensure_awaitable(method(item, *arguments), _warn=name)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # Something that the pipeline waited for was cancelled, not the crawl.
            raise RuntimeError(f"{name} waited for what was cancelled") from error


def _follow(recorder: Recorder, method: Callable[..., Any], given: Any, made: Any) -> None:
    """Expect *made* in place of *given*. Raises DropItem if it is no article."""
    if isinstance(made, Article):
        recorder.replace(given, made)
    elif recorder.is_expecting(given):
        kind = "None" if made is None else f"a {type(made).__name__}"
        reason = f"{_name_of(method)} returned {kind} in place of the article"
        logger.error(
            "%s of %r: a pipeline returns the article, or raises DropItem", reason, given.url
        )
        recorder.reject(given, Outcome.ERROR, reason)
        raise DropItem(reason)


def _name_of(method: Callable[..., Any]) -> str:
    """Return the name of the pipeline as ITEM_PIPELINES has it."""
    pipeline = getattr(method, "__self__", None)
    return global_object_name(method if pipeline is None else type(pipeline))

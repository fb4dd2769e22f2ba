"""`scrapy crawl articles -a urls=…`: just these addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar

from newscrawl.crawl.download.response import unanswered
from newscrawl.crawl.usage.arguments import Arguments
from newscrawl.errors import UsageError
from newscrawl.limits import LONGEST_ADDRESS
from newscrawl.outcomes import Outcome
from newscrawl.text.urls import clean_url
from spiders.base import NewsSpider


class ArticlesSpider(NewsSpider):
    """Requests the addresses of a file, one a line, or of a list with commas."""

    name = "articles"
    takes: ClassVar[tuple[str, ...]] = ("urls", "limit")

    @classmethod
    def checked_arguments(cls, given: dict[str, str]) -> Arguments:
        arguments = super().checked_arguments(given)
        if not arguments.urls:
            raise UsageError("say which: -a urls=FILE, or -a urls=https://…,https://…")
        return arguments

    async def start(self) -> AsyncIterator[Any]:
        if not await self.recorder.peers.wait_to_lead():
            return
        for text in self.arguments.urls:
            url = clean_url(text, text)
            if url is None:
                self.recorder.record(text, unanswered(text, Outcome.BAD_URL, _problem_of(text)))
            else:
                yield self.request_article(url)


def _problem_of(text: str) -> str:
    """Return why *text* cannot be requested."""
    if len(text) > LONGEST_ADDRESS:
        return f"the address has {len(text)} characters; {LONGEST_ADDRESS} is the most"
    return "this is no web address"

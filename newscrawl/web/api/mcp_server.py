"""The MCP server: assistants read an archive by the tools of the JSON API, over stdio."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field
from sqlite_utils import Database

import newscrawl
from newscrawl.archive import Archive
from newscrawl.archive.search.hits import CountBy, Sort
from newscrawl.archive.search.semantic.models import EmbeddingModel
from newscrawl.errors import NewscrawlError
from newscrawl.web.api.answers import (
    NOTICE,
    article_answer,
    edits_answer,
    front_page_answer,
    front_pages_answer,
    versions_answer,
)
from newscrawl.web.api.counts import MOST_COUNTS, Count, count_answer
from newscrawl.web.api.searches import (
    LONGEST_QUERY,
    MOST_RESULTS,
    Each,
    Order,
    Search,
    search_answer,
)

_INSTRUCTIONS = f"""An archive of news pages, read-only. {NOTICE}
Cite an article by the permalink, url, captured_at and sha256 of its citation."""
_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
# Strict: true is no number.
_Limit = Annotated[int, Field(ge=1, le=MOST_RESULTS, strict=True)]
_Id = Annotated[int, Field(ge=1, lt=2**31, strict=True)]
_Answer = dict[str, Any]


class _Server(MCPServer[Any]):
    """A server whose tools refuse arguments that they do not have."""

    async def call_tool(self, name: str, arguments: _Answer, *rest: Any, **options: Any) -> Any:
        """Call a tool. Raises ToolError if an argument is unknown."""
        for tool in await self.list_tools():
            known = tool.input_schema["properties"]
            if tool.name == name and (unknown := arguments.keys() - known.keys()):
                names = ", ".join(sorted(one[:40] for one in unknown))
                raise ToolError(f"{name} has no {names}; it takes {', '.join(known)}")
        return await super().call_tool(name, arguments, *rest, **options)


def mcp_server(
    path: Path, base_url: str = "", model: EmbeddingModel | None = None
) -> MCPServer[Any]:
    """Return the server over the archive at *path*, which each call opens for reading.

    *base_url* is put before permalinks: the address of a `newscrawl serve`. *model* orders
    searches by meaning.
    """
    server = _Server("newscrawl", instructions=_INSTRUCTIONS, version=newscrawl.__version__)
    tool = server.tool(annotations=_READS)

    def read(answer: Callable[[Database], _Answer]) -> _Answer:
        try:
            with Archive.open_read_only(path) as archive:
                found = answer(archive.db)
        except NewscrawlError as error:
            raise ToolError(str(error)) from error
        linked: _Answer = _linked(found, base_url.rstrip("/"))
        return linked

    @tool
    def search(
        query: Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY)],
        limit: _Limit = 20,
        sort: Sort = "rank",
        by: Order = "words",
        each: Each = "article",
        cursor: str | None = None,
    ) -> _Answer:
        """Find archived articles by words; names are found in every script.

        All words are wanted; also "a phrase", AND, OR, NOT, ( ), NEAR(a b, 10), begin*, =exact,
        headline:, site:, agency:, author:, place:, lang:, after:, before:, and collection:,
        tag:, note: of the researchers' study. by="both" also finds other words of the same
        meaning, if the server has a model. each="text" gives one outlet of each agency text.
        """
        stated = Search(query=query, limit=limit, sort=sort, by=by, each=each, cursor=cursor)
        return read(lambda db: search_answer(db, stated, model))

    @tool
    def counts(
        by: CountBy,
        query: Annotated[str, Field(max_length=LONGEST_QUERY)] = "",
        limit: Annotated[int, Field(ge=1, le=MOST_COUNTS, strict=True)] = 20,
        cursor: str | None = None,
    ) -> _Answer:
        """Count the articles that a query finds, or all, by site, agency, day and the like."""
        stated = Count(query=query, by=by, limit=limit, cursor=cursor)
        return read(lambda db: count_answer(db, stated))

    @tool
    def article(article_id: _Id) -> _Answer:
        """Read one archived article: text, dates, agencies, and the capture to cite."""
        return read(lambda db: article_answer(db, article_id))

    @tool
    def versions(article_id: _Id) -> _Answer:
        """List the versions of an article: when each was seen, and who changed it."""
        return read(lambda db: versions_answer(db, article_id))

    @tool
    def edits(article_id: _Id, old: _Id | None = None, new: _Id | None = None) -> _Answer:
        """Compare two versions of an article, word by word; by default the last two."""
        return read(lambda db: edits_answer(db, article_id, old, new))

    @tool
    def front_pages(limit: _Limit = 20, cursor: str | None = None) -> _Answer:
        """List the home and section pages whose promoted links are archived."""
        return read(lambda db: front_pages_answer(db, limit=limit, cursor=cursor))

    @tool
    def front_page(url: str, at: str | None = None) -> _Answer:
        """List the links that a page promoted at a time (2026-03-01T06:00:00Z), or now."""
        return read(lambda db: front_page_answer(db, url, at))

    return server


def _linked(value: Any, base_url: str) -> Any:
    """Return *value* with *base_url* before each permalink."""
    if isinstance(value, list):
        return [_linked(one, base_url) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: f"{base_url}{one}" if name == "permalink" else _linked(one, base_url)
        for name, one in value.items()
    }

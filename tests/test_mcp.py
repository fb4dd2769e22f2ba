"""The MCP server: an assistant reads the archive by its tools, and cannot write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newscrawl.web.api.answers import NOTICE
from tests.command_line import run
from tests.front_server import HOME, fill
from tests.mcp_client import with_session

pytest.importorskip("mcp")
TOOLS = {"search", "counts", "article", "versions", "edits", "front_pages", "front_page"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mcp") / "archive.db"
    fill(path)
    return path


def test_tools_answer_as_the_api_does(path: Path) -> None:
    async def use(session: Any) -> None:
        tools = (await session.list_tools()).tools
        assert {tool.name for tool in tools} == TOOLS
        assert all(tool.annotations.read_only_hint for tool in tools)

        async def call(name: str, **arguments: Any) -> Any:
            result = await session.call_tool(name, arguments)
            assert not result.is_error, result.content
            return result.structured_content

        found = await call("search", query="الميناء", limit=1)
        assert found["notice"] == NOTICE
        hit = found["results"][0]
        assert hit["permalink"].startswith(
            f"http://news.example/article/{hit['article_id']}?at=20"
        )
        counts = await call("counts", by="site", query="الميناء")
        assert sum(one["articles"] for one in counts["counts"]) == counts["total"] > 0
        article = await call("article", article_id=1)
        permalink = article["citation"]["permalink"]
        assert permalink.startswith("http://news.example/article/1?at=20")
        assert len((await call("versions", article_id=1))["versions"]) == 2
        assert (await call("edits", article_id=1))["changes"]
        assert HOME in {page["url"] for page in (await call("front_pages"))["pages"]}
        assert (await call("front_page", url=HOME))["links"]
        copies = await call("search", query="الحاويات")
        once = await call("search", query="الحاويات", each="text")
        assert (len(copies["results"]), len(once["results"])) == (2, 1)

    with_session(path, use, "--base-url", "http://news.example/")


WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("article", {"article_id": 99999}),
    ("article", {"article_id": 0}),
    ("edits", {"article_id": 1, "old": 1, "new": 9}),
    ("front_page", {"url": "https://nowhere.example/"}),
    ("search", {"query": "", "limit": 1}),
    ("search", {"query": "a", "cursor": "x"}),
    ("counts", {"by": "color"}),
    ("counts", {"by": "site", "cursor": "x"}),
    ("search", {"query": "a", "q": "b"}),
    ("article", {"article_id": True}),
    ("search", {"query": "a", "limit": True}),
    ("front_page", {"url": HOME, "at": "x"}),
    ("front_page", {"url": HOME, "at": "2026-02-30T06:00:00Z"}),
)


def test_wrong_calls_are_reported(path: Path) -> None:
    async def use(session: Any) -> None:
        for name, arguments in WRONG:
            result = await session.call_tool(name, arguments)
            assert result.is_error, (name, arguments)
            assert "Traceback" not in str(result.content)
        unknown = await session.call_tool("article", {"article_id": 1, "foo": 2})
        assert "article has no foo; it takes article_id" in str(unknown.content)

    with_session(path, use)


def test_texts_of_pages_stand_under_their_mark_alone(path: Path) -> None:
    async def use(session: Any) -> None:
        article = (await session.call_tool("article", {"article_id": 2})).structured_content
        assert "<script>" in article["untrusted_text"]["headline"]
        assert "<script>" not in str({**article, "untrusted_text": None})

    with_session(path, use)


def test_missing_archive_is_reported(tmp_path: Path) -> None:
    done = run("mcp", "-d", tmp_path / "none.db")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr

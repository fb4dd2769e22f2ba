"""A client of `newscrawl mcp` over stdio, for tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.command_line import PROGRAM


def with_session(
    path: Path,
    use: Callable[[Any], Awaitable[None]],
    *options: str,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run *use* with a client of `newscrawl mcp` over the archive at *path*."""
    mcp = pytest.importorskip("mcp")
    command, *arguments = PROGRAM
    server = mcp.StdioServerParameters(
        command=command,
        args=[*arguments, "mcp", "-d", str(path), *options],
        env=dict(environment) if environment else None,
    )

    async def connect() -> None:
        with anyio.fail_after(120):
            async with (
                mcp.stdio_client(server) as (read, write),
                mcp.ClientSession(read, write) as session,
            ):
                await session.initialize()
                await use(session)

    anyio.run(connect)

"""The thread that parses for a crawl while its event loop goes on.

There is one: what two of them parse at a time would take the memory of both, and no less time.
"""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

R = TypeVar("R")

_thread = ThreadPoolExecutor(1, thread_name_prefix="parsing")


async def in_thread(function: Callable[..., R], *arguments: object) -> R:
    """Return `function(*arguments)`, called when the thread has done all that came before."""
    return await get_running_loop().run_in_executor(_thread, function, *arguments)

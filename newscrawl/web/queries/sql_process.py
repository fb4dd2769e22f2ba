"""Run SQL that a reader typed, in a process with limits on time, memory and output.

SQLite calls its progress handler only between opcodes and allocates in the calling process, so
only limits of the operating system hold for every query.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from itertools import chain, count
from pathlib import Path
from time import process_time
from typing import Any

from newscrawl.system.interpreter import PYTHON

Rows = tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]
"""The names of the columns, and the rows."""
SECONDS = 10.0
"""Time limit of a query."""
SECONDS_TO_START = 60.0
"""Time limit of the start of the process, which a busy machine makes slow."""
MEMORY = 768 * 2**20
"""Its address space, in bytes."""
MOST_ROWS = 1_000
LONGEST_CELL = 20_000
_MOST_OUT = 8 * 2**20
_ALLOWED = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
_DENIED = frozenset({"load_extension", "fts3_tokenizer"})
"""Functions that run code or read the memory of the process."""
_one_at_a_time = asyncio.Semaphore(1)


class SqlFailed(Exception):
    """The SQL gave no answer; the message is SQLite's, or names the limit."""


class _Values(dict[str, Any]):
    """The named parameters of a query; a missing one is NULL."""

    def __missing__(self, _name: str) -> None:
        return None


async def run_sql(path: str, sql: str, values: Mapping[str, str]) -> Rows:
    """Run *sql* with the named parameters *values* on the archive at *path*.

    Returns at most MOST_ROWS rows, with cells of at most LONGEST_CELL characters. Raises
    SqlFailed if the SQL is wrong or reaches a limit.
    """
    asked = json.dumps({"path": path, "sql": sql, "values": dict(values)}).encode()
    async with _one_at_a_time:
        process = await asyncio.create_subprocess_exec(
            *(*PYTHON, "-m", "newscrawl.web.queries.sql_process"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await _until_ready(process)
            printed, _ = await asyncio.wait_for(process.communicate(asked), SECONDS)
        except TimeoutError as error:
            raise SqlFailed(f"it took more than {SECONDS:.0f} seconds") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if not printed:
        raise SqlFailed(f"it took more than {SECONDS:.0f} s or {MEMORY // 2**20} MB")
    found = json.loads(printed)
    if "error" in found:
        raise SqlFailed(found["error"])
    return tuple(found["columns"]), tuple(map(tuple, found["rows"]))


async def _until_ready(process: asyncio.subprocess.Process) -> None:
    """Wait until *process* has imported its modules: that is no time of the query."""
    if process.stdout is None:  # it always has a pipe
        return
    try:
        await asyncio.wait_for(process.stdout.readline(), SECONDS_TO_START)
    except TimeoutError as error:
        raise SqlFailed("the machine is too busy to start a query; try again later") from error


def _answered(path: str, sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    from newscrawl.archive.schema.functions import register_functions  # noqa: PLC0415 -- see main
    from newscrawl.archive.schema.read_only import read_only_uri  # noqa: PLC0415

    connection = sqlite3.connect(read_only_uri(Path(path)), uri=True)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    register_functions(connection)
    with suppress(sqlite3.Error):  # FTS5 declares its table when a statement first names it
        connection.execute("SELECT 1 FROM article_search LIMIT 0")
    connection.set_authorizer(_authorized)
    try:
        found = connection.execute(sql, _Values(values))
        rows = [[_shortened(value) for value in row] for row in found.fetchmany(MOST_ROWS)]
        columns = _distinct(column[0] for column in found.description or ())
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"it took more than {MEMORY // 2**20} MB"}
    return {"columns": columns, "rows": rows}


def _distinct(names: Iterable[str]) -> list[str]:
    """Return *names* with a number behind those that came before: `id`, `id_2`."""
    found: list[str] = []
    for name in names:
        numbered = (f"{name}_{number}" for number in count(2))
        found.append(next(one for one in chain([name], numbered) if one not in found))
    return found


def _authorized(action: int, first: str | None, second: str | None, *_more: Any) -> int:
    """Allow reading tables and calling functions, deny everything else.

    The full-text index reads the number of changes by other programs, `PRAGMA data_version`.
    """
    if action == sqlite3.SQLITE_PRAGMA:
        allowed = first == "data_version" and second is None
    else:
        is_denied = action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _DENIED
        allowed = action in _ALLOWED and not is_denied
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _shortened(value: Any) -> Any:
    if isinstance(value, bytes):
        value = value[: LONGEST_CELL // 2].hex()
    return value[:LONGEST_CELL] if isinstance(value, str) else value


def _set_limits() -> None:
    import resource  # noqa: PLC0415 -- missing on Windows, where the page reports it

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seconds = int(SECONDS + process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def main() -> None:
    """Print an empty line when ready, read a query, and print its result, both as JSON."""
    import_module("newscrawl.archive.search.hits")  # before the time of the query begins
    sys.stdout.write("\n")
    sys.stdout.flush()
    asked = json.load(sys.stdin)
    _set_limits()
    found = json.dumps(_answered(asked["path"], asked["sql"], asked["values"]))
    if len(found) > _MOST_OUT:
        found = json.dumps({"error": f"the answer is larger than {_MOST_OUT // 2**20} MB"})
    sys.stdout.write(found)


if __name__ == "__main__":
    main()

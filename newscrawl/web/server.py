"""The server of `newscrawl serve`: Datasette over one archive, opened read-only."""

from __future__ import annotations

import socket
import sqlite3
import threading
import webbrowser
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs
import uvicorn
from datasette.app import Datasette
from datasette.database import Database, Results
from datasette.plugins import pm

from newscrawl.archive import Archive
from newscrawl.archive.schema.read_only import read_only_uri
from newscrawl.errors import ArchiveError, UsageError
from newscrawl.study.study_file import StudyFile, name_of
from newscrawl.web import plugin
from newscrawl.web.pages.home import name_jobs_file
from newscrawl.web.queries.archive_reader import ARCHIVE, archive_path, cached
from newscrawl.web.queries.study_reader import name_coder
from newscrawl.web.replay.address import ReplayOrigin, bind_replay
from newscrawl.web.replay.origin import replay_application
from newscrawl.web.security import Application, bind, is_behind_proxy, is_local_only

_SETTINGS = {
    "sql_time_limit_ms": 1_000,
    "max_returned_rows": 1_000,
    "allow_download": False,
    "suggest_facets": False,
    "truncate_cells_html": 160,
    "default_allow_sql": False,
    "cache_size_kb": 16_384,
}
_NAME = "newscrawl"
_COUNT = "select count(*) from "
"""The beginning of Datasette's counts for the pages of tables and views."""


class ReadOnly(Database):  # type: ignore[misc]  # datasette has no types
    """The archive opened with mode=ro, also when its path holds `?` or `#`."""

    def __init__(self, datasette: Datasette, path: Path) -> None:
        super().__init__(datasette, path=str(path), is_mutable=True)
        self._opened: list[sqlite3.Connection] = []

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Open the file for reading. Raises ArchiveError if *write* is true."""
        if write:
            raise ArchiveError("newscrawl serve never writes to the archive")
        uri = read_only_uri(Path(self.path))
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._opened.append(connection)
        return connection

    async def execute(self, sql: str, params: Any = None, **options: Any) -> Results:
        """Return the rows of a query; a count of rows as of ten seconds ago at most.

        Each page of a view counts all of its rows, which takes longer than to read those shown.
        """
        run = partial(super().execute, sql, params, **options)
        if not sql.startswith(_COUNT) or options.get("custom_time_limit"):
            return await run()
        counted: Results = await cached(self.ds, ("rows", sql, repr(params)), run)
        return counted

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Return the number of rows of each table, as of ten seconds ago at most.

        None for a table that takes longer than *limit* ms to count.
        """
        counted = partial(super().table_counts, limit)
        counts: dict[str, int | None] = await cached(self.ds, ("table counts", limit), counted)
        return counts

    def close(self) -> None:
        """Close every connection."""
        for connection in self._opened:
            connection.close()
        super().close()


def datasette_over(path: Path, *, host: str, is_proxied: bool, jobs_file: Path) -> Datasette:
    """Return Datasette with our pages over the archive at *path*.

    *jobs_file* declares the jobs that write it; it need not exist. Raises ArchiveError if
    there is no archive at *path*, or one with another schema.
    """
    Archive.open_read_only(path).close()
    if not pm.has_plugin(_NAME):
        pm.register(plugin, name=_NAME)
    made = Datasette(
        [],
        settings=_SETTINGS,
        static_mounts=[("assets", str(files("newscrawl.web").joinpath("static")))],
    )
    bind(made, host, is_proxied=is_proxied)
    name_jobs_file(made, jobs_file)
    made.add_database(ReadOnly(made, path), name=ARCHIVE)
    return made


def write_study(made: Datasette, coder: str, *, is_remote_allowed: bool) -> None:
    """Let the pages of *made* write the study file in the name of *coder*.

    Raises UsageError if others could reach them, unless *is_remote_allowed*, and StudyError if
    the file cannot be written.
    """
    if not is_local_only(made) and not is_remote_allowed:
        raise UsageError(
            "--coder writes from this machine alone: whoever reaches the server would write in "
            "that name. --remote-coder allows it, behind a proxy with a login"
        )
    StudyFile(Path(archive_path(made))).close()
    name_coder(made, name_of(coder, "coder"))


@attrs.frozen(kw_only=True)
class Listening:
    """The addresses at which a server listens; port 0 takes a free port."""

    host: str
    port: int
    replay_port: int | None = None
    """The port for stored pages; None for the next one, or any that is free."""
    replay_origin: str | None = None
    """The origin of stored pages behind a proxy; without it there none are shown."""


def serve(
    made: Datasette, at: Listening, *, opens_browser: bool, say: Callable[[str], Any]
) -> None:
    """Serve *made*, from `datasette_over`, until interrupted.

    Raises UsageError if a port is not available.
    """
    path = archive_path(made)
    with _bound(at.host, at.port) as bound, _bound_for_replay(at, _port_of(bound)) as second:
        name = f"[{at.host}]" if ":" in at.host else at.host
        address = f"http://{name}:{_port_of(bound)}/"
        say(f"{path} is at {address} (Ctrl-C ends it)")
        if opens_browser:
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
        origin = ReplayOrigin(port=_port_of(second), origin=at.replay_origin)
        if at.replay_origin is not None or not is_behind_proxy(made):
            bind_replay(made, origin)
        application = _by_port(made.app(), replay_application(made, origin), origin.port)
        config = uvicorn.Config(application, log_level="warning", lifespan="on")
        uvicorn.Server(config).run(sockets=[bound, second])


def _by_port(front: Application, replay: Application, port: int) -> Application:
    """Return an application that answers with *replay* at *port*, and else with *front*."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        is_replay = scope["type"] == "http" and scope["server"][1] == port
        await (replay if is_replay else front)(scope, receive, send)

    return answer


def _bound_for_replay(at: Listening, front_port: int) -> socket.socket:
    """Return the socket for stored pages."""
    if at.replay_port is not None:
        return _bound(at.host, at.replay_port)
    try:
        return _bound(at.host, front_port + 1 if at.port and front_port < 65_535 else 0)
    except UsageError:
        return _bound(at.host, 0)


def _port_of(bound: socket.socket) -> int:
    port: int = bound.getsockname()[1]
    return port


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's delay (40 ms a page) only on a socket with its protocol named.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise UsageError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    bound.listen(128)
    return bound

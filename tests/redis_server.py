"""A real Redis for tests: started, stopped for a while, killed, and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

needs_redis = pytest.mark.skipif(
    shutil.which("redis-server") is None and not os.environ.get("NEWSCRAWL_NO_SKIPS"),
    reason="needs redis-server: apt install redis-server",
)
PASSWORD = "low-water"  # noqa: S105 (of a server that lives as long as a test)


class RedisServer:
    """A redis-server of the test's own, which appends every change to a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, password=PASSWORD, decode_responses=True)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ("--save", "", "--appendonly", "yes", "--appendfsync", "everysec")
        guard = ("--requirepass", PASSWORD)
        where = ("--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self._folder))
        self._process = subprocess.Popen(
            ["redis-server", *where, *options, *guard], stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + 20
        while True:
            try:
                self.client.ping()
            except redis.RedisError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have it answer nobody while the block runs; connections stay open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """Run a Redis while the block runs."""
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()

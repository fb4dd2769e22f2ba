"""HTTP clients for files of an import: redirects lead to no private address."""

from __future__ import annotations

import errno
import socket
from typing import Any
from urllib.parse import urljoin

from newscrawl.ingest.public_addresses import PrivateHosts, is_public, parse_ip
from newscrawl.system.environment import variable
from newscrawl.text.urls import host_of, port_of

_public_hosts: set[str] = set()
"""Hosts that had a public address once: one of a name that has another by now is not named."""


def guarded_options(place: str) -> dict[str, Any]:
    """Return the options of fsspec for an HTTP address that a user names.

    Its own host may be private, as named, unless it was public before; others only if
    NEWSCRAWL_PRIVATE_HOSTS names them.
    """

    async def client(**options: Any) -> Any:
        return _session(host_of(place), options)

    return {"get_client": client, "skip_instance_cache": True}


def _session(named: str, options: dict[str, Any]) -> Any:
    """Return a session of aiohttp that refuses private addresses but those of *named*."""
    import aiohttp  # noqa: PLC0415 (an extra)
    from aiohttp.abc import AbstractResolver  # noqa: PLC0415 (the same)

    hosts = PrivateHosts.named(variable("NEWSCRAWL_PRIVATE_HOSTS"))

    def check(host: str, address: str, port: int | None) -> None:
        is_named = host == named and host not in _public_hosts
        if not is_named and not hosts.allows(host, address, port):
            reason = f"a redirect or a name leads to {address}, which is no public address"
            raise OSError(errno.EADDRNOTAVAIL, reason)

    class Resolver(AbstractResolver):
        """Resolves names to addresses that may be connected to."""

        def __init__(self) -> None:
            self._resolver = aiohttp.ThreadedResolver()

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
        ) -> Any:
            found = await self._resolver.resolve(host, port, family)
            if any(is_public(one["host"]) for one in found):
                _public_hosts.add(host)
            for one in found:
                check(host, one["host"], port)
            return found

        async def close(self) -> None:
            await self._resolver.close()

    async def follow(_session: Any, _context: Any, params: Any) -> None:
        # The resolver sees no address that is written as a number.
        url = urljoin(str(params.url), params.response.headers.get("Location", ""))
        if ip := parse_ip(host_of(url)):
            check(host_of(url), str(ip), port_of(url))

    tracing = aiohttp.TraceConfig()
    tracing.on_request_redirect.append(follow)
    connector = aiohttp.TCPConnector(resolver=Resolver())
    return aiohttp.ClientSession(connector=connector, trace_configs=[tracing], **options)

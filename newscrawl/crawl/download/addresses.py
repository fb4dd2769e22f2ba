"""Guard of network addresses: only public ones, and named private hosts, may be connected to.

The guard stands where names become addresses, so that no redirect, link, odd spelling of an
address or change of a name's address between two lookups gets past it.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import Any

import attrs
from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer  # type: ignore[import-untyped]

from newscrawl.text.urls import host_of, port_of

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_6TO4 = ipaddress.ip_network("2002::/16")

refused_hosts: set[str] = set()
"""The names that resolved to nothing but addresses which may not be connected to."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@attrs.frozen
class PrivateHosts:
    """The private hosts that may be fetched, as named: `127.0.0.1`, `intranet:8080`."""

    names: frozenset[str]

    @classmethod
    def named(cls, setting: str | Sequence[str]) -> PrivateHosts:
        """Return the hosts that the setting NEWSCRAWL_PRIVATE_HOSTS names."""
        text = setting if isinstance(setting, str) else " ".join(setting)
        return cls(frozenset(text.replace(",", " ").lower().split()))

    def includes(self, host: str, port: int | None = None) -> bool:
        """Return whether *host* is named, by itself or with *port*."""
        host = host.strip("[]").lower()
        return host in self.names or (port is not None and f"{host}:{port}" in self.names)

    def includes_url(self, url: str) -> bool:
        """Return whether the host of *url* is named."""
        return self.includes(host_of(url), port_of(url))

    def allows(self, host: str, address: str, port: int | None = None) -> bool:
        """Return whether *host* may be reached at *address*, to which it resolved."""
        if is_public(address):
            return True
        literal = parse_ip(host)
        is_itself = literal is None or str(literal) == host.strip("[]").lower()
        return is_itself and self.includes(host, port)


def parse_ip(host: str) -> IPAddress | None:
    """Parse *host* as an address, in any form that connects; None for a name.

    Reads the forms of the C library: decimal, octal, hexadecimal and short forms of IPv4.
    """
    text = host.strip("[]").partition("%")[0]
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text)) if text[:1].isdigit() else None
    except (OSError, UnicodeError):
        return None


def is_public(address: str) -> bool:
    """Return whether *address* is public, also inside an IPv6 form of IPv4."""
    ip = parse_ip(address)
    if ip is None:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


@implementer(IHostnameResolver)
class GuardedResolver(CachingHostnameResolver):
    """Scrapy's caching resolver, which hands on only addresses that may be connected to."""

    private_hosts = PrivateHosts(frozenset())

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> GuardedResolver:
        resolver: GuardedResolver = super().from_crawler(crawler, reactor)
        resolver.private_hosts = PrivateHosts.named(crawler.settings["NEWSCRAWL_PRIVATE_HOSTS"])
        return resolver

    def resolveHostName(  # noqa: N802 (Twisted's interface)
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        receiver: Any = _GuardedReceiver(
            resolutionReceiver, hostName, portNumber, self.private_hosts
        )
        return super().resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )


@implementer(IResolutionReceiver)
@attrs.define(eq=False)
class _GuardedReceiver:
    receiver: Any
    host: str
    port: int
    private_hosts: PrivateHosts
    is_refused: bool = False
    is_allowed: bool = False

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803
        self.receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        if self.private_hosts.allows(self.host, getattr(address, "host", ""), self.port):
            self.is_allowed = True
            self.receiver.addressResolved(address)
        else:
            self.is_refused = True

    def resolutionComplete(self) -> None:  # noqa: N802
        if self.is_refused and not self.is_allowed:
            refused_hosts.add(self.host.lower())
        self.receiver.resolutionComplete()

"""Guard of network addresses: only public ones, and named private hosts, may be connected to.

The guard stands where names become addresses, so that no redirect, link, odd spelling of an
address or change of a name's address between two lookups gets past it.
"""

from __future__ import annotations

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

from newscrawl.ingest.public_addresses import PrivateHosts

refused_hosts: set[str] = set()
"""The names that resolved to nothing but addresses which may not be connected to."""


@implementer(IHostnameResolver)
class GuardedResolver(CachingHostnameResolver):
    """Scrapy's caching resolver, which returns only addresses that may be connected to."""

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

"""Addresses of the public internet, and private hosts that a user names.

A crawl and an import of remote files connect to no other address.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from functools import lru_cache

import attrs

from newscrawl.text.urls import host_of, port_of

METADATA = frozenset(
    {
        "169.254.169.254",  # Amazon, Google, Azure, Oracle, DigitalOcean and others
        "169.254.170.2",  # Amazon ECS
        "168.63.129.16",  # Azure, a public address
        "100.100.100.200",  # Alibaba
        "192.0.0.192",  # Oracle
        "fd00:ec2::254",  # Amazon
        "fd20:ce::254",  # Google
    }
)
"""Addresses at which clouds give their machines secrets, by their documentation."""
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that IANA gives out (RFC 4291, IPv6 Global Unicast Address Assignments)."""
_DOCUMENTATION = (ipaddress.ip_network("2001:db8::/32"), ipaddress.ip_network("3fff::/20"))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

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


@lru_cache(maxsize=1024)
def parse_ip(host: str) -> IPAddress | None:
    """Parse *host* as an address, in any form that connects; None for a name.

    Reads the forms of the C library: decimal, octal, hexadecimal and short forms of IPv4.
    """
    text = host.strip("[]").partition("%")[0]
    if not text[:1].isdigit() and ":" not in text:  # a name, as most are
        return None
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
    if ip is None or str(ip) in METADATA:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast
    inner = _ipv4_inside(ip)
    if inner is not None:
        return is_public(str(inner))
    is_documentation = any(ip in network for network in _DOCUMENTATION)
    return ip in _GLOBAL_UNICAST and ip.is_global and not is_documentation


def _ipv4_inside(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that a gateway makes of *ip*; None if it makes none."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)

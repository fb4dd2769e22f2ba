"""The addresses that belong to a site. Pure."""

from __future__ import annotations

import attrs

from newscrawl.text.urls import DEFAULT_PORTS, host_of, port_of


@attrs.frozen(kw_only=True)
class Scope:
    """The hosts of one site, with their sub-domains, and the ports it is asked at."""

    hosts: tuple[str, ...]
    """Host names in lower case, without `www.`."""
    ports: frozenset[int] = frozenset(DEFAULT_PORTS.values())
    """The ports; a server on another port of the same host is another site."""

    def includes(self, url: str) -> bool:
        """Return whether *url* belongs to the site."""
        host, port = host_of(url), port_of(url)
        is_ours = any(host == ours or host.endswith(f".{ours}") for ours in self.hosts)
        return is_ours and port in self.ports


def scope_of(urls: tuple[str, ...], hosts: tuple[str, ...] = ()) -> Scope:
    """Return the scope of a site: *hosts* and those of *urls*, at the ports of *urls*."""
    names = (*hosts, *(host_of(url) for url in urls))
    ports = {port for url in urls if (port := port_of(url))}
    # A site at an unusual port only (a test, an intranet) has nothing at the usual ones.
    usual = frozenset(DEFAULT_PORTS.values())
    return Scope(
        hosts=tuple(dict.fromkeys(name.removeprefix("www.") for name in names if name)),
        ports=frozenset(ports | usual) if not ports or ports & usual else frozenset(ports),
    )

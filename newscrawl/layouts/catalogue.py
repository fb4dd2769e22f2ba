"""The declared sites: every `Site` in `newscrawl.layouts.sites` and in the modules of the user.

A module declares one or more sites by module-level names. Users name their own modules in
NEWSCRAWL_SITES, separated by commas; nothing registers itself and no list is kept.
"""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module

from newscrawl.errors import LayoutError
from newscrawl.layouts import sites as declared
from newscrawl.layouts.site import Site
from newscrawl.text.urls import host_of


def all_sites(modules: Sequence[str] | None = None) -> tuple[Site, ...]:
    """Return the declared sites by name: those here, and those in the user's *modules*.

    Without *modules* the environment's NEWSCRAWL_SITES names them. Raise LayoutError where a
    declaration is wrong, a module cannot be imported, or two sites share a name or a host.
    """
    if modules is None:
        modules = os.environ.get("NEWSCRAWL_SITES", "").split(",")
    return _sites_in(tuple(name.strip() for name in modules if name.strip()))


def site_named(name: str) -> Site | None:
    """Return the site of that name, or None."""
    return next((site for site in all_sites() if site.name == name), None)


def site_for(url_or_host: str) -> Site | None:
    """Return the site that an address or a host belongs to, or None.

    The longest host that fits wins, so that a sub-domain may be a site of its own.
    """
    host = host_of(url_or_host) if "//" in url_or_host else url_or_host.lower().rstrip(".")
    hosts = _hosts(all_sites())
    while host:
        if host in hosts:
            return hosts[host]
        host = host.partition(".")[2]
    return None


@cache
def _sites_in(modules: tuple[str, ...]) -> tuple[Site, ...]:
    own = (
        f"{declared.__name__}.{info.name}" for info in pkgutil.iter_modules(declared.__path__)
    )
    found: dict[str, Site] = {}
    for module in (*own, *modules):
        for site in _sites_of(module):
            if found.setdefault(site.name, site) is not site:
                raise LayoutError(f"{module}: there is another site named {site.name}")
    sites = tuple(sorted(found.values(), key=lambda site: site.name))
    _hosts(sites)
    return sites


def _sites_of(module: str) -> Iterator[Site]:
    try:
        loaded = import_module(module)
    except ImportError as error:
        raise LayoutError(f"{module}: cannot be imported: {error}") from error
    for value in vars(loaded).values():
        if isinstance(value, Site):
            yield value
        elif isinstance(value, tuple) and value and all(isinstance(v, Site) for v in value):
            yield from value


@cache
def _hosts(sites: tuple[Site, ...]) -> dict[str, Site]:
    hosts: dict[str, Site] = {}
    for site in sites:
        for host in site.hosts:
            if hosts.setdefault(host, site) is not site:
                raise LayoutError(
                    f"{host} belongs to two sites: {hosts[host].name}, {site.name}"
                )
    return hosts

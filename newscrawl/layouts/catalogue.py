"""The declared sites: every `Site` in `newscrawl.layouts.sites` and in modules of the user.

A module declares sites as module-level names. `declare_sites` adds modules of the user; the
programs call it with NEWSCRAWL_SITES.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module

import attrs

from newscrawl.errors import LayoutError
from newscrawl.layouts import sites as declared
from newscrawl.layouts.site import Site
from newscrawl.text.urls import host_of


@attrs.define
class _UserModules:
    names: tuple[str, ...] = ()


_user_modules = _UserModules()


def declare_sites(modules: Iterable[str]) -> None:
    """Use the sites declared in *modules* in this process, besides those of newscrawl.

    The modules are imported on first use. A second call replaces the modules of the first.
    """
    _user_modules.names = tuple(name.strip() for name in modules if name.strip())


def declared_modules() -> tuple[str, ...]:
    """Return the modules of the user's sites, for another process to declare."""
    return _user_modules.names


def all_sites(modules: Sequence[str] | None = None) -> tuple[Site, ...]:
    """Return the sites of newscrawl and of *modules*, sorted by name.

    Without *modules* those of `declare_sites` count. Raises LayoutError if a declaration is
    wrong, a module cannot be imported, or two sites share a name or a host.
    """
    return _sites_in(_user_modules.names if modules is None else tuple(modules))


def site_named(name: str) -> Site | None:
    """Return the site of that name, or None."""
    return next((site for site in all_sites() if site.name == name), None)


def site_for(url_or_host: str) -> Site | None:
    """Return the site of an address or host, or None.

    The longest matching host wins, so that a sub-domain can be a site of its own.
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

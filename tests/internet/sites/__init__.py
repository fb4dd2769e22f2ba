"""The sites of the test internet, each imitating one kind of real site."""

from __future__ import annotations

from tests.internet.site import Site
from tests.internet.sites.cdn import BehindCdn
from tests.internet.sites.idn import Idn
from tests.internet.sites.moved import Moved
from tests.internet.sites.other_hosts import OtherHosts
from tests.internet.sites.plain import Plain
from tests.internet.sites.shams import Shams
from tests.internet.sites.slugs import Slugs
from tests.internet.sites.wordpress import WordPress

__all__ = (
    "BehindCdn",
    "Idn",
    "Moved",
    "OtherHosts",
    "Plain",
    "Shams",
    "Slugs",
    "WordPress",
    "all_sites",
)


def all_sites() -> tuple[Site, ...]:
    """Return one of each site; their hosts do not overlap."""
    sites = (BehindCdn, Idn, Moved, OtherHosts, Plain, Shams, Slugs, WordPress)
    return tuple(site() for site in sites)

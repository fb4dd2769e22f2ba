"""The sites of the test internet, each imitating one kind of real site."""

from __future__ import annotations

from tests.internet.site import Site
from tests.internet.sites.plain import Plain


def all_sites() -> tuple[Site, ...]:
    """Return one of each site; their hosts do not overlap."""
    return (Plain(),)

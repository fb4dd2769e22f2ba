"""Links of feeds to other hosts: redirectors, which lead back to the site, and other sites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from newscrawl.text.urls import host_of

MOST_HOSTS = 10
"""Most hosts that one run tries."""


class Redirectors:
    """The links of a site's feeds that are on other hosts, by host.

    Of each host one link is requested first. If that leads to the site, the host is a
    redirector (a counter of clicks, a mailer), and the others are requested too; else none is.
    """

    def __init__(self) -> None:
        self._links: defaultdict[str, list[str]] = defaultdict(list)
        self._tried: dict[str, str] = {}
        """The link that was tried, by host."""
        self._leads_here: dict[str, bool] = {}

    def add(self, url: str) -> None:
        """Add a link of a feed."""
        if url not in self._links[host_of(url)]:
            self._links[host_of(url)].append(url)

    def note(self, url: str, *, leads_here: bool) -> None:
        """Note whether *url* led to the site."""
        if self._tried.get(host_of(url)) == url:
            self._leads_here[host_of(url)] = leads_here

    def take(self) -> Iterator[str]:
        """Yield the links to request now."""
        for host, links in self._links.items():
            if self._leads_here.get(host):
                yield from links
                links.clear()
            elif links and host not in self._tried and len(self._tried) < MOST_HOSTS:
                self._tried[host] = links.pop(0)
                yield self._tried[host]

    def left(self) -> list[str]:
        """Return the links that are not requested, as their hosts lead elsewhere."""
        return [url for links in self._links.values() for url in links]

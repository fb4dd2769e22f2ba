"""Last check of a request before it leaves: it stays on its site, and its address is public."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler

from newscrawl.crawl.download.failures import Refused
from newscrawl.crawl.frontier.request_meta import MOVED
from newscrawl.ingest.public_addresses import PrivateHosts, parse_ip
from newscrawl.limits import LONGEST_ADDRESS
from newscrawl.outcomes import PERMANENT, Outcome
from newscrawl.text.urls import clean_url, host_of, port_of, url_path_key


class OffsiteMiddleware:
    """Refuses addresses off the site, private ones and invalid ones, each with its outcome.

    Scrapy's own OffsiteMiddleware drops requests in silence.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.private_hosts = PrivateHosts.named(crawler.settings["NEWSCRAWL_PRIVATE_HOSTS"])

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> OffsiteMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise Refused if *request* must not be sent."""
        url = request.url
        if not url.startswith(("http://", "https://")):
            return  # DOWNLOAD_HANDLERS decides
        if len(url) > LONGEST_ADDRESS:
            raise Refused(Outcome.BAD_URL, f"the address has {len(url)} characters")
        if clean_url(url, url) is None:
            raise Refused(Outcome.BAD_URL, "the address cannot be requested")
        host = host_of(url)
        ip = parse_ip(host)
        if ip and not self.private_hosts.allows(host, str(ip), port_of(url)):
            raise Refused(Outcome.FORBIDDEN_ADDRESS, f"{ip} is not a public address")
        scope = getattr(self.crawler.spider, "scope", None)
        is_allowed = request.meta.get("allow_offsite") or note_move(request)
        if scope is not None and not scope.includes(url) and not is_allowed:
            raise Refused(Outcome.OFFSITE, f"{host} is another site")


def note_move(request: Request) -> bool:
    """Return whether the site has moved *request* to another host, and note it in its meta.

    It has if it redirects there permanently, under the same path: the paper has another domain.
    Any other redirect to another host leaves the site.
    """
    host = host_of(request.url)
    if request.meta.get(MOVED) == host:
        return True
    urls = request.meta.get("redirect_urls", [])
    reasons = request.meta.get("redirect_reasons", [])
    if not urls or reasons[-1] not in PERMANENT or host == host_of(urls[-1]):
        return False
    path = url_path_key(request.url)
    if not path or path != url_path_key(urls[-1]):
        return False
    request.meta[MOVED] = host
    return True

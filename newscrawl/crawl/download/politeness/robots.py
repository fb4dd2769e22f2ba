"""robots.txt, obeyed as RFC 9309 says: no file allows all, no answer forbids all."""

from __future__ import annotations

import re
from asyncio import Future, get_running_loop
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import attrs
from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.crawl.download.failures import Refused, outcome_from
from newscrawl.crawl.download.politeness.pace import Pace
from newscrawl.crawl.download.redirects import record_redirects
from newscrawl.crawl.download.response import observation_from, unanswered
from newscrawl.crawl.frontier.postponed import Postponed
from newscrawl.crawl.run.recorder import recorder_of
from newscrawl.html.charset import decode
from newscrawl.html.first_bytes import is_html
from newscrawl.ingest.usage_statements import RobotsStatements, parse_robots_statements
from newscrawl.limits import LARGEST_PAGE
from newscrawl.outcomes import Observation, Outcome, Problem
from newscrawl.text.urls import clean_url
from newscrawl.warc.content_encoding import PackingError, unpack_gzip

MAX_BYTES = 500 * 1024
"""Bytes of a robots.txt that are read (RFC 9309, 2.5)."""
MOST_NAMED_SITEMAPS = 50
"""Most sitemaps that are taken from one robots.txt."""

_OF_THE_HOST = frozenset(
    {
        Outcome.FORBIDDEN_ADDRESS,
        Outcome.DNS_ERROR,
        Outcome.CONNECTION,
        Outcome.TLS_ERROR,
    }
)
"""Outcomes of robots.txt that are those of every page of the host."""
_PASSING = frozenset(
    {Outcome.BLOCKED, Outcome.TIMEOUT, Outcome.TRUNCATED, Outcome.PROTOCOL_ERROR}
)
"""Outcomes of robots.txt that may be another at the next run, as a 5xx may."""

_TOKEN = re.compile(r"[A-Za-z_-]+")
_ANOTHER = "=another="
"""Stands for every crawler but ours; it occurs in no name."""
_AGENT_LINE = re.compile(
    r"^([ \t]*user[- ]?agent(?:[ \t]*:[ \t]*|[ \t]+))(.*)$", re.IGNORECASE | re.MULTILINE
)


@attrs.frozen(kw_only=True)
class Rules:
    """The rules of one host's robots.txt for this crawler."""

    rules: Protego | None = None
    refusal: Problem | None = None
    """The outcome and reason of every request, if robots.txt could not be read."""
    is_temporary: bool = False
    """True if the refusal may be over at the next run: no answer, a 5xx, a 429, a challenge."""
    statements: RobotsStatements = attrs.field(factory=RobotsStatements)
    """Statements about the use of pages by machines."""

    def check(self, url: str, agent: str) -> None:
        """Raise Refused if *url* may not be requested, Postponed if the next run may try it."""
        if self.refusal:
            raise (Postponed if self.is_temporary else Refused)(*self.refusal)
        if self.rules is not None and not self.rules.can_fetch(url, agent):
            raise Refused(Outcome.ROBOTS, "robots.txt forbids it")


class RobotsMiddleware:
    """Request the robots.txt of each host once, before anything else, and obey it."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self.crawler = crawler
        self.agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._rules: dict[str, Future[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Refused if robots.txt forbids *request*."""
        if request.meta.get("dont_obey_robotstxt") or not request.url.startswith("http"):
            return
        rules = await self._rules_for(request)
        rules.check(request.url, self.agent)

    def sitemaps_of(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of the host of *url* names."""
        known = self._rules.get(_origin(Request(url)))
        rules = known.result().rules if known is not None and known.done() else None
        if rules is None:
            return ()
        # Relative ones too, though the protocol wants whole addresses.
        base = f"{_origin(Request(url))}/robots.txt"
        named = (clean_url(base, line) for line in islice(rules.sitemaps, MOST_NAMED_SITEMAPS))
        return tuple(dict.fromkeys(filter(None, named)))

    def statements_of(self, url: str) -> RobotsStatements:
        """Return the statements of the robots.txt of the host of *url*; none if not read.

        *url* is the address of a request or a response.
        """
        parts = urlsplit(url)
        known = self._rules.get(f"{parts.scheme}://{parts.netloc}")
        is_read = known is not None and known.done()
        return known.result().statements if known and is_read else RobotsStatements()

    def summary_of(self, url: str) -> dict[str, Any] | None:
        """Return our rules in the robots.txt of the host of *url*; None if it was not read.

        `outcome` is `rules`, `none` or `forbids_all`, with the `reason`; `allows_home`; the
        seconds of `delay`; `sitemaps`.
        """
        known = self._rules.get(_origin(Request(url)))
        if known is None or not known.done():
            return None
        rules = known.result()
        outcome = "forbids_all" if rules.refusal else "rules" if rules.rules else "none"
        is_allowed = not rules.refusal
        if rules.rules is not None:
            is_allowed = rules.rules.can_fetch(url, self.agent)
        return {
            "outcome": outcome,
            "reason": rules.refusal[1] if rules.refusal else None,
            "allows_home": is_allowed,
            "delay": self._delay_of(rules),
            "sitemaps": list(self.sitemaps_of(url)),
        }

    async def _rules_for(self, request: Request) -> Rules:
        origin = _origin(request)
        if origin not in self._rules:
            self._rules[origin] = get_running_loop().create_future()
            rules, observation = await self._fetch(f"{origin}/robots.txt")
            recorder_of(self.crawler).record("", observation)
            self._keep_pace(request, rules)
            self._rules[origin].set_result(rules)
            self._note_where_it_is(observation.url, rules)
        return await self._rules[origin]

    def _note_where_it_is(self, url: str, rules: Rules) -> None:
        """Reuse the robots.txt of a host that another one redirected to."""
        origin = url.removesuffix("/robots.txt")
        if origin != url and origin not in self._rules and not rules.refusal:
            self._rules[origin] = get_running_loop().create_future()
            self._rules[origin].set_result(rules)

    async def _fetch(self, url: str) -> tuple[Rules, Observation]:
        request = Request(
            url,
            priority=1000,
            callback=NO_CALLBACK,
            meta={"dont_obey_robotstxt": True, "allow_offsite": True},
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:
            outcome, reason = outcome_from(error, url)
            if outcome == Outcome.REDIRECT_LOOP:  # counts as not there (RFC 9309, 2.3.1.2)
                return Rules(), unanswered(url, outcome, f"robots.txt: {reason}"[:300])
            observation = unanswered(url, outcome, f"robots.txt: {reason}"[:300])
            return _rules_after(error, outcome, reason), observation
        record_redirects(recorder_of(self.crawler), response)
        return _rules_from(response, self.agent)

    def _keep_pace(self, request: Request, rules: Rules) -> None:
        pace = self.crawler.get_extension(Pace)
        delay = self._delay_of(rules)
        if pace is not None and delay:
            pace.set_least_delay(urlparse_cached(request).hostname or "", delay)

    def _delay_of(self, rules: Rules) -> float | None:
        """Return the crawl-delay of robots.txt, in seconds."""
        if rules.rules is None:
            return None
        delay = rules.rules.crawl_delay(self.agent)
        rate = rules.rules.request_rate(self.agent)
        if rate is not None and rate.requests:
            delay = max(delay or 0, rate.seconds / rate.requests)
        return float(delay) if delay else None


def _origin(request: Request) -> str:
    parts = urlparse_cached(request)
    return f"{parts.scheme}://{parts.netloc}"


def _rules_after(error: Exception, outcome: Outcome, reason: str) -> Rules:
    """Return the rules of a robots.txt without a whole answer: nothing may be requested.

    RFC 9309, 2.3.1.4: a network error forbids all, as a 5xx does. The outcome of the pages is
    `robots`, except where the host as a whole is refused or cannot be connected to.
    """
    is_temporary = isinstance(error, Postponed) or outcome in _PASSING
    is_of_the_host = isinstance(error, Refused) or outcome in _OF_THE_HOST
    refusal = (
        outcome if is_of_the_host else Outcome.ROBOTS,
        f"robots.txt could not be read: {reason}"[:300],
    )
    return Rules(refusal=refusal, is_temporary=is_temporary)


def _rules_from(response: Response, agent: str) -> tuple[Rules, Observation]:
    status = response.status
    if 200 <= status < 300:
        return _rules_in(response, agent)
    observation = observation_from(response, Outcome.HTTP_ERROR, f"robots.txt: HTTP {status}")
    # Not there (4xx) allows; a server in trouble (5xx), or that wants a wait (429), forbids.
    if 400 <= status < 500 and status != 429:
        return Rules(), observation
    refusal = (Outcome.ROBOTS, f"robots.txt answered HTTP {status}")
    return Rules(refusal=refusal, is_temporary=True), observation


def _rules_in(response: Response, agent: str) -> tuple[Rules, Observation]:
    """Return the rules in an answered robots.txt, and in a page in its place."""
    try:
        body = unpack_gzip(response.body, LARGEST_PAGE)
    except PackingError as error:
        reason = f"robots.txt cannot be unpacked: {error.reason}"
        observation = observation_from(response, error.outcome, reason)
        return Rules(refusal=(Outcome.ROBOTS, reason)), observation
    kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
    text = decode(body[:MAX_BYTES], kind).text
    parsed = Protego.parse(with_whole_tokens(text, agent))
    if is_html(body):
        outcome = (Outcome.PARSE_ERROR, "robots.txt is an HTML page")
        seen = observation_from(response, *outcome, kind="robots.txt")
        return Rules(rules=parsed), seen
    stated = parse_robots_statements(text)
    seen = observation_from(response, Outcome.SOURCE, "robots.txt", kind="robots.txt")
    return (
        Rules(rules=parsed, statements=stated),
        attrs.evolve(seen, statements=stated.statements),
    )


def with_whole_tokens(text: str, agent: str) -> str:
    """Return the robots.txt *text* with only the groups that are for *agent*, or for all.

    A group is for a crawler whose product token it names whole (RFC 9309, 2.2.1): the letters,
    hyphens and underscores that its name begins with, in either case. Protego would find a
    group for `news` in `newscrawl`, and none for `newscrawl/1.0`.
    """
    ours = _product_token(agent)

    def renamed(found: re.Match[str]) -> str:
        name = found[2].partition("#")[0].strip()
        if name != "*":
            name = ours if _product_token(name) == ours else _ANOTHER
        return f"{found[1]}{name}"

    return _AGENT_LINE.sub(renamed, "\n".join(text.lstrip("\ufeff").splitlines()))


def _product_token(name: str) -> str:
    found = _TOKEN.match(name)
    return found[0].lower() if found else ""

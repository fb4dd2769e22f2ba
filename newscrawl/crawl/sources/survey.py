"""Choice of the next sources and articles of a site, from its answers so far. Pure.

A survey begins with the home page and the declared sources. It goes on with feeds, sitemaps
and news sitemaps; with articles as they are named; with section pages, unless two of them show
nothing that sitemaps had not named; and with further pages of a section as long as they show
articles that no feed or sitemap named and that no earlier crawl knew. A source that has not
changed names nothing new: only the sources that it named are requested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import attrs

from newscrawl.crawl.address_set import AddressSet, AddressTimes
from newscrawl.crawl.sources.address_shapes import Shapes, is_never_article
from newscrawl.crawl.sources.feeds import Feed
from newscrawl.crawl.sources.listings import Listing, PageLink
from newscrawl.crawl.sources.paging import list_of
from newscrawl.crawl.sources.redirectors import Redirectors
from newscrawl.crawl.sources.sections import find_sections
from newscrawl.crawl.sources.sitemap_pool import SitemapPool
from newscrawl.crawl.sources.sitemaps import OLDEST, Sitemap
from newscrawl.crawl.sources.survey_plan import (
    PRIORITIES,
    Before,
    Role,
    Scope,
    SurveyPlan,
    Wanted,
)
from newscrawl.text.urls import clean_url, host_of, url_key, without_tracking

MOST_PAGES = 1_000
"""The most pages of one list, in any crawl: some calendars have no end."""

ARTICLE_SHARE = 0.8
"""Sections that sitemaps make needless are tried only while this many pages are articles."""

LEAST_LIKELY = 0.3
"""A link that waits is dropped where it has become less likely to lead to an article."""

GUESSES = ("/sitemap.xml", "/feed", "/rss.xml")
"""Usual places of feeds and sitemaps, tried in turn on a site that names none."""


class Survey:
    """State of the search for the articles of one site."""

    def __init__(self, plan: SurveyPlan, scope: Scope, before: Before | None = None) -> None:
        self.plan = plan
        self.scope = scope
        self.before = before or Before()
        self.shapes = Shapes(plan.article_rule)
        self.pool = SitemapPool(since=plan.since, whole_history=plan.whole_history)
        self.redirectors = Redirectors()
        self._asked = AddressSet()
        self._lists: set[str] = set()
        """Keys of the addresses requested as sources."""
        self._perhaps_sections: list[str] = []
        """Addresses that sitemaps name and that look like sections on the home page."""
        self._named = AddressSet()
        self._owed = AddressSet()
        self._not_due = AddressSet()
        """Keys of the articles that the site shows now, and that were not due."""
        self.not_due = 0
        """Number of known articles that were named and not due."""
        self._articles = AddressSet()
        self._found: dict[str, int] = {}
        self._sections: dict[str, str] = {}
        self._guesses = list(GUESSES)
        self._open_sitemaps: set[str] = set()
        self._dates = AddressTimes()
        self._latest = AddressTimes()
        self._page_articles: dict[str, tuple[str, ...]] = {}
        self._home_links: tuple[PageLink, ...] = ()
        self._second_home_page: str | None = None
        self._has_source = False
        self._has_sitemap = False
        self.page_requests = 0
        """Number of pages requested: articles, lists, and pages that proved to be neither."""
        self._found_unnamed = False
        self._pages_read: dict[str, int] = {}

    def start(self) -> Iterator[Wanted]:
        """Yield the first requests: declared sources and the home page."""
        for url, role in self.plan.sources:
            if role == "sitemap":
                yield from self._want_sitemap(url, 0)
            else:
                yield from self._want(url, role)
        yield from self._want(self.plan.home, "home")

    def move_to(self, url: str, scope: Scope) -> None:
        """Note that the home page has moved to *url*, and with it the site to *scope*."""
        self.plan = attrs.evolve(self.plan, home=url)
        self.scope = scope

    def note_robots_sitemaps(self, urls: Iterable[str]) -> Iterator[Wanted]:
        """Yield the sitemaps that robots.txt names."""
        if not self.plan.sections:
            for url in urls:
                yield from self._want_sitemap(url, 0)

    def read_listing(self, url: str, role: str, listing: Listing) -> Iterator[Wanted]:
        """Yield the requests for the links of the home page or section page *url*."""
        links = [link for link in listing.links if self.scope.includes(link.url)]
        for link in links:
            self.shapes.note_link(link)
        if role == "home":
            self._note_home(listing, links)
            if self.plan.sections:
                return
            for feed in listing.feeds:
                yield from self._want(feed, "feed")
        articles = list(filter(self.shapes.is_likely_article, links))
        self._found[url_key(url)] = len(articles)
        has_unnamed = role != "home" and self._has_news_of(url, articles)
        self._found_unnamed |= has_unnamed
        for link in articles:
            yield from self._want_article(link.url, is_shown=role == "home", is_guess=True)
        if has_unnamed:
            yield from self._next_page(listing, articles)

    def _has_news_of(self, url: str, links: Iterable[PageLink]) -> bool:
        return any(self._is_news_of(url, link) for link in links)

    def _note_home(self, listing: Listing, links: list[PageLink]) -> None:
        """Note the links and sections of the home page."""
        self._home_links = tuple(links)
        self._second_home_page = listing.next_page
        self._sections = find_sections(self.plan.home, links, self.shapes, self.plan.sections)

    def read_feed(self, feed: Feed) -> Iterator[Wanted]:
        """Yield the articles that a feed names."""
        self._has_source = self._has_source or bool(feed.entries)
        for entry in feed.entries:
            url = next(filter(self.scope.includes, (entry.url, entry.permalink or "")), None)
            if url is None:
                self.redirectors.add(entry.url)
                continue
            self.shapes.note_result(url, is_article=True, weight=0.5)
            self._note_named(url, entry.published, entry.latest)
            yield from self._want_article(url, 10, is_shown=True)

    def read_sitemap(self, url: str, depth: int, sitemap: Sitemap) -> Iterator[Wanted]:
        """Yield the parts of an index, or the news that a sitemap names; the rest is pooled."""
        self.note_read(url)
        self._has_source = self._has_source or bool(sitemap.entries)
        for part in self.pool.parts_wanted(sitemap):
            yield from self._want_sitemap(part.url, depth + 1, part.modified)
        pages = [entry for entry in sitemap.entries if not entry.is_part]
        self._has_sitemap = self._has_sitemap or bool(pages)
        for entry in pages:
            if not self.scope.includes(entry.url):
                continue
            if entry.is_news:
                self.shapes.note_result(entry.url, is_article=True, weight=0.5)
                self._note_named(entry.url, entry.modified, entry.latest)
                yield from self._want_article(entry.url, 10, is_shown=True)
            else:
                self.pool.add(entry)
                self._note_named(entry.url, entry.modified, entry.latest)

    def note_as_before(self, url: str, role: str, *, found: int) -> None:
        """Note that a source has not changed and so was not read; it named *found* then."""
        self._open_sitemaps.discard(url_key(url))
        self._has_source = self._has_source or (role in {"feed", "sitemap"} and found > 0)
        self._has_sitemap = self._has_sitemap or (role == "sitemap" and found > 0)

    def want_again(
        self, url: str, role: str, depth: int, stated: dt.datetime | None
    ) -> Iterator[Wanted]:
        """Yield a source that a source named which is as it was."""
        if role == "sitemap":
            yield from self._want_sitemap(url, depth, stated)
        elif role == "section":
            self._sections.setdefault(url_key(url), url)
        elif role == "feed":
            yield from self._want(url, "feed")

    def articles_on(self, url: str) -> int:
        """Return how many links of the listing page *url*, as read, look like articles."""
        return self._found.get(url_key(url), 0)

    def note_read(self, url: str) -> None:
        """Note that a source was read."""
        self._open_sitemaps.discard(url_key(url))

    def note_failure(self, url: str, *, is_unreachable: bool) -> None:
        """Note that a source could not be read; where nobody answers, nothing is guessed."""
        if is_unreachable and url_key(url) == url_key(self.plan.home):
            self._guesses.clear()
        self._open_sitemaps.discard(url_key(url))

    def note_request(self) -> None:
        """Note that a page was requested that is not a list, or a redirect followed."""
        self.page_requests += 1

    def note_page(
        self, url: str, *, is_article: bool, published: dt.date | None = None
    ) -> None:
        """Note whether a page requested as an article proved to be one."""
        self.shapes.note_result(url, is_article=is_article)
        if is_article:
            self._articles.add(url_key(url))
        if published:
            date = (
                published
                if isinstance(published, dt.datetime)
                else dt.datetime.combine(published, dt.time.max, dt.UTC)
            )
            self._dates.set(url_key(url), date)
            self._latest.set(url_key(url), date)

    def note_not_due(self, one: Wanted, *, is_article: bool) -> None:
        """Note that *one* is not requested, unless another source states a later date."""
        self.not_due += 1
        if one.is_shown:
            self._not_due.add(url_key(one.url))
        self.note_page(one.url, is_article=is_article)

    def is_still_wanted(self, url: str, role: str) -> bool:
        """Return whether *url*, found earlier, is still worth a request.

        An address that a feed or sitemap names, or that was an article before, is, in any form.
        """
        key = url_key(url)
        if role == "article" and (key in self._named or key in self._owed):
            return not self._is_too_old(key)
        if role == "article":
            return not self._is_too_old(key) and self.shapes.probability(url) >= LEAST_LIKELY
        if role == "page":
            keys = self._page_articles.get(url, ())
            return not keys or not all(self._is_too_old(key) for key in keys)
        return True

    def note_owed(self, urls: Iterable[str]) -> None:
        """Note addresses that are requested in any case: the archive has them."""
        self._owed.update(map(url_key, urls))

    def note_passed_over(self, url: str) -> None:
        """Note that the article at *url* is not requested, unless a source names it."""
        self._asked.discard(f"article:{url}")

    def next_round(self) -> Iterator[Wanted]:
        """Yield the next requests when all so far have been answered; none at the end."""
        is_empty = True
        for one in self._pooled():  # perhaps a hundred thousand, so one at a time
            yield one
            is_empty = False
        steps = (self._want_redirectors, self._guess, self._want_sections)
        for step in (*steps, self._want_what_is_left) if is_empty else ():
            wanted = list(step())
            if wanted:
                yield from wanted
                return

    def _want(self, url: str, role: Role) -> Iterator[Wanted]:
        """Yield a source, unless it was requested."""
        key = f"source:{url}"
        if key in self._asked or not (self.scope.includes(url) or _may_be_elsewhere(url, role)):
            return
        self._asked.add(key)
        self._lists.add(url_key(url))
        self.page_requests += role in {"home", "section", "page"}
        yield Wanted(url=url, role=role, priority=PRIORITIES[role])

    def _want_article(
        self, url: str, bonus: int = 0, *, is_shown: bool = False, is_guess: bool = False
    ) -> Iterator[Wanted]:
        """Yield an article, unless it was requested, is too old or a link to no article."""
        url = without_tracking(url)
        key = f"article:{url}"
        if key in self._asked or not self.scope.includes(url) or self._is_too_old(url_key(url)):
            return
        if url_key(url) in self._lists or (is_guess and is_never_article(url)):
            return
        self._asked.add(key)
        yield Wanted(
            url=url,
            role="article",
            priority=PRIORITIES["article"] + bonus,
            is_shown=is_shown,
            changed=self._dates.get(url_key(url)),
        )

    def _want_sitemap(
        self, url: str, depth: int, stated: dt.datetime | None = None
    ) -> Iterator[Wanted]:
        for one in self._want(url, "sitemap") if self.pool.may_read(depth) else ():
            self.pool.read += 1
            self._open_sitemaps.add(url_key(url))
            yield attrs.evolve(one, depth=depth, stated=stated)

    def _next_page(self, listing: Listing, articles: list[PageLink]) -> Iterator[Wanted]:
        """Yield the next page of a list, unless it is long and its history not wanted."""
        is_wanted = self.plan.whole_history or self.plan.since
        pages = listing.last_page or 0
        if not listing.next_page or (pages > self.plan.max_pages and not is_wanted):
            return
        read = self._pages_read.get(list_of(listing.next_page), 1)
        if read >= (MOST_PAGES if is_wanted else self.plan.max_pages):
            return
        for one in self._want(listing.next_page, "page"):
            self._pages_read[list_of(one.url)] = read + 1
            self._page_articles[one.url] = tuple(url_key(link.url) for link in articles)
            yield one

    def _pooled(self) -> Iterator[Wanted]:
        if not self._open_sitemaps:
            yield from self.named_by_sitemaps()

    def named_by_sitemaps(self) -> Iterator[Wanted]:
        """Yield the articles that the sitemaps read so far name, once."""
        for entry in self.pool.take(self.shapes):
            if url_key(entry.url) in self._sections:
                self._perhaps_sections.append(entry.url)
                continue
            yield from self._want_article(entry.url, -30 if self.plan.whole_history else 0)

    def _guess(self) -> Iterator[Wanted]:
        while self._guesses and not self._has_source and not self.plan.sections:
            guess = self._guesses.pop(0)
            url = clean_url(self.plan.home, guess)
            if url and "sitemap" in guess:
                yield from self._want_sitemap(url, 0)
            elif url:
                yield from self._want(url, "feed")
            return

    def _want_sections(self) -> Iterator[Wanted]:
        """Yield the sections; only some if sitemaps name all articles of the home page."""
        if not self._sections and self._second_home_page and not self._is_covered():
            yield from self._want(self._second_home_page, "page")
            return
        for key in [key for key, url in self._sections.items() if self._was_read(url)]:
            yield from self._want(self._sections.pop(key), "section")
        room = self.plan.max_sections
        if self._is_covered() and not self._found_unnamed:
            room = int(len(self._articles) / ARTICLE_SHARE) - self.page_requests
        for key in list(self._sections)[: max(room, 0)]:
            yield from self._want(self._sections.pop(key), "section")

    def _want_redirectors(self) -> Iterator[Wanted]:
        """Yield links of feeds on other hosts, as far as those lead to the site."""
        for url in self.redirectors.take():
            key = f"article:{url}"
            if key not in self._asked:
                self._asked.add(key)
                self._named.add(url_key(url))
                priority = PRIORITIES["article"] + 10
                yield Wanted(url=url, role="article", priority=priority, is_elsewhere=True)

    def _want_what_is_left(self) -> Iterator[Wanted]:
        """Yield the possible sections that sitemaps name and that were not read as sections."""
        urls, self._perhaps_sections = self._perhaps_sections, []
        for url in urls:
            yield from self._want_article(url)

    def _is_covered(self) -> bool:
        """Return whether the sitemaps name every article that the home page links to."""
        linked = [link for link in self._home_links if url_key(link.url) in self._articles]
        is_named = not any(self._is_news_of(self.plan.home, link) for link in linked)
        return self._has_sitemap and len(linked) >= 5 and is_named

    def _is_news_of(self, url: str, link: PageLink) -> bool:
        """Return whether no feed, sitemap or earlier visit of the list *url* named *link*."""
        if url_key(link.url) in self._named:
            return False
        return not (self._was_read(url) and self.before.knows(link.url))

    def _was_read(self, url: str) -> bool:
        """Return whether the list of *url* was read before, as far as is wanted."""
        goes_on = self.plan.whole_history or self.plan.since
        return not goes_on and list_of(url) in self.before.lists

    def _note_named(
        self, url: str, date: dt.datetime | None, latest: dt.datetime | None
    ) -> None:
        key = url_key(url)
        self._named.add(key)
        if latest and key not in self._latest:
            self._latest.set(key, latest)
        if date is None or date <= (self._dates.get(key) or OLDEST):
            return
        self._dates.set(key, date)
        if key in self._not_due:
            self._not_due.discard(key)
            self._asked.discard(f"article:{without_tracking(url)}")
            self.not_due -= 1

    def _is_too_old(self, key: str) -> bool:
        date = self._latest.get(key)
        return bool(self.plan.since and date and date < self.plan.since)


def _may_be_elsewhere(url: str, role: Role) -> bool:
    """Return whether *url* may stand on a host of another name: feeds and sitemaps do."""
    host = host_of(url)
    return role in {"feed", "sitemap"} and "." in host and not host[-1:].isdigit()

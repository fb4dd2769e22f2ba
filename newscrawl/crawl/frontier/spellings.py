"""One request for all spellings of an address: the others wait until it is answered."""

from __future__ import annotations

from collections.abc import Container

from scrapy import Request

from newscrawl.crawl.address_set import AddressSet
from newscrawl.crawl.frontier.request_meta import Target, target_of
from newscrawl.text.urls import url_key


class Spellings:
    """The requests of a crawl by page, under the key that all spellings of its address share.

    `http`, `www.` and a trailing slash seldom make another page: once one spelling has given
    the page, the others are not requested. If it has not, the next one is.
    """

    def __init__(self) -> None:
        self._open = AddressSet()
        """The pages of which a request was let through and is not settled."""
        self._named_alike = AddressSet()
        """The keys of those requests whose page is that of their address."""
        self._pages: dict[str, str] = {}
        """The page of each other request key."""
        self._answered = AddressSet()
        self._waiting: dict[str, dict[str, Request]] = {}
        """The requests that wait, by page and by key of their address."""
        self._keys: set[str] = set()

    def is_answered(self, page: str) -> bool:
        """Return whether one spelling of *page* has been answered."""
        return page in self._answered

    def is_waiting(self, key: str) -> bool:
        """Return whether the address known by *key* waits for another spelling of it."""
        return key in self._keys

    def must_wait(self, request: Request, target: Target, key: str) -> bool:
        """Keep *request* if another spelling of its page is under way; return whether it is."""
        if not target.spelled:
            return False
        if target.spelled in self._open:
            self._waiting.setdefault(target.spelled, {})[key] = request
            self._keys.add(key)
            return True
        self._let_through(target.request_key, target.spelled)
        return False

    def answer(self, request_key: str, final_page: str) -> list[Request]:
        """Note that *final_page* answered *request_key*; return the needless requests."""
        pages = {self._page_of(request_key, final_page), final_page}
        self._answered.update(pages)
        return [request for page in pages for request in self._let_go(page).values()]

    def fail(self, request_key: str, page: str, seen: Container[str]) -> Request | None:
        """Note that *request_key*, or *page*, gave nothing; return the next spelling.

        An address that is *seen* was requested meanwhile, as the target of a redirect.
        """
        page = self._page_of(request_key, page)
        waiting = self._let_go(page)
        for key in list(waiting):
            request = waiting.pop(key)
            if key not in seen:
                if waiting:
                    self._waiting[page] = waiting
                    self._keys |= waiting.keys()
                target = target_of(request)
                self._let_through(target.request_key if target is not None else key, page)
                return request
        return None

    def leave(self, request_key: str) -> None:
        """Note that the page of *request_key* is left for another run, in every spelling."""
        self._let_go(self._page_of(request_key, ""))

    def take_left(self, seen: Container[str]) -> list[Request]:
        """Take out all that still waits, and return what is not *seen*."""
        waiting = [item for page in self._waiting.values() for item in page.items()]
        self._waiting.clear()
        self._open = AddressSet()
        self._keys.clear()
        return [request for key, request in waiting if key not in seen]

    def _let_through(self, request_key: str, page: str) -> None:
        self._open.add(page)
        if page == _page_by(request_key):
            self._named_alike.add(request_key)
        else:
            self._pages[request_key] = page

    def _page_of(self, request_key: str, otherwise: str) -> str:
        """Return the page of a request that is settled now; *otherwise* if it has none."""
        if request_key in self._named_alike:
            self._named_alike.discard(request_key)
            return _page_by(request_key)
        return self._pages.pop(request_key, otherwise)

    def _let_go(self, page: str) -> dict[str, Request]:
        self._open.discard(page)
        waiting = self._waiting.pop(page, {})
        self._keys -= waiting.keys()
        return waiting


def _page_by(request_key: str) -> str:
    """Return the page that an address, known by *request_key*, is a spelling of."""
    kind, _, url = request_key.partition(":")
    return f"{kind}:{url_key(url)}"

"""Articles on several pages, out of files: their first page waits until the others have come.

As a crawl joins them. A page that does not come within some records is missing, as the article
says.
"""

from __future__ import annotations

from collections import deque

import attrs

from newscrawl.article import Article
from newscrawl.importing.readings import Reading, Task
from newscrawl.ingest.joined_pages import is_further_page, join_pages, repeats
from newscrawl.outcomes import Outcome
from newscrawl.text.normalize_article import normalize_article
from newscrawl.text.urls import url_key

PATIENCE = 1_000
"""Number of records after its first page that an article waits for its other pages."""
LOOK_BACK = 100
"""Number of records before its first page that may hold its other pages."""


@attrs.define(eq=False)
class _Join:
    task: Task
    reading: Reading
    since: int
    """The number of the record that holds the first page."""
    parts: list[Article]
    known: dict[str, str]
    """The pages that have not come, by key of their address."""

    def joined(self) -> Reading:
        """Return the reading of the article that the pages found so far make."""
        article = join_pages(self.parts, tuple(self.known.values()))
        count, missing = len(self.parts) + len(self.known), len(self.known)
        seen = self.reading.observation
        if seen is not None:
            reason = f"incomplete: {missing} of {count} pages missing" if missing else None
            seen = attrs.evolve(seen, reason=reason, etag=None, last_modified=None)
        return Reading(observation=seen, article=normalize_article(article))


class WaitingPages:
    """Readings that wait for the other pages of their article, which are then joined."""

    def __init__(self) -> None:
        self._late: deque[tuple[Task, Reading]] = deque()
        self._joins: list[_Join] = []
        self._records = 0

    @property
    def first_offset(self) -> int | None:
        """Offset of the first record that still waits; None if none waits.

        An import that is stopped goes on there.
        """
        waiting = [task.offset for task, _ in self._late]
        return min([*waiting, *(join.task.offset for join in self._joins)], default=None)

    def take(self, task: Task, reading: Reading) -> list[Reading]:
        """Take the reading of a record; return the readings to write now."""
        self._records += 1
        article = reading.article
        join = self._wanting(article) if article is not None else None
        if join is not None:
            self._late.append((task, _added(join, reading)))
            self._add_earlier_pages(join)
        elif article is not None and _is_first(reading):
            join = _Join(task, reading, self._records, [article], _others(article))
            self._joins.append(join)
            self._add_earlier_pages(join)
        else:
            self._late.append((task, reading))
        through = [self._late.popleft()[1]] if len(self._late) > LOOK_BACK else []
        return [*through, *self._take_ripe()]

    def take_rest(self) -> list[Reading]:
        """Take out all that waits, joined as far as its pages have come."""
        joined = [join.joined() for join in self._joins]
        late = [reading for _, reading in self._late]
        self._joins.clear()
        self._late.clear()
        return [*late, *joined]

    def _wanting(self, article: Article) -> _Join | None:
        key = url_key(article.url)
        return next((join for join in self._joins if key in join.known), None)

    def _add_earlier_pages(self, join: _Join) -> None:
        """Take the pages of *join* that came before its first one."""
        is_more = True
        while is_more:
            is_more = False
            for at, (task, reading) in enumerate(self._late):
                article = reading.article
                if article is not None and url_key(article.url) in join.known:
                    self._late[at] = (task, _added(join, reading))
                    is_more = True

    def _take_ripe(self) -> list[Reading]:
        """Take out the articles that have all their pages, or have waited long enough."""
        ripe = [
            join
            for join in self._joins
            if not join.known or self._records - join.since > PATIENCE
        ]
        self._joins = [join for join in self._joins if join not in ripe]
        return [join.joined() for join in ripe]


def _others(page: Article) -> dict[str, str]:
    known = {url_key(url): url for url in page.missing_pages}
    known.pop(url_key(page.url), None)
    return known


def _added(join: _Join, reading: Reading) -> Reading:
    """Add a page to its article; return it as the row of a further page."""
    page, seen = reading.article, reading.observation
    assert page is not None  # noqa: S101  # only articles are wanted
    outcome, reason = Outcome.NOT_ARTICLE, "no text"
    join.known.pop(url_key(page.url))
    if repeats(page, join.parts):
        reason = f"it repeats a page of {join.parts[0].url}"
    elif is_further_page(page):
        join.parts.append(page)
        outcome = Outcome.CONTINUATION
        reason = f"page {len(join.parts)} of {join.parts[0].url}"
        have = {url_key(part.url) for part in join.parts}
        others = _others(page).items()
        join.known |= {key: url for key, url in others if key not in have | join.known.keys()}
    else:
        join.known[url_key(page.url)] = page.url
    if seen is not None:
        seen = attrs.evolve(seen, outcome=outcome, reason=reason[:300])
    return Reading(observation=seen)


def _is_first(reading: Reading) -> bool:
    seen, article = reading.observation, reading.article
    is_kept = seen is not None and seen.outcome == Outcome.STORED
    return is_kept and article is not None and bool(article.missing_pages)

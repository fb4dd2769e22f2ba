"""Saved searches beside an archive, and what they found since the last message.

The file `ARCHIVE.watchlist.json` holds the searches, where messages go, and what waits to be
delivered. Every change is written at once and whole.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
from filelock import FileLock

from newscrawl.archive import Archive
from newscrawl.archive.read.edits import Edit, read_edits
from newscrawl.archive.search.hits import ids_of_hits
from newscrawl.errors import UsageError
from newscrawl.system.project import watchlist_path
from newscrawl.system.whole_file import whole_file

MOST = 50
"""Most finds and most edits of one search in a message; the others are counted."""


@attrs.frozen(kw_only=True)
class SavedSearch:
    """One search, and the last article and version that a message reported."""

    query: str
    last_article: int = 0
    last_version: int = 0
    followed: Sequence[Sequence[int]] = ()
    """The ids of all articles that it ever found, as first and last of each row of ids."""

    @property
    def followed_ids(self) -> frozenset[int]:
        return frozenset(one for row in self.followed for one in range(row[0], row[1] + 1))


@attrs.frozen(kw_only=True)
class Targets:
    """Receivers of messages; None for none."""

    command: str | None = None
    """A command line for /bin/sh, with the message on its standard input."""
    webhook: str | None = None
    """An address that gets the message as JSON."""
    mail: str | None = None
    """An address of e-mail."""


@attrs.frozen(kw_only=True)
class Delivery:
    """One message that waits to be delivered to one target."""

    id: str
    target: str
    subject: str
    text: str
    payload: dict[str, Any]
    created_at: str
    tries: int = 0
    next_at: str = ""
    problem: str = ""
    """Why the last try failed."""


@attrs.frozen(kw_only=True)
class Watchlist:
    """Everything that the file holds."""

    searches: Mapping[str, SavedSearch] = attrs.field(factory=dict)
    targets: Targets = attrs.field(factory=Targets)
    outbox: Sequence[Delivery] = ()


class WatchlistFile:
    """The watchlist of one archive."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.path = watchlist_path(archive)

    def read(self) -> Watchlist:
        """Return the watchlist; an empty one without a file. Raises UsageError if damaged."""
        try:
            data = json.loads(self.path.read_text("utf-8"))
            return Watchlist(
                searches={n: SavedSearch(**row) for n, row in data["searches"].items()},
                targets=Targets(**data["targets"]),
                outbox=tuple(Delivery(**row) for row in data["outbox"]),
            )
        except FileNotFoundError:
            return Watchlist()
        except (
            OSError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            RecursionError,
        ) as error:
            raise UsageError(f"cannot read {self.path}: {error}") from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other programs from changing the file."""
        with FileLock(self.path.with_name(f".{self.path.name}.lock")):
            yield

    def write(self, watchlist: Watchlist) -> None:
        """Replace the file. The caller holds `alone`."""
        text = json.dumps(attrs.asdict(watchlist), indent=1, ensure_ascii=False)
        content = text.encode("utf-8")
        # An address of a webhook is as good as a password.
        with whole_file(self.path, mode=0o640) as file:
            file.write(content)

    def add(self, name: str, query: str) -> None:
        """Save a search, which reports finds from now on."""
        with Archive.open_read_only(self.archive) as archive:
            search = _reported(archive, SavedSearch(query=query))
        with self.alone():
            now = self.read()
            self.write(attrs.evolve(now, searches={**now.searches, name: search}))

    def remove(self, name: str) -> None:
        """Delete a search. Raises UsageError if there is none of that name."""
        with self.alone():
            now = self.read()
            if name not in now.searches:
                raise UsageError(f"the watchlist has no search {name!r}")
            left = {one: search for one, search in now.searches.items() if one != name}
            self.write(attrs.evolve(now, searches=left))

    def set_targets(self, changes: Mapping[str, str | None]) -> None:
        """Change where messages go."""
        with self.alone():
            now = self.read()
            self.write(attrs.evolve(now, targets=attrs.evolve(now.targets, **changes)))

    def collect(self, now: dt.datetime) -> int:
        """Put the finds since the last call into the outbox, as one message.

        Returns the number of finds and edits.
        """
        with self.alone(), Archive.open_read_only(self.archive) as archive:
            watchlist = self.read()
            reported = {
                name: _reported(archive, search) for name, search in watchlist.searches.items()
            }
            news = {
                name: _news(archive, search, reported[name])
                for name, search in watchlist.searches.items()
            }
            news = {name: found for name, found in news.items() if any(found.values())}
            count = sum(map(_count_of, news.values()))
            made = _deliveries(watchlist.targets, news, count, now) if count else ()
            outbox = (*watchlist.outbox, *made)
            self.write(attrs.evolve(watchlist, searches=reported, outbox=outbox))
        return count


def _reported(archive: Archive, search: SavedSearch) -> SavedSearch:
    """Return *search* with everything in the archive as reported."""
    article, version = archive.db.execute(
        "SELECT coalesce((SELECT max(id) FROM articles), 0),"
        " coalesce((SELECT max(id) FROM versions), 0)"
    ).fetchone()
    followed = search.followed_ids.union(ids_of_hits(archive.db, search.query))
    return attrs.evolve(
        search, last_article=article, last_version=version, followed=_rows_of(followed)
    )


def _rows_of(ids: Collection[int]) -> list[list[int]]:
    """Return *ids* as the first and last of each row of ids without a gap."""
    rows: list[list[int]] = []
    for one in sorted(ids):
        if rows and rows[-1][1] == one - 1:
            rows[-1][1] = one
        else:
            rows.append([one, one])
    return rows


def _news(archive: Archive, search: SavedSearch, now: SavedSearch) -> dict[str, Any]:
    """Return the new articles that a search finds, and the new edits of all it ever found.

    New articles and edits came after *search*, up to *now*. `more_found` and `more_edited`
    count those that are over MOST.
    """
    ids = ids_of_hits(archive.db, search.query)
    new = [one for one in ids if search.last_article < one <= now.last_article]
    followed = now.followed_ids
    edits = [
        edit
        for edit in _edits_since(archive, search)
        if search.last_version < edit.version_id <= now.last_version
        and edit.article_id in followed
    ]
    more = {"more_found": len(new) - MOST, "more_edited": len(edits) - MOST}
    return {
        "found": [_find(archive, number) for number in new[-MOST:]],
        "edited": [_edited(edit) for edit in edits[:MOST]],
    } | {name: count for name, count in more.items() if count > 0}


def _count_of(found: Mapping[str, Any]) -> int:
    return sum(rows if isinstance(rows, int) else len(rows) for rows in found.values())


def _edits_since(archive: Archive, search: SavedSearch) -> Iterator[Edit]:
    row = archive.db.execute(
        "SELECT min(first_seen) FROM versions WHERE id > ?", [search.last_version]
    ).fetchone()
    since = None if row[0] is None else dt.datetime.fromisoformat(row[0])
    yield from () if since is None else read_edits(archive.db, since=since)


def _find(archive: Archive, number: int) -> dict[str, Any]:
    row = next(
        archive.db.query(
            """SELECT a.id AS article_id, s.name AS site, u.url, v.headline FROM articles AS a
            JOIN sites AS s ON s.id = a.site_id JOIN urls AS u ON u.id = a.url_id
            JOIN versions AS v ON v.id = a.version_id WHERE a.id = ?""",
            [number],
        )
    )
    return dict(row)


def _edited(edit: Edit) -> dict[str, Any]:
    return {
        "article_id": edit.article_id,
        "site": edit.site,
        "url": edit.url,
        "headline": edit.headline,
        "classes": list(edit.classes),
        "is_silent": edit.is_silent,
        "not_before": edit.not_before.isoformat(),
        "first_seen": edit.first_seen.isoformat(),
    }


def _deliveries(
    targets: Targets, news: Mapping[str, Any], count: int, now: dt.datetime
) -> Iterator[Delivery]:
    """Yield the message about *news*, once for each target."""
    subject = f"newscrawl: {count} new on your watchlist"
    for name, value in attrs.asdict(targets).items():
        if value is not None:
            yield Delivery(
                id=f"{now:%Y%m%dT%H%M%S%f}-{name}",
                target=name,
                subject=subject,
                text=_text(news),
                payload={"created_at": now.isoformat(), "searches": dict(news)},
                created_at=now.isoformat(),
            )


def _text(news: Mapping[str, Any]) -> str:
    lines: list[str] = []
    for name, found in news.items():
        lines.append(f"{name}:")
        for kind in ("found", "edited"):
            for row in found[kind]:
                headline = " ".join(str(row["headline"] or row["url"]).split())
                lines += [f"  {kind}: {headline[:200]}", f"    {row['url']}"]
            if more := found.get(f"more_{kind}"):
                lines.append(f"  {kind}: {more} more")
    return "\n".join([*lines, ""])

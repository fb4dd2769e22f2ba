"""The hosts of each site of an archive, for the filter `site:` of a search."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from urllib.parse import urlsplit

import attrs
from sqlite_utils import Database

_ORIGINS = """SELECT DISTINCT
        a.site_id, substr(u.url, 1, 8 + instr(substr(u.url, 9) || '/', '/'))
    FROM articles AS a JOIN urls AS u ON u.id = a.url_id WHERE a.id > ?"""
_STATE = "SELECT coalesce(max(id), 0), (SELECT count(*) FROM addresses) FROM articles"
_NAMED = "SELECT id FROM sites WHERE name = ?"
_MOST_ARCHIVES = 16


@attrs.frozen
class _Hosts:
    """The hosts of an archive's sites, as of its newest article and number of addresses."""

    of_site: dict[int, set[str]]
    newest: int
    addresses: int


_known: OrderedDict[str, _Hosts] = OrderedDict()


def remember_hosts(db: Database) -> None:
    """Read the hosts of an archive, so that each later `site:` reads those of new articles."""
    if file := _file_of(db):
        _known[file] = _hosts_in(db, _known.get(file))
        while len(_known) > _MOST_ARCHIVES:
            _known.popitem(last=False)


def other_sites_with(db: Database, host: str) -> tuple[int, ...] | None:
    """Return the ids of the sites that have articles at or below *host*, but another name.

    None if `remember_hosts` was not called: reading all hosts takes longer than one search.
    """
    file, wanted = _file_of(db), host.lower()
    if file not in _known:
        return None
    remember_hosts(db)
    if "." not in wanted:
        return ()
    named = {row[0] for row in db.conn.execute(_NAMED, [host])}
    return tuple(
        sorted(
            site
            for site, hosts in _known[file].of_site.items()
            if site not in named and any(_is_below(one, wanted) for one in hosts)
        )
    )


def _file_of(db: Database) -> str:
    file: str = db.conn.execute("PRAGMA database_list").fetchone()[2]
    return file


def _is_below(host: str, wanted: str) -> bool:
    return host == wanted or host.endswith(f".{wanted}")


def _hosts_in(db: Database, known: _Hosts | None) -> _Hosts:
    newest, addresses = db.conn.execute(_STATE).fetchone()
    if known and (known.newest, known.addresses) == (newest, addresses):
        return known
    # An article has one address when it is new; one that has moved has gained another.
    if known is None or newest - known.newest != addresses - known.addresses:
        known = _Hosts({}, 0, 0)
    of_site = defaultdict(set, {site: set(hosts) for site, hosts in known.of_site.items()})
    for site, origin in db.conn.execute(_ORIGINS, [known.newest]):
        of_site[site].add((urlsplit(origin).hostname or "").lower())
    return _Hosts(dict(of_site), newest, addresses)

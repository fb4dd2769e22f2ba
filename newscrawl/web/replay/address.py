"""The second origin, on which stored pages are shown: its port, and the token in its addresses.

Only an address with the token is answered. Requests of a sandboxed frame come from no origin at
all, so that their headers do not tell them from those of another site.
"""

from __future__ import annotations

import re
import secrets
from weakref import WeakKeyDictionary

import attrs
from datasette.app import Datasette

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::\d{1,5})?")


@attrs.frozen(kw_only=True)
class ReplayOrigin:
    """The place at which stored pages are shown."""

    port: int
    """The port that this server listens at for them."""
    origin: str | None = None
    """Its origin as a browser reaches it through a proxy; None for that of the port."""
    token: str = attrs.field(factory=lambda: secrets.token_urlsafe(24), repr=False)
    """The first part of each address."""

    def seen_from(self, host: str) -> str | None:
        """Return its origin for a reader who reaches the front at *host*, a Host header."""
        if self.origin is not None:
            return self.origin
        match = _HOST.fullmatch(host)
        return f"http://{match[1]}:{self.port}" if match else None

    def path_of(self, stamp: str, observation: int | str = "") -> str:
        """Return the path of a stored answer, shown with a page of the time *stamp*."""
        return f"/{self.token}/{stamp}/{observation}"


_origins: WeakKeyDictionary[Datasette, ReplayOrigin] = WeakKeyDictionary()


def bind_replay(datasette: Datasette, origin: ReplayOrigin) -> None:
    """Record where *datasette* shows stored pages."""
    _origins[datasette] = origin


def replay_origin(datasette: Datasette) -> ReplayOrigin | None:
    """Return where *datasette* shows stored pages; None if it does not."""
    return _origins.get(datasette)

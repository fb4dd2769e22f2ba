"""A bound on the headers of an answer, which DOWNLOAD_MAXSIZE does not count.

A server that sends headers without end would fill the memory until the time limit.
"""

from __future__ import annotations

from typing import Any

from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, HTTP11ClientProtocol

MAX_BYTES = 256 * 1024
"""The most bytes of headers, interim answers (1xx) counted in: what Chromium takes, too."""


class HeadersTooLarge(Exception):
    """An answer has more headers than anyone needs; the message says how many bytes."""


class _BoundedHeaders:
    """Gives an answer up whose headers are over the limit. Put before a client's protocol."""

    _parser: Any
    _giveUp: Any  # noqa: N815
    _counted: object = None
    _size = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        parser = self._parser
        if parser is not self._counted:
            self._counted, self._size = parser, 0
        if parser is not None and parser.state in {STATUS, HEADER}:
            self._size += len(data)
            if self._size > MAX_BYTES + len(data):
                self._giveUp(_failure())
                return
        super().dataReceived(data)  # type: ignore[misc]


def _failure() -> Any:
    make: Any = Failure
    return make(HeadersTooLarge(f"over {MAX_BYTES} bytes of headers"))


def with_bounded_headers(factory: type[Any]) -> type[Any]:
    """Return a factory like *factory*, of HTTP clients, whose clients bound the headers."""

    class BoundedFactory(factory):  # type: ignore[misc]
        def buildProtocol(self, addr: object) -> HTTP11ClientProtocol:  # noqa: N802
            protocol: HTTP11ClientProtocol = super().buildProtocol(addr)
            kind = type(protocol)
            protocol.__class__ = type(kind.__name__, (_BoundedHeaders, kind), {})
            return protocol

    return BoundedFactory

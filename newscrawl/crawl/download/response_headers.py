"""Response headers: odd lines are read as browsers read them, and their size is limited.

DOWNLOAD_MAXSIZE does not count headers: a server that sends them without end would fill the
memory until the time limit.
"""

from __future__ import annotations

import re
from typing import Any

from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, HTTP11ClientProtocol, HTTPClientParser

MAX_BYTES = 256 * 1024
"""The most bytes of headers, interim answers (1xx) included: the limit of Chromium."""

# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class HeadersTooLarge(Exception):
    """An answer with more than MAX_BYTES of headers; the message says how many."""


class BadHeaders(Exception):
    """An answer whose headers do not state one length; the message names the line."""


_Base: Any = HTTPClientParser


class _Parser(_Base):  # type: ignore[misc]
    """Twisted's parser of a response, without the lines that browsers pass over.

    Twisted gives up a whole response for one line without a colon, a name with a space in it
    or an empty Content-Length.
    """

    MAX_LENGTH = MAX_BYTES
    """The longest line; Twisted's own limit of 16 KB is less than some policies have."""

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        is_continued = line[:1] in {b" ", b"\t"}
        if self.state == HEADER and line.strip():
            is_first = self._partialHeader is None
            if is_first if is_continued else b":" not in line:
                return
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        raise HeadersTooLarge(f"a header line of over {self.MAX_LENGTH} bytes")

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802
        name, said = name.strip(), value.lower()
        is_empty = name.lower() == b"content-length" and not value
        is_identity = name.lower() == b"transfer-encoding" and said in {b"identity", b""}
        if _NAME.fullmatch(name) and not is_empty and not is_identity:
            super().headerReceived(name, value)

    def allHeadersReceived(self) -> None:  # noqa: N802
        try:
            super().allHeadersReceived()
        except (KeyError, ValueError) as error:
            lines = [
                f"{name}: {value.decode('latin-1')}"
                for name in ("Content-Length", "Transfer-Encoding")
                for value in self.connHeaders.getRawHeaders(name.encode(), ())
            ]
            reason = "; ".join(lines)[:200]
            raise BadHeaders(f"the length cannot be told from its headers: {reason}") from error


class _BoundedHeaders:
    """Mixin of a client's protocol: gives up an answer whose headers are over the limit."""

    _parser: Any
    _giveUp: Any  # noqa: N815
    _counted: object = None
    _size = 0

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        parser = self._parser
        if parser is not self._counted:
            self._counted, self._size = parser, 0
            if parser is not None:
                parser.__class__ = _Parser
        if parser is not None and parser.state in {STATUS, HEADER}:
            self._size += len(data)
            if self._size > MAX_BYTES + len(data):
                self._giveUp(_failure())
                return
        super().dataReceived(data)  # type: ignore[misc]


def _failure() -> Any:
    make: Any = Failure
    return make(HeadersTooLarge(f"over {MAX_BYTES} bytes of headers"))


def with_checked_headers(factory: type[Any]) -> type[Any]:
    """Return a factory of HTTP clients like *factory*, whose clients use `_Parser`."""

    class CheckedFactory(factory):  # type: ignore[misc]
        def buildProtocol(self, addr: object) -> HTTP11ClientProtocol:  # noqa: N802
            protocol: HTTP11ClientProtocol = super().buildProtocol(addr)
            kind = type(protocol)
            protocol.__class__ = type(kind.__name__, (_BoundedHeaders, kind), {})
            return protocol

    return CheckedFactory

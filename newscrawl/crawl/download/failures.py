"""Outcomes of failed requests, from exceptions of Scrapy and Twisted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapy import exceptions as scrapy_errors
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet import error as twisted_errors
from twisted.web._newclient import ParseError

from newscrawl.crawl.download.guarded_resolver import refused_hosts
from newscrawl.crawl.download.response_headers import BadHeaders, HeadersTooLarge
from newscrawl.limits import size_text
from newscrawl.outcomes import Outcome, Problem
from newscrawl.text.urls import host_of


class Refused(scrapy_errors.IgnoreRequest):
    """A request that we do not send."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


_BY_CLASS: tuple[tuple[type[BaseException], Outcome], ...] = (
    (HeadersTooLarge, Outcome.TOO_LARGE),
    (BadHeaders, Outcome.PROTOCOL_ERROR),
    (scrapy_errors.DownloadTimeoutError, Outcome.TIMEOUT),
    (twisted_errors.TimeoutError, Outcome.TIMEOUT),
    (scrapy_errors.CannotResolveHostError, Outcome.DNS_ERROR),
    (scrapy_errors.ResponseDataLossError, Outcome.TRUNCATED),
    (scrapy_errors.UnsupportedURLSchemeError, Outcome.FORBIDDEN_ADDRESS),
    (scrapy_errors.NotSupported, Outcome.FORBIDDEN_ADDRESS),
    (scrapy_errors.DownloadCancelledError, Outcome.TOO_LARGE),
    (ParseError, Outcome.PROTOCOL_ERROR),
    (twisted_errors.ConnectError, Outcome.CONNECTION),
    (twisted_errors.ConnectionLost, Outcome.CONNECTION),
    (twisted_errors.ConnectionDone, Outcome.CONNECTION),
    (scrapy_errors.DownloadConnectionRefusedError, Outcome.CONNECTION),
    (scrapy_errors.DownloadFailedError, Outcome.CONNECTION),
    (OSError, Outcome.BAD_ENCODING),
    (ValueError, Outcome.BAD_URL),
)
_BY_MESSAGE = (
    ("max redirections reached", Outcome.REDIRECT_LOOP),
    ("exceeded DOWNLOAD_MAXSIZE", Outcome.TOO_LARGE),
)
_LARGER = re.compile(
    r"(?:(Expected to receive)|Received) (\d+) bytes which is larger than download max size "
    r"\((\d+)\)"
)
_UNPACKED_LARGER = re.compile(r"exceeded DOWNLOAD_MAXSIZE \((\d+) B\)")


def outcome_from(error: BaseException, url: str) -> Problem:
    """Return the outcome of a request to *url* that ended in *error*, and the reason."""
    if isinstance(error, Refused):
        return error.outcome, error.reason
    if isinstance(error, HttpError):
        return _outcome_of_status(error)
    if host_of(url) in refused_hosts:
        return Outcome.FORBIDDEN_ADDRESS, f"{host_of(url)} is at no public address"
    causes = list(_causes(error))
    # Twisted's lists of reasons print themselves; what is in them is among the causes.
    said = dict.fromkeys(str(cause) for cause in causes)
    message = " ".join(text for text in said if text and not text.startswith("[<"))[:300]
    outcome = _outcome_of(causes, message)
    return outcome, _in_our_words(message) or type(error).__name__


def _in_our_words(message: str) -> str:
    """Return *message*, and a sentence of ours for Scrapy's about the size of an answer."""
    if match := _LARGER.search(message):
        has = "has" if match[1] else "had, when it was cut off,"
        size, limit = size_text(int(match[2])), size_text(int(match[3]))
        return f"the answer {has} {size}; the limit is {limit}"
    if match := _UNPACKED_LARGER.search(message):
        return f"the answer is over {size_text(int(match[1]))} when unpacked"
    return message


def _outcome_of_status(error: HttpError) -> Problem:
    """Return the outcome of an error status, or of a redirect that was not followed."""
    status = error.response.status
    location = (error.response.headers.get("Location") or b"").decode("latin-1").strip()
    scheme = location.partition(":")[0].lower()
    is_elsewhere = scheme.isalnum() and ":" in location[:20] and scheme not in {"http", "https"}
    if 300 <= status < 400 and is_elsewhere:
        return (
            Outcome.FORBIDDEN_ADDRESS,
            f"HTTP {status} to {scheme}:, which is never requested",
        )
    return Outcome.HTTP_ERROR, f"HTTP {status}"


def _outcome_of(causes: list[BaseException], message: str) -> Outcome:
    if any(_is_tls(cause) for cause in causes):
        return Outcome.TLS_ERROR
    for text, outcome in _BY_MESSAGE:
        if text in message:
            return outcome
    # The table has the specific ones first, in any place in the chain of causes.
    for kind, outcome in _BY_CLASS:
        if any(isinstance(cause, kind) for cause in causes):
            return outcome
    return Outcome.ERROR


def _is_tls(error: BaseException) -> bool:
    kind = type(error)
    named = "Certificate" in kind.__name__ or "VerificationError" in kind.__name__
    return named or "SSL" in kind.__module__


def _causes(error: BaseException, depth: int = 0) -> Iterator[BaseException]:
    """Yield *error* and its causes; Twisted has a list of reasons."""
    if depth > 5:
        return
    yield error
    for reason in getattr(error, "reasons", None) or ():
        yield from _causes(getattr(reason, "value", reason), depth + 1)
    if error.__cause__ is not None:
        yield from _causes(error.__cause__, depth + 1)

"""Requests to the services of other archives: one at a time, at a pace, again after a wait.

A service that answers 429 or 503 has its Retry-After obeyed; without one, waits double. A
redirect is returned and never followed: the caller knows where it may lead.
"""

from __future__ import annotations

import datetime as dt
import http.client
import ssl
import time
import urllib.request
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError

import attrs

import newscrawl
from newscrawl.errors import FetchError, NewscrawlError, UsageError
from newscrawl.limits import size_text
from newscrawl.outcomes import Outcome
from newscrawl.system.environment import variable
from newscrawl.text.urls import as_sent
from newscrawl.values.retry_after import parse_retry_after

PACE = 1.5
"""Seconds between two requests, unless NEWSCRAWL_HISTORY_PACE says otherwise."""
SECONDS = 90.0
"""Seconds without a byte after which a request has failed."""
TRIES = 5
"""Most tries of one request."""
LONGEST_WAIT = 600.0
"""The longest wait within a run, in seconds: a service that wants more ends the run."""
FIRST_WAIT = 10.0
"""Seconds before a failed request is sent again, unless NEWSCRAWL_HISTORY_WAIT says otherwise.

They double with each try; after 429 they are six times as long. A Retry-After goes before.
"""
_BUSY = frozenset({429, 503})
_AGAIN = frozenset({408, 500, 502, 504, 520, 522, 523, 524, *_BUSY})


@attrs.frozen(kw_only=True)
class Reply:
    """One answer of a service."""

    url: str
    """The requested address."""
    status: int
    """The HTTP status."""
    headers: tuple[tuple[str, str], ...]
    """Headers in their order."""
    body: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")
    """Body as sent."""

    def header(self, name: str) -> str | None:
        """Return the first header of that *name*, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class ServiceBusyError(NewscrawlError):
    """A service wants no requests for now; the same command goes on later."""


class _FailedError(Exception):
    """A request failed, and may work later."""

    def __init__(self, outcome: Outcome, reason: str, reply: Reply | None = None) -> None:
        super().__init__(reason)
        self.outcome, self.reply = outcome, reply


class _TooLongError(Exception):
    """An answer is longer than it may be."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Client:
    """Sends requests to services, *pace* seconds apart."""

    def __init__(
        self,
        pace: float | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        tries: int = TRIES,
    ) -> None:
        self._pace = _seconds("NEWSCRAWL_HISTORY_PACE", PACE) if pace is None else pace
        self._wait = _seconds("NEWSCRAWL_HISTORY_WAIT", FIRST_WAIT)
        self._sleep, self._tries = sleep, tries
        self._next_at = 0.0
        self._opener = urllib.request.build_opener(_NoRedirects)
        self.requests = 0
        """Number of requests that were sent."""

    def get(self, url: str, most: int, headers: Mapping[str, str] | None = None) -> Reply:
        """Return the answer at *url*, of at most *most* bytes, of any status.

        Raises FetchError if it does not arrive whole, and ServiceBusyError if the service
        wants to be left alone for longer than LONGEST_WAIT.
        """
        request = urllib.request.Request(as_sent(url), headers=dict(headers or {}))  # noqa: S310
        return self.send(request, most)

    def send(self, request: urllib.request.Request, most: int) -> Reply:
        """Return the answer to *request*, as `get` does."""
        if request.type not in {"http", "https"}:
            raise UsageError(f"{request.full_url} is no web address")
        url, failed = request.full_url, _FailedError(Outcome.ERROR, "it was not sent")
        for attempt in range(1, self._tries + 1):
            self._await_turn()
            try:
                return self._sent(request, most)
            except _FailedError as error:
                failed = error
            if attempt < self._tries:
                self._sleep(self._wait_before_retry(failed.reply, attempt, url))
        if failed.reply is not None and failed.reply.status in _BUSY:
            raise ServiceBusyError(
                f"{url}: HTTP {failed.reply.status} at each of {self._tries} tries; run the"
                " same command again later"
            )
        raise FetchError(url, failed.outcome, str(failed))

    def _await_turn(self) -> None:
        left = self._next_at - time.monotonic()
        if left > 0:
            self._sleep(left)

    def _sent(self, request: urllib.request.Request, most: int) -> Reply:
        """Send *request* once. Raises _FailedError if it may work later."""
        request.add_header("User-Agent", _user_agent())
        request.add_header("Accept-Encoding", "identity")
        url = request.full_url
        self.requests += 1
        try:
            reply = self._reply(request, most)
        except _TooLongError as error:
            raise FetchError(url, Outcome.TOO_LARGE, str(error)) from error
        except (ValueError, http.client.InvalidURL) as error:
            reason = f"it cannot be requested: {error}"[:200]
            raise FetchError(url, Outcome.BAD_URL, reason) from error
        except http.client.IncompleteRead as error:
            raise _FailedError(Outcome.TRUNCATED, "the answer ended too early") from error
        except (OSError, http.client.HTTPException) as error:
            cause = error.reason if isinstance(error, URLError) else error
            if isinstance(cause, ssl.SSLCertVerificationError):
                raise FetchError(url, Outcome.TLS_ERROR, str(cause)) from error
            reason = f"{type(cause).__name__}: {cause}"[:200]
            raise _FailedError(Outcome.CONNECTION, reason) from error
        finally:
            self._next_at = time.monotonic() + self._pace
        if reply.status in _AGAIN:
            raise _FailedError(Outcome.HTTP_ERROR, f"HTTP {reply.status}", reply)
        return reply

    def _reply(self, request: urllib.request.Request, most: int) -> Reply:
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                return _reply_from(request.full_url, answer, most)
        except HTTPError as error:
            with error:
                return _reply_from(request.full_url, error, most)

    def _wait_before_retry(self, reply: Reply | None, attempt: int, url: str) -> float:
        header = reply.header("Retry-After") if reply is not None else None
        wait = parse_retry_after(header, dt.datetime.now(dt.UTC)) if header else None
        if wait is None:
            is_busy = reply is not None and reply.status == HTTPStatus.TOO_MANY_REQUESTS
            wait = self._wait * (6 if is_busy else 1) * 2 ** (attempt - 1)
        if wait > LONGEST_WAIT:
            raise ServiceBusyError(
                f"{url}: the service wants no request for {wait:.0f} s; run the same command "
                "again after that"
            )
        return wait


def _reply_from(url: str, answer: Any, most: int) -> Reply:
    """Return an answer, read to its end. Raises _TooLongError if it is longer than *most*."""
    body = answer.read(most + 1)
    if len(body) > most:
        raise _TooLongError(f"the answer is longer than {size_text(most)}")
    length = answer.headers.get("Content-Length", "")
    if length.isdigit() and len(body) < int(length):
        raise http.client.IncompleteRead(body, int(length) - len(body))
    return Reply(
        url=url, status=answer.status, headers=tuple(answer.headers.items()), body=body
    )


def _user_agent() -> str:
    contact = variable("NEWSCRAWL_CONTACT")
    about = f"; +{contact}" if contact else ""
    return f"newscrawl/{newscrawl.__version__} (news archiving{about})"


def _seconds(name: str, default: float) -> float:
    text = variable(name, str(default))
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 3600:
        raise UsageError(f"{name}: {text!r} is no number of seconds from 0 to 3600")
    return seconds

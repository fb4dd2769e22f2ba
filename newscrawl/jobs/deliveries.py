"""Delivery of messages to a command, a webhook or by e-mail, again and again until it works.

A webhook gets JSON, with `X-Newscrawl-Delivery`, and where NEWSCRAWL_WEBHOOK_SECRET is set with
`X-Newscrawl-Signature: t=SECONDS,v1=HEX`: the HMAC-SHA-256 of `SECONDS.BODY`. E-mail goes
through the server of NEWSCRAWL_SMTP (HOST:PORT), from NEWSCRAWL_MAIL_FROM.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import http.client
import json
import logging
import smtplib
import subprocess
import urllib.request
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any

import attrs

from newscrawl.jobs.message_command import run_message_command
from newscrawl.jobs.watchlist import Delivery, Targets, WatchlistFile
from newscrawl.system.environment import variable
from newscrawl.text.urls import host_of

FIRST_WAIT = dt.timedelta(minutes=1)
LONGEST_WAIT = dt.timedelta(hours=6)
LONGEST_LIFE = dt.timedelta(days=7)
"""A message that could not be delivered for so long is given up."""
_SECONDS = 20.0
"""Seconds that a server may take."""
_FAILURES = (
    *(OSError, ValueError, subprocess.SubprocessError),
    *(smtplib.SMTPException, http.client.HTTPException),
)

logger = logging.getLogger(__name__)


def deliver(file: WatchlistFile, now: dt.datetime) -> tuple[int, int]:
    """Deliver the messages that are due; return how many went out, and how many wait."""
    with file.alone():
        watchlist = file.read()
        due = [one for one in watchlist.outbox if _is_due(one, now)]
    for one in due:  # the file is free meanwhile: a slow server holds up nobody
        problem = _problem(one, watchlist.targets)
        _settle(file, one, problem, now)
    waiting = file.read().outbox
    return len(due) - sum(one.id in {left.id for left in waiting} for one in due), len(waiting)


def _is_due(one: Delivery, now: dt.datetime) -> bool:
    """Return whether to try *one* now; so is one of a time when the clock was ahead."""
    if not one.next_at:
        return True
    return not now < dt.datetime.fromisoformat(one.next_at) <= now + LONGEST_WAIT


def _settle(file: WatchlistFile, one: Delivery, problem: str | None, now: dt.datetime) -> None:
    """Remove a delivered message from the file, or set the time of its next try."""
    if problem is not None:
        logger.error("%s %s was not delivered: %s", one.target, one.id, problem)
    with file.alone():
        watchlist = file.read()
        others = tuple(left for left in watchlist.outbox if left.id != one.id)
        is_old = now - dt.datetime.fromisoformat(one.created_at) > LONGEST_LIFE
        if problem is not None and not is_old:
            wait = min(FIRST_WAIT * 2 ** min(one.tries, 20), LONGEST_WAIT)
            again = attrs.evolve(
                one, tries=one.tries + 1, next_at=(now + wait).isoformat(), problem=problem
            )
            others = (*others, again)
        file.write(attrs.evolve(watchlist, outbox=others))


def _problem(one: Delivery, targets: Targets) -> str | None:
    """Deliver one message; return why that failed, or None."""
    target = getattr(targets, one.target)
    if target is None:  # it was removed meanwhile
        return None
    try:
        _WAYS[one.target](target, one)
    except _FAILURES as error:
        return f"{type(error).__name__}: {error}"[:300]
    return None


def _run(command: str, one: Delivery) -> None:
    run_message_command(command, one.subject, one.text)


def _post(address: str, one: Delivery) -> None:
    body = json.dumps(one.payload, ensure_ascii=False).encode("utf-8")
    headers = {"Content-Type": "application/json", "X-Newscrawl-Delivery": one.id}
    secret = variable("NEWSCRAWL_WEBHOOK_SECRET")
    if secret:
        headers["X-Newscrawl-Signature"] = signature(secret, body, dt.datetime.now(dt.UTC))
    request = urllib.request.Request(address, data=body, headers=headers)  # noqa: S310
    with urllib.request.build_opener(_NoRedirects).open(request, timeout=_SECONDS):
        pass


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Refuses redirects: a request that follows one is a GET, without the message."""

    def redirect_request(self, *arguments: Any) -> None:
        host = host_of(str(arguments[-1]))
        raise OSError(f"it has moved to {host}: newscrawl watchlist to --webhook ADDRESS")


def signature(secret: str, body: bytes, now: dt.datetime) -> str:
    """Return the signature of a body that is sent now."""
    seconds = int(now.timestamp())
    signed = hmac.new(secret.encode(), b"%d.%b" % (seconds, body), hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def _mail(address: str, one: Delivery) -> None:
    message = EmailMessage()
    message["Subject"] = one.subject
    message["To"] = address
    message["From"] = variable("NEWSCRAWL_MAIL_FROM", address)
    message["Date"] = format_datetime(dt.datetime.fromisoformat(one.created_at))
    message["Message-ID"] = f"<{one.id}@newscrawl.invalid>"
    message.set_content(one.text)
    host, _, port = variable("NEWSCRAWL_SMTP", "localhost:25").partition(":")
    with smtplib.SMTP(host, int(port or 25), timeout=_SECONDS) as server:
        server.send_message(message)


_WAYS: Mapping[str, Callable[[str, Delivery], None]] = MappingProxyType(
    {"command": _run, "webhook": _post, "mail": _mail}
)

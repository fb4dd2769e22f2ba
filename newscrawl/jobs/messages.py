"""Messages to people: when a job stops being well, when it is well again, and a daily digest.

A message goes to the standard input of a command, with its subject in NEWSCRAWL_SUBJECT. Any
program can send it: `mail -s "$NEWSCRAWL_SUBJECT" desk@example.org`, sendmail, or a curl
to the webhook of Slack or Telegram.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs

from newscrawl.errors import UsageError
from newscrawl.jobs.health import Health
from newscrawl.jobs.state import JobStates

DIGEST = "daily digest"
"""The entry of the states that holds when the last digest was sent."""
_SECONDS = 60.0

logger = logging.getLogger(__name__)


@attrs.frozen(kw_only=True)
class Messages:
    """The settings of messages."""

    command: str | None = None
    """A command line for /bin/sh that gets the message on its input; None only logs it."""
    digest_at: dt.time | None = None
    """When the daily digest is sent, by the machine's clock; None for no digest."""


def read_messages(path: Path) -> Messages:
    """Return the table `messages` of a jobs file (command, digest_at = "07:00").

    Raises UsageError if it is wrong.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("messages", {})
    except FileNotFoundError:
        return Messages()
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    command, digest_at = table.get("command"), table.get("digest_at")
    try:
        at = None if digest_at is None else dt.time.fromisoformat(digest_at)
    except (TypeError, ValueError):
        raise UsageError(f"{path}: digest_at is {digest_at!r}, no time such as 07:00") from None
    if command is not None and not isinstance(command, str):
        raise UsageError(f"{path}: command is to be one text for the shell")
    return Messages(command=command, digest_at=at)


def tell_changes(messages: Messages, states: JobStates, jobs: Iterable[Health]) -> int:
    """Send a message for each job whose condition changed since the last; return how many.

    Running jobs are skipped, and so is a first run that ends well.
    """
    sent = 0
    for one in jobs:
        before = states[one.job].told
        now = "well" if one.is_well else one.word
        if one.word == "running" or now == (before or "well"):
            continue
        states.change(one.job, told=now)
        subject = f"{one.job} is well again" if one.is_well else f"{one.job} is {_WORDS[now]}"
        send(messages, f"newscrawl: {subject}", f"{one.job}: {one.line}\n")
        sent += 1
    return sent


_WORDS: Mapping[str, str] = {
    "silent": "silent",
    "changed": "changed",
    "failing": "failing",
    "late": "late",
    "never": "not running",
}


def tell_digest(
    messages: Messages, states: JobStates, jobs: Iterable[Health], now: dt.datetime
) -> bool:
    """Send the digest of the day if its time has come; return whether it was sent.

    *now* is the time of the machine's zone.
    """
    if messages.digest_at is None or now.timetz().replace(tzinfo=None) < messages.digest_at:
        return False
    last = states[DIGEST].started_at
    if last is not None and last.astimezone(now.tzinfo).date() >= now.date():
        return False
    states.change(DIGEST, started_at=now.astimezone(dt.UTC))
    rows = sorted(jobs, key=lambda one: (one.is_well, one.job))
    well = sum(one.is_well for one in rows)
    lines = [f"{one.job}: {one.word}: {one.line}" for one in rows]
    send(messages, f"newscrawl: {well} of {len(rows)} jobs are well", "\n".join([*lines, ""]))
    return True


def send(messages: Messages, subject: str, text: str) -> None:
    """Send one message; a failure is logged and raises nothing."""
    logger.warning("%s: %r", subject, text.strip())
    if messages.command is None:
        return
    try:
        subprocess.run(  # noqa: S603 (the command is the owner's own)
            ["/bin/sh", "-c", messages.command],
            input=text,
            env={**os.environ, "NEWSCRAWL_SUBJECT": subject},
            encoding="utf-8",
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        logger.error("the message was not sent: %s", error)

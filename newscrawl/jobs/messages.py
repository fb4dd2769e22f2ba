"""Messages to people: when a job stops being well, when it is well again, and a daily digest.

A message goes to the standard input of a command, with its subject in NEWSCRAWL_SUBJECT. Any
program can send it: `mail -s "$NEWSCRAWL_SUBJECT" desk@example.org`, sendmail, or a curl
to the webhook of Slack or Telegram.
"""

from __future__ import annotations

import datetime as dt
import logging
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from newscrawl.errors import ArchiveError, UsageError
from newscrawl.jobs.health import Health
from newscrawl.jobs.message_command import run_message_command
from newscrawl.jobs.state import JobState, JobStates
from newscrawl.text.counted import counted

DIGEST = "daily digest"
"""The entry of the states that holds when the last digest was sent."""
_LISTED = 20
"""Jobs that a message lists."""

logger = logging.getLogger(__name__)


@attrs.frozen(kw_only=True)
class Messages:
    """The settings of messages."""

    command: str | None = None
    """A command line for /bin/sh that gets the message on its input; None only logs it."""
    digest_at: dt.time | None = None
    """When the daily digest is sent, by the machine's clock; None for no digest."""


def messages_from(path: Path, table: Mapping[str, Any]) -> Messages:
    """Return the settings in the table `messages` of the jobs file at *path*.

    Raises UsageError if one is wrong.
    """
    unknown = sorted(set(table) - {"command", "digest_at"})
    if unknown:
        raise UsageError(f"{path}: messages: {unknown[0]!r} is none of command, digest_at")
    command, digest_at = table.get("command"), table.get("digest_at")
    try:
        at = None if digest_at is None else dt.time.fromisoformat(digest_at)
    except (TypeError, ValueError):
        raise UsageError(f"{path}: digest_at is {digest_at!r}, no time such as 07:00") from None
    if command is not None and not isinstance(command, str):
        raise UsageError(f"{path}: command is to be one text for the shell")
    return Messages(command=command, digest_at=at)


def send_changes(messages: Messages, states: JobStates, jobs: Iterable[Health]) -> int:
    """Send a message for each condition that jobs have newly; return how many were sent.

    Jobs of one condition share a message. One that could not be sent is sent again by the next
    call. Running jobs are skipped, and so is a first run that ends well.
    """
    before = states.read()
    changed: dict[str, list[Health]] = {}
    for one in jobs:
        now = "well" if one.is_well else one.word
        reported = before.get(one.job, JobState()).reported or "well"
        if one.word != "running" and now != reported:
            changed.setdefault(now, []).append(one)
    sent = 0
    for word, group in changed.items():
        if send(messages, f"newscrawl: {_subject(word, group)}", _text(group)):
            sent += 1
            _note_reported(states, group, word)
    return sent


def _note_reported(states: JobStates, group: Sequence[Health], word: str) -> None:
    for one in group:
        try:
            states.change(one.job, reported=word)
        except ArchiveError as error:  # it holds for this program, and no message is repeated
            logger.error("%s: %s", one.job, error)


def _subject(word: str, group: Sequence[Health]) -> str:
    condition = "well again" if word == "well" else _WORDS[word]
    if len(group) == 1:
        return f"{group[0].job} is {condition}"
    return f"{len(group)} jobs are {condition}"


def _text(group: Sequence[Health]) -> str:
    lines = [f"{one.job}: {one.line}" for one in group[:_LISTED]]
    if len(group) > _LISTED:
        lines.append(f"and {len(group) - _LISTED} more: newscrawl health")
    return "\n".join([*lines, ""])


_WORDS: Mapping[str, str] = {
    "full": "stopped by a full disk",
    "silent": "silent",
    "changed": "changed",
    "failing": "failing",
    "late": "late",
    "never": "not running",
}


def send_digest(
    messages: Messages, states: JobStates, jobs: Iterable[Health], now: dt.datetime
) -> bool:
    """Send the digest of the day if its time has come; return whether it was sent.

    *now* is the time of the machine's zone.
    """
    if messages.digest_at is None or now.timetz().replace(tzinfo=None) < messages.digest_at:
        return False
    last = states[DIGEST].started_at
    # A time that lies ahead is that of a clock that was wrong.
    if last is not None and last <= now and last.astimezone(now.tzinfo).date() == now.date():
        return False
    rows = sorted(jobs, key=lambda one: (one.is_well, one.job))
    well = sum(one.is_well for one in rows)
    lines = [f"{one.job}: {one.word}: {one.line}" for one in rows]
    subject = f"newscrawl: {well} of {counted(len(rows), 'jobs', 'are')} well"
    if not send(messages, subject, "\n".join([*lines, ""])):
        return False
    states.change(DIGEST, started_at=now.astimezone(dt.UTC))
    return True


def send(messages: Messages, subject: str, text: str) -> bool:
    """Send one message; return whether that worked. A failure is logged and raises nothing."""
    logger.warning("%s: %r", subject, text.strip())
    if messages.command is None:
        return True
    try:
        run_message_command(messages.command, subject, text)
    except (OSError, subprocess.SubprocessError) as error:
        logger.error("the message was not sent, and is sent again later: %s", error)
        return False
    return True

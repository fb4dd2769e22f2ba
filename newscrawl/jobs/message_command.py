"""The command of the machine's owner that sends a message."""

from __future__ import annotations

import subprocess

from newscrawl.system.environment import environment_with

_SECONDS = 60.0
"""Seconds that the command may take."""


def run_message_command(command: str, subject: str, text: str) -> None:
    """Run *command* by `/bin/sh`: *text* is its input, NEWSCRAWL_SUBJECT the *subject*.

    Raises OSError or subprocess.SubprocessError if it fails or takes longer than a minute.
    """
    subprocess.run(  # noqa: S603 (the command is the owner's own)
        ["/bin/sh", "-c", command],
        input=text,
        env=environment_with(NEWSCRAWL_SUBJECT=subject),
        encoding="utf-8",
        timeout=_SECONDS,
        check=True,
    )

"""`newscrawl …` as a person or a job runs it, in a process of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.processes import PROGRAMS, Command, run_command

ROOT = Path(__file__).parent.parent
PROGRAM = (sys.executable, *PROGRAMS["newscrawl"])
Done = subprocess.CompletedProcess[str]


def run(*arguments: str | Path, environment: Mapping[str, str] = MappingProxyType({})) -> Done:
    """Run `newscrawl` as a person would who pipes its output."""
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("NEWSCRAWL")
    }
    env.pop("COLUMNS", None)
    words = tuple(map(str, arguments))
    command = Command(
        program="newscrawl", arguments=words, environment={**env, **environment}, timeout=60
    )
    ended = run_command(command)
    texts = (
        text.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
        for text in (ended.stdout, ended.stderr)
    )
    return Done(words, ended.returncode, *texts)


def refusal(done: Done) -> str:
    """Return the one line of a command that could not do what was asked."""
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert done.stderr.startswith("newscrawl: ")
    assert done.stderr.count("\n") == 1
    return done.stderr.removeprefix("newscrawl: ").strip()


def run_on_terminal(*arguments: str | Path, typed: str = "") -> tuple[int, str]:
    """Run `newscrawl` on a terminal of 80 columns; return its status and what was shown."""
    ours, its = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    env |= {"COLUMNS": "80", "TERM": "xterm-256color"}
    command = [*PROGRAM, *map(str, arguments)]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=its, stdout=its, stderr=its
    ) as done:
        os.close(its)
        os.write(ours, typed.encode())
        shown = b""
        try:
            while block := os.read(ours, 65_536):
                shown += block
        except OSError:  # so Linux ends a terminal that nobody writes to any more
            pass
    os.close(ours)
    return done.returncode, shown.decode()

"""Disks that tests mount: by root, or by anyone in a namespace of users and mounts."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ONLY_ROOT = "only root can leave files of another owner"
"""Reason of a skip that .ci/run permits: an unprivileged namespace has one user."""


@cache
def may_mount() -> bool:
    """Return whether this process may mount disks."""
    done = subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True)
    return done.returncode == 0


def run_in_namespace(test: pytest.Item) -> None:
    """Run *test* again by a pytest that is root of its own namespace; fail as it does."""
    command = ["unshare", "-rm", sys.executable, "-m", "pytest", "-q", "--no-header"]
    base = Path(os.environ.get("TMPDIR", "/tmp")) / f"newscrawl-mounts-{os.getpid()}"  # noqa: S108
    options = ["-p", "no:cacheprovider", "-m", "", f"--basetemp={base}", test.nodeid]
    done = subprocess.run(
        [*command, *options],
        cwd=test.config.rootpath,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        pytest.fail(f"as root of its own namespace:\n{done.stdout}{done.stderr}", pytrace=False)

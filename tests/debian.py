"""Programs of Debian packages that some tests need (`.ci/debian-packages`)."""

from __future__ import annotations

import shutil

import pytest


def needs(program: str, package: str) -> pytest.MarkDecorator:
    """Return the mark that skips a test where *program* is missing, and names its package."""
    return pytest.mark.skipif(
        shutil.which(program) is None, reason=f"the Debian package {package} is not installed"
    )

"""Debian's Chromium, driven by Playwright; without it tests are skipped by name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt install chromium")


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Keep Chromium open while the block runs. It asks no host that a page does not name."""
    options = ["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, chromium_sandbox=False, args=options
        )
        yield browser
        browser.close()

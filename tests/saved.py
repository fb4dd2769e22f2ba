"""The saved pages of this project: `tests/pages/<site>/<name>/`."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).parent / "pages"


def saved_folders() -> tuple[Path, ...]:
    """Return the folder of every saved page."""
    return tuple(sorted(path.parent for path in PAGES.glob("*/*/page.json")))

"""Limits that several rooms share."""

from __future__ import annotations

import math

LARGEST_PAGE = 10 * 1024 * 1024
"""The largest page that is read, in bytes after decompression."""
LEAST_FREE_MB = 100
"""Megabytes that a crawl leaves free on the disk of its archive, by default."""
LONGEST_ADDRESS = 2083
"""The longest address that is requested or matched, in characters, as in most browsers."""
_MB = 1024 * 1024


def size_text(size: int) -> str:
    """Return a number of bytes for a person: in MB from one on, rounded up to a tenth."""
    return f"{size} bytes" if size < _MB else f"{math.ceil(size * 10 / _MB) / 10:g} MB"

"""Limits that several rooms share."""

from __future__ import annotations

LARGEST_PAGE = 10 * 1024 * 1024
"""The largest page that is read, in bytes after decompression."""
LEAST_FREE_MB = 100
"""Megabytes that a crawl leaves free on the disk of its archive, by default."""
LONGEST_ADDRESS = 2083
"""The longest address that is requested or matched, in characters, as in most browsers."""

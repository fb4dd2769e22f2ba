"""Limits that several rooms share."""

from __future__ import annotations

LARGEST_PAGE = 10 * 1024 * 1024
"""The largest page that is read, in bytes after decompression."""
LONGEST_ADDRESS = 2083
"""The longest address that is requested or matched, in characters, as in most browsers."""

"""The first bytes of file formats."""

from __future__ import annotations

GIF = b"GIF8"
GZIP = b"\x1f\x8b\x08"
"""With the only compression method that RFC 1952 defines."""
JPEG = b"\xff\xd8\xff"
PDF = b"%PDF"
PNG = b"\x89PNG"
SQLITE = b"SQLite format 3\x00"
WARC = b"WARC/"
ZIP = b"PK\x03\x04"
ZSTANDARD = b"\x28\xb5\x2f\xfd"

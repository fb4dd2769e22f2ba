"""The Content-Type header of HTTP (RFC 9110, section 8.3)."""

from __future__ import annotations


def media_type(content_type: str | None) -> str:
    """Return the media type in small letters, without parameters; empty if there is none."""
    return (content_type or "").partition(";")[0].strip().lower()

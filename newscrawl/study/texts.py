"""The texts of an article, as packages name, digest and compare them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any

FIELDS = ("headline", "alternative_headline", "description", "article_body")
"""The fields of an article that hold a publisher's text."""


def texts_of(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the texts of a row of the view `article` or `version`, by field, in NFC."""
    return {
        field: unicodedata.normalize("NFC", str(row[field]))
        for field in FIELDS
        if row.get(field)
    }


def text_digest(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the texts of a row: each field, a colon, its text, a zero byte."""
    digest = hashlib.sha256()
    for field, text in texts_of(row).items():
        digest.update(f"{field}:{text}\0".encode())
    return digest.hexdigest()

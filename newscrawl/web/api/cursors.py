"""Cursors of lists: how many results are before a page, with a mark of the question."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json

from newscrawl.web.api.no_answer import NoAnswer

CURSOR = "[A-Za-z0-9_=-]{16,200}"
"""The form of a cursor, as a regular expression."""
MOST_SKIPPED = 10_000_000
"""The most results that a cursor passes over."""


def cursor_after(question: str, skipped: int) -> str:
    """Return the cursor of the page after the first *skipped* results of *question*."""
    mark = json.dumps([skipped, _mark(question)]).encode()
    return base64.urlsafe_b64encode(mark).decode()


def skipped_before(question: str, cursor: str | None) -> int:
    """Return how many results are before the page at *cursor*; 0 without one.

    Raises NoAnswer if *cursor* is not one of *question*.
    """
    if cursor is None:
        return 0
    try:
        skipped, mark = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        is_ours = mark == _mark(question) and 0 < int(skipped) <= MOST_SKIPPED
    except (binascii.Error, ValueError, TypeError):
        is_ours = False
    if not is_ours:
        raise NoAnswer("the cursor is not one of this query", 409)
    return int(skipped)


def _mark(question: str) -> str:
    return hashlib.sha256(question.encode("utf-8", "replace")).hexdigest()[:12]

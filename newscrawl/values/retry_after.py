"""The header Retry-After: seconds, or a date (RFC 9110, 10.2.3)."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime


def parse_retry_after(raw: str, now: dt.datetime) -> float | None:
    """Return the seconds from *now* that a Retry-After header wants; None for neither form."""
    text = raw.strip()[:64]
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - now).total_seconds())

"""Printed dates in any of our languages and four calendars, as moments."""

from newscrawl.values.dates.parse import (
    ParsedDate,
    dates_in,
    may_state_change,
    parse_date,
    why_not_a_date,
)

__all__ = ["ParsedDate", "dates_in", "may_state_change", "parse_date", "why_not_a_date"]

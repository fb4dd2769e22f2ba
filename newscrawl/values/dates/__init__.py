"""Printed dates in any of our languages and four calendars, as moments."""

from newscrawl.values.dates.parse import ParsedDate, parse_date, why_not_a_date

__all__ = ["ParsedDate", "parse_date", "why_not_a_date"]

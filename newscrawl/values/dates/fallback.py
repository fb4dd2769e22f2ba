"""dateparser, for the languages whose months our tables lack: the last resort of dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from newscrawl.values.dates.words import month_languages

LONGEST = 60
"""dateparser's time grows with the square of the length, in characters."""
_NUMBER = re.compile(r"\d{1,20}")
_ALL_IN_NUMBERS = re.compile(r"\d\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d")


def read_by_dateparser(text: str, languages: Sequence[str]) -> dt.datetime | None:
    """Return what dateparser 1.5 reads in a page's *languages*, or None. It may be naive.

    It is asked in strict mode, and only where a language has no table of ours: what our grammar
    refuses in the others is no date. Its answer counts where its day and year are printed: it
    was seen to invent some (`10` and `الأحد` are dates to it).
    """
    spoken = [language.partition("-")[0].lower() for language in languages]
    numbers = {int(number) for number in _NUMBER.findall(text)}
    if len(text) > LONGEST or len(numbers) < 2 or set(spoken) <= month_languages():
        return None
    if _ALL_IN_NUMBERS.search(text):  # our grammar has refused them for a reason
        return None
    value = _asked(text, spoken)
    return value if value is not None and {value.day, value.year} <= numbers else None


def _asked(text: str, languages: Sequence[str]) -> dt.datetime | None:
    from dateparser import parse  # noqa: PLC0415  (its import costs more than most pages)

    settings = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "DATE_ORDER": "DMY",
        "PARSERS": ["absolute-time"],
    }
    try:
        return parse(text, languages=list(languages), settings=settings)
    except (ValueError, OverflowError, RecursionError):
        return None  # a language that it does not know, or a defect of its own

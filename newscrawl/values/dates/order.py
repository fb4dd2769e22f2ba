"""Whether 03/04/2026 is the third of April or the fourth of March, by who prints it."""

from __future__ import annotations

from collections.abc import Sequence

_MONTH_FIRST = frozenset(["en-us", "en-ph", "es-us"])
_YEAR_FIRST = frozenset(["zh", "ja", "ko", "hu", "lt", "mn", "eu"])
"""A year at the end is foreign to these, and so is the order before it (CLDR 45)."""
_AMERICAN_ZONES = frozenset(
    f"America/{city}"
    for city in (
        "New_York",
        "Chicago",
        "Denver",
        "Los_Angeles",
        "Phoenix",
        "Detroit",
        "Anchorage",
    )
) | {"Pacific/Honolulu", "US/Eastern", "US/Central", "US/Mountain", "US/Pacific"}
_EITHER_WAY_ZONES = frozenset(
    f"America/{city}" for city in ("Toronto", "Vancouver", "Montreal", "Halifax", "Winnipeg")
) | {"UTC", "Asia/Manila"}
"""Canada and the Philippines write both, and UTC is nowhere."""


def is_month_first(text: str, zone: str | None, languages: Sequence[str]) -> bool | None:
    """Return whether 03/04/2026 is March: so in the United States, nowhere else.

    None where that is not known: no language, English of no region, or a language that writes
    the year first. Text in Arabic or Hebrew letters, or Arabic digits, puts the day first.
    """
    if any("\u0590" <= char <= "\u06ff" for char in text):
        return False
    spoken = [language.lower().replace("_", "-") for language in languages]
    if any(language in _MONTH_FIRST for language in spoken):
        return True
    if not spoken or spoken[0] == "en":
        return None if zone is None or zone in _EITHER_WAY_ZONES else zone in _AMERICAN_ZONES
    return None if spoken[0].partition("-")[0] in _YEAR_FIRST or spoken[0] == "en-ca" else False

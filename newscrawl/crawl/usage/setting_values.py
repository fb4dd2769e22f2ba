"""Settings given as `-s NAME=value`: checked before the first request, as arguments are."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from scrapy.settings import BaseSettings, default_settings

from newscrawl.crawl.download.signatures import check_identity
from newscrawl.errors import UsageError
from newscrawl.ingest.acceptance import DOUBTFUL_PAGES
from newscrawl.ingest.opt_outs import OPT_OUTS
from newscrawl.layouts.quiet_hours import parse_quiet_hours

_WHOLE_NUMBERS = frozenset(
    {
        *("NEWSCRAWL_SECTION_PAGES", "NEWSCRAWL_ARTICLE_PAGES", "NEWSCRAWL_REVISITS"),
        *("NEWSCRAWL_EXTRACTION_PROCESSES",),
        *("NEWSCRAWL_LEAST_FREE_MB", "NEWSCRAWL_WARC_MB", "NEWSCRAWL_PAGE_REQUISITES"),
    }
)
_NUMBERS = _WHOLE_NUMBERS | {
    *("NEWSCRAWL_LISTING_EVIDENCE_HOURS", "NEWSCRAWL_LONGEST_WAIT"),
    *("NEWSCRAWL_EXTRACTION_SECONDS", "NEWSCRAWL_SAME_ARTICLE_EVIDENCE_HOURS"),
    *("NEWSCRAWL_REQUISITE_HOURS", "NEWSCRAWL_REQUISITE_MB", "NEWSCRAWL_PAGE_REQUISITES_MB"),
    "NEWSCRAWL_PAGE_REQUISITES_SECONDS",
    *("NEWSCRAWL_FRONTIER_LEASE", "NEWSCRAWL_FRONTIER_PATIENCE"),
}
_CHOICES = {
    "NEWSCRAWL_EVIDENCE": ("warc", "warc.zst", "none"),
    "NEWSCRAWL_REVISIT": ("due", "all", "none"),
    "NEWSCRAWL_BROWSER": ("declared", "always", "never"),
    "NEWSCRAWL_REQUISITES": ("declared", "always", "never"),
    "NEWSCRAWL_DOUBTFUL_PAGES": DOUBTFUL_PAGES,
    "NEWSCRAWL_LOG": ("text", "json"),
    "NEWSCRAWL_PROGRESS": ("auto", "0", "1", "false", "true"),
}


def check_settings(settings: BaseSettings) -> None:
    """Raise UsageError if a setting of ours, or a number or switch of Scrapy's, is wrong."""
    for name, choices in _CHOICES.items():
        if str(settings[name]).lower() not in choices:
            raise UsageError(f"{name}: {settings[name]!r} is none of {', '.join(choices)}")
    _check_folder(str(settings["NEWSCRAWL_EVIDENCE_FOLDER"]))
    wrong = set(settings.getlist("NEWSCRAWL_OBEY_OPT_OUTS")) - OPT_OUTS.keys()
    if wrong:
        names = ", ".join(OPT_OUTS)
        raise UsageError(f"NEWSCRAWL_OBEY_OPT_OUTS: {min(wrong)!r} is none of {names}")
    quiet = str(settings["NEWSCRAWL_QUIET_HOURS"] or "")
    if quiet and parse_quiet_hours(quiet) is None:
        raise UsageError(f"NEWSCRAWL_QUIET_HOURS: {quiet!r} is not like 01:00-05:30")
    check_identity(settings)
    for name in _NUMBERS:
        _check_number(settings, name)
    for name, default in vars(default_settings).items():
        _check_kind(settings, name, default)


def _check_folder(name: str) -> None:
    """Raise UsageError if the folder of the evidence lies outside that of the archive."""
    folder = PurePath(name)
    if folder.is_absolute() or ".." in folder.parts or not folder.name:
        raise UsageError(
            f"NEWSCRAWL_EVIDENCE_FOLDER: {str(folder)!r} is no path within the archive's folder"
        )


def _check_number(settings: BaseSettings, name: str) -> None:
    """Raise UsageError if the value of *name*, one of ours, is negative or no number."""
    value = settings[name]
    try:
        number = int(value) if name in _WHOLE_NUMBERS else float(value)
    except (TypeError, ValueError):
        number = -1
    if number < 0:
        raise UsageError(f"{name}: {value!r} is not a number")


def _check_kind(settings: BaseSettings, name: str, default: Any) -> None:
    """Raise UsageError if the value of Scrapy's *name* is not of the kind of its *default*."""
    value = settings[name] if name.isupper() else None
    if value is None or not isinstance(default, bool | int | float):
        return
    is_switch = isinstance(default, bool)
    try:
        if is_switch:
            settings.getbool(name)
        else:
            float(value)
    except (TypeError, ValueError):
        kind = "True or False" if is_switch else "a number"
        raise UsageError(f"{name}: {value!r} is not {kind}") from None

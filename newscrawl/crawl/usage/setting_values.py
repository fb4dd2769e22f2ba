"""Settings given as `-s NAME=value`: checked before the first request, as arguments are."""

from __future__ import annotations

from pathlib import PurePath

from scrapy.settings import BaseSettings, default_settings

from newscrawl.crawl.download.signatures import check_identity
from newscrawl.errors import UsageError
from newscrawl.ingest.opt_outs import OPT_OUTS
from newscrawl.layouts.quiet_hours import parse_quiet_hours

_NUMBERS: dict[str, int | float] = {
    "NEWSCRAWL_SECTION_PAGES": 10,
    "NEWSCRAWL_ARTICLE_PAGES": 20,
    "NEWSCRAWL_EXTRACTION_PROCESSES": 1,
    "NEWSCRAWL_EXTRACTION_SECONDS": 60.0,
    "NEWSCRAWL_REVISITS": 300,
    "NEWSCRAWL_LEAST_FREE_MB": 100,
    "NEWSCRAWL_WARC_MB": 1024,
    "NEWSCRAWL_LISTING_EVIDENCE_HOURS": 24.0,
    "NEWSCRAWL_SAME_ARTICLE_EVIDENCE_HOURS": 24.0,
    "NEWSCRAWL_LONGEST_WAIT": 120.0,
    "NEWSCRAWL_FRONTIER_LEASE": 30.0,
    "NEWSCRAWL_FRONTIER_PATIENCE": 600.0,
}
_CHOICES = {
    "NEWSCRAWL_EVIDENCE": ("warc", "none"),
    "NEWSCRAWL_REVISIT": ("due", "all", "none"),
    "NEWSCRAWL_BROWSER": ("declared", "always", "never"),
    "NEWSCRAWL_LOG": ("text", "json"),
    "NEWSCRAWL_PROGRESS": ("auto", "0", "1", "false", "true"),
}


def check_settings(settings: BaseSettings) -> None:
    """Raise UsageError for a wrong setting of ours, or a wrong number or switch of Scrapy's."""
    for name, choices in _CHOICES.items():
        if str(settings[name]).lower() not in choices:
            raise UsageError(f"{name}: {settings[name]!r} is none of {', '.join(choices)}")
    folder = PurePath(str(settings["NEWSCRAWL_EVIDENCE_FOLDER"]))
    if folder.is_absolute() or ".." in folder.parts or not folder.name:
        raise UsageError(
            f"NEWSCRAWL_EVIDENCE_FOLDER: {str(folder)!r} is no path within the archive's folder"
        )
    wrong = set(settings.getlist("NEWSCRAWL_OBEY_OPT_OUTS")) - OPT_OUTS.keys()
    if wrong:
        names = ", ".join(OPT_OUTS)
        raise UsageError(f"NEWSCRAWL_OBEY_OPT_OUTS: {min(wrong)!r} is none of {names}")
    quiet = str(settings["NEWSCRAWL_QUIET_HOURS"] or "")
    if quiet and parse_quiet_hours(quiet) is None:
        raise UsageError(f"NEWSCRAWL_QUIET_HOURS: {quiet!r} is not like 01:00-05:30")
    check_identity(settings)
    for name, default in {**vars(default_settings), **_NUMBERS}.items():
        if name.isupper() and isinstance(default, bool | int | float):
            _check_kind(settings, name, default)


def _check_kind(settings: BaseSettings, name: str, default: float) -> None:
    """Raise UsageError where the value of *name* is not of the kind of its *default*."""
    value = settings[name]
    if value is None:
        return
    is_switch = isinstance(default, bool)
    try:
        if is_switch:
            settings.getbool(name)
        else:
            number = float(value)
            if name in _NUMBERS and number < 0:
                raise ValueError
            if isinstance(default, int) and name in _NUMBERS:
                int(value)
    except (TypeError, ValueError):
        kind = "True or False" if is_switch else "a number"
        raise UsageError(f"{name}: {value!r} is not {kind}") from None

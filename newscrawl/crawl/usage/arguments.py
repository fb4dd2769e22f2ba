"""The arguments of our spiders (`-a NAME=VALUE`): read once, wrong ones refused in one line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import attrs

from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.text.urls import clean_url

HISTORY = ("new", "all")


@attrs.frozen(kw_only=True)
class Arguments:
    """Arguments of a spider."""

    url: str | None = None
    sections: tuple[str, ...] = ()
    since: dt.datetime | None = None
    limit: int | None = None
    history: str = "new"
    urls: tuple[str, ...] = ()


def parse_arguments(given: dict[str, str], allowed: tuple[str, ...]) -> Arguments:
    """Return the arguments *given*.

    Raises UsageError if a value is wrong or an argument unknown, and NewscrawlError if a file
    cannot be read.
    """
    unknown = sorted(set(given) - set(allowed))
    if unknown:
        names = ", ".join(allowed)
        raise UsageError(f"unknown spider argument {unknown[0]!r}; this spider takes {names}")
    return Arguments(
        url=_url(given["url"]) if given.get("url") else None,
        sections=tuple(
            part.strip() for part in given.get("sections", "").split(",") if part.strip()
        ),
        since=_since(given["since"]) if given.get("since") else None,
        limit=_limit(given["limit"]) if given.get("limit") else None,
        history=_history(given.get("history") or "new"),
        urls=read_urls(given["urls"]) if given.get("urls") else (),
    )


def read_urls(source: str) -> tuple[str, ...]:
    """Return the addresses in the file *source*, one a line, or in *source* between commas."""
    if source.startswith(("http://", "https://")):
        lines = source.split(",")
    else:
        try:
            lines = Path(source).expanduser().read_text("utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise NewscrawlError(f"urls: {source} is not a text file in UTF-8") from None
        except OSError as error:
            raise NewscrawlError(f"urls: cannot read {source}: {error.strerror}") from None
    urls = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not urls:
        raise UsageError(f"urls: {source} names no address")
    return tuple(dict.fromkeys(urls))


def _url(text: str) -> str:
    url = clean_url("", text if "://" in text else f"https://{text}")
    if url is None or " " in text:
        raise UsageError(f"url: {text!r} is not a web address")
    return url


def _since(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"since: {text!r} is not a date such as 2026-01-31") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _limit(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"limit: {text!r} is not a number of articles")
    return int(text)


def _history(text: str) -> str:
    if text not in HISTORY:
        raise UsageError(f"history: {text!r} is none of {', '.join(HISTORY)}")
    return text

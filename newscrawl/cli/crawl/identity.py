"""`newscrawl identity`: a key to sign requests with, and the files that prove it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from pathlib import Path

import click

from newscrawl.crawl.identity.keys import (
    DIRECTORY_PATH,
    key_directory,
    make_key,
    read_key,
    thumbprint,
)
from newscrawl.crawl.identity.publisher_page import publisher_page
from newscrawl.crawl.identity.web_bot_auth import directory_headers
from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.system.whole_file import whole_file

KEY_FILE = "identity.pem"
DIRECTORY_FILE = "http-message-signatures-directory"
HEADERS_FILE = "http-message-signatures-directory.headers"
PAGE_FILE = "publishers.html"
_CONTACT_ADDRESS = re.compile(
    r"https?://[^\s<>\"/@:]+(:\d{1,5})?(/[^\s<>\"]*)?"
    r"|[^\s<>\"@:/?]+@[^\s<>\"@:/?]+\.[^\s<>\"@:/?.]+"
)
_SIGNED_DAYS = 365
"""Days for which the signatures of the published directory are valid."""


@click.group()
def identity() -> None:
    """Sign requests, so that sites can know this crawler and let it in.

    Web Bot Auth: HTTP Message Signatures (RFC 9421) by Ed25519.
    """


_URL = click.option(
    "--url", required=True, metavar="ORIGIN", help="Where you publish: https://bot.example"
)
_NAME = click.option("--name", required=True, help="Who crawls, for publishers.")
_CONTACT = click.option(
    "--contact", required=True, help="E-mail or web address for publishers."
)
_DAYS = click.option(
    "--days", type=click.IntRange(1), help="Days for which the key is valid. Default: no end."
)


@identity.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@_URL
@_NAME
@_CONTACT
@_DAYS
def new(folder: Path, url: str, name: str, contact: str, days: int | None) -> None:
    """Make a key in FOLDER, the key directory, and a page for publishers."""
    origin = _origin(url)
    _check_named(name, contact)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NewscrawlError(f"cannot make {folder}: {error.strerror}") from error
    make_key(folder / KEY_FILE)
    _publish(folder, origin, name, contact, days, ())
    click.echo(f"{folder / KEY_FILE}: the private key. Keep it secret.")
    click.echo(f"{folder / DIRECTORY_FILE}: publish it at {origin}{DIRECTORY_PATH},")
    click.echo(f"  with the headers in {folder / HEADERS_FILE} (valid for {_SIGNED_DAYS} days)")
    click.echo(f"{folder / PAGE_FILE}: a page for publishers, to be read over and published.")
    click.echo("Then crawl with these settings:")
    click.echo(f"  NEWSCRAWL_IDENTITY_KEY={(folder / KEY_FILE).resolve()}")
    click.echo(f"  NEWSCRAWL_IDENTITY_URL={origin}")


@identity.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@_URL
@_NAME
@_CONTACT
@_DAYS
@click.option(
    "--also",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Another key of yours to list, as when one follows another.",
)
def publish(
    folder: Path, url: str, name: str, contact: str, days: int | None, also: tuple[Path, ...]
) -> None:
    """Write the key directory, its headers and the page again, for the key in FOLDER.

    Without --days, keys of the directory that is there are valid as long as it says.
    """
    origin = _origin(url)
    _check_named(name, contact)
    _publish(folder, origin, name, contact, days, also)
    files = (DIRECTORY_FILE, HEADERS_FILE, PAGE_FILE)
    click.echo(", ".join(str(folder / file) for file in files))


def _publish(
    folder: Path, origin: str, name: str, contact: str, days: int | None, also: Sequence[Path]
) -> None:
    key, now = read_key(folder / KEY_FILE), dt.datetime.now(dt.UTC)
    by_id = {thumbprint(one): one for one in (key, *map(read_key, also))}
    ends = _ends_in(folder / DIRECTORY_FILE) if days is None else {}
    directory = key_directory(*by_id.values(), made_at=now, days=days, ends=ends)
    last = now + dt.timedelta(days=_SIGNED_DAYS)
    stated = (key["exp"] for key in directory["keys"] if "exp" in key)
    until = min((last, *(dt.datetime.fromtimestamp(end, dt.UTC) for end in stated)))
    if until <= now:
        raise UsageError(f"a key has ended on {until:%Y-%m-%d}: give --days")
    headers = directory_headers(origin, [*by_id.values()], now, until)
    page = publisher_page(name=name, contact=contact, agent=origin, keyid=thumbprint(key))
    files = {
        DIRECTORY_FILE: json.dumps(directory, indent=2) + "\n",
        HEADERS_FILE: "".join(f"{name}: {value}\n" for name, value in headers.items()),
        PAGE_FILE: page,
    }
    for file, text in files.items():
        try:
            with whole_file(folder / file) as out:
                out.write(text.encode())
        except OSError as error:
            raise NewscrawlError(f"cannot write {folder / file}: {error.strerror}") from error


def _ends_in(file: Path) -> dict[str, int]:
    """Return when each key of a directory ends (Unix time), by its id; none without a file.

    Raises NewscrawlError if the file is no directory.
    """
    if not file.exists():
        return {}
    try:
        keys = json.loads(file.read_text("utf-8"))["keys"]
        return {str(key["kid"]): int(key["exp"]) for key in keys if "exp" in key}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise NewscrawlError(f"{file} is no key directory: give --days") from error


def _check_named(name: str, contact: str) -> None:
    """Raise UsageError if *name* is no line of text, or *contact* no e-mail or web address."""
    if not name.strip() or not name.isprintable():
        raise UsageError(f"--name is a line of text, not {name!r}")
    if not _CONTACT_ADDRESS.fullmatch(contact):
        raise UsageError(
            f"--contact is an e-mail address or one that begins with https://, not {contact!r}"
        )


def _origin(url: str) -> str:
    """Return *url* as an origin. Raises UsageError if it is none."""
    origin = url.rstrip("/").lower()
    if not re.fullmatch(r"https://[a-z0-9.-]+(:\d{1,5})?", origin):
        raise UsageError(f"--url is an origin such as https://bot.example, not {url}")
    return origin

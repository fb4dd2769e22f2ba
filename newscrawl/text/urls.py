"""Addresses: which may be requested, and which of them are one page. Nothing is fetched here.

`clean_url` makes an address from what a page or a person wrote; `url_key` says which
addresses are the same page. A key is compared, never fetched.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from urllib.parse import SplitResult, unquote_to_bytes, urljoin, urlsplit

from w3lib.url import safe_url_string

MAX_LENGTH = 2083
"""The longest address that is requested, in characters (what browsers and servers agree on)."""

DEFAULT_PORTS = {"http": 80, "https": 443}
_VARIANT_HOSTS = ("www.", "m.", "mobile.", "amp.")
_VARIANT_ENDS = frozenset({"amp", "print"})
_VARIANT_QUERY = frozenset(
    {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp")}
    | {("print", ""), ("print", "1"), ("print", "true"), ("print", "print"), ("view", "print")}
)
_INDEX_PAGES = frozenset({"index.html", "index.htm", "index.php", "default.aspx", "index.aspx"})
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_HEX = re.compile(r"[0-9a-f]{16,128}", re.IGNORECASE)
# What stays percent-encoded in a key: delimiters, whose plain form would mean something else.
_IN_SEGMENT = re.compile(r"[\x00-\x20\x7f\"#%/<>?\[\\\]^`{|}]")
_IN_QUERY = re.compile(r"[\x00-\x20\x7f\"#%&+<=>\[\\\]^`{|}]")
_MAX_PARAMETERS = 200


def clean_url(base: str, href: str, *, encoding: str = "utf-8") -> str | None:
    """Return *href*, seen on the page *base*, as an address that can be requested, or None.

    None for what is not HTTP(S), has no valid host or port, or is longer than MAX_LENGTH. The
    fragment is dropped. *encoding* is the page's, in which browsers send a query. Never raises.
    """
    href = href.strip()
    if not href or len(href) > MAX_LENGTH * 3 or href.startswith("#"):
        return None
    try:
        url = safe_url_string(urljoin(base, _CONTROLS.sub("", href)), encoding=encoding)
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not _is_host(parts):
            return None
    except (ValueError, UnicodeError, LookupError):
        return None
    url = url.partition("#")[0]
    if not parts.path and not parts.query:
        url += "/"
    return url if len(url) <= MAX_LENGTH else None


def url_key(url: str) -> str:
    """Return the identity of *url*: equal for addresses that are one page, differently written.

    Scheme, `www.`, default port, user name, fragment, case of the host, form and case of
    percent-encoding, Unicode composition, dot segments, a trailing slash, an index page, the
    order of query parameters, tracking and session parameters, and the AMP and print forms
    of a page do not count. Never raises: what is not an address is its own key.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    if not host:
        return url.strip()
    if port and port != DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    return f"{_bare_host(host)}{_path_key(parts.path)}{_query_key(parts.query)}"


def without_tracking(url: str) -> str:
    """Return *url* without the query parameters that name the visit; else as it is written."""
    head, mark, query = url.partition("?")
    if not mark or len(query) > MAX_LENGTH:
        return url
    pairs = query.split("&")
    kept = [pair for pair in pairs if not _is_tracking(_decoded_field(pair.partition("=")[0]))]
    if len(kept) == len(pairs):
        return url
    return f"{head}?{'&'.join(kept)}" if kept else head


def site_name(url: str) -> str:
    """Return the name that the site of *url* is kept under: its host, with an unusual port."""
    return url_key(url).partition("/")[0]


def host_of(url: str) -> str:
    """Return the host of *url* in lower case; the empty string where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def port_of(url: str) -> int | None:
    """Return the port that *url* is asked at; None where it cannot be one."""
    try:
        parts = urlsplit(url)
        return parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None


def path_segments(url: str) -> tuple[str, ...]:
    """Return the parts of the path of *url*, decoded, without empty ones."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ()
    return tuple(_decoded(part) for part in path.split("/") if part)


def _is_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    # A user name in a link is there to make one host look like another.
    has_no_user = parts.username is None and parts.password is None
    is_port = parts.port is None or 0 < parts.port < 65536
    is_name = 0 < len(host) < 254 and not re.search(r"[\s<>\"'\\^`{|}%@/?#]", host)
    return has_no_user and is_port and is_name and ".." not in host


def _bare_host(host: str) -> str:
    for prefix in _VARIANT_HOSTS:
        rest = host.removeprefix(prefix)
        if rest != host and "." in rest:
            return rest
    return host


def _path_key(path: str) -> str:
    segments: list[str] = []
    for raw in path.split("/"):
        segment = _decoded(raw.partition(";")[0])
        if segment == "..":
            segments = segments[:-1]
        elif segment not in {"", "."}:
            segments.append(_encoded(segment, _IN_SEGMENT))
    return "".join(f"/{segment}" for segment in _without_variant(segments)) or "/"


def _without_variant(segments: list[str]) -> list[str]:
    """Return *segments* without the mark of an AMP or print form and without an index page."""
    if len(segments) > 1 and segments[0] == "amp":
        segments = segments[1:]
    if segments and segments[-1] in _INDEX_PAGES:
        segments = segments[:-1]
    if len(segments) > 1 and segments[-1] in _VARIANT_ENDS:
        segments = segments[:-1]
    if segments:
        last = segments[-1]
        last = f"{last.removesuffix('.amp.html')}.html" if last.endswith(".amp.html") else last
        segments = [*segments[:-1], last.removesuffix(".amp")]
    return segments


def _query_key(query: str) -> str:
    pairs = [pair.partition("=") for pair in query.split("&", _MAX_PARAMETERS) if pair]
    decoded = [(_decoded_field(name), _decoded_field(value)) for name, _, value in pairs]
    kept = {
        f"{_encoded(name, _IN_QUERY)}={_encoded(value, _IN_QUERY)}"
        for name, value in decoded
        if not _is_visit(name, value)
    }
    return "?" + "&".join(sorted(kept)) if kept else ""


def _is_visit(name: str, value: str) -> bool:
    """Whether a query parameter names the visit, the session or a variant, and not the page."""
    lower = name.lower()
    return (
        _is_tracking(name)
        or (lower, value.lower()) in _VARIANT_QUERY
        or (lower in {"sid", "s_id"} and _HEX.fullmatch(value) is not None)
    )


def _is_tracking(name: str) -> bool:
    names, prefixes = _tracking_parameters()
    return name.lower() in names or name.lower().startswith(prefixes)


@cache
def _tracking_parameters() -> tuple[frozenset[str], tuple[str, ...]]:
    text = (files("newscrawl") / "resources" / "tracking_parameters.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    prefixes = tuple(line.removesuffix("*") for line in lines if line.endswith("*"))
    return frozenset(line for line in lines if not line.endswith("*")), prefixes


def _decoded_field(text: str) -> str:
    return _decoded(text.replace("+", " "))


def _decoded(text: str) -> str:
    """Undo percent-encoding, into composed Unicode; bytes that are not UTF-8 become escapes."""
    decoded = unquote_to_bytes(text).decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", decoded)


def _encoded(text: str, delimiters: re.Pattern[str]) -> str:
    return delimiters.sub(lambda found: f"%{ord(found[0]):02X}", text)

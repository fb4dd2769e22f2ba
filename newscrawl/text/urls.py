"""Addresses: cleaning and comparing them. Nothing is fetched here.

`clean_url` makes an address from the text of a link. Two keys compare addresses; a key is never
fetched. `url_key` is equal for spellings of one address, which no site uses for two pages.
`variant_key` is equal for addresses that may be one page; their content decides.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit

from newscrawl.limits import LONGEST_ADDRESS
from newscrawl.resources import read_lines
from newscrawl.system.deferred import compiled_on_use

DEFAULT_PORTS = {"http": 80, "https": 443}
_VARIANT_ENDS = frozenset({"amp", "print"})
_VARIANT_QUERY = frozenset(
    {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp")}
    | {("print", ""), ("print", "1"), ("print", "true"), ("print", "print"), ("view", "print")}
)
_INDEX_PAGES = frozenset({"index.html", "index.htm", "index.php", "default.aspx", "index.aspx"})
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CREDENTIALS = compiled_on_use(r"([a-zA-Z][a-zA-Z0-9+.-]{0,20}://)[^/?#\s]{0,1000}@")
_ENCODED_CREDENTIALS = compiled_on_use(
    r"(https?(?::|%3A)(?:%2F){2})(?:(?!%2F|%3F|%23)[^/?#&\s]){0,1000}%40", re.IGNORECASE
)
_ENCODED = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f]){1,1000}")
_HEX = re.compile(r"[0-9a-f]{16,128}", re.IGNORECASE)
_ROUTE = re.compile(r"#!?/[^\s/#]")
_NO_HOST = re.compile(r"[\s\x00-\x1f\x7f<>\"'\\^`{|}%@/?#]")
_START = compiled_on_use(r"(?:(https?):)?([/\\]*)", re.IGNORECASE)
# What stays percent-encoded in a key: delimiters, whose plain form would mean something else.
_PATH = re.compile(r"[^?#]*")
_IN_SEGMENT = re.compile(r"[\x00-\x20\x7f\"#%/;<>?\[\\\]^`{|}]")
_PLAIN_SEGMENT = re.compile(r"[\w~.,:=+@!-]*", re.ASCII)
"""A segment that is the same in a key: nothing to decode, to encode or to leave out."""
_IN_QUERY = re.compile(r"[\x00-\x20\x7f\"#%&+<=>\[\\\]^`{|}]")
_ORIGIN = (
    r"https?://((?:[a-z0-9][a-z0-9-]{0,62}\.){1,8}(?:[a-z]{2,24}|\d{1,3})"
    r"(?::(?:[1-9]\d{3}|[1-5]\d{4}|6[0-4]\d{3}))?)"
)
_PLAIN = re.compile(_ORIGIN + r"((?:/[\w~-][\w~.-]{0,500}){1,50})/?", re.ASCII)
"""An address as most are: it is clean, and its key is its host and path. No rule changes it."""
_PLAIN_BASE = compiled_on_use(_ORIGIN + r"(?=[/?#]|\Z)", re.ASCII)
"""The beginning of an address to which a path is joined as it is."""
_NOT_IN_PATH = (
    r"\x00-\x20\"#$%&'()*/;<>?\[\\\]^`{|}\x7f-\xa0\u1680\u2000-\u200a\u200e\u200f"
    r"\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufeff"
)
"""Stated by what is not in it: `re` looks at each character of a range to compile it."""
_OCTET = "%[0-9A-Fa-f]{2}"
_PLAIN_PATH = compiled_on_use(
    rf"(?P<origin>{_ORIGIN})?(?P<path>"
    rf"(?:/(?:[^.{_NOT_IN_PATH}]|{_OCTET})[^{_NOT_IN_PATH}]*"
    rf"(?:{_OCTET}[^{_NOT_IN_PATH}]*)*)+/?)"
    r"(?P<query>\?[\w~.,:=&+@!%/?*()$-]+)?",
    re.ASCII,
)
"""A path without dot segments, which may need percent-encoding, and a query that needs none."""
_PLAIN_HOST = re.compile(r"https?://([a-z0-9.-]+)(?::[0-9]{1,5})?(?=[/?#]|\Z)|/(?=[a-zA-Z0-9])")
"""The beginning of an address whose host needs no reading, and of one without a host."""
_MAX_PARAMETERS = 200
_REMEMBERED = 2048
"""Keys and whole addresses: one is needed several times between finding and storage."""


def clean_url(base: str, href: str, *, encoding: str = "utf-8") -> str | None:
    """Return *href*, seen on the page *base*, as an address that can be requested, or None.

    None if it is not HTTP(S), has no valid host or port, or is over LONGEST_ADDRESS. The
    fragment is dropped, unless it is a route (`#/news/1`, `#!/news/1`): scripts show different
    pages for it. *encoding* is the page's, in which browsers send a query. Never raises.
    """
    href = href.strip()
    if len(href) <= LONGEST_ADDRESS and _PLAIN.fullmatch(href):
        return href
    if not href or len(href) > LONGEST_ADDRESS * 3:
        return None
    if href.startswith("#") and not _ROUTE.match(href):
        return None
    try:
        url = _joined(base, href, encoding)
    except (ValueError, UnicodeError, LookupError):
        return None
    return url if url is not None and len(url) <= LONGEST_ADDRESS else None


@lru_cache(maxsize=_REMEMBERED)
def _joined(base: str, href: str, encoding: str) -> str | None:
    """Return *href*, seen on *base*, as a whole address of HTTP(S), or None.

    Raises ValueError, UnicodeError or LookupError if it is no address.
    """
    return _with_encoded_path(base, href) or _parsed(base, href, encoding)


def _with_encoded_path(base: str, href: str) -> str | None:
    """Return *href*, seen on *base*, with its path encoded; None if `_parsed` has to read it.

    It returns what `_parsed` would, in a seventh of the time.
    """
    found = _PLAIN_PATH.fullmatch(href)
    if found is None:
        return None
    joined_to = _PLAIN_BASE.match(base)
    origin = found["origin"] or (joined_to[0] if joined_to else "")
    path, query = quote(found["path"], safe="/%~,:=+@!"), found["query"] or ""
    return f"{origin}{path}{query}" if origin else None


def _parsed(base: str, href: str, encoding: str) -> str | None:
    """Return *href*, seen on *base*, as a whole address of HTTP(S), or None.

    Raises ValueError, UnicodeError or LookupError if it is no address.
    """
    from w3lib.url import safe_url_string  # noqa: PLC0415 (it imports an HTTP client)

    href = _with_slashes(_with_two_slashes(base, _CONTROLS.sub("", href)))
    if href.endswith("://"):
        return None
    url = _with_plain_host(urljoin(base, href))
    url = _with_plain_place(safe_url_string(url, encoding=encoding))
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not _is_host(parts):
        return None
    end = "" if parts.path or parts.query else "/"
    return f"{as_sent(url)}{end}{route_of(url)}"


def redirect_target(base: str, location: bytes) -> str | None:
    """Return where a Location header leads from *base*, as an address to request, or None."""
    # Browsers send the bytes of a path as they come, in whatever encoding.
    encoded = (f"%{one:02X}" if one > 0x7F else chr(one) for one in location)
    return clean_url(base, "".join(encoded))


def as_sent(url: str) -> str:
    """Return *url* as a server receives it: without its fragment."""
    return url.partition("#")[0]


def route_of(url: str) -> str:
    """Return the fragment of *url* with its `#` where it is a route; else the empty string."""
    _, mark, fragment = url.partition("#")
    return mark + fragment if _ROUTE.match(mark + fragment) else ""


def url_key(url: str) -> str:
    """Return the identity of *url*: equal for spellings of one address.

    Scheme, `www.`, default port, user name, fragment (unless it is a route), case of the host,
    form and case of percent-encoding, Unicode composition, dot segments, a trailing slash, the
    order of query parameters, and the parameters of advertising networks and session handlers
    do not count. Never raises: a text that is no address is its own key.
    """
    plain = _PLAIN.fullmatch(url)
    if plain is not None:
        return _without_prefix(plain[1], _SPELLING.host_prefixes) + plain[2]
    return _key(url, _SPELLING)


def variant_key(url: str) -> str:
    """Return the key that *url* shares with addresses that may show the same page.

    Besides the parts that `url_key` ignores, it leaves out path parameters (`/a;x=1`), index
    pages, AMP, print and mobile forms of a page, and doubtful tracking parameters. Some sites
    distinguish articles by just these: only pages that agree in content are one.
    """
    plain = _PLAIN.fullmatch(url)
    if plain is not None:
        segments = _without_variant(plain[2].split("/")[1:])
        path = "".join(f"/{segment}" for segment in segments) or "/"
        return _without_prefix(plain[1], _VARIANTS.host_prefixes) + path
    return _key(url, _VARIANTS)


def without_tracking(url: str) -> str:
    """Return *url* without the query parameters that name the visit; else as it is written.

    Parameters that are an article's number on some sites stay.
    """
    if "#" in url:
        return without_tracking(as_sent(url)) + route_of(url)
    head, mark, query = url.partition("?")
    if not mark or len(query) > LONGEST_ADDRESS:
        return url
    pairs = query.split("&")
    kept = [pair for pair in pairs if not _is_visit(_decoded_field(pair.partition("=")[0]))]
    if len(kept) == len(pairs):
        return url
    return f"{head}?{'&'.join(kept)}" if kept else head


def without_passwords(text: str) -> str:
    """Return *text* without the user names and passwords of the addresses in it.

    Those of an address in the query of another one, which is percent-encoded, are cut as well.
    """
    return _ENCODED_CREDENTIALS.sub(r"\1", _CREDENTIALS.sub(r"\1", text))


def site_name(url: str) -> str:
    """Return the name of the site of *url*: its host, with an unusual port."""
    plain = _PLAIN_BASE.match(url)
    if plain is not None:
        return _without_prefix(plain[1], _VARIANTS.host_prefixes)
    return variant_key(url).partition("/")[0]


def host_of(url: str) -> str:
    """Return the host of *url* in lower case; the empty string where it has none."""
    plain = _PLAIN_HOST.match(url)
    if plain is not None:
        return (plain[1] or "").rstrip(".")
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def bare_host_of(url: str) -> str:
    """Return the host of *url* without `www.`; the empty string where it has none."""
    return host_of(url).removeprefix("www.")


def domain_of(url: str) -> str:
    """Return the last two labels of the host, which the parts of one site mostly share."""
    return ".".join(host_of(url).split(".")[-2:])


def is_home_page(url: str) -> bool:
    """Return whether *url* is the root of a host or of a language (`/ar/`, `/en-gb`)."""
    parts = variant_key(url).partition("/")[2]
    return not parts or re.fullmatch(r"[a-z]{2}(?:[-_][a-zA-Z]{2,4})?", parts) is not None


def url_path_key(url: str) -> str:
    """Return the part of the key of *url* that follows its host."""
    return url_key(url).partition("/")[2]


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of *url*."""
    return url.partition(":")[0].lower(), host_of(url), port_of(url)


def port_of(url: str) -> int | None:
    """Return the port of *url*; None if it has an impossible one."""
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


def _with_two_slashes(base: str, href: str) -> str:
    """Return *href* with two slashes before its host where it has others, as browsers read it.

    `http:///host` and backslashes are such, and with another scheme than that of *base* none.
    """
    found = _START.match(href)
    assert found is not None  # noqa: S101  # it matches nothing, too
    scheme, slashes = found[1] or "", found[2]
    is_other = bool(scheme) and not base.lower().startswith(f"{scheme.lower()}:")
    if len(slashes) < 2 and not is_other:
        return href
    return f"{scheme}{':' * bool(scheme)}//{href[found.end() :]}"


def _with_slashes(href: str) -> str:
    """Return *href* with the backslashes of its path as slashes, as browsers read them."""
    return _PATH.sub(lambda path: path[0].replace("\\", "/"), href, count=1)


def _with_plain_host(url: str) -> str:
    """Return *url* with its host as it is looked up, where it is percent-encoded.

    Raises ValueError if that is no host.
    """
    parts = urlsplit(url)
    if "%" not in parts.netloc or "@" in parts.netloc or "[" in parts.netloc:
        return url
    encoded, mark, port = parts.netloc.partition(":")
    host = unquote_to_bytes(encoded).decode("utf-8")
    if _NO_HOST.search(host) or ":" in host:
        raise ValueError(f"no host: {host}")
    return parts._replace(netloc=f"{host}{mark}{port}").geturl()


def _with_plain_place(url: str) -> str:
    """Return *url* without its scheme's default port, and without the dot of a full host name.

    Raises ValueError if the port is no number.
    """
    parts = urlsplit(url)
    host, mark, _ = parts.netloc.partition(":")
    is_odd = bool(mark) or host.endswith(".")
    if not is_odd or ".." in host or "@" in parts.netloc or "[" in parts.netloc:
        return url
    is_default = parts.port in {None, DEFAULT_PORTS.get(parts.scheme)}
    port = "" if is_default else f":{parts.port}"
    return parts._replace(netloc=f"{host.removesuffix('.')}{port}").geturl()


def _is_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    # A user name in a link is there to make one host look like another.
    has_no_user = parts.username is None and parts.password is None
    is_port = parts.port is None or 0 < parts.port < 65536
    is_name = 0 < len(host) < 254 and host.isascii() and not _NO_HOST.search(host)
    return has_no_user and is_port and is_name and ".." not in host


@lru_cache(maxsize=_REMEMBERED)
def _key(url: str, rules: _Spelling) -> str:
    """Return the key of *url* without the parts that *rules* leave out."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    if not host:
        return url.strip()
    host = _without_prefix(host, rules.host_prefixes)
    if port and port != DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path, query = _path_key(parts.path, rules), _query_key(parts.query, rules)
    return f"{host}{path}{query}{route_of(url.strip())}"


class _Spelling:
    """Leaves out the parts that never distinguish two pages of a site."""

    host_prefixes: tuple[str, ...] = ("www.",)

    def segment(self, raw: str) -> str:
        """Return a segment of a path without the session that a server wrote into it."""
        head, *parameters = raw.split(";")
        kept = [one for one in parameters if not _is_visit(_decoded(one).partition("=")[0])]
        encoded = (_encoded(_decoded(part), _IN_SEGMENT) for part in (head, *kept))
        return ";".join(encoded)

    def path(self, segments: list[str]) -> list[str]:
        """Return the segments of a path that count."""
        return segments

    def is_left_out(self, name: str, value: str) -> bool:
        """Return whether a query parameter does not count."""
        return _is_visit(name)


class _Variants(_Spelling):
    """Also leaves out the parts that distinguish pages on some sites only."""

    host_prefixes: tuple[str, ...] = ("www.", "m.", "mobile.", "amp.")

    def segment(self, raw: str) -> str:
        return _encoded(_decoded(raw.partition(";")[0]), _IN_SEGMENT)

    def path(self, segments: list[str]) -> list[str]:
        return _without_variant(segments)

    def is_left_out(self, name: str, value: str) -> bool:
        return (
            _is_visit(name)
            or _is_doubtful(name)
            or (name.lower(), value.lower()) in _VARIANT_QUERY
            or (name.lower() in {"sid", "s_id"} and _HEX.fullmatch(value) is not None)
        )


_SPELLING = _Spelling()
_VARIANTS = _Variants()


def _without_prefix(host: str, prefixes: tuple[str, ...]) -> str:
    for prefix in prefixes:
        rest = host.removeprefix(prefix)
        if rest != host and "." in rest:
            return rest
    return host


def _path_key(path: str, rules: _Spelling) -> str:
    segments: list[str] = []
    for raw in path.split("/"):
        segment = raw if _PLAIN_SEGMENT.fullmatch(raw) else rules.segment(raw)
        if segment == "..":
            segments = segments[:-1]
        elif segment not in {"", "."}:
            segments.append(segment)
    return "".join(f"/{segment}" for segment in rules.path(segments)) or "/"


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


def _query_key(query: str, rules: _Spelling) -> str:
    pairs = [pair.partition("=") for pair in query.split("&", _MAX_PARAMETERS) if pair]
    decoded = [(_decoded_field(name), _decoded_field(value)) for name, _, value in pairs]
    kept = {
        f"{_encoded(name, _IN_QUERY)}={_encoded(value, _IN_QUERY)}"
        for name, value in decoded
        if not rules.is_left_out(name, value)
    }
    return "?" + "&".join(sorted(kept)) if kept else ""


def _is_visit(name: str) -> bool:
    """Return whether a parameter of this name is tracking on every site."""
    return _stands_in(name, _tracking_parameters()[0])


def _is_doubtful(name: str) -> bool:
    """Return whether a parameter of this name is tracking on some sites."""
    return _stands_in(name, _tracking_parameters()[1])


def _stands_in(name: str, patterns: tuple[frozenset[str], tuple[str, ...]]) -> bool:
    names, prefixes = patterns
    return name.lower() in names or name.lower().startswith(prefixes)


@cache
def _tracking_parameters() -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    """Return names and prefixes: of parameters of the visit, and of doubtful ones."""
    lines = read_lines("pages/tracking_parameters.txt")
    doubtful = [line.removeprefix("? ") for line in lines if line.startswith("? ")]
    return _patterns([line for line in lines if not line.startswith("? ")]), _patterns(doubtful)


def _patterns(lines: list[str]) -> tuple[frozenset[str], tuple[str, ...]]:
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


def leads_home(href: str) -> bool:
    """Return whether an address has no path."""
    if href.startswith(("#", "?", "javascript:")):
        return False
    if "://" in href or href.startswith("//"):
        rest = href.partition("//")[2].partition("/")[2]
    else:
        rest = href.strip("./")
    return not rest.strip("/#")


def readable_url(url: str) -> str:
    """Return *url* with its percent-encoded letters decoded, if that is unambiguous."""
    return _ENCODED.sub(lambda match: _letters(match[0]), url)


def _letters(encoded: str) -> str:
    try:
        text = unquote_to_bytes(encoded).decode("utf-8")
    except UnicodeDecodeError:
        return encoded
    return text if text.isprintable() else encoded

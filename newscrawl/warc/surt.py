"""SURT keys: addresses written so that those of one site stand together when sorted.

Replay tools find an address by its key, so the rules are those of pywb and OpenWayback: small
letters; no `www.`, default port, fragment or session id; dots and doubled slashes of the path
resolved; all percent-encoding undone, then only control characters, spaces, `#`, `%` and all
but ASCII encoded again; parameters sorted.
https://pywb.readthedocs.io/en/latest/manual/indexing.html
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, unquote_to_bytes

_WWW = re.compile(r"^www\d*\.")
_PORTS = {"http": "80", "https": "443"}
_PARTS = re.compile(r"(https?)://([^/?]*)([^?]*)\??(.*)", re.IGNORECASE | re.DOTALL)
_PORT = re.compile(r":(\d*)$")
_KEPT = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_LAYERS = 100
"""Most encodings inside one another."""
_PATH_SESSION = re.compile(
    r"(.*/)(?:(?:\((?:[a-z]\([0-9a-z]{24}\))+\)|\([0-9a-z]{24}\))/)([^?]+\.aspx.*)", re.DOTALL
)
_QUERY_SESSION = re.compile(
    r"(.*?)(?:(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24}"
    r"|cfid=[^&]+&cftoken=[^&]+)(?:&(.*))?",
    re.DOTALL,
)


def surt_from(url: str) -> str:
    """Return the key of *url*, `example,news)/path?a=1`; any other text is its own key."""
    text = re.sub(r"[\t\r\n]", "", url).strip(" ").partition("#")[0]
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return url
    scheme, authority, path, query = parts.groups()
    host = _host(authority, _PORTS[scheme.lower()])
    if host is None:
        return url
    path, query = _path(_recoded(path).lower()), _query(_recoded(query).lower())
    return f"{host}){path}{'?' if query else ''}{query}"


def _recoded(text: str) -> str:
    """Return *text* percent-encoded only where it has to be."""
    raw = text.encode("utf-8", "surrogatepass")
    for _ in range(_LAYERS):
        decoded = unquote_to_bytes(raw)
        if decoded == raw:
            break
        raw = decoded
    return quote(raw, safe=_KEPT)


def _host(authority: str, default_port: str) -> str | None:
    """Return the names of the host, the last one first, and its port; None without a host."""
    host = authority.rpartition("@")[2]
    port = _PORT.search(host)
    host = host[: port.start()] if port else host
    if host.startswith("["):
        return host[1:-1].lower() if host.endswith("]") else None
    try:
        host = _ascii_host(host)
    except ValueError:
        return None
    if not host:
        return None
    key = ",".join(reversed(_WWW.sub("", host, count=1).split(".")))
    number = port[1] if port else ""
    return f"{key}:{number}" if number not in {"", default_port} else key


def _ascii_host(host: str) -> str:
    """Return *host* in ASCII, without empty names. Raises ValueError if it has no such form."""
    names = [name for name in _recoded(host).lower().split(".") if name]
    host = ".".join(
        name if name.isascii() and "%" not in name else _in_ascii(name) for name in names
    )
    return str(ipaddress.IPv4Address(int(host))) if host.isascii() and host.isdigit() else host


def _in_ascii(name: str) -> str:
    return unquote_to_bytes(name).decode("utf-8").encode("idna").decode("ascii")


def _path(path: str) -> str:
    names: list[str] = []
    for name in path.split("/"):
        if name == "..":
            names = names[:-1]
        elif name not in {"", "."}:
            names.append(name)
    path = "/" + "/".join(names)
    session = _PATH_SESSION.fullmatch(path)
    return session[1] + session[2] if session else path


def _query(query: str) -> str:
    session = _QUERY_SESSION.fullmatch(query)
    if session:
        query = session[1] + (session[2] or "")
    return "&".join(sorted(query.split("&"), key=lambda one: one.split("=", 1)))

"""SURT keys: addresses so written that those of one site stand together when sorted.

As replay tools reckon them: https://pywb.readthedocs.io/en/latest/manual/indexing.html
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_WWW = re.compile(r"www\d{0,3}\.")
_ASCII = "".join(map(chr, range(128)))
_PORTS = {"http": 80, "https": 443}


def surt_from(url: str) -> str:
    """Return the key of *url*, `example,news)/path?a=1`; what is no address is its own."""
    try:
        parts = urlsplit(quote(url, safe=_ASCII).lower())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return url
    if not host or parts.scheme not in _PORTS:
        return url
    www = _WWW.match(host)
    key = ",".join(reversed(host[www.end() if www else 0 :].split(".")))
    if port and port != _PORTS[parts.scheme]:
        key += f":{port}"
    path = parts.path.rstrip("/") or "/"
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{key}){path}{'?' if query else ''}{query}"

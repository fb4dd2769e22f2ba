"""Security headers of every response, and the check of the Host header."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from datasette.app import Datasette

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "script-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_proxied: WeakKeyDictionary[Datasette, bool] = WeakKeyDictionary()
_local_only: WeakKeyDictionary[Datasette, bool] = WeakKeyDictionary()
_tokens: WeakKeyDictionary[Datasette, str] = WeakKeyDictionary()
_LED_HERE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>newscrawl</title></head><body>
<p>A page of another site leads here. <a href="{0}">Open {0}</a></p>
<p lang="ar" dir="rtl">قادتك إلى هنا صفحة من موقع آخر. <a href="{0}">افتح <bdi>{0}</bdi></a></p>
</body></html>
"""
_OTHER_SITE = b"Pages of another site may link to this server, and not load anything from it.\n"
_OTHER_HOST = b"This server answers on this machine only: open it as http://127.0.0.1:PORT/\n"
_PLAIN_CSV = b"CSV without formulas is at /archive/TABLE.csv, /sql.csv and /search.csv.\n"
_METHODS = frozenset({b"GET", b"HEAD", b"OPTIONS"})
FORMS = "/study"
"""The only address that forms are sent to, and that may be written by POST."""
_READ_ONLY = b"The archive is only read here: GET and HEAD.\n"
_MOST_PARAMETERS = 200
"""Most parameters of an address; a form of ours has a dozen."""
_TOO_MANY = b"The address has too many parameters.\n"
_OUR_CSV = re.compile(r"/archive/[A-Za-z_0-9]{1,64}\.csv")
Application = Callable[[Any, Any, Any], Awaitable[None]]


def bind(datasette: Datasette, host: str, *, is_proxied: bool) -> None:
    """Record the address that *datasette* listens at, and whether it is behind a proxy."""
    _local_only[datasette] = is_loopback(host) and not is_proxied
    _proxied[datasette] = is_proxied


def is_local_only(datasette: Datasette) -> bool:
    """Tell whether only this machine can reach the server: on loopback, without a proxy."""
    return _local_only.get(datasette, False)


def is_behind_proxy(datasette: Datasette) -> bool:
    """Tell whether a proxy stands before the server."""
    return _proxied.get(datasette, False)


def sql_token(datasette: Datasette) -> str:
    """Return the token of *datasette*; only a form of our own page can send it."""
    return _tokens.setdefault(datasette, secrets.token_urlsafe(16))


def has_sql_token(datasette: Datasette, token: str | None) -> bool:
    """Tell whether *token* is the token of *datasette*."""
    return hmac.compare_digest((token or "").encode(), sql_token(datasette).encode())


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a server at *host*."""
    return host in LOOPBACK


def guarded(
    application: Application,
    *,
    local_only: bool,
    frames: Callable[[Any], str | None] = lambda _scope: None,
) -> Application:
    """Return *application* with HEADERS on each of its responses.

    *frames* returns the origin that the page of a request may show in a frame, or None.

    What a page of another site loads is refused, since the time of an answer says something
    about the archive; a link from there opens a page that is the same for every archive, on
    which the reader opens it. Other methods than GET and HEAD are refused, but for the forms of
    the study, and addresses with hundreds of parameters, which cost minutes. Datasette's own
    CSV is refused, since a spreadsheet would run the formulas in it. With *local_only* a
    request for another Host is refused: otherwise a web page whose name resolves to 127.0.0.1
    (DNS rebinding) could read the archive.
    """

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return

        async def send_guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                theirs = message.get("headers", ())
                message = message | {"headers": _with_ours(theirs, frames(scope))}
            await send(message)

        scope = scope | {"headers": list(map(_in_utf8, scope["headers"]))}
        refusal = _refusal(scope, local_only=local_only)
        if refusal is None:
            await application(scope, receive, send_guarded)
        else:
            await _refuse(send_guarded, *_as_of(scope["path"], *refusal))

    return answer


def _refusal(scope: Mapping[str, Any], *, local_only: bool) -> tuple[int, bytes, bytes] | None:
    """Return status, text and type of the answer to a request that goes no further."""
    method, query, headers = scope["method"], scope["query_string"], dict(scope["headers"])
    is_window = _is_window(method, headers)
    refusals = (
        (local_only and not has_local_host(scope["headers"]), 421, _OTHER_HOST),
        (not _is_method_of(method, scope["path"]), 405, _READ_ONLY),
        (query.count(b"&") >= _MOST_PARAMETERS, 400, _TOO_MANY),
        (_is_from_elsewhere(headers) and not is_window, 403, _OTHER_SITE),
        (method == "POST" and _is_of_other_origin(headers), 403, _OTHER_SITE),
    )
    for is_refused, status, text in refusals:
        if is_refused:
            return status, text, b"text/plain"
    if _is_from_elsewhere(headers) and (scope["path"] != "/" or query):
        return 200, _led_here(scope), b"text/html"
    return (403, _PLAIN_CSV, b"text/plain") if _is_plain_csv(scope["path"], query) else None


def _as_of(path: str, status: int, text: bytes, kind: bytes) -> tuple[int, bytes, bytes]:
    """Return an answer as programs read it (RFC 9457) if it is for the API."""
    if not path.startswith("/api/") or status == 200:
        return status, text, kind
    found = {"title": "No answer", "status": status, "detail": text.decode().strip()}
    return status, json.dumps(found).encode(), b"application/problem+json"


def _in_utf8(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """Return *header* with bytes that are no UTF-8 replaced: Datasette decodes cookies."""
    name, value = header
    return name, value.decode("utf-8", "replace").encode()


def _with_ours(
    headers: Iterable[tuple[bytes, bytes]], frame: str | None
) -> list[tuple[bytes, bytes]]:
    ours = {name for name, _value in HEADERS}
    theirs = [(name, value) for name, value in headers if name.lower() not in ours]
    if frame is None:
        return [*theirs, *HEADERS]
    policy = (b"content-security-policy", f"{POLICY}; frame-src {frame}".encode())
    return [*theirs, policy, *HEADERS[1:]]


def has_local_host(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether the Host header names this machine."""
    host = next((value for name, value in headers if name == b"host"), b"").decode("latin-1")
    name = host.rpartition("]")[0].lstrip("[") or host.partition(":")[0]
    return name.lower() in LOOPBACK


def _is_from_elsewhere(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a browser says that a page of another site requests this.

    The headers are those of https://www.w3.org/TR/fetch-metadata/; other programs send none.
    """
    return headers.get(b"sec-fetch-site", b"none") not in {b"same-origin", b"none"}


def _is_method_of(method: str, path: str) -> bool:
    """Tell whether an address takes a method: POST is for forms alone."""
    if path.startswith("/api/"):
        return True  # it refuses them itself, as its description says
    return method.encode() in _METHODS or (method == "POST" and path == FORMS)


def _is_of_other_origin(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a form comes from a page of another site.

    Over plain HTTP from another machine, browsers send no Sec-Fetch-Site but Origin: `null`
    from our own pages, which send no referrer.
    """
    origin = headers.get(b"origin", b"null")
    is_said = b"sec-fetch-site" in headers or origin == b"null"
    return not is_said and origin.partition(b"://")[2] != headers.get(b"host")


def _is_window(method: str, headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a window opens this, as by a link."""
    names = (b"sec-fetch-mode", b"sec-fetch-dest")
    is_window = tuple(map(headers.get, names)) == (b"navigate", b"document")
    return is_window and method in {"GET", "HEAD"}


def _led_here(scope: Mapping[str, Any]) -> bytes:
    """Return the page with the link that a page of another site has followed."""
    query = scope["query_string"].decode("latin-1")
    # Two slashes at the beginning would name another host.
    path = "/" + quote(scope["path"], safe="/:@~!$&'()*+,;=").lstrip("/")
    return _LED_HERE.format(escape(path + (f"?{query}" if query else ""))).encode()


def _is_plain_csv(path: str, query: bytes) -> bool:
    """Tell whether Datasette would answer with CSV; `pages.tables` has that of a table."""
    is_csv = path.endswith(".csv") and not _OUR_CSV.fullmatch(path)
    return path.startswith("/archive") and (is_csv or b"_format=csv" in query)


async def _refuse(send: Any, status: int, text: bytes, kind: bytes) -> None:
    headers = [
        (b"content-type", kind if kind.endswith(b"json") else kind + b"; charset=utf-8"),
        (b"cache-control", b"no-store"),  # the same address may be answered another time
        (b"allow", b"GET, HEAD"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})

"""The JSON API of `newscrawl serve`: read-only, described by /api/v1/openapi.json."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from newscrawl.archive.search.hits import SORTS
from newscrawl.system.sqlite_errors import is_interrupted
from newscrawl.web.api.answers import (
    article_answer,
    edits_answer,
    front_page_answer,
    front_pages_answer,
    versions_answer,
)
from newscrawl.web.api.counts import FACETS, MOST_COUNTS, USUAL_COUNTS, Count, count_answer
from newscrawl.web.api.cursors import CURSOR
from newscrawl.web.api.description import describe
from newscrawl.web.api.no_answer import NoAnswer
from newscrawl.web.api.searches import (
    EACHES,
    LONGEST_QUERY,
    MOST_RESULTS,
    ORDERS,
    Search,
    search_answer,
)
from newscrawl.web.queries.archive_reader import QUESTION_SECONDS, READ_SECONDS, read_cached
from newscrawl.web.queries.deadline import TooLong
from newscrawl.web.queries.embedding import model_of

_T = TypeVar("_T", bound=str)
Answerer = Callable[[Database], dict[str, Any]]
ROOT = "/api/v1"
"""The beginning of each address of the API."""
_LARGEST = 2**31 - 1
_LONGEST = 2_000
_NUMBER = re.compile(r"[1-9]\d{0,9}")
_JSON = "application/json; charset=utf-8"
_PROBLEM = "application/problem+json"
_origins: WeakKeyDictionary[Datasette, str] = WeakKeyDictionary()


@attrs.frozen
class _Question:
    """A question that a request states."""

    key: Hashable
    """Its parameters, under which the answer is cached."""
    answer: Answerer
    seconds: float = READ_SECONDS
    """Time limit of the answer."""


class BadRequest(Exception):
    """A request with a wrong parameter (HTTP 400); the message names it."""


def allow_origin(datasette: Datasette, origin: str) -> None:
    """Let pages of *origin* read the API from a browser (CORS), which none may by default."""
    _origins[datasette] = origin


def _search(datasette: Datasette, request: Request) -> _Question:
    wanted = _parameters(request, {"q", "limit", "sort", "by", "each", "cursor"})
    query = _check_query(wanted.get("q", ""))
    search = Search(
        query=query,
        limit=_limit(wanted),
        sort=_one_of(wanted, "sort", SORTS),
        by=_one_of(wanted, "by", ORDERS),
        each=_one_of(wanted, "each", EACHES),
        cursor=_cursor(wanted),
    )
    answer = partial(search_answer, search=search, model=model_of(datasette))
    # A model may take seconds for a query, more than SQLite takes for any.
    seconds = READ_SECONDS if search.by == "words" else QUESTION_SECONDS
    return _Question(search, answer, seconds)


def _counts(_datasette: Datasette, request: Request) -> _Question:
    wanted = _parameters(request, {"q", "by", "limit", "cursor"})
    query = wanted.get("q")
    if query is not None:
        _check_query(query)
    count = Count(
        query=query or "",
        by=_one_of(wanted, "by", FACETS),
        limit=_limit(wanted, usual=USUAL_COUNTS, most=MOST_COUNTS),
        cursor=_cursor(wanted),
    )
    return _Question(count, partial(count_answer, count=count), QUESTION_SECONDS)


def _article(_datasette: Datasette, request: Request) -> _Question:
    _parameters(request, set())
    number = _id(request)
    return _Question(number, partial(article_answer, number=number))


def _versions(_datasette: Datasette, request: Request) -> _Question:
    _parameters(request, set())
    number = _id(request)
    return _Question(number, partial(versions_answer, number=number))


def _edits(_datasette: Datasette, request: Request) -> _Question:
    wanted = _parameters(request, {"old", "new"})
    number = _id(request)
    old, new = (_whole(wanted.get(name), name) for name in ("old", "new"))
    answer = partial(edits_answer, number=number, old=old, new=new)
    return _Question((number, old, new), answer)


def _front_pages(_datasette: Datasette, request: Request) -> _Question:
    wanted = _parameters(request, {"limit", "cursor"})
    limit, cursor = _limit(wanted), _cursor(wanted)
    answer = partial(front_pages_answer, limit=limit, cursor=cursor)
    return _Question((limit, cursor), answer)


def _front_page(_datasette: Datasette, request: Request) -> _Question:
    wanted = _parameters(request, {"url", "at"})
    url, at = wanted.get("url", ""), wanted.get("at")
    if not 0 < len(url) <= _LONGEST:
        raise BadRequest(f"url is the address of a page, of 1 to {_LONGEST} characters")
    return _Question((url, at), partial(front_page_answer, page=url, at=at))


def _parameters(request: Request, known: set[str]) -> dict[str, str]:
    """Return the parameters of the address. Raises BadRequest if one is unknown or twice."""
    found: dict[str, str] = {}
    for name in request.args:
        values = request.args.getlist(name)
        if name not in known:
            raise BadRequest(f"there is no parameter {name[:40]}")
        if len(values) > 1:
            raise BadRequest(f"{name} is given {len(values)} times")
        found[name] = values[0]
    return found


def _one_of(wanted: Mapping[str, str], name: str, known: Sequence[_T]) -> _T:
    """Return the value of the parameter *name*, the first of *known* if it is not given."""
    stated = wanted.get(name, known[0])
    for value in known:
        if value == stated:
            return value
    raise BadRequest(f"{name} is one of {', '.join(map(str, known))}")


def _check_query(query: str) -> str:
    """Return *query*. Raises BadRequest if it is empty or too long."""
    if not query.strip() or len(query) > LONGEST_QUERY:
        raise BadRequest(f"q is a query of 1 to {LONGEST_QUERY} characters")
    return query


def _limit(wanted: Mapping[str, str], *, usual: int = 20, most: int = MOST_RESULTS) -> int:
    limit = _whole(wanted.get("limit"), "limit") or usual
    if limit > most:
        raise BadRequest(f"limit is 1 to {most}")
    return limit


def _cursor(wanted: Mapping[str, str]) -> str | None:
    cursor = wanted.get("cursor")
    if cursor is not None and not re.fullmatch(CURSOR, cursor):
        raise BadRequest("cursor is the next_cursor of another answer")
    return cursor


def _whole(value: str | None, name: str) -> int | None:
    if value is None:
        return None
    if not _NUMBER.fullmatch(value) or int(value) > _LARGEST:
        raise BadRequest(f"{name} is a whole number from 1")
    return int(value)


def _id(request: Request) -> int:
    return _whole(request.url_vars["id"], "the article's id") or 0


def _route(
    name: str, question_of: Callable[[Datasette, Request], _Question]
) -> Callable[[Datasette, Request], Awaitable[Response]]:
    """Return the view that answers the question that *question_of* reads from a request."""

    async def view(datasette: Datasette, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return _problem(datasette, 405, "this API only reads", allow="GET, HEAD")
        try:
            asked = question_of(datasette, request)
            key = ("api", name, asked.key)
            # A client that has an ETag must never hear that a changed answer is the same.
            found = await read_cached(datasette, key, asked.answer, asked.seconds, oldest=0)
        except BadRequest as error:
            return _problem(datasette, 422, str(error))
        except NoAnswer as error:
            return _problem(datasette, error.status, str(error))
        except TooLong:
            return _problem(datasette, 503, "the answer took too long")
        except sqlite3.DatabaseError as error:
            why = "took too long" if is_interrupted(error) else "cannot be read"
            return _problem(datasette, 503, f"the archive {why}")
        return _answer(datasette, request, found)

    return view


async def _description(datasette: Datasette, request: Request) -> Response:
    if request.method not in {"GET", "HEAD"}:
        return _problem(datasette, 405, "this API only reads", allow="GET, HEAD")
    orders = ORDERS if model_of(datasette) else ORDERS[:1]
    return _answer(datasette, request, describe(orders))


async def _unknown(datasette: Datasette, request: Request) -> Response:
    return _problem(datasette, 404, f"see {ROOT}/openapi.json for the addresses of this API")


def _answer(datasette: Datasette, request: Request, found: Mapping[str, Any]) -> Response:
    body = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace").decode()
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"} | _cors(datasette)
    if _is_known(request.headers.get("if-none-match", ""), tag):
        return Response("", status=304, headers=headers, content_type=_JSON)
    shown = "" if request.method == "HEAD" else body
    return Response(shown, headers=headers, content_type=_JSON)


def _is_known(stated: str, tag: str) -> bool:
    """Return whether the client has the answer with *tag* (RFC 9110, 13.1.2)."""
    tags = (one.strip().removeprefix("W/") for one in stated.split(","))
    return any(one in {tag, "*"} for one in tags)


def _problem(datasette: Datasette, status: int, detail: str, allow: str = "") -> Response:
    body = json.dumps({"title": "No answer", "status": status, "detail": detail})
    headers = _cors(datasette) | ({"allow": allow} if allow else {})
    return Response(body, status=status, headers=headers, content_type=_PROBLEM)


def _cors(datasette: Datasette) -> dict[str, str]:
    origin = _origins.get(datasette)
    return {"access-control-allow-origin": origin, "vary": "Origin"} if origin else {}


PAGES: tuple[tuple[str, Any], ...] = (
    (rf"^{ROOT}/openapi\.json$", _description),
    (rf"^{ROOT}/search$", _route("search", _search)),
    (rf"^{ROOT}/counts$", _route("counts", _counts)),
    (rf"^{ROOT}/articles/(?P<id>[^/]+)$", _route("article", _article)),
    (rf"^{ROOT}/articles/(?P<id>[^/]+)/versions$", _route("versions", _versions)),
    (rf"^{ROOT}/articles/(?P<id>[^/]+)/edits$", _route("edits", _edits)),
    (rf"^{ROOT}/front-pages$", _route("front pages", _front_pages)),
    (rf"^{ROOT}/front-page$", _route("front page", _front_page)),
    (rf"^{ROOT}(?:/.*)?$", _unknown),
)
"""The routes of the API."""

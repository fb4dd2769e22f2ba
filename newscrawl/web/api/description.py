"""The OpenAPI 3.1 description of the JSON API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import newscrawl
from newscrawl.archive.search.hits import SORTS
from newscrawl.web.api.answers import NOTICE
from newscrawl.web.api.counts import FACETS, MOST_COUNTS, USUAL_COUNTS
from newscrawl.web.api.cursors import CURSOR
from newscrawl.web.api.searches import EACHES, LONGEST_QUERY, MOST_RESULTS, Order

_NULLABLE_TEXT = {"type": ["string", "null"]}
_TEXT = {"type": "string"}
_INTEGER = {"type": "integer"}
_NOTICE = {"type": "string", "const": NOTICE}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list_of(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The number of the article in this archive.",
    "schema": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
}


def _parameter(name: str, description: str, *, required: bool = False, **schema: Any) -> Any:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema,
    }


def _limit(usual: int, most: int) -> dict[str, Any]:
    schema: Any = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
    found: dict[str, Any] = _parameter("limit", "The number of results on a page.", **schema)
    return found


def _query(description: str, *, required: bool) -> dict[str, Any]:
    schema: Any = {"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY}
    found: dict[str, Any] = _parameter(
        "q", description, required=required, pattern=r"\S", **schema
    )
    return found


_LIMIT = _limit(20, MOST_RESULTS)
_CURSOR = _parameter(
    "cursor",
    "next_cursor of the page before; of the same question only.",
    type="string",
    pattern=f"^{CURSOR}$",
)
_VERSION_NUMBER: Mapping[str, Any] = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}

_VERSION = _object(
    number=_INTEGER,
    first_seen=_TEXT,
    last_seen=_TEXT,
    cause={"enum": ["first", "publisher", "extractor", "undecided"]},
    extractor=_TEXT,
    changed=_list_of(_TEXT),
    untrusted_text=_object(headline=_NULLABLE_TEXT),
)
_SPANS = _list_of({"type": "array", "items": _INTEGER, "minItems": 2, "maxItems": 2})
_HIT = _object(
    article_id=_INTEGER,
    site=_TEXT,
    url=_TEXT,
    permalink=_TEXT,
    date_published=_NULLABLE_TEXT,
    rank={"type": ["number", "null"]},
    untrusted_text=_object(headline=_NULLABLE_TEXT, snippet=_TEXT),
    spans=_object(headline=_SPANS, snippet=_SPANS),
)
_ALSO_FOUND = _list_of(_TEXT) | {
    "description": "Other names of the things that the query names: words of pages, untrusted."
}
_CITATION = _object(
    url=_TEXT,
    permalink=_TEXT,
    captured_at=_NULLABLE_TEXT,
    sha256=_NULLABLE_TEXT,
    warc_record_id=_NULLABLE_TEXT,
)
_SCHEMAS: Mapping[str, Any] = {
    "SearchResults": _object(
        notice=_NOTICE,
        query=_TEXT,
        total=_INTEGER,
        problems=_list_of(_TEXT),
        also_found=_ALSO_FOUND,
        results=_list_of(_HIT),
        next_cursor=_NULLABLE_TEXT,
    ),
    "Counts": _object(
        notice=_NOTICE,
        query=_TEXT,
        by={"enum": list(FACETS)},
        total=_INTEGER,
        problems=_list_of(_TEXT),
        also_found=_ALSO_FOUND,
        names=_INTEGER,
        counts=_list_of(_object(articles=_INTEGER, untrusted_text=_object(name=_TEXT))),
        next_cursor=_NULLABLE_TEXT,
    ),
    "Article": _object(
        notice=_NOTICE,
        article_id=_INTEGER,
        url=_TEXT,
        date_published=_NULLABLE_TEXT,
        date_modified=_NULLABLE_TEXT,
        in_language=_NULLABLE_TEXT,
        agency_ids=_list_of(_TEXT),
        citation=_CITATION,
        untrusted_text={
            **_object(headline=_NULLABLE_TEXT, article_body=_TEXT, authors=_list_of(_TEXT)),
            "additionalProperties": True,
        },
    ),
    "Versions": _object(notice=_NOTICE, article_id=_INTEGER, versions=_list_of(_VERSION)),
    "Edits": _object(
        notice=_NOTICE,
        article_id=_INTEGER,
        old=_VERSION,
        new=_VERSION,
        changes=_list_of(
            _object(
                field=_TEXT,
                share={"type": "number"},
                untrusted_text=_list_of(
                    _object(kind={"enum": ["same", "removed", "added"]}, text=_TEXT)
                ),
            )
        ),
    ),
    "FrontPages": _object(
        pages=_list_of(
            _object(url=_TEXT, site=_NULLABLE_TEXT, promotions=_INTEGER, last_seen=_TEXT)
        ),
        next_cursor=_NULLABLE_TEXT,
    ),
    "FrontPage": _object(
        notice=_NOTICE,
        page=_TEXT,
        at=_NULLABLE_TEXT,
        links=_list_of(
            _object(
                kind=_TEXT,
                url=_NULLABLE_TEXT,
                article_id={"type": ["integer", "null"]},
                position={"type": ["integer", "null"]},
                first_seen=_NULLABLE_TEXT,
                last_seen=_NULLABLE_TEXT,
                gone=_NULLABLE_TEXT,
                untrusted_text=_object(heading=_NULLABLE_TEXT, text=_NULLABLE_TEXT),
            )
        ),
    ),
    "Problem": _object(title=_TEXT, status=_INTEGER, detail=_TEXT),
}


def _operation(name: str, summary: str, answer: str, *parameters: Any) -> dict[str, Any]:
    content = {"schema": {"$ref": f"#/components/schemas/{answer}"}}
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    problems = {
        "404": "There is none.",
        "409": "The cursor is of another question, or the parameters exclude each other.",
        "422": "The question is wrong.",
        "503": "The archive cannot be read now, reading took too long, or the model failed.",
    }
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": list(parameters),
            "responses": {
                "200": {
                    "description": "The answer.",
                    "headers": {"ETag": {"schema": _TEXT}},
                    "content": {"application/json": content},
                },
                "304": {"description": "Unchanged since the ETag in If-None-Match."},
                **{
                    status: {
                        "description": meaning,
                        "content": {"application/problem+json": problem},
                    }
                    for status, meaning in problems.items()
                },
            },
        }
    }


def _search(orders: Sequence[Order]) -> dict[str, Any]:
    return _operation(
        "search",
        "Find articles by a query; docs/arabic.md of newscrawl describes its language.",
        "SearchResults",
        _query("The query.", required=True),
        _LIMIT,
        _parameter(
            "sort",
            "Best, newest, or best and newest first; of a search by words alone.",
            enum=list(SORTS),
            default="rank",
        ),
        _parameter(
            "by",
            "Order by words, by meaning, or by both; the last two need an embedding model.",
            enum=list(orders),
            default="words",
        ),
        _parameter(
            "each",
            "Each article, or one outlet of each agency text, of a search by words alone; the"
            " total counts every outlet.",
            enum=list(EACHES),
            default="article",
        ),
        _CURSOR,
    )


def _counts() -> dict[str, Any]:
    return _operation(
        "counts",
        "Count the articles of a query by a facet, as newscrawl search --count-by does.",
        "Counts",
        _query("The query; without one all articles are counted.", required=False),
        _parameter("by", "The facet; place is the dateline's.", enum=[*FACETS], default="site"),
        _limit(USUAL_COUNTS, MOST_COUNTS),
        _CURSOR,
    )


def describe(orders: Sequence[Order]) -> dict[str, Any]:
    """Return the description of a server that orders searches by *orders*."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "newscrawl",
            "version": newscrawl.__version__,
            "description": (
                f"An archive of news pages, for reading. {NOTICE} Nothing can be written here."
            ),
        },
        "servers": [{"url": "/api/v1"}],
        "paths": {
            "/search": _search(orders),
            "/counts": _counts(),
            "/articles/{id}": _operation(
                "article", "Read one article, with the capture to cite.", "Article", _ID
            ),
            "/articles/{id}/versions": _operation(
                "versions", "List the versions of an article.", "Versions", _ID
            ),
            "/articles/{id}/edits": _operation(
                "edits",
                "Compare two versions, word by word; by default the last two.",
                "Edits",
                _ID,
                _parameter("old", "The number of the earlier version.", **_VERSION_NUMBER),
                _parameter("new", "The number of the later version.", **_VERSION_NUMBER),
            ),
            "/front-pages": _operation(
                "front_pages",
                "List the home and section pages whose links are known.",
                "FrontPages",
                _LIMIT,
                _CURSOR,
            ),
            "/front-page": _operation(
                "front_page",
                "List the links that a page promoted at a time; by default now.",
                "FrontPage",
                _parameter(
                    "url",
                    "The address of the page.",
                    required=True,
                    type="string",
                    minLength=1,
                    maxLength=2_000,
                ),
                _parameter(
                    "at",
                    "A time in UTC, such as 2026-03-01T06:00:00Z.",
                    type="string",
                    # The days that every year has; the 29th of February is accepted, too.
                    pattern=(
                        "^[1-9][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
                        "|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
                        "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
                    ),
                ),
            ),
        },
        "components": {"schemas": _SCHEMAS},
    }

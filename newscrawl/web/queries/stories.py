"""The articles of the archive that the links of lists lead to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from datasette.app import Datasette
from sqlite_utils import Database

from newscrawl.archive.write.lookup_tables import url_digest
from newscrawl.web.queries.archive_reader import read

_AT = """SELECT j.value AS key, max(x.article_id) AS id
    FROM json_each(?) AS j
    JOIN urls AS u ON u.key = j.value
    JOIN addresses AS x ON x.url_id = u.id
    JOIN articles AS a ON a.id = x.article_id AND a.version_id IS NOT NULL
    GROUP BY 1"""


def articles_at(db: Database, urls: Iterable[str | None]) -> dict[str, int]:
    """Return the id of the article at each of *urls* that is one of the archive."""
    keys = {url: url_digest(url) for url in urls if url}
    rows = db.execute(_AT, [json.dumps(sorted(set(keys.values())))]).fetchall()
    found: dict[int, int] = dict(rows)
    return {url: found[key] for url, key in keys.items() if key in found}


async def articles_of(
    datasette: Datasette, records: Iterable[Mapping[str, Any]]
) -> dict[str, int]:
    """Return the articles at the addresses in the column `url` of *records*."""
    urls = [record.get("url") for record in records]
    return await read(datasette, lambda db: articles_at(db, urls)) if any(urls) else {}

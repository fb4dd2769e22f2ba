"""What is known of a page when its kind is asked for, from what was found on it anyway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from newscrawl.blocks import Run
from newscrawl.generic.body import Outline
from newscrawl.generic.page_kind import LONG_BODY, MESSAGE, Evidence
from newscrawl.generic.structured import Structured
from newscrawl.linked_data import types_of

RAW = 20_000
"""So much of the markup of a page with little text is searched for the marks of challenges."""


def evidence_of(
    structured: Structured, outline: Outline, values: Mapping[str, Any]
) -> Evidence:
    """Return what tells an article from other pages; *values* are what was read."""
    page, tree = structured.page, structured.tree
    body = values.get("article_body", "")
    return Evidence(
        url=page.url,
        title=tree.title,
        headline=values.get("headline") or "",
        body=body,
        text=_start_of_text(outline.runs),
        size=tree.root.size,
        links=tree.root.links,
        scripts=tree.scripts,
        og_type=structured.meta("og:type") or "",
        types=frozenset(name for item in structured.objects for name in types_of(item)),
        is_stated_article=structured.states_article,
        is_signed="authors" in values and "date_published" in values,
        raw=page.text[:RAW] if len(body) < LONG_BODY else "",
    )


def _start_of_text(runs: Iterable[Run]) -> str:
    text: list[str] = []
    length = 0
    for run in runs:
        # What links say is what other pages are: each page of a site links to its login.
        if run.links * 2 <= len(run.text):
            text.append(run.text)
            length += len(run.text)
        if length > MESSAGE:
            break
    return "\n".join(text)[:MESSAGE]

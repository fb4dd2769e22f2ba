"""The generic layout: each field by the sources and heuristics that hold for news pages at large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newscrawl.blocks import blocks_from
from newscrawl.fields import Context
from newscrawl.generic.phrases import folded
from newscrawl.generic.verdicts import kept, verdicts_of
from newscrawl.linked_data import json_ld_objects, meta_values, text_of, types_of
from newscrawl.generic.body import container_of, outline_of, runs_within


def read(context: Context, known: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values found on the page, and for each field what found it.

    *known* is what the site's layout found already.
    """
    page = context.page
    tree = page.tree
    values: dict[str, Any] = {}
    objects = json_ld_objects(tree.json_ld)
    article = next((o for o in objects if any(t.endswith("Article") for t in types_of(o))), {})
    heading = next((n for n in tree.root.iter() if n.tag == "h1" and n.text()), None)
    og = meta_values(tree.metas, "og:title")
    values["headline"] = (
        (heading.text() if heading else "")
        or text_of(article.get("headline"))
        or (og or (tree.title,))[0]
        or None
    )
    outline = outline_of(tree.root)
    container = container_of(tree.root, outline)
    runs = [run for run in runs_within(container, outline) if not outline.reason(run)]
    verdicts = verdicts_of(runs, headline=folded(values["headline"] or ""), description="")
    runs = kept(runs, verdicts)
    blocks = blocks_from(runs)
    values["blocks"] = blocks
    values["article_body"] = "\n".join(b.text for b in blocks)
    values = {k: v for k, v in values.items() if v}
    return values, dict.fromkeys(values, "generic")

"""From a page to an article. Pure: nothing is fetched, stored or logged."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs

from newscrawl.article import Article
from newscrawl.extraction.extractor_identity import extractor_identity
from newscrawl.generic.plain_text.text_dump import extract_plain_text
from newscrawl.generic.reader import Reading, read
from newscrawl.generic.rule_readers import READERS
from newscrawl.layouts.catalogue import site_for
from newscrawl.layouts.field_readers import Context
from newscrawl.layouts.layout import Layout
from newscrawl.layouts.rules import name_of
from newscrawl.layouts.site import Site
from newscrawl.page import Page

__all__ = ["extract", "extractor_identity", "layout_for", "read_page"]


def extract(page: Page, layout: type[Layout] | None = None) -> Article:
    """Return the article on *page*, read by *layout*, its site's layout, or the generic one.

    The generic layout reads each field for which the layout has no rule, or whose rule matches
    nothing. Raises ExtractionError if the page cannot be parsed or is over a limit.
    """
    with _few_collections():
        article = read_page(page, layout)[0]
        # Nothing holds the tree now: it goes before the collector runs.
        page.let_go_of_tree()
    return article


def read_page(page: Page, layout: type[Layout] | None = None) -> tuple[Article, Reading | None]:
    """Return the article, and how the generic layout read it; None for a text dump."""
    site = site_for(page.url)
    if page.is_plain_text:
        article = extract_plain_text(_context(page, site, None))
        return attrs.evolve(article, extractor=extractor_identity()), None
    if layout is None and site is not None:
        layout = site.layout_for(page)
    context = _context(page, site, layout)
    found, provenance = _by_layout(layout, context)
    reading = read(context, known=found)
    article = Article(
        url=page.url,
        provenance={**reading.sources, **provenance},
        extractor=extractor_identity(),
        **{**reading.values, **found},
    )
    return article, reading


@contextmanager
def _few_collections() -> Iterator[None]:
    """Pause the collector of cyclic garbage while a page is read.

    A page makes thousands of nodes that live until the end: collections in between take a third
    of the time of extraction and free nothing.
    """
    was_enabled = gc.isenabled()
    if was_enabled:
        gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def layout_for(page: Page) -> type[Layout] | None:
    """Return the layout that *page* is read by; None for the generic one."""
    site = site_for(page.url)
    return site.layout_for(page) if site else None


def _context(page: Page, site: Site | None, layout: type[Layout] | None) -> Context:
    return Context(
        page=page,
        zone=site.zone if site else None,
        languages=site.languages if site else (),
        without=layout.without if layout else (),
    )


def _by_layout(
    layout: type[Layout] | None, context: Context
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values that the rules of *layout* find, and the rule that found each."""
    found: dict[str, Any] = {}
    provenance: dict[str, str] = {}
    for field, rule in layout.rules.items() if layout else ():
        matches = rule(context.page)
        values = READERS[field](matches, context) if matches else {}
        if values:
            found.update(values)
            provenance[field] = f"{layout.__name__ if layout else ''}:{name_of(rule)}"
    return found, provenance

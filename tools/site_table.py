"""The page docs/sites.md: `python -m tools.site_table > docs/sites.md`."""

from __future__ import annotations

from collections.abc import Iterator

from newscrawl.layouts.catalogue import all_sites
from newscrawl.layouts.site import Site


def document() -> str:
    """Return the page: a row for each declared site."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Sites"
    yield ""
    yield "Pick a declared site to crawl. `python -m tools.site_table` writes this page."
    yield ""
    yield "## Declared"
    yield ""
    yield "Each is a spider: `scrapy crawl NAME`."
    yield ""
    yield "| name | title | hosts | zone | languages | layouts | sources |"
    yield "|---|---|---|---|---|---|---|"
    yield from map(_site_row, all_sites(()))
    yield ""
    yield "Sites that might be declared: [candidates.md](candidates.md)."


def _site_row(site: Site) -> str:
    layouts = ", ".join(layout.__name__ for layout in site.layouts)
    named = (("feeds", site.sources.feeds), ("sitemaps", site.sources.sitemaps))
    sources = ", ".join(f"{len(urls)} {kind}" for kind, urls in named if urls)
    cells = (
        f"`{site.name}`",
        site.title,
        ", ".join(site.hosts),
        site.zone or "",
        " ".join(site.languages),
        layouts,
        sources,
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(document(), end="")

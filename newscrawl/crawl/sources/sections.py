"""The sections of a site, found among the links of its home page. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from newscrawl.crawl.sources.address_shapes import Shapes, is_never_article
from newscrawl.crawl.sources.listings import PageLink, link_words, parse_listing
from newscrawl.page import Page
from newscrawl.text.urls import clean_url, host_of, path_segments, url_key, variant_key

_MAX_WORDS = 4
_MAX_DEPTH = 4


def find_sections(
    home: str, links: Sequence[PageLink], shapes: Shapes, wanted: Sequence[str] = ()
) -> dict[str, str]:
    """Return the addresses of the sections by their keys, in the order of the page.

    They are the short links in menus and headings; where there are none, those in the text.
    *wanted* names the only ones, by path, last path segment or text of the link.
    """
    if wanted:
        return dict(_chosen(home, links, wanted))
    candidates = [link for link in links if _may_be_section(home, link, shapes)]
    in_menus = [link for link in candidates if _is_named_as_one(link)]
    in_text = [link for link in candidates if not link.is_foot]
    return {url_key(link.url): link.url for link in in_menus or in_text}


def sections_of(home: Page, articles: Iterable[str]) -> tuple[str, ...]:
    """Return the sections that the page *home* links to on its own host, in its order.

    *articles* are addresses of articles of the site: no section looks like them.
    """
    shapes = Shapes()
    for url in articles:
        shapes.note_result(url, is_article=True)
    links = [one for one in parse_listing(home).links if host_of(one.url) == host_of(home.url)]
    return tuple(find_sections(home.url, links, shapes).values())


def _may_be_section(home: str, link: PageLink, shapes: Shapes) -> bool:
    is_short = 0 < len(link.text.split()) <= _MAX_WORDS
    is_near = 0 < len(path_segments(link.url)) <= _MAX_DEPTH or "?" in link.url
    is_list = not is_never_article(link.url) and not shapes.is_likely_article(link)
    return is_short and is_near and is_list and variant_key(link.url) != variant_key(home)


def _chosen(
    home: str, links: Sequence[PageLink], wanted: Sequence[str]
) -> Iterator[tuple[str, str]]:
    for name in wanted:
        matches = (link.url for link in links if name in {link.text, *_last_segment(link.url)})
        url = clean_url(home, name) if "/" in name else next(matches, None)
        url = url or clean_url(home, f"/{name}")
        if url:
            yield url_key(url), url


def _last_segment(url: str) -> tuple[str, ...]:
    return path_segments(url)[-1:]


def _is_named_as_one(link: PageLink) -> bool:
    """Return whether a menu, a heading on the page, or its address makes *link* a section."""
    folders = (segment.lower() for segment in path_segments(link.url)[:-1])
    return link.is_menu or link.is_heading or not link_words("sections").isdisjoint(folders)

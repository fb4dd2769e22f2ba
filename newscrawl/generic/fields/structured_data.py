"""A page's statements about itself in structured data: JSON-LD, meta tags, microdata.

Each source fails alone. Of several articles in the JSON-LD the page's own is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from newscrawl.html.linked_data import json_ld_objects, text_of, types_of, values_at
from newscrawl.html.tree import Tree
from newscrawl.page import Page
from newscrawl.text.normalize import squeeze
from newscrawl.text.urls import url_key

_ARTICLES = frozenset(
    (
        *(
            "NewsArticle",
            "Article",
            "ReportageNewsArticle",
            "AnalysisNewsArticle",
            "BlogPosting",
        ),
        *(
            "OpinionNewsArticle",
            "LiveBlogPosting",
            "ReviewNewsArticle",
            "BackgroundNewsArticle",
        ),
        *(
            "AskPublicNewsArticle",
            "SocialMediaPosting",
            "Report",
            "TechArticle",
            "AdvertiserContentArticle",
        ),
        *(
            "ScholarlyArticle",
            "SatiricalArticle",
            "MedicalScholarlyArticle",
            "Review",
            "Recipe",
        ),
    )
)
_PAGES = frozenset({"WebPage", "ItemPage", "CreativeWork", "VideoObject", "PodcastEpisode"})


class StructuredData:
    """The structured data of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tree: Tree = page.tree
        metas: dict[str, list[str]] = {}
        for name, content in self.tree.metas:
            if content.strip():
                metas.setdefault(name, []).append(content)
        self.metas: Mapping[str, Sequence[str]] = metas

    @cached_property
    def objects(self) -> tuple[Mapping[str, Any], ...]:
        """Every typed object of the JSON-LD."""
        return json_ld_objects(self.tree.json_ld)

    @cached_property
    def articles(self) -> tuple[Mapping[str, Any], ...]:
        """The JSON-LD objects about this page's article, the best first."""
        found = [
            item
            for item in self.objects
            if types_of(item) & _ARTICLES and id(item) not in self._entries
        ]
        own = [item for item in found if self.is_own(item)] if len(found) > 1 else found
        pages = [item for item in self.objects if types_of(item) & _PAGES]
        return (*(own or found[:1]), *pages)

    @cached_property
    def _entries(self) -> frozenset[int]:
        """The ids of the objects that are entries of a live blog, each with its headline."""
        blogs = [item for item in self.objects if "liveBlogUpdate" in item]
        return frozenset(id(one) for item in blogs for one in values_at(item, "liveBlogUpdate"))

    @property
    def states_article(self) -> bool:
        """True if the JSON-LD holds an article."""
        return any(types_of(item) & _ARTICLES for item in self.objects)

    def is_own(self, item: Mapping[str, Any]) -> bool:
        """Return whether *item* is this page's article, by its address or its headline."""
        here = {url_key(self.page.url)}
        if self.canonical:
            here.add(url_key(self.canonical))
        for path in (
            "url",
            "mainEntityOfPage",
            "mainEntityOfPage.@id",
            "@id",
            "mainEntityOfPage.url",
        ):
            for value in values_at(item, path):
                if isinstance(value, str) and url_key(value.partition("#")[0]) in here:
                    return True
        headline = text_of(item.get("headline"))
        return bool(headline) and headline in {
            *map(squeeze, self.metas.get("og:title", ())),
            self.tree.title,
        }

    @cached_property
    def canonical(self) -> str | None:
        """Address in rel=canonical, else in og:url, as written; None without either."""
        return next((url for _, url in self.canonicals() if url), None)

    def canonicals(self) -> Iterator[tuple[str, str]]:
        """Yield the rule of each source of the page's own address, and the address there."""
        for head in self.tree.heads:
            if "canonical" in head.get("rel", "").lower().split():
                yield "link", head.get("href", "")
        yield "meta:og:url", self.meta("og:url") or ""

    def values(self, *paths: str) -> Iterator[Any]:
        """Yield the values at *paths* in the article's JSON-LD objects, the best first."""
        for item in self.articles:
            for path in paths:
                yield from values_at(item, path)

    def text(self, *paths: str) -> str | None:
        """Return the first text at *paths*."""
        return next((text for text in map(text_of, self.values(*paths)) if text), None)

    def meta(self, *names: str) -> str | None:
        """Return the content of the first meta tag with one of *names*."""
        for name in names:
            for content in self.metas.get(name, ()):
                text = text_of(content)
                if text:
                    return text
        return None

    def all_metas(self, *names: str) -> tuple[str, ...]:
        """Return the contents of all meta tags of the first of *names* that is there."""
        for name in names:
            found = tuple(text for text in map(text_of, self.metas.get(name, ())) if text)
            if found:
                return found
        return ()

"""An article as schema.org's NewsArticle or LiveBlogPosting, which other programs read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from newscrawl.article import Article, Dateline, Image, LiveBlogUpdate, SourceCredit
from newscrawl.values.person_names import is_group


def news_article_from(article: Article) -> dict[str, Any]:
    """Return *article* as JSON-LD, without the fields that were not found."""
    fields = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting" if article.live_blog_updates else "NewsArticle",
        "url": article.canonical_url or article.url,
        "headline": article.headline,
        "alternativeHeadline": article.alternative_headline,
        "description": article.description,
        "articleSection": list(article.breadcrumbs),
        "dateline": _raw(article.dateline),
        "locationCreated": _place(article),
        "datePublished": _text(article.date_published),
        "dateModified": _text(article.date_modified),
        "publisher": _publisher(article),
        "author": [_author(name, article.publisher) for name in article.authors],
        "articleBody": article.article_body,
        "creditText": _raw(article.source_credit),
        "sourceOrganization": _agencies(article),
        "image": [_image(image) for image in article.images],
        "keywords": list(article.keywords),
        "inLanguage": article.in_language,
        "isAccessibleForFree": article.is_accessible_for_free,
        "liveBlogUpdate": [_update(update) for update in article.live_blog_updates],
    }
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _raw(value: Dateline | SourceCredit | None) -> str | None:
    return value.raw if value else None


def _author(name: str, publisher: str | None) -> dict[str, str]:
    is_organization = is_group(name) or name == publisher
    return {"@type": "Organization" if is_organization else "Person", "name": name}


def _publisher(article: Article) -> dict[str, str] | None:
    return _organization(article.publisher) if article.publisher else None


def _place(article: Article) -> dict[str, str] | None:
    place = article.dateline.place if article.dateline else None
    return {"@type": "Place", "name": place} if place else None


def _agencies(article: Article) -> list[dict[str, str]]:
    names = {agency.id or agency.name: agency.name for agency in reversed(article.agencies)}
    return [_organization(name) for name in reversed(names.values())]


def _organization(name: str) -> dict[str, str]:
    return {"@type": "NewsMediaOrganization", "name": name}


def _image(image: Image) -> dict[str, str]:
    fields = {"contentUrl": image.url, "caption": image.caption, "creditText": image.credit}
    return {"@type": "ImageObject"} | {name: text for name, text in fields.items() if text}


def _update(update: LiveBlogUpdate) -> dict[str, Any]:
    fields = {
        "headline": update.headline,
        "datePublished": _text(update.date_published),
        "articleBody": update.article_body,
        "url": update.url,
    }
    return {"@type": "BlogPosting"} | {name: text for name, text in fields.items() if text}


def _text(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None

"""Whether what was read off a page is an article worth keeping. Pure."""

from __future__ import annotations

from newscrawl.article import Article


def verdict_on(article: Article) -> tuple[str, str] | None:
    """Return outcome and reason where *article* is not to be kept; None where it is.

    A page of which too little was found is reported and not stored half-empty: its layout
    has changed, or it never was an article.
    """
    if article.page_kind != "article":
        known = (article.page_kind, article.page_kind_reason)
        return "not_article", ": ".join(text for text in known if text)
    if not article.headline:
        return "parse_error", "too little was found: no headline"
    if not article.article_body.strip():
        return "parse_error", "too little was found: no text"
    return None

"""Whether an answer is a page, and whether what was read off it is worth keeping. Pure."""

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


def problem_of(body: bytes, content_type: str, status: int | None) -> tuple[str, str] | None:
    """Return outcome and reason where an answer is no page at all; None where it is one."""
    kind = content_type.partition(";")[0].strip()
    if not body.strip():
        return "empty", "the answer has no content"
    if status == 206:
        return "truncated", "only a part was sent"
    if body.lstrip()[:4] in _NO_PAGES:
        is_told = kind and "html" not in kind and not kind.startswith("text/")
        return "not_html", kind if is_told else "not a page, by its first bytes"
    is_page = "html" in kind or kind in {"", "text/plain", "application/xml", "text/xml"}
    return None if is_page else ("not_html", kind)


_NO_PAGES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff\xe0",
    b"\xff\xd8\xff\xe1",
    b"GIF8",
    b"PK\x03\x04",
)

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
        outcome = "blocked" if article.page_kind == "challenge" else "not_article"
        return outcome, ": ".join(text for text in known if text)
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
    if _is_binary(body):
        is_told = kind and "html" not in kind and not kind.startswith("text/")
        return "not_html", kind if is_told else "not a page, by its first bytes"
    is_page = "html" in kind or kind in {"", "text/plain", "application/xml", "text/xml"}
    return None if is_page else ("not_html", kind)


def _is_binary(body: bytes) -> bool:
    """Whether *body* is known for something else by its first bytes, or is no text."""
    start = body.lstrip()[:_LOOKED_AT]
    if start.startswith(_NO_PAGES) or start[4:8] == b"ftyp":
        return True
    if start.startswith(_UTF_16) or start.count(b"\0") > len(start) / 10:
        return False  # UTF-16, where any byte may stand
    return len(start) - len(start.translate(None, _NEVER_TEXT)) > len(start) / 50


_LOOKED_AT = 4096
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NEVER_TEXT = bytes({*range(1, 9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})
"""The bytes that stand in no text (https://mimesniff.spec.whatwg.org/#binary-data-byte)."""
_NO_PAGES = (
    *(b"%PDF", b"%!PS", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"OggS", b"ID3"),
    *(b"PK\x03\x04", b"\x1f\x8b\x08", b"Rar!", b"7z\xbc\xaf", b"wOFF", b"wOF2"),
    *(b"MZ\x90\x00", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\x1aE\xdf\xa3", b"\0asm"),
)
"""How files begin that are no pages (https://mimesniff.spec.whatwg.org/ and their formats)."""

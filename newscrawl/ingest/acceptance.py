"""Acceptance of responses and articles, the same for a crawl and an import. No I/O."""

from __future__ import annotations

import re
import traceback
from collections import Counter
from html import escape
from pathlib import Path

from w3lib.html import get_meta_refresh

from newscrawl.article import Article
from newscrawl.errors import ExtractionError, UsageError
from newscrawl.extraction import extract
from newscrawl.formats.content_type import media_type
from newscrawl.html.first_bytes import is_binary, is_html
from newscrawl.limits import LONGEST_ADDRESS
from newscrawl.outcomes import Outcome, Problem
from newscrawl.page import Page

DOUBTFUL_PAGES = ("store", "refuse")
"""Values of NEWSCRAWL_DOUBTFUL_PAGES; the first is the default."""


def doubtful_pages(value: str | None) -> str:
    """Return *value* of NEWSCRAWL_DOUBTFUL_PAGES, or its default.

    Raises UsageError if it is another word.
    """
    if value and value not in DOUBTFUL_PAGES:
        choices = " nor ".join(DOUBTFUL_PAGES)
        raise UsageError(f"NEWSCRAWL_DOUBTFUL_PAGES: {value!r} is neither {choices}")
    return value or DOUBTFUL_PAGES[0]


def rejection_of(article: Article, doubtful: str = DOUBTFUL_PAGES[0]) -> Problem | None:
    """Return outcome and reason if *article* is rejected; None if it is accepted.

    *doubtful* is `store` or `refuse`, for a page that may be no article. A page of which too
    little was found is reported and not stored half-empty: its layout has changed, or it never
    was an article.
    """
    is_stored = article.page_kind_certainty == "doubtful" and doubtful == "store"
    if article.page_kind != "article" and not is_stored:
        known = (article.page_kind, article.page_kind_reason)
        outcome = Outcome.BLOCKED if article.page_kind == "challenge" else Outcome.NOT_ARTICLE
        return outcome, ": ".join(text for text in known if text)
    if not article.headline:
        return Outcome.PARSE_ERROR, "too little was found: no headline"
    if not article.article_body.strip():
        return Outcome.PARSE_ERROR, "too little was found: no text"
    return None


def kind_of(article: Article | None) -> str | None:
    """Return the kind of a page that is no article; None for an article."""
    return None if article is None or article.page_kind == "article" else article.page_kind


def read_article(page: Page) -> Article | Problem:
    """Return the article on *page*; outcome and reason if it cannot be read."""
    try:
        return extract(page)
    except ExtractionError as error:
        return Outcome.PARSE_ERROR, f"{error.reason}: {error.detail}"
    except Exception as error:  # the row of the page records it
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        return Outcome.ERROR, f"{type(error).__name__} ({place}): {error}"[:200]


def problem_of(body: bytes, content_type: str, status: int | None) -> Problem | None:
    """Return outcome and reason where an answer is no page at all; None where it is one."""
    problem = transfer_problem(body, status)
    if problem is not None:
        return problem
    kind = media_type(content_type)
    if is_binary(body):
        is_stated = kind and "html" not in kind and not kind.startswith("text/")
        return Outcome.NOT_HTML, kind if is_stated else "not a page, by its first bytes"
    return None if may_be_page(body, content_type) else (Outcome.NOT_HTML, kind)


def transfer_problem(body: bytes, status: int | None) -> Problem | None:
    """Return outcome and reason where an answer of any kind is not whole; None where it is."""
    if not body.strip():
        return Outcome.EMPTY, "the answer has no content"
    if status == 206:
        return Outcome.TRUNCATED, "only a part was sent"
    return None


def challenger(status: int | None, mitigated: str, body: bytes) -> str | None:
    """Return the service whose challenge to robots a response is; None for any other.

    *mitigated* is the `cf-mitigated` header.
    """
    # https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/
    if mitigated.strip().lower() == "challenge":
        return "Cloudflare"
    if status not in _CHALLENGE_STATUSES or len(body) > _LONGEST_CHALLENGE:
        return None
    is_bare = b"<article" not in body and body.count(b"<p") < 10
    return next((name for mark, name in _CHALLENGES.items() if is_bare and mark in body), None)


def challenge_reason(service: str, status: int | None) -> str:
    """Return the reason of an observation of a challenge."""
    return f"a challenge to robots ({service}, HTTP {status})"


def refresh_target(page: Page, header: str = "") -> str | None:
    """Return the address that a page sends its readers to within REFRESH_DELAY seconds.

    *header* is its `Refresh` header, which counts if the page has no text of its own.
    """
    target = _refreshed(page.text[:4096], page.url)
    if target is None and header and not _has_text(page.body):
        meta = f'<meta http-equiv="refresh" content="{escape(header[:LONGEST_ADDRESS])}">'
        target = _refreshed(meta, page.url)
    return target


def _refreshed(html: str, url: str) -> str | None:
    delay, target = get_meta_refresh(html, url, ignore_tags=REFRESH_IGNORED)
    if target is None or delay is None or delay >= REFRESH_DELAY:
        return None
    return target if target.startswith(("http:", "https:")) else None


def _has_text(body: bytes) -> bool:
    """Return whether a page has paragraphs, as no page does that only leads elsewhere."""
    return b"<article" in body or body.count(b"<p") >= _PARAGRAPHS


def may_be_page(body: bytes, content_type: str) -> bool:
    """Return whether an answer is a page, by the type that it states or by how it begins."""
    kind = media_type(content_type)
    return "html" in kind or kind in _PAGE_TYPES or (kind in _OPAQUE and is_html(body))


def is_cut(body: bytes) -> bool:
    """Return whether *body*, HTML in an encoding compatible with ASCII, is incomplete.

    A page that ends in `</body>` or `</html>` is complete. Another one is cut if its last tag
    is not complete, if it ends inside an `article` or `main`, or if it ends in running text, or
    deep inside other blocks, with more of them opened than closed.
    """
    tail = body[-_TAIL:]
    if not _BEGINS.search(body[:_TAIL]) or b"\0" in body[:64]:
        return False
    if _ENDS.search(tail) or _ENDS.search(body):  # most pages end there
        return False
    opened = _open_blocks(body)
    ends_in_tag = tail.rfind(b"<") > tail.rfind(b">")
    if ends_in_tag or opened[b"article"] > 0 or opened[b"main"] > 0:
        return True
    depth = opened[b"div"] + opened[b"section"]
    return depth >= _DEEP or (depth > 0 and not _ENDS_A_BLOCK.search(tail))


REFRESH_DELAY = 5
"""Seconds; a meta refresh after more of them is no redirect."""
_PARAGRAPHS = 3
REFRESH_IGNORED = ("noscript", "script", "style", "template", "textarea", "title")
"""Elements in which a meta refresh is ignored."""
_CHALLENGE_STATUSES = frozenset({200, 202, 401, 403, 405, 429, 503})
_LONGEST_CHALLENGE = 60_000
_CHALLENGES = {
    b"_cf_chl_opt": "Cloudflare",
    b"captcha-delivery.com": "DataDome",
    b"Incapsula incident ID": "Imperva",
    b"px-captcha": "HUMAN",
    b"awsWafCookieDomainList": "AWS WAF",
}
_PAGE_TYPES = frozenset(
    {"", "text/plain", "application/xml", "text/xml"}
    # Browsers treat these as if no type were given.
    | {"unknown/unknown", "application/unknown", "*/*"}
)
_OPAQUE = frozenset(
    {"application/octet-stream", "binary/octet-stream", "application/x-download"}
)
"""Content types that servers send if they do not know the type."""
_TAIL = 4096
_DEEP = 3
"""Blocks left open: more than a writer forgets."""
_ENDS = re.compile(rb"</(?:html|body)\b", re.IGNORECASE)
_BEGINS = re.compile(rb"<(?:html|body|!doctype html)\b", re.IGNORECASE)
_BLOCKS = re.compile(rb"<(/?)(article|main|section|div)\b", re.IGNORECASE)
_ENDS_A_BLOCK = re.compile(
    rb"</(?:div|section|article|main|footer|aside|nav|ul|ol|table|form|script|noscript|style)\s*>"
    rb"(?:\s|<!--[^<>]{0,500}-->)*$",
    re.IGNORECASE,
)


def _open_blocks(body: bytes) -> Counter[bytes]:
    """Return how many more elements of each name are opened than closed."""
    opened: Counter[bytes] = Counter()
    for slash, name in _BLOCKS.findall(body):
        opened[name.lower()] += -1 if slash else 1
    return opened

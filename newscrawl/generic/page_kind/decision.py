"""Decision whether a page is an article; if not, its kind, the reason and certainty.

The evidence is the result of extraction: no second walk over the text is made. Printed text
counts for more than the address or og:type, and an article that the JSON-LD states under the
printed headline is believed. A long body outweighs phrases, since articles are written about
logins, errors and subscriptions too. Another kind is doubtful where the page has a headline and
a text of its own: losing an article is worse than storing a gallery.
"""

from __future__ import annotations

from newscrawl.article import Certainty
from newscrawl.generic.page_kind.facts import LONG_BODY, Evidence, PageKind
from newscrawl.generic.page_kind.message_pages import (
    SHORT_BODY,
    Found,
    challenge,
    marked,
    message,
    statement,
)
from newscrawl.generic.page_kind.page_names import (
    LEAST_HEADLINE,
    by_address,
    by_class,
    by_front,
    by_name,
    by_opening,
    by_type,
    is_weak,
)

LONG_LINE = 40
"""A shorter line of a body is a sub-head or a label."""
SHELL_SCRIPTS = 500
MANY_LINKS = 0.5
"""Pages whose text is links by this share, and that hold little else, are listings."""
MOST_LINKS = 0.7
"""Beside more links than this a text of a few lines needs a date or a writer."""
LEAST_TEASERS = 3
"""Least number of headlines with a summary under each that make a list."""
SHARE_OF_TEASERS = 0.6
"""A body of which this share stands under links to other pages is a list."""
MOST_OF_TEASERS = 0.9
"""The same share for a page that says it is an article."""
MOST_OWN = 1.5
"""A text that is longer than the teasers by this factor is no introduction to them."""
LEAST_CAPTIONS = 3
MANY_TEASERS = 8
"""Fewer teasers may stand in the text of an article, too."""
CERTAIN_KINDS = frozenset(
    (
        *("challenge", "redirect", "soft_404", "error", "maintenance", "parked", "login"),
        *("consent", "paywall", "search", "script_only", "empty"),
    )
)
"""Kinds of pages that hold no article, however much text they show."""
MOST_LINKS_OF_UNNAMED = 0.4
_MARKUP_OF_FEEDS = ("&lt;rss", "<rss", "&lt;feed xmlns", "<feed xmlns", "&lt;channel&gt;")
LEAST_TIMES = 6
MOST_FEEDS = 3
"""More links to feeds than an article's head and foot have."""


def page_kind(evidence: Evidence) -> PageKind:
    """Return the kind of the page, with the reason and certainty where it is no article."""
    for rule in _RULES:
        found = rule(evidence)
        if found:
            return PageKind(*found, _certainty(evidence, found[0]))
    return PageKind("article")


def _certainty(evidence: Evidence, kind: str) -> Certainty:
    """Return `doubtful` if a page of another *kind* has an article's headline and text."""
    if kind in CERTAIN_KINDS or not evidence.headline:
        return "certain"
    if _is_of_many_teasers(evidence, kind):
        return "certain"
    says_article = evidence.is_marked_article or evidence.og_type == "article"
    least = SHORT_BODY // 2 if says_article and evidence.is_dated else LONG_BODY
    return "doubtful" if evidence.length >= least else "certain"


def _is_of_many_teasers(evidence: Evidence, kind: str) -> bool:
    """Return whether so many teasers of other pages are shown that no article is lost."""
    teasers = evidence.teasers
    if kind == "home":
        return teasers.titles >= MANY_TEASERS
    return teasers.in_body >= MANY_TEASERS and teasers.share >= SHARE_OF_TEASERS


def _redirect(evidence: Evidence) -> Found:
    if evidence.size < LONG_BODY and "url" in evidence.refresh.lower():
        return "redirect", "a meta tag sends the browser on"
    return None


def _feed(evidence: Evidence) -> Found:
    parts = evidence.parts
    is_article = evidence.is_marked_article or (
        evidence.is_signed and evidence.og_type == "article"
    )
    if not is_article and any(mark in evidence.raw for mark in _MARKUP_OF_FEEDS):
        return "feed", "the page shows the markup of a feed"
    if parts.get("item", 0) + parts.get("entry", 0) >= LEAST_TEASERS:
        return "feed", "the page is the markup of a feed"
    links = parts.get("feed_link", 0)
    if links > MOST_FEEDS and links * 3 > parts["a"] and not evidence.is_marked_article:
        return "feed", f"{links} links lead to feeds"
    return None


def _is_of_teasers(evidence: Evidence) -> bool:
    """Return whether teasers make the body; more of them if the page states an article."""
    share = MOST_OF_TEASERS if evidence.is_marked_article else SHARE_OF_TEASERS
    return evidence.teasers.in_body >= LEAST_TEASERS and evidence.teasers.share >= share


def _has_little_else(evidence: Evidence) -> bool:
    """Return whether the body is short beside the teasers around it."""
    own = evidence.length * (1 - evidence.teasers.share)
    return own < MOST_OWN * evidence.teasers.text


def _listing(evidence: Evidence) -> Found:
    """Find a body that is made of teasers, or that only introduces a list of them."""
    if evidence.is_headline_stated:
        return None
    teasers = evidence.teasers
    if _is_of_teasers(evidence):
        return "listing", f"the text is {teasers.in_body} teasers of other pages"
    if evidence.is_marked_article:
        return None
    if teasers.count >= LEAST_TEASERS and _has_little_else(evidence) and is_weak(evidence):
        return "listing", f"{teasers.count} teasers of other pages under a section's name"
    if _is_cut_throughout(evidence.body) and evidence.og_type != "article":
        return "listing", "every paragraph is cut short, as teasers are"
    return None


def _accompanied(evidence: Evidence) -> Found:
    """Find a page whose text only accompanies comments, recordings or a schedule."""
    recordings = evidence.parts.get("audio", 0)
    if evidence.is_marked_article:
        return None
    if evidence.comments >= LEAST_TEASERS:
        return "comments", f"the text is {evidence.comments} comments"
    if recordings >= LEAST_TEASERS:
        return "podcast", f"the page holds {recordings} recordings"
    if evidence.timed >= LEAST_TIMES and is_weak(evidence):
        return "schedule", f"{evidence.timed} lines begin with a time"
    return None


def _wall(evidence: Evidence) -> Found:
    if evidence.is_walled and evidence.length < 2 * SHORT_BODY:
        return "paywall", "the text is not free to read, and hardly any of it is shown"
    return None


def _media(evidence: Evidence) -> Found:
    """Find pictures, players, tables and forms without an article's text."""
    parts, length = evidence.parts, evidence.length
    if evidence.is_headline_stated:
        return None
    if evidence.numbered >= LEAST_CAPTIONS and length < LONG_BODY:
        return "gallery", f"{evidence.numbered} numbered captions"
    is_table = evidence.tables > length and evidence.teasers.count < LEAST_TEASERS
    seen = (
        (evidence.captions >= LEAST_CAPTIONS, "gallery", f"{evidence.captions} captions"),
        (evidence.og_type.startswith("video"), "video", "og:type says video"),
        (parts.get("video"), "video", "a player"),
        (parts.get("pdf"), "viewer", "a document in a frame"),
        (parts.get("password"), "login", "a field for a password"),
        (parts.get("radio", 0) > 1, "poll", "a choice of answers"),
        (is_table, "table", "a table"),
    )
    for is_seen, kind, what in seen:
        if is_seen and length < SHORT_BODY:
            return kind, f"{what} and hardly any text"
    return None


def _is_linked(evidence: Evidence) -> bool:
    """Return whether most of the page's text is links."""
    return evidence.size > 0 and evidence.links / evidence.size > MANY_LINKS


def _shape(evidence: Evidence) -> Found:
    length = evidence.length
    if length >= LONG_BODY or (evidence.is_marked_article and length >= SHORT_BODY // 4):
        return None
    if max(evidence.size, length) < SHORT_BODY:
        if evidence.scripts > SHELL_SCRIPTS:
            return "script_only", "the page is scripts and hardly any text"
        return "empty", "the page holds hardly any text"
    if _is_brief(evidence):
        return None
    if _is_linked(evidence) and length < LONG_BODY // 2:
        return "listing", "most of the text is links"
    return None if length >= SHORT_BODY else ("no_text", "no body text was found")


def _unnamed(evidence: Evidence) -> Found:
    """Find a page of many links with a short name that nothing calls an article."""
    if evidence.is_marked_article or evidence.is_dated or evidence.og_type == "article":
        return None
    is_linked = evidence.links > MOST_LINKS_OF_UNNAMED * evidence.size
    has_titles = evidence.teasers.titles >= LEAST_TEASERS
    if is_linked and has_titles and is_weak(evidence):
        return "listing", "a page of links with a short name and without a date"
    return None


def _is_brief(evidence: Evidence) -> bool:
    """Return whether the page is an item of a few lines, beside many links to others."""
    headline = evidence.headline
    is_known = evidence.is_signed or evidence.is_dated
    least = SHORT_BODY // 2 if is_known and evidence.og_type == "article" else SHORT_BODY
    is_known = is_known or evidence.links < MOST_LINKS * evidence.size
    return (
        is_known
        and evidence.length >= least
        and len(headline) >= LEAST_HEADLINE
        and headline in evidence.title
        and not evidence.leads_away
    )


def _is_cut_throughout(body: str) -> bool:
    """Return whether *body* is several paragraphs that all end in an ellipsis."""
    lines = [line for line in body.splitlines() if len(line) >= LONG_LINE]
    return len(lines) > 1 and all(line.endswith(("…", "...", "[…]", "[...]")) for line in lines)


_RULES = (
    *(challenge, _redirect, message, by_front, by_name, by_opening, statement),
    *(
        _feed,
        _accompanied,
        _wall,
        _media,
        marked,
        by_address,
        by_type,
        _listing,
        by_class,
        _shape,
        _unnamed,
    ),
)
"""Rules in order, the most specific first; the first that finds a kind decides."""

"""Decision whether a page is an article; if not, its kind, the reason and certainty.

The facts are the result of extraction: no second walk over the text is made. Printed text
counts for more than the address or og:type, and an article that the JSON-LD states under the
printed headline is believed. A long body outweighs phrases, since articles are written about
logins, errors and subscriptions too. Another kind is doubtful where the page has a headline and
a text of its own: losing an article is worse than storing a gallery.
"""

from __future__ import annotations

from newscrawl.article import Certainty
from newscrawl.generic.body.article_node import ENDINGS, length_of
from newscrawl.generic.page_kind.facts import LONG_BODY, PageFacts, PageKind
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
    by_call,
    by_class,
    by_front,
    by_name,
    by_opening,
    by_type,
    is_signed_story,
    is_weak,
)

LONG_LINE = 40
"""A shorter line of a body is a sub-head or a label."""
SHELL_SCRIPTS = 500
MANY_LINKS = 0.5
"""A page with at least this share of its text in links, and little else, is a listing."""
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
LEAST_UNPARTED = 16
"""Letters of a headline in a script that does not part words; an ideograph counts twice."""
LEAST_FLASH = 60
"""Characters of a sentence or two that are an item of news."""
DWARFED = 4
"""A text is short beside teasers that have this many times its length."""
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
LONG_PROSE = 1_500
"""A text of this many characters among few links outweighs the name of its section."""
MOST_SHARE_IN_PROSE = 0.3
_NAMED_KINDS = frozenset({"tag", "listing", "archive", "podcast", "schedule"})
_MARKUP_OF_FEEDS = ("&lt;rss", "<rss", "&lt;feed xmlns", "<feed xmlns", "&lt;channel&gt;")
LEAST_TIMES = 6
MOST_FEEDS = 3
"""More links to feeds than an article's head and foot have."""


def page_kind(facts: PageFacts) -> PageKind:
    """Return the kind of the page, with the reason and certainty where it is no article."""
    for rule in _RULES:
        found = rule(facts)
        if found and not (found[0] in _NAMED_KINDS and rule in _NAMES and _is_prose(facts)):
            is_doubtful = rule in _DOUBTFUL and facts.length >= SHORT_BODY // 2
            return PageKind(*found, "doubtful" if is_doubtful else _certainty(facts, found[0]))
    return PageKind("article")


def _is_prose(facts: PageFacts) -> bool:
    """Return whether most of the page is its own text, even if its address names a listing."""
    teasers = facts.teasers
    return (
        facts.headline != ""
        and facts.length >= LONG_PROSE
        and teasers.count < MANY_TEASERS
        and teasers.text * 2 < facts.length
        and teasers.share < MOST_SHARE_IN_PROSE
        and facts.links <= MOST_LINKS_OF_UNNAMED * facts.size
    )


def _certainty(facts: PageFacts, kind: str) -> Certainty:
    """Return `doubtful` if a page of another *kind* has an article's headline and text."""
    if kind in CERTAIN_KINDS or not facts.headline:
        return "certain"
    if _is_of_many_teasers(facts, kind):
        return "certain"
    if _is_flash(facts):
        return "doubtful"
    is_own = facts.length >= _least_own(facts) or is_signed_story(facts)
    return "doubtful" if is_own else "certain"


def _is_flash(facts: PageFacts) -> bool:
    """Return whether the text is a sentence or two under a headline of its own."""
    return (
        facts.length >= LEAST_FLASH
        and facts.title != ""
        and (facts.headline in facts.title or facts.title in facts.headline)
        and (len(facts.headline.split()) > 1 or length_of(facts.headline) >= LEAST_UNPARTED)
        and facts.body.endswith(ENDINGS)
        and not facts.leads_away
        and not facts.teasers.in_body
        and facts.teasers.count < LEAST_TEASERS
    )


def _least_own(facts: PageFacts) -> int:
    """Return the characters of prose from which a page of another kind may be an article."""
    if facts.teasers.count >= LEAST_TEASERS:
        return SHORT_BODY // 2 if facts.is_marked_article and facts.is_dated else LONG_BODY
    if facts.is_dated and _says_article(facts):
        return SHORT_BODY // 4
    has_day_and_text = facts.is_dated and facts.links * 2 < facts.size
    has_own = facts.is_signed or facts.is_headed or has_day_and_text
    return SHORT_BODY // 2 if has_own else LONG_BODY


def _says_article(facts: PageFacts) -> bool:
    """Return whether markup, og:type or the one h1 above the body speaks for an article."""
    return facts.is_marked_article or facts.og_type == "article" or facts.is_headed


def _is_of_many_teasers(facts: PageFacts, kind: str) -> bool:
    """Return whether so many teasers of other pages are shown that no article is lost."""
    teasers = facts.teasers
    if kind == "home":
        return teasers.titles >= MANY_TEASERS
    return teasers.in_body >= MANY_TEASERS and teasers.share >= SHARE_OF_TEASERS


def _redirect(facts: PageFacts) -> Found:
    if facts.size < LONG_BODY and "url" in facts.refresh.lower():
        return "redirect", "a meta tag sends the browser on"
    return None


def _feed(facts: PageFacts) -> Found:
    parts = facts.parts
    is_article = facts.is_marked_article or (facts.is_signed and facts.og_type == "article")
    if not is_article and any(mark in facts.raw for mark in _MARKUP_OF_FEEDS):
        return "feed", "the page shows the markup of a feed"
    if parts.get("item", 0) + parts.get("entry", 0) >= LEAST_TEASERS:
        return "feed", "the page is the markup of a feed"
    links = parts.get("feed_link", 0)
    if links > MOST_FEEDS and links * 3 > parts["a"] and not facts.is_marked_article:
        return "feed", f"{links} links lead to feeds"
    return None


def _is_of_teasers(facts: PageFacts) -> bool:
    """Return whether teasers make the body; more of them if the page states an article."""
    share = MOST_OF_TEASERS if facts.is_marked_article else SHARE_OF_TEASERS
    return facts.teasers.in_body >= LEAST_TEASERS and facts.teasers.share >= share


def _has_little_else(facts: PageFacts) -> bool:
    """Return whether the body is short beside the teasers around it."""
    own = facts.length * (1 - facts.teasers.share)
    return own < MOST_OWN * facts.teasers.text


def _listing(facts: PageFacts) -> Found:
    """Find a body that is made of teasers, or that only introduces a list of them."""
    if facts.is_headline_stated:
        return None
    teasers = facts.teasers
    if _is_of_teasers(facts):
        return "listing", f"the text is {teasers.in_body} teasers of other pages"
    if facts.is_marked_article:
        return None
    if teasers.count >= LEAST_TEASERS and _has_little_else(facts) and is_weak(facts):
        return "listing", f"{teasers.count} teasers of other pages under a section's name"
    if _is_cut_throughout(facts.body) and facts.og_type != "article":
        return "listing", "every paragraph is cut short, as teasers are"
    return None


def _dwarfed(facts: PageFacts) -> Found:
    """Find a text without a day or an h1 of its own that is short beside many teasers."""
    teasers = facts.teasers
    if facts.is_marked_article or facts.is_dated or facts.is_headed:
        return None
    if teasers.count >= MANY_TEASERS and facts.length * DWARFED < teasers.text:
        return "listing", f"{teasers.count} teasers of other pages around a few lines"
    return None


def _accompanied(facts: PageFacts) -> Found:
    """Find a page whose text only accompanies comments, recordings or a schedule."""
    recordings = facts.parts.get("audio", 0)
    if facts.is_marked_article:
        return None
    if facts.comments >= LEAST_TEASERS:
        return "comments", f"the text is {facts.comments} comments"
    if recordings >= LEAST_TEASERS:
        return "podcast", f"the page holds {recordings} recordings"
    if facts.timed >= LEAST_TIMES and is_weak(facts):
        return "schedule", f"{facts.timed} lines begin with a time"
    return None


def _wall(facts: PageFacts) -> Found:
    is_stated = facts.is_headline_stated and facts.is_dated
    least = SHORT_BODY // 2 if is_stated else 2 * SHORT_BODY
    if facts.is_walled and facts.length < least:
        return "paywall", "the text is not free to read, and hardly any of it is shown"
    return None


def _media(facts: PageFacts) -> Found:
    """Find pictures, players, tables and forms without an article's text."""
    parts, length = facts.parts, facts.length
    if facts.is_headline_stated:
        return None
    if facts.numbered >= LEAST_CAPTIONS and length < LONG_BODY:
        return "gallery", f"{facts.numbered} numbered captions"
    is_table = facts.tables > length and facts.teasers.count < LEAST_TEASERS
    seen = (
        (facts.captions >= LEAST_CAPTIONS, "gallery", f"{facts.captions} captions"),
        (facts.og_type.startswith("video"), "video", "og:type says video"),
        (parts.get("video"), "video", "a player"),
        (parts.get("pdf"), "viewer", "a document in a frame"),
        (is_table, "table", "a table"),
    )
    for is_seen, kind, what in seen:
        if is_seen and length < SHORT_BODY:
            return kind, f"{what} and hardly any text"
    return None


def _is_linked(facts: PageFacts) -> bool:
    """Return whether most of the page's text is links."""
    return facts.size > 0 and facts.links / facts.size > MANY_LINKS


def _shape(facts: PageFacts) -> Found:
    length = facts.length
    if length >= LONG_BODY or (facts.is_marked_article and length >= SHORT_BODY // 4):
        return None
    if max(facts.size, length) < SHORT_BODY and not _is_flash(facts):
        return _without_text(facts)
    if _is_brief(facts):
        return None
    if _is_linked(facts) and length < LONG_BODY // 2:
        return "listing", "most of the text is links"
    return None if length >= SHORT_BODY else ("no_text", "no body text was found")


def _without_text(facts: PageFacts) -> Found:
    if facts.scripts > SHELL_SCRIPTS:
        return "script_only", "the page is scripts and hardly any text"
    return "empty", "the page holds hardly any text"


def _is_dated_flash(facts: PageFacts) -> bool:
    return facts.is_dated and not is_weak(facts) and _is_flash(facts)


def _unnamed(facts: PageFacts) -> Found:
    """Find a page of many links with a short name that nothing calls an article."""
    if facts.is_marked_article or facts.is_dated or facts.og_type == "article":
        return None
    if facts.length >= LONG_PROSE and not facts.teasers.in_body:
        return None
    is_linked = facts.links > MOST_LINKS_OF_UNNAMED * facts.size
    has_titles = facts.teasers.titles >= LEAST_TEASERS
    if is_linked and has_titles and is_weak(facts):
        return "listing", "a page of links with a short name and without a date"
    return None


def _is_brief(facts: PageFacts) -> bool:
    """Return whether the page is an item of a few lines, beside many links to others."""
    return _is_dated_flash(facts) or _is_short_item(facts)


def _is_short_item(facts: PageFacts) -> bool:
    headline = facts.headline
    is_known = facts.is_signed or facts.is_dated
    least = SHORT_BODY // 2 if is_known and facts.og_type == "article" else SHORT_BODY
    is_known = is_known or facts.links < MOST_LINKS * facts.size
    return (
        is_known
        and facts.length >= least
        and len(headline) >= LEAST_HEADLINE
        and headline in facts.title
        and not facts.leads_away
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
        by_call,
        _listing,
        _dwarfed,
        by_class,
        _shape,
        _unnamed,
    ),
)
"""Rules in order, the most specific first; the first that finds a kind decides."""
_NAMES = frozenset({_accompanied, by_address, by_type, by_class})
"""The rules that go by names of sections and by labels, not by the text."""
_DOUBTFUL = frozenset({by_call})
"""The rules that articles meet, too, if seldom."""

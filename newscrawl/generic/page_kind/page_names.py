"""A page's names for itself: in headline and title, address, class names and types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from newscrawl.generic.page_kind.facts import LONG_BODY, PageFacts, class_names
from newscrawl.generic.page_kind.message_pages import SHORT_BODY, TITLE_PARTS, Found, searchable
from newscrawl.system.deferred import compiled_on_use
from newscrawl.text.phrases import folded, phrase_table

LEAST_CHOICES = 8
"""Radio buttons of a quiz; a rating has five."""
LEAST_HEADLINE = 30
"""The name of a section or of a writer has fewer characters."""
MOST_WORDS = 4
"""And this many words at most."""
LONGEST_NAME = 120
LONGEST_URL = 2_083
LONGEST_JOINT = 3
"""A word that joins a page's name and the outlet's, as in `Terms of the Post`, is no longer."""
_LANGUAGE = compiled_on_use(r"[a-z]{2}(?:[-_][a-z]{2})?")
_FRONT = compiled_on_use(r"(?:index|default|home|main)(?:\.[a-z]{2,5})?")
_ITEM = frozenset({"p", "id", "page_id", "article", "articleid", "aid", "nid", "news", "story"})
_THREAD = compiled_on_use(r"/threads/[^/]+\.[0-9]+(?:/|$)|/questions/[0-9]+/")
"""The address of a thread of XenForo, and of a question in the manner of Stack Overflow."""
_THREADS = frozenset({"showthread.php", "viewtopic.php"})
"""And of vBulletin, phpBB and FluxBB."""
_FORUMS = frozenset({("forum", "topic"), ("forums", "topic"), ("forums", "thread")})
"""Two steps of a path that lead to a thread of Invision and other forums."""
_ITEMS = frozenset({"video", "podcast", "shop"})
"""Kinds under whose addresses articles stand, too."""
_OF_DAYS = frozenset({"service", "schedule", "search", "archive", "jobs"})
_BESIDE = frozenset({"service", "schedule", "podcast"})
"""Kinds whose types stand on pages of articles, too."""
_QUERIES = frozenset({"s", "q", "query", "search", "keyword", "keywords"})
_NUMBERED = compiled_on_use(
    r"(?:page|seite|página|pagina|sayfa|صفحة|الصفحة|صفحه|صفحہ|עמוד) [0-9٠-٩۰-۹]{1,4}(?![0-9])"
)


_AT_HOME = "the address is the site's home page"


def by_front(facts: PageFacts) -> Found:
    """Name the home page: an address without a path, or with no more than a language."""
    parts = _split(facts.url)
    steps = _steps(parts.path)
    if not parts.netloc or len(steps) > 2 or not all(map(_is_front_step, steps)):
        return None
    asked = {name.lower() for name, _ in parse_qsl(parts.query)}
    is_root = len(steps) < 2 and all(map(_FRONT.fullmatch, steps))
    if facts.is_headline_stated if is_root else facts.is_marked_article:
        return None
    if asked & _ITEM:
        return None
    return _kind_of_front(facts, asked, is_bare=is_root and not parts.query)


def _kind_of_front(facts: PageFacts, asked: set[str], *, is_bare: bool) -> Found:
    """Return the kind of a page at a front address; *is_bare* if it has no more than that."""
    if asked & _QUERIES:
        return "search", "the address asks the site's search"
    return ("home", _AT_HOME) if is_bare or facts.teasers.titles else None


def _is_front_step(step: str) -> bool:
    """Return whether a step of a path is a language's or a home page's name."""
    return bool(_LANGUAGE.fullmatch(step) or _FRONT.fullmatch(step))


def by_name(facts: PageFacts) -> Found:
    """Name a page whose whole headline or title is the name of a page about the site."""
    if facts.is_headline_stated:
        return None
    headline = facts.headline[:LONGEST_NAME]
    for kind, name in _named(headline, facts):
        return kind, f"the headline is {name!r}"
    part = _first_part(facts)
    for kind, name in _named(part, facts):
        is_head = " " in name and searchable(headline).startswith(searchable(part)[:-1])
        if is_weak(facts) or is_head:
            return kind, f"the title is {name!r}"
    return None


def _first_part(facts: PageFacts) -> str:
    """Return the title's first part but for the outlet's name; later ones name sections."""
    parts = TITLE_PARTS.split(facts.title[: 2 * LONGEST_NAME])
    return next((p for p in parts if searchable(p).strip() not in facts.outlets), "")


def by_opening(facts: PageFacts) -> Found:
    """Name a page whose headline or title begins as a list's does: `Tag: water`."""
    if facts.is_marked_article:
        return None
    for text in (facts.headline, facts.title):
        folded = searchable(text[:LONGEST_NAME])
        if not folded.startswith(_all_openings()):  # as most
            continue
        for kind, phrases in _openings().items():
            for phrase, is_sign, spelled in phrases:
                rest = text.strip()[len(spelled.rstrip(": (")) :].lstrip()[:1]
                if folded.startswith(phrase) and (not is_sign or rest in {":", "("}):
                    return kind, f"the headline begins with {spelled!r}"
    return None


def by_type(facts: PageFacts) -> Found:
    """Name a page by the types of its structured data."""
    if _is_sale(facts):
        return "shop", "the page's structured data offers a product"
    if facts.is_marked_article or facts.is_stated_article:
        return None
    og_kind = phrase_table("pages/page_kinds")["og_types"].get(facts.og_type.lower())
    if og_kind:
        return og_kind, f"og:type says {facts.og_type}"
    # Guides answer questions, and reviews state what they review.
    is_beside = facts.length >= LONG_BODY or facts.is_signed
    table: Mapping[str, Sequence[str]] = phrase_table("pages/page_kinds")["types"]
    for kind, names in table.items():
        found = facts.types.intersection(names)
        if found and not (is_beside and kind in _BESIDE):
            return kind, f"the page's structured data says {min(found)}"
    return None


def by_call(facts: PageFacts) -> Found:
    """Name a page by the calls of its buttons: to apply, to book, to answer."""
    if not facts.may_be_offer:
        return None
    for kind, calls in _calls().items():
        found = facts.calls.intersection(calls)
        if found and (kind != "poll" or facts.parts.get("radio", 0) >= LEAST_CHOICES):
            return kind, f"a button says {calls[min(found)]!r}"
    return None


def _is_sale(facts: PageFacts) -> bool:
    """Return whether the structured data offer a product, and with the terms of a merchant.

    An article that tests a product states its offers, too, but no delivery and no returns.
    """
    if "Product" not in facts.types or facts.is_published:
        return False
    terms = phrase_table("pages/page_kinds")["sales"]
    is_merchant = not facts.types.isdisjoint(terms["terms"])
    is_stated = facts.is_stated_article or facts.is_headline_stated
    return is_merchant or (not is_stated and not facts.types.isdisjoint(terms["offers"]))


def _may_be_list(facts: PageFacts) -> bool:
    return facts.teasers.count > 1 or facts.length == 0


def by_address(facts: PageFacts) -> Found:
    """Name a page by its address, unless all else speaks for an article."""
    if facts.is_marked_article:
        return None
    steps = _steps(_split(facts.url).path)
    if _is_thread(steps):
        return "forum", "the address is that of a thread"
    is_long = facts.length >= LONG_BODY
    has_story = is_long and not is_weak(facts)
    if _seems_article(facts, has_story=has_story):
        return None
    items = _items_at(facts)
    for kind in _kinds_of(steps):
        if kind not in items and (not has_story or kind == "listing"):
            return kind, f"the address holds a step of {kind} pages"
    return None


def _seems_article(facts: PageFacts, *, has_story: bool) -> bool:
    """Return whether type, date or text (*has_story*) speak for an article."""
    is_typed = facts.og_type == "article"
    has_h1_and_writer = facts.is_headed and is_signed_story(facts)
    if not _may_be_list(facts) and (is_typed or has_h1_and_writer):
        return True
    return has_story and (is_typed or facts.is_dated)


def _items_at(facts: PageFacts) -> frozenset[str]:
    """Return the kinds whose addresses may be those of a text as long as this one."""
    return _ITEMS if facts.length >= LONG_BODY or is_signed_story(facts) else frozenset()


def is_signed_story(facts: PageFacts) -> bool:
    """Return whether a text of some paragraphs has a writer and a day, as a review has."""
    return facts.is_signed and facts.length >= 2 * SHORT_BODY


def _is_thread(steps: Sequence[str]) -> bool:
    """Return whether the *steps* of a path lead to a thread of a forum."""
    if not (_THREADS.isdisjoint(steps) and _FORUMS.isdisjoint(pairwise(steps))):
        return True
    return _THREAD.search(f"/{'/'.join(steps)}") is not None


def _kinds_of(steps: Sequence[str]) -> Iterator[str]:
    """Yield the kinds of pages that the first step of a path, or the last but one, names."""
    decisive = {*steps[:1], *steps[-2:-1]}
    for kind, names in phrase_table("pages/page_kinds")["paths"].items():
        if not decisive.isdisjoint(names):
            yield kind


def by_class(facts: PageFacts) -> Found:
    """Name a page by the class names of its body element; WordPress marks each kind so."""
    if facts.is_marked_article:
        return None
    for kind in ("soft_404", "search", "tag", "author", "listing"):
        marks = facts.classes & class_names(kind)
        if marks and (kind not in {"tag", "author"} or "archive" in facts.classes):
            return kind, f"the page's class is {min(marks)}"
    return None


def is_weak(facts: PageFacts) -> bool:
    """Return whether no article has such a headline: missing, short, numbered, the outlet's."""
    headline = facts.headline
    words = headline.split()
    return (
        (len(headline) < LEAST_HEADLINE and len(words) <= MOST_WORDS)
        or facts.leads_away
        or searchable(headline).strip() in facts.outlets
        or _NUMBERED.search(facts.title.lower()) is not None
    )


def _named(text: str, facts: PageFacts) -> Iterator[tuple[str, str]]:
    """Yield the kind that *text* names, alone or with the outlet's name, and that name."""
    words = searchable(text).split()
    if not words:
        return
    # A title that ends in the headline ends in no outlet's name.
    ends = () if facts.title.endswith(facts.headline) else facts.signatures
    called = (*facts.outlets, *ends)
    outlet = {word for name in called for word in searchable(name).split()}
    names = _names()
    for length in range(len(words), 0, -1):
        found = names.get(" ".join(words[:length]))
        if found and _is_rest(words[length:], outlet, facts, found[0] in _OF_DAYS):
            yield found
        if found:
            return


def _is_rest(
    words: Sequence[str], outlet: set[str], facts: PageFacts, is_of_days: bool
) -> bool:
    """Return whether *words* may follow a page's name: an outlet's, another page's, none.

    A page for each day or place, which has hardly any text, may be named for that, too.
    """
    if not words:
        return True
    joined = " ".join(words[1:] if len(words[0]) <= LONGEST_JOINT else words)
    if joined.removeprefix("و") in _names():
        return True
    if all(word in outlet or len(word) <= LONGEST_JOINT for word in words):
        return any(word in outlet for word in words)
    return is_of_days and not facts.is_marked_article and facts.length < SHORT_BODY


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url[:LONGEST_URL])
    except ValueError:
        return urlsplit("")


def _steps(path: str) -> list[str]:
    return [step for step in unquote(path).lower().split("/") if step]


@cache
def _names() -> Mapping[str, tuple[str, str]]:
    """Return the kinds by the names of their pages, each with the name as it is spelled."""
    table = phrase_table("pages/page_kinds")["headlines"]
    return {
        searchable(name).strip(): (kind, name)
        for kind, names in table.items()
        for name in names
    }


@cache
def _openings() -> Mapping[str, tuple[tuple[str, bool, str], ...]]:
    """Return the openings of each kind, and whether a sign must follow them."""
    table = phrase_table("pages/page_kinds")["openings"]
    return {
        kind: tuple((searchable(p), p.rstrip()[-1] in ":(", p) for p in phrases)
        for kind, phrases in table.items()
    }


@cache
def _all_openings() -> tuple[str, ...]:
    return tuple(phrase for phrases in _openings().values() for phrase, _, _ in phrases)


@cache
def _calls() -> Mapping[str, Mapping[str, str]]:
    """Return the texts of buttons by kind of page, folded, with their spelling in the table."""
    table = phrase_table("pages/page_kinds")["calls"]
    return {kind: {folded(call): call for call in calls} for kind, calls in table.items()}

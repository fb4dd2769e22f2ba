"""Role of each line in the article node: body text, or a kind of furniture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from newscrawl.generic.body.article_node import ENDINGS, length_of
from newscrawl.generic.body.lines import Line, Lines
from newscrawl.html.text_lines import Run
from newscrawl.html.tree import Node
from newscrawl.text.phrases import Openings, folded, heading_kind, phrase_table

Roles = tuple[str, ...]
"""For each line its role; empty for body text."""
SHORT = 20
PARAGRAPH = 60
"""A run of this many characters outside links is a paragraph even without a full stop."""
LEAST_TEXT = 300
"""A headline after this many characters of text belongs to another article."""
DATED = 7
"""A line in which at least one character of this many is a digit holds a date or time."""
LONGEST_PHRASED = 200
"""Most characters of a run that is furniture because it begins with a phrase."""


@cache
def _openings() -> Mapping[str, tuple[tuple[str, Openings], ...]]:
    """Return, for each first word, the roles of phrases with the phrases that begin so."""
    first: dict[str, dict[str, list[str]]] = {}
    for role, phrases in phrase_table("pages/phrases")["openings"].items():
        for phrase in phrases:
            words = folded(phrase).split()
            if words:
                first.setdefault(words[0], {}).setdefault(role, []).append(phrase)
    return {
        word: tuple((role, Openings(phrases)) for role, phrases in kinds.items())
        for word, kinds in first.items()
    }


@cache
def _whole() -> frozenset[str]:
    return frozenset(phrase_table("pages/phrases")["whole"]["end"])


@cache
def _unspaced() -> tuple[str, ...]:
    """Return the phrases of scripts without spaces, which stand anywhere in a line."""
    return tuple(phrase_table("pages/phrases")["unspaced"]["parts"])


def is_prose(run: Run) -> bool:
    """Return whether *run* is a paragraph by itself: long enough, or with a sentence's end."""
    own = len(run.text) - run.links
    if run.kind == "heading" or own < run.links:
        return False
    own = own * length_of(run.text) // len(run.text)
    if own < PARAGRAPH and sum(map(str.isdigit, run.text)) * 5 > len(run.text):
        return False
    return own >= PARAGRAPH or (own >= 25 and run.text.endswith(ENDINGS))


def phrase_role(run: Run) -> str:
    """Return the role of *run* by its first phrase, or the empty string."""
    text = run.text
    if len(text) > LONGEST_PHRASED:
        return ""
    if text.casefold() in _whole():
        return "end mark"
    if len(text) < 100 and not text.isascii() and any(map(text.__contains__, _unspaced())):
        return "notice"
    for role, openings in _openings().get(folded(text.split(maxsplit=1)[0]), ()):
        count = openings.words_of(text)
        if count and _is_furniture(run, role, count):
            return role
    return ""


def _is_furniture(run: Run, role: str, count: int) -> bool:
    """Return whether a run that begins with *count* words of a phrase is no sentence."""
    text = run.text
    words = text.split()
    if len(words) == count:
        return True
    if _is_label(" ".join(words[:count]), text):
        return True
    if role == "related":
        return run.links * 2 > len(text) or len(words) <= count + 2
    if role in {"newsletter", "copyright"}:
        return count > 1 or run.links > 0 or not text[:1].isascii()
    if role == "byline":
        is_dated = sum(map(str.isdigit, text)) * DATED > len(text)
        return (len(text) < 60 or is_dated) and not text.endswith(".")
    return len(words) <= count + 3 and not text.endswith(".")


def _is_label(head: str, text: str) -> bool:
    """Return whether a sign parts *head*, the first words of *text*, from the rest."""
    after = text[len(head) : len(head) + 2].strip()[:1]
    return head[-1] in ":：" or after in (":", "|", "-", "–", "»", ">", "：")


def classify_lines(runs: Sequence[Run], known: Sequence[str], *, headline: str) -> Lines:
    """Return *runs* as lines with their roles.

    *known* are the roles already known, from the parts of the page that hold the lines.
    """
    roles: Roles = tuple(
        role or _role_of(run, headline) for run, role in zip(runs, known, strict=True)
    )
    for step in _STEPS:
        roles = step(runs, roles)
    return tuple(map(Line, runs, roles))


def _role_of(run: Run, headline: str) -> str:
    text = run.text
    if headline and len(text) <= 2 * len(headline) and folded(text) == headline:
        return "headline"
    if text[0] == "<" and text[1:2].isalpha():
        return "markup"
    if not (text[0].isalnum() or any(map(str.isalnum, text[:40]))):
        return "end mark"
    if _is_link(run):
        return "link"
    return "related" if _heads_a_list(run) else phrase_role(run)


def _heads_a_list(run: Run) -> bool:
    """Return whether *run* is the heading of a list of links: `Read also`."""
    is_short = run.kind in {"heading", "list"} or len(run.text) < 80
    return is_short and heading_kind(run.text) is not None


def _is_link(run: Run) -> bool:
    """Return whether *run* is only a link to something else."""
    length = len(run.text)
    if run.links * 10 >= length * 9:
        return length < 160 or run.kind == "list"
    if length >= 120 or run.text.endswith(ENDINGS):
        return False
    share = 2 if run.kind == "list" else 4 / 3
    return run.links * share > length


def _without_repeated(runs: Sequence[Run], roles: Roles) -> Roles:
    """Leave out a line printed again in another part, and every copy of one printed thrice."""
    parents: dict[str, set[int]] = {}
    for run in runs:
        if len(run.text) > SHORT and run.node.parent is not None:
            parents.setdefault(run.text, set()).add(run.node.parent.index)
    seen: set[str] = set()
    found = []
    for run, role in zip(runs, roles, strict=True):
        count = len(parents.get(run.text, ()))
        is_repeated = count > 2 or (count > 1 and run.text in seen)
        found.append(role or ("repeated" if is_repeated else ""))
        if not found[-1]:
            seen.add(run.text)
    return tuple(found)


def _without_second_article(runs: Sequence[Run], roles: Roles) -> Roles:
    """Leave out all below a second headline, unless the line model takes it for text."""
    length = 0
    last: Node | None = None
    for index, run in enumerate(runs):
        if run.node.tag == "h1" and length > LEAST_TEXT and _stands_apart(run.node, last):
            below = (role or "below another headline" for role in roles[index:])
            return (*roles[:index], *below)
        if not roles[index] and is_prose(run):
            length += len(run.text)
            last = run.node.parent
    return roles


def _stands_apart(heading: Node, paragraphs: Node | None) -> bool:
    """Return whether a heading is outside the part that holds the paragraphs above it."""
    return paragraphs is None or not heading.is_below(paragraphs)


def _without_head(runs: Sequence[Run], roles: Roles) -> Roles:
    """Leave out the lines above the first paragraph that are no headings."""
    body = (at for at, role in enumerate(roles) if not role)
    first = next((at for at in body if is_prose(runs[at])), len(runs))
    head = (
        role or ("" if run.kind == "heading" else "head")
        for run, role in zip(runs[:first], roles[:first], strict=True)
    )
    return (*head, *roles[first:])


def _without_tail(runs: Sequence[Run], roles: Roles) -> Roles:
    """Leave out the lines below the last paragraph."""
    body = (at for at in range(len(runs) - 1, -1, -1) if not roles[at])
    last = next((at for at in body if _ends_text(runs[at])), -1)
    return (*roles[: last + 1], *(role or "tail" for role in roles[last + 1 :]))


def _ends_text(run: Run) -> bool:
    return is_prose(run) or run.text.endswith(ENDINGS)


def without_bare_headings(runs: Sequence[Run], roles: Roles) -> Roles:
    """Leave out sub-heads whose text was left out."""
    following = ""
    found = []
    for run, role in zip(reversed(runs), reversed(roles), strict=True):
        is_bare = not role and run.kind == "heading" and following == ""
        found.append("bare heading" if is_bare else role)
        if not found[-1]:
            following = run.kind
    return tuple(reversed(found))


_STEPS = (
    *(_without_repeated, _without_second_article, _without_head, _without_tail),
    without_bare_headings,
)
"""The steps after each line was judged by itself, in order."""

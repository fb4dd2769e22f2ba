"""The site's own name in a title: `Ferry to run at night | The Tideway Post` has two parts.

The part that is the name is known from the site's name as the page states it, from a heading
that leads home, and from the words that the title has and og:title has not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice

import attrs

from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.tree import Node
from newscrawl.system.value_classes import frozen
from newscrawl.text.phrases import folded
from newscrawl.text.urls import bare_host_of, leads_home

LONGEST_SITE = 60
LONGEST_TITLE = 500
LEAST_HEADLINE = 3
"""A title without the site's name has this many letters at least."""
_SIGNS = re.compile(r"(\s[|–—:·•»›«/~-]{1,2}\s|\s?[|»›｜ㅣ]\s?|:\s)")
_QUOTED = re.compile("«([^«»]{1,300})»")
_CLOSING = "\ue000"
"""Stands for a closing mark of quotation, which separates nothing."""
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(
    r"(?<![a-z])(?:site|blog)[-_]?(?:title|name)(?![a-z])|logo|masthead|branding"
)


@lru_cache(maxsize=1024)
def bare(text: str) -> str:
    """Return *text* as headlines are compared: folded, letters and digits only."""
    return " ".join(_WORD.findall(folded(text)))


@frozen
class SiteName:
    """The names of a page's site, as they are compared."""

    names: frozenset[str]
    host: str = ""
    """The host's name without www and ending, letters only: `tidewaypost`."""

    def is_name(self, text: str) -> bool:
        """Return whether *text* is the site's name."""
        key = bare(text)
        if not key or len(text) > LONGEST_SITE:
            return False
        joined = key.replace(" ", "")
        return key in self.names or (len(joined) > 3 and joined == self.host)

    def without(self, text: str) -> str:
        """Return *text* without the site's name before or behind it, where more is left."""
        if len(text) > LONGEST_TITLE:
            return text
        quoted = _QUOTED.sub(rf"«\1{_CLOSING}", text)
        pieces = _SIGNS.split(quoted.strip(" |»›"))
        while len(pieces) > 2:
            if self.is_name(pieces[-1]):
                pieces = pieces[:-2]
            elif self.is_name(pieces[0]):
                pieces = pieces[2:]
            else:
                break
        if len(pieces) == 1 or len(pieces) < len(_SIGNS.split(quoted)):
            rest = "".join(pieces).strip().replace(_CLOSING, "»")
            return rest if len(bare(rest)) >= LEAST_HEADLINE else text
        return text


def _stated_names(structured_data: StructuredData) -> set[str]:
    """Return the names that the page states for its site or publisher."""
    metas = (structured_data.meta("og:site_name"), structured_data.meta("application-name"))
    return {bare(name) for name in (*metas, structured_data.text("publisher.name")) if name}


def site_name_of(
    structured_data: StructuredData,
    printed: Iterable[tuple[str, Node]],
    title: str,
    stated: Sequence[str],
) -> SiteName:
    """Return the site's names; *printed* are headings, *stated* are headlines.

    A heading is the site's name where it leads home, or is a part of *title* behind another
    part that is stated, or a heading further down. It is not where all other parts of *title*
    are known to be the site's name.
    """
    host = bare_host_of(structured_data.page.url)
    known_names = SiteName(
        frozenset(_stated_names(structured_data) - {""}),
        bare(host.rpartition(".")[0]).replace(" ", ""),
    )
    quoted = _QUOTED.sub(r"\1", title)
    pieces = list(map(bare, _SIGNS.split(quoted)[::2]))
    headings = [(bare(text), node) for text, node in printed]
    own = {bare(text) for text in stated} - {bare(title)}
    rest = _without_names(pieces, known_names)
    named = {
        key
        for key, node in headings
        if key not in own | rest
        and (_is_behind(key, pieces, own, headings) or is_masthead(node))
    }
    return attrs.evolve(known_names, names=known_names.names | (named - {""}))


def _without_names(pieces: Sequence[str], known_names: SiteName) -> set[str]:
    """Return the text that is left of a title without the names; empty if it has none."""
    rest = [piece for piece in pieces if not known_names.is_name(piece)]
    return {" ".join(rest)} if len(rest) < len(pieces) else set()


def _is_behind(
    key: str, pieces: Sequence[str], own: set[str], headings: Sequence[tuple[str, Node]]
) -> bool:
    """Return whether the title has *key* behind a part that is stated, or a later heading."""
    if key not in pieces[1:]:
        return False
    place = min(node.index for text, node in headings if text == key)
    known = own | {text for text, node in headings if node.index > place}
    return not known.isdisjoint({*pieces} - {key})


def is_masthead(node: Node) -> bool:
    """Return whether a heading leads home, or is marked as the site's logo or title."""
    near = (*node.iter(), *islice(node.ancestors(), 4))
    is_home = any(n.tag == "a" and leads_home(n.attributes.get("href") or "#") for n in near)
    own = (*node.iter(), node.parent or node)
    return is_home or any(n.class_and_id and _MARKS.search(n.class_and_id.lower()) for n in own)

"""Parts of a page compared by where they stand and by their shape: tag and class."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from newscrawl.html.tree import Node

_STATES = frozenset(
    {"active", "is-active", "show", "current", "selected", "on", "in", "hide", "hidden", "open"}
)
MOST_BESIDE = 60
"""Of the parts beside a card this many are compared with it."""
MOST_COUNTED = 400
"""Characters between two parts beyond which they are not counted."""
_SEPARATORS = " •·|◆■●"
_SHOWN = frozenset({"active", "is-active", "current", "selected", "is-selected", "on"})


def common(left: Node, right: Node) -> Node:
    """Return the smallest part that holds both."""
    node, index = left, right.index
    while node.parent is not None and not node.index <= index < node.end:
        node = node.parent
    return node


def path(node: Node, top: Node) -> list[Node]:
    """Return *node* and the parts around it below *top*, from inside out."""
    found = []
    while node is not top and node.parent is not None:
        found.append(node)
        node = node.parent
    return found


def are_alike(left: Node, right: Node) -> bool:
    """Return whether two parts are of one shape: one tag, and a class of both or none."""
    if left.tag != right.tag:
        return False
    one, other = _classes(left), _classes(right)
    return one == other or not one.isdisjoint(other)


def are_same(left: Node, right: Node) -> bool:
    """Return whether two parts have one tag and the same classes, but for their state."""
    return left.tag == right.tag and _classes(left) - _STATES == _classes(right) - _STATES


def _classes(node: Node) -> frozenset[str]:
    return _names_in(node.attributes.get("class") or "")


@lru_cache(maxsize=4096)
def _names_in(classes: str) -> frozenset[str]:
    return frozenset(classes.split())


def has_like_beside(part: Node) -> bool:
    """Return whether a part of the same shape, with links, stands beside *part*."""
    if part.parent is None:
        return False
    beside = islice(part.parent.elements(), MOST_BESIDE)
    return any(one is not part and one.links and are_alike(one, part) for one in beside)


def is_shown(node: Node) -> bool:
    """Return whether a tab's label, or its radio button, is marked as the one that is shown."""
    attributes = node.attributes
    if attributes.get("aria-selected") == "true" or attributes.get("aria-current"):
        return True
    return not _SHOWN.isdisjoint(_classes(node))


def text_between(left: Node, right: Node) -> int:
    """Return how many characters of text stand between two parts, without bullets and bars.

    A number above MOST_COUNTED says no more than that there is much.
    """
    count = 0
    for piece in left.flow.pieces[left.stop : right.start]:
        if type(piece) is str and piece != " ":  # as most strings are
            count += len(piece.strip(_SEPARATORS))
            if count > MOST_COUNTED:
                break
    return count

"""Rows of tabs: labels beside each other, each of which shows one of the lists that follow."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, islice, pairwise, takewhile

from newscrawl.generic.link_lists.shapes import is_shown
from newscrawl.generic.link_lists.words import is_button
from newscrawl.html.tree import Node
from newscrawl.system.value_classes import frozen
from newscrawl.text.list_headings import heading_kind

LEAST_LABEL = 3
LONGEST_LABEL = 60
LEAST_TABS = 2
MOST_TABS = 12
MOST_ROWS = 40
LARGEST_PANE = 20_000
CLIMB = 3
"""Most elements between a row of tabs and the part that holds its panes."""
_LABELS = ("button", "label", "a", "li")
"""Tags of labels, in the order in which they are tried."""
_ELSEWHERE = ("/", "http")
"""Begin the addresses of most links, which are of other pages."""
SPACES = 3
"""Around the text of a label stand no more spaces."""
_NO_ROWS = frozenset({"p", "html", "#document"})
_TARGETS = ("href", "for", "aria-controls")


@frozen(eq=False)
class Row:
    """The labels of tabs, and the part that each shows."""

    labels: tuple[Node, ...]
    panes: tuple[Node | None, ...]
    """As many as labels; None for a label whose list is not on the page, or not known."""

    @property
    def shown(self) -> Node | None:
        """The label of the tab that the page shows first; None where it does not say."""
        found = [label for label in self.labels if any(map(is_shown, label.iter()))]
        return found[0] if len(found) == 1 else None


def rows_of_tabs(root: Node, titled: Iterable[Node], known: Collection[int]) -> list[Row]:
    """Return the rows of tabs on the page under *root*; *titled* are its short lines.

    *known* are the indexes of those that may name a kind of list.
    """
    seen: set[int] = set()
    children: dict[int, list[Node]] = {}
    found = []
    for label in map(_whole_label, _possible_labels(root, titled, known)):
        labels = [] if label.index in seen else _labels_beside(label, children)
        # The others give the same row: a page may hold thousands of equal lines.
        seen.update(one.index for one in labels)
        if LEAST_TABS <= len(labels) <= MOST_TABS and not _holds_text(labels):
            found.append(labels)
    found = found[:MOST_ROWS]
    parts = _parts_by_name(root, _names_of(found))
    rows = [row for labels in found for row in _row_from(labels, parts)]
    return [*rows, *islice(_columns(root), MOST_ROWS)]


def _columns(root: Node) -> Iterator[Row]:
    """Yield the rows of a table that are headings of the lists in the cells below them."""
    table_rows = root.tagged("tr")
    for above, below in pairwise(table_rows):
        if above.parent is not below.parent:
            continue
        labels, cells = tuple(above.elements()), tuple(below.elements())
        if not LEAST_TABS <= len(labels) == len(cells) <= MOST_TABS:
            continue
        are_labels = all(one.tag == "th" and 0 < one.size <= LONGEST_LABEL for one in labels)
        if are_labels and all(one.links * 2 >= one.size > LONGEST_LABEL for one in cells):
            yield Row(labels, cells)


def _possible_labels(
    root: Node, titled: Iterable[Node], known: Collection[int]
) -> Iterator[Node]:
    """Yield the lines that name a kind of list, and the elements that may show a part."""
    tabs = {node.index for node in root.having("role") if node.attributes["role"] == "tab"}
    for node in titled:
        if node.index in tabs or (node.index in known and _is_known(node)):
            yield node
    yield from filter(_leads_nowhere, _showing(root))


def _showing(root: Node) -> list[Node]:
    """Return the labels, links and buttons as short as a label that may show a part, by tag."""
    found = {
        node.index: node
        for node in chain(root.tagged("button"), root.having_names(_may_name))
        if node.tag in _LABELS
        and LEAST_LABEL <= node.size <= LONGEST_LABEL
        and not node.attributes.get("href", "").startswith(_ELSEWHERE)
    }
    return sorted(found.values(), key=lambda node: (_LABELS.index(node.tag), node.index))


def _is_known(node: Node) -> bool:
    """Return whether *node* is a line that names a kind of list, and leads nowhere."""
    return node.size <= LONGEST_LABEL and heading_kind(node.text()) not in {None, "not_a_list"}


@lru_cache(maxsize=1024)
def _may_name(attributes: tuple[str, ...]) -> bool:
    """Return whether one of *attributes* may name a part of the page, or say what it is."""
    return any(name in _TARGETS or name.startswith(("data-", "role")) for name in attributes)


def _leads_nowhere(node: Node) -> bool:
    """Return whether no link in *node* leads to another page."""
    return not any(map(_leads_away, node.tagged("a")))


def _leads_away(anchor: Node) -> bool:
    href = anchor.attributes.get("href", "")
    if href.startswith(_ELSEWHERE):  # as most do
        return True
    href = href.strip().lower()
    return not (href == "" or href.startswith(("#", "javascript:")))


def _labels_beside(label: Node, children: dict[int, list[Node]]) -> list[Node]:
    """Return *label* and the labels beside it; of very many only those nearest to it.

    *children* remembers the elements with text in each part of the page, by its index.
    """
    parent = label.parent
    if parent is None or parent.tag in _NO_ROWS:
        return []
    if parent.index not in children:
        children[parent.index] = [one for one in parent.elements() if one.size > 1]
    beside = children[parent.index]
    at = bisect_left(beside, label.index, key=lambda one: one.index)
    is_label = partial(_is_like, label=label)
    before = list(takewhile(is_label, reversed(beside[max(0, at - MOST_TABS - 1) : at])))
    after = takewhile(is_label, beside[at : at + MOST_TABS + 1])
    return [*reversed(before), *after]


def _whole_label(node: Node) -> Node:
    """Return the largest part around *node* with no other text than its own."""
    for _ in range(CLIMB):
        parent = node.parent
        if parent is None or parent.size > min(LONGEST_LABEL, node.size + SPACES):
            break
        node = parent
    return node


def _is_like(beside: Node, label: Node) -> bool:
    """Return whether *beside* is a label as *label* is."""
    return (
        beside.tag == label.tag
        and LEAST_LABEL <= beside.size <= LONGEST_LABEL
        and _leads_nowhere(beside)
        and len(beside.text()) >= LEAST_LABEL
        and not is_button(beside.text())
    )


def _holds_text(run: Sequence[Node]) -> bool:
    """Return whether text of its own stands between two labels."""
    return any(
        "".join(left.strings_up_to(right)).strip(" |/•·") for left, right in pairwise(run)
    )


def _row_from(labels: Sequence[Node], parts: Mapping[str, Node]) -> Iterator[Row]:
    """Yield the row that *labels* are, if a page shows lists by them."""
    nothing = (None,) * len(labels)
    known = sum(map(_is_known, labels))
    named = _panes_named(labels, parts)
    if (known and any(named)) or (named and all(named)):
        yield Row(tuple(labels), named)
        return
    panes = _panes_after(labels) if known or all(map(_is_button, labels)) else ()
    if panes or known >= LEAST_TABS:
        yield Row(tuple(labels), panes or nothing)


def _is_button(label: Node) -> bool:
    """Return whether *label* is, or holds, what a reader presses."""
    return any(
        node.tag in {"button", "label"} or node.attributes.get("role") == "tab"
        for node in label.iter()
    )


def _names_of(rows: Iterable[Sequence[Node]]) -> frozenset[str]:
    """Return the names of parts in the labels of *rows*."""
    inside = (node for labels in rows for label in labels for node in label.iter())
    return frozenset(name for node in inside for name in _names_in(node.attributes))


def _parts_by_name(root: Node, names: Collection[str]) -> Mapping[str, Node]:
    """Return the parts by id, by the id of their label, and by what a `data-` attribute says.

    Those of *names* alone, without which labels name no part. A name that two parts share is
    of none.
    """
    parts: dict[str, Node | None] = {}
    for name, node in _named_parts(root) if names else ():
        if name in names:
            parts[name] = None if name in parts else node
    return {name: node for name, node in parts.items() if node is not None}


def _named_parts(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield each name of a part, and the part, in no order."""
    for node in root.having("id"):
        yield node.attributes["id"], node
    for node in root.having("aria-labelledby"):
        yield f"by {node.attributes['aria-labelledby']}", node
    for value, node in root.having_prefix("data-"):
        if value and node.size > LONGEST_LABEL:
            yield f"data {value}", node


def _panes_named(labels: Sequence[Node], parts: Mapping[str, Node]) -> tuple[Node | None, ...]:
    """Return the part that each label names or that names it; nothing if two name one."""
    panes = tuple(_pane_of(label, parts) for label in labels)
    found = [pane.index for pane in panes if pane is not None]
    return panes if len(found) == len(set(found)) > 0 else ()


def _pane_of(label: Node, parts: Mapping[str, Node]) -> Node | None:
    """Return the part that *label* names, or that names it."""
    for node in label.iter():
        for name in _names_in(node.attributes):
            pane = parts.get(name)
            if pane is not None and _is_pane(pane, label):
                return pane
    return None


def _names_in(attributes: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of parts in the attributes of a label."""
    for name, value in attributes.items():
        if value and (name in _TARGETS or name.startswith("data-")):
            yield value.removeprefix("#").removeprefix(".")
            yield f"data {value}"
        elif name == "id":
            yield f"by {value}"


def _is_pane(pane: Node, label: Node) -> bool:
    """Return whether *pane* may be what *label* shows: links, and no whole text."""
    if label.is_below(pane) or pane.tag == "main" or pane.tagged("h1"):
        return False
    if not pane.links or pane.size > LARGEST_PANE:
        return False
    return _is_known(label) or pane.links * 2 >= pane.size


def _panes_after(labels: Sequence[Node]) -> tuple[Node, ...]:
    """Return the parts alike that follow *labels*, one for each; else nothing."""
    node = labels[-1]
    for _ in range(CLIMB):
        if node.parent is None:
            break
        following = [
            part for part in node.parent.elements() if part.index >= node.end and part.size > 1
        ]
        if following:
            return _alike(following, len(labels)) or _within(following[0], len(labels))
        node = node.parent
    return ()


def _within(part: Node, count: int) -> tuple[Node, ...]:
    """Return the *count* lists that *part* holds, in one more element or two; else none."""
    for _ in range(CLIMB):
        children = [child for child in part.elements() if child.size > 1]
        if len(children) != 1:
            return _alike(children, count)
        part = children[0]
    return ()


def _alike(parts: Sequence[Node], count: int) -> tuple[Node, ...]:
    """Return the *parts* of the first one's tag if they are *count*, and each is links."""
    found = tuple(part for part in parts if part.tag == parts[0].tag)
    are_lists = all(
        part.links * 2 >= part.size and part.size <= LARGEST_PANE and len(part.tagged("a")) > 1
        for part in found
    )
    return found if len(found) == count and are_lists else ()

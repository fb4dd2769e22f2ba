"""The body that the JSON-LD states, for a page whose text a script draws.

Of a page that prints its text, the printed text is the body: a stated one is cut or stale now
and then. A page that shows nothing has no other text, and is no less an article.
"""

from __future__ import annotations

from collections.abc import Iterator

from newscrawl.article import Block
from newscrawl.generic.fields.structured_data import StructuredData
from newscrawl.html.blocks import blocks_from
from newscrawl.html.linked_data import text_of
from newscrawl.html.parse_limits import OverLimit
from newscrawl.html.parser import parse_tree
from newscrawl.html.text_lines import text_lines_of
from newscrawl.html.tree import Tree

LEAST_TEXT = 160
"""A printed body of fewer characters is none, and a stated one neither."""
MOST_SHOWN = 600
"""A page with more characters outside links shows something else: a wall, a list."""
LONGEST_BODY = 1_000_000


def stated_blocks(structured_data: StructuredData, printed: int) -> tuple[Block, ...]:
    """Return the stated body where the page shows no more of it than *printed* characters.

    Empty where the stated body is no longer than that, or is not free to read.
    """
    tree = structured_data.tree
    if printed >= LEAST_TEXT or not tree.json_ld or not _shows_nothing(tree):
        return ()
    if any(
        str(value).lower() == "false" for value in structured_data.values("isAccessibleForFree")
    ):
        return ()
    blocks = next(filter(None, map(_blocks, stated_bodies(structured_data))), ())
    return blocks if sum(len(block.text) for block in blocks) >= LEAST_TEXT else ()


def stated_bodies(structured_data: StructuredData) -> Iterator[str]:
    """Yield the bodies that the JSON-LD states, as written there."""
    return (value for value in structured_data.values("articleBody") if isinstance(value, str))


def _shows_nothing(tree: Tree) -> bool:
    return tree.scripts > 0 and tree.root.size - tree.root.links < MOST_SHOWN


def _blocks(text: str) -> tuple[Block, ...]:
    """Return a stated text as blocks: marked up, or a line a paragraph."""
    text = text[:LONGEST_BODY]
    if "</" in text or "<br" in text:
        try:
            tree = parse_tree(text)
        except OverLimit:
            return ()
        with tree:
            return blocks_from(text_lines_of([tree.root]))
    lines = filter(None, map(text_of, text.splitlines()))
    return tuple(Block(kind="paragraph", text=line) for line in lines)

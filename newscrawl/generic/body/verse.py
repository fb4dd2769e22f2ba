"""Poems: a text of short lines without one paragraph, which is told by its line breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from newscrawl.html.text_lines import Run

LEAST_LINES = 6
LONGEST_LINE = 80
_UNREAD = frozenset({"head", "tail"})


def keep_verse(runs: Sequence[Run], verdicts: list[str]) -> None:
    """Take lines that breaks part for the text where nothing else was; *verdicts* is told.

    They stand below the headline, several in one element, and none of them is a link.
    """
    if not all(verdicts) or "headline" not in verdicts:
        return
    start = verdicts.index("headline")
    lines = [
        at
        for at in range(start, len(runs))
        if verdicts[at] in _UNREAD
        and not runs[at].links
        and runs[at].kind == "paragraph"
        and len(runs[at].text) <= LONGEST_LINE
    ]
    counts = Counter(runs[at].node.index for at in lines)
    verse = [at for at in lines if counts[runs[at].node.index] > 1]
    if len(verse) >= LEAST_LINES:
        for at in verse:
            verdicts[at] = ""

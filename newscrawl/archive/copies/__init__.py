"""Copies of one agency text on several sites, recognised by the words they share.

`words`, `sketch`, `likeness` and `clusters` are pure; `sketching`, `pairing` and `outlets` use
the archive.
"""

from newscrawl.archive.copies.clusters import CopyPair, clusters_from
from newscrawl.archive.copies.compared_text import (
    METHOD,
    ComparedText,
    compared_text,
    is_candidate,
    line_numbers,
    shingles_of_lines,
    sketch_of,
    words_of,
)
from newscrawl.archive.copies.similarity import Likeness, covered, is_copy, likeness_of

__all__ = [
    "METHOD",
    "ComparedText",
    "CopyPair",
    "Likeness",
    "clusters_from",
    "compared_text",
    "covered",
    "is_candidate",
    "is_copy",
    "likeness_of",
    "line_numbers",
    "shingles_of_lines",
    "sketch_of",
    "words_of",
]

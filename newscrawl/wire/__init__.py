"""Wire copy: the same agency text on several sites, told by what their words share.

Nothing here knows about SQLite or articles; the archive compares and keeps (archive/copies.py).
"""

from newscrawl.wire.clusters import Link, clusters_from
from newscrawl.wire.likeness import Likeness, covered, is_copy, likeness_of
from newscrawl.wire.sketch import (
    METHOD,
    is_candidate,
    line_numbers,
    shingles_of_lines,
    sketch_of,
)
from newscrawl.wire.words import ComparedText, compared_text, words_of

__all__ = [
    "METHOD",
    "ComparedText",
    "Likeness",
    "Link",
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

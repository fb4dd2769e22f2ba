"""Annotations moved between places in a text and words of a package without text.

An annotation names an article (site, key), a field and a span. In characters the span is
`start` and `end`; in words it is `first_word` and `last_word` (from 0), with `start_shift` and
`end_shift`: characters from the beginning of the first word and from the end of the last one.
Other columns are carried along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from newscrawl.archive import Archive
from newscrawl.errors import UsageError
from newscrawl.study.realignment.sequences import aligned_words, sequence_hashes, word_spans
from newscrawl.study.texts import FIELDS, texts_of

Status = Literal["exact", "moved", "changed", "missing"]
"""In the same text; in a changed text, placed by its words; the words are gone; no article."""
_CHARACTERS = ("start", "end")
_WORDS = ("first_word", "last_word", "start_shift", "end_shift")
Row = Mapping[str, Any]


def in_words(archive: Archive, annotations: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """Yield *annotations*, which are in characters of the texts of *archive*, in words.

    Raises UsageError if a row lacks a column, or its span is not in the text.
    """
    for number, row in enumerate(annotations, 1):
        text = _text_of(archive, row)
        start, end = (_number(row, column, number) for column in _CHARACTERS)
        if text is None or not 0 <= start < end <= len(text):
            raise UsageError(f"row {number}: there is no text from {start} to {end}")
        spans = word_spans(text)
        within = [at for at, span in enumerate(spans) if span[1] > start and span[0] < end]
        if not within:
            raise UsageError(f"row {number}: there is no word from {start} to {end}")
        first, last = within[0], within[-1]
        yield {
            **_without(row, _CHARACTERS),
            "first_word": first,
            "last_word": last,
            "start_shift": start - spans[first][0],
            "end_shift": end - spans[last][1],
        }


def in_characters(
    archive: Archive, sequences: Sequence[Row], annotations: Sequence[Row]
) -> Iterator[dict[str, Any]]:
    """Yield *annotations*, which are in words of a package, in characters of *archive*.

    *sequences* are those of the package. Each row gets a `status`; `start` and `end` are empty
    where the words are gone. Raises UsageError if a row lacks a column.
    """
    packaged = {(row["site"], row["key"], row["field"]): row for row in sequences}
    for number, row in enumerate(annotations, 1):
        first, last, *shifts = (_number(row, column, number) for column in _WORDS)
        their = packaged.get((row.get("site"), row.get("key"), row.get("field")))
        text = _text_of(archive, row)
        status, span = _placed(text, their, first, last)
        start = end = None
        if span is not None:
            start, end = span[0] + shifts[0], span[1] + shifts[1]
        yield {**_without(row, _WORDS), "start": start, "end": end, "status": status}


def _placed(
    text: str | None, their: Row | None, first: int, last: int
) -> tuple[Status, tuple[int, int] | None]:
    if text is None or their is None:
        return "missing", None
    spans, ours = word_spans(text), sequence_hashes(text)
    if ours == their["hashes"] and len(spans) == their["words"]:
        if not 0 <= first <= last < len(spans):
            return "missing", None
        return "exact", (spans[first][0], spans[last][1])
    words = aligned_words(their["hashes"], ours, their["words"])
    if first not in words or last not in words or words[last] - words[first] != last - first:
        return "changed", None
    return "moved", (spans[words[first]][0], spans[words[last]][1])


def _text_of(archive: Archive, row: Row) -> str | None:
    """Return the text that an annotation is about, in NFC; None if the archive lacks it."""
    if row.get("field") not in FIELDS:
        raise UsageError(f"field is one of {', '.join(FIELDS)}, not {row.get('field')}")
    found = next(
        archive.db.query(
            "SELECT * FROM article WHERE site = ? AND key = ?",
            [row.get("site"), row.get("key")],
        ),
        None,
    )
    return texts_of(found).get(str(row["field"])) if found else None


def _number(row: Row, column: str, number: int) -> int:
    try:
        return int(row[column])
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"row {number}: {column} has to be a whole number") from error


def _without(row: Row, columns: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in columns}

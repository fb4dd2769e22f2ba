"""Progress of the import of each file: it resumes, and no file is imported twice.

A file is known by its content, in any place: by the SHA-256 of all its bytes. One that has
grown since, as a crawl's newest file does, is read on from its former end.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import attrs

from newscrawl.archive.archive import Archive
from newscrawl.archive.schema.storable import storable_text

_BLOCK = 2**20


@attrs.frozen(kw_only=True)
class FileImport:
    """One file, and the progress of its import."""

    id: int
    """The id of its row."""
    position: int
    """The records that begin before this byte are in the archive."""
    is_complete: bool
    """All of it is in the archive, and nothing is left to be tried again."""
    is_again: bool = False
    """True if an earlier import has read some of it."""


class Imports:
    """The imports of an archive, one row a file."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def begin(self, path: Path, run: int) -> FileImport:
        """Return the progress of the file at *path*, and record that its import continues.

        Raises OSError if the file cannot be read.
        """
        name = storable_text(str(path))
        query = "SELECT size, digest, id, position, is_complete FROM imports WHERE {} = ?"
        rows = self._archive.db.execute(query.format("path"), [name]).fetchall()
        size, digests = _digests(path, {row[0] for row in rows})
        with self._archive.transaction() as db:
            same = db.execute(query.format("digest"), [digests[size]]).fetchone()
            known = same or next((row for row in rows if digests.get(row[0]) == row[1]), None)
            if known is None:
                made = db.conn.execute(
                    "INSERT INTO imports (path, size, digest, run_id) VALUES (?, ?, ?, ?)",
                    (name, size, digests[size], run),
                ).lastrowid
                return FileImport(id=int(made or 0), position=0, is_complete=False)
            is_complete = bool(known[4]) and known[0] == size
            db.conn.execute(
                """UPDATE imports SET path = ?, size = ?, digest = ?, is_complete = ?,
                run_id = ? WHERE id = ?""",
                (name, size, digests[size], is_complete, run, known[2]),
            )
        return FileImport(
            id=known[2], position=known[3], is_complete=is_complete, is_again=True
        )

    def reach(self, file: FileImport, position: int) -> None:
        """Record that all records before *position* are in the archive."""
        with self._archive.transaction() as db:
            db.conn.execute("UPDATE imports SET position = ? WHERE id = ?", (position, file.id))

    def end(self, file: FileImport, *, is_whole: bool) -> None:
        """Record that the file was read to its end.

        Unless it *is_whole*, the next import reads it again: it may have been mended, or pages
        were given up. Articles stored already are not stored twice.
        """
        with self._archive.transaction() as db:
            db.conn.execute(
                """UPDATE imports SET is_complete = ?1, position = iif(?1, position, 0)
                WHERE id = ?2""",
                (is_whole, file.id),
            )


def _digests(path: Path, sizes: set[int]) -> tuple[int, dict[int, bytes]]:
    """Return the size of a file, and the digest of its first bytes for each of *sizes*.

    A size that the file does not have is left out; its own is always among them.
    """
    whole, at, digests = hashlib.sha256(), 0, {}
    ends = sorted(size for size in sizes if size)
    with path.open("rb") as file:
        while block := file.read(min(_BLOCK, ends[0] - at) if ends else _BLOCK):
            whole.update(block)
            at += len(block)
            if ends and at == ends[0]:
                digests[ends.pop(0)] = whole.digest()
    return at, digests | {at: whole.digest()}

"""Write and read packages: ZIP files with the articles of a query, to be published."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Literal

from newscrawl.errors import UsageError
from newscrawl.study.contents import Contents
from newscrawl.study.metadata import (
    CRATE,
    Description,
    citation_file,
    codebook,
    crate,
    datacite,
    readme,
)

TableFormat = Literal["csv", "parquet"]
_MOST_BYTES = 2_000_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_package(
    out: IO[bytes], contents: Contents, description: Description, format_: TableFormat
) -> None:
    """Write a package to *out*; equal contents give equal bytes.

    The digests are CSV in each package, so that `reproduce` reads them without pyarrow.
    """
    members = dict(_members(contents, description, format_))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in ((CRATE, crate(contents, description, members)), *members.items()):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            package.writestr(entry, content)


def _members(
    contents: Contents, description: Description, format_: TableFormat
) -> Iterator[tuple[str, bytes]]:
    yield "README.md", readme(contents, description)
    yield "CITATION.cff", citation_file(contents, description)
    yield "datacite.json", datacite(contents, description)
    yield "query.json", _json(contents.query)
    for table in contents.tables:
        if format_ == "parquet":
            yield f"tables/{table.name}.parquet", table.as_parquet()
        if format_ == "csv" or table.name == "digest":
            yield f"tables/{table.name}.csv", table.as_csv()
    yield "codebook.csv", _codebook(contents)
    if contents.sequences:
        lines = (json.dumps(line, ensure_ascii=False) for line in contents.sequences)
        yield "sequences.jsonl", "".join(f"{line}\n" for line in lines).encode()


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _codebook(contents: Contents) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ["table", "column", "kind", "description"])
    writer.writeheader()
    writer.writerows(codebook(contents))
    return out.getvalue().encode()


class Package:
    """A package that was written before, open for reading; a context manager.

    Raises UsageError if the file is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise UsageError(f"{path} is no package of newscrawl: {error}") from error

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def query(self) -> dict[str, Any]:
        """Return query.json."""
        found: dict[str, Any] = json.loads(self._read("query.json"))
        if not isinstance(found, dict) or "query" not in found:
            raise UsageError(f"{self.path}: query.json has no query")
        return found

    def digests(self) -> list[dict[str, str]]:
        """Return the rows of tables/digest.csv."""
        text = self._read("tables/digest.csv").decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def sequences(self) -> list[dict[str, Any]]:
        """Return the lines of sequences.jsonl. Raises UsageError if there are none."""
        return [json.loads(line) for line in self._read("sequences.jsonl").splitlines() if line]

    def _read(self, name: str) -> bytes:
        try:
            entry = self._file.getinfo(name)
        except KeyError as error:
            raise UsageError(f"{self.path} has no {name}") from error
        if entry.file_size > _MOST_BYTES:
            raise UsageError(f"{self.path}: {name} is larger than {_MOST_BYTES} bytes")
        try:
            return self._file.read(entry)
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise UsageError(f"{self.path}: {name} is damaged") from error

"""Tests of `newscrawl.system.deferred`, and of the modules that commands leave out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawl import Archive
from newscrawl.system.deferred import compiled_on_use, deferred

_IMPORTED = "import sys; {}; print(*sys.modules)"


def _imported_by(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTED.format(statement)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_attribute_is_that_of_the_module() -> None:
    (urls,) = deferred("newscrawl.text", "urls")
    assert urls.url_key("https://www.paper.example/1") == "paper.example/1"


def test_unknown_attribute_is_refused() -> None:
    (urls,) = deferred("newscrawl.text", "urls")
    with pytest.raises(AttributeError, match="no_such_function"):
        _ = urls.no_such_function


def test_pattern_compiled_on_use_has_the_methods_of_a_pattern() -> None:
    year = compiled_on_use(r"(?P<year>\d{4})|none", re.IGNORECASE)
    assert year.findall("2026, 2027") == ["2026", "2027"]
    assert year.fullmatch("NONE")
    assert (year.pattern, year.groups) == (r"(?P<year>\d{4})|none", 1)
    with pytest.raises(AttributeError, match="no_such_method"):
        _ = year.no_such_method  # type: ignore[attr-defined]


def test_pattern_is_compiled_by_its_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as changed:
        changed.delattr(re, "compile")
        digits = compiled_on_use(rb"\d+")
    assert digits.sub(b"", b"a1b2") == b"ab"
    with monkeypatch.context() as changed:
        changed.delattr(re, "compile")
        assert digits.search(b"1")


def test_list_of_commands_loads_neither_rich_nor_the_archive() -> None:
    found = _imported_by("import newscrawl.cli")
    assert not found & {"rich.console", "attrs", "sqlite_utils", "newscrawl.archive"}


def test_article_as_json_is_printed_without_rich() -> None:
    found = _imported_by("from newscrawl.cli.pages import extract; extract.print_json({})")
    assert "newscrawl.generic.reader" in found
    assert not found & {"rich.console", "rich.text", "newscrawl.extraction.explain"}


def test_reading_an_archive_loads_neither_search_nor_http(tmp_path: Path) -> None:
    path = str(tmp_path / "archive.db")
    Archive(path).close()
    found = _imported_by(
        f"from newscrawl import Archive; archive = Archive.open_read_only({path!r});"
        "archive.id_of('https://paper.example/1')"
    )
    assert "newscrawl.archive.archive" in found
    assert not found & {"newscrawl.archive.search.hits", "http.client", "filelock", "pandas"}


def test_reading_a_page_without_rules_loads_neither_parsel_nor_http() -> None:
    found = _imported_by(
        "from newscrawl import Page, extract;"
        "page = Page(url='https://paper.example/1', body=b'<h1>A headline</h1><p>A text.</p>');"
        "assert extract(page).headline == 'A headline'"
    )
    assert "newscrawl.generic.reader" in found
    assert not found & {"parsel", "w3lib.html", "http.client", "socket", "tomllib"}

"""Modules that `import newscrawl` loads, its public names, and who reads the environment."""

from __future__ import annotations

import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

import newscrawl
import pipelines
import spiders

HEAVY = (
    "scrapy",
    "twisted",
    "sqlite3",
    "sqlite_utils",
    "warcio",
    "click",
    "rich",
    "dateparser",
)


def test_importing_newscrawl_loads_nothing_that_crawls_or_stores() -> None:
    code = f"import sys, newscrawl; print([name for name in {HEAVY} if name in sys.modules])"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"


def test_public_names_are_sorted_and_exist() -> None:
    assert newscrawl.__all__ == sorted(newscrawl.__all__)
    assert all(hasattr(newscrawl, name) for name in newscrawl.__all__)


def test_archive_is_loaded_on_first_use() -> None:
    assert newscrawl.Archive.__name__ == "Archive"


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Scraper'"):
        _ = newscrawl.Scraper


def test_spiders_and_pipelines_are_ours() -> None:
    assert spiders.PROJECT == pipelines.PROJECT == "newscrawl"


def test_archive_opens_where_there_is_no_fcntl(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['fcntl'] = None\n"
        "from newscrawl.archive import Archive\n"
        "with Archive(sys.argv[1]) as archive: print(archive.check())"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "archive.db"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout.strip() == "()"


def test_environment_is_read_in_one_place() -> None:
    package = Path(newscrawl.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text("utf-8"))
    }
    assert found == {"system/environment.py", "system/interpreter.py"}


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("newscrawl", "spiders", "pipelines")
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(f"these modules import each other: {' -> '.join(error.args[1])}")

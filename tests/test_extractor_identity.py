"""The identity of the extractor covers the code and tables that read pages, and no others."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import newscrawl
from newscrawl.extraction.extractor_identity import (
    digest_of,
    extraction_files,
    extractor_identity,
)

PACKAGE = Path(newscrawl.__file__).parent
ROOT = Path(__file__).parent.parent
# Reads every saved page, and prints the modules of ours that were imported and the tables that
# were opened, as paths in the package.
READ_EVERYTHING = """
import json, sys
from pathlib import Path
opened = set()
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "open" else None)
import newscrawl
kinds = {".html": "text/html", ".txt": "text/plain"}
for file in Path("tests/pages").glob("*/*/page.*[lt]"):
    url = json.loads(file.with_name("page.json").read_text("utf-8"))["url"]
    page = {"body": file.read_bytes(), "content_type": kinds[file.suffix]}
    newscrawl.extract(newscrawl.Page(url=url, **page))
package = Path(newscrawl.__file__).parent
modules = [m.__file__ for n, m in sys.modules.items() if n.partition(".")[0] == "newscrawl"]
tables = [name for name in opened if Path(name).suffix in {".toml", ".tsv", ".txt"}]
inside = [Path(name) for name in (*modules, *tables)]
print(json.dumps([p.relative_to(package).as_posix() for p in inside if package in p.parents]))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the package, whose files a test may change."""
    copy = tmp_path_factory.mktemp("copy") / "newscrawl"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_each_file_of_extraction_changes_the_identity(package: Path) -> None:
    digests = {digest_of(package)}
    names = extraction_files(package)
    for name in names:
        with (package / name).open("ab") as file:
            file.write(b"\nA_CONSTANT = 1\n")
        digests.add(digest_of(package))
    assert len(digests) == len(names) + 1


def test_no_other_file_changes_the_identity(package: Path) -> None:
    before, own = digest_of(package), extraction_files(package)
    names = {path.relative_to(package).as_posix() for path in package.rglob("*.*")}
    others = names - own.keys()
    assert {"extraction/explain.py", "cli/__init__.py", "resources/columns.toml"} <= others
    for name in others:
        with (package / name).open("ab") as file:
            file.write(b"\nA_CONSTANT = 1\n")
    assert digest_of(package) == before


def test_files_of_extraction_are_those_that_reading_pages_loads() -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ_EVERYTHING], cwd=ROOT, capture_output=True, check=True
    )
    loaded = set(json.loads(done.stdout))
    assert not loaded - extraction_files(PACKAGE).keys()
    modules = {name for name in extraction_files(PACKAGE) if name.endswith(".py")}
    assert modules <= loaded


def test_identity_names_version_and_digest() -> None:
    assert extractor_identity().endswith(f" {digest_of(PACKAGE)}")
    assert extractor_identity().startswith("newscrawl ")

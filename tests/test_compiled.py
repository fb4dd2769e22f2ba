"""Extraction compiled by mypyc gives what the plain modules give, on every saved page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from newscrawl import Page, extract
from newscrawl.errors import ExtractionError

BUILT = "NEWSCRAWL_COMPILED"
"""Names a folder in which `make compiled` has already compiled."""
TESTS = (
    *("authors", "blocks", "dates", "headlines", "layout", "link_lists"),
    *("live_blog", "paging", "script_body", "stated_body"),
)
"""Modules of tests whose pages are of more kinds than the saved ones."""


def results() -> dict[str, object]:
    """Return the article of each saved page, or its refusal, by the page's file."""
    found: dict[str, object] = {}
    for path in sorted(Path(__file__).parent.rglob("*.html")):
        page = Page(url="https://www.example.com/news/story-12345", body=path.read_bytes())
        try:
            found[str(path)] = extract(page).as_dict()
        except ExtractionError as error:
            found[str(path)] = str(error)
    return found


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package whose extraction is compiled."""
    if os.environ.get(BUILT):
        return Path(os.environ[BUILT]).resolve()
    if not shutil.which(os.environ.get("CC", "cc")):
        pytest.skip("no C compiler")
    if not find_spec("mypyc") or not find_spec("setuptools"):
        pytest.skip("mypyc needs mypy and setuptools")
    folder = tmp_path_factory.mktemp("compiled")
    command = [sys.executable, "-m", "tools.compile_extraction", str(folder)]
    subprocess.run(command, cwd=Path(__file__).parent.parent, check=True)
    return folder


def run_compiled(folder: Path, program: str) -> str:
    """Return what *program* prints where the compiled package is imported first."""
    start = f"import sys; sys.path.insert(0, {str(folder)!r}); "
    command = [sys.executable, "-c", start + program]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.slow
def test_modules_are_compiled(compiled: Path) -> None:
    program = "import newscrawl.html.tree as t, newscrawl.generic.reader as r; "
    files = run_compiled(compiled, program + "print(t.__file__, r.__file__)").split()
    assert all(name.startswith(str(compiled)) and name.endswith(".so") for name in files)


@pytest.mark.slow
def test_compiled_extraction_gives_the_same(compiled: Path) -> None:
    program = (
        "import json; from tests.test_compiled import results; print(json.dumps(results()))"
    )
    found: Mapping[str, object] = json.loads(run_compiled(compiled, program))
    plain = json.loads(json.dumps(results()))
    assert len(plain) >= 100
    # The identity names the code that is read, which is the same.
    assert found == plain


@pytest.mark.slow
def test_tests_of_extraction_pass(compiled: Path) -> None:
    root = Path(__file__).parent.parent
    first = ["-o", f"pythonpath={compiled} ."]
    modules = [f"tests/test_{name}.py" for name in TESTS]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *first, *modules]
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

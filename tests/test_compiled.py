"""Extraction compiled by mypyc gives what the plain modules give, on every saved page."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from newscrawl import Page, extract
from newscrawl.errors import ExtractionError
from newscrawl.html import tree
from tools.compile_extraction import compile_into

BUILT = "NEWSCRAWL_COMPILED"
"""Names a folder in which `make compiled` has already compiled."""
USED = "NEWSCRAWL_RUNS_COMPILED"
"""Set where the tests of extraction are run on the compiled modules."""
OF_EXTRACTION = re.compile(
    r"^from newscrawl(\.(extraction|generic|html|layouts|text|values)\b\S* import"
    r"| import .*\bextract\b)",
    re.MULTILINE,
)
STARTS_MORE = re.compile(
    r"^from tests\.(command_line|crawling|front_server|importing|odd_server) ", re.MULTILINE
)
"""Modules that start commands, servers or crawls, whose processes run the plain code."""


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


def test_extraction_is_compiled_only_where_it_is_asked() -> None:
    assert tree.__file__.endswith(".py") == (USED not in os.environ)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a package whose extraction is compiled."""
    if os.environ.get(BUILT):
        return Path(os.environ[BUILT]).resolve()
    if not shutil.which(os.environ.get("CC", "cc")):
        pytest.skip("no C compiler")
    if not (Path(sysconfig.get_paths()["include"]) / "Python.h").exists():
        pytest.skip("no C headers of Python")
    if not find_spec("mypyc") or not find_spec("setuptools"):
        pytest.skip("mypyc needs mypy and setuptools")
    folder = tmp_path_factory.mktemp("compiled")
    command = [sys.executable, "-m", "tools.compile_extraction", str(folder), "0"]
    subprocess.run(command, cwd=Path(__file__).parent.parent, check=True)
    return folder


def modules_of_extraction() -> list[str]:
    """Return the modules whose tests call extraction or its parts, and start nothing else."""
    texts = {path: path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py")}
    found = {path for path, text in texts.items() if OF_EXTRACTION.search(text)}
    found -= {path for path, text in texts.items() if STARTS_MORE.search(text)}
    return sorted(map(str, found))


def run_compiled(folder: Path, program: str) -> str:
    """Return what *program* prints where the compiled package is imported first."""
    start = f"import sys; sys.path.insert(0, {str(folder)!r}); "
    command = [sys.executable, "-c", start + program]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.long
def test_modules_are_compiled(compiled: Path) -> None:
    program = "import newscrawl.html.tree as t, newscrawl.generic.reader as r; "
    files = run_compiled(compiled, program + "print(t.__file__, r.__file__)").split()
    assert all(name.startswith(str(compiled)) and name.endswith(".so") for name in files)


@pytest.mark.long
def test_compiled_extraction_gives_the_same(compiled: Path) -> None:
    program = (
        "import json; from tests.test_compiled import results; print(json.dumps(results()))"
    )
    found: Mapping[str, object] = json.loads(run_compiled(compiled, program))
    plain = json.loads(json.dumps(results()))
    assert len(plain) >= 100
    # The identity names the code that is read, which is the same.
    assert found == plain


@pytest.mark.long
def test_tests_of_extraction_pass(compiled: Path) -> None:
    modules = modules_of_extraction()
    assert len(modules) >= 50
    options = ["-q", "-p", "no:cacheprovider", "-n", "auto", "--dist", "loadscope"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        *options,
        "-o",
        f"pythonpath={compiled} .",
        *modules,
    ]
    root = Path(__file__).parent.parent
    env = os.environ | {USED: "1"}
    done = subprocess.run(
        command, cwd=root, env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_missing_compiler_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(SystemExit, match="no C compiler: no-such-compiler is not there"):
        compile_into(tmp_path)

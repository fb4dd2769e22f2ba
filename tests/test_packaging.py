"""The files of an installed newscrawl."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.debian import needs

ROOT = Path(__file__).parent.parent
PLAIN = {
    *("attrs", "click", "dateparser", "feedparser", "filelock", "parsel", "rich", "scrapy"),
    *("cryptography", "lxml", "twisted"),
    "sqlite-utils",
    "tomlkit",
    "warcio",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The project's wheel, built as an installation builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*build, "--no-build-isolation", "-w", folder, ROOT], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        return archive


def test_wheel_holds_the_three_packages_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "newscrawl",
        "spiders",
        "pipelines",
    }


@needs("git", "git")
def test_wheel_holds_every_file_of_the_packages(wheel: zipfile.ZipFile) -> None:
    tracked = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "newscrawl", "spiders", "pipelines"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    assert set(tracked) <= set(wheel.namelist())


def test_plain_install_needs_only_the_named_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {re.split(r"[<>=~\[; ]", name)[0] for name in project["dependencies"]} == PLAIN


def test_constraints_pin_everything_and_name_no_index() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in pins)

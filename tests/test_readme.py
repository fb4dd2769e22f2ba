"""The README's commands run, and print what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CONSOLE = "\n".join(re.findall(r"```console\n(.*?)```", README, re.DOTALL))
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", CONSOLE, re.MULTILINE)
ENVIRONMENT = os.environ | {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
}


def run(command: str, archive: Path) -> str:
    words = [str(archive) if word == "data/demo.db" else word for word in shlex.split(command)]
    return subprocess.run(
        words, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def demo_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that the demo makes."""
    path = tmp_path_factory.mktemp("readme") / "data" / "demo.db"
    path.parent.mkdir()
    run(f"newscrawl demo -d {path}", path)
    return path


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[c for c, _ in COMMANDS])
def test_command_of_the_readme_runs(command: str, shown: str, demo_archive: Path) -> None:
    printed = run(command, demo_archive)
    assert printed
    for line in shown.splitlines():
        assert line.strip() in printed


@pytest.mark.parametrize("code", PYTHON)
def test_python_of_the_readme_runs(code: str, demo_archive: Path) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, cwd=demo_archive.parent.parent)


def test_every_page_the_readme_points_to_is_there() -> None:
    pages = re.findall(r"\]\((docs/[\w/-]+\.md)\)", README)
    assert len(pages) > 5
    assert [page for page in pages if not (ROOT / page).is_file()] == []


def test_every_spider_and_target_the_readme_names_is_there(tmp_path: Path) -> None:
    spiders = set(re.findall(r"^ +scrapy crawl (\w+)", README, re.MULTILINE))
    assert spiders <= set(run("scrapy list", tmp_path).split())
    targets = set(re.findall(r"^ +make (\w+)", README, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)

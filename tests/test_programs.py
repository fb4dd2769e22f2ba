"""Commands that messages tell a person to type: they work as they are printed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawl.cli import demo
from newscrawl.system import programs


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs of an environment in the working folder, which are not on the PATH."""
    folder = tmp_path / ".venv" / "bin"
    folder.mkdir(parents=True)
    for name in ("python", "pip", "scrapy"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("SCRAPY_SETTINGS_MODULE", raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    return folder


def test_programs_are_called_by_their_path_unless_they_are_found(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert programs.program("scrapy") == ".venv/bin/scrapy"
    assert programs.install_command("serve").startswith(".venv/bin/python -m pip install ")
    monkeypatch.setenv("PATH", str(environment))
    assert programs.program("scrapy") == "scrapy"
    assert programs.install_command("serve") == "pip install 'newscrawl[serve]'"


def test_a_program_of_another_environment_is_not_meant(
    environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "pip").write_text("#!/bin/sh\n")
    (other / "pip").chmod(0o755)
    monkeypatch.setenv("PATH", str(other))
    assert programs.install_command("serve").startswith(".venv/bin/python -m pip ")


def test_crawls_outside_a_project_name_the_settings(environment: Path, tmp_path: Path) -> None:
    before, _, rest = programs.crawl_command("site -a url=URL").partition(" ")
    assert before == "SCRAPY_SETTINGS_MODULE=newscrawl.settings"
    assert rest == ".venv/bin/scrapy crawl site -a url=URL"
    (tmp_path / "scrapy.cfg").touch()
    assert programs.crawl_command("site") == ".venv/bin/scrapy crawl site"


def test_a_crawl_command_of_no_project_is_known_to_scrapy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["sh", "-c", programs.crawl_command("--help")]
    environment = {k: v for k, v in os.environ.items() if k != "SCRAPY_SETTINGS_MODULE"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, "scrapy crawl [options] <spider>" in done.stdout) == (0, True)


def test_the_demo_proposes_an_installation_only_where_it_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for missing in (True, False):
        monkeypatch.setattr(demo, "find_spec", lambda _name, is_in=not missing: is_in or None)
        demo._print_next(Path("data/demo.db"))
        lines = capsys.readouterr().out.splitlines()
        assert ["newscrawl[serve]" in line for line in lines][-2:] == [missing, False]
        assert " serve " in lines[-1]

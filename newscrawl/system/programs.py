"""Commands for a person to type: how the programs of this environment are called."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from newscrawl.system.environment import variable
from newscrawl.system.project import project_folder


def program(name: str) -> str:
    """Return how to call a program of this environment, which may not be on the PATH."""
    beside = Path(sys.executable).with_name(name)
    found = shutil.which(name)
    is_found = found is not None and Path(found).parent == beside.parent
    return name if is_found or not beside.exists() else shlex.quote(from_here(beside))


def install_command(extra: str) -> str:
    """Return the command that installs an extra of newscrawl into this environment."""
    pip = program("pip")
    if pip == "pip" and Path(sys.executable).with_name("pip").exists():
        return f"pip install 'newscrawl[{extra}]'"
    python = shlex.quote(from_here(Path(sys.executable)))
    return f"{python} -m pip install 'newscrawl[{extra}]'"


def crawl_command(arguments: str) -> str:
    """Return `scrapy crawl` with *arguments*; outside a project it names the settings."""
    has_settings = (project_folder() / "scrapy.cfg").is_file() or variable(_SETTINGS)
    before = "" if has_settings else f"{_SETTINGS}=newscrawl.settings "
    return f"{before}{program('scrapy')} crawl {arguments}"


def from_here(path: Path) -> str:
    """Return *path* as it is written in the working folder."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


_SETTINGS = "SCRAPY_SETTINGS_MODULE"

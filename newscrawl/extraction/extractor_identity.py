"""The identity of the code that reads pages: version and digest, recorded with each article.

The digest covers the modules that `newscrawl.extraction` imports, directly or not, the declared
sites, and the tables in `resources/` that those modules open. It is found from the source, so
that no list has to be maintained. Code that only stores or shows articles does not change it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from newscrawl.system.version import VERSION

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_SITES = "layouts/sites"
"""The folder of declared sites, which the catalogue imports by searching it."""
_IMPORT = "\nfrom newscrawl"
"""Imports at the beginning of a line: those inside functions and under TYPE_CHECKING load
nothing that extraction needs."""
_NAME = re.compile(r"\w+")
_OPENERS = {
    'read_lines("': "",
    'read_bytes("': "",
    'read_toml("': ".toml",
    'phrase_table("': ".toml",  # this and the next one are of newscrawl.text.phrases
    'openings("': ".toml",
}
"""Calls that open a table, and what they add to its name."""


@cache
def extractor_identity() -> str:
    """Return the version and the digest, such as `newscrawl 0.1.0 0f7f5d7c0b1a`."""
    return f"newscrawl {VERSION} {digest_of(_package())}"


def _package() -> Traversable:
    folder = Path(__file__).parents[1]
    if folder.is_dir():
        return folder
    from importlib.resources import files  # noqa: PLC0415 -- only of a package in a zip file

    return files("newscrawl")


def digest_of(package: Traversable) -> str:
    """Return the digest of the files in *package* that extraction is made of."""
    digest = hashlib.sha256()
    for name, content in sorted(extraction_files(package).items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def extraction_files(package: Traversable) -> dict[str, bytes]:
    """Return the modules and tables of extraction with their content, by path in *package*."""
    found: dict[str, bytes] = {}
    folders = _Folders(package)
    waiting = [*_files_of("extraction"), *_sites_in(package)]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        if not folders.have(path):
            continue
        found[path] = package.joinpath(path).read_bytes()
        if path.endswith(".py"):
            new = set(_used_by(found[path].decode("utf-8"))) - seen
            waiting += new
            seen |= new
    return found


class _Folders:
    """The names in the folders of *package*, each listed once.

    Most paths that a module may mean do not exist.
    """

    def __init__(self, package: Traversable) -> None:
        self._package = package
        self._names = {"": frozenset(entry.name for entry in package.iterdir())}

    def have(self, path: str) -> bool:
        """Return whether there is a file or folder *path*."""
        folder, _slash, name = path.rpartition("/")
        return name in self._names_in(folder)

    def _names_in(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            is_folder = self.have(folder) and not folder.endswith(".py")
            entries = self._package.joinpath(folder).iterdir() if is_folder else ()
            self._names[folder] = frozenset(entry.name for entry in entries)
        return self._names[folder]


def _sites_in(package: Traversable) -> Iterator[str]:
    for entry in package.joinpath(_SITES).iterdir():
        if entry.name.endswith(".py"):
            yield f"{_SITES}/{entry.name}"


def _used_by(source: str) -> Iterator[str]:
    """Yield the paths at which the modules and tables may be that *source* names.

    `from newscrawl.text.urls import host_of` gives `text/urls/host_of.py` too: that there is
    no such file says that `host_of` is no module.
    """
    for statement in source.split(_IMPORT)[1:]:
        module, _import, names = statement.partition(" import ")
        yield from _files_of(module.removeprefix("."))
        folder = f"{module.removeprefix('.').replace('.', '/')}/" if module else ""
        end = ")" if names.startswith("(") else "\n"
        for name in _NAME.findall(names.partition(end)[0]):
            if name.islower():  # else it is a class or a constant
                yield f"{folder}{name}.py"
                yield f"{folder}{name}/__init__.py"
    for opener, suffix in _OPENERS.items():
        for call in source.split(opener)[1:]:
            name = call[: call.find('"')]
            yield f"resources/{name}{suffix}"


@cache
def _files_of(module: str) -> tuple[str, ...]:
    """Return the path of *module*, and of the `__init__.py` of it and each package above."""
    found, path = ["__init__.py"], ""
    for part in module.split(".") if module else ():
        found.append(f"{path}{part}.py")
        path = f"{path}{part}/"
        found.append(f"{path}__init__.py")
    return tuple(found)

"""Modules and patterns that are loaded on first use, so that a command loads only its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, AnyStr, cast


class Deferred:
    """Stands for the module *name*: an attribute of it imports that module.

    Type checkers see the module by an import under TYPE_CHECKING.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """Return the module's attribute of this name. Raises AttributeError if it has none."""
        return getattr(import_module(self._name), attribute)


def imported_on_use(package: dict[str, Any], homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package, which imports a public name on its first use.

    *package* is its `globals()`, *homes* are the modules of the names.
    """

    def imported(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")
        package[name] = getattr(import_module(homes[name]), name)
        return package[name]

    return imported


def deferred(package: str, *modules: str) -> tuple[Any, ...]:
    """Return *modules* of *package*, by their names in it, none of them imported yet."""
    return tuple(Deferred(f"{package}.{module}") for module in modules)


class _PatternOnUse:
    """Stands for a pattern: the first use compiles it and takes over its methods."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self._arguments = pattern, flags

    def __getattr__(self, name: str) -> Any:
        """Compile the pattern, and return its method or attribute of this name."""
        compiled = re.compile(*self._arguments)
        public = (one for one in dir(compiled) if not one.startswith("_"))
        self.__dict__.update((one, getattr(compiled, one)) for one in public)
        return getattr(compiled, name)


def compiled_on_use(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return *pattern* as `re.compile` does, compiled when it is first used.

    For patterns that fewer than about half of all pages need: to compile those of extraction
    would take a quarter of the time in which `newscrawl extract` starts. The matches' `re` is
    another object.
    """
    return cast("re.Pattern[AnyStr]", _PatternOnUse(pattern, flags))

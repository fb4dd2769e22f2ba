"""Modules that are imported when they are first used, so that a command loads only its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


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

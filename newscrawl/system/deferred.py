"""Modules that are imported when they are first used, so that a command loads only its own."""

from __future__ import annotations

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


def deferred(package: str, *modules: str) -> tuple[Any, ...]:
    """Return *modules* of *package*, by their names in it, none of them imported yet."""
    return tuple(Deferred(f"{package}.{module}") for module in modules)

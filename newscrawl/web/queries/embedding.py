"""The embedding model of a server, with which `by=meaning` and `by=both` order searches."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from datasette.app import Datasette

from newscrawl.archive.search.semantic.models import EmbeddingModel

_models: WeakKeyDictionary[Datasette, EmbeddingModel] = WeakKeyDictionary()


def use_model(datasette: Datasette, model: EmbeddingModel) -> None:
    """Let *model* order the searches of *datasette* by meaning."""
    _models[datasette] = model


def model_of(datasette: Datasette) -> EmbeddingModel | None:
    """Return the model of *datasette*; None if it was started without one."""
    return _models.get(datasette)

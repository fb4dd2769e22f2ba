"""Embedding models: texts in, vectors out, by a command or a Python function of the user's.

newscrawl has no model and downloads none. An archive never says which command is run.
"""

from __future__ import annotations

import inspect
import json
import math
import re
import shlex
import struct
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from threading import Lock
from typing import Any, Literal

import attrs

from newscrawl.errors import NewscrawlError, UsageError
from newscrawl.text.counted import counted

Kind = Literal["document", "query"]
"""Some models read a query in another way than a text."""
Passage = tuple[Kind, str]
_FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_MOST_NUMBERS = 65_536
_SHOWN = 60
_MOST_REMEMBERED = 256


@attrs.frozen
class EmbeddingModel:
    """A model that turns texts into vectors of one length."""

    name: str
    """For messages."""
    _embed: Callable[[Sequence[Passage]], Iterable[Any]]

    def vectors_of(self, passages: Sequence[Passage]) -> list[bytes]:
        """Return the vector of each passage as 32-bit floats, the form that sqlite-vec reads.

        Raises NewscrawlError if the model fails, or its answer is no vector for each passage.
        """
        vectors = [self._packed(one) for one in self._embed(passages)]
        if len(vectors) != len(passages):
            given, texts = counted(len(vectors), "vectors"), counted(len(passages), "texts")
            raise NewscrawlError(f"the model {self.name} gave {given} for {texts}")
        if len({len(vector) for vector in vectors}) > 1:
            raise NewscrawlError(f"the model {self.name} gave vectors of different lengths")
        return vectors

    def _packed(self, vector: Any) -> bytes:
        try:
            numbers = [float(number) for number in vector]
            packed = struct.pack(f"<{len(numbers)}f", *numbers)
        except (TypeError, ValueError, OverflowError):
            numbers, packed = [], b""
        if not 0 < len(numbers) <= _MOST_NUMBERS or not all(map(math.isfinite, numbers)):
            shown = repr(vector)[:_SHOWN]
            raise NewscrawlError(
                f"the model {self.name} gave {shown}, which is no row of numbers"
            )
        return packed


def model_from(model: str | Callable[..., Any]) -> EmbeddingModel:
    """Return the model that a command line, `module:function` or a function stands for.

    The function takes a list of texts and returns a vector for each; if it has a parameter
    `kind`, it is called with "document" or "query". A command reads an object a line,
    {"text": …, "kind": …}, and writes an array of numbers a line, in the same order. Raises
    UsageError if there is no such function.
    """
    if not isinstance(model, str):
        return _of_function(model, getattr(model, "__name__", "given"))
    if _FUNCTION.fullmatch(model):
        return _of_function(_function_named(model), model)
    try:
        command = shlex.split(model)
    except ValueError as error:
        raise UsageError(f"the model {model!r} is no command line: {error}") from error
    if not command:
        raise UsageError("the model is a command, or module:function")
    return EmbeddingModel(model, lambda passages: _run(command, passages))


def server_model(model: str | None) -> EmbeddingModel | None:
    """Return the model that a command line or `module:function` stands for, for a server.

    None without one. Raises UsageError if `model_from` does.
    """
    return remembering(model_from(model)) if model else None


def remembering(model: EmbeddingModel) -> EmbeddingModel:
    """Return *model* for a server: the last vectors are remembered, and calls never overlap."""
    lock = Lock()
    known: OrderedDict[Passage, bytes] = OrderedDict()

    def embed(passages: Sequence[Passage]) -> Iterable[Any]:
        with lock:
            new = [one for one in dict.fromkeys(passages) if one not in known]
            if new:
                known.update(zip(new, model.vectors_of(new), strict=True))
            for one in passages:
                known.move_to_end(one)
            found = [known[one] for one in passages]
            while len(known) > _MOST_REMEMBERED:
                known.popitem(last=False)
        return [struct.unpack(f"<{len(vector) // 4}f", vector) for vector in found]

    return EmbeddingModel(model.name, embed)


def _function_named(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    try:
        with redirect_stdout(sys.stderr):  # standard output may be JSON, or the protocol of MCP
            found: Any = import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"there is no model {name}: {error}") from error
    if not callable(found):
        raise UsageError(f"the model {name} is no function")
    function: Callable[..., Any] = found
    return function


def _of_function(function: Callable[..., Any], name: str) -> EmbeddingModel:
    try:
        takes_kind = "kind" in inspect.signature(function).parameters
    except (TypeError, ValueError):  # of a function in C
        takes_kind = False

    def embed(passages: Sequence[Passage]) -> Iterable[Any]:
        found: dict[int, Any] = {}
        for kind in ("document", "query"):
            places = [at for at, (one, _) in enumerate(passages) if one == kind]
            if not places:
                continue
            texts = [passages[at][1] for at in places]
            try:
                with redirect_stdout(sys.stderr):
                    vectors = list(
                        function(texts, kind=kind) if takes_kind else function(texts)
                    )
            except Exception as error:
                raise NewscrawlError(
                    f"the model {name} failed: {type(error).__name__}: {error}"
                ) from error
            found |= dict(zip(places, vectors, strict=False))
        return [found[at] for at in sorted(found)]

    return EmbeddingModel(name, embed)


def _run(command: Sequence[str], passages: Sequence[Passage]) -> list[Any]:
    lines = "".join(json.dumps({"text": text, "kind": kind}) + "\n" for kind, text in passages)
    shown = shlex.join(command)
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command
            command, input=lines.encode(), stdout=subprocess.PIPE, check=False
        )
    except OSError as error:
        raise UsageError(f"cannot run the model {shown}: {error.strerror}") from error
    if done.returncode:
        raise NewscrawlError(f"the model {shown} ended with status {done.returncode}")
    return [_number_row(line, shown) for line in done.stdout.splitlines() if line.strip()]


def _number_row(line: bytes, shown: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise NewscrawlError(
            f"the model {shown} wrote {line[:_SHOWN]!r}, which is no JSON array"
        ) from error

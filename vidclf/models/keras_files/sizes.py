"""Refuse a Keras network that would fill the machine, before it takes the memory.

A description of a few lines can ask for a layer of any size. Nobody knows how large the layers are
but the library that builds them, so what it makes is counted while it builds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import get_ident
from typing import Any

from vidclf.errors import ModelError
from vidclf.models.keras_files.generation import Library
from vidclf.models.sizes import check_activation

_SLACK = 2**22
"""Numbers that a network may have without storing them, such as the states of random generators."""
_COPIES = 2
"""How often a library may make a layer that is stored once."""
_Add = Callable[[Any], None]


@contextmanager
def bounded_variables(path: Path, *, library: Library, stored_numbers: int) -> Iterator[None]:
    """Stop a library that makes far more variables within the block than a file has weights for.

    Raises:
        ModelError: it did, whatever the library made of being stopped.
    """
    count = _VariableCount(path, _COPIES * stored_numbers + _SLACK)
    watch = {"keras": _watch_keras, "tf_keras": _watch_tensorflow}[library]
    try:
        with watch(count.add):
            yield
    except Exception:
        if count.error is None:
            raise
    if count.error is not None:
        raise count.error


class _VariableCount:
    """Counts the numbers in variables that one thread makes, before they are made."""

    def __init__(self, path: Path, most: int) -> None:
        self.error: ModelError | None = None
        self._path, self._most, self._numbers = path, most, 0
        self._thread = get_ident()

    def add(self, shape: Any) -> None:
        """Count a variable of a shape; None where that is not known.

        Raises:
            ModelError: that makes too many.
        """
        if shape is None or get_ident() != self._thread:
            return
        self._numbers += math.prod(int(side or 1) for side in _sides(shape))
        if self._numbers > self._most:
            self.error = ModelError(
                f"{self._path} describes layers of {self._numbers:,} weights and more, but holds "
                f"{(self._most - _SLACK) // _COPIES:,}: it is damaged, or made to fill the memory; "
                "export or download it again"
            )
            raise self.error


def _sides(shape: Any) -> Sequence[Any]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


@contextmanager
def _watch_keras(add: _Add) -> Iterator[None]:
    """Tell of each variable of Keras 3; its class is public, and has no other place to listen."""
    import keras

    kind, original = keras.Variable, keras.Variable.__init__
    was_own = "__init__" in vars(kind)

    def count(self: Any, initializer: Any, shape: Any = None, *args: Any, **kwargs: Any) -> None:
        add(getattr(initializer, "shape", None) if shape is None else shape)
        original(self, initializer, shape, *args, **kwargs)

    kind.__init__ = count
    try:
        yield
    finally:
        if was_own:
            kind.__init__ = original
        else:
            del kind.__init__


def _watch_tensorflow(add: _Add) -> AbstractContextManager[None]:
    """Tell of each variable of TensorFlow, of which those of Keras 2 are made."""
    import tensorflow as tf

    def count(create: Any, **kwargs: Any) -> Any:
        shape = kwargs.get("shape")
        add(getattr(kwargs.get("initial_value"), "shape", None) if shape is None else shape)
        return create(**kwargs)

    watch: AbstractContextManager[None] = tf.variable_creator_scope(count)
    return watch


def check_layer_outputs(model: Any, name: str) -> None:
    """Refuse a loaded network one of whose layers gives more numbers than memory should hold.

    Raises:
        ModelError: it has such a layer.
    """
    for layer in getattr(model, "operations", None) or model.layers:
        for node in getattr(layer, "_inbound_nodes", ()):
            tensors = node.output_tensors
            for tensor in tensors if isinstance(tensors, list | tuple) else [tensors]:
                check_activation(tuple(tensor.shape), where=f"the layer {layer.name!r}", name=name)
        inner = getattr(layer, "layer", layer)  # TimeDistributed and other wrappers
        if hasattr(inner, "layers"):
            check_layer_outputs(inner, name)

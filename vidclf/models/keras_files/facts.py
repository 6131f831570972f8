"""Read the facts of a loaded Keras network: its input, head, loss, scaling and backbone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from vidclf.errors import ModelError
from vidclf.models.answers import gives_distributions
from vidclf.models.applications.recognising import recognise
from vidclf.models.info import UNKNOWN, ModelFacts
from vidclf.models.keras_files.tracing import TracedFacts, traced_facts
from vidclf.models.keras_files.training import loss_name, metric_names
from vidclf.models.scaling_clues.conclusion import conclude

_PASSIVE = frozenset({
    "Activation", "Dropout", "Flatten", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
    "GlobalAveragePooling3D", "Identity", "Permute", "Reshape",
})  # fmt: skip
"""Layers behind a head that leave its numbers as they are, or average them; an `Activation` if it
is linear."""


def keras_facts(model: Any, *, name: str, loader: str, training: Any) -> ModelFacts:
    """Read the facts of a `keras.Model` or `tf_keras.Model`.

    Args:
        model: the loaded model.
        name: what errors call it.
        loader: which library loaded it.
        training: its file's training configuration, as `Contents` has it.

    Raises:
        ModelError: it was never built, has several inputs or outputs, or keeps a state.
    """
    inputs, outputs = (
        _with_resizing(model, _single_input_shape(model, name)),
        _single_output_shape(model, name),
    )
    _check_stateless(model, name)
    traced = traced_facts(model)
    if traced.is_random:
        raise ModelError(
            f"{name} answers otherwise each time for the same picture: a layer such as Dropout is "
            "called for training in it; call it without training=True, and save it again"
        )
    activation, layer = _activation_of(model, traced)
    scaling, scaling_evidence = conclude(traced.first, dtype=_dtype(model))
    backbone = recognise(part.name for part in _all_parts(model))
    count = int(np.prod(outputs))
    return ModelFacts(
        loader=loader,
        input_shape=inputs,
        dtype=_dtype(model),
        outputs=count,
        activation=activation,
        loss=loss_name(training),
        metrics=metric_names(training),
        head_evidence=f"last layer {layer!r}: {count} units, activation {activation}",
        scaling=scaling,
        scaling_evidence=scaling_evidence,
        backbone=backbone.name if backbone else None,
        backbone_scaling=backbone.scaling if backbone and not scaling_evidence else None,
        depends_on_batch=traced.depends_on_batch,
    )


# --- input and output ------------------------------------------------------------------------


def _single_input_shape(model: Any, name: str) -> tuple[int | None, ...]:
    inputs = getattr(model, "inputs", None)
    if not inputs:  # an unbuilt Sequential has none
        raise ModelError(f"{name} was saved before it was built: call it once, then save it again")
    if len(inputs) > 1:
        takes = ", ".join(f"{tensor.name} {_shape(tensor)}" for tensor in inputs)
        raise ModelError(
            f"{name} takes {len(inputs)} inputs ({takes}); vidclf feeds one, the picture: save a "
            "model that takes the picture alone"
        )
    return _shape(inputs[0])


def _with_resizing(model: Any, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """Return the input's shape, with the size that a model of free size begins by resizing to."""
    parts = (part for part in _all_parts(model) if type(part).__name__ != "InputLayer")
    first = next((part for part in parts if not isinstance(part, _NestedModel)), None)
    if first is None or type(first).__name__ != "Resizing" or shape[-3:-1] != (None, None):
        return shape
    return (*shape[:-3], int(first.height), int(first.width), shape[-1])


def _single_output_shape(model: Any, name: str) -> tuple[int, ...]:
    if len(model.outputs) > 1:
        gives = ", ".join(f"{tensor.name} {_shape(tensor)}" for tensor in model.outputs)
        raise ModelError(
            f"{name} gives {len(model.outputs)} outputs ({gives}); vidclf reads one: save a model "
            "with that one, as keras.Model(model.inputs, model.outputs[0])"
        )
    shape = _shape(model.outputs[0])
    sides = tuple(side for side in shape if side is not None)
    if not sides or len(sides) < len(shape) or max(sides) != np.prod(sides):
        raise ModelError(
            f"{name} gives output of shape {shape} for each picture, not one number for each class "
            "or value: a classifier ends in (classes,)"
        )
    return sides


def _shape(tensor: Any) -> tuple[int | None, ...]:
    """Return a tensor's shape without its batch."""
    return tuple(None if side is None else int(side) for side in tuple(tensor.shape)[1:])


def _dtype(model: Any) -> str:
    dtype = model.inputs[0].dtype
    return str(getattr(dtype, "name", dtype))


def _check_stateless(model: Any, name: str) -> None:
    """Refuse a network that goes on from what it saw before: batches must not change answers."""
    for part in _all_parts(model):
        if getattr(part, "stateful", False):
            raise ModelError(
                f"{name} keeps a state from one input to the next in layer {part.name!r}: save it "
                "with stateful=False"
            )


# --- head ------------------------------------------------------------------------------------


def _activation_of(model: Any, traced: TracedFacts) -> tuple[str, str]:
    """Find the activation that made the output, and the name of its layer.

    Where layers do not tell, as with the mean of two softmax heads, the answers may.
    """
    activation, layer = _last_activation(model)
    if activation == UNKNOWN and gives_distributions(traced.network, model.inputs[0]):
        return "softmax", layer
    return activation, layer


def _last_activation(model: Any) -> tuple[str, str]:
    part = _source_layer(model.outputs[0])
    while part is not None:
        if hasattr(part, "layers"):
            return _last_activation(part)
        activation = _activation(part)
        if activation != "linear" or type(part).__name__ not in _PASSIVE:
            return activation, str(part.name)
        part = _source_layer(part.input)
    return UNKNOWN, ""


def _source_layer(tensor: Any) -> Any:
    """Return the layer or operation that gave a symbolic tensor."""
    history = getattr(tensor, "_keras_history", None)
    return history[0] if history else None


def _activation(part: Any) -> str:
    """Name the activation of a layer; layers that have none of their own may do anything."""
    kind, inner = _kind(part), getattr(part, "layer", part)  # wrappers
    if kind in ("softmax", "sigmoid"):  # layers, and operations such as keras.ops.softmax
        return kind
    if not hasattr(inner, "activation"):
        return "linear" if type(part).__name__ in _PASSIVE else UNKNOWN
    activation = inner.activation
    if hasattr(activation, "weights"):  # a layer in the place of a function
        return _activation(activation)
    return str(getattr(activation, "__name__", UNKNOWN))


def _kind(part: Any) -> str:
    """Name a layer or operation by its class, or by the function that a `TFOpLambda` calls."""
    called = getattr(part, "symbol", None) if type(part).__name__ == "TFOpLambda" else None
    return (called or type(part).__name__).rpartition(".")[2].lower()


# --- parts ---------------------------------------------------------------------------------------


def _all_parts(model: Any) -> Iterator[Any]:
    """Give layers and operations in the order they compute, nested models taken apart."""
    for part in getattr(model, "operations", None) or model.layers:
        inner = getattr(part, "layer", part)  # TimeDistributed and other wrappers
        if hasattr(inner, "layers"):
            yield _NestedModel(inner.name)
            yield from _all_parts(inner)
        else:
            yield inner


class _NestedModel:
    """Stands for a nested model, of which only the name counts."""

    def __init__(self, name: str) -> None:
        self.name = name

"""Read the facts of a loaded Keras network: its input, head, loss, scaling and backbone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from vidclf.errors import ModelError
from vidclf.models.applications.recognising import recognise
from vidclf.models.info import ModelFacts
from vidclf.models.scaling_clues import Affine, expected_scaling

_PASSIVE = frozenset({"Activation", "Dropout", "Flatten", "Permute", "Reshape"})
"""Layers behind a head that leave its numbers as they are, an `Activation` if it is linear."""
_SLOPE_EXPONENTS = {"truediv": -1, "truedivide": -1, "divide": -1, "multiply": 1, "mul": 1}
_OFFSET_SIGNS = {"subtract": -1, "sub": -1, "add": 1, "bias_add": 1}
"""The operations that scale, by what becomes of the number that they scale by."""


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
    activation, layer = _last_activation(model)
    _check_stateless(model, name)
    scaling, scaling_evidence = _scaling(model)
    backbone = recognise(part.name for part in _all_parts(model))
    count = int(np.prod(outputs))
    return ModelFacts(
        loader=loader,
        input_shape=inputs,
        dtype=_dtype(model),
        outputs=count,
        activation=activation,
        loss=_loss_name(training),
        head_evidence=f"last layer {layer!r}: {count} units, activation {activation}",
        scaling=scaling,
        scaling_evidence=scaling_evidence,
        backbone=backbone.name if backbone else None,
        backbone_scaling=backbone.scaling if backbone and not scaling_evidence else None,
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


def _last_activation(model: Any) -> tuple[str, str]:
    """Find the activation that made the output, and the name of its layer."""
    part = _source_layer(model.outputs[0])
    while part is not None:
        if hasattr(part, "layers"):
            return _last_activation(part)
        activation = _activation(part)
        if activation != "linear" or type(part).__name__ not in _PASSIVE:
            return activation, str(part.name)
        part = _source_layer(part.input)
    return "linear", ""


def _source_layer(tensor: Any) -> Any:
    """Return the layer or operation that gave a symbolic tensor."""
    history = getattr(tensor, "_keras_history", None)
    return history[0] if history else None


def _activation(part: Any) -> str:
    kind = _kind(part)
    if kind in ("softmax", "sigmoid"):  # layers, and operations such as keras.ops.softmax
        return kind
    return str(getattr(getattr(part, "activation", None), "__name__", "linear"))


def _kind(part: Any) -> str:
    """Name a layer or operation by its class, or by the function that a `TFOpLambda` calls."""
    called = getattr(part, "symbol", None) if type(part).__name__ == "TFOpLambda" else None
    return (called or type(part).__name__).rpartition(".")[2].lower()


def _loss_name(training: Any) -> str | None:
    """Find the name of the loss in a training configuration, in snake case as Keras' functions.

    `{"loss": [{"class_name": "BinaryCrossentropy", …}]}` → `binary_crossentropy`.
    """
    loss = training.get("loss") if isinstance(training, dict) else None
    while isinstance(loss, dict | list) and len(loss) == 1:  # one for each of one output
        loss = next(iter(loss.values() if isinstance(loss, dict) else loss))
    if isinstance(loss, dict):
        name = loss.get("class_name")
        loss = loss.get("config") if name == "function" else name
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", loss).lower() if isinstance(loss, str) else None


# --- scaling ---------------------------------------------------------------------------------


def _scaling(model: Any) -> tuple[str | None, str]:
    """Find the scaling that the network expects, and what inside the network shows it, in words."""
    first = Affine()
    for part in _parts_before_weights(model):
        if step := _affine(part):
            first = first.then(step)
    if not first.parts:
        return None, ""
    formula = f"x * {first.slope:.4g} {_signed(first.offset)}"
    return expected_scaling(first), f"{', '.join(first.parts)} inside the model: {formula}"


def _signed(number: float) -> str:
    return f"{'-' if number < 0 else '+'} {abs(number):.4g}"


def _parts_before_weights(model: Any) -> Iterator[Any]:
    """Give the parts of a network, nested ones too, before the first one that learns."""
    for part in _all_parts(model):
        if type(part).__name__ != "Normalization" and getattr(part, "weights", None):
            return
        yield part


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


def _affine(part: Any) -> Affine | None:
    """Return what a part that scales does, as means over the channels; None of any other part."""
    name, kind = type(part).__name__, _kind(part)
    parts = (f"{name} {part.name!r}",)
    if name == "Rescaling":
        return Affine(slope=_mean(part.scale), offset=_mean(part.offset), parts=parts)
    if name == "Normalization":
        deviation = np.sqrt(np.asarray(part.variance, np.float64))
        offset = -np.asarray(part.mean) / deviation
        return Affine(slope=_mean(1 / deviation), offset=_mean(offset), parts=parts)
    constant = _constant(part) if kind in {*_SLOPE_EXPONENTS, *_OFFSET_SIGNS} else None
    if constant is None:
        return None
    if kind in _SLOPE_EXPONENTS:
        return Affine(slope=constant ** _SLOPE_EXPONENTS[kind], parts=parts)
    return Affine(offset=constant * _OFFSET_SIGNS[kind], parts=parts)


def _constant(part: Any) -> float | None:
    """Return the mean of the numbers that an operation combines its input with."""
    node = part._inbound_nodes[0]
    if hasattr(node, "arguments"):  # Keras 3
        values = [*node.arguments.args, *node.arguments.kwargs.values()]
    else:
        values = [*node.call_args, *node.call_kwargs.values()]
    return next((_mean(value) for value in values[1:] if _is_number(value)), None)


def _is_number(value: Any) -> bool:
    """Return whether a value is a number or array, and no tensor that is still to be computed."""
    if hasattr(value, "_keras_history"):
        return False
    return np.asarray(value).dtype.kind in "iuf"


def _mean(value: Any) -> float:
    return float(np.mean(np.asarray(value, np.float64)))

"""What a loaded Keras network says of itself: its input, its head, its scaling, its backbone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from vidclf.errors import ModelError
from vidclf.models.applications.recognising import recognise
from vidclf.models.model_facts import ModelFacts
from vidclf.models.scaling_clues import scaling_for

_PASSIVE = frozenset({"Activation", "Dropout", "Flatten", "Permute", "Reshape"})
"""Layers behind a head that leave its numbers as they are, an `Activation` if it is linear."""
_SLOPES = {"truediv": -1, "truedivide": -1, "divide": -1, "multiply": 1, "mul": 1}
_SHIFTS = {"subtract": -1, "sub": -1, "add": 1, "bias_add": 1}


def keras_facts(model: Any, *, name: str, loader: str, training: Any) -> ModelFacts:
    """Look at a `keras.Model` or `tf_keras.Model`.

    Args:
        model: the loaded model.
        name: what errors call it.
        loader: which library loaded it.
        training: its file's training configuration, as `Contents` has it.

    Raises:
        ModelError: it was never built, has several inputs or outputs, or keeps a state.
    """
    inputs, outputs = _resized(model, _only_input(model, name)), _only_output(model, name)
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


def _only_input(model: Any, name: str) -> tuple[int | None, ...]:
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


def _resized(model: Any, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """The input's shape; the size that a model of free size begins by resizing to."""
    parts = (part for part in _all_parts(model) if type(part).__name__ != "InputLayer")
    first = next((part for part in parts if not isinstance(part, _Named)), None)
    if first is None or type(first).__name__ != "Resizing" or shape[-3:-1] != (None, None):
        return shape
    return (*shape[:-3], int(first.height), int(first.width), shape[-1])


def _only_output(model: Any, name: str) -> tuple[int, ...]:
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
    """A tensor's shape without its batch."""
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
    """The activation that made the output, and the name of its layer."""
    part = _maker(model.outputs[0])
    while part is not None:
        if hasattr(part, "layers"):
            return _last_activation(part)
        activation = _activation(part)
        if activation != "linear" or type(part).__name__ not in _PASSIVE:
            return activation, str(part.name)
        part = _maker(part.input)
    return "linear", ""


def _maker(tensor: Any) -> Any:
    """The layer or operation that gave a symbolic tensor."""
    history = getattr(tensor, "_keras_history", None)
    return history[0] if history else None


def _activation(part: Any) -> str:
    kind = _kind(part)
    if kind in ("softmax", "sigmoid"):  # layers, and operations such as keras.ops.softmax
        return kind
    return str(getattr(getattr(part, "activation", None), "__name__", "linear"))


def _kind(part: Any) -> str:
    """What a layer or operation is: its class, or the function that a `TFOpLambda` calls."""
    called = getattr(part, "symbol", None) if type(part).__name__ == "TFOpLambda" else None
    return (called or type(part).__name__).rpartition(".")[2].lower()


def _loss_name(training: Any) -> str | None:
    """The name of the loss in a training configuration, as Keras writes functions: in snake case.

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
    """The scaling to do before the network, from what it does itself before its first weights."""
    slope, offset, seen = 1.0, 0.0, []
    for part in _until_weights(model):
        step = _affine(part)
        if step is None:
            continue
        slope, offset = slope * step[0], offset * step[0] + step[1]
        seen.append(f"{type(part).__name__} {part.name!r}")
    if not seen:
        return None, ""
    scaling = scaling_for(slope, offset)
    return scaling, f"{', '.join(seen)} inside the model: x * {slope:.4g} {_signed(offset)}"


def _signed(number: float) -> str:
    return f"{'-' if number < 0 else '+'} {abs(number):.4g}"


def _until_weights(model: Any) -> Iterator[Any]:
    """The parts of a network, nested ones too, before the first one that learns."""
    for part in _all_parts(model):
        if type(part).__name__ != "Normalization" and getattr(part, "weights", None):
            return
        yield part


def _all_parts(model: Any) -> Iterator[Any]:
    """Layers and operations in the order they compute, nested models taken apart."""
    for part in getattr(model, "operations", None) or model.layers:
        inner = getattr(part, "layer", part)  # TimeDistributed and other wrappers
        if hasattr(inner, "layers"):
            yield _Named(inner.name)
            yield from _all_parts(inner)
        else:
            yield inner


class _Named:
    """A nested model, of which only the name counts."""

    def __init__(self, name: str) -> None:
        self.name = name


def _affine(part: Any) -> tuple[float, float] | None:
    """Slope and offset of a part that scales, as means over the channels; None of any other."""
    name = type(part).__name__
    if name == "Rescaling":
        return _mean(part.scale), _mean(part.offset)
    if name == "Normalization":
        deviation = np.sqrt(np.asarray(part.variance, np.float64))
        return _mean(1 / deviation), _mean(-np.asarray(part.mean) / deviation)
    kind = _kind(part)
    constant = _constant(part) if kind in {*_SLOPES, *_SHIFTS} else None
    if constant is None:
        return None
    if kind in _SLOPES:
        return constant ** _SLOPES[kind], 0.0
    return 1.0, constant * _SHIFTS[kind]


def _constant(part: Any) -> float | None:
    """The number or numbers that an operation combines its input with."""
    node = part._inbound_nodes[0]
    if hasattr(node, "arguments"):  # Keras 3
        values = [*node.arguments.args, *node.arguments.kwargs.values()]
    else:
        values = [*node.call_args, *node.call_kwargs.values()]
    return next((_mean(value) for value in values[1:] if _is_number(value)), None)


def _is_number(value: Any) -> bool:
    """Whether a value is a number or an array of them, and not what is still to be computed."""
    if hasattr(value, "_keras_history"):
        return False
    return np.asarray(value).dtype.kind in "iuf"


def _mean(value: Any) -> float:
    return float(np.mean(np.asarray(value, np.float64)))

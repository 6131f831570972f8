"""Learning a model's description: from `model.json` beside it, or from the Keras model itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from vidclf.errors import ModelError
from vidclf.feeding import NAMED, Resize, Scaling
from vidclf.models.info import ModelInfo
from vidclf.models.labels import check_count, check_distinct
from vidclf.models.loading import file_digest, loader_of
from vidclf.settings import Head

_SCALING_LAYERS = {"Rescaling", "Normalization"}


def read_sidecar(model_path: Path) -> ModelInfo | None:
    """The description in the `.json` file beside a model, None when there is none of ours.

    Raises:
        ModelError: it lacks a field, holds a wrong one, or belongs to another model file.
    """
    sidecar = model_path.with_suffix(".json")
    fields = _sidecar_fields(sidecar)
    if fields is None:
        return None
    try:
        info = _from_fields(model_path, fields)
    except (ValueError, KeyError, TypeError) as exc:
        raise ModelError(f"cannot use {sidecar} as a model description: {exc!r}") from exc
    if fields.get("sha256", info.digest) != info.digest:
        raise ModelError(
            f"{sidecar} describes another file than {model_path}: its sha256 differs. "
            "Write the description again, or remove it"
        )
    check_distinct(info.labels, source=str(sidecar))
    evidence = dict.fromkeys(("labels", "preprocessing", "resize", "head"), sidecar.name)
    return replace(info, evidence=evidence)


def _sidecar_fields(sidecar: Path) -> dict[str, Any] | None:
    """The fields of our own kind of sidecar; Keras 2 wrote architectures under the same name."""
    if not sidecar.is_file():
        return None
    try:
        fields = json.loads(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ModelError(f"cannot read {sidecar}: {exc}") from exc
    return fields if isinstance(fields, dict) and "format" in fields else None


def describe_keras(model: Any, path: Path, *, preprocessing: Scaling | None) -> ModelInfo:
    """The description of a loaded Keras model that has no `model.json`.

    Raises:
        ModelError: it does not take one RGB picture, its head is not a classifier's, or nothing
            tells how its input was scaled.
    """
    input_size = _input_size(model, path)
    head, units, head_evidence = _head(model, path)
    scaling, scaling_evidence = _scaling(model, path, preprocessing)
    count = 2 if head == "binary" else units
    return ModelInfo(
        name=path.stem,
        path=str(path),
        digest=file_digest(path),
        labels=tuple(f"class {i}" for i in range(count)),
        input_size=input_size,
        preprocessing=scaling,
        resize=Resize(),
        head=head,
        evidence={
            "labels": f"none given: numbered, {count} outputs",
            "preprocessing": scaling_evidence,
            "resize": "default, as Keras reads folders of pictures",
            "head": head_evidence,
            "loader": loader_of(model),
        },
    )


def with_labels(info: ModelInfo, labels: tuple[str, ...], *, source: str) -> ModelInfo:
    """The same model with other labels, checked against its number of classes."""
    check_count(labels, len(info.labels), source=source)
    return replace(info, labels=labels, evidence={**info.evidence, "labels": source})


def with_preprocessing(info: ModelInfo, preprocessing: Scaling) -> ModelInfo:
    """The same model, fed as the user says."""
    evidence = {**info.evidence, "preprocessing": "given by --preprocess"}
    return replace(info, preprocessing=preprocessing, evidence=evidence)


def _from_fields(model_path: Path, fields: dict[str, Any]) -> ModelInfo:
    height, width = fields["input_size"]
    return ModelInfo(
        name=fields.get("name", model_path.stem),
        path=str(model_path),
        digest=file_digest(model_path),
        labels=tuple(fields["labels"]),
        input_size=(int(height), int(width)),
        preprocessing=Scaling.parse(fields["preprocessing"]),
        resize=Resize(**fields.get("resize", {})),
        head=_one_of(Head, fields["head"]),
    )


def _one_of(choices: Any, value: Any) -> Any:
    if value not in get_args(choices):
        raise ValueError(f"{value!r} is none of {', '.join(get_args(choices))}")
    return value


def _input_size(model: Any, path: Path) -> tuple[int, int]:
    shape = getattr(model, "input_shape", None)  # an unbuilt Sequential has none
    if shape is None:
        raise ModelError(f"{path} was saved before it was built: call it once, then save it again")
    if not isinstance(shape, tuple) or len(shape) != 4 or shape[3] != 3 or None in shape[1:]:
        raise ModelError(
            f"{path} takes input of shape {shape}; vidclf feeds one RGB picture of fixed size, "
            "(batch, height, width, 3): save the model with such an Input"
        )
    return shape[1], shape[2]


def _head(model: Any, path: Path) -> tuple[Head, int, str]:
    shape = model.output_shape
    if not isinstance(shape, tuple) or len(shape) != 2 or shape[1] is None:
        raise ModelError(f"{path} gives output of shape {shape}, not one score for each class")
    units = int(shape[1])
    activation = _last_activation(model)
    evidence = f"last layer: {units} units, activation {activation}"
    if activation == "softmax" and units > 1:
        return "softmax", units, evidence
    if activation == "linear" and units > 1:
        return "logits", units, f"{evidence}; softmax is applied"
    if activation == "sigmoid":
        return ("binary" if units == 1 else "sigmoid"), units, evidence
    raise ModelError(f"{path} is not a classifier that vidclf knows ({evidence})")


def _last_activation(model: Any) -> str:
    layer = model.layers[-1]
    if hasattr(layer, "layers"):
        return _last_activation(layer)
    if type(layer).__name__ == "Softmax":
        return "softmax"
    return getattr(getattr(layer, "activation", None), "__name__", "unknown")


def _scaling(model: Any, path: Path, preprocessing: Scaling | None) -> tuple[Scaling, str]:
    if preprocessing is not None:
        return preprocessing, "given by --preprocess"
    found = _first_scaling_layer(model)
    if found:
        return NAMED["none"], f"layer {found} inside the model"
    raise ModelError(
        f"nothing tells how the input of {path} was scaled in training (no Rescaling or "
        "Normalization layer, no model.json beside it): say so with --preprocess none (0 to 255), "
        "0-1, -1-1, caffe or torch; a wrong guess ruins every prediction"
    )


def _first_scaling_layer(model: Any) -> str | None:
    for layer in model.layers:
        if type(layer).__name__ in _SCALING_LAYERS:
            return f"{type(layer).__name__} {layer.name!r}"
        inner = _first_scaling_layer(layer) if hasattr(layer, "layers") else None
        if inner:
            return inner
    return None

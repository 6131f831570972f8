"""Describe a model's outputs: their head, and the labels and units that they have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from vidclf.core.run_warnings import get_logger
from vidclf.errors import ModelError
from vidclf.models.description.evidence import ModelEvidence
from vidclf.models.finding import find_model_file
from vidclf.models.info import UNKNOWN, ModelFacts
from vidclf.models.labels.checks import (
    check_count,
    check_distinct,
    find_label_file,
    split_unit,
)
from vidclf.models.labels.placeholders import placeholder_labels
from vidclf.models.model_file import BUILT_IN
from vidclf.models.sizes import MOST_OUTPUTS
from vidclf.remote.path import RemotePath
from vidclf.settings import Head

logger = get_logger(__name__)

_IMAGENET_CLASSES = 1000
_REGRESSION_LOSSES = frozenset({
    "cosine_similarity", "huber", "log_cosh", "logcosh", "mae", "mape", "mean_absolute_error",
    "mean_absolute_percentage_error", "mean_squared_error", "mean_squared_logarithmic_error", "mse",
    "msle", "poisson",
})  # fmt: skip
"""Losses by Keras' names, as those that follow."""
_MULTI_LABEL_LOSSES = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
_ONE_LABEL_LOSSES = frozenset({
    "categorical_crossentropy", "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy", "sparse_categorical_crossentropy",
})  # fmt: skip
_METRICS: Mapping[Head, frozenset[str]] = {
    "regression": _REGRESSION_LOSSES | {
        "concordance_correlation", "log_cosh_error", "mean_relative_error", "pearson_correlation",
        "r2_score", "root_mean_squared_error",
    },
    "logits": frozenset({
        "categorical_accuracy", "sparse_categorical_accuracy",
        "sparse_top_k_categorical_accuracy", "top_k_categorical_accuracy",
    }) | _ONE_LABEL_LOSSES,
    "sigmoid": frozenset({"binary_accuracy"}) | _MULTI_LABEL_LOSSES,
}  # fmt: skip
"""Metrics that only make sense for one kind of head. `accuracy` alone is written by people for any
of them, and `cosine_similarity` and `poisson` are losses of values."""

_HEADS_OF_FIELDS: Mapping[str, Head] = {
    "thresholds": "sigmoid",
    "units": "regression",
    "ranges": "regression",
}
"""Fields of a description that are for one kind of head."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Holds what the outputs mean and how they are named."""

    head: Head
    """What the numbers are: probabilities, logits, values."""
    head_is_known: bool
    """Whether anything tells it; else `head` leaves the numbers as they are."""
    head_evidence: str
    """Where the head was learned from, in words."""
    labels: tuple[str, ...]
    """A name for each class or value."""
    labels_evidence: str
    """Where the labels were learned from, in words."""
    units: tuple[str, ...] | None
    """For a regression, the unit of each value, where labels or sidecar have any."""
    ranges: tuple[tuple[float, float], ...] | None
    """For a regression, least and greatest value to be expected, where the sidecar has them."""
    assumptions: tuple[str, ...]
    """What was taken for granted, in sentences with the remedy."""
    thresholds: tuple[float, ...] | None
    """For a sigmoid head, the score from which each label counts, where the sidecar has it."""


def describe_output(evidence: ModelEvidence) -> Output:
    """Choose head, labels and units of a model.

    Raises:
        ModelError: the numbers of labels and outputs differ, or the head makes no sense.
    """
    _check_outputs(evidence)
    known, head_evidence = _head(evidence)
    head = known or "regression"  # the numbers as they are
    if known is None:
        head_evidence += ", and nothing tells what they are: say so with --head"
    count = 2 if head == "binary" else evidence.facts.outputs
    labels, labels_evidence = _labels(evidence)
    units = None
    if labels is None:
        labels = placeholder_labels(head, count)
        labels_evidence = f"none given: numbered, {count}; name them with --labels"
    if head == "binary" and len(labels) == 1:
        labels = (f"not {labels[0]}", labels[0])
    check_count(labels, count, source=labels_evidence)
    _check_fields_for_head(evidence, head)
    sidecar = evidence.sidecar.for_labels(labels)
    if head == "regression":
        labels, units = _without_units(labels)
    return Output(
        head=head,
        head_is_known=known is not None,
        head_evidence=head_evidence,
        labels=labels,
        labels_evidence=labels_evidence,
        units=sidecar.units or units,
        ranges=sidecar.ranges,
        assumptions=_assumptions(evidence, known),
        thresholds=sidecar.thresholds,
    )


def _assumptions(evidence: ModelEvidence, head: Head | None) -> tuple[str, ...]:
    """Say what was taken for granted and would be wrong in silence.

    Labels that are numbered and the usual resize show themselves; the evidence tells of them.
    """
    path, facts = evidence.file.shown, evidence.facts
    told = evidence.settings.head or evidence.sidecar.head or facts.loss or facts.metrics
    if told or head != "regression" or facts.outputs > 1 or facts.activation != "linear":
        return ()
    return (
        f"{path} has one linear output, which is taken for a value, as nothing tells its loss: "
        "give --head binary if it tells two labels apart",
    )


def _check_outputs(evidence: ModelEvidence) -> None:
    """Refuse a network with more outputs than anybody has names for."""
    if evidence.facts.outputs > MOST_OUTPUTS:
        raise ModelError(
            f"{evidence.file.shown} gives {evidence.facts.outputs:,} numbers for each picture, and "
            f"vidclf names at most {MOST_OUTPUTS:,}: a classifier ends in one for each class"
        )


def _check_fields_for_head(evidence: ModelEvidence, head: Head) -> None:
    """Refuse fields of a sidecar that are for another kind of head."""
    sidecar = evidence.sidecar
    for name, for_head in _HEADS_OF_FIELDS.items():
        if name in sidecar.per_label and head != for_head:
            raise ModelError(
                f"{sidecar.file} gives {name}, which are for {for_head} heads, and that of "
                f"{evidence.file.shown} is {head}: take them out, or give its head"
            )


def _head(evidence: ModelEvidence) -> tuple[Head | None, str]:
    """Choose the head, with its evidence; None where it is not known."""
    facts = evidence.facts
    if given := evidence.settings.head or evidence.sidecar.head:
        source = "--head" if evidence.settings.head else evidence.sidecar.file
        _check_head(evidence, given, source)
        return given, f"given by {source}; {facts.head_evidence}"
    if facts.activation == "softmax" and facts.outputs == 1:
        raise ModelError(
            f"{evidence.file.shown} ends in a softmax over one output, always 1: train it with "
            "a sigmoid instead"
        )
    trained = f", trained with {facts.loss}" if facts.loss else ""
    watched = f", watched by {', '.join(facts.metrics)}" if facts.metrics else ""
    if head := _likely_head(facts):
        return head, facts.head_evidence + trained + watched
    head, field = _head_by_fields(evidence)
    told = f", and {evidence.sidecar.file} gives {field}" if head else ""
    return head, facts.head_evidence + trained + watched + told


def _head_by_fields(evidence: ModelEvidence) -> tuple[Head | None, str]:
    """Conclude the head from a field of the description that is for one kind of head only."""
    for field, head in _HEADS_OF_FIELDS.items():
        if field in evidence.sidecar.per_label:
            return head, field
    return None, ""


def _check_head(evidence: ModelEvidence, head: Head, source: str) -> None:
    """Refuse a head that the file contradicts: its numbers would be wrong, and look right."""
    facts, path = evidence.facts, evidence.file.shown
    one, last = facts.outputs == 1, facts.activation
    if head == "binary" and not one:
        raise ModelError(f"a binary head has one output, {path} has {facts.outputs}: not {source}")
    if one and head in ("softmax", "logits"):
        raise ModelError(
            f"{source} {head} is for several outputs, {path} has one: binary or regression"
        )
    if head == "logits" and last in ("softmax", "sigmoid"):
        raise ModelError(
            f"{source} logits: the outputs of {path} are scores already ({facts.head_evidence}), "
            f"and a softmax would be one too many: it is {last}"
        )
    if head == "softmax" and last == "linear" and facts.loader.startswith(("keras", "tf_keras")):
        raise ModelError(
            f"{source} softmax: the outputs of {path} are linear ({facts.head_evidence}): logits, "
            "if a softmax is to be done, or regression"
        )


def _likely_head(facts: ModelFacts) -> Head | None:
    """Conclude the head from activation, number of outputs, loss and metrics; None if none tells.

    Several linear units may be logits, values, or labels that want a sigmoid each.
    """
    one = facts.outputs == 1
    if facts.activation == "softmax":
        return "softmax"
    if facts.activation == "log_softmax" and not one:
        return "logits"  # a softmax gives back what the logarithm was taken of
    if facts.loss in _REGRESSION_LOSSES:
        return "regression"
    if facts.activation == UNKNOWN:
        return _head_of_any_numbers(facts)
    if facts.activation == "sigmoid" or facts.loss in _MULTI_LABEL_LOSSES:
        return "binary" if one else "sigmoid"
    if one or facts.activation != "linear":
        return "regression"
    if facts.loss in _ONE_LABEL_LOSSES:
        return "logits"
    return _head_by_metrics(facts.metrics)


def _head_of_any_numbers(facts: ModelFacts) -> Head | None:
    """Conclude the head of outputs that may be scores already, or not: the loss tells no more."""
    if _head_by_metrics(facts.metrics) == "regression":
        return "regression"
    is_value = facts.outputs == 1 and facts.loss not in _MULTI_LABEL_LOSSES
    return "regression" if is_value else None


def _head_by_metrics(metrics: tuple[str, ...]) -> Head | None:
    """Conclude the head of several linear units from what was watched in training."""
    heads: set[Head] = {head for head, names in _METRICS.items() if not names.isdisjoint(metrics)}
    return heads.pop() if len(heads) == 1 else None


def _labels(evidence: ModelEvidence) -> tuple[tuple[str, ...] | None, str]:
    """Choose the labels, with their evidence; None where no source has any."""
    file, facts, given = evidence.file, evidence.facts, evidence.settings.labels
    if given or given == ():
        if isinstance(given, tuple):
            labels, source = check_distinct(given, source="labels"), "given"
        else:
            labels, source = _read(given), str(given)
        _warn_of_order(labels, evidence)
        return labels, source
    if evidence.sidecar.labels:
        return evidence.sidecar.labels, evidence.sidecar.file
    if file.is_on_disk and (label_file := find_label_file(file.path)):
        where = file.place.with_name(label_file.name) if file.place else label_file
        return _read(label_file), str(where)
    extra = facts.outputs - _IMAGENET_CLASSES
    if (file.application or facts.backbone) and extra in (0, 1):
        return (*("background",) * extra, *imagenet_labels()), "the 1,000 names of ImageNet"
    return None, ""


def _warn_of_order(labels: tuple[str, ...], evidence: ModelEvidence) -> None:
    """Say that a description has the same labels in another order, as one of them is wrong."""
    own = evidence.sidecar.labels or ()
    if labels != own and sorted(labels) == sorted(own):
        place = next(
            i for i, (label, other) in enumerate(zip(labels, own, strict=True)) if label != other
        )
        logger.warning(
            "--labels has the labels of %s in another order (output %d is %r, not %r) and is "
            "followed; leave it out if the description is right",
            *(evidence.sidecar.file, place, labels[place], own[place]),
        )


def _read(path: str | Path | RemotePath) -> tuple[str, ...]:
    from vidclf.models.labels.reading import read_labels  # with a reader for each kind of file

    return read_labels(path)


def _without_units(labels: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """Split units off labels: `("speed [m/s]", "gear")` → `("speed", "gear"), ("m/s", "")`."""
    names, units = zip(*map(split_unit, labels), strict=True)
    return names, units if any(units) else None


@cache
def imagenet_labels() -> tuple[str, ...]:
    """Return the 1,000 classes of ImageNet in their order, by the built-in model's names."""
    sidecar = find_model_file(BUILT_IN).path.with_name("model.json")
    return tuple(json.loads(sidecar.read_text(encoding="utf-8"))["labels"])

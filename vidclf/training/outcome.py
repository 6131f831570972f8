"""What is told of a training, in files and to its user."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf._version import __version__
from vidclf.core.counting import counted
from vidclf.core.installed import installed_version
from vidclf.dataset.split import write_split
from vidclf.files.names import SPLIT
from vidclf.metrics.scoring import score
from vidclf.training.learning import Learning, Trained
from vidclf.training.result import TrainingResult, history_rows
from vidclf.training.saving import ModelOutput, save_all, write_history
from vidclf.training.watcher import Stop, TrainingWatcher

_LIBRARIES = ("keras", "tensorflow", "openvino", "scikit-learn", "numpy")
_UNEVEN = 5.0
"""A class with so many times fewer pictures than another one is told of."""


def write_training(
    learning: Learning,
    trained: Trained,
    output: ModelOutput,
    *,
    overwrite: bool,
    stop: Stop,
    began: float,
    watcher: TrainingWatcher,
) -> TrainingResult:
    """Measure what was learnt, and write the model with all that belongs to it.

    Raises:
        OutputError: a file cannot be written; none was then.
    """
    from vidclf.training.figure import draw_training

    metrics = _metrics(learning, trained)
    notes = [*learning.split.notes, *_notes(learning, stop)]
    for note in notes[len(learning.split.notes) :]:
        watcher.said(note)
    counts = _counts(learning)
    training = {
        "data": learning.data.name,
        "data_digest": learning.digest,
        "pictures": counts,
        "backbone": learning.backbone.name if learning.backbone else None,
        "frames_per_second_of_clips": learning.rule.fps,
        "options": _plain(asdict(learning.options)),
        "temperature": round(trained.temperature, 4),
        "metrics": {part: _brief(figures) for part, figures in metrics.items()},
        "notes": notes,
        "versions": _versions(),
    }
    outputs = save_all(
        output,
        trained.model,
        description=_description(learning, output, training),
        parts={
            "history.csv": lambda path: write_history(path, trained.epochs, learning.data.task),
            "training.png": lambda path: draw_training(
                history_rows(trained.epochs, learning.data.task), path
            ),
            SPLIT: lambda path: write_split(
                path, learning.data, learning.collection.samples, learning.split
            ),
            "metrics.json": lambda path: _write_json(path, metrics),
        },
        overwrite=overwrite,
    )
    return TrainingResult(
        path=outputs.pop("model"),
        outputs=outputs,
        model=trained.model,
        task=learning.data.task,
        labels=learning.data.labels,
        epochs=trained.epochs,
        metrics=metrics,
        temperature=trained.temperature,
        counts=counts,
        notes=notes,
        seconds=time.monotonic() - began,
        was_interrupted=stop.was_interrupted,
    )


def _metrics(learning: Learning, trained: Trained) -> dict[str, Any]:
    """Figures of the validation pictures, and of the test pictures where there are any."""
    count = len(learning.val_places)
    parts = {"val": slice(0, count), "test": slice(count, None)}
    return {
        name: score(
            learning.data.task,
            learning.targets.of(trained.measured[part]).truth,
            trained.scores[part],
            learning.data.labels,
            groups=learning.split.groups[trained.measured[part]],
            seed=learning.options.seed,
        )
        for name, part in parts.items()
        if len(trained.measured[part])
    }


def _notes(learning: Learning, stop: Stop) -> list[str]:
    notes = []
    is_random = learning.options.split == "random" and not stop.was_interrupted
    if is_random and (both := learning.accuracy_without_leaks()):
        random, grouped = both
        notes.append(
            f"a random split gave {random:.3f}, and one that keeps clips and near-duplicates "
            f"together {grouped:.3f}: only the second tells of new pictures"
        )
    if note := _imbalance(learning):
        notes.append(note)
    return notes


def _imbalance(learning: Learning) -> str:
    if learning.data.task != "classes" or learning.options.class_weights != "none":
        return ""
    counts = learning.targets.of(learning.train_places).values.sum(axis=0)
    least, most = int(counts.argmin()), int(counts.argmax())
    if counts[most] < _UNEVEN * counts[least]:
        return ""
    labels = learning.data.labels
    return (
        f"{labels[least]!r} has {counted(int(counts[least]), 'picture')} to learn from and "
        f"{labels[most]!r} {counts[most]:.0f}: --class-weights balanced lets both count the same"
    )


def _counts(learning: Learning) -> dict[str, int]:
    return {
        "train": len(learning.train_places),
        "val": len(learning.val_places),
        "test": len(learning.test_places),
        "bad": len(learning.collection.bad),
    }


def _description(
    learning: Learning, output: ModelOutput, training: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields of the description that every command reads."""
    rule, resize = learning.rule, learning.rule.resize
    fields: dict[str, Any] = {
        "format": 1,
        "name": output.model.stem,
        "labels": list(learning.data.labels),
        "input_size": list(rule.input_size),
        "preprocessing": "none",
        "resize": {"rule": resize.rule, "kernel": resize.kernel},
        "crop": str(rule.crop) if rule.crop else None,
        "head": {"classes": "softmax", "multi_label": "sigmoid", "regression": "regression"}[
            learning.data.task
        ],
    }
    if learning.data.task == "regression":
        fields["ranges"] = _ranges(learning.targets.values)
    kept = {name: value for name, value in fields.items() if value is not None}
    return {**kept, "training": training}


def _ranges(values: NDArray[np.float32]) -> list[list[float]]:
    """Least and greatest value of each, with room between where all are alike."""
    low, high = values.min(axis=0), values.max(axis=0)
    high = np.where(high > low, high, low + 1)
    return [[float(a), float(b)] for a, b in zip(low, high, strict=True)]


def _brief(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures of all classes together."""
    return {name: value for name, value in figures.items() if not name.startswith("per_")}


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as JSON holds them; a split's file by its name alone."""
    return {
        name: value.name if isinstance(value, Path) else value
        for name, value in options.items()
        if value is not None
    }


def _versions() -> dict[str, str]:
    installed = {name: str(installed_version(name)) for name in _LIBRARIES}
    return {"vidclf": __version__, **installed}


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")

"""Evaluations without a model: what is true and what was answered, made up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidclf.evaluation.results import Case, ClipFigures, Evaluation
from vidclf.metrics.scoring import score

LABELS = ("cat", "dog", "big bird")


def stills(count: int, folder: Path = Path("/nowhere")) -> list[Case]:
    """Cases of pictures that need not be there."""
    return [Case(path=folder / f"{place}.png") for place in range(count)]


def of_classes(
    truth: Sequence[int],
    answers: Sequence[int],
    *,
    labels: Sequence[str] = LABELS,
    sure: float | Sequence[float] = 0.9,
    **more: Any,
) -> Evaluation:
    """One label of several for each case, with a confidence."""
    true, answered = np.array(truth, np.int64), np.array(answers, np.int64)
    confidences = np.broadcast_to(np.asarray(sure, np.float64), true.shape).copy()
    rest = (1 - confidences) / max(1, len(labels) - 1)
    scores = np.repeat(rest[:, None], len(labels), axis=1)
    scores[np.arange(len(true)), answered] = confidences
    fields: dict[str, Any] = {
        "predictions": scores,
        "answers": answered,
        "confidences": confidences,
        "metrics": score("classes", true, scores, labels),
    }
    return _evaluation("classes", true, labels, fields | more)


def of_labels(truth: NDArray[np.bool_], scores: NDArray[Any], **more: Any) -> Evaluation:
    """Any number of labels for each case, which count from 0.5 on."""
    labels = LABELS[: truth.shape[1]]
    fields: dict[str, Any] = {
        "predictions": scores,
        "answers": scores >= 0.5,
        "confidences": None,
        "thresholds": (0.5,) * len(labels),
        "metrics": score("multi_label", truth, scores, labels),
    }
    return _evaluation("multi_label", truth, labels, fields | more)


def of_values(truth: NDArray[Any], values: NDArray[Any], **more: Any) -> Evaluation:
    """Numbers for each case."""
    labels = ("angle", "speed")[: truth.shape[1]]
    fields: dict[str, Any] = {
        "predictions": values,
        "answers": None,
        "confidences": None,
        "units": ("rad", "")[: truth.shape[1]],
        "metrics": score("regression", truth, values, labels),
    }
    return _evaluation("regression", truth, labels, fields | more)


def of_clips(
    truth: Sequence[int], answers: Sequence[int], *, fps: float, labels: Sequence[str] = LABELS
) -> Evaluation:
    """The frames of one clip that is not there, compared with its table."""
    frames = [
        Case(path=Path("clip.mp4"), frame=index, timestamp=index / fps)
        for index in range(len(truth))
    ]
    clip = ClipFigures(
        name="clip.mp4",
        table=Path("clip_predictions.csv"),
        truth=Path("clip_segments.csv"),
        first_case=0,
        metrics={"accuracy": 0.75, "edit_score": None},
    )
    groups = np.zeros(len(truth), np.int64)
    return of_classes(
        truth, answers, labels=labels, kind="tables", cases=frames, groups=groups, clips=(clip,)
    )


def _evaluation(
    task: Any, truth: NDArray[Any], labels: Sequence[str], fields: dict[str, Any]
) -> Evaluation:
    about: dict[str, Any] = {
        "kind": "model",
        "cases": stills(len(truth)),
        "groups": np.arange(len(truth)),
        "model_name": "net.keras",
        "data_name": "pictures",
    }
    return Evaluation(task=task, labels=tuple(labels), truth=truth, **(about | fields))

"""The figures of an evaluation, each a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vidclf.evaluation.confusion import confusion_of
from vidclf.evaluation.reliability import reliability_of
from vidclf.evaluation.results import Evaluation
from vidclf.files.figure_file import save_figure, warn_of_boxes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CONFUSION = "confusion.png"
RELIABILITY = "reliability.png"
CURVES = "precision_recall.png"
VALUES = "predicted_true.png"
FIGURES = (CONFUSION, RELIABILITY, CURVES, VALUES)


def figure_names(evaluation: Evaluation) -> tuple[str, ...]:
    """The files that `write_figures` makes of an evaluation, in the order of `FIGURES`."""
    if evaluation.task == "regression":
        return (VALUES,)
    names = [CONFUSION] if evaluation.task == "classes" else []
    if reliability_of(evaluation) is not None:
        names.append(RELIABILITY)
    if evaluation.predictions is not None and _has_curves(evaluation):
        names.append(CURVES)
    return tuple(names)


def write_figures(evaluation: Evaluation, paths: Mapping[str, Path]) -> None:
    """Draw the figures of an evaluation.

    Args:
        evaluation: what was found.
        paths: each name of `figure_names` → the file to write.

    Raises:
        OutputError: a file cannot be written.
    """
    from vidclf.core.figure_look import own_look

    with own_look():
        boxes = [save_figure(_figure(evaluation, name), path) for name, path in paths.items()]
    warn_of_boxes(frozenset().union(*boxes))


def _figure(evaluation: Evaluation, name: str) -> Figure:
    if name == CONFUSION:
        from vidclf.evaluation.confusion_figure import confusion_figure

        assert evaluation.answers is not None
        return confusion_figure(
            confusion_of(evaluation.truth, evaluation.answers, evaluation.labels)
        )
    if name == RELIABILITY:
        from vidclf.evaluation.calibration_figure import reliability_figure

        found = reliability_of(evaluation)
        assert found is not None
        is_of_labels = evaluation.task == "multi_label"
        return reliability_figure(
            found, of="cases with the label" if is_of_labels else "right answers"
        )
    if name == CURVES:
        from vidclf.evaluation.curve_figure import curve_figure

        return curve_figure(evaluation)
    from vidclf.evaluation.value_figure import value_figure

    return value_figure(evaluation)


def _has_curves(evaluation: Evaluation) -> bool:
    rows = evaluation.metrics.get("per_class", ())
    return any(row.get("average_precision") is not None for row in rows)
